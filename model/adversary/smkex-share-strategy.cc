/*
 * SPDX-License-Identifier: GPL-2.0-only
 */
#include "smkex-share-strategy.h"

#include <algorithm>
#include <utility>

namespace smkex
{

ShareStrategy::ShareStrategy(const Situation& situation, const StrategyTools& tools)
    : MessageStrategy(situation, tools),
      m_readsAll(true)
{
    for (PathId path = 1; path <= situation.paths; ++path)
    {
        m_readsAll = m_readsAll && situation.Sees(path);
    }
}

ShareStrategy::Target&
ShareStrategy::TargetOf(const SessionId& session)
{
    const auto [place, isNew] = m_targets.try_emplace(session);
    if (isNew)
    {
        m_order.push_back(session);
        if (m_order.size() > MAX_VICTIMS)
        {
            m_targets.erase(m_order.front());
            m_order.pop_front();
        }
    }
    return place->second;
}

Secret
ShareStrategy::AgreedShare(const SessionId& session, PathId path) const
{
    static_assert(sizeof(Digest) == SECRET_SIZE);
    Bytes label{'s', 'h', 'a', 'r', 'e', path};
    Append(label, session);
    return HmacSha256(GetSituation().agreedSecret, label);
}

bool
ShareStrategy::Note(const SessionId& session, PathId path, ByteView share)
{
    if (path < 1 || path > GetSituation().paths || share.size() != SECRET_SIZE)
    {
        return false;
    }
    Target& target = TargetOf(session);
    std::optional<Secret>& known = target.shares[path - 1];
    if (known)
    {
        return false;
    }
    std::copy(share.begin(), share.end(), known.emplace().begin());
    TakeKeys(session, target);
    return true;
}

std::optional<Secret>
ShareStrategy::ServerSecret(const SessionId& session, const Target& target) const
{
    std::vector<Secret> shares;
    for (PathId path = 1; path <= GetSituation().paths; ++path)
    {
        // Where this coalition has nobody, it can but hope that somebody else sticks to the plan.
        const bool isReplaced =
            !m_readsAll && (GetSituation().IsActiveOn(path) || !GetSituation().Sees(path));
        if (isReplaced)
        {
            shares.push_back(AgreedShare(session, path));
        }
        else if (const std::optional<Secret>& share = target.shares[path - 1])
        {
            shares.push_back(*share);
        }
        else
        {
            return std::nullopt;
        }
    }
    return CombineShares(shares);
}

void
ShareStrategy::TakeKeys(const SessionId& session, Target& target)
{
    if (target.keys)
    {
        return;
    }
    const std::optional<Secret> secret = ServerSecret(session, target);
    if (!secret)
    {
        return;
    }
    const SessionKeys keys =
        DeriveSharedSecretKeys(Tools().processor, session, GetSituation().paths, *secret);
    target.keys = keys;
    target.toServer.emplace(keys.clientToServer);
    target.toClient.emplace(keys.serverToClient);
    Tools().loot.sessionKeys.push_back(keys.session);
    OpenWaiting(target);
}

void
ShareStrategy::Learn(const News& news)
{
    if (news.fact == News::Fact::SecretShare)
    {
        Note(news.session, news.path, news.value);
    }
}

MessageDecision
ShareStrategy::HandleMessage(const Flow& flow, Direction direction, const Message& message)
{
    if (const auto* share = std::get_if<SecretShare>(&message))
    {
        return direction == Direction::ToServer ? HandleShare(*share) : MessageDecision{};
    }
    if (const auto* record = std::get_if<Record>(&message))
    {
        return flow.session ? HandleRecord(flow, direction, *record) : MessageDecision{};
    }
    return {};
}

MessageDecision
ShareStrategy::HandleShare(const SecretShare& message)
{
    if (Note(message.session, message.path, message.share))
    {
        Tools().tell(News{message.session, News::Fact::SecretShare, message.path, message.share});
        Reconsider();
    }
    if (m_readsAll || !GetSituation().active)
    {
        return {};
    }
    const Secret agreed = AgreedShare(message.session, message.path);
    return {MessageDecision::Kind::Replace,
            Encode(SecretShare{message.session, message.path, ByteView(agreed).ToBytes()})};
}

MessageDecision
ShareStrategy::HandleRecord(const Flow& flow, Direction direction, const Record& record)
{
    Target& target = TargetOf(*flow.session);
    const bool isFromServer = direction == Direction::ToClient;
    if (m_readsAll || isFromServer)
    {
        target.unopened.push_back({flow.clientPort, direction, record.sealed});
        OpenWaiting(target);
        return {};
    }
    if (!GetSituation().active)
    {
        return {};
    }
    if (!target.keys)
    {
        return {MessageDecision::Kind::Hold, {}};
    }
    // The server awaits a request of this size, whatever is in it.
    const Bytes request(record.sealed.size() - AEAD_TAG_SIZE, 0);
    return {MessageDecision::Kind::Replace, target.toServer->Seal(Tools().processor, request)};
}

void
ShareStrategy::OpenWaiting(Target& target)
{
    if (!target.keys)
    {
        return;
    }
    for (const Unopened& waiting : std::exchange(target.unopened, {}))
    {
        const bool isToServer = waiting.direction == Direction::ToServer;
        RecordDirection& opening = isToServer ? *target.toServer : *target.toClient;
        RecordDirection attempt = opening; // a record that does not open leaves the count alone
        if (const std::optional<Bytes> plaintext = attempt.Open(Tools().processor, waiting.sealed))
        {
            opening = attempt;
            Append(
                Tools()
                    .loot.plaintext[{GetSituation().node, waiting.clientPort, waiting.direction}],
                *plaintext);
        }
    }
}

} // namespace smkex
