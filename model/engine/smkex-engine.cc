/*
 * SPDX-License-Identifier: GPL-2.0-only
 */
#include "smkex-engine.h"

#include <cstdlib>
#include <utility>

namespace smkex
{

Engine::Engine(Processor& processor)
    : m_processor(processor)
{
}

Actions
Engine::OnStart(Instant now)
{
    m_processor.Begin(now);
    HandleStart();
    return TakeActions();
}

void
Engine::OnNegotiated(PathId path, const EnoOutcome& outcome)
{
    if (!HasFailed())
    {
        HandleNegotiated(path, outcome);
    }
}

void
Engine::HandleNegotiated(PathId, const EnoOutcome&)
{
}

Actions
Engine::OnPathUp(PathId path, Instant now)
{
    if (!HasFailed())
    {
        m_processor.Begin(now);
        HandlePathUp(path);
    }
    return TakeActions();
}

Actions
Engine::OnBytes(PathId path, ByteView in, Instant now)
{
    if (!HasFailed())
    {
        m_processor.Begin(now);
        HandleBytes(path, in);
    }
    return TakeActions();
}

Actions
Engine::OnPathDown(PathId path, PathEnd end, Instant now)
{
    if (m_state == State::Exchanging && NeedsPath(path))
    {
        m_processor.Begin(now);
        GiveUp(end == PathEnd::Reset ? Failure::PathReset : Failure::PathClosed);
    }
    return TakeActions();
}

Actions
Engine::OnTimeout(Instant now)
{
    if (m_state == State::Exchanging)
    {
        m_processor.Begin(now);
        GiveUp(Failure::Timeout);
    }
    return TakeActions();
}

Actions
Engine::SendApplicationData(ByteView plaintext, Instant now)
{
    if (IsAccepted())
    {
        m_processor.Begin(now);
        HandleApplicationData(plaintext);
    }
    return TakeActions();
}

void
Engine::Send(PathId path, Bytes bytes)
{
    m_actions.emplace_back(SendBytes{path, std::move(bytes), m_processor.Now()});
}

void
Engine::AcceptUnder(std::optional<SessionKeys> keys)
{
    Enter(State::Accepted);
    m_keys = std::move(keys);
    m_actions.emplace_back(Accept{m_processor.Now()});
}

void
Engine::AcceptDowngraded()
{
    m_downgraded = true;
    AcceptUnder(std::nullopt);
}

void
Engine::DeliverData(Bytes plaintext)
{
    m_actions.emplace_back(Deliver{std::move(plaintext), m_processor.Now()});
}

void
Engine::GiveUp(Failure reason)
{
    Enter(State::Failed);
    m_failure = reason;
    m_actions.emplace_back(Fail{reason, m_processor.Now()});
}

void
Engine::Enter(State next)
{
    const bool allowed = (m_state == State::Exchanging && next != State::Exchanging) ||
                         (m_state == State::Accepted && next == State::Failed);
    if (!allowed)
    {
        std::abort(); // a defect of an engine, never of a peer
    }
    m_state = next;
}

Actions
Engine::TakeActions()
{
    return std::exchange(m_actions, {});
}

} // namespace smkex
