/*
 * SPDX-License-Identifier: GPL-2.0-only
 */
#include "smkex-tcp-segment.h"

#include <optional>

namespace smkex
{

namespace
{

constexpr std::size_t DATA_OFFSET = 12;
constexpr std::size_t FIXED_HEADER = 20;
constexpr std::uint8_t KIND_END = 0;
constexpr std::uint8_t KIND_NO_OPERATION = 1;
constexpr std::uint8_t SUBTYPE_CAPABLE = 0;
constexpr std::uint8_t SUBTYPE_DSS = 2;

// Flags of a data sequence signal.
constexpr std::uint8_t HAS_ACK = 0x01;
constexpr std::uint8_t WIDE_ACK = 0x02;
constexpr std::uint8_t HAS_MAPPING = 0x04;
constexpr std::uint8_t WIDE_SEQUENCE = 0x08;

/** A mapping of payload in a segment. */
struct Mapping
{
    std::uint32_t subflowSequence;       //!< of its first octet, relative to that of the SYN
    std::optional<std::size_t> checksum; //!< offset of its checksum
};

/** MP_CAPABLE with data, without and with a checksum: maps the first octets (RFC 8684, 3.1). */
constexpr std::size_t CAPABLE_WITH_DATA = 22;
constexpr std::size_t CAPABLE_WITH_CHECKSUM = 24;

std::optional<Mapping>
ReadMapping(const Bytes& octets, std::size_t at, std::size_t length)
{
    const std::uint8_t subtype = octets[at + 2] >> 4;
    if (subtype == SUBTYPE_CAPABLE && length == CAPABLE_WITH_CHECKSUM)
    {
        return Mapping{1, at + CAPABLE_WITH_CHECKSUM - 2};
    }
    if (subtype == SUBTYPE_CAPABLE && length == CAPABLE_WITH_DATA)
    {
        return Mapping{1, std::nullopt};
    }
    if (length < 4 || subtype != SUBTYPE_DSS || (octets[at + 3] & HAS_MAPPING) == 0)
    {
        return std::nullopt;
    }
    const std::uint8_t flags = octets[at + 3];
    std::size_t offset = 4;
    if ((flags & HAS_ACK) != 0)
    {
        offset += (flags & WIDE_ACK) != 0 ? 8 : 4;
    }
    offset += (flags & WIDE_SEQUENCE) != 0 ? 8 : 4;
    const std::size_t withoutChecksum = offset + 4 + 2;
    if (length != withoutChecksum && length != withoutChecksum + 2)
    {
        return std::nullopt;
    }
    std::uint32_t subflowSequence = 0;
    for (std::size_t i = 0; i < 4; ++i)
    {
        subflowSequence = subflowSequence << 8 | octets[at + offset + i];
    }
    return Mapping{subflowSequence,
                   length == withoutChecksum ? std::nullopt : std::optional(at + withoutChecksum)};
}

std::optional<Mapping>
FindMapping(const Bytes& octets)
{
    const std::size_t end = std::size_t{4} * (octets[DATA_OFFSET] >> 4);
    for (std::size_t at = FIXED_HEADER; at < end && octets[at] != KIND_END;)
    {
        if (octets[at] == KIND_NO_OPERATION)
        {
            ++at;
            continue;
        }
        const std::size_t length = at + 1 < end ? octets[at + 1] : 0;
        if (length < 2 || length > end - at)
        {
            return std::nullopt;
        }
        if (octets[at] == TcpSegment::KIND_MPTCP && length > 2)
        {
            if (const std::optional<Mapping> mapping = ReadMapping(octets, at, length))
            {
                return mapping;
            }
        }
        at += length;
    }
    return std::nullopt;
}

/** The sum of the octets as they stand in a mapping that began \p before octets earlier. */
std::uint64_t
SumFrom(ByteView octets, std::uint32_t before)
{
    if (before % 2 == 0 || octets.empty())
    {
        return SumWords(octets);
    }
    return std::uint64_t{octets[0]} + SumWords(octets.From(1));
}

} // namespace

bool
TcpSegment::HasDataMapping() const
{
    return FindMapping(m_octets).has_value();
}

void
TcpSegment::AdjustDssChecksum(ByteView original, std::uint32_t initialSequence)
{
    const std::optional<Mapping> mapping = FindMapping(m_octets);
    if (!mapping || !mapping->checksum || original.size() != Payload().size())
    {
        return;
    }
    const std::size_t at = *mapping->checksum;
    const std::uint32_t before = Sequence() - initialSequence - mapping->subflowSequence;
    const std::uint16_t old = static_cast<std::uint16_t>(m_octets[at] << 8 | m_octets[at + 1]);
    // RFC 1624: the sum without what was, with what is.
    const auto fold = [](std::uint64_t sum) {
        while (sum > 0xffff)
        {
            sum = (sum >> 16) + (sum & 0xffff);
        }
        return static_cast<std::uint32_t>(sum);
    };
    const std::uint32_t was = fold(SumFrom(original, before));
    const std::uint32_t is = fold(SumFrom(Payload(), before));
    const std::uint32_t sum =
        fold(std::uint64_t{~std::uint32_t{old} & 0xffff} + (~was & 0xffff) + is);
    m_octets[at] = static_cast<std::uint8_t>(~sum >> 8);
    m_octets[at + 1] = static_cast<std::uint8_t>(~sum);
}

} // namespace smkex
