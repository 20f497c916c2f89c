/*
 * SPDX-License-Identifier: GPL-2.0-only
 */
#ifndef SMKEX_SUBSTITUTE_STRATEGY_H
#define SMKEX_SUBSTITUTE_STRATEGY_H

#include "smkex-message-strategy.h"
#include "smkex-victim.h"

#include <deque>
#include <memory>

namespace smkex
{

/** What a node of this strategy puts in the place of what. */
struct SubstitutePlan
{
    /** What becomes of a server's signature, where its share is replaced. */
    enum class Identity : std::uint8_t
    {
        Own,           //!< signed anew, by the attackers' own long-term key
        Relay,         //!< goes on as it is
        ForgeRotation, //!< as Own, and claims that the server's key has vouched for that key
    };

    ShareSubstitution shares{true, true, false};
    bool injectBinding{false}; //!< an H of its own on path 1, behind the share for the client
    Identity identity{Identity::Own};
};

/**
 * The man in the middle against `dh` and `smkex`.
 *
 * On path 1 an active node replaces the shares by its own. On every other path it replaces the
 * nonces, and H by one that fits what the client has seen, for which it waits until its coalition
 * knows the shares. With no one of its coalition on path 1 it guesses that the substitutes agreed
 * on beforehand are in use there. A server's signature it replaces by one under a long-term key
 * that all adversaries have. Where the coalition then has the keys of both ends, application data
 * is opened, recorded and sealed again. Passive nodes tell what they read.
 *
 * Attackers compute in no time: the worst case for the endpoints.
 */
class SubstituteStrategy : public MessageStrategy
{
  public:
    SubstituteStrategy(const Situation& situation,
                       const StrategyTools& tools,
                       const SubstitutePlan& plan);

  private:
    /** Sessions that are remembered; the oldest are forgotten first. */
    static constexpr std::size_t MAX_VICTIMS = 256;

    MessageDecision HandleMessage(const Flow& flow,
                                  Direction direction,
                                  const Message& message) override;
    void Learn(const News& news) override;

    MessageDecision Handle(Victim& victim, const Flow& flow, const ClientShare& message);
    MessageDecision Handle(Victim& victim, const Flow& flow, const ServerShare& message);
    MessageDecision Handle(Victim& victim, const Flow& flow, const ClientNonce& message);
    MessageDecision Handle(Victim& victim, const Flow& flow, const ServerBinding& message);
    MessageDecision Handle(Victim& victim, const Flow& flow, const ServerIdentity& message);
    MessageDecision HandleRecord(Victim& victim,
                                 const Flow& flow,
                                 Direction direction,
                                 const Record& message);

    Victim& VictimOf(const SessionId& session);
    void Note(const SessionId& session, News::Fact fact, PathId path, ByteView value);
    void TakeKeys(Victim& victim);

    SubstitutePlan m_plan;
    std::map<SessionId, std::unique_ptr<Victim>> m_victims;
    std::deque<SessionId> m_order; //!< of their first appearance
};

} // namespace smkex

#endif // SMKEX_SUBSTITUTE_STRATEGY_H
