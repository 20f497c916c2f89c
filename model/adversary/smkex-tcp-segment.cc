/*
 * SPDX-License-Identifier: GPL-2.0-only
 */
#include "smkex-tcp-segment.h"

#include <algorithm>
#include <utility>

namespace smkex
{

namespace
{

constexpr std::size_t SEQUENCE = 4;
constexpr std::size_t ACKNOWLEDGMENT = 8;
constexpr std::size_t DATA_OFFSET = 12;
constexpr std::size_t FLAGS = 13;
constexpr std::size_t CHECKSUM = 16;
constexpr std::size_t FIXED_HEADER = 20;

constexpr std::uint8_t KIND_END = 0;
constexpr std::uint8_t KIND_NO_OPERATION = 1;

std::uint16_t
Read16(const Bytes& octets, std::size_t at)
{
    return static_cast<std::uint16_t>(octets[at] << 8 | octets[at + 1]);
}

void
Write16(Bytes& octets, std::size_t at, std::uint32_t value)
{
    octets[at] = static_cast<std::uint8_t>(value >> 8);
    octets[at + 1] = static_cast<std::uint8_t>(value);
}

std::uint32_t
Read32(const Bytes& octets, std::size_t at)
{
    return std::uint32_t{Read16(octets, at)} << 16 | Read16(octets, at + 2);
}

void
Write32(Bytes& octets, std::size_t at, std::uint32_t value)
{
    Write16(octets, at, value >> 16);
    Write16(octets, at + 2, value);
}

std::size_t
HeaderSizeIn(const Bytes& octets)
{
    return std::size_t{4} * (octets[DATA_OFFSET] >> 4);
}

} // namespace

std::optional<TcpSegment>
TcpSegment::Parse(Bytes octets)
{
    if (octets.size() < FIXED_HEADER || HeaderSizeIn(octets) < FIXED_HEADER ||
        HeaderSizeIn(octets) > octets.size())
    {
        return std::nullopt;
    }
    return TcpSegment(std::move(octets));
}

TcpSegment::TcpSegment(Bytes octets)
    : m_octets(std::move(octets))
{
}

std::uint16_t
TcpSegment::SourcePort() const
{
    return Read16(m_octets, 0);
}

std::uint16_t
TcpSegment::DestinationPort() const
{
    return Read16(m_octets, 2);
}

std::uint32_t
TcpSegment::Sequence() const
{
    return Read32(m_octets, SEQUENCE);
}

std::uint32_t
TcpSegment::Acknowledgment() const
{
    return Read32(m_octets, ACKNOWLEDGMENT);
}

std::uint8_t
TcpSegment::Flags() const
{
    return m_octets[FLAGS];
}

ByteView
TcpSegment::Payload() const
{
    return ByteView(m_octets).From(HeaderSizeIn(m_octets));
}

void
TcpSegment::SetSequence(std::uint32_t sequence)
{
    Write32(m_octets, SEQUENCE, sequence);
}

void
TcpSegment::SetAcknowledgment(std::uint32_t acknowledgment)
{
    Write32(m_octets, ACKNOWLEDGMENT, acknowledgment);
}

void
TcpSegment::SetFlags(std::uint8_t flags)
{
    m_octets[FLAGS] = flags;
}

void
TcpSegment::SetPayload(ByteView payload)
{
    // A new string, because the view may be one of this segment's own payload.
    Bytes octets;
    octets.reserve(HeaderSizeIn(m_octets) + payload.size());
    Append(octets, ByteView(m_octets).First(HeaderSizeIn(m_octets)));
    Append(octets, payload);
    m_octets = std::move(octets);
}

std::vector<TcpSegment::Place>
TcpSegment::Find(std::uint8_t kind) const
{
    std::vector<Place> found;
    const std::size_t end = HeaderSizeIn(m_octets);
    for (std::size_t at = FIXED_HEADER; at < end && m_octets[at] != KIND_END;)
    {
        if (m_octets[at] == KIND_NO_OPERATION)
        {
            ++at;
            continue;
        }
        const std::size_t length = at + 1 < end ? m_octets[at + 1] : 0;
        if (length < 2 || length > end - at)
        {
            break; // malformed: whoever reads it stops here too
        }
        if (m_octets[at] == kind)
        {
            found.push_back({at, length});
        }
        at += length;
    }
    return found;
}

std::vector<Bytes>
TcpSegment::Options(std::uint8_t kind) const
{
    std::vector<Bytes> options;
    for (const Place& place : Find(kind))
    {
        options.push_back(ByteView(m_octets).From(place.at).First(place.size).ToBytes());
    }
    return options;
}

void
TcpSegment::EraseOptions(std::uint8_t kind)
{
    for (const Place& place : Find(kind))
    {
        std::fill_n(m_octets.begin() + place.at, place.size, KIND_NO_OPERATION);
    }
}

bool
TcpSegment::HasChecksum() const
{
    return Read16(m_octets, CHECKSUM) != 0;
}

void
TcpSegment::UpdateChecksum(std::uint32_t pseudoHeaderSum)
{
    Write16(m_octets, CHECKSUM, 0);
    std::uint64_t sum = std::uint64_t{SumWords(m_octets)} + pseudoHeaderSum;
    while (sum > 0xffff)
    {
        sum = (sum >> 16) + (sum & 0xffff);
    }
    Write16(m_octets, CHECKSUM, static_cast<std::uint32_t>(~sum & 0xffff));
}

std::uint32_t
SumWords(ByteView octets)
{
    std::uint64_t sum = 0;
    for (std::size_t i = 0; i + 1 < octets.size(); i += 2)
    {
        sum += static_cast<std::uint32_t>(octets[i] << 8 | octets[i + 1]);
    }
    if (octets.size() % 2 != 0)
    {
        sum += static_cast<std::uint32_t>(octets[octets.size() - 1] << 8);
    }
    // 2^32 is 1 in one's-complement arithmetic of 16 bits.
    while (sum > 0xffffffff)
    {
        sum = (sum >> 32) + (sum & 0xffffffff);
    }
    return static_cast<std::uint32_t>(sum);
}

} // namespace smkex
