/*
 * SPDX-License-Identifier: GPL-2.0-only
 */
#include "smkex-stream-reader.h"

#include <algorithm>
#include <iterator>

namespace smkex
{

StreamReader::StreamReader(std::uint32_t initialSequence)
    : m_first(initialSequence + 1)
{
}

std::int64_t
StreamReader::OffsetOf(std::uint32_t sequence) const
{
    const std::uint32_t expected = m_first + static_cast<std::uint32_t>(m_next);
    const auto distance = static_cast<std::int32_t>(sequence - expected);
    return static_cast<std::int64_t>(m_next) + distance;
}

ByteView
StreamReader::OnSegment(std::uint32_t sequence, ByteView payload)
{
    m_joined.clear();
    const auto next = static_cast<std::int64_t>(m_next);
    const std::int64_t first = OffsetOf(sequence);
    const std::int64_t begin = std::max(first, next);
    const std::int64_t end = std::min(first + static_cast<std::int64_t>(payload.size()),
                                      next + static_cast<std::int64_t>(MAX_WINDOW));
    if (begin >= end)
    {
        return m_joined;
    }
    const ByteView octets = payload.First(static_cast<std::size_t>(end - first))
                                .From(static_cast<std::size_t>(begin - first));
    if (m_waiting.empty() && begin == next)
    {
        Append(m_joined, octets);
    }
    else
    {
        Keep(static_cast<std::uint64_t>(begin), octets);
        Join();
    }
    m_next += m_joined.size();
    return m_joined;
}

void
StreamReader::Keep(std::uint64_t begin, ByteView octets)
{
    const std::uint64_t end = begin + octets.size();
    auto following = m_waiting.upper_bound(begin);
    std::uint64_t at = begin;
    if (following != m_waiting.begin())
    {
        const auto& before = *std::prev(following);
        at = std::max(at, before.first + before.second.size());
    }
    while (at < end)
    {
        const bool bounded = following != m_waiting.end() && following->first < end;
        const std::uint64_t gapEnd = bounded ? following->first : end;
        if (at < gapEnd)
        {
            m_waiting.emplace_hint(following,
                                   at,
                                   octets.First(gapEnd - begin).From(at - begin).ToBytes());
        }
        if (!bounded)
        {
            return;
        }
        at = following->first + following->second.size();
        ++following;
    }
}

void
StreamReader::Join()
{
    while (!m_waiting.empty() && m_waiting.begin()->first == m_next + m_joined.size())
    {
        Append(m_joined, m_waiting.begin()->second);
        m_waiting.erase(m_waiting.begin());
    }
}

} // namespace smkex
