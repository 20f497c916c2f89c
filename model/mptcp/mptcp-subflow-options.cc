/*
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "mptcp-crypto.h"
#include "mptcp-socket.h"
#include "mptcp-subflow.h"
#include "mptcp-tcp-option.h"

#include "ns3/tcp-option-sack.h"
#include "ns3/tcp-rx-buffer.h"
#include "ns3/tcp-tx-buffer.h"

namespace ns3
{

namespace
{

/// \return \p header with one SACK block less, nothing else changed
TcpHeader
WithFewerSackBlocks(const TcpHeader& header)
{
    TcpHeader fresh;
    fresh.SetFlags(header.GetFlags());
    fresh.SetSequenceNumber(header.GetSequenceNumber());
    fresh.SetAckNumber(header.GetAckNumber());
    fresh.SetSourcePort(header.GetSourcePort());
    fresh.SetDestinationPort(header.GetDestinationPort());
    fresh.SetWindowSize(header.GetWindowSize());
    fresh.SetUrgentPointer(header.GetUrgentPointer());
    for (const auto& option : header.GetOptionList())
    {
        auto sack = DynamicCast<const TcpOptionSack>(option);
        if (!sack)
        {
            fresh.AppendOption(option);
        }
        else if (sack->GetNumSackBlocks() > 1)
        {
            Ptr<TcpOptionSack> shorter = CreateObject<TcpOptionSack>();
            auto blocks = sack->GetSackList();
            blocks.pop_back();
            for (const auto& block : blocks)
            {
                shorter->AddSackBlock(block);
            }
            fresh.AppendOption(shorter);
        }
    }
    return fresh;
}

} // namespace

void
MptcpSubflow::OnTx(Ptr<const Packet> packet,
                   const TcpHeader& header,
                   Ptr<const TcpSocketBase> socket)
{
    // Both are local to the function of TcpSocketBase that is about to send them.
    auto self = static_cast<MptcpSubflow*>(const_cast<TcpSocketBase*>(PeekPointer(socket)));
    if (self->m_meta)
    {
        self->AppendOptions(*const_cast<Packet*>(PeekPointer(packet)),
                            const_cast<TcpHeader&>(header));
    }
}

void
MptcpSubflow::OnRx(Ptr<const Packet> packet,
                   const TcpHeader& header,
                   Ptr<const TcpSocketBase> socket)
{
    auto self = static_cast<MptcpSubflow*>(const_cast<TcpSocketBase*>(PeekPointer(socket)));
    if (self->m_meta && self->m_state != LISTEN)
    {
        self->ReadOptions(header, packet->GetSize());
    }
}

void
MptcpSubflow::AppendOptions(Packet& packet, TcpHeader& header)
{
    const uint8_t flags = header.GetFlags();
    if (m_peerSynPayloadSize != 0 && header.GetAckNumber() == m_irs + SequenceNumber32(1))
    {
        header.SetAckNumber(header.GetAckNumber() + SequenceNumber32(m_peerSynPayloadSize));
    }
    if (flags & TcpHeader::RST)
    {
        if (m_resetOption && m_meta->GetMode() != MptcpMode::FALLBACK)
        {
            MptcpTcpOption::AppendTo(header, *m_resetOption);
        }
    }
    else if (flags & TcpHeader::SYN)
    {
        flags& TcpHeader::ACK ? AppendToSynAck(packet, header) : AppendToSyn(packet, header);
    }
    else if (m_meta->GetMode() == MptcpMode::FALLBACK)
    {
        if (!m_signals.empty() && AppendMakingRoom(header, m_signals.front()))
        {
            m_signals.pop_front(); // the MP_FAIL that led here
        }
    }
    else if (packet.GetSize() != 0)
    {
        AppendToData(packet.GetSize(), header);
    }
    else
    {
        AppendToAck(header);
    }
}

void
MptcpSubflow::AppendToSyn(Packet& packet, TcpHeader& header)
{
    if (m_role == Role::JOIN_ACTIVE)
    {
        MptcpTcpOption::AppendTo(
            header,
            MptcpJoinSyn{m_backup, m_localAddressId, m_meta->m_peerToken, m_localNonce});
        if (m_synPayload)
        {
            packet.AddAtEnd(m_synPayload);
        }
        return;
    }
    // A middlebox may swallow SYNs with an option that it does not know.
    ++m_synsSent;
    m_offered = m_meta->m_enabled && m_synsSent <= m_meta->m_capableSyns;
    if (m_offered)
    {
        MptcpCapable option;
        option.checksumRequired = m_meta->m_wantChecksum;
        option.noJoinToThisAddress = m_meta->m_denyInitial;
        MptcpTcpOption::AppendTo(header, option);
    }
}

void
MptcpSubflow::AppendToSynAck(Packet& packet, TcpHeader& header)
{
    if (m_role == Role::JOIN_PASSIVE)
    {
        const auto hmac =
            MptcpJoinHmac(m_meta->GetLocalKey(), m_meta->GetPeerKey(), m_localNonce, m_peerNonce);
        MptcpTcpOption::AppendTo(
            header,
            MptcpJoinSynAck{m_backup, m_localAddressId, MptcpJoinHmac64(hmac), m_localNonce});
        if (m_synPayload)
        {
            packet.AddAtEnd(m_synPayload);
        }
    }
    else if (m_offered)
    {
        MptcpCapable option;
        option.checksumRequired = m_meta->m_wantChecksum;
        option.noJoinToThisAddress = m_meta->m_denyInitial;
        option.senderKey = m_meta->GetLocalKey();
        MptcpTcpOption::AppendTo(header, option);
    }
}

MptcpDss
MptcpSubflow::DssWithAck() const
{
    MptcpDss dss;
    dss.wideAck = m_meta->m_wide;
    dss.dataAck = m_meta->WireDataAck();
    return dss;
}

void
MptcpSubflow::AppendToData(uint32_t size, TcpHeader& header)
{
    MptcpDss dss = DssWithAck();
    const auto* mapping =
        m_probing ? nullptr : m_sendMappings.Find(SsnOf(header.GetSequenceNumber()));
    if (!mapping)
    {
        AppendMakingRoom(header, dss);
        return;
    }
    if (m_role == Role::INITIAL_ACTIVE && !m_meta->IsFullyEstablished() && mapping->offset == 0 &&
        !mapping->dataFin)
    {
        // The third ACK is not reliable, the first data is: it repeats the keys (RFC 8684, 3.1).
        MptcpCapable option;
        option.checksumRequired = m_meta->m_wantChecksum;
        option.noJoinToThisAddress = m_meta->m_denyInitial;
        option.senderKey = m_meta->GetLocalKey();
        option.receiverKey = m_meta->GetPeerKey();
        option.dataLength = mapping->length;
        option.checksum = mapping->checksum;
        AppendMakingRoom(header, option);
        return;
    }
    MptcpDssMapping wire;
    wire.dsn = m_meta->WireDsn(mapping->offset);
    wire.wide = m_meta->m_wide;
    wire.ssn = mapping->ssn;
    wire.length = mapping->length + (mapping->dataFin ? 1 : 0);
    wire.checksum = mapping->checksum;
    dss.mapping = wire;
    dss.dataFin = mapping->dataFin;
    if (!AppendMakingRoom(header, dss))
    {
        dss.dataAck.reset();
        AppendMakingRoom(header, dss);
    }
    static_cast<void>(size);
}

void
MptcpSubflow::AppendToAck(TcpHeader& header)
{
    if (m_role == Role::JOIN_ACTIVE && !m_usable)
    {
        AppendMakingRoom(header,
                         MptcpJoinAck{MptcpJoinHmac160(MptcpJoinHmac(m_meta->GetLocalKey(),
                                                                     m_meta->GetPeerKey(),
                                                                     m_localNonce,
                                                                     m_peerNonce))});
        return;
    }
    if (m_role == Role::INITIAL_ACTIVE && !m_meta->IsFullyEstablished() && !m_sendDataFin)
    {
        MptcpCapable option;
        option.checksumRequired = m_meta->m_wantChecksum;
        option.noJoinToThisAddress = m_meta->m_denyInitial;
        option.senderKey = m_meta->GetLocalKey();
        option.receiverKey = m_meta->GetPeerKey();
        AppendMakingRoom(header, option);
        return;
    }
    m_answerWithAck = false; // this is the answer, if one was due
    MptcpDss dss = DssWithAck();
    if (!m_signals.empty())
    {
        if (AppendMakingRoom(header, m_signals.front()))
        {
            m_signals.pop_front();
        }
        MptcpTcpOption::AppendTo(header, dss); // if there is room left
        return;
    }
    if (m_sendDataFin)
    {
        MptcpDssMapping wire;
        wire.dsn = m_meta->WireDsn(m_meta->m_send.End());
        wire.wide = m_meta->m_wide;
        wire.ssn = 0;
        wire.length = 1;
        if (m_meta->UsesChecksum())
        {
            wire.checksum = MptcpChecksum().Finish(wire.dsn, 0, 1);
        }
        dss.mapping = wire;
        dss.dataFin = true;
    }
    AppendMakingRoom(header, dss);
}

bool
MptcpSubflow::AppendMakingRoom(TcpHeader& header, const MptcpOption& option)
{
    while (!MptcpTcpOption::AppendTo(header, option))
    {
        if (!header.HasOption(TcpOption::SACK))
        {
            return false;
        }
        header = WithFewerSackBlocks(header);
    }
    return true;
}

void
MptcpSubflow::ReadOptions(const TcpHeader& header, uint32_t size)
{
    if (!m_rxRead)
    {
        m_rxOptions.clear();
        m_rxHadOption = MptcpTcpOption::ReadFrom(header, m_rxOptions);
    }
    const uint8_t flags = header.GetFlags();
    if (flags & TcpHeader::SYN)
    {
        // The peer repeats a SYN/ACK until it gets our ACK, which ns-3 does not repeat by itself.
        m_answerWithAck = m_answerWithAck || (m_state != SYN_SENT && m_state != SYN_RCVD);
        return;
    }
    if (m_meta->GetMode() != MptcpMode::MPTCP)
    {
        return;
    }
    if (m_role == Role::JOIN_ACTIVE && m_state == ESTABLISHED)
    {
        BecomeUsable();
    }
    if (!m_rxHadOption)
    {
        const bool acksData = m_usable && header.GetAckNumber() > m_lastAck;
        if (m_role == Role::INITIAL_ACTIVE || m_role == Role::INITIAL_PASSIVE)
        {
            // Someone on the way takes the options out, or the peer has fallen back.
            const bool early = m_role == Role::INITIAL_ACTIVE && !m_meta->IsFullyEstablished() &&
                               (acksData || size != 0);
            if ((early || acksData) && !m_meta->m_multipath && !m_meta->FallBack())
            {
                Simulator::ScheduleNow(&MptcpSocket::Fail, m_meta, MptcpFailure::MIDDLEBOX);
            }
        }
        return;
    }
    Ptr<MptcpSocket> meta = m_meta;
    for (const auto& option : m_rxOptions)
    {
        if (const auto* dss = std::get_if<MptcpDss>(&option))
        {
            OnDss(*dss, header, size);
        }
        else if (const auto* capable = std::get_if<MptcpCapable>(&option))
        {
            if (m_role == Role::INITIAL_PASSIVE && capable->dataLength.value_or(0) != 0 &&
                capable->receiverKey == meta->GetLocalKey() &&
                capable->senderKey == meta->GetPeerKey() && m_receiveSsn == 1)
            {
                m_receiveMappings.Add({0, 1, *capable->dataLength, false, capable->checksum});
            }
        }
        else if (const auto* add = std::get_if<MptcpAddAddr>(&option))
        {
            meta->OnAddAddr(*add, this);
        }
        else if (const auto* remove = std::get_if<MptcpRemoveAddr>(&option))
        {
            meta->OnRemoveAddr(*remove);
        }
        else if (const auto* prio = std::get_if<MptcpPrio>(&option))
        {
            m_peerBackup = prio->backup;
        }
        else if (const auto* fail = std::get_if<MptcpFail>(&option))
        {
            meta->OnMpFail(fail->dsn, *this);
        }
        else if (const auto* fastclose = std::get_if<MptcpFastclose>(&option))
        {
            Simulator::ScheduleNow(&MptcpSocket::OnFastclose,
                                   meta,
                                   fastclose->receiverKey,
                                   Ptr<MptcpSubflow>(this));
        }
        else if (std::holds_alternative<MptcpJoinAck>(option) && m_role == Role::JOIN_PASSIVE)
        {
            m_answerWithAck = true; // the fourth message may have been lost
        }
        if (!m_meta || meta->GetMode() != MptcpMode::MPTCP)
        {
            break;
        }
    }
}

void
MptcpSubflow::OnDss(const MptcpDss& dss, const TcpHeader& header, uint32_t size)
{
    Ptr<MptcpSocket> meta = m_meta;
    if (m_role == Role::INITIAL_ACTIVE)
    {
        meta->OnFullyEstablished();
    }
    if (dss.mapping)
    {
        const auto& wire = *dss.mapping;
        const uint64_t offset = meta->OffsetOfDsn(wire.dsn, wire.wide);
        if (wire.length == 0)
        {
            if (size != 0 && offset == meta->m_receive.Next())
            {
                meta->OnInfiniteMapping(*this);
            }
            return;
        }
        const auto length = static_cast<uint16_t>(wire.length - (dss.dataFin ? 1 : 0));
        // A mapping comes with data that it covers; one by itself could only mislead.
        const uint32_t first = header.GetSequenceNumber().GetValue() - m_irs.GetValue();
        const bool covers =
            size != 0 && static_cast<int32_t>(first - wire.ssn) >= 0 && first - wire.ssn < length;
        const auto endsAhead = static_cast<int32_t>(wire.ssn + length - m_receiveSsn);
        if (covers && endsAhead > 0)
        {
            m_receiveMappings.Add({offset, wire.ssn, length, dss.dataFin, wire.checksum});
        }
        if (dss.dataFin)
        {
            meta->OnDataFin(offset + length, *this);
        }
    }
    if (dss.dataAck)
    {
        const uint64_t acked = meta->OffsetOfDataAck(*dss.dataAck, dss.wideAck);
        meta->OnPeerWindow(acked, static_cast<uint32_t>(header.GetWindowSize()) << m_sndWindShift);
        meta->OnDataAck(acked);
    }
}

} // namespace ns3
