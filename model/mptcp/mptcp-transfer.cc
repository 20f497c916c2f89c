/*
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "mptcp-crypto.h"
#include "mptcp-socket.h"

#include "ns3/simulator.h"
#include "ns3/tcp-tx-buffer.h"

#include <algorithm>
#include <vector>

/**
 * \file
 * The data of a connection: which subflow carries what, and what comes back.
 */

namespace ns3
{

uint64_t
MptcpSocket::WireDsn(uint64_t offset) const
{
    return m_localIdsn + 1 + offset;
}

uint64_t
MptcpSocket::DataAckOffset() const
{
    return m_receive.Next() + (m_peerFinTaken ? 1 : 0);
}

uint64_t
MptcpSocket::WireDataAck() const
{
    return m_peerIdsn + 1 + DataAckOffset();
}

uint64_t
MptcpSocket::OffsetOfDsn(uint64_t dsn, bool wide) const
{
    const uint64_t full =
        wide ? dsn : MptcpExpandDsn(m_peerIdsn + 1 + m_receive.Next(), static_cast<uint32_t>(dsn));
    return full - m_peerIdsn - 1;
}

uint64_t
MptcpSocket::OffsetOfDataAck(uint64_t ack, bool wide) const
{
    const uint64_t full =
        wide ? ack : MptcpExpandDsn(WireDsn(m_send.Begin()), static_cast<uint32_t>(ack));
    return full - m_localIdsn - 1;
}

uint32_t
MptcpSocket::ReceiveWindow() const
{
    return m_receive.Window();
}

Ptr<MptcpSubflow>
MptcpSocket::AnyUsable() const
{
    Ptr<MptcpSubflow> best;
    for (const auto& subflow : m_subflows)
    {
        if (subflow && subflow->IsUsable() &&
            (!best || (best->m_stalled && !subflow->m_stalled) ||
             (best->IsBackup() && !subflow->IsBackup() && !subflow->m_stalled)))
        {
            best = subflow;
        }
    }
    return best;
}

void
MptcpSocket::SchedulePush()
{
    if (!m_pushEvent.IsRunning() && m_stack)
    {
        m_pushEvent = Simulator::ScheduleNow(&MptcpSocket::Push, this);
    }
}

void
MptcpSocket::Push()
{
    if (m_pushing || m_finished || m_mode == MptcpMode::NEGOTIATING || !m_announced)
    {
        return;
    }
    m_pushing = true;
    const uint64_t before = m_nextOffset;
    if (m_mode == MptcpMode::FALLBACK)
    {
        PushPlain();
    }
    else if (m_scheduler == static_cast<int>(MptcpScheduler::REDUNDANT))
    {
        PushRedundant();
    }
    else
    {
        PushScheduled();
    }
    PushDataFin();
    m_pushing = false;
    if (m_nextOffset > before)
    {
        NotifyDataSent(static_cast<uint32_t>(m_nextOffset - before));
    }
}

void
MptcpSocket::PushScheduled()
{
    while (!m_reinject.IsEmpty())
    {
        const auto range = m_reinject.Front();
        const uint64_t sent = PushRange(range.begin, range.end, range.avoid);
        if (sent == 0)
        {
            break;
        }
        m_reinject.Pop(sent);
    }
    while (m_nextOffset < m_send.End())
    {
        const uint64_t end = std::min(m_send.End(), m_peerEdge);
        if (m_nextOffset >= end)
        {
            ArmProbe();
            return;
        }
        const bool crumb = end < m_send.End() && end - m_nextOffset < m_tcp.segmentSize;
        if (crumb && m_nextOffset > m_send.Begin())
        {
            return; // the window will open further: do not cut silly segments
        }
        const uint64_t sent = PushRange(m_nextOffset, end, 0);
        if (sent == 0)
        {
            return;
        }
        m_nextOffset += sent;
    }
}

uint64_t
MptcpSocket::PushRange(uint64_t begin, uint64_t end, uint32_t avoid)
{
    uint64_t runEnd = begin;
    const uint8_t preference = m_send.Preference(begin, runEnd);
    MptcpWish wish;
    wish.preferred = preference & 0x7f;
    wish.strict = wish.preferred != 0 && (preference & 0x80) == 0;
    wish.avoid = avoid;
    m_paths.clear();
    for (const auto& subflow : m_subflows)
    {
        if (subflow && subflow->IsUsable())
        {
            m_paths.push_back({subflow->GetId(),
                               subflow->GetRtt(),
                               true,
                               subflow->HasRoom(),
                               subflow->IsBackup(),
                               subflow->m_stalled});
        }
    }
    const uint32_t id =
        ChooseMptcpPath(static_cast<MptcpScheduler>(m_scheduler), m_paths, wish, m_lastSubflow);
    if (id == 0)
    {
        return 0;
    }
    m_lastSubflow = id;
    return Transmit(*m_subflows[id - 1], begin, std::min(end, runEnd));
}

void
MptcpSocket::PushRedundant()
{
    m_redundant.resize(m_subflows.size(), 0);
    const uint64_t limit = std::min(m_send.End(), m_peerEdge);
    for (std::size_t i = 0; i < m_subflows.size(); ++i)
    {
        const auto subflow = m_subflows[i];
        while (subflow && subflow->IsUsable() && subflow->HasRoom())
        {
            uint64_t begin = std::max(m_redundant[i], m_send.Begin());
            uint64_t runEnd = begin;
            bool mine = false;
            while (begin < limit && !mine)
            {
                const uint8_t preference = m_send.Preference(begin, runEnd);
                mine = (preference & 0x7f) == 0 || (preference & 0x7f) == subflow->GetId();
                begin = mine ? begin : runEnd;
            }
            m_redundant[i] = begin;
            if (begin >= limit)
            {
                break;
            }
            m_redundant[i] += Transmit(*subflow, begin, std::min(limit, runEnd));
            m_nextOffset = std::max(m_nextOffset, m_redundant[i]);
        }
    }
    if (m_nextOffset >= m_peerEdge && m_nextOffset < m_send.End())
    {
        ArmProbe();
    }
}

void
MptcpSocket::PushPlain()
{
    Ptr<MptcpSubflow> subflow = GetSubflow(1);
    if (!subflow || !subflow->IsUsable())
    {
        return;
    }
    while (m_nextOffset < m_send.End())
    {
        // TCP's own buffer and window do the rest; its end of data has to be known to it.
        const auto size =
            static_cast<uint32_t>(std::min<uint64_t>(m_send.End() - m_nextOffset, 65536));
        Ptr<Packet> packet = m_send.Copy(m_nextOffset, size);
        m_dataSentTrace(m_nextOffset, size, 1);
        m_nextOffset += size;
        subflow->AssignPlain(packet);
    }
    // ns-3's TCP loses a FIN that comes with data in FIN_WAIT_1, and takes any ACK in LAST_ACK for
    // that of its FIN: a FIN leaves only when no data is in flight.
    const bool closing = m_state == FIN_WAIT_1 || m_state == CLOSING || m_state == LAST_ACK;
    if (closing && m_send.Size() == 0)
    {
        subflow->Close();
    }
}

uint32_t
MptcpSocket::Transmit(MptcpSubflow& subflow, uint64_t begin, uint64_t end)
{
    constexpr uint64_t MOST = 65000; // a mapping's length has 16 bits
    MptcpMapping mapping;
    mapping.offset = begin;
    mapping.ssn = subflow.SsnOf(subflow.m_txBuffer->TailSequence());
    mapping.length = static_cast<uint16_t>(
        std::min({end - begin, static_cast<uint64_t>(m_tcp.segmentSize), MOST}));
    Ptr<Packet> packet = m_send.Copy(begin, mapping.length);
    const bool last = begin + mapping.length == m_send.End();
    const bool closing = m_state == FIN_WAIT_1 || m_state == LAST_ACK || m_state == CLOSING;
    // An MP_CAPABLE, which may have to carry the first bytes, has no room for a DATA_FIN.
    if (last && closing && m_reinject.IsEmpty() && (begin != 0 || m_fullyEstablished))
    {
        mapping.dataFin = true;
        m_finSent = true;
    }
    if (m_checksum)
    {
        std::vector<uint8_t> bytes(mapping.length);
        packet->CopyData(bytes.data(), mapping.length);
        MptcpChecksum sum;
        sum.Add(bytes.data(), mapping.length);
        mapping.checksum =
            sum.Finish(WireDsn(begin), mapping.ssn, mapping.length + (mapping.dataFin ? 1 : 0));
    }
    m_dataSentTrace(begin, mapping.length, subflow.GetId());
    subflow.Assign(mapping, packet);
    return mapping.length;
}

void
MptcpSocket::PushDataFin()
{
    const bool closing = m_state == FIN_WAIT_1 || m_state == LAST_ACK || m_state == CLOSING;
    if (m_mode != MptcpMode::MPTCP || !closing || m_finAcked || m_nextOffset < m_send.End() ||
        m_finEvent.IsRunning())
    {
        return;
    }
    if (!m_finSent)
    {
        if (Ptr<MptcpSubflow> subflow = AnyUsable())
        {
            m_finSent = true;
            subflow->m_sendDataFin = true;
            subflow->SendAck();
            subflow->m_sendDataFin = false;
        }
    }
    Ptr<MptcpSubflow> subflow = AnyUsable();
    const Time wait = subflow ? subflow->RetransmissionTimeout() : Seconds(1);
    m_finEvent = Simulator::Schedule(wait * (1 << std::min(m_finTries, 6U)),
                                     &MptcpSocket::DataFinTimeout,
                                     this);
}

void
MptcpSocket::DataFinTimeout()
{
    if (m_finished || m_finAcked)
    {
        return;
    }
    if (m_send.Size() == 0 || m_finTries < m_tcp.dataRetries)
    {
        if (m_send.Size() == 0 && ++m_finTries > m_tcp.dataRetries)
        {
            Fail(MptcpFailure::SUBFLOWS);
            return;
        }
        if (Ptr<MptcpSubflow> subflow = AnyUsable())
        {
            // If the third ACK was lost, the peer cannot read a DSS yet.
            if (!m_fullyEstablished)
            {
                subflow->SendAck();
            }
            subflow->m_sendDataFin = true;
            subflow->SendAck();
            subflow->m_sendDataFin = false;
        }
    }
    PushDataFin();
}

void
MptcpSocket::ArmProbe()
{
    if (m_probeEvent.IsRunning() || m_nextOffset > m_send.Begin())
    {
        return; // what is in flight will bring back a window
    }
    m_probeInterval = m_probeInterval.IsZero()
                          ? m_tcp.persistTimeout
                          : Min(m_probeInterval * 2, Max(Seconds(60), m_tcp.persistTimeout));
    m_probeEvent = Simulator::Schedule(m_probeInterval, &MptcpSocket::ProbeTimeout, this);
}

void
MptcpSocket::ProbeTimeout()
{
    if (m_finished || m_nextOffset < m_peerEdge)
    {
        return;
    }
    if (Ptr<MptcpSubflow> subflow = AnyUsable())
    {
        subflow->SendProbe();
    }
    ArmProbe();
}

void
MptcpSocket::OnPeerWindow(uint64_t dataAck, uint32_t window)
{
    if (dataAck > m_nextOffset + 1)
    {
        return; // acknowledges what was never sent
    }
    if (dataAck + window > m_peerEdge)
    {
        m_peerEdge = dataAck + window;
        m_probeInterval = Time();
        m_probeEvent.Cancel();
    }
}

void
MptcpSocket::OnDataAck(uint64_t offset)
{
    const uint64_t highest = m_nextOffset + (m_finSent ? 1 : 0);
    if (offset > highest)
    {
        return;
    }
    const uint64_t freed = m_send.Ack(offset);
    if (freed != 0)
    {
        m_reinject.Ack(m_send.Begin());
        m_finTries = 0;
        if (!m_finished && m_state != CLOSED && GetTxAvailable() > 0)
        {
            NotifySend(GetTxAvailable());
        }
    }
    if (m_finSent && !m_finAcked && offset == m_send.End() + 1)
    {
        OnOwnFinAcknowledged();
    }
}

void
MptcpSocket::OnData(uint64_t offset, Ptr<const Packet> packet, MptcpSubflow& subflow)
{
    if (m_peerFin && offset + packet->GetSize() > *m_peerFin)
    {
        return; // beyond the end of the stream
    }
    m_dataReceivedTrace(offset, packet->GetSize(), subflow.GetId());
    m_receive.Insert(offset, packet, subflow.GetId());
    m_lastArrival = subflow.GetId();
    CheckPeerFin(subflow);
}

void
MptcpSocket::NotifyReadable()
{
    if (m_receive.Readable() != 0 && !m_shutdownRecv && m_announced)
    {
        Ptr<MptcpSocket> self(this);
        NotifyDataRecv();
    }
    if (m_peerFinTaken && m_state == ESTABLISHED)
    {
        OnPeerStreamEnd();
    }
}

void
MptcpSocket::OnDataFin(uint64_t offset, MptcpSubflow& subflow)
{
    if (!m_peerFin && offset >= m_receive.Next() && offset <= m_receive.Next() + m_receive.Window())
    {
        m_peerFin = offset;
    }
    if (m_peerFin == offset)
    {
        // A DATA_FIN on an ACK is not acknowledged by TCP; and again if the answer was lost.
        subflow.m_answerWithAck = true;
        CheckPeerFin(subflow);
    }
}

void
MptcpSocket::CheckPeerFin(MptcpSubflow& subflow)
{
    if (!m_peerFin || m_peerFinTaken || m_receive.Next() != *m_peerFin)
    {
        return;
    }
    m_peerFinTaken = true;
    subflow.m_answerWithAck = true;
    // The application hears of the last bytes first, then of the end.
    Simulator::ScheduleNow(&MptcpSocket::OnPeerStreamEnd, Ptr<MptcpSocket>(this));
}

bool
MptcpSocket::OnChecksumFailure(const MptcpMapping& mapping, MptcpSubflow& subflow)
{
    const MptcpFail fail{m_peerIdsn + 1 + mapping.offset};
    if (FallBack())
    {
        subflow.m_signals.push_back(fail);
        subflow.m_answerWithAck = true;
        return true;
    }
    const bool alone = std::count_if(m_subflows.begin(), m_subflows.end(), [](const auto& s) {
                           return s && s->IsUsable();
                       }) <= 1;
    if (alone)
    {
        SetFailure(MptcpFailure::CHECKSUM);
    }
    subflow.ResetWith(fail);
    return false;
}

bool
MptcpSocket::OnUnmappedData(MptcpSubflow& subflow)
{
    if (FallBack())
    {
        subflow.m_signals.push_back(MptcpFail{m_peerIdsn + 1 + m_receive.Next()});
        subflow.m_answerWithAck = true;
        return true;
    }
    SetFailure(m_multipath ? MptcpFailure::NONE : MptcpFailure::MIDDLEBOX);
    subflow.Reset(MptcpResetReason::MIDDLEBOX);
    return false;
}

void
MptcpSocket::OnMpFail(uint64_t, MptcpSubflow& subflow)
{
    if (m_mode == MptcpMode::MPTCP && !m_finished && !subflow.m_gone)
    {
        if (FallBack())
        {
            subflow.m_signals.push_back(MptcpFail{WireDataAck()});
            subflow.m_answerWithAck = true;
        }
    }
}

void
MptcpSocket::OnInfiniteMapping(MptcpSubflow& subflow)
{
    if (!FallBack())
    {
        Simulator::ScheduleNow(&MptcpSubflow::Reset,
                               Ptr<MptcpSubflow>(&subflow),
                               MptcpResetReason::MIDDLEBOX);
    }
}

void
MptcpSocket::Reinject(MptcpSubflow& subflow)
{
    if (m_mode != MptcpMode::MPTCP)
    {
        return;
    }
    const bool lost = subflow.m_gone || !subflow.IsUsable();
    const bool others = std::any_of(m_subflows.begin(), m_subflows.end(), [&](const auto& s) {
        return s && s->GetId() != subflow.GetId() && s->IsUsable();
    });
    if (!lost && !others)
    {
        return; // its own retransmission is all there is
    }
    for (const auto& mapping : subflow.m_sendMappings.All())
    {
        const auto end = mapping.ssn + mapping.length;
        const bool again = static_cast<int32_t>(mapping.ssn - subflow.m_reinjectedSsn) < 0;
        if (again && !lost)
        {
            continue;
        }
        m_reinject.Add({std::max(mapping.offset, m_send.Begin()),
                        mapping.offset + mapping.length,
                        lost ? 0 : subflow.GetId()});
        if (!again)
        {
            subflow.m_reinjectedSsn = end;
        }
    }
    if (lost)
    {
        // A DATA_FIN may have been among it.
        m_finEvent.Cancel();
    }
}

void
MptcpSocket::AfterRead()
{
    // ns-3's TCP tells nobody that its window has opened.
    const uint64_t edge = m_receive.Next() + m_receive.Window();
    const uint64_t step = std::min(2 * m_tcp.segmentSize, m_tcp.receiveBuffer / 2);
    Ptr<MptcpSubflow> subflow = GetSubflow(m_lastArrival);
    if (subflow && m_advertisedEdge < m_receive.Next() + step && edge >= m_advertisedEdge + step &&
        !m_peerFinTaken)
    {
        m_advertisedEdge = edge;
        Simulator::ScheduleNow(&MptcpSubflow::SendAck, subflow);
    }
}

} // namespace ns3
