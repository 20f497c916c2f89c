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
 * Octets that arrive again ought to be the same octets; where they are not, the first ones to
 * arrive count. Sequence numbers may wrap any number of times.
 */
class StreamReader
{
  public:
    static constexpr std::size_t MAX_WINDOW = 1U << 20; //!< octets that may wait behind a hole

    /** \p initialSequence is that of the SYN; the first octet has the number after it. */
    explicit StreamReader(std::uint32_t initialSequence);

    /**
     * A segment passes by. Octets MAX_WINDOW or more ahead of the next one due are ignored.
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

    /** \return the offset nearest to Offset() that has this sequence number; -1 for the SYN's */
    std::int64_t OffsetOf(std::uint32_t sequence) const;

  private:
    /** Files octets under their offset, but for those that are there already. */
    void Keep(std::uint64_t begin, ByteView octets);

    /** Moves what continues the stream from m_waiting to m_joined. */
    void Join();

    std::uint32_t m_first; //!< sequence number of offset 0
    std::uint64_t m_next{0};
    std::map<std::uint64_t, Bytes> m_waiting; //!< behind a hole, by offset; none overlap
    Bytes m_joined;                           //!< the answer of the last OnSegment()
};

} // namespace smkex

#endif // SMKEX_STREAM_READER_H
