/*
 * SPDX-License-Identifier: GPL-2.0-only
 */
#ifndef SMKEX_IP_NODE_H
#define SMKEX_IP_NODE_H

#include "ns3/address.h"
#include "ns3/net-device.h"
#include "ns3/node.h"

#include <cstdint>

namespace ns3
{

/**
 * IPv4 or IPv6 on a node, with one set of calls for both: interfaces, addresses, host routes.
 *
 * Addresses are `10.NETWORK.LINK.HOST` and `fd00:NETWORK:LINK::HOST`.
 */
class SmkexIpNode
{
  public:
    /** An address of the plan above, of either version. */
    struct Number
    {
        std::uint8_t network;
        std::uint8_t link;
        std::uint8_t host;
    };

    /** Installs the stack on \p node, once a node. \param version 4 or 6 */
    static void Install(Ptr<Node> node, std::uint32_t version);

    /** \param node one that the stack is installed on */
    SmkexIpNode(Ptr<Node> node, std::uint32_t version);

    /** Puts an interface on \p device. \return its index */
    std::uint32_t AddInterface(Ptr<NetDevice> device) const;

    /** \return the index of the interface on \p device */
    std::uint32_t InterfaceOf(Ptr<NetDevice> device) const;

    void AddAddress(std::uint32_t interface, Number number) const;

    /** What goes to \p destination leaves by \p interface. */
    void AddHostRoute(Number destination, std::uint32_t interface) const;

    /** \return \p number as an address for sockets */
    static Address SocketAddress(std::uint32_t version, Number number, std::uint16_t port);

  private:
    Ptr<Node> m_node;
    std::uint32_t m_version;
};

} // namespace ns3

#endif // SMKEX_IP_NODE_H
