/*
 * SPDX-License-Identifier: GPL-2.0-only
 */
#include "smkex-tcp-listener.h"

#include "smkex-address-port.h"
#include "smkex-eno-socket.h"

#include "ns3/inet-socket-address.h"
#include "ns3/inet6-socket-address.h"
#include "ns3/ipv4.h"
#include "ns3/ipv6.h"
#include "ns3/simulator.h"
#include "ns3/tcp-socket-factory.h"

#include <utility>

namespace ns3
{

SmkexTcpListener::SmkexTcpListener(Ptr<Node> node,
                                   std::uint16_t port,
                                   Time patience,
                                   LinkReader readLink,
                                   SessionHandler handler,
                                   const std::vector<uint8_t>& teps)
    : m_patience(patience),
      m_readLink(std::move(readLink)),
      m_handler(std::move(handler))
{
    if (node->GetObject<Ipv4>())
    {
        Listen(node, InetSocketAddress(Ipv4Address::GetAny(), port), teps);
    }
    if (node->GetObject<Ipv6>())
    {
        Listen(node, Inet6SocketAddress(Ipv6Address::GetAny(), port), teps);
    }
}

SmkexTcpListener::~SmkexTcpListener()
{
    for (const Ptr<Socket>& socket : m_sockets)
    {
        socket->SetAcceptCallback(MakeNullCallback<bool, Ptr<Socket>, const Address&>(),
                                  MakeNullCallback<void, Ptr<Socket>, const Address&>());
        socket->Close();
    }
    while (!m_pending.empty())
    {
        Drop(m_pending.begin());
    }
    for (const auto& [id, session] : m_sessions)
    {
        session->SetCloseHandler(nullptr);
    }
}

void
SmkexTcpListener::Abandon()
{
    for (const Pending& pending : m_pending)
    {
        Simulator::Cancel(pending.giveUp);
        pending.connection->Abandon();
    }
    m_pending.clear();
}

void
SmkexTcpListener::Listen(Ptr<Node> node, const Address& local, const std::vector<uint8_t>& teps)
{
    Ptr<Socket> socket;
    if (teps.empty())
    {
        socket = Socket::CreateSocket(node, TcpSocketFactory::GetTypeId());
    }
    else
    {
        socket = SmkexEnoSocketFactory::Of(node)->CreateSocket();
        DynamicCast<SmkexEnoSocket>(socket)->SetTeps(teps);
    }
    socket->Bind(local);
    socket->Listen();
    socket->SetAcceptCallback(MakeNullCallback<bool, Ptr<Socket>, const Address&>(),
                              MakeCallback(&SmkexTcpListener::HandleAccept, this));
    m_sockets.push_back(socket);
}

void
SmkexTcpListener::HandleAccept(Ptr<Socket> socket, const Address& client)
{
    const Ptr<SmkexTcpPath> connection = Create<SmkexTcpPath>(socket);
    if (!m_readLink)
    {
        BeginSession()->Adopt(smkex::SHARE_PATH, connection, SmkexPortOf(client), {});
        return;
    }
    const auto pending = m_pending.insert(m_pending.end(), Pending{connection, client, {}, {}});
    pending->giveUp = Simulator::Schedule(m_patience, [this, pending] { Drop(pending); });
    connection->SetHandlers(
        nullptr,
        [this, pending](smkex::ByteView bytes) { HandleBytes(pending, bytes); },
        [this, pending](smkex::PathEnd) { Drop(pending); });
}

void
SmkexTcpListener::HandleBytes(PendingList::iterator pending, smkex::ByteView bytes)
{
    smkex::Append(pending->bytes, bytes);
    std::optional<smkex::Failure> failure;
    const std::optional<smkex::Link> link = m_readLink(pending->bytes, failure);
    if (link)
    {
        const Pending linked = *pending;
        pending->giveUp.Cancel();
        m_pending.erase(pending);
        linked.connection->SetHandlers(nullptr, nullptr, nullptr);
        const Ptr<SmkexParallelTcp> session = SessionOf(link->session);
        if (session->HasPath(link->path))
        {
            linked.connection->Close(); // somebody else has claimed this path before
            return;
        }
        session->Adopt(link->path, linked.connection, SmkexPortOf(linked.client), linked.bytes);
    }
    else if (failure)
    {
        Drop(pending);
    }
}

Ptr<SmkexParallelTcp>
SmkexTcpListener::BeginSession()
{
    const Ptr<SmkexParallelTcp> session = Create<SmkexParallelTcp>();
    m_handler(session);
    return session;
}

Ptr<SmkexParallelTcp>
SmkexTcpListener::SessionOf(const smkex::SessionId& id)
{
    const auto known = m_sessions.find(id);
    if (known != m_sessions.end())
    {
        return known->second;
    }
    const Ptr<SmkexParallelTcp> session = BeginSession();
    m_sessions.emplace(id, session);
    session->SetCloseHandler([this, id] { m_sessions.erase(id); });
    return session;
}

void
SmkexTcpListener::Drop(PendingList::iterator pending)
{
    pending->giveUp.Cancel();
    const Ptr<SmkexTcpPath> connection = pending->connection;
    m_pending.erase(pending);
    connection->Close();
}

} // namespace ns3
