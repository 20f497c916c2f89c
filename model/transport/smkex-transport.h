/*
 * SPDX-License-Identifier: GPL-2.0-only
 */
#ifndef SMKEX_TRANSPORT_H
#define SMKEX_TRANSPORT_H

#include "ns3/simple-ref-count.h"
#include "ns3/smkex-engine.h"

#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

namespace ns3
{

/**
 * What a transport tells the session above it.
 */
class SmkexTransportEvents
{
  public:
    virtual ~SmkexTransportEvents() = default;

    /** \p path can carry octets from now on. */
    virtual void OnPathUp(smkex::PathId path) = 0;

    /** The next octets that arrived on \p path, in order. */
    virtual void OnPathBytes(smkex::PathId path, smkex::ByteView bytes) = 0;

    /** Nothing more will arrive on \p path. Comes once a path, behind its octets. */
    virtual void OnPathDown(smkex::PathId path, smkex::PathEnd end) = 0;
};

/**
 * Octets on the paths of one session, in order on each.
 *
 * One end of one session; what a path is (a connection of its own, or a subflow) is up to the class
 * derived from it. After Close() no event comes any more.
 */
class SmkexTransport : public SimpleRefCount<SmkexTransport>
{
  public:
    virtual ~SmkexTransport() = default;

    /** \p events gets everything from now on and outlives the transport, or its Close(). */
    void SetEvents(SmkexTransportEvents* events)
    {
        m_events = events;
    }

    /** Client only: starts to connect every path at once. */
    virtual void Connect() = 0;

    /** Queues octets on a path that is up. */
    virtual void Send(smkex::PathId path, smkex::ByteView bytes) = 0;

    /** Ends all paths once what was queued on them is delivered. */
    virtual void Close() = 0;

    /** \return what was negotiated by TCP-ENO for \p path, which is up; nothing where nobody does
     */
    virtual std::optional<smkex::EnoOutcome> Negotiated(smkex::PathId) const
    {
        return std::nullopt;
    }

    /** Ends without a word to the peer: for when the node itself is going. */
    virtual void Abandon() = 0;

    /** \return the client's port of every path that has one, which identifies it on the wire */
    virtual std::vector<std::uint16_t> ClientPorts() const = 0;

    /** \return how many paths have come up so far */
    virtual std::uint32_t PathsUp() const = 0;

  protected:
    SmkexTransportEvents* m_events{nullptr};
};

/**
 * A server's side of a transport: listens, and makes one transport a session that turns up.
 */
class SmkexListener
{
  public:
    /**
     * Gets the transport of a new session. It has to give it its events before it returns; what the
     * client has sent already comes right afterwards.
     */
    using SessionHandler = std::function<void(Ptr<SmkexTransport> transport)>;

    virtual ~SmkexListener() = default;

    /** Forgets connections that belong to no session, without a word to their peers. */
    virtual void Abandon() = 0;
};

} // namespace ns3

#endif // SMKEX_TRANSPORT_H
