/*
 * SPDX-License-Identifier: GPL-2.0-only
 */
#include "smkex-server.h"

#include "ns3/smkex-mptcp-listener.h"
#include "ns3/smkex-tcp-listener.h"
#include "ns3/uinteger.h"

namespace ns3
{

NS_OBJECT_ENSURE_REGISTERED(SmkexServer);

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
    if (m_listener)
    {
        m_listener->Abandon();
    }
    for (const Ptr<SmkexEndpoint>& session : m_sessions)
    {
        session->Abandon();
    }
    StopApplication();
    SmkexApplication::DoDispose();
}

void
SmkexServer::StartApplication()
{
    const auto begin = [this](Ptr<SmkexTransport> transport) { BeginSession(transport); };
    if (GetTransport() == Transport::ParallelTcp)
    {
        m_listener = std::make_unique<SmkexTcpListener>(GetNode(),
                                                        m_port,
                                                        GetTimeout(),
                                                        Protocol().readLink,
                                                        begin,
                                                        Teps());
    }
    else
    {
        m_listener =
            std::make_unique<SmkexMptcpListener>(GetNode(),
                                                 m_port,
                                                 GetTransport() == Transport::MptcpJoinData,
                                                 Protocol().readLink,
                                                 begin);
    }
}

void
SmkexServer::StopApplication()
{
    m_listener.reset();
    m_sessions.clear();
}

std::size_t
SmkexServer::SessionCount() const
{
    return m_sessions.size();
}

void
SmkexServer::BeginSession(Ptr<SmkexTransport> transport)
{
    const Ptr<SmkexEndpoint> session =
        MakeEndpoint(SmkexEndpoint::Role::Server, m_paths, transport);
    session->SetEndHandler([this](SmkexEndpoint& endpoint) { HandleEnd(endpoint); });
    m_sessions.insert(session);
    session->Start();
}

void
SmkexServer::HandleEnd(SmkexEndpoint& endpoint)
{
    const Ptr<SmkexEndpoint> self = &endpoint; // beyond its removal here
    m_sessions.erase(self);
    m_endedTrace(endpoint.Outcome());
}

} // namespace ns3
