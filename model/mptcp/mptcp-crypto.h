/*
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef MPTCP_CRYPTO_H
#define MPTCP_CRYPTO_H

#include "mptcp-options.h"

#include <array>
#include <cstdint>

/**
 * \file
 * What RFC 8684 derives from the two 64-bit keys of a connection, and the DSS checksum. Keys,
 * tokens, nonces and sequence numbers are host integers; they enter hashes in network order.
 */

namespace ns3
{

/// \return the token that names the connection of the host that chose \p key: the top 32 bits of
/// SHA-256 of the key (RFC 8684, 3.2).
uint32_t MptcpToken(uint64_t key);

/// \return the initial data sequence number of the host that chose \p key: the low 64 bits of
/// SHA-256 of the key (RFC 8684, 3.1). The first byte of data is the one after.
uint64_t MptcpInitialDsn(uint64_t key);

/**
 * The full HMAC-SHA256 of a join (RFC 8684, 3.2).
 * \param ownKey key of the host that sends the HMAC
 * \param peerKey key of the other host
 * \param ownNonce nonce of the host that sends the HMAC
 * \param peerNonce nonce of the other host
 */
std::array<uint8_t, 32> MptcpJoinHmac(uint64_t ownKey,
                                      uint64_t peerKey,
                                      uint32_t ownNonce,
                                      uint32_t peerNonce);

/// \return the leftmost 64 bits, as a SYN/ACK carries them.
uint64_t MptcpJoinHmac64(const std::array<uint8_t, 32>& hmac);

/// \return the leftmost 160 bits, as the third ACK carries them.
std::array<uint8_t, 20> MptcpJoinHmac160(const std::array<uint8_t, 32>& hmac);

/**
 * \param senderKey key of the host that advertises the address
 * \param receiverKey key of the other host
 * \param option the advertisement; its echo and hmac fields do not count
 * \return the rightmost 64 bits of the HMAC over identifier, address and port (RFC 8684, 3.4.1)
 */
uint64_t MptcpAddAddrHmac(uint64_t senderKey, uint64_t receiverKey, const MptcpAddAddr& option);

/// The one's complement sum of a stream of bytes that comes in pieces (RFC 1071).
class MptcpChecksum
{
  public:
    void Add(const uint8_t* data, uint32_t size);

    /**
     * \param dsn all 64 bits of the mapping's data sequence number
     * \param ssn the mapping's subflow sequence number
     * \param length the mapping's length as on the wire
     * \return the DSS checksum over the pseudo-header and what was added (RFC 8684, 3.3.1)
     */
    uint16_t Finish(uint64_t dsn, uint32_t ssn, uint16_t length) const;

  private:
    uint64_t m_sum{0};
    bool m_odd{false};
};

} // namespace ns3

#endif // MPTCP_CRYPTO_H
