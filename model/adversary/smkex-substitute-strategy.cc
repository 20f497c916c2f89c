/*
 * SPDX-License-Identifier: GPL-2.0-only
 */
#include "smkex-substitute-strategy.h"

#include <utility>

namespace smkex
{

namespace
{

MessageDecision
Replace(const Message& message)
{
    return {MessageDecision::Kind::Replace, Encode(message)};
}

MessageDecision
Hold()
{
    return {MessageDecision::Kind::Hold, {}};
}

Bytes
EncodeGroup(Group group)
{
    const auto number = static_cast<std::uint16_t>(group);
    return {static_cast<std::uint8_t>(number >> 8), static_cast<std::uint8_t>(number)};
}

/** Messages for other paths go on as they are: an endpoint refuses them by itself. */
bool
IsNoncePath(PathId path)
{
    return path >= FIRST_NONCE_PATH && path <= MAX_PATHS;
}

} // namespace

SubstituteStrategy::SubstituteStrategy(const Situation& situation,
                                       const StrategyTools& tools,
                                       const SubstitutePlan& plan)
    : MessageStrategy(situation, tools),
      m_plan(plan)
{
}

Victim&
SubstituteStrategy::VictimOf(const SessionId& session)
{
    std::unique_ptr<Victim>& victim = m_victims[session];
    if (!victim)
    {
        victim =
            std::make_unique<Victim>(session, GetSituation(), m_plan.shares, Tools().processor);
        if (m_plan.injectBinding)
        {
            victim->ClaimAllNonces();
        }
        m_order.push_back(session);
        if (m_order.size() > MAX_VICTIMS)
        {
            m_victims.erase(m_order.front());
            m_order.pop_front();
        }
    }
    return *victim;
}

void
SubstituteStrategy::Note(const SessionId& session, News::Fact fact, PathId path, ByteView value)
{
    Victim& victim = VictimOf(session);
    if (victim.Learn(fact, path, value))
    {
        Tools().tell(News{session, fact, path, value.ToBytes()});
        TakeKeys(victim);
        Reconsider();
    }
}

void
SubstituteStrategy::Learn(const News& news)
{
    Victim& victim = VictimOf(news.session);
    if (victim.Learn(news.fact, news.path, news.value))
    {
        TakeKeys(victim);
    }
}

void
SubstituteStrategy::TakeKeys(Victim& victim)
{
    for (const Digest& key : victim.DeriveKeys())
    {
        Tools().loot.sessionKeys.push_back(key);
    }
}

MessageDecision
SubstituteStrategy::HandleMessage(const Flow& flow, Direction direction, const Message& message)
{
    if (!flow.session)
    {
        return {};
    }
    Victim& victim = VictimOf(*flow.session);
    if (const auto* record = std::get_if<Record>(&message))
    {
        return HandleRecord(victim, flow, direction, *record);
    }
    if (direction == Direction::ToServer)
    {
        if (const auto* share = std::get_if<ClientShare>(&message))
        {
            return Handle(victim, flow, *share);
        }
        if (const auto* nonce = std::get_if<ClientNonce>(&message))
        {
            return Handle(victim, flow, *nonce);
        }
        return {};
    }
    if (const auto* share = std::get_if<ServerShare>(&message))
    {
        return Handle(victim, flow, *share);
    }
    if (const auto* binding = std::get_if<ServerBinding>(&message))
    {
        return Handle(victim, flow, *binding);
    }
    if (const auto* identity = std::get_if<ServerIdentity>(&message))
    {
        return Handle(victim, flow, *identity);
    }
    return {};
}

MessageDecision
SubstituteStrategy::Handle(Victim& victim, const Flow& flow, const ClientShare& message)
{
    Note(message.session, News::Fact::Group, flow.path, EncodeGroup(message.group));
    Note(message.session, News::Fact::ClientShare, flow.path, message.share);
    if (!GetSituation().active || !m_plan.shares.clientShare || !victim.HasShares())
    {
        return {};
    }
    return Replace(ClientShare{message.session, message.group, victim.ShareForServer()});
}

MessageDecision
SubstituteStrategy::Handle(Victim& victim, const Flow& flow, const ServerShare& message)
{
    Note(*flow.session, News::Fact::ServerShare, flow.path, message.share);
    if (!GetSituation().active || !m_plan.shares.serverShare || !victim.HasShares())
    {
        return {};
    }
    if (m_plan.injectBinding && !victim.KnowsOverhearableNonces())
    {
        return Hold(); // the H that goes along needs them
    }
    MessageDecision decision = Replace(ServerShare{victim.ShareForClient()});
    if (m_plan.injectBinding)
    {
        for (PathId path = FIRST_NONCE_PATH; path <= GetSituation().paths; ++path)
        {
            if (const std::optional<Digest> hash = victim.ForgeBinding(path))
            {
                Append(decision.replacement,
                       Encode(ServerBinding{path, victim.NonceForClient(path), *hash}));
            }
        }
    }
    return decision;
}

MessageDecision
SubstituteStrategy::Handle(Victim& victim, const Flow& flow, const ClientNonce& message)
{
    if (!IsNoncePath(message.path))
    {
        return {};
    }
    Note(message.session, News::Fact::ClientNonce, message.path, message.nonce);
    if (!GetSituation().active || flow.path == SHARE_PATH || m_plan.injectBinding)
    {
        return {};
    }
    return Replace(ClientNonce{message.session, message.path, victim.NonceForServer(message.path)});
}

MessageDecision
SubstituteStrategy::Handle(Victim& victim, const Flow& flow, const ServerBinding& message)
{
    if (!IsNoncePath(message.path))
    {
        return {};
    }
    Note(*flow.session, News::Fact::ServerNonce, message.path, message.nonce);
    if (!GetSituation().active || flow.path == SHARE_PATH || m_plan.injectBinding)
    {
        return {};
    }
    const std::optional<Digest> hash = victim.ForgeBinding(message.path);
    if (!hash)
    {
        return Hold();
    }
    return Replace(ServerBinding{message.path, victim.NonceForClient(message.path), *hash});
}

MessageDecision
SubstituteStrategy::Handle(Victim& victim, const Flow&, const ServerIdentity& message)
{
    if (!GetSituation().active || !m_plan.shares.serverShare ||
        m_plan.identity == SubstitutePlan::Identity::Relay)
    {
        return {};
    }
    std::optional<ServerIdentity> forged = victim.ForgeIdentity();
    if (!forged)
    {
        return {};
    }
    if (m_plan.identity == SubstitutePlan::Identity::ForgeRotation)
    {
        forged->rotation = KeyRotation{message.publicKey, forged->signature};
    }
    return Replace(*forged);
}

MessageDecision
SubstituteStrategy::HandleRecord(Victim& victim,
                                 const Flow& flow,
                                 Direction direction,
                                 const Record& message)
{
    if (!GetSituation().active)
    {
        return {};
    }
    if (victim.AwaitsKeys())
    {
        return Hold();
    }
    std::optional<Bytes> plaintext;
    const std::optional<Bytes> relayed = victim.Relay(direction, message.sealed, plaintext);
    if (plaintext)
    {
        Append(Tools().loot.plaintext[{GetSituation().node, flow.clientPort, direction}],
               *plaintext);
    }
    if (!relayed)
    {
        return {};
    }
    return {MessageDecision::Kind::Replace, *relayed};
}

} // namespace smkex
