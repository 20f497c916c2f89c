/*
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef MPTCP_OPTIONS_H
#define MPTCP_OPTIONS_H

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <variant>
#include <vector>

/**
 * \file
 * The Multipath TCP options of RFC 8684 as values, and their bytes on the wire. Nothing here knows
 * of sockets or of ns-3: bytes come in, values go out, and the other way round.
 */

namespace ns3
{

/// TCP option kind of every MPTCP option (RFC 8684, 3).
constexpr uint8_t MPTCP_OPTION_KIND = 30;
/// The protocol version spoken here (RFC 8684, 3.1).
constexpr uint8_t MPTCP_VERSION = 1;
/// No TCP option can be longer than the whole option space of a segment.
constexpr uint32_t MPTCP_MAX_OPTION_LENGTH = 40;

/// Option subtypes (RFC 8684, 8.3).
enum class MptcpSubtype : uint8_t
{
    MP_CAPABLE = 0,
    MP_JOIN = 1,
    DSS = 2,
    ADD_ADDR = 3,
    REMOVE_ADDR = 4,
    MP_PRIO = 5,
    MP_FAIL = 6,
    MP_FASTCLOSE = 7,
    MP_TCPRST = 8
};

/// MP_CAPABLE (RFC 8684, 3.1). The fields that are present decide the length: 4 bytes without a
/// key (SYN), 12 with the sender's key (SYN/ACK), 20 with both (third ACK), 22 with a data length,
/// 24 with a DSS checksum as well.
struct MptcpCapable
{
    uint8_t version{MPTCP_VERSION};
    bool checksumRequired{false};        ///< flag A: the sender wants DSS checksums
    bool extensibility{false};           ///< flag B: must be 0; a receiver falls back to TCP if 1
    bool noJoinToThisAddress{false};     ///< flag C: no MP_JOIN to the sender's source address
    bool hmacSha256{true};               ///< flag H: HMAC-SHA256 is offered
    std::optional<uint64_t> senderKey;   ///< key of the host that sends the option
    std::optional<uint64_t> receiverKey; ///< key of the other host, echoed
    std::optional<uint16_t> dataLength;  ///< bytes of payload this option maps, from DSN IDSN+1
    std::optional<uint16_t> checksum;    ///< DSS checksum of that mapping
};

/// MP_JOIN on a SYN, 12 bytes (RFC 8684, 3.2, figure 5).
struct MptcpJoinSyn
{
    bool backup{false};
    uint8_t addressId{0};
    uint32_t token{0}; ///< the receiver's token
    uint32_t nonce{0};
};

/// MP_JOIN on a SYN/ACK, 16 bytes (RFC 8684, 3.2, figure 6).
struct MptcpJoinSynAck
{
    bool backup{false};
    uint8_t addressId{0};
    uint64_t hmac{0}; ///< leftmost 64 bits of the sender's HMAC
    uint32_t nonce{0};
};

/// MP_JOIN on the third ACK, 24 bytes (RFC 8684, 3.2, figure 7).
struct MptcpJoinAck
{
    std::array<uint8_t, 20> hmac{}; ///< leftmost 160 bits of the sender's HMAC
};

/// A data sequence mapping within a DSS (RFC 8684, 3.3.1).
struct MptcpDssMapping
{
    uint64_t dsn{0};                  ///< data sequence number; its low 32 bits when not wide
    bool wide{false};                 ///< 8 bytes on the wire instead of 4
    uint32_t ssn{0};                  ///< relative to the subflow's initial sequence number
    uint16_t length{0};               ///< bytes, counting a DATA_FIN; 0 is an infinite mapping
    std::optional<uint16_t> checksum; ///< present when checksums were negotiated
};

/// The Data Sequence Signal (RFC 8684, 3.3).
struct MptcpDss
{
    bool dataFin{false};
    std::optional<uint64_t> dataAck; ///< its low 32 bits when not wide
    bool wideAck{false};             ///< DATA_ACK of 8 bytes instead of 4
    std::optional<MptcpDssMapping> mapping;
};

/// ADD_ADDR (RFC 8684, 3.4.1): an address of 4 or 16 bytes, perhaps a port; an echo has no HMAC.
struct MptcpAddAddr
{
    bool echo{false};
    uint8_t addressId{0};
    bool ipv6{false};
    std::array<uint8_t, 16> address{}; ///< network order; the first 4 bytes when not ipv6
    std::optional<uint16_t> port;
    uint64_t hmac{0}; ///< rightmost 64 bits; not on the wire of an echo
};

/// REMOVE_ADDR (RFC 8684, 3.4.2): one identifier or more.
struct MptcpRemoveAddr
{
    std::vector<uint8_t> addressIds;
};

/// MP_PRIO (RFC 8684, 3.3.8), for the subflow that carries it.
struct MptcpPrio
{
    bool backup{false};
};

/// MP_FAIL (RFC 8684, 3.7).
struct MptcpFail
{
    uint64_t dsn{0};
};

/// MP_FASTCLOSE (RFC 8684, 3.5).
struct MptcpFastclose
{
    uint64_t receiverKey{0};
};

/// Why a subflow was reset (RFC 8684, 3.6).
enum class MptcpResetReason : uint8_t
{
    UNSPECIFIED = 0,
    MPTCP_ERROR = 1,
    LACK_OF_RESOURCES = 2,
    PROHIBITED = 3,
    TOO_MUCH_OUTSTANDING = 4,
    UNACCEPTABLE_PERFORMANCE = 5,
    MIDDLEBOX = 6
};

/// MP_TCPRST (RFC 8684, 3.6).
struct MptcpTcpRst
{
    bool transient{false}; ///< flag T: the condition may pass
    uint8_t reason{0};     ///< an MptcpResetReason, or a value this version does not know
};

using MptcpOption = std::variant<MptcpCapable,
                                 MptcpJoinSyn,
                                 MptcpJoinSynAck,
                                 MptcpJoinAck,
                                 MptcpDss,
                                 MptcpAddAddr,
                                 MptcpRemoveAddr,
                                 MptcpPrio,
                                 MptcpFail,
                                 MptcpFastclose,
                                 MptcpTcpRst>;

/// Bytes of an encoded option, kind and length included.
struct MptcpOptionBytes
{
    std::array<uint8_t, MPTCP_MAX_OPTION_LENGTH> data{};
    uint8_t size{0};
};

/**
 * \param option what to say
 * \return its bytes, from the kind on. A REMOVE_ADDR keeps the first 37 identifiers, as many as
 * the option space holds.
 */
MptcpOptionBytes EncodeMptcpOption(const MptcpOption& option);

/**
 * \param data an option from its kind on
 * \param size how many bytes there are; they must be exactly those that the length byte states
 * \return the option, or nothing if it is not a well-formed option of a known subtype
 */
std::optional<MptcpOption> DecodeMptcpOption(const uint8_t* data, std::size_t size);

} // namespace ns3

#endif // MPTCP_OPTIONS_H
