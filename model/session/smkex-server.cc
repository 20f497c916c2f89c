/*
 * SPDX-License-Identifier: GPL-2.0-only
 */
#include "smkex-server.h"

#include "ns3/inet-socket-address.h"
#include "ns3/inet6-socket-address.h"
#include "ns3/uinteger.h"

#include <algorithm>

namespace ns3
{

NS_OBJECT_ENSURE_REGISTERED(SmkexServer);

namespace
{

uint16_t
PortOf(const Address& address)
{
    return InetSocketAddress::IsMatchingType(address)
               ? InetSocketAddress::ConvertFrom(address).GetPort()
               : Inet6SocketAddress::ConvertFrom(address).GetPort();
}

} // namespace

TypeId
SmkexServer::GetTypeId()
{
    static TypeId tid = TypeId("ns3::SmkexServer")
                            .SetParent<SmkexApplication>()
                            .SetGroupName("Smkex")
                            .AddConstructor<SmkexServer>()
                            .AddAttribute("Port",
                                          "The TCP port to listen on.",
                                          UintegerValue(4433),
                                          MakeUintegerAccessor(&SmkexServer::m_port),
                                          MakeUintegerChecker<uint16_t>(1))
                            .AddAttribute("Paths",
                                          "The number of paths of a session.",
                                          UintegerValue(2),
                                          MakeUintegerAccessor(&SmkexServer::m_paths),
                                          MakeUintegerChecker<uint8_t>(1, smkex::MAX_PATHS));
    return tid;
}

SmkexServer::SmkexServer() = default;
SmkexServer::~SmkexServer() = default;

void
SmkexServer::DoDispose()
{
    StopApplication();
    SmkexApplication::DoDispose();
}

void
SmkexServer::StartApplication()
{
    m_listener = std::make_unique<SmkexTcpListener>(
        GetNode(),
        m_port,
        GetTimeout(),
        Protocol().readLink,
        [this](const SmkexLinkedConnection& connection) { HandleConnection(connection); },
        Teps());
}

void
SmkexServer::StopApplication()
{
    m_listener.reset();
    m_byLink.clear();
    m_sessions.clear();
}

std::size_t
SmkexServer::SessionCount() const
{
    return m_sessions.size();
}

void
SmkexServer::HandleConnection(const SmkexLinkedConnection& connection)
{
    Ptr<SmkexEndpoint> session;
    smkex::PathId path = smkex::SHARE_PATH;
    if (connection.link)
    {
        path = connection.link->path;
        Ptr<SmkexEndpoint>& known = m_byLink[connection.link->session];
        if (!known)
        {
            known = BeginSession();
        }
        session = known;
    }
    else
    {
        session = BeginSession();
    }
    auto& transport = static_cast<SmkexParallelTcp&>(session->GetTransport());
    if (transport.HasPath(path))
    {
        connection.connection->Close(); // somebody else has claimed this path before
        return;
    }
    transport.Adopt(path, connection.connection, PortOf(connection.client));
    session->OnAdopted(path, connection.early);
}

Ptr<SmkexEndpoint>
SmkexServer::BeginSession()
{
    const Ptr<SmkexEndpoint> session =
        MakeEndpoint(SmkexEndpoint::Role::Server, m_paths, Create<SmkexParallelTcp>());
    session->SetEndHandler([this](SmkexEndpoint& endpoint) { HandleEnd(endpoint); });
    m_sessions.insert(session);
    session->Start();
    return session;
}

void
SmkexServer::HandleEnd(SmkexEndpoint& endpoint)
{
    const Ptr<SmkexEndpoint> self = &endpoint; // beyond its removal here
    m_sessions.erase(self);
    const auto link = std::find_if(m_byLink.begin(), m_byLink.end(), [&self](const auto& entry) {
        return entry.second == self;
    });
    if (link != m_byLink.end())
    {
        m_byLink.erase(link);
    }
    m_endedTrace(endpoint.Outcome());
}

} // namespace ns3
