/*
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "mptcp-subflow.h"

#include "mptcp-segment.h"
#include "mptcp-socket.h"

#include "ns3/inet-socket-address.h"
#include "ns3/inet6-socket-address.h"
#include "ns3/ipv4-end-point.h"
#include "ns3/ipv4.h"
#include "ns3/ipv6-end-point.h"
#include "ns3/ipv6.h"
#include "ns3/node.h"
#include "ns3/rtt-estimator.h"
#include "ns3/simulator.h"
#include "ns3/tcp-header.h"
#include "ns3/tcp-l4-protocol.h"
#include "ns3/tcp-option.h"
#include "ns3/tcp-rx-buffer.h"
#include "ns3/tcp-tx-buffer.h"

#include <algorithm>

namespace ns3
{

NS_OBJECT_ENSURE_REGISTERED(MptcpSubflow);

namespace
{

constexpr uint32_t LONGEST_HEADER = 60;
constexpr uint32_t FLAGS_AT = 13;

} // namespace

TypeId
MptcpSubflow::GetTypeId()
{
    static TypeId tid = TypeId("ns3::MptcpSubflow")
                            .SetParent<TcpSocketBase>()
                            .SetGroupName("Internet")
                            .AddConstructor<MptcpSubflow>();
    return tid;
}

MptcpSubflow::MptcpSubflow()
{
    // A copy takes these two along, so they are connected here only.
    m_txTrace.ConnectWithoutContext(MakeCallback(&MptcpSubflow::OnTx));
    m_rxTrace.ConnectWithoutContext(MakeCallback(&MptcpSubflow::OnRx));
    ConnectHooks();
}

MptcpSubflow::MptcpSubflow(const MptcpSubflow& other)
    : TcpSocketBase(other),
      m_meta(other.m_meta),
      m_iss(other.m_iss)
{
    ConnectHooks();
}

MptcpSubflow::~MptcpSubflow()
{
    m_thirdAckEvent.Cancel();
}

void
MptcpSubflow::ConnectHooks()
{
    m_state.ConnectWithoutContext(MakeCallback(&MptcpSubflow::OnState, this));
    SetConnectCallback(MakeCallback(&MptcpSubflow::OnConnected, this),
                       MakeCallback(&MptcpSubflow::OnGone, this));
    SetCloseCallbacks(MakeNullCallback<void, Ptr<Socket>>(),
                      MakeCallback(&MptcpSubflow::OnGone, this));
    SetRecvCallback(MakeCallback(&MptcpSubflow::OnReadable, this));
    SetAcceptCallback(MakeCallback(&MptcpSubflow::OnRequest, this),
                      MakeCallback(&MptcpSubflow::OnAccepted, this));
}

void
MptcpSubflow::Configure(const MptcpTcpParameters& parameters, uint32_t initialSequence)
{
    SetSegSize(parameters.segmentSize);
    SetRcvBufSize(parameters.receiveBuffer);
    SetSndBufSize(MPTCP_NO_LIMIT);
    SetInitialSSThresh(parameters.initialSlowStartThreshold);
    SetInitialCwnd(parameters.initialWindow);
    SetConnTimeout(parameters.connectTimeout);
    SetSynRetries(parameters.synRetries);
    SetDataRetries(parameters.dataRetries);
    SetDelAckTimeout(parameters.delayedAckTimeout);
    SetDelAckMaxCount(parameters.delayedAckCount);
    SetPersistTimeout(parameters.persistTimeout);
    SetTcpNoDelay(true);
    m_iss = SequenceNumber32(initialSequence);
    m_tcb->m_nextTxSequence = m_iss;
    m_tcb->m_highTxMark = m_iss;
    m_txBuffer->SetHeadSequence(m_iss);
}

void
MptcpSubflow::BindTo(const Address& local)
{
    // Connect takes the source address of the route, so the device has to be settled before.
    if (InetSocketAddress::IsMatchingType(local))
    {
        Ptr<Ipv4> ipv4 = m_node->GetObject<Ipv4>();
        const int32_t interface =
            ipv4->GetInterfaceForAddress(InetSocketAddress::ConvertFrom(local).GetIpv4());
        if (interface >= 0)
        {
            BindToNetDevice(ipv4->GetNetDevice(interface));
        }
    }
    else if (Inet6SocketAddress::IsMatchingType(local))
    {
        Ptr<Ipv6> ipv6 = m_node->GetObject<Ipv6>();
        const int32_t interface =
            ipv6->GetInterfaceForAddress(Inet6SocketAddress::ConvertFrom(local).GetIpv6());
        if (interface >= 0)
        {
            BindToNetDevice(ipv6->GetNetDevice(interface));
        }
    }
    Bind(local);
}

void
MptcpSubflow::Detach()
{
    m_thirdAckEvent.Cancel();
    m_heldSyn.reset();
    if (auto coupled = DynamicCast<MptcpCoupled>(m_congestionControl))
    {
        coupled->SetGroup(nullptr);
    }
    m_meta = nullptr;
}

void
MptcpSubflow::OnState(TcpSocket::TcpStates_t from, TcpSocket::TcpStates_t to)
{
    if (to == CLOSED)
    {
        m_gone = true;
    }
    if (from != LISTEN && (to == CLOSED || to == CLOSE_WAIT || to == TIME_WAIT))
    {
        Review();
    }
}

void
MptcpSubflow::OnConnected(Ptr<Socket>)
{
    if (m_meta && m_role == Role::INITIAL_ACTIVE)
    {
        m_meta->OnFirstConnected(this);
    }
}

void
MptcpSubflow::OnGone(Ptr<Socket>)
{
    m_gone = true;
    Review();
}

bool
MptcpSubflow::OnRequest(Ptr<Socket>, const Address& from)
{
    // A join is part of a connection that the application has accepted already.
    const bool join = std::any_of(m_rxOptions.begin(), m_rxOptions.end(), [](const auto& option) {
        return std::holds_alternative<MptcpJoinSyn>(option);
    });
    return m_meta && (join || m_meta->NotifyConnectionRequest(from));
}

void
MptcpSubflow::OnAccepted(Ptr<Socket>, const Address& from)
{
    if (!m_meta)
    {
        return;
    }
    BecomeUsable();
    if (m_role == Role::INITIAL_PASSIVE)
    {
        m_meta->OnAcceptedFrom(from);
    }
    else
    {
        m_answerWithAck = true;
    }
}

void
MptcpSubflow::Review()
{
    // In the middle of TCP's own work nothing may be changed.
    if (m_meta)
    {
        Simulator::ScheduleNow(&MptcpSocket::OnSubflowEvent, m_meta, Ptr<MptcpSubflow>(this));
    }
}

int
MptcpSubflow::Close()
{
    m_finished = true;
    return TcpSocketBase::Close();
}

void
MptcpSubflow::Reset(MptcpResetReason reason)
{
    ResetWith(MptcpTcpRst{false, static_cast<uint8_t>(reason)});
}

void
MptcpSubflow::ResetWith(const MptcpOption& option)
{
    Ptr<MptcpSubflow> self(this);
    m_finished = true;
    m_reset = true;
    m_resetOption = option;
    if (m_endPoint || m_endPoint6)
    {
        // The receiver takes a reset only where it expects the next byte.
        if (m_state == SYN_RCVD)
        {
            m_tcb->m_nextTxSequence =
                m_iss + SequenceNumber32(1 + (m_synPayload ? m_synPayload->GetSize() : 0));
        }
        else if (m_state != SYN_SENT)
        {
            m_tcb->m_nextTxSequence = m_tcb->m_highTxMark;
        }
        SendEmptyPacket(TcpHeader::RST);
    }
    CloseAndNotify();
}

bool
MptcpSubflow::IsUsable() const
{
    return m_usable && !m_gone && !m_finished && (m_state == ESTABLISHED || m_state == CLOSE_WAIT);
}

Time
MptcpSubflow::GetRtt() const
{
    return m_tcb->m_lastRtt;
}

uint32_t
MptcpSubflow::GetCwnd() const
{
    return m_tcb->m_cWnd;
}

Time
MptcpSubflow::RetransmissionTimeout() const
{
    return Max(m_rtt->GetEstimate() + Max(m_clockGranularity, m_rtt->GetVariation() * 4), m_minRto);
}

void
MptcpSubflow::DoForwardUp(Ptr<Packet> packet, const Address& from, const Address& to)
{
    Ptr<MptcpSubflow> self(this);
    if (!m_meta || m_state == CLOSED)
    {
        TcpSocketBase::DoForwardUp(packet, from, to);
        return;
    }
    uint8_t start[LONGEST_HEADER] = {};
    if (!MptcpHasSoundOptions(start, packet->CopyData(start, sizeof(start))))
    {
        return;
    }
    if (m_state == LISTEN)
    {
        OnSynAtListener(packet, from, to);
        return;
    }
    if (start[FLAGS_AT] & TcpHeader::RST)
    {
        OnResetSegment(packet);
        return;
    }
    m_rxRead = false;
    if ((m_state == SYN_SENT || m_state == SYN_RCVD) && OnHandshakeSegment(packet) == Verdict::DROP)
    {
        return;
    }
    TcpSocketBase::DoForwardUp(packet, from, to);
    if (m_meta && !m_gone)
    {
        AfterSegment();
    }
}

} // namespace ns3
