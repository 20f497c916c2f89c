/*
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "mptcp-crypto.h"
#include "mptcp-socket.h"

#include "ns3/inet-socket-address.h"
#include "ns3/inet6-socket-address.h"
#include "ns3/ipv4.h"
#include "ns3/ipv6.h"
#include "ns3/node.h"
#include "ns3/simulator.h"

#include <algorithm>

/**
 * \file
 * Further subflows of a connection, and the addresses that both ends tell each other.
 */

namespace ns3
{

namespace
{

/// Fills in the address of an ADD_ADDR.
void
PutAddress(MptcpAddAddr& option, const Address& address)
{
    option.ipv6 = Inet6SocketAddress::IsMatchingType(address);
    if (option.ipv6)
    {
        Inet6SocketAddress::ConvertFrom(address).GetIpv6().GetBytes(option.address.data());
    }
    else
    {
        InetSocketAddress::ConvertFrom(address).GetIpv4().Serialize(option.address.data());
    }
}

Address
GetAddress(const MptcpAddAddr& option, uint16_t defaultPort)
{
    const uint16_t port = option.port.value_or(defaultPort);
    if (option.ipv6)
    {
        uint8_t bytes[16];
        std::copy_n(option.address.begin(), 16, bytes);
        return Inet6SocketAddress(Ipv6Address(bytes), port);
    }
    return InetSocketAddress(Ipv4Address::Deserialize(option.address.data()), port);
}

uint16_t
PortOf(const Address& address)
{
    return InetSocketAddress::IsMatchingType(address)
               ? InetSocketAddress::ConvertFrom(address).GetPort()
               : Inet6SocketAddress::ConvertFrom(address).GetPort();
}

/// \return \p address with port 0, for any
Address
AnyPort(const Address& address)
{
    if (InetSocketAddress::IsMatchingType(address))
    {
        return InetSocketAddress(InetSocketAddress::ConvertFrom(address).GetIpv4(), 0);
    }
    return Inet6SocketAddress(Inet6SocketAddress::ConvertFrom(address).GetIpv6(), 0);
}

} // namespace

void
MptcpSocket::AdoptSubflow(Ptr<MptcpSubflow> subflow, MptcpSubflow::Role role, const Address& local)
{
    subflow->m_meta = this;
    subflow->m_role = role;
    m_subflows.push_back(subflow);
    subflow->m_id = m_subflows.size();
    if (role == MptcpSubflow::Role::INITIAL_PASSIVE)
    {
        m_addressIds = {local};
        m_opened.push_back({local, Address()});
    }
    else if (role != MptcpSubflow::Role::INITIAL_ACTIVE)
    {
        subflow->m_localAddressId = AddressId(local);
    }
    m_subflowCreated(this, subflow->m_id, subflow);
}

uint32_t
MptcpSocket::SubflowsLeft() const
{
    const auto alive = static_cast<uint32_t>(
        std::count_if(m_subflows.begin(), m_subflows.end(), [](const auto& s) { return s; }));
    // Preferences name subflows by seven bits.
    return alive < m_maxSubflows && m_subflows.size() < 127 ? m_maxSubflows - alive : 0;
}

bool
MptcpSocket::MayJoin() const
{
    const bool active =
        !m_subflows.empty() && !m_opened.empty() && m_opened.front().remote == m_remote;
    return m_mode == MptcpMode::MPTCP && m_peerKey && !m_finished && m_announced &&
           (m_fullyEstablished || (m_earlyJoin && active));
}

uint32_t
MptcpSocket::OpenSubflow(const Address& local,
                         const Address& remote,
                         bool backup,
                         Ptr<Packet> joinData)
{
    if (m_finished || m_mode == MptcpMode::FALLBACK || SubflowsLeft() == 0 ||
        (m_state != SYN_SENT && !TakesData()))
    {
        return 0;
    }
    Ptr<MptcpSubflow> subflow = m_stack->NewSubflow(m_congestion);
    subflow->Configure(m_tcp, m_initialSequence);
    subflow->m_backup = backup;
    subflow->m_localNonce = m_stack->NewNonce();
    AdoptSubflow(subflow, MptcpSubflow::Role::JOIN_ACTIVE, local);
    if (joinData && m_joinDataEnabled && joinData->GetSize() <= m_tcp.segmentSize)
    {
        subflow->m_synPayload = joinData->Copy();
    }
    else if (joinData)
    {
        m_send.Append(joinData->Copy(), static_cast<uint8_t>(Prefer(subflow->m_id)));
    }
    m_opened.push_back({local, remote});
    m_pendingJoins.push_back({subflow, local, remote});
    const uint32_t id = subflow->m_id;
    OpenPending();
    return id;
}

void
MptcpSocket::OpenPending()
{
    if (!MayJoin())
    {
        return;
    }
    const auto joins = std::move(m_pendingJoins);
    m_pendingJoins.clear();
    for (const auto& join : joins)
    {
        join.subflow->BindTo(AnyPort(join.local));
        if (join.subflow->Connect(join.remote) != 0)
        {
            join.subflow->m_gone = true;
            join.subflow->Review();
        }
    }
}

void
MptcpSocket::RunPathManager()
{
    const bool active = !m_opened.empty() && m_opened.front().remote == m_remote;
    const auto manager = static_cast<MptcpPathManager>(m_pathManager);
    if (!active || manager == MptcpPathManager::NONE)
    {
        return;
    }
    MptcpPathView view;
    view.locals = LocalAddresses();
    view.remotes = {m_remote};
    for (const auto& advertised : m_advertised)
    {
        if (advertised.accepted)
        {
            view.remotes.push_back(advertised.address);
        }
    }
    view.opened = m_opened;
    view.denyInitialRemote = m_peerDeniesInitial;
    view.ndiffports = m_ndiffports;
    view.limit = SubflowsLeft();
    for (const auto& ends : PlanMptcpJoins(manager, view))
    {
        Ptr<Packet> data = std::move(m_nextJoinData);
        m_nextJoinData = nullptr;
        OpenSubflow(ends.local, ends.remote, false, data);
    }
}

std::vector<Address>
MptcpSocket::LocalAddresses() const
{
    std::vector<Address> addresses{AnyPort(m_local)};
    auto add = [&](const Address& address) {
        if (!MptcpSameHost(address, m_local))
        {
            addresses.push_back(address);
        }
    };
    if (Ptr<Ipv4> ipv4 = m_node->GetObject<Ipv4>())
    {
        for (uint32_t i = 1; i < ipv4->GetNInterfaces(); ++i)
        {
            if (ipv4->IsUp(i) && ipv4->GetNAddresses(i) > 0)
            {
                add(InetSocketAddress(ipv4->GetAddress(i, 0).GetLocal(), 0));
            }
        }
    }
    if (Ptr<Ipv6> ipv6 = m_node->GetObject<Ipv6>())
    {
        for (uint32_t i = 1; i < ipv6->GetNInterfaces(); ++i)
        {
            for (uint32_t j = 0; ipv6->IsUp(i) && j < ipv6->GetNAddresses(i); ++j)
            {
                const Ipv6Address address = ipv6->GetAddress(i, j).GetAddress();
                if (!address.IsLinkLocal())
                {
                    add(Inet6SocketAddress(address, 0));
                }
            }
        }
    }
    return addresses;
}

uint8_t
MptcpSocket::AddressId(const Address& address)
{
    const auto known = std::find_if(m_addressIds.begin(),
                                    m_addressIds.end(),
                                    [&](const Address& a) { return MptcpSameHost(a, address); });
    const auto id = known - m_addressIds.begin();
    if (known == m_addressIds.end())
    {
        m_addressIds.push_back(address);
    }
    return static_cast<uint8_t>(id);
}

bool
MptcpSocket::AdmitsJoin() const
{
    return m_mode != MptcpMode::FALLBACK && !m_finished && SubflowsLeft() > 0 &&
           (m_state == SYN_RCVD || TakesData());
}

bool
MptcpSocket::HoldsJoin(const Address& from, uint32_t nonce) const
{
    return std::any_of(m_subflows.begin(), m_subflows.end(), [&](const auto& subflow) {
        return subflow && subflow->m_heldSyn && subflow->m_heldSyn->from == from &&
               subflow->m_peerNonce == nonce;
    });
}

void
MptcpSocket::OnHeldSyn(Ptr<MptcpSubflow> subflow)
{
    Ptr<Packet> payload = subflow->m_heldSyn->packet;
    if (m_joinDataEnabled && payload->GetSize() != 0)
    {
        subflow->m_peerSynPayloadSize = payload->GetSize();
        subflow->m_receiveSsn = 1 + payload->GetSize();
        if (m_joinReplyHold.IsStrictlyPositive())
        {
            subflow->m_replyPending = true;
            Simulator::Schedule(m_joinReplyHold, &MptcpSubflow::ReplyTimeout, subflow);
        }
        OnJoinData(subflow, payload->Copy());
    }
    ReleaseHeldSyn(subflow);
}

void
MptcpSocket::ReleaseHeldSyn(Ptr<MptcpSubflow> subflow)
{
    // Without the client's key, which comes on the first subflow, there is no HMAC to answer with.
    if (subflow->m_heldSyn && m_peerKey && !subflow->m_replyPending)
    {
        subflow->FinishFork();
    }
}

void
MptcpSocket::OnJoinData(Ptr<MptcpSubflow> subflow, Ptr<Packet> data)
{
    if (!m_joinDataCallback.IsNull())
    {
        m_joinDataCallback(this, subflow->GetId(), data);
    }
}

bool
MptcpSocket::SendJoinReply(uint32_t id, Ptr<Packet> data)
{
    Ptr<MptcpSubflow> subflow = GetSubflow(id);
    if (subflow && subflow->m_heldSyn && subflow->m_replyPending &&
        data->GetSize() <= m_tcp.segmentSize)
    {
        subflow->m_synPayload = data->Copy();
        subflow->m_replyPending = false;
        ReleaseHeldSyn(subflow);
        return true;
    }
    Send(data, Prefer(id));
    return false;
}

bool
MptcpSocket::CloseSubflow(uint32_t id)
{
    Ptr<MptcpSubflow> subflow = GetSubflow(id);
    if (!subflow || m_mode != MptcpMode::MPTCP || subflow->m_finished)
    {
        return false;
    }
    subflow->m_usable ? static_cast<void>(subflow->Close())
                      : subflow->Reset(MptcpResetReason::UNSPECIFIED);
    return true;
}

bool
MptcpSocket::SetBackup(uint32_t id, bool backup)
{
    Ptr<MptcpSubflow> subflow = GetSubflow(id);
    if (!subflow || m_mode != MptcpMode::MPTCP || !subflow->IsUsable())
    {
        return false;
    }
    subflow->m_backup = backup;
    subflow->m_signals.push_back(MptcpPrio{backup});
    subflow->SendAck();
    return true;
}

uint16_t
MptcpSocket::PeerPort() const
{
    return PortOf(m_remote);
}

uint8_t
MptcpSocket::AdvertiseAddress(const Address& address)
{
    if (m_mode != MptcpMode::MPTCP || !IsOpen())
    {
        return 0;
    }
    const uint8_t id = AddressId(address);
    if (id == 0)
    {
        return 0; // the peer knows the first subflow's address
    }
    OwnAdvertisement own;
    own.option.addressId = id;
    PutAddress(own.option, address);
    if (PortOf(address) != 0)
    {
        own.option.port = PortOf(address);
    }
    own.option.hmac = MptcpAddAddrHmac(m_localKey, GetPeerKey(), own.option);
    own.triesLeft = m_addAddrRetries + 1;
    m_ownAdvertisements.push_back(own);
    SendAddAddr(id);
    return id;
}

void
MptcpSocket::SendAddAddr(uint8_t id)
{
    for (auto& own : m_ownAdvertisements)
    {
        if (own.option.addressId == id && !own.echoed && own.triesLeft > 0)
        {
            --own.triesLeft;
            own.retry = Simulator::Schedule(m_addAddrTimeout, &MptcpSocket::SendAddAddr, this, id);
            Signal(own.option);
        }
    }
}

void
MptcpSocket::Signal(const MptcpOption& option)
{
    if (Ptr<MptcpSubflow> subflow = AnyUsable())
    {
        subflow->m_signals.push_back(option);
        subflow->SendAck();
    }
}

bool
MptcpSocket::WithdrawAddress(uint8_t id)
{
    if (m_mode != MptcpMode::MPTCP || !IsOpen() || id >= m_addressIds.size())
    {
        return false;
    }
    for (auto own = m_ownAdvertisements.begin(); own != m_ownAdvertisements.end();)
    {
        own->retry.Cancel();
        own = own->option.addressId == id ? m_ownAdvertisements.erase(own) : std::next(own);
    }
    // Said on a subflow that stays, if there is one.
    Ptr<MptcpSubflow> messenger;
    for (const auto& subflow : m_subflows)
    {
        if (subflow && subflow->IsUsable() && (!messenger || messenger->m_localAddressId == id))
        {
            messenger = subflow;
        }
    }
    if (messenger)
    {
        messenger->m_signals.push_back(MptcpRemoveAddr{{id}});
        messenger->SendAck();
    }
    const auto subflows = m_subflows;
    for (const auto& subflow : subflows)
    {
        if (subflow && subflow->m_localAddressId == id && !subflow->m_gone)
        {
            subflow->Reset(MptcpResetReason::UNSPECIFIED);
        }
    }
    return true;
}

void
MptcpSocket::OnAddAddr(const MptcpAddAddr& option, Ptr<MptcpSubflow> subflow)
{
    if (option.echo)
    {
        for (auto& own : m_ownAdvertisements)
        {
            if (own.option.addressId == option.addressId && own.option.address == option.address)
            {
                own.echoed = true;
                own.retry.Cancel();
            }
        }
        return;
    }
    MptcpAddAddr claimed = option;
    if (option.addressId == 0 || MptcpAddAddrHmac(GetPeerKey(), m_localKey, claimed) != option.hmac)
    {
        return; // forged, or by mistake: RFC 8684 wants it ignored
    }
    MptcpAddAddr echo = option;
    echo.echo = true;
    subflow->m_signals.push_back(echo);
    subflow->m_answerWithAck = true;
    const bool known = std::any_of(m_advertised.begin(), m_advertised.end(), [&](const auto& a) {
        return a.id == option.addressId;
    });
    if (!known)
    {
        m_advertised.push_back({option.addressId, GetAddress(option, PeerPort()), m_acceptAddAddr});
        if (m_acceptAddAddr && m_fullyEstablished)
        {
            RunPathManager();
        }
    }
}

void
MptcpSocket::AcceptAdvertisedAddresses()
{
    m_acceptAddAddr = true;
    for (auto& advertised : m_advertised)
    {
        advertised.accepted = true;
    }
    if (MayJoin())
    {
        RunPathManager();
    }
}

void
MptcpSocket::OnRemoveAddr(const MptcpRemoveAddr& option)
{
    for (const uint8_t id : option.addressIds)
    {
        m_advertised.erase(std::remove_if(m_advertised.begin(),
                                          m_advertised.end(),
                                          [id](const auto& a) { return a.id == id; }),
                           m_advertised.end());
        for (const auto& subflow : m_subflows)
        {
            if (subflow && subflow->m_remoteAddressId == id && !subflow->m_gone)
            {
                Simulator::ScheduleNow(&MptcpSubflow::Reset,
                                       subflow,
                                       MptcpResetReason::UNSPECIFIED);
            }
        }
    }
}

} // namespace ns3
