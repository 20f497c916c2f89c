/*
 * SPDX-License-Identifier: GPL-2.0-only
 */
#include "smkex-client.h"

#include "ns3/smkex-mptcp.h"

namespace ns3
{

NS_OBJECT_ENSURE_REGISTERED(SmkexClient);

TypeId
SmkexClient::GetTypeId()
{
    static TypeId tid = TypeId("ns3::SmkexClient")
                            .SetParent<SmkexApplication>()
                            .SetGroupName("Smkex")
                            .AddConstructor<SmkexClient>();
    return tid;
}

SmkexClient::SmkexClient() = default;
SmkexClient::~SmkexClient() = default;

void
SmkexClient::DoDispose()
{
    if (m_endpoint)
    {
        m_endpoint->Abandon();
    }
    m_endpoint = nullptr;
    SmkexApplication::DoDispose();
}

void
SmkexClient::AddPath(const Address& remote, const Address& local)
{
    m_addresses.push_back({remote, local});
}

void
SmkexClient::StartApplication()
{
    StartSession();
}

void
SmkexClient::StopApplication()
{
    m_endpoint = nullptr;
}

Ptr<SmkexTransport>
SmkexClient::MakeTransport(const std::vector<SmkexPathAddress>& addresses) const
{
    if (GetTransport() == Transport::ParallelTcp)
    {
        return Create<SmkexParallelTcp>(GetNode(), addresses, Teps());
    }
    return Create<SmkexMptcp>(GetNode(), addresses, GetTransport() == Transport::MptcpJoinData);
}

void
SmkexClient::StartSession()
{
    std::vector<SmkexPathAddress> used = m_addresses;
    if (!Protocol().multipath)
    {
        used.resize(1);
    }
    m_endpoint = MakeEndpoint(SmkexEndpoint::Role::Client, used.size(), MakeTransport(used));
    m_endpoint->SetEndHandler(
        [this](SmkexEndpoint& endpoint) { m_endedTrace(endpoint.Outcome()); });
    m_endpoint->Start();
}

const SmkexOutcome*
SmkexClient::Outcome() const
{
    return m_endpoint ? &m_endpoint->Outcome() : nullptr;
}

} // namespace ns3
