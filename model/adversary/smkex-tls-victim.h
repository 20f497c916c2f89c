/*
 * SPDX-License-Identifier: GPL-2.0-only
 */
#ifndef SMKEX_TLS_VICTIM_H
#define SMKEX_TLS_VICTIM_H

#include "smkex-tls-relay.h"

#include "ns3/smkex-record-layer.h"

#include <array>
#include <memory>
#include <optional>

namespace smkex
{

/**
 * One session of `tls` or `mtls` under attack: what a node knows of it, and what that yields.
 *
 * Nonces are left as they are: to know them is enough. Only H has to be forged.
 */
class TlsVictim
{
  public:
    /** Situation and processor are kept by reference. */
    TlsVictim(const SessionId& session, const Situation& situation, Processor& processor);

    /** \return whether that was new */
    bool Learn(News::Fact fact, PathId path, ByteView value);

    /** The node terminates path 1 from now on. */
    void BeginRelay(const TlsHello& hello, Group group);

    /** \return the termination of path 1, or null where it is none of this node's business */
    TlsRelay* Relay()
    {
        return m_relay.get();
    }

    /** Path 1 is over. */
    void EndRelay()
    {
        m_relay.reset();
    }

    /** What becomes of the H of a path. */
    struct Binding
    {
        bool wait;                  //!< the coalition can still learn what is missing
        std::optional<Digest> hash; //!< to put in its place; nothing: it is right as it is
    };

    /**
     * H of \p path as the client would compute it from what it has sent and been sent. With no one
     * of the coalition on path 1 that is a guess: those who are there use what was agreed on.
     */
    Binding ForgeBinding(PathId path);

    /** \return the session keys, of either end, that have been found out since the last call */
    std::vector<Digest> TakeNewKeys();

    /**
     * Moves content between the two connections as far as that is possible by now.
     *
     * \return the application data that was read on the way
     */
    Bytes MoveContent(Direction direction);

    /** \return whether something that was received cannot go on yet, but may */
    bool IsWaiting(Direction direction) const;

  private:
    /** Content that waits for keys to read it by, at most; beyond that the session is lost. */
    static constexpr std::size_t MAX_WAITING = 1U << 20;

    struct NonceFacts
    {
        std::optional<Nonce> client;
        std::optional<Nonce> server;
    };

    /** One way of the records inside TLS: from whom they come, and to whom they go. */
    struct RecordWay
    {
        RecordDirection opening;
        RecordDirection sealing;
    };

    bool IsMultipath() const
    {
        return m_situation.paths > SHARE_PATH;
    }

    std::optional<SessionKeys> KeysOf(TlsSession& leg,
                                      const std::optional<Bytes>& clientShare,
                                      const std::optional<Bytes>& serverShare);
    Bytes MoveRecords(Direction direction);

    SessionId m_session;
    const Situation& m_situation;
    Processor& m_processor;
    std::optional<Group> m_group;
    std::optional<Bytes> m_clientShare;
    std::optional<Bytes> m_serverShare;
    std::optional<Bytes> m_forServer;
    std::optional<Bytes> m_forClient;
    std::array<NonceFacts, MAX_PATHS> m_nonces;
    std::unique_ptr<TlsRelay> m_relay;
    std::optional<SessionKeys> m_clientKeys;
    std::optional<SessionKeys> m_serverKeys;
    std::array<Bytes, 2> m_waiting; //!< content, by direction
    std::array<std::optional<RecordWay>, 2> m_ways;
};

} // namespace smkex

#endif // SMKEX_TLS_VICTIM_H
