/*
 * SPDX-License-Identifier: GPL-2.0-only
 */
#include "smkex-segment-counter.h"

#include "ns3/ipv4-l3-protocol.h"
#include "ns3/ipv6-l3-protocol.h"

#include <array>

namespace ns3
{

namespace
{
constexpr std::uint8_t TCP_PROTOCOL = 6;
}

SmkexSegmentCounter::SmkexSegmentCounter(std::uint16_t serverPort)
    : m_serverPort(serverPort)
{
}

void
SmkexSegmentCounter::Watch(Ptr<Node> node)
{
    if (const Ptr<Ipv4L3Protocol> ip = node->GetObject<Ipv4L3Protocol>())
    {
        ip->TraceConnectWithoutContext("SendOutgoing",
                                       MakeCallback(&SmkexSegmentCounter::OnSend4, this));
    }
    if (const Ptr<Ipv6L3Protocol> ip = node->GetObject<Ipv6L3Protocol>())
    {
        ip->TraceConnectWithoutContext("SendOutgoing",
                                       MakeCallback(&SmkexSegmentCounter::OnSend6, this));
    }
}

SmkexSegmentCounter::Count
SmkexSegmentCounter::Take(const std::vector<std::uint16_t>& clientPorts)
{
    Count sum;
    for (const std::uint16_t port : clientPorts)
    {
        const auto found = m_counts.find(port);
        if (found != m_counts.end())
        {
            sum.segments += found->second.segments;
            sum.bytes += found->second.bytes;
            m_counts.erase(found);
        }
    }
    return sum;
}

void
SmkexSegmentCounter::OnSend4(const Ipv4Header& header, Ptr<const Packet> packet, uint32_t)
{
    if (header.GetProtocol() == TCP_PROTOCOL)
    {
        Add(packet, header.GetSerializedSize());
    }
}

void
SmkexSegmentCounter::OnSend6(const Ipv6Header& header, Ptr<const Packet> packet, uint32_t)
{
    if (header.GetNextHeader() == TCP_PROTOCOL)
    {
        Add(packet, header.GetSerializedSize());
    }
}

void
SmkexSegmentCounter::Add(Ptr<const Packet> packet, std::uint32_t headerSize)
{
    std::array<std::uint8_t, 4> ports{};
    packet->CopyData(ports.data(), ports.size());
    const std::uint16_t source = ports[0] << 8 | ports[1];
    const std::uint16_t destination = ports[2] << 8 | ports[3];
    Count& count = m_counts[destination == m_serverPort ? source : destination];
    ++count.segments;
    count.bytes += packet->GetSize() + headerSize;
}

} // namespace ns3
