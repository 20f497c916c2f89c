/*
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "mptcp-data.h"

#include <algorithm>

namespace ns3
{

namespace
{

/// \return \p a - \p b on the circle of 32-bit sequence numbers
int32_t
Distance(uint32_t a, uint32_t b)
{
    return static_cast<int32_t>(a - b);
}

} // namespace

uint64_t
MptcpExpandDsn(uint64_t reference, uint32_t low)
{
    return reference + static_cast<int64_t>(Distance(low, static_cast<uint32_t>(reference)));
}

std::deque<MptcpMapping>::const_iterator
MptcpMappings::FirstEndingAfter(uint32_t ssn) const
{
    return std::partition_point(m_list.begin(), m_list.end(), [ssn](const MptcpMapping& m) {
        return Distance(m.ssn + m.length, ssn) <= 0;
    });
}

MptcpMappings::Added
MptcpMappings::Add(const MptcpMapping& mapping)
{
    if (m_list.empty() || Distance(mapping.ssn, m_list.back().ssn + m_list.back().length) >= 0)
    {
        m_list.push_back(mapping);
        return Added::YES;
    }
    const auto at = FirstEndingAfter(mapping.ssn);
    if (at != m_list.end() && Distance(at->ssn, mapping.ssn + mapping.length) < 0)
    {
        return *at == mapping ? Added::KNOWN : Added::CONFLICT;
    }
    m_list.insert(at, mapping);
    return Added::YES;
}

const MptcpMapping*
MptcpMappings::Find(uint32_t ssn) const
{
    const auto at = FirstEndingAfter(ssn);
    return at != m_list.end() && Distance(at->ssn, ssn) <= 0 ? &*at : nullptr;
}

void
MptcpMappings::DropBefore(uint32_t ssn)
{
    while (!m_list.empty() && Distance(m_list.front().ssn + m_list.front().length, ssn) <= 0)
    {
        m_list.pop_front();
    }
}

void
MptcpSendBuffer::Append(Ptr<const Packet> packet, uint8_t preference)
{
    if (packet->GetSize() == 0)
    {
        return;
    }
    m_chunks.push_back({m_end, packet, preference});
    m_end += packet->GetSize();
}

uint64_t
MptcpSendBuffer::Ack(uint64_t offset)
{
    const uint64_t to = std::min(std::max(offset, m_begin), m_end);
    const uint64_t freed = to - m_begin;
    m_begin = to;
    while (!m_chunks.empty() && m_chunks.front().offset + m_chunks.front().packet->GetSize() <= to)
    {
        m_chunks.pop_front();
    }
    return freed;
}

std::deque<MptcpSendBuffer::Chunk>::const_iterator
MptcpSendBuffer::ChunkAt(uint64_t offset) const
{
    const auto behind =
        std::partition_point(m_chunks.begin(), m_chunks.end(), [offset](const Chunk& c) {
            return c.offset <= offset;
        });
    return std::prev(behind);
}

uint8_t
MptcpSendBuffer::Preference(uint64_t offset, uint64_t& runEnd) const
{
    // Longer runs than a segment can hold are of no interest.
    constexpr uint64_t ENOUGH = 65536;
    auto chunk = ChunkAt(offset);
    const uint8_t preference = chunk->preference;
    while (chunk != m_chunks.end() && chunk->preference == preference)
    {
        runEnd = chunk->offset + chunk->packet->GetSize();
        if (runEnd >= offset + ENOUGH)
        {
            break;
        }
        ++chunk;
    }
    return preference;
}

Ptr<Packet>
MptcpSendBuffer::Copy(uint64_t offset, uint32_t length) const
{
    auto chunk = ChunkAt(offset);
    Ptr<Packet> out;
    while (length > 0)
    {
        const auto skip = static_cast<uint32_t>(offset - chunk->offset);
        const uint32_t size = std::min(length, chunk->packet->GetSize() - skip);
        Ptr<Packet> part = chunk->packet->CreateFragment(skip, size);
        if (out)
        {
            out->AddAtEnd(part);
        }
        else
        {
            out = part;
        }
        offset += size;
        length -= size;
        ++chunk;
    }
    return out;
}

void
MptcpReceiveBuffer::Ready(Ptr<const Packet> packet, uint32_t subflow)
{
    m_next += packet->GetSize();
    m_readable += packet->GetSize();
    m_ready.push_back({packet, subflow});
}

uint32_t
MptcpReceiveBuffer::Insert(uint64_t offset, Ptr<const Packet> packet, uint32_t subflow)
{
    uint64_t begin = std::max(offset, m_next);
    const uint64_t end = std::min(offset + packet->GetSize(), m_next + Window());
    uint32_t taken = 0;
    // What is new lies in the holes between the pieces that are held already.
    while (begin < end)
    {
        auto next = m_outOfOrder.upper_bound(begin);
        if (next != m_outOfOrder.begin())
        {
            const auto previous = std::prev(next);
            const uint64_t previousEnd = previous->first + previous->second.packet->GetSize();
            if (previousEnd > begin)
            {
                begin = previousEnd;
                continue;
            }
        }
        const uint64_t holeEnd = next == m_outOfOrder.end() ? end : std::min(end, next->first);
        const auto size = static_cast<uint32_t>(holeEnd - begin);
        Ptr<const Packet> piece =
            size == packet->GetSize()
                ? packet
                : Ptr<const Packet>(
                      packet->CreateFragment(static_cast<uint32_t>(begin - offset), size));
        if (begin == m_next && m_outOfOrder.empty())
        {
            Ready(piece, subflow);
        }
        else
        {
            m_outOfOrder.emplace_hint(next, begin, Piece{piece, subflow});
            m_outOfOrderBytes += size;
        }
        taken += size;
        begin = holeEnd;
    }
    while (!m_outOfOrder.empty() && m_outOfOrder.begin()->first == m_next)
    {
        const Piece piece = m_outOfOrder.begin()->second;
        m_outOfOrder.erase(m_outOfOrder.begin());
        m_outOfOrderBytes -= piece.packet->GetSize();
        Ready(piece.packet, piece.subflow);
    }
    return taken;
}

uint32_t
MptcpReceiveBuffer::HeadRun() const
{
    uint32_t run = 0;
    for (const auto& piece : m_ready)
    {
        if (piece.subflow != m_ready.front().subflow)
        {
            break;
        }
        run += piece.packet->GetSize();
    }
    return run;
}

Ptr<Packet>
MptcpReceiveBuffer::Read(uint32_t maxSize)
{
    Ptr<Packet> out;
    while (maxSize > 0 && !m_ready.empty())
    {
        auto& head = m_ready.front();
        const uint32_t headSize = head.packet->GetSize();
        const uint32_t size = std::min(maxSize, headSize);
        Ptr<Packet> part =
            size == headSize ? head.packet->Copy() : head.packet->CreateFragment(0, size);
        if (size == headSize)
        {
            m_ready.pop_front();
        }
        else
        {
            head.packet = head.packet->CreateFragment(size, headSize - size);
        }
        if (out)
        {
            out->AddAtEnd(part);
        }
        else
        {
            out = part;
        }
        m_readable -= size;
        maxSize -= size;
    }
    return out;
}

void
MptcpReinjectQueue::Add(const Range& range)
{
    if (range.begin >= range.end)
    {
        return;
    }
    if (!m_ranges.empty() && m_ranges.back().end == range.begin &&
        m_ranges.back().avoid == range.avoid)
    {
        m_ranges.back().end = range.end;
        return;
    }
    for (const auto& known : m_ranges)
    {
        if (known.begin <= range.begin && range.end <= known.end)
        {
            return;
        }
    }
    m_ranges.push_back(range);
}

void
MptcpReinjectQueue::Ack(uint64_t offset)
{
    // Ranges come in the order of loss, not of offset: each one is looked at.
    for (auto range = m_ranges.begin(); range != m_ranges.end();)
    {
        if (range->end <= offset)
        {
            range = m_ranges.erase(range);
        }
        else
        {
            range->begin = std::max(range->begin, offset);
            ++range;
        }
    }
}

void
MptcpReinjectQueue::Pop(uint64_t length)
{
    auto& front = m_ranges.front();
    front.begin += length;
    if (front.begin >= front.end)
    {
        m_ranges.pop_front();
    }
}

} // namespace ns3
