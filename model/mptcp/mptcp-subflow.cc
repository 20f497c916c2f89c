/*
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "mptcp-subflow.h"

#include "mptcp-crypto.h"
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

/// No limit of its own: the connection's window and buffer bound what a subflow is given.
constexpr uint32_t NO_LIMIT = 1U << 30;

constexpr uint32_t LONGEST_HEADER = 60;
constexpr uint32_t FLAGS_AT = 13;

/**
 * ns-3's parser takes what is left of malformed options for payload, so such a segment must not
 * reach it.
 * \param start of a segment
 * \param size how much of it there is, up to the longest header
 */
bool
HasSoundOptions(const uint8_t* start, uint32_t size)
{
    const uint32_t end = (start[12] >> 4) * 4U;
    if (size < 20 || end < 20 || end > size)
    {
        return false;
    }
    for (uint32_t at = 20; at < end;)
    {
        if (start[at] == TcpOption::END)
        {
            return end - at <= 4; // ns-3 expects no more padding than that
        }
        if (start[at] == TcpOption::NOP)
        {
            ++at;
            continue;
        }
        const uint32_t length = at + 1 < end ? start[at + 1] : 0;
        if (length < 2 || at + length > end)
        {
            return false;
        }
        switch (start[at])
        {
        case TcpOption::MSS:
            if (length != 4)
            {
                return false;
            }
            break;
        case TcpOption::WINSCALE:
            if (length != 3)
            {
                return false;
            }
            break;
        case TcpOption::SACKPERMITTED:
            if (length != 2)
            {
                return false;
            }
            break;
        case TcpOption::SACK:
            if (length % 8 != 2 || length == 2)
            {
                return false;
            }
            break;
        case TcpOption::TS:
            if (length != 10)
            {
                return false;
            }
            break;
        default:
            break;
        }
        at += length;
    }
    return true;
}

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
    SetSndBufSize(NO_LIMIT);
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

uint32_t
MptcpSubflow::SsnOf(SequenceNumber32 seq) const
{
    return seq.GetValue() - m_iss.GetValue();
}

bool
MptcpSubflow::HasRoom() const
{
    return m_txBuffer->TailSequence() <= m_tcb->m_highTxMark.Get() &&
           AvailableWindow() >= m_tcb->m_segmentSize;
}

bool
MptcpSubflow::HasUnacknowledged() const
{
    return m_txBuffer->Size() > 0;
}

void
MptcpSubflow::Assign(const MptcpMapping& mapping, Ptr<Packet> packet)
{
    m_sendMappings.Add(mapping);
    AssignPlain(packet);
}

void
MptcpSubflow::AssignPlain(Ptr<Packet> packet)
{
    m_bytesSent += packet->GetSize();
    m_txBuffer->Add(packet);
    SendPendingData(m_connected);
}

void
MptcpSubflow::SendAck()
{
    SendEmptyPacket(TcpHeader::ACK);
}

void
MptcpSubflow::SendProbe()
{
    // One byte that has been acknowledged already: whoever gets it must answer with its window.
    Ptr<Packet> packet = Create<Packet>(1);
    TcpHeader header;
    header.SetFlags(TcpHeader::ACK);
    header.SetSequenceNumber(m_txBuffer->HeadSequence() + (-1));
    header.SetAckNumber(m_tcb->m_rxBuffer->NextRxSequence());
    header.SetWindowSize(AdvertisedWindowSize());
    AddOptions(header);
    m_probing = true;
    if (m_endPoint)
    {
        header.SetSourcePort(m_endPoint->GetLocalPort());
        header.SetDestinationPort(m_endPoint->GetPeerPort());
        m_txTrace(packet, header, this);
        m_tcp->SendPacket(packet,
                          header,
                          m_endPoint->GetLocalAddress(),
                          m_endPoint->GetPeerAddress(),
                          m_boundnetdevice);
    }
    else if (m_endPoint6)
    {
        header.SetSourcePort(m_endPoint6->GetLocalPort());
        header.SetDestinationPort(m_endPoint6->GetPeerPort());
        m_txTrace(packet, header, this);
        m_tcp->SendPacket(packet,
                          header,
                          m_endPoint6->GetLocalAddress(),
                          m_endPoint6->GetPeerAddress(),
                          m_boundnetdevice);
    }
    m_probing = false;
}

uint32_t
MptcpSubflow::SendDataPacket(SequenceNumber32 seq, uint32_t maxSize, bool withAck)
{
    if (const auto* mapping = m_sendMappings.Find(SsnOf(seq)))
    {
        maxSize = std::min(maxSize, mapping->ssn + mapping->length - SsnOf(seq));
    }
    return TcpSocketBase::SendDataPacket(seq, maxSize, withAck);
}

uint16_t
MptcpSubflow::AdvertisedWindowSize(bool scale) const
{
    if (!m_meta || m_role == Role::LISTENER)
    {
        return TcpSocketBase::AdvertisedWindowSize(scale);
    }
    uint32_t window = m_meta->ReceiveWindow();
    if (scale)
    {
        window >>= m_rcvWindShift;
    }
    return static_cast<uint16_t>(std::min<uint32_t>(window, m_maxWinSize));
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
    uint8_t start[LONGEST_HEADER];
    if (!HasSoundOptions(start, packet->CopyData(start, sizeof(start))))
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

void
MptcpSubflow::AfterSegment()
{
    if (m_peerSynPayloadSize != 0 &&
        m_tcb->m_rxBuffer->NextRxSequence() == m_irs + SequenceNumber32(1))
    {
        m_tcb->m_rxBuffer->SetNextRxSequence(m_irs + SequenceNumber32(1 + m_peerSynPayloadSize));
    }
    FixWindow();
    Ptr<MptcpSocket> meta = m_meta;
    const SequenceNumber32 head = m_txBuffer->HeadSequence();
    if (m_usable && head != m_lastAck)
    {
        const auto acked = static_cast<uint32_t>(head - m_lastAck);
        m_lastAck = head;
        m_stalled = false;
        if (meta->GetMode() == MptcpMode::FALLBACK)
        {
            meta->OnDataAck(meta->m_send.Begin() + acked);
        }
    }
    while (m_sendMappings.Size() != 0)
    {
        const auto& first = m_sendMappings.All().front();
        const uint32_t end = first.ssn + first.length;
        if (static_cast<int32_t>(SsnOf(head) - end) < 0 ||
            (meta->GetMode() == MptcpMode::MPTCP &&
             first.offset + first.length > meta->m_send.Begin()))
        {
            break;
        }
        m_sendMappings.DropBefore(end);
    }
    if (m_answerWithAck)
    {
        m_answerWithAck = false;
        SendAck();
    }
    meta->Push();
}

void
MptcpSubflow::FixWindow()
{
    // The peer's window belongs to the connection, which keeps it when it hands out data: what a
    // subflow has been given may be sent, and ns-3's zero-window mode must not stop it.
    if (!m_usable || m_meta->GetMode() != MptcpMode::MPTCP)
    {
        return;
    }
    m_rWnd = NO_LIMIT;
    if (m_persistEvent.IsRunning())
    {
        m_persistEvent.Cancel();
        if (m_txBuffer->Size() > 0)
        {
            if (!m_retxEvent.IsRunning())
            {
                m_retxEvent = Simulator::Schedule(m_rto, &MptcpSubflow::ReTxTimeout, this);
            }
            SendPendingData(m_connected);
        }
    }
}

void
MptcpSubflow::ReTxTimeout()
{
    Ptr<MptcpSubflow> self(this);
    const bool waiting = m_txBuffer->Size() > 0;
    TcpSocketBase::ReTxTimeout();
    if (m_meta && waiting && m_usable && !m_gone)
    {
        m_stalled = true;
        m_meta->Reinject(*this);
        m_meta->Push();
    }
}

void
MptcpSubflow::PersistTimeout()
{
    // ns-3 probes with data it assumes to have; without any there is nothing to ask for.
    if (m_txBuffer->SizeFromSequence(m_tcb->m_nextTxSequence) > 0)
    {
        TcpSocketBase::PersistTimeout();
    }
}

void
MptcpSubflow::OnReadable(Ptr<Socket>)
{
    if (!m_meta)
    {
        return;
    }
    if (Ptr<Packet> packet = m_tcb->m_rxBuffer->Extract(UINT32_MAX))
    {
        m_bytesReceived += packet->GetSize();
        if (m_undelivered)
        {
            m_undelivered->AddAtEnd(packet);
        }
        else
        {
            m_undelivered = packet;
        }
        Deliver();
    }
}

void
MptcpSubflow::Deliver()
{
    Ptr<MptcpSocket> meta = m_meta;
    while (m_undelivered && !m_reset)
    {
        const uint32_t held = m_undelivered->GetSize();
        uint32_t size = held;
        uint64_t offset = meta->m_receive.Next();
        if (meta->GetMode() == MptcpMode::MPTCP)
        {
            const auto* found = m_receiveMappings.Find(m_receiveSsn);
            if (!found)
            {
                if (meta->OnUnmappedData(*this))
                {
                    continue;
                }
                m_undelivered = nullptr;
                break;
            }
            const MptcpMapping mapping = *found;
            const uint32_t skip = m_receiveSsn - mapping.ssn;
            size = std::min<uint32_t>(held, mapping.length - skip);
            offset = mapping.offset + skip;
            if (meta->UsesChecksum())
            {
                if (size < mapping.length - skip)
                {
                    break; // a checksum speaks of the whole mapping
                }
                std::vector<uint8_t> bytes(size);
                m_undelivered->CopyData(bytes.data(), size);
                MptcpChecksum sum;
                sum.Add(bytes.data(), size);
                const uint16_t wireLength = mapping.length + (mapping.dataFin ? 1 : 0);
                if (skip != 0 || !mapping.checksum ||
                    sum.Finish(meta->m_peerIdsn + 1 + mapping.offset, mapping.ssn, wireLength) !=
                        *mapping.checksum)
                {
                    if (meta->OnChecksumFailure(mapping, *this))
                    {
                        continue;
                    }
                    m_undelivered = nullptr;
                    break;
                }
            }
        }
        Ptr<Packet> packet = m_undelivered;
        if (size < held)
        {
            packet = m_undelivered->CreateFragment(0, size);
            m_undelivered->RemoveAtStart(size);
        }
        else
        {
            m_undelivered = nullptr;
        }
        m_receiveSsn += size;
        m_receiveMappings.DropBefore(m_receiveSsn);
        meta->OnData(offset, packet, *this);
    }
    meta->NotifyReadable();
}

} // namespace ns3
