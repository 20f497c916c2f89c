/*
 * SPDX-License-Identifier: GPL-2.0-only
 */
#include "smkex-mptcp.h"

#include "smkex-address-port.h"

#include "ns3/boolean.h"
#include "ns3/enum.h"
#include "ns3/inet-socket-address.h"
#include "ns3/inet6-socket-address.h"
#include "ns3/mptcp-path-manager.h"
#include "ns3/mptcp-socket-factory.h"
#include "ns3/packet.h"

#include <algorithm>
#include <utility>

namespace ns3
{

namespace
{

constexpr std::uint32_t FIRST_SUBFLOW = 1;
/** A server holds a join back for its answer no longer than this. */
constexpr int JOIN_REPLY_SECONDS = 1;

smkex::Bytes
ContentOf(Ptr<const Packet> packet)
{
    smkex::Bytes bytes(packet->GetSize());
    packet->CopyData(bytes.data(), bytes.size());
    return bytes;
}

} // namespace

void
SmkexMptcp::Configure(MptcpSocket& socket, bool joinData)
{
    socket.SetAttribute("PathManager", EnumValue(static_cast<int>(MptcpPathManager::NONE)));
    if (joinData)
    {
        socket.SetAttribute("EarlyJoin", BooleanValue(true));
        socket.SetAttribute("JoinData", BooleanValue(true));
        socket.SetAttribute("JoinReplyHold", TimeValue(Seconds(JOIN_REPLY_SECONDS)));
    }
}

SmkexMptcp::SmkexMptcp(Ptr<Node> node,
                       const std::vector<SmkexPathAddress>& addresses,
                       bool joinData)
    : m_node(node),
      m_addresses(addresses),
      m_joinData(joinData)
{
    MptcpSocketFactory::Install(node);
    m_socket =
        DynamicCast<MptcpSocket>(Socket::CreateSocket(node, MptcpSocketFactory::GetTypeId()));
    Configure(*m_socket, joinData);
    Attach();
}

SmkexMptcp::SmkexMptcp(Ptr<MptcpSocket> accepted, const Address& client, LinkReader readLink)
    : m_readLink(std::move(readLink)),
      m_socket(accepted)
{
    m_subflows[smkex::SHARE_PATH] = FIRST_SUBFLOW;
    m_clientPorts.push_back(SmkexPortOf(client));
    Attach();
}

SmkexMptcp::~SmkexMptcp()
{
    Detach();
}

void
SmkexMptcp::Attach()
{
    m_socket->SetConnectCallback(MakeCallback(&SmkexMptcp::HandleConnected, this),
                                 MakeCallback(&SmkexMptcp::HandleConnectionFailed, this));
    m_socket->SetRecvCallback(MakeCallback(&SmkexMptcp::HandleReadable, this));
    m_socket->SetSendCallback(MakeCallback(&SmkexMptcp::HandleWritable, this));
    m_socket->SetCloseCallbacks(MakeCallback(&SmkexMptcp::HandleClosed, this),
                                MakeCallback(&SmkexMptcp::HandleError, this));
    m_socket->SetSubflowCallback(MakeCallback(&SmkexMptcp::HandleSubflow, this));
    m_socket->SetJoinDataCallback(MakeCallback(&SmkexMptcp::HandleJoinData, this));
}

void
SmkexMptcp::Detach()
{
    if (!m_socket)
    {
        return;
    }
    m_socket->SetConnectCallback(MakeNullCallback<void, Ptr<Socket>>(),
                                 MakeNullCallback<void, Ptr<Socket>>());
    m_socket->SetRecvCallback(MakeNullCallback<void, Ptr<Socket>>());
    m_socket->SetSendCallback(MakeNullCallback<void, Ptr<Socket>, std::uint32_t>());
    m_socket->SetCloseCallbacks(MakeNullCallback<void, Ptr<Socket>>(),
                                MakeNullCallback<void, Ptr<Socket>>());
    m_socket->SetSubflowCallback(MakeNullCallback<void, Ptr<MptcpSocket>, std::uint32_t, bool>());
    m_socket->SetJoinDataCallback(
        MakeNullCallback<void, Ptr<MptcpSocket>, std::uint32_t, Ptr<Packet>>());
    m_socket = nullptr;
    const Ptr<SmkexMptcp> last = std::exchange(m_lingering, nullptr); // may end this object
}

void
SmkexMptcp::Connect()
{
    const SmkexPathAddress& first = m_addresses.front();
    int bound = 0;
    if (!first.local.IsInvalid())
    {
        bound = m_socket->Bind(first.local);
    }
    else
    {
        bound =
            Inet6SocketAddress::IsMatchingType(first.remote) ? m_socket->Bind6() : m_socket->Bind();
    }
    if (bound != 0 || m_socket->Connect(first.remote) != 0)
    {
        ReportDown(smkex::PathEnd::Closed);
        return;
    }
    m_subflows[smkex::SHARE_PATH] = FIRST_SUBFLOW;
    NotePort(FIRST_SUBFLOW);
}

void
SmkexMptcp::Begin()
{
    ReportUp(smkex::SHARE_PATH);
}

void
SmkexMptcp::NotePort(std::uint32_t subflow)
{
    const Ptr<MptcpSubflow> socket = m_socket->GetSubflow(subflow);
    Address address;
    const bool isClient = m_node != nullptr;
    if (!socket || (isClient ? socket->GetSockName(address) : socket->GetPeerName(address)) != 0)
    {
        return;
    }
    const std::uint16_t port = SmkexPortOf(address);
    if (std::find(m_clientPorts.begin(), m_clientPorts.end(), port) == m_clientPorts.end())
    {
        m_clientPorts.push_back(port);
    }
}

void
SmkexMptcp::HandleConnected(Ptr<Socket>)
{
    const Ptr<SmkexMptcp> self = this;
    ReportUp(smkex::SHARE_PATH);
    for (smkex::PathId path = smkex::FIRST_NONCE_PATH; path <= m_addresses.size() && !m_closing;
         ++path)
    {
        if (m_joinData)
        {
            m_events->OnPathUp(path); // what is sent now rides on the join
        }
        else
        {
            OpenPath(path, nullptr);
        }
    }
}

void
SmkexMptcp::OpenPath(smkex::PathId path, Ptr<Packet> joinData)
{
    const SmkexPathAddress& ends = m_addresses[path - 1];
    const std::uint32_t subflow = m_socket->OpenSubflow(ends.local, ends.remote, false, joinData);
    if (subflow == 0)
    {
        m_events->OnPathDown(path, smkex::PathEnd::Reset); // no Multipath TCP with this peer
        return;
    }
    m_subflows[path] = subflow;
    NotePort(subflow);
}

void
SmkexMptcp::HandleSubflow(Ptr<MptcpSocket>, std::uint32_t subflow, bool up)
{
    const Ptr<SmkexMptcp> self = this;
    if (up)
    {
        NotePort(subflow);
    }
    const std::optional<smkex::PathId> path = PathOf(subflow);
    if (!path || *path == smkex::SHARE_PATH || m_closing || m_down)
    {
        return;
    }
    if (!up)
    {
        m_events->OnPathDown(*path, smkex::PathEnd::Reset);
    }
    else if (m_joinData)
    {
        ++m_pathsUp; // the events have been told when the join left
    }
    else
    {
        ReportUp(*path);
    }
}

std::optional<smkex::PathId>
SmkexMptcp::PathOf(std::uint32_t subflow) const
{
    for (const auto& [path, known] : m_subflows)
    {
        if (known == subflow)
        {
            return path;
        }
    }
    return std::nullopt;
}

void
SmkexMptcp::HandleJoinData(Ptr<MptcpSocket>, std::uint32_t subflow, Ptr<Packet> packet)
{
    const Ptr<SmkexMptcp> self = this;
    m_replies[subflow] = true;
    Deliver(subflow, ContentOf(packet));
}

void
SmkexMptcp::HandleReadable(Ptr<Socket>)
{
    const Ptr<SmkexMptcp> self = this;
    while (m_socket)
    {
        std::uint32_t subflow = 0;
        const Ptr<Packet> packet = m_socket->RecvFromSubflow(UINT32_MAX, subflow);
        if (!packet || packet->GetSize() == 0)
        {
            return;
        }
        Deliver(subflow, ContentOf(packet));
    }
}

void
SmkexMptcp::Deliver(std::uint32_t subflow, smkex::ByteView bytes)
{
    if (m_closing || m_down)
    {
        return;
    }
    if (const std::optional<smkex::PathId> path = PathOf(subflow))
    {
        m_events->OnPathBytes(*path, bytes);
        return;
    }
    smkex::Bytes& unplaced = m_unplaced[subflow];
    smkex::Append(unplaced, bytes);
    std::optional<smkex::Failure> failure;
    const std::optional<smkex::Link> link =
        m_readLink ? m_readLink(unplaced, failure) : std::nullopt;
    if (link && m_subflows.emplace(link->path, subflow).second)
    {
        const smkex::Bytes first = std::move(unplaced);
        m_unplaced.erase(subflow);
        NotePort(subflow);
        ReportUp(link->path);
        if (!m_closing)
        {
            m_events->OnPathBytes(link->path, first);
        }
    }
    else if (link || failure || !m_readLink)
    {
        m_unplaced.erase(subflow);
        m_socket->CloseSubflow(subflow); // it is no path of this session
    }
}

void
SmkexMptcp::Send(smkex::PathId path, smkex::ByteView bytes)
{
    if (!m_socket || m_closing)
    {
        return;
    }
    const auto known = m_subflows.find(path);
    if (known == m_subflows.end())
    {
        if (m_joinData && path <= m_addresses.size())
        {
            OpenPath(path, Create<Packet>(bytes.data(), bytes.size()));
        }
        return;
    }
    if (m_replies.erase(known->second) != 0 && m_node == nullptr)
    {
        m_socket->SendJoinReply(known->second, Create<Packet>(bytes.data(), bytes.size()));
        return;
    }
    m_queue.push_back({path, bytes.ToBytes(), 0});
    SendQueued();
}

void
SmkexMptcp::SendQueued()
{
    while (!m_queue.empty())
    {
        Chunk& chunk = m_queue.front();
        const std::uint32_t size =
            std::min<std::size_t>(chunk.bytes.size() - chunk.taken, m_socket->GetTxAvailable());
        const int sent =
            size == 0 ? 0
                      : m_socket->Send(Create<Packet>(chunk.bytes.data() + chunk.taken, size),
                                       MptcpSocket::Prefer(m_subflows.at(chunk.path)));
        if (sent <= 0)
        {
            return;
        }
        chunk.taken += sent;
        if (chunk.taken == chunk.bytes.size())
        {
            m_queue.pop_front();
        }
    }
    if (m_closing)
    {
        m_socket->Close();
        Detach();
    }
}

void
SmkexMptcp::Close()
{
    if (!m_socket || m_closing)
    {
        return;
    }
    m_closing = true;
    m_lingering = this;
    SendQueued();
}

void
SmkexMptcp::Abandon()
{
    m_closing = true;
    Detach();
}

void
SmkexMptcp::HandleWritable(Ptr<Socket>, std::uint32_t)
{
    const Ptr<SmkexMptcp> self = this;
    if (!m_queue.empty())
    {
        SendQueued();
    }
}

void
SmkexMptcp::HandleConnectionFailed(Ptr<Socket>)
{
    ReportDown(smkex::PathEnd::Reset);
}

void
SmkexMptcp::HandleClosed(Ptr<Socket>)
{
    ReportDown(smkex::PathEnd::Closed);
}

void
SmkexMptcp::HandleError(Ptr<Socket>)
{
    ReportDown(smkex::PathEnd::Reset);
}

void
SmkexMptcp::ReportUp(smkex::PathId path)
{
    ++m_pathsUp;
    m_events->OnPathUp(path);
}

void
SmkexMptcp::ReportDown(smkex::PathEnd end)
{
    const Ptr<SmkexMptcp> self = this;
    if (m_closing)
    {
        if (end == smkex::PathEnd::Reset)
        {
            Detach(); // nobody is left to deliver to
        }
        return;
    }
    if (std::exchange(m_down, true))
    {
        return;
    }
    const std::map<smkex::PathId, std::uint32_t> paths = m_subflows;
    for (auto path = paths.begin(); path != paths.end() && !m_closing; ++path)
    {
        m_events->OnPathDown(path->first, end);
    }
}

std::vector<std::uint16_t>
SmkexMptcp::ClientPorts() const
{
    return m_clientPorts;
}

std::uint32_t
SmkexMptcp::PathsUp() const
{
    return m_pathsUp;
}

} // namespace ns3
