/*
 * SPDX-License-Identifier: GPL-2.0-only
 */
#ifndef SMKEX_STREAM_READER_H
#define SMKEX_STREAM_READER_H

#include "ns3/smkex-bytes.h"

#include <cstdint>
#include <map>

namespace smkex
{

/**
 * Puts one direction of a TCP connection, as it passes by, back in order.
 *
 * Octets that arrive again must be the same octets; the first ones to arrive count.
 */
class StreamReader
{
  public:
    static constexpr std::size_t MAX_WINDOW = 1U << 20; //!< octets that may wait behind a hole

    /** \p initialSequence is that of the SYN; the first octet has the number after it. */
    explicit StreamReader(std::uint32_t initialSequence);

    /**
     * A segment passes by.
     *
     * \return its new in-order octets with those that waited behind them; empty if there are none.
     *         Valid until the next call.
     */
    ByteView OnSegment(std::uint32_t sequence, ByteView payload);

    /** \return how many octets have come in order */
    std::uint64_t Offset() const
    {
        return m_next;
    }

    /** \return the 64-bit offset nearest to Offset() that has this sequence number */
    std::int64_t OffsetOf(std::uint32_t sequence) const;

  private:
    std::uint32_t m_first; //!< sequence number of offset 0
    std::uint64_t m_next{0};
    std::map<std::uint64_t, Bytes> m_waiting; //!< behind a hole, by offset
    Bytes m_joined;
};

} // namespace smkex

#endif // SMKEX_STREAM_READER_H
