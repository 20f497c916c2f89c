/*
 * SPDX-License-Identifier: GPL-2.0-only
 */
#ifndef SMKEX_SEGMENT_COUNTER_H
#define SMKEX_SEGMENT_COUNTER_H

#include "ns3/ipv4-header.h"
#include "ns3/ipv6-header.h"
#include "ns3/node.h"
#include "ns3/packet.h"

#include <cstdint>
#include <unordered_map>
#include <vector>

namespace ns3
{

/**
 * Counts the TCP segments that nodes send themselves, retransmissions included, by the port at the
 * client's end.
 */
class SmkexSegmentCounter
{
  public:
    struct Count
    {
        std::uint64_t segments{0};
        std::uint64_t bytes{0}; //!< of IP packets
    };

    /** \param serverPort tells which of a segment's ports is the server's */
    explicit SmkexSegmentCounter(std::uint16_t serverPort);

    /** Counts what \p node sends from now on. The counter outlives the node. */
    void Watch(Ptr<Node> node);

    /** \return what has been counted for these ports since the last call for them */
    Count Take(const std::vector<std::uint16_t>& clientPorts);

  private:
    void OnSend4(const Ipv4Header& header, Ptr<const Packet> packet, uint32_t interface);
    void OnSend6(const Ipv6Header& header, Ptr<const Packet> packet, uint32_t interface);
    void Add(Ptr<const Packet> packet, std::uint32_t headerSize);

    std::uint16_t m_serverPort;
    std::unordered_map<std::uint16_t, Count> m_counts;
};

} // namespace ns3

#endif // SMKEX_SEGMENT_COUNTER_H
