/*
 * SPDX-License-Identifier: GPL-2.0-only
 */
#include "smkex-ip-node.h"

#include "ns3/boolean.h"
#include "ns3/icmpv6-l4-protocol.h"
#include "ns3/inet-socket-address.h"
#include "ns3/inet6-socket-address.h"
#include "ns3/internet-stack-helper.h"
#include "ns3/ipv4-static-routing-helper.h"
#include "ns3/ipv4.h"
#include "ns3/ipv6-static-routing-helper.h"
#include "ns3/ipv6.h"

namespace ns3
{

namespace
{

Ipv4Address
ToIpv4(SmkexIpNode::Number number)
{
    return Ipv4Address(10U << 24 | number.network << 16 | number.link << 8 | number.host);
}

Ipv6Address
ToIpv6(SmkexIpNode::Number number)
{
    std::uint8_t octets[16] =
        {0xfd, 0, 0, number.network, 0, number.link, 0, 0, 0, 0, 0, 0, 0, 0, 0, number.host};
    return Ipv6Address(octets);
}

} // namespace

void
SmkexIpNode::Install(Ptr<Node> node, std::uint32_t version)
{
    InternetStackHelper stack;
    stack.SetIpv4StackInstall(version == 4);
    stack.SetIpv6StackInstall(version == 6);
    stack.SetRoutingHelper(Ipv4StaticRoutingHelper());
    stack.SetRoutingHelper(Ipv6StaticRoutingHelper());
    stack.Install(node);
    if (version == 6)
    {
        // Addresses are unique by plan, and have to be usable from the start.
        node->GetObject<Icmpv6L4Protocol>()->SetAttribute("DAD", BooleanValue(false));
    }
}

SmkexIpNode::SmkexIpNode(Ptr<Node> node, std::uint32_t version)
    : m_node(node),
      m_version(version)
{
}

std::uint32_t
SmkexIpNode::AddInterface(Ptr<NetDevice> device) const
{
    if (m_version == 4)
    {
        const Ptr<Ipv4> ip = m_node->GetObject<Ipv4>();
        const std::uint32_t interface = ip->AddInterface(device);
        ip->SetUp(interface);
        return interface;
    }
    const Ptr<Ipv6> ip = m_node->GetObject<Ipv6>();
    const std::uint32_t interface = ip->AddInterface(device);
    ip->SetForwarding(interface, true);
    ip->SetUp(interface);
    return interface;
}

std::uint32_t
SmkexIpNode::InterfaceOf(Ptr<NetDevice> device) const
{
    return m_version == 4 ? m_node->GetObject<Ipv4>()->GetInterfaceForDevice(device)
                          : m_node->GetObject<Ipv6>()->GetInterfaceForDevice(device);
}

void
SmkexIpNode::AddAddress(std::uint32_t interface, Number number) const
{
    if (m_version == 4)
    {
        m_node->GetObject<Ipv4>()->AddAddress(
            interface,
            Ipv4InterfaceAddress(ToIpv4(number), Ipv4Mask("255.255.255.0")));
    }
    else
    {
        m_node->GetObject<Ipv6>()->AddAddress(interface,
                                              Ipv6InterfaceAddress(ToIpv6(number), Ipv6Prefix(64)));
    }
}

void
SmkexIpNode::AddHostRoute(Number destination, std::uint32_t interface) const
{
    if (m_version == 4)
    {
        Ipv4StaticRoutingHelper()
            .GetStaticRouting(m_node->GetObject<Ipv4>())
            ->AddHostRouteTo(ToIpv4(destination), interface);
    }
    else
    {
        Ipv6StaticRoutingHelper()
            .GetStaticRouting(m_node->GetObject<Ipv6>())
            ->AddHostRouteTo(ToIpv6(destination), interface);
    }
}

Address
SmkexIpNode::SocketAddress(std::uint32_t version, Number number, std::uint16_t port)
{
    if (version == 4)
    {
        return InetSocketAddress(ToIpv4(number), port);
    }
    return Inet6SocketAddress(ToIpv6(number), port);
}

} // namespace ns3
