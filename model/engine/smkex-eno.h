/*
 * SPDX-License-Identifier: GPL-2.0-only
 */
#ifndef SMKEX_ENO_H
#define SMKEX_ENO_H

#include "smkex-bytes.h"
#include "smkex-crypto.h"

#include <optional>
#include <vector>

/**
 * \file
 * TCP-ENO (RFC 8547): how two hosts agree, in TCP options, on a protocol that encrypts their
 * connection, or on none. Options come in and go out as octets, kind and length included; putting
 * them on segments is up to the transport.
 */

namespace smkex
{

constexpr std::uint8_t ENO_OPTION_KIND = 69; //!< RFC 8547, 4.1

/** Encryption protocols (TEPs) of tcpcrypt with fresh keys, RFC 8548, 7. */
constexpr std::uint8_t TEP_TCPCRYPT_P256 = 0x21;
constexpr std::uint8_t TEP_TCPCRYPT_X25519 = 0x23;

/** \return the TEP that agrees on keys in \p group */
std::uint8_t TepOf(Group group);

/** \return the group of a TEP, if it is one of those above */
std::optional<Group> GroupOfTep(std::uint8_t tep);

/** What the option on a SYN or SYN/ACK says (RFC 8547, 4.2). */
struct EnoSuboptions
{
    bool passiveRole{false}; //!< b of the first global suboption
    /** Those that come without data, each once, in order; a repeated one counts as not sent. */
    std::vector<std::uint8_t> teps;
};

/** \return the option for a SYN or SYN/ACK; the active opener leaves the global suboption out */
Bytes EncodeEno(const EnoSuboptions& suboptions);

/** \return the option for any other segment, which says only that it is there */
Bytes EncodeVacuousEno();

/**
 * \param option kind, length and suboptions
 * \return what it says, or nothing where it is ill-formed and has to be ignored as a whole: a
 *         length octet with too little behind it, or with no TEP that takes data behind it
 */
std::optional<EnoSuboptions> DecodeEno(ByteView option);

/** What came of a negotiation. */
struct EnoOutcome
{
    std::uint8_t tep{0}; //!< 0: none, the connection is plain TCP
    /** The options of SYN and SYN/ACK as they were sent and received (RFC 8547, 4.8). */
    Bytes transcript;

    bool IsEncrypted() const
    {
        return tep != 0;
    }
};

/**
 * One end of the negotiation of one connection (RFC 8547, 4.3 to 4.7). It is told of every segment
 * that is sent or received, and never fails: whatever does not add up leaves plain TCP.
 */
class EnoNegotiation
{
  public:
    /** Which segment: a SYN, a SYN/ACK, or one without SYN. */
    enum class Segment : std::uint8_t
    {
        Syn,
        SynAck,
        Other,
    };

    /** Takes no part: sends nothing. */
    EnoNegotiation() = default;

    /** \param teps that this end can do, the most wanted one first */
    explicit EnoNegotiation(std::vector<std::uint8_t> teps);

    /** \return the option to put on a segment that is being sent, if any */
    std::optional<Bytes> OnSend(Segment segment);

    /** \p options: the ENO options of a segment that has arrived; more than one is as bad as none.
     */
    void OnReceive(Segment segment, const std::vector<Bytes>& options);

    /**
     * \return what has been agreed on, final at the active opener when the SYN/ACK has come, at the
     *         passive opener when the first segment without SYN has
     */
    EnoOutcome Outcome() const;

  private:
    void OnSyn(const std::vector<Bytes>& options);
    void OnSynAck(const std::vector<Bytes>& options);
    void OnOther(const std::vector<Bytes>& options);

    std::vector<std::uint8_t> m_teps;
    bool m_passive{false};
    std::uint8_t m_agreed{0};
    Bytes m_activeOption;  //!< on the SYN
    Bytes m_passiveOption; //!< on the SYN/ACK
    bool m_heardOther{false};
};

} // namespace smkex

#endif // SMKEX_ENO_H
