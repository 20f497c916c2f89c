/*
 * SPDX-License-Identifier: GPL-2.0-only
 */
#include "smkex-endpoint.h"

#include "ns3/simulator.h"

#include <chrono>
#include <utility>

namespace ns3
{

namespace
{

smkex::Instant
Present()
{
    return smkex::Instant(Simulator::Now().GetNanoSeconds());
}

Time
ToTime(smkex::Instant instant)
{
    return NanoSeconds(instant.count());
}

smkex::Instant
InstantOf(const smkex::Action& action)
{
    return std::visit([](const auto& a) { return a.at; }, action);
}

} // namespace

SmkexEndpoint::SmkexEndpoint(Setup setup, Ptr<SmkexTransport> transport)
    : m_setup(std::move(setup)),
      m_transport(transport),
      m_processor(*m_setup.costs, *m_setup.costDraws, *m_setup.random),
      m_engine(m_setup.makeEngine(m_processor))
{
    m_transport->SetEvents(this);
}

SmkexEndpoint::~SmkexEndpoint()
{
    m_nextAction.Cancel();
    m_timer.Cancel();
    m_transport->Close();
}

void
SmkexEndpoint::SetAcceptHandler(std::function<void(const SmkexOutcome&)> handler)
{
    m_onAccept = std::move(handler);
}

void
SmkexEndpoint::SetEndHandler(EndHandler handler)
{
    m_onEnd = std::move(handler);
}

void
SmkexEndpoint::SetOperationObserver(smkex::Processor::Observer observer)
{
    m_processor.SetObserver(std::move(observer));
}

void
SmkexEndpoint::Start()
{
    m_outcome.started = Simulator::Now();
    m_timer = Simulator::Schedule(m_setup.timeout, &SmkexEndpoint::HandleTimeout, this);
    Enqueue(m_engine->OnStart(Present()));
    if (m_setup.role == Role::Client)
    {
        m_transport->Connect();
    }
}

void
SmkexEndpoint::OnPathUp(smkex::PathId path)
{
    if (const std::optional<smkex::EnoOutcome> outcome = m_transport->Negotiated(path))
    {
        m_engine->OnNegotiated(path, *outcome);
    }
    Enqueue(m_engine->OnPathUp(path, Present()));
}

void
SmkexEndpoint::OnPathBytes(smkex::PathId path, smkex::ByteView bytes)
{
    Enqueue(m_engine->OnBytes(path, bytes, Present()));
}

void
SmkexEndpoint::OnPathDown(smkex::PathId path, smkex::PathEnd end)
{
    if (path == smkex::SHARE_PATH)
    {
        m_sharePathEnd = end;
    }
    Enqueue(m_engine->OnPathDown(path, end, Present()));
}

void
SmkexEndpoint::Enqueue(smkex::Actions actions)
{
    const Ptr<SmkexEndpoint> self = this;
    for (smkex::Action& action : actions)
    {
        NoteDecision(action);
        m_queue.push_back(std::move(action));
    }
    CarryOutDue();
}

void
SmkexEndpoint::NoteDecision(const smkex::Action& action)
{
    if (const auto* accept = std::get_if<smkex::Accept>(&action))
    {
        m_outcome.accepted = ToTime(accept->at);
        m_outcome.computed = ToTime(m_processor.Computed());
        m_outcome.keys = m_engine->Keys();
        m_outcome.downgraded = m_engine->IsDowngraded();
    }
    else if (const auto* fail = std::get_if<smkex::Fail>(&action))
    {
        m_outcome.failure = fail->reason;
        m_outcome.failed = ToTime(fail->at);
        if (!m_outcome.accepted)
        {
            m_outcome.computed = ToTime(m_processor.Computed());
        }
    }
}

void
SmkexEndpoint::CarryOutDue()
{
    while (!m_ended && !m_queue.empty() && InstantOf(m_queue.front()) <= Present())
    {
        smkex::Action action = std::move(m_queue.front());
        m_queue.pop_front();
        std::visit([this](auto& a) { CarryOut(a); }, action);
    }
    if (m_ended)
    {
        return;
    }
    if (m_queue.empty() && m_sharePathEnd)
    {
        EndWithSharePath();
    }
    else if (!m_queue.empty() && !m_nextAction.IsRunning())
    {
        m_nextAction = Simulator::Schedule(ToTime(InstantOf(m_queue.front()) - Present()), [this] {
            const Ptr<SmkexEndpoint> self = this;
            CarryOutDue();
        });
    }
}

void
SmkexEndpoint::CarryOut(smkex::SendBytes& action)
{
    m_transport->Send(action.path, action.bytes);
}

void
SmkexEndpoint::CarryOut(smkex::Accept&)
{
    m_timer.Cancel();
    m_timer = Simulator::Schedule(m_setup.dataTimeout, &SmkexEndpoint::HandleTimeout, this);
    if (m_onAccept)
    {
        m_onAccept(m_outcome);
    }
    if (m_setup.role == Role::Client)
    {
        SendApplicationData();
        if (HasAllData())
        {
            End();
        }
    }
}

void
SmkexEndpoint::CarryOut(smkex::Deliver& action)
{
    const bool hadAll = HasAllData();
    smkex::Append(m_outcome.received, action.plaintext);
    if (hadAll || !HasAllData())
    {
        return;
    }
    if (m_setup.role == Role::Client)
    {
        End();
    }
    else
    {
        SendApplicationData();
    }
}

void
SmkexEndpoint::CarryOut(smkex::Fail&)
{
    End();
}

void
SmkexEndpoint::SendApplicationData()
{
    if (m_setup.appBytes > 0)
    {
        m_outcome.sent = m_setup.random->Draw(m_setup.appBytes);
        Enqueue(m_engine->SendApplicationData(m_outcome.sent, Present()));
    }
}

bool
SmkexEndpoint::HasAllData() const
{
    return m_outcome.received.size() >= m_setup.appBytes;
}

void
SmkexEndpoint::HandleTimeout()
{
    const Ptr<SmkexEndpoint> self = this;
    if (m_engine->IsAccepted())
    {
        FailWith(smkex::Failure::Timeout);
    }
    else
    {
        Enqueue(m_engine->OnTimeout(Present()));
    }
}

void
SmkexEndpoint::EndWithSharePath()
{
    if (HasAllData())
    {
        End();
    }
    else
    {
        FailWith(*m_sharePathEnd == smkex::PathEnd::Reset ? smkex::Failure::PathReset
                                                          : smkex::Failure::PathClosed);
    }
}

void
SmkexEndpoint::FailWith(smkex::Failure reason)
{
    if (!m_ended && !m_outcome.failure)
    {
        m_outcome.failure = reason;
        m_outcome.failed = Simulator::Now();
    }
    End();
}

void
SmkexEndpoint::Abandon()
{
    m_ended = true;
    m_nextAction.Cancel();
    m_timer.Cancel();
    m_onEnd = nullptr;
    m_transport->Abandon();
}

void
SmkexEndpoint::End()
{
    if (m_ended)
    {
        return;
    }
    m_ended = true;
    m_nextAction.Cancel();
    m_timer.Cancel();
    m_outcome.clientPorts = m_transport->ClientPorts();
    m_outcome.pathsUp = m_transport->PathsUp();
    m_transport->Close();
    if (const EndHandler onEnd = std::exchange(m_onEnd, nullptr))
    {
        onEnd(*this);
    }
}

} // namespace ns3
