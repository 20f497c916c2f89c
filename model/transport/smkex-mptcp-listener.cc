/*
 * SPDX-License-Identifier: GPL-2.0-only
 */
#include "smkex-mptcp-listener.h"

#include "ns3/inet-socket-address.h"
#include "ns3/inet6-socket-address.h"
#include "ns3/ipv4.h"
#include "ns3/ipv6.h"
#include "ns3/mptcp-socket-factory.h"

#include <utility>

namespace ns3
{

SmkexMptcpListener::SmkexMptcpListener(Ptr<Node> node,
                                       std::uint16_t port,
                                       bool joinData,
                                       SmkexMptcp::LinkReader readLink,
                                       SessionHandler handler)
    : m_readLink(std::move(readLink)),
      m_handler(std::move(handler))
{
    MptcpSocketFactory::Install(node);
    if (node->GetObject<Ipv4>())
    {
        Listen(node, InetSocketAddress(Ipv4Address::GetAny(), port), joinData);
    }
    if (node->GetObject<Ipv6>())
    {
        Listen(node, Inet6SocketAddress(Ipv6Address::GetAny(), port), joinData);
    }
}

SmkexMptcpListener::~SmkexMptcpListener()
{
    for (const Ptr<MptcpSocket>& socket : m_sockets)
    {
        socket->SetAcceptCallback(MakeNullCallback<bool, Ptr<Socket>, const Address&>(),
                                  MakeNullCallback<void, Ptr<Socket>, const Address&>());
        socket->SetJoinDataCallback(
            MakeNullCallback<void, Ptr<MptcpSocket>, std::uint32_t, Ptr<Packet>>());
        socket->Close();
    }
}

void
SmkexMptcpListener::Abandon()
{
    m_earlyJoins.clear();
}

void
SmkexMptcpListener::Listen(Ptr<Node> node, const Address& local, bool joinData)
{
    const Ptr<MptcpSocket> socket =
        DynamicCast<MptcpSocket>(Socket::CreateSocket(node, MptcpSocketFactory::GetTypeId()));
    SmkexMptcp::Configure(*socket, joinData);
    socket->Bind(local);
    socket->Listen();
    socket->SetAcceptCallback(MakeNullCallback<bool, Ptr<Socket>, const Address&>(),
                              MakeCallback(&SmkexMptcpListener::HandleAccept, this));
    socket->SetJoinDataCallback(MakeCallback(&SmkexMptcpListener::HandleEarlyJoin, this));
    m_sockets.push_back(socket);
}

void
SmkexMptcpListener::HandleEarlyJoin(Ptr<MptcpSocket> socket,
                                    std::uint32_t subflow,
                                    Ptr<Packet> packet)
{
    m_earlyJoins.push_back({socket, subflow, packet});
}

void
SmkexMptcpListener::HandleAccept(Ptr<Socket> socket, const Address& client)
{
    const Ptr<MptcpSocket> accepted = DynamicCast<MptcpSocket>(socket);
    const Ptr<SmkexMptcp> transport = Create<SmkexMptcp>(accepted, client, m_readLink);
    m_handler(transport);
    transport->Begin();
    for (const EarlyJoin& join : std::exchange(m_earlyJoins, {}))
    {
        if (join.socket == accepted)
        {
            transport->HandleJoinData(join.socket, join.subflow, join.packet);
        }
        else
        {
            m_earlyJoins.push_back(join);
        }
    }
}

} // namespace ns3
