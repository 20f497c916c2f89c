/*
 * SPDX-License-Identifier: GPL-2.0-only
 */
#ifndef SMKEX_ENGINE_H
#define SMKEX_ENGINE_H

#include "smkex-eno.h"
#include "smkex-failure.h"
#include "smkex-key-schedule.h"
#include "smkex-messages.h"
#include "smkex-processor.h"

#include <memory>
#include <optional>
#include <variant>
#include <vector>

namespace smkex
{

/** Put these octets on a path, at this instant. */
struct SendBytes
{
    PathId path;
    Bytes bytes;
    Instant at;
};

/** The exchange is accepted from this instant on; Engine::Keys() tells under which keys. */
struct Accept
{
    Instant at;
};

/** Application data has arrived and is authentic (as far as the protocol can tell). */
struct Deliver
{
    Bytes plaintext;
    Instant at;
};

/** The session is given up: close all paths. */
struct Fail
{
    Failure reason;
    Instant at;
};

using Action = std::variant<SendBytes, Accept, Deliver, Fail>;

/** In the order in which they happen; their instants never decrease within a session. */
using Actions = std::vector<Action>;

/** How a path ended. */
enum class PathEnd : std::uint8_t
{
    Closed, //!< the peer has finished sending
    Reset,  //!< the connection was reset or refused
};

/**
 * One endpoint of one key exchange: what happens goes in, what to do comes out.
 *
 * An engine has no socket, no clock and no randomness of its own. The caller tells it what happened
 * and when (never earlier than the event before) and carries out the actions that it gets back.
 * Whatever a peer sends, no call throws: misbehaviour ends in a Fail with its reason, after which
 * all further events are ignored.
 */
class Engine
{
  public:
    enum class State : std::uint8_t
    {
        Exchanging, //!< nothing is accepted yet
        Accepted,   //!< application data may flow
        Failed,     //!< given up, see FailureReason()
    };

    virtual ~Engine() = default;

    /** A client is told to connect; a server, that a client has turned up. */
    Actions OnStart(Instant now);

    /**
     * What the transport has negotiated for the connection of \p path, in TCP's own handshake.
     * Comes ahead of OnPathUp(), and only where the transport negotiates at all.
     */
    void OnNegotiated(PathId path, const EnoOutcome& outcome);

    /** \p path is connected. */
    Actions OnPathUp(PathId path, Instant now);

    /** The next octets on \p path, in order. */
    Actions OnBytes(PathId path, ByteView in, Instant now);

    /** \p path has ended, or never came up. */
    Actions OnPathDown(PathId path, PathEnd end, Instant now);

    /** The caller's patience has run out. Changes nothing once the exchange is accepted. */
    Actions OnTimeout(Instant now);

    /** Sends application data; only while IsAccepted(). */
    Actions SendApplicationData(ByteView plaintext, Instant now);

    bool IsAccepted() const
    {
        return m_state == State::Accepted;
    }

    /** \return whether it is accepted in a weaker mode than the protocol's own, such as unencrypted
     */
    bool IsDowngraded() const
    {
        return m_downgraded;
    }

    /** \return why the session was given up, if it was */
    std::optional<Failure> FailureReason() const
    {
        return m_failure;
    }

    /** \return the keys, once accepted; a protocol without encryption has none */
    const std::optional<SessionKeys>& Keys() const
    {
        return m_keys;
    }

  protected:
    /** \p processor outlives the engine and serves nobody else. */
    explicit Engine(Processor& processor);

    virtual void HandleStart() = 0;
    virtual void HandleNegotiated(PathId path, const EnoOutcome& outcome);
    virtual void HandlePathUp(PathId path) = 0;
    virtual void HandleBytes(PathId path, ByteView in) = 0;
    virtual void HandleApplicationData(ByteView plaintext) = 0;

    /** \return whether the exchange cannot go on without \p path */
    virtual bool NeedsPath(PathId path) const = 0;

    /** Actions for the caller, as of the processor's present instant. */
    void Send(PathId path, Bytes bytes);
    void AcceptUnder(std::optional<SessionKeys> keys);
    void AcceptDowngraded();
    void DeliverData(Bytes plaintext);
    void GiveUp(Failure reason);

    bool HasFailed() const
    {
        return m_state == State::Failed;
    }

    Processor& GetProcessor()
    {
        return m_processor;
    }

  private:
    void Enter(State next);
    Actions TakeActions();

    Processor& m_processor;
    State m_state{State::Exchanging};
    bool m_downgraded{false};
    std::optional<Failure> m_failure;
    std::optional<SessionKeys> m_keys;
    Actions m_actions;
};

} // namespace smkex

#endif // SMKEX_ENGINE_H
