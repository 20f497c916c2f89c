/*
 * SPDX-License-Identifier: GPL-2.0-only
 */
#ifndef SMKEX_SHARE_STRATEGY_H
#define SMKEX_SHARE_STRATEGY_H

#include "smkex-message-strategy.h"

#include "ns3/smkex-record-layer.h"
#include "ns3/smkex-secret-sharing.h"

#include <array>
#include <deque>
#include <map>
#include <optional>
#include <vector>

namespace smkex
{

/**
 * The best known attack on `secret-sharing`.
 *
 * A coalition that sees every path, actively or not, reads all shares and with them the key of both
 * ends; it lets everything pass and opens the application data.
 *
 * Any other coalition cannot learn the client's key, but may make the server hold another one: each
 * active node replaces the share on its path by one that all adversaries agreed on beforehand. The
 * server's key is then known to every coalition that sees each path on which no adversary is active
 * - above all where there is an adversary on every path, who need not communicate. The node on path
 * 1 then talks to the server in the client's place.
 *
 * Attackers compute in no time: the worst case for the endpoints.
 */
class ShareStrategy : public MessageStrategy
{
  public:
    ShareStrategy(const Situation& situation, const StrategyTools& tools);

  private:
    /** Sessions that are remembered; the oldest are forgotten first. */
    static constexpr std::size_t MAX_VICTIMS = 256;

    /** A record that was read ahead of the key. */
    struct Unopened
    {
        std::uint16_t clientPort;
        Direction direction;
        Bytes sealed;
    };

    /** One session under attack. */
    struct Target
    {
        std::array<std::optional<Secret>, MAX_PATHS> shares; //!< as the client sent them, by path
        std::optional<SessionKeys> keys; //!< of the server, and of the client where all is read
        std::optional<RecordDirection> toServer;
        std::optional<RecordDirection> toClient;
        std::vector<Unopened> unopened;
    };

    MessageDecision HandleMessage(const Flow& flow,
                                  Direction direction,
                                  const Message& message) override;
    void Learn(const News& news) override;

    MessageDecision HandleShare(const SecretShare& message);
    MessageDecision HandleRecord(const Flow& flow, Direction direction, const Record& record);

    Target& TargetOf(const SessionId& session);
    bool Note(const SessionId& session, PathId path, ByteView share);
    void TakeKeys(const SessionId& session, Target& target);
    std::optional<Secret> ServerSecret(const SessionId& session, const Target& target) const;
    Secret AgreedShare(const SessionId& session, PathId path) const;
    void OpenWaiting(Target& target);

    bool m_readsAll; //!< the coalition sees every path
    std::map<SessionId, Target> m_targets;
    std::deque<SessionId> m_order; //!< of their first appearance
};

} // namespace smkex

#endif // SMKEX_SHARE_STRATEGY_H
