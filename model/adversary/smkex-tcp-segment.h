/*
 * SPDX-License-Identifier: GPL-2.0-only
 */
#ifndef SMKEX_TCP_SEGMENT_H
#define SMKEX_TCP_SEGMENT_H

#include "ns3/smkex-bytes.h"

#include <cstdint>
#include <optional>
#include <vector>

namespace smkex
{

/**
 * A TCP segment (RFC 9293, 3.1) as the octets of header, options and payload, with accessors that
 * edit in place.
 *
 * An attacker rewrites segments on the wire. Editing the octets keeps every option that nobody
 * asked to change, whatever its kind.
 */
class TcpSegment
{
  public:
    static constexpr std::uint8_t FIN = 0x01;
    static constexpr std::uint8_t SYN = 0x02;
    static constexpr std::uint8_t RST = 0x04;
    static constexpr std::uint8_t PSH = 0x08;
    static constexpr std::uint8_t ACK = 0x10;

    /** \return the segment, or nothing where the octets are none (too short, bad data offset) */
    static std::optional<TcpSegment> Parse(Bytes octets);

    std::uint16_t SourcePort() const;
    std::uint16_t DestinationPort() const;
    std::uint32_t Sequence() const;
    std::uint32_t Acknowledgment() const;
    std::uint8_t Flags() const;
    ByteView Payload() const;

    bool Has(std::uint8_t flag) const
    {
        return (Flags() & flag) != 0;
    }

    void SetSequence(std::uint32_t sequence);
    void SetAcknowledgment(std::uint32_t acknowledgment);
    void SetFlags(std::uint8_t flags);

    /** \p payload may be a part of Payload(). Views of the old one become invalid. */
    void SetPayload(ByteView payload);

    static constexpr std::uint8_t KIND_SACK = 5;   //!< SACK blocks (RFC 2018)
    static constexpr std::uint8_t KIND_MPTCP = 30; //!< Multipath TCP (RFC 8684)

    /** \return the options of a kind, each with kind and length, up to a malformed option */
    std::vector<Bytes> Options(std::uint8_t kind) const;

    /** Overwrites all options of a kind by no-operations, up to a malformed option. */
    void EraseOptions(std::uint8_t kind);

    /** \return whether an option maps this payload into the data sequence space of MPTCP */
    bool HasDataMapping() const;

    /**
     * Makes the checksum of an MPTCP data sequence signal (RFC 8684, 3.3.1) fit this payload again,
     * after \p original was replaced by as many other octets. Nothing happens without one.
     *
     * \param original the payload that the checksum was made for
     * \param initialSequence of this direction's SYN
     */
    void AdjustDssChecksum(ByteView original, std::uint32_t initialSequence);

    /**
     * \return whether the sender filled the checksum in (a simulator may leave it zero). One true
     *         checksum in 65,535 is zero as well: better ask several segments of a flow
     */
    bool HasChecksum() const;

    /**
     * Fills the checksum in.
     *
     * \param pseudoHeaderSum the sum of the 16-bit words of source address, destination address,
     *        protocol number and segment length (RFC 9293, 3.1; RFC 8200, 8.1); not folded, not
     *        inverted
     */
    void UpdateChecksum(std::uint32_t pseudoHeaderSum);

    /** Header, options and payload. */
    const Bytes& Octets() const
    {
        return m_octets;
    }

  private:
    explicit TcpSegment(Bytes octets);

    /** Where an option begins in the octets, and how long it is. */
    struct Place
    {
        std::size_t at;
        std::size_t size;
    };

    std::vector<Place> Find(std::uint8_t kind) const;

    Bytes m_octets;
};

/**
 * The one's-complement sum of big-endian 16-bit words (RFC 1071), to be folded by the caller. An
 * odd octet at the end is the upper half of a word.
 */
std::uint32_t SumWords(ByteView octets);

} // namespace smkex

#endif // SMKEX_TCP_SEGMENT_H
