/*
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "mptcp-crypto.h"
#include "mptcp-socket.h"

#include "ns3/node.h"
#include "ns3/simulator.h"

#include <algorithm>

/**
 * \file
 * How a connection comes up, falls back, ends and fails.
 */

namespace ns3
{

Ptr<MptcpSocket>
MptcpSocket::ForkConnection()
{
    Ptr<MptcpSocket> connection = CopyObject<MptcpSocket>(this);
    connection->m_state = SYN_RCVD;
    return connection;
}

void
MptcpSocket::StartNegotiation()
{
    if (!m_enabled)
    {
        m_mode = MptcpMode::FALLBACK;
        return;
    }
    m_localKey = m_stack->NewKey();
    m_localToken = MptcpToken(m_localKey);
    m_localIdsn = MptcpInitialDsn(m_localKey);
    m_stack->Register(m_localToken, this);
    m_registered = true;
}

void
MptcpSocket::OnPeerKey(uint64_t key, const MptcpCapable& option)
{
    m_peerKey = key;
    m_peerToken = MptcpToken(key);
    m_peerIdsn = MptcpInitialDsn(key);
    m_checksum = m_checksum || m_wantChecksum || option.checksumRequired;
    m_peerDeniesInitial = m_peerDeniesInitial || option.noJoinToThisAddress;
    m_mode = MptcpMode::MPTCP;
}

void
MptcpSocket::OnFullyEstablished()
{
    if (m_fullyEstablished)
    {
        return;
    }
    m_fullyEstablished = true;
    RunPathManager();
    OpenPending();
}

bool
MptcpSocket::FallBack()
{
    if (m_mode == MptcpMode::FALLBACK)
    {
        return true;
    }
    if (m_multipath || (!m_allowFallback && m_enabled))
    {
        return false;
    }
    m_mode = MptcpMode::FALLBACK;
    if (m_registered)
    {
        m_stack->Unregister(m_localToken);
        m_registered = false;
    }
    m_finEvent.Cancel();
    m_probeEvent.Cancel();
    m_finSent = false;
    for (auto& join : m_pendingJoins)
    {
        join.subflow->m_gone = true;
        join.subflow->Review();
    }
    m_pendingJoins.clear();
    Ptr<MptcpSubflow> first = GetSubflow(1);
    if (first && first->m_usable)
    {
        // The first subflow has carried every byte once and in order: its numbers are the stream's.
        const uint32_t acked = first->SsnOf(first->m_lastAck) - 1;
        OnDataAck(acked);
    }
    m_fellBack(GetNSubflows());
    SchedulePush();
    return true;
}

void
MptcpSocket::OnFirstConnected(Ptr<MptcpSubflow> subflow)
{
    if (m_state != SYN_SENT)
    {
        return;
    }
    Ptr<MptcpSocket> self(this);
    OnSubflowUsable(subflow);
    m_state = ESTABLISHED;
    m_announced = true;
    NotifyConnectionSucceeded();
    if (m_earlyJoin && m_mode == MptcpMode::MPTCP)
    {
        RunPathManager();
        OpenPending();
    }
    if (GetTxAvailable() > 0)
    {
        NotifySend(GetTxAvailable());
    }
    if (m_shutdownSend && m_state == ESTABLISHED)
    {
        FinishSending();
    }
    Push();
}

void
MptcpSocket::OnAcceptedFrom(const Address& from)
{
    Ptr<MptcpSocket> self(this);
    m_state = ESTABLISHED;
    m_announced = true;
    m_fullyEstablished = m_mode == MptcpMode::MPTCP;
    m_remote = from;
    NotifyNewConnectionCreated(this, from);
    for (std::size_t i = 0; i < m_subflows.size(); ++i)
    {
        if (m_subflows[i])
        {
            ReleaseHeldSyn(m_subflows[i]);
        }
    }
    OpenPending();
    if (GetTxAvailable() > 0)
    {
        NotifySend(GetTxAvailable());
    }
}

void
MptcpSocket::OnSubflowUsable(Ptr<MptcpSubflow> subflow)
{
    if (auto coupled = DynamicCast<MptcpCoupled>(subflow->m_congestionControl))
    {
        coupled->SetGroup(m_group);
    }
    const bool joined = subflow->m_role == MptcpSubflow::Role::JOIN_ACTIVE ||
                        subflow->m_role == MptcpSubflow::Role::JOIN_PASSIVE;
    m_multipath = m_multipath || joined;
    if (joined && !m_subflowCallback.IsNull())
    {
        m_subflowCallback(this, subflow->GetId(), true);
    }
    SchedulePush();
}

void
MptcpSocket::OnSubflowEvent(Ptr<MptcpSubflow> subflow)
{
    if (subflow->m_meta != this)
    {
        return;
    }
    if (subflow->m_gone || subflow->m_state == TIME_WAIT)
    {
        RemoveSubflow(subflow);
    }
    else if (subflow->m_state == CLOSE_WAIT)
    {
        if (m_mode == MptcpMode::FALLBACK)
        {
            OnPeerStreamEnd();
        }
        else if (!subflow->m_finished)
        {
            subflow->Close();
        }
    }
}

void
MptcpSocket::RemoveSubflow(Ptr<MptcpSubflow> subflow)
{
    Ptr<MptcpSocket> self(this);
    const uint32_t id = subflow->GetId();
    const bool reset = subflow->m_reset || subflow->m_state != TIME_WAIT;
    const bool orderly =
        subflow->m_state == TIME_WAIT || (!subflow->m_reset && subflow->m_finished);
    if (m_mode == MptcpMode::MPTCP && !m_finished)
    {
        Reinject(*subflow);
    }
    m_subflows[id - 1] = nullptr;
    m_pendingJoins.erase(std::remove_if(m_pendingJoins.begin(),
                                        m_pendingJoins.end(),
                                        [&](const auto& j) { return j.subflow == subflow; }),
                         m_pendingJoins.end());
    const bool wasUsable = subflow->m_usable;
    subflow->Detach();
    m_subflowRemoved(this, id, subflow);
    if ((wasUsable || reset) && id != 1 && !m_subflowCallback.IsNull())
    {
        m_subflowCallback(this, id, false);
    }
    const bool any = std::any_of(m_subflows.begin(), m_subflows.end(), [](const auto& s) {
        return s != nullptr;
    });
    // Joins that came early wait for a key that only the first subflow can bring.
    if (any && m_mode != MptcpMode::NEGOTIATING)
    {
        SchedulePush();
        return;
    }
    if (m_finished)
    {
        m_state = CLOSED;
        Teardown();
    }
    else if (m_mode == MptcpMode::FALLBACK && orderly && m_state != SYN_SENT && !IsOpen())
    {
        FinishConnection(false);
        m_state = CLOSED;
        Teardown();
    }
    else
    {
        Fail(m_state == SYN_SENT ? MptcpFailure::CONNECT : MptcpFailure::SUBFLOWS);
    }
}

void
MptcpSocket::FinishSending()
{
    m_shutdownSend = true;
    m_state = m_state == CLOSE_WAIT ? LAST_ACK : FIN_WAIT_1;
    SchedulePush();
}

void
MptcpSocket::OnPeerStreamEnd()
{
    Ptr<MptcpSocket> self(this);
    switch (m_state)
    {
    case ESTABLISHED:
        m_state = CLOSE_WAIT;
        if (!m_closeNotified)
        {
            m_closeNotified = true;
            NotifyNormalClose();
        }
        if (m_shutdownSend && m_state == CLOSE_WAIT)
        {
            FinishSending();
        }
        break;
    case FIN_WAIT_1:
        m_state = CLOSING;
        break;
    case FIN_WAIT_2:
        FinishConnection(true);
        break;
    default:
        break;
    }
}

void
MptcpSocket::OnOwnFinAcknowledged()
{
    m_finAcked = true;
    m_finEvent.Cancel();
    switch (m_state)
    {
    case FIN_WAIT_1:
        m_state = FIN_WAIT_2;
        break;
    case CLOSING:
        FinishConnection(true);
        break;
    case LAST_ACK:
        // The other end closes the subflows, and keeps them in TIME_WAIT.
        FinishConnection(false);
        break;
    default:
        break;
    }
}

void
MptcpSocket::FinishConnection(bool closeSubflows)
{
    if (m_finished)
    {
        return;
    }
    Ptr<MptcpSocket> self(this);
    m_finished = true;
    m_state = TIME_WAIT;
    m_finEvent.Cancel();
    m_probeEvent.Cancel();
    for (auto& advertisement : m_ownAdvertisements)
    {
        advertisement.retry.Cancel();
    }
    if (m_registered)
    {
        m_stack->Unregister(m_localToken);
        m_registered = false;
    }
    const auto subflows = m_subflows;
    for (const auto& subflow : subflows)
    {
        if (!subflow)
        {
            continue;
        }
        if (!subflow->m_usable)
        {
            subflow->Reset(MptcpResetReason::UNSPECIFIED);
        }
        else if (closeSubflows)
        {
            // The last DATA_ACK has to leave before the FIN that ends the talk.
            Simulator::ScheduleNow(&MptcpSubflow::Close, subflow);
        }
    }
    if (!m_closeNotified)
    {
        m_closeNotified = true;
        NotifyNormalClose();
    }
}

void
MptcpSocket::Fail(MptcpFailure failure)
{
    if (m_finished)
    {
        return;
    }
    Ptr<MptcpSocket> self(this);
    SetFailure(failure);
    const bool connecting = m_state == SYN_SENT;
    m_finished = true;
    const auto subflows = m_subflows;
    for (const auto& subflow : subflows)
    {
        if (subflow && !subflow->m_gone)
        {
            subflow->Reset(MptcpResetReason::UNSPECIFIED);
        }
    }
    m_state = CLOSED;
    Teardown();
    if (connecting)
    {
        NotifyConnectionFailed();
    }
    else if (m_announced)
    {
        m_closeNotified = true;
        NotifyErrorClose();
    }
}

void
MptcpSocket::Abort()
{
    Ptr<MptcpSocket> self(this);
    if (m_finished || m_state == CLOSED || m_state == LISTEN)
    {
        return;
    }
    SetFailure(MptcpFailure::ABORTED);
    if (m_mode == MptcpMode::MPTCP)
    {
        if (Ptr<MptcpSubflow> subflow = AnyUsable())
        {
            subflow->ResetWith(MptcpFastclose{GetPeerKey()});
        }
    }
    Fail(MptcpFailure::ABORTED);
}

void
MptcpSocket::OnFastclose(uint64_t key, Ptr<MptcpSubflow>)
{
    if (m_mode == MptcpMode::MPTCP && key == m_localKey)
    {
        Fail(MptcpFailure::FASTCLOSE);
    }
}

void
MptcpSocket::Teardown()
{
    m_pushEvent.Cancel();
    m_finEvent.Cancel();
    m_probeEvent.Cancel();
    for (auto& advertisement : m_ownAdvertisements)
    {
        advertisement.retry.Cancel();
    }
    if (m_registered)
    {
        m_stack->Unregister(m_localToken);
        m_registered = false;
    }
    const auto subflows = std::move(m_subflows);
    m_subflows.clear();
    m_pendingJoins.clear();
    for (const auto& subflow : subflows)
    {
        if (subflow)
        {
            subflow->Detach();
        }
    }
    if (m_listener)
    {
        Ptr<MptcpSubflow> listener = m_listener;
        m_listener = nullptr;
        listener->Detach();
        listener->Close();
    }
}

} // namespace ns3
