/*
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "mptcp-crypto.h"
#include "mptcp-socket.h"
#include "mptcp-subflow.h"
#include "mptcp-tcp-option.h"

#include "ns3/inet-socket-address.h"
#include "ns3/inet6-socket-address.h"
#include "ns3/ipv4-route.h"
#include "ns3/ipv4-routing-protocol.h"
#include "ns3/ipv4.h"
#include "ns3/ipv6-route.h"
#include "ns3/ipv6-routing-protocol.h"
#include "ns3/ipv6.h"
#include "ns3/node.h"
#include "ns3/simulator.h"
#include "ns3/tcp-l4-protocol.h"
#include "ns3/tcp-rx-buffer.h"
#include "ns3/tcp-tx-buffer.h"

namespace ns3
{

namespace
{

template <typename T>
const T*
FindOption(const std::vector<MptcpOption>& options)
{
    for (const auto& option : options)
    {
        if (const T* found = std::get_if<T>(&option))
        {
            return found;
        }
    }
    return nullptr;
}

/// \return whether an MP_CAPABLE of a SYN or SYN/ACK is one that we can go on with
bool
IsAcceptable(const MptcpCapable& option)
{
    return option.version == MPTCP_VERSION && !option.extensibility && option.hmacSha256;
}

Address
HostOf(const Address& address)
{
    if (InetSocketAddress::IsMatchingType(address))
    {
        return InetSocketAddress::ConvertFrom(address).GetIpv4();
    }
    return Inet6SocketAddress::ConvertFrom(address).GetIpv6();
}

/// \return the device of the interface with \p local, if \p remote can be reached through it
Ptr<NetDevice>
DeviceTowards(Ptr<Node> node, const Address& local, const Address& remote)
{
    Socket::SocketErrno error;
    if (InetSocketAddress::IsMatchingType(local))
    {
        Ptr<Ipv4> ip = node->GetObject<Ipv4>();
        const int32_t i =
            ip->GetInterfaceForAddress(InetSocketAddress::ConvertFrom(local).GetIpv4());
        if (i < 0)
        {
            return nullptr;
        }
        Ptr<NetDevice> device = ip->GetNetDevice(i);
        Ipv4Header header;
        header.SetDestination(InetSocketAddress::ConvertFrom(remote).GetIpv4());
        return ip->GetRoutingProtocol()->RouteOutput(nullptr, header, device, error) ? device
                                                                                     : nullptr;
    }
    Ptr<Ipv6> ip = node->GetObject<Ipv6>();
    const int32_t i = ip->GetInterfaceForAddress(Inet6SocketAddress::ConvertFrom(local).GetIpv6());
    if (i < 0)
    {
        return nullptr;
    }
    Ptr<NetDevice> device = ip->GetNetDevice(i);
    Ipv6Header header;
    header.SetDestination(Inet6SocketAddress::ConvertFrom(remote).GetIpv6());
    return ip->GetRoutingProtocol()->RouteOutput(nullptr, header, device, error) ? device : nullptr;
}

} // namespace

void
MptcpSubflow::OnSynAtListener(Ptr<Packet> packet, const Address& from, const Address& to)
{
    TcpHeader header;
    packet->PeekHeader(header);
    m_rxRead = true;
    m_rxOptions.clear();
    MptcpTcpOption::ReadFrom(header, m_rxOptions);
    constexpr uint8_t HANDSHAKE = TcpHeader::SYN | TcpHeader::ACK | TcpHeader::RST | TcpHeader::FIN;
    const auto* join = FindOption<MptcpJoinSyn>(m_rxOptions);
    if ((header.GetFlags() & HANDSHAKE) == TcpHeader::SYN && join)
    {
        const auto* connection = m_meta->m_stack->Find(join->token);
        if (!connection || !m_meta->m_enabled)
        {
            RefuseSyn(header, from, to, MptcpResetReason::MPTCP_ERROR);
            return;
        }
        if (connection->HoldsJoin(from, join->nonce))
        {
            return; // a repeated SYN; its answer is on hold
        }
        if (!connection->AdmitsJoin())
        {
            RefuseSyn(header, from, to, MptcpResetReason::PROHIBITED);
            return;
        }
    }

    if ((header.GetFlags() & (TcpHeader::ACK | TcpHeader::SYN | TcpHeader::RST)) == TcpHeader::ACK)
    {
        // Of a subflow that is gone: the peer must hear of it, and ns-3's listener is silent.
        TcpHeader answer;
        answer.SetFlags(TcpHeader::RST);
        answer.SetSequenceNumber(header.GetAckNumber());
        answer.SetSourcePort(header.GetDestinationPort());
        answer.SetDestinationPort(header.GetSourcePort());
        m_tcp->SendPacket(Create<Packet>(), answer, HostOf(to), HostOf(from), nullptr);
        return;
    }

    // ns-3 negotiates on the listener itself, so that one SYN without an option would take it away
    // from all connections to come.
    const bool timestamps = m_timestampEnabled;
    const bool windowScaling = m_winScalingEnabled;
    const bool sack = m_sackEnabled;
    TcpSocketBase::DoForwardUp(packet, from, to);
    m_timestampEnabled = timestamps;
    m_winScalingEnabled = windowScaling;
    m_sackEnabled = sack;
    m_txBuffer->SetSackEnabled(sack);
    m_persistEvent.Cancel();
}

void
MptcpSubflow::RefuseSyn(const TcpHeader& header,
                        const Address& from,
                        const Address& to,
                        MptcpResetReason reason)
{
    TcpHeader answer;
    answer.SetFlags(TcpHeader::RST | TcpHeader::ACK);
    answer.SetSequenceNumber(SequenceNumber32(0));
    answer.SetAckNumber(header.GetSequenceNumber() + SequenceNumber32(1));
    answer.SetSourcePort(header.GetDestinationPort());
    answer.SetDestinationPort(header.GetSourcePort());
    MptcpTcpOption::AppendTo(answer, MptcpTcpRst{false, static_cast<uint8_t>(reason)});
    m_tcp->SendPacket(Create<Packet>(), answer, HostOf(to), HostOf(from), nullptr);
}

Ptr<TcpSocketBase>
MptcpSubflow::Fork()
{
    return CopyObject<MptcpSubflow>(this);
}

void
MptcpSubflow::CompleteFork(Ptr<Packet> packet,
                           const TcpHeader& header,
                           const Address& from,
                           const Address& to)
{
    Ptr<MptcpSocket> listening = m_meta;
    if (!listening || !listening->m_stack)
    {
        return; // the node is being disposed of
    }
    MptcpTcpOption::ReadFrom(header, m_rxOptions);
    m_irs = header.GetSequenceNumber();
    m_heldSyn = HeldSyn{packet, header, from, to};
    if (const auto* join = FindOption<MptcpJoinSyn>(m_rxOptions))
    {
        auto* connection = listening->m_stack->Find(join->token);
        if (!connection || !connection->AdmitsJoin())
        {
            m_heldSyn.reset();
            m_meta = nullptr;
            return;
        }
        m_meta = connection;
        m_peerNonce = join->nonce;
        m_peerBackup = join->backup;
        m_remoteAddressId = join->addressId;
        m_localNonce = m_meta->m_stack->NewNonce();
        m_meta->AdoptSubflow(this, Role::JOIN_PASSIVE, to);
        m_meta->OnHeldSyn(this);
        return;
    }
    m_meta = listening->ForkConnection();
    m_meta->AdoptSubflow(this, Role::INITIAL_PASSIVE, to);
    m_meta->m_local = to;
    m_meta->m_remote = from;
    const auto* capable = FindOption<MptcpCapable>(m_rxOptions);
    if (capable && m_meta->m_enabled && IsAcceptable(*capable) && !capable->senderKey)
    {
        m_offered = true;
        m_meta->m_checksum = m_meta->m_wantChecksum || capable->checksumRequired;
        m_meta->m_peerDeniesInitial = capable->noJoinToThisAddress;
        m_meta->StartNegotiation();
    }
    else
    {
        m_meta->m_mode = MptcpMode::FALLBACK;
    }
    m_meta->OnPeerWindow(0, header.GetWindowSize());
    FinishFork();
}

void
MptcpSubflow::ReplyTimeout()
{
    m_replyPending = false;
    if (m_meta)
    {
        m_meta->ReleaseHeldSyn(this);
    }
}

void
MptcpSubflow::FinishFork()
{
    if (!m_heldSyn)
    {
        return;
    }
    const HeldSyn held = std::move(*m_heldSyn);
    m_heldSyn.reset();
    if (!m_boundnetdevice)
    {
        m_boundnetdevice = DeviceTowards(m_node, held.to, held.from);
    }
    TcpSocketBase::CompleteFork(held.packet, held.header, held.from, held.to);
    if (m_peerSynPayloadSize != 0)
    {
        m_tcb->m_rxBuffer->SetNextRxSequence(m_irs + SequenceNumber32(1 + m_peerSynPayloadSize));
    }
}

MptcpSubflow::Verdict
MptcpSubflow::OnHandshakeSegment(Ptr<Packet> packet)
{
    TcpHeader header;
    const uint32_t headerSize = packet->PeekHeader(header);
    m_rxOptions.clear();
    m_rxRead = true;
    m_rxHadOption = MptcpTcpOption::ReadFrom(header, m_rxOptions);
    const bool syn = header.GetFlags() & TcpHeader::SYN;
    const bool ack = header.GetFlags() & TcpHeader::ACK;
    if (!ack)
    {
        return Verdict::PASS; // a repeated SYN; anything else TCP judges itself
    }
    const SequenceNumber32 plain = m_iss + SequenceNumber32(1);
    const uint32_t sent = m_synPayload ? m_synPayload->GetSize() : 0;
    if (sent != 0 && header.GetAckNumber() == plain + SequenceNumber32(sent))
    {
        // TCP knows nothing of the payload: let it believe in a later initial sequence number.
        if (!m_synPayloadAcked)
        {
            m_synPayloadAcked = true;
            m_tcb->m_nextTxSequence = m_iss + SequenceNumber32(sent);
            m_tcb->m_highTxMark = m_tcb->m_nextTxSequence.Get();
        }
    }
    else if (header.GetAckNumber() != plain)
    {
        return m_state == SYN_RCVD ? Verdict::DROP : Verdict::PASS;
    }
    if (m_state == SYN_SENT)
    {
        if (!syn)
        {
            return Verdict::PASS;
        }
        Ptr<Packet> payload = packet->Copy();
        payload->RemoveAtStart(headerSize);
        return OnSynAck(header, payload);
    }
    return syn ? Verdict::PASS : OnThirdAck(header);
}

MptcpSubflow::Verdict
MptcpSubflow::OnSynAck(const TcpHeader& header, Ptr<const Packet> payload)
{
    m_irs = header.GetSequenceNumber();
    m_lastAck = header.GetAckNumber();
    if (m_role == Role::INITIAL_ACTIVE)
    {
        m_meta->OnPeerWindow(0, header.GetWindowSize());
        const auto* capable = FindOption<MptcpCapable>(m_rxOptions);
        if (m_offered && capable && IsAcceptable(*capable) && capable->senderKey &&
            !capable->receiverKey)
        {
            m_meta->OnPeerKey(*capable->senderKey, *capable);
        }
        else if (!m_meta->FallBack())
        {
            Reset(MptcpResetReason::MIDDLEBOX);
            return Verdict::DROP;
        }
        m_usable = true;
        return Verdict::PASS;
    }

    const auto* join = FindOption<MptcpJoinSynAck>(m_rxOptions);
    if (join)
    {
        m_peerNonce = join->nonce;
    }
    if (!join || join->hmac != MptcpJoinHmac64(MptcpJoinHmac(m_meta->GetPeerKey(),
                                                             m_meta->GetLocalKey(),
                                                             m_peerNonce,
                                                             m_localNonce)))
    {
        m_tcb->m_nextTxSequence = header.GetAckNumber();
        Reset(MptcpResetReason::MPTCP_ERROR);
        return Verdict::DROP;
    }
    m_peerBackup = join->backup;
    m_remoteAddressId = join->addressId;
    if (payload->GetSize() != 0 && m_meta->m_joinDataEnabled)
    {
        m_peerSynPayloadSize = payload->GetSize();
        m_receiveSsn = 1 + m_peerSynPayloadSize;
        m_meta->OnJoinData(this, payload->Copy());
    }
    ArmThirdAckTimer();
    return Verdict::PASS;
}

MptcpSubflow::Verdict
MptcpSubflow::OnThirdAck(const TcpHeader& header)
{
    m_lastAck = header.GetAckNumber();
    if (m_role == Role::JOIN_PASSIVE)
    {
        const auto* join = FindOption<MptcpJoinAck>(m_rxOptions);
        const auto expected = MptcpJoinHmac160(
            MptcpJoinHmac(m_meta->GetPeerKey(), m_meta->GetLocalKey(), m_peerNonce, m_localNonce));
        if (!join || join->hmac != expected)
        {
            Reset(MptcpResetReason::MPTCP_ERROR);
            return Verdict::DROP;
        }
        return Verdict::PASS;
    }
    if (m_meta->GetMode() == MptcpMode::NEGOTIATING)
    {
        const auto* capable = FindOption<MptcpCapable>(m_rxOptions);
        if (capable && capable->senderKey && capable->receiverKey == m_meta->GetLocalKey())
        {
            m_meta->OnPeerKey(*capable->senderKey, *capable);
            m_meta->OnPeerWindow(0,
                                 static_cast<uint32_t>(header.GetWindowSize()) << m_sndWindShift);
        }
        else if (m_rxHadOption)
        {
            // The third ACK, which has the peer's key, was lost or is late; without the key nothing
            // of this segment can be placed. The peer sends it again, with both keys.
            return Verdict::DROP;
        }
        else if (!m_meta->FallBack())
        {
            Reset(MptcpResetReason::MIDDLEBOX);
            return Verdict::DROP;
        }
    }
    return Verdict::PASS;
}

void
MptcpSubflow::OnResetSegment(Ptr<Packet> packet)
{
    TcpHeader header;
    packet->PeekHeader(header);
    bool acceptable = false;
    if (m_state == SYN_SENT)
    {
        const uint32_t sent = m_synPayload ? m_synPayload->GetSize() : 0;
        const uint32_t acked = SsnOf(header.GetAckNumber());
        acceptable = (header.GetFlags() & TcpHeader::ACK) && (acked == 1 || acked == 1 + sent);
    }
    else
    {
        const auto next = m_tcb->m_rxBuffer->NextRxSequence();
        acceptable = header.GetSequenceNumber() >= next &&
                     header.GetSequenceNumber() <= m_tcb->m_rxBuffer->MaxRxSequence();
    }
    if (!acceptable)
    {
        return;
    }
    Ptr<MptcpSocket> meta = m_meta;
    m_rxOptions.clear();
    MptcpTcpOption::ReadFrom(header, m_rxOptions);
    m_reset = true;
    m_finished = true;
    CloseAndNotify();
    if (const auto* fastclose = FindOption<MptcpFastclose>(m_rxOptions))
    {
        meta->OnFastclose(fastclose->receiverKey, this);
    }
    else if (const auto* fail = FindOption<MptcpFail>(m_rxOptions))
    {
        meta->OnMpFail(fail->dsn, *this);
    }
}

void
MptcpSubflow::ArmThirdAckTimer()
{
    m_thirdAckEvent.Cancel();
    m_thirdAckEvent =
        Simulator::Schedule(RetransmissionTimeout() * (1 << std::min(m_thirdAckTries, 6U)),
                            &MptcpSubflow::ThirdAckTimeout,
                            this);
}

void
MptcpSubflow::ThirdAckTimeout()
{
    if (!m_meta || m_usable || m_gone)
    {
        return;
    }
    if (++m_thirdAckTries > m_dataRetries)
    {
        Reset(MptcpResetReason::UNACCEPTABLE_PERFORMANCE);
        return;
    }
    SendAck();
    ArmThirdAckTimer();
}

void
MptcpSubflow::BecomeUsable()
{
    if (m_usable)
    {
        return;
    }
    m_usable = true;
    m_thirdAckEvent.Cancel();
    if (m_synPayload && !m_synPayloadAcked)
    {
        // Not taken from the SYN: it has to travel as data of the connection.
        Ptr<Packet> payload = m_synPayload;
        m_synPayload = nullptr;
        m_meta->Send(payload, MptcpSocket::Prefer(m_id));
    }
    m_meta->OnSubflowUsable(this);
}

} // namespace ns3
