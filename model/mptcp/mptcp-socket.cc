/*
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "mptcp-socket.h"

#include "ns3/inet-socket-address.h"
#include "ns3/inet6-socket-address.h"
#include "ns3/node.h"
#include "ns3/simulator.h"

#include <algorithm>

namespace ns3
{

namespace
{

/// Splits a preference, see MptcpSocket::Prefer.
uint32_t
PreferredSubflow(uint32_t flags)
{
    return flags & 0x7f;
}

bool
IsStrict(uint32_t flags)
{
    return PreferredSubflow(flags) != 0 && (flags & 0x80) == 0;
}

} // namespace

MptcpSocket::MptcpSocket()
    : m_congestion(MptcpLia::GetTypeId()),
      m_group(Create<MptcpCongestionGroup>())
{
}

MptcpSocket::MptcpSocket(const MptcpSocket& other)
    : TcpSocket(other),
      m_tcp(other.m_tcp),
      m_enabled(other.m_enabled),
      m_wantChecksum(other.m_wantChecksum),
      m_wide(other.m_wide),
      m_denyInitial(other.m_denyInitial),
      m_allowFallback(other.m_allowFallback),
      m_acceptAddAddr(other.m_acceptAddAddr),
      m_earlyJoin(other.m_earlyJoin),
      m_joinDataEnabled(other.m_joinDataEnabled),
      m_joinReplyHold(other.m_joinReplyHold),
      m_capableSyns(other.m_capableSyns),
      m_maxSubflows(other.m_maxSubflows),
      m_ndiffports(other.m_ndiffports),
      m_initialSequence(other.m_initialSequence),
      m_addAddrTimeout(other.m_addAddrTimeout),
      m_addAddrRetries(other.m_addAddrRetries),
      m_scheduler(other.m_scheduler),
      m_pathManager(other.m_pathManager),
      m_congestion(other.m_congestion),
      m_shutdownSend(other.m_shutdownSend),
      m_shutdownRecv(other.m_shutdownRecv),
      m_group(Create<MptcpCongestionGroup>()),
      m_subflowCallback(other.m_subflowCallback),
      m_joinDataCallback(other.m_joinDataCallback),
      m_subflowCreated(other.m_subflowCreated),
      m_subflowRemoved(other.m_subflowRemoved),
      m_fellBack(other.m_fellBack),
      m_dataSentTrace(other.m_dataSentTrace),
      m_dataReceivedTrace(other.m_dataReceivedTrace)
{
    // As ns-3's TCP does: a connection is not asked about its listener's data.
    const auto none = MakeNullCallback<void, Ptr<Socket>>();
    const auto noneSized = MakeNullCallback<void, Ptr<Socket>, uint32_t>();
    SetConnectCallback(none, none);
    SetDataSentCallback(noneSized);
    SetSendCallback(noneSized);
    SetRecvCallback(none);
    m_receive.SetCapacity(m_tcp.receiveBuffer);
    if (other.m_stack)
    {
        SetStack(other.m_node, other.m_stack);
    }
}

MptcpSocket::~MptcpSocket()
{
    Teardown();
    if (m_stack)
    {
        m_stack->Untrack(this);
    }
}

void
MptcpSocket::DoDispose()
{
    Teardown();
    TcpSocket::DoDispose();
}

void
MptcpSocket::SetStack(Ptr<Node> node, Ptr<MptcpStack> stack)
{
    m_node = node;
    m_stack = stack;
    m_stack->Track(this);
}

Socket::SocketErrno
MptcpSocket::GetErrno() const
{
    return m_errno;
}

Socket::SocketType
MptcpSocket::GetSocketType() const
{
    return NS3_SOCK_STREAM;
}

Ptr<Node>
MptcpSocket::GetNode() const
{
    return m_node;
}

int
MptcpSocket::Bind()
{
    return 0; // the first subflow takes any address and port when it connects
}

int
MptcpSocket::Bind6()
{
    m_bound6 = true;
    return 0;
}

int
MptcpSocket::Bind(const Address& address)
{
    if (m_state != CLOSED || (!InetSocketAddress::IsMatchingType(address) &&
                              !Inet6SocketAddress::IsMatchingType(address)))
    {
        m_errno = ERROR_INVAL;
        return -1;
    }
    m_local = address;
    return 0;
}

int
MptcpSocket::Listen()
{
    if (m_state != CLOSED || m_finished)
    {
        m_errno = ERROR_INVAL;
        return -1;
    }
    m_listener = m_stack->NewSubflow(m_congestion);
    m_listener->Configure(m_tcp, m_initialSequence);
    m_listener->m_meta = this;
    if (m_boundnetdevice)
    {
        m_listener->BindToNetDevice(m_boundnetdevice);
    }
    const int bound = !m_local.IsInvalid() ? m_listener->Bind(m_local)
                      : m_bound6           ? m_listener->Bind6()
                                           : m_listener->Bind();
    if (bound != 0)
    {
        m_errno = m_listener->GetErrno();
        m_listener->Detach();
        m_listener = nullptr;
        return -1;
    }
    m_listener->Listen();
    m_listener->GetSockName(m_local);
    m_state = LISTEN;
    return 0;
}

int
MptcpSocket::Connect(const Address& address)
{
    const bool v4 = InetSocketAddress::IsMatchingType(address);
    if (m_state != CLOSED || m_finished || (!v4 && !Inet6SocketAddress::IsMatchingType(address)))
    {
        m_errno = ERROR_INVAL;
        return -1;
    }
    Ptr<MptcpSubflow> first = m_stack->NewSubflow(m_congestion);
    first->Configure(m_tcp, m_initialSequence);
    StartNegotiation();
    m_remote = address;
    m_state = SYN_SENT;
    AdoptSubflow(first, MptcpSubflow::Role::INITIAL_ACTIVE, m_local);
    if (m_boundnetdevice)
    {
        first->BindToNetDevice(m_boundnetdevice);
    }
    if (!m_local.IsInvalid())
    {
        first->BindTo(m_local);
    }
    if (first->Connect(address) != 0)
    {
        m_errno = first->GetErrno();
        m_state = CLOSED;
        Teardown();
        return -1;
    }
    first->GetSockName(m_local);
    m_addressIds = {m_local};
    m_opened = {{m_local, m_remote}};
    return 0;
}

bool
MptcpSocket::IsOpen() const
{
    return m_state == ESTABLISHED || m_state == CLOSE_WAIT;
}

bool
MptcpSocket::TakesData() const
{
    return IsOpen() || m_state == FIN_WAIT_1 || m_state == FIN_WAIT_2;
}

int
MptcpSocket::Close()
{
    Ptr<MptcpSocket> self(this);
    if (m_state == LISTEN)
    {
        m_state = CLOSED;
        m_finished = true;
        Teardown();
        return 0;
    }
    if ((m_receive.Readable() != 0 || (m_state == SYN_SENT && m_send.Size() == 0)) && !m_finished)
    {
        Abort(); // ns-3's TCP, too, resets when it is closed while connecting or with data unread
        return 0;
    }
    return ShutdownSend();
}

int
MptcpSocket::ShutdownSend()
{
    m_shutdownSend = true; // while connecting, and at a listener, it counts once connected
    if (IsOpen())
    {
        FinishSending();
    }
    return 0;
}

int
MptcpSocket::ShutdownRecv()
{
    m_shutdownRecv = true;
    return 0;
}

uint32_t
MptcpSocket::GetTxAvailable() const
{
    const uint64_t held = m_send.Size();
    return held < m_tcp.sendBuffer ? static_cast<uint32_t>(m_tcp.sendBuffer - held) : 0;
}

uint32_t
MptcpSocket::GetRxAvailable() const
{
    return m_receive.Readable();
}

int
MptcpSocket::GetSockName(Address& address) const
{
    address = m_local.IsInvalid() ? Address(InetSocketAddress(Ipv4Address::GetZero(), 0)) : m_local;
    return 0;
}

int
MptcpSocket::GetPeerName(Address& address) const
{
    if (m_remote.IsInvalid())
    {
        m_errno = ERROR_NOTCONN;
        return -1;
    }
    address = m_remote;
    return 0;
}

bool
MptcpSocket::SetAllowBroadcast(bool allowBroadcast)
{
    return !allowBroadcast;
}

bool
MptcpSocket::GetAllowBroadcast() const
{
    return false;
}

int
MptcpSocket::Send(Ptr<Packet> packet, uint32_t flags)
{
    if (m_state != SYN_SENT && !IsOpen())
    {
        m_errno = m_finished || m_shutdownSend ? ERROR_SHUTDOWN : ERROR_NOTCONN;
        return -1;
    }
    if (m_shutdownSend)
    {
        m_errno = ERROR_SHUTDOWN;
        return -1;
    }
    if (packet->GetSize() > GetTxAvailable())
    {
        m_errno = ERROR_MSGSIZE;
        return -1;
    }
    m_send.Append(packet->Copy(), static_cast<uint8_t>(flags));
    SchedulePush();
    return static_cast<int>(packet->GetSize());
}

int
MptcpSocket::SendTo(Ptr<Packet> packet, uint32_t flags, const Address&)
{
    return Send(packet, flags);
}

Ptr<Packet>
MptcpSocket::Recv(uint32_t maxSize, uint32_t flags)
{
    if (PreferredSubflow(flags) != 0)
    {
        uint32_t subflow = 0;
        return RecvFromSubflow(maxSize, subflow, flags);
    }
    if (m_receive.Readable() == 0)
    {
        m_errno = ERROR_AGAIN;
        return m_state == CLOSE_WAIT ? Create<Packet>() : nullptr;
    }
    Ptr<Packet> packet = m_receive.Read(maxSize);
    AfterRead();
    return packet;
}

Ptr<Packet>
MptcpSocket::RecvFrom(uint32_t maxSize, uint32_t flags, Address& from)
{
    Ptr<Packet> packet = Recv(maxSize, flags);
    if (packet && packet->GetSize() != 0)
    {
        from = m_remote;
    }
    return packet;
}

Ptr<Packet>
MptcpSocket::RecvFromSubflow(uint32_t maxSize, uint32_t& subflow, uint32_t flags)
{
    subflow = 0;
    if (m_receive.Readable() == 0)
    {
        m_errno = ERROR_AGAIN;
        return m_state == CLOSE_WAIT ? Create<Packet>() : nullptr;
    }
    const uint32_t head = m_receive.HeadSubflow();
    if (IsStrict(flags) && head != PreferredSubflow(flags))
    {
        m_errno = ERROR_AGAIN;
        return nullptr;
    }
    subflow = head;
    Ptr<Packet> packet = m_receive.Read(std::min(maxSize, m_receive.HeadRun()));
    AfterRead();
    return packet;
}

uint32_t
MptcpSocket::GetNSubflows() const
{
    return m_subflows.size();
}

Ptr<MptcpSubflow>
MptcpSocket::GetSubflow(uint32_t id) const
{
    return id >= 1 && id <= m_subflows.size() ? m_subflows[id - 1] : nullptr;
}

void
MptcpSocket::SetSubflowCallback(Callback<void, Ptr<MptcpSocket>, uint32_t, bool> callback)
{
    m_subflowCallback = callback;
}

const std::vector<MptcpAdvertisedAddress>&
MptcpSocket::GetAdvertisedAddresses() const
{
    return m_advertised;
}

void
MptcpSocket::SetNextJoinData(Ptr<Packet> data)
{
    m_nextJoinData = data;
}

void
MptcpSocket::SetJoinDataCallback(Callback<void, Ptr<MptcpSocket>, uint32_t, Ptr<Packet>> callback)
{
    m_joinDataCallback = callback;
}

void
MptcpSocket::SetFailure(MptcpFailure failure)
{
    if (m_failure == MptcpFailure::NONE)
    {
        m_failure = failure;
    }
}

} // namespace ns3
