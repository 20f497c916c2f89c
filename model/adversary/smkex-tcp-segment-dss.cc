/*
 * SPDX-License-Identifier: GPL-2.0-only
 */
#include "smkex-tcp-segment.h"

#include <algorithm>
#include <optional>
#include <vector>

namespace smkex
{

namespace
{

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
    if (length < 3)
    {
        return std::nullopt;
    }
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
    const std::vector<Place> options = Find(KIND_MPTCP);
    return std::any_of(options.begin(), options.end(), [this](const Place& option) {
        return ReadMapping(m_octets, option.at, option.size).has_value();
    });
}

void
TcpSegment::AdjustDssChecksum(ByteView original, std::uint32_t initialSequence)
{
    std::optional<Mapping> mapping;
    for (const Place& option : Find(KIND_MPTCP))
    {
        mapping = mapping ? mapping : ReadMapping(m_octets, option.at, option.size);
    }
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
