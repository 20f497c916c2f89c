/*
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "mptcp-crypto.h"
#include "mptcp-socket.h"
#include "mptcp-subflow.h"

#include "ns3/ipv4-end-point.h"
#include "ns3/ipv6-end-point.h"
#include "ns3/simulator.h"
#include "ns3/tcp-header.h"
#include "ns3/tcp-l4-protocol.h"
#include "ns3/tcp-rx-buffer.h"
#include "ns3/tcp-tx-buffer.h"

#include <algorithm>

/**
 * \file
 * What a subflow carries for its connection.
 */

namespace ns3
{

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
    m_rWnd = MPTCP_NO_LIMIT;
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
