/*
 * SPDX-License-Identifier: GPL-2.0-only
 */
#include "smkex-parallel-tcp.h"

#include "smkex-eno-socket.h"
#include "smkex-tcp-sockets.h"

#include <utility>

namespace ns3
{

SmkexParallelTcp::SmkexParallelTcp(Ptr<Node> node,
                                   const std::vector<SmkexPathAddress>& addresses,
                                   const std::vector<uint8_t>& teps)
    : m_node(node),
      m_addresses(addresses),
      m_teps(teps)
{
}

SmkexParallelTcp::~SmkexParallelTcp()
{
    SmkexParallelTcp::Close();
}

void
SmkexParallelTcp::Connect()
{
    for (std::size_t i = 0; i < m_addresses.size(); ++i)
    {
        const Ptr<SmkexTcpPath> path = Create<SmkexTcpPath>(CreateSocket(i + 1));
        SetPath(i + 1, path);
        path->Connect(m_addresses[i].local, m_addresses[i].remote);
        m_clientPorts.push_back(path->LocalPort());
    }
}

Ptr<Socket>
SmkexParallelTcp::CreateSocket(smkex::PathId path) const
{
    if (path != smkex::SHARE_PATH || m_teps.empty())
    {
        return SmkexTcpSockets::Create(m_node);
    }
    const Ptr<Socket> socket = SmkexEnoSocketFactory::Of(m_node)->CreateSocket();
    DynamicCast<SmkexEnoSocket>(socket)->SetTeps(m_teps);
    return socket;
}

std::optional<smkex::EnoOutcome>
SmkexParallelTcp::Negotiated(smkex::PathId path) const
{
    return HasPath(path) ? m_paths[path - 1]->Negotiated() : std::nullopt;
}

void
SmkexParallelTcp::Adopt(smkex::PathId path,
                        Ptr<SmkexTcpPath> connection,
                        std::uint16_t clientPort,
                        smkex::ByteView early)
{
    const Ptr<SmkexParallelTcp> self = this; // what it tells may end the session
    m_clientPorts.push_back(clientPort);
    ++m_pathsUp;
    SetPath(path, connection);
    m_events->OnPathUp(path);
    if (!early.empty() && !m_closed)
    {
        m_events->OnPathBytes(path, early);
    }
}

void
SmkexParallelTcp::SetCloseHandler(std::function<void()> handler)
{
    m_onClose = std::move(handler);
    if (m_closed)
    {
        Close();
    }
}

void
SmkexParallelTcp::SetPath(smkex::PathId path, Ptr<SmkexTcpPath> connection)
{
    if (m_paths.size() < path)
    {
        m_paths.resize(path);
    }
    m_paths[path - 1] = connection;
    connection->SetHandlers(
        [this, path] {
            ++m_pathsUp;
            m_events->OnPathUp(path);
        },
        [this, path](smkex::ByteView bytes) { m_events->OnPathBytes(path, bytes); },
        [this, path](smkex::PathEnd end) { m_events->OnPathDown(path, end); });
}

bool
SmkexParallelTcp::HasPath(smkex::PathId path) const
{
    return path <= m_paths.size() && m_paths[path - 1];
}

void
SmkexParallelTcp::Send(smkex::PathId path, smkex::ByteView bytes)
{
    if (HasPath(path))
    {
        m_paths[path - 1]->Send(bytes);
    }
}

void
SmkexParallelTcp::Close()
{
    for (const Ptr<SmkexTcpPath>& path : m_paths)
    {
        if (path)
        {
            path->Close();
        }
    }
    m_closed = true;
    if (const auto onClose = std::exchange(m_onClose, nullptr))
    {
        onClose();
    }
}

void
SmkexParallelTcp::Abandon()
{
    for (const Ptr<SmkexTcpPath>& path : m_paths)
    {
        if (path)
        {
            path->Abandon();
        }
    }
}

std::vector<std::uint16_t>
SmkexParallelTcp::ClientPorts() const
{
    return m_clientPorts;
}

std::uint32_t
SmkexParallelTcp::PathsUp() const
{
    return m_pathsUp;
}

} // namespace ns3
