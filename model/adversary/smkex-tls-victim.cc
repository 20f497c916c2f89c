/*
 * SPDX-License-Identifier: GPL-2.0-only
 */
#include "smkex-tls-victim.h"

#include "ns3/smkex-mtls-engine.h"

#include <algorithm>
#include <utility>

namespace smkex
{

TlsVictim::TlsVictim(const SessionId& session, const Situation& situation, Processor& processor)
    : m_session(session),
      m_situation(situation),
      m_processor(processor)
{
}

bool
TlsVictim::Learn(News::Fact fact, PathId path, ByteView value)
{
    const auto set = [&value](std::optional<Bytes>& known) {
        const bool isNew = !known;
        known = known ? known : value.ToBytes();
        return isNew;
    };
    const auto setNonce = [&value](std::optional<Nonce>& known) {
        if (known || value.size() != sizeof(Nonce))
        {
            return false;
        }
        known.emplace();
        std::copy(value.begin(), value.end(), known->begin());
        return true;
    };
    NonceFacts& nonces = m_nonces[(path - 1) % MAX_PATHS];
    switch (fact)
    {
    case News::Fact::Group:
        if (m_group || value.size() != 2)
        {
            return false;
        }
        m_group = static_cast<Group>(value[0] << 8 | value[1]);
        return true;
    case News::Fact::ClientShare:
        return set(m_clientShare);
    case News::Fact::ServerShare:
        return set(m_serverShare);
    case News::Fact::ShareForServer:
        return set(m_forServer);
    case News::Fact::ShareForClient:
        return set(m_forClient);
    case News::Fact::ClientNonce:
        return setNonce(nonces.client);
    case News::Fact::ServerNonce:
        return setNonce(nonces.server);
    case News::Fact::TcpcryptSessionId:
    case News::Fact::SecretShare:
        break; // of another protocol
    }
    return false;
}

void
TlsVictim::BeginRelay(const TlsHello& hello, Group group)
{
    m_relay = std::make_unique<TlsRelay>(m_situation, hello, group);
}

TlsVictim::Binding
TlsVictim::ForgeBinding(PathId path)
{
    if (m_situation.Sees(SHARE_PATH) && !m_situation.IsActiveOn(SHARE_PATH))
    {
        return {false, std::nullopt};
    }
    const NonceFacts& nonces = m_nonces[(path - 1) % MAX_PATHS];
    if (!m_situation.IsActiveOn(SHARE_PATH))
    {
        const Group group = m_group.value_or(Group::X25519); // never seen: the most common one
        const TlsSubstitutes agreed = TlsRelay::Predict(m_situation, m_session, group);
        m_group = group;
        m_clientShare = agreed.forServer; // unknown to all but path 1: this cannot be right
        m_forClient = agreed.forClient;
    }
    if (!m_group || !m_clientShare || !m_forClient || !nonces.client || !nonces.server)
    {
        return {true, std::nullopt};
    }
    const Transcript view{*m_group, m_session, *m_clientShare, *m_forClient, {}};
    return {false, ComputeBinding(m_processor, view, {path, *nonces.client, *nonces.server})};
}

std::optional<SessionKeys>
TlsVictim::KeysOf(TlsSession& leg,
                  const std::optional<Bytes>& clientShare,
                  const std::optional<Bytes>& serverShare)
{
    if (!leg.IsEstablished())
    {
        return std::nullopt;
    }
    if (!IsMultipath())
    {
        SessionKeys keys{};
        keys.session = ExportTlsSessionKey(leg);
        return keys;
    }
    if (!m_group || !clientShare || !serverShare)
    {
        return std::nullopt;
    }
    Transcript view{*m_group, m_session, *clientShare, *serverShare, {}};
    for (PathId path = FIRST_NONCE_PATH; path <= m_situation.paths; ++path)
    {
        const NonceFacts& nonces = m_nonces[path - 1];
        if (!nonces.client || !nonces.server)
        {
            return std::nullopt;
        }
        view.nonces.push_back({path, *nonces.client, *nonces.server});
    }
    return DeriveSessionKeys(m_processor, view, ExportMtlsSecret(leg));
}

std::vector<Digest>
TlsVictim::TakeNewKeys()
{
    std::vector<Digest> found;
    if (!m_relay)
    {
        return found;
    }
    if (!m_clientKeys && (m_clientKeys = KeysOf(m_relay->ClientLeg(), m_clientShare, m_forClient)))
    {
        found.push_back(m_clientKeys->session);
    }
    if (!m_serverKeys && (m_serverKeys = KeysOf(m_relay->ServerLeg(), m_forServer, m_serverShare)))
    {
        found.push_back(m_serverKeys->session);
    }
    return found;
}

Bytes
TlsVictim::MoveContent(Direction direction)
{
    Bytes& waiting = m_waiting[static_cast<int>(direction)];
    Append(waiting, m_relay->TakeContent(direction));
    if (!m_clientKeys || !m_serverKeys || waiting.empty())
    {
        if (waiting.size() > MAX_WAITING)
        {
            waiting.clear();
        }
        return {};
    }
    if (IsMultipath())
    {
        return MoveRecords(direction);
    }
    m_relay->Send(direction, waiting);
    return std::exchange(waiting, {});
}

bool
TlsVictim::IsWaiting(Direction direction) const
{
    if (m_relay->ServerLeg().FailureReason())
    {
        return false;
    }
    const bool finishedWaits = direction == Direction::ToServer && m_relay->HasAnswer() &&
                               !m_relay->ServerLeg().IsEstablished();
    const bool hasKeys = m_clientKeys && m_serverKeys;
    const bool contentWaits = !hasKeys && !m_relay->ClientLeg().FailureReason() &&
                              !m_waiting[static_cast<int>(direction)].empty();
    return finishedWaits || contentWaits;
}

Bytes
TlsVictim::MoveRecords(Direction direction)
{
    const bool toServer = direction == Direction::ToServer;
    std::optional<RecordWay>& way = m_ways[static_cast<int>(direction)];
    if (!way)
    {
        way.emplace(toServer ? RecordWay{RecordDirection(m_clientKeys->clientToServer),
                                         RecordDirection(m_serverKeys->clientToServer)}
                             : RecordWay{RecordDirection(m_serverKeys->serverToClient),
                                         RecordDirection(m_clientKeys->serverToClient)});
    }
    Bytes& waiting = m_waiting[static_cast<int>(direction)];
    Bytes read;
    std::optional<Failure> failure;
    while (const std::optional<Frame> frame = PeekFrame(waiting, failure))
    {
        const std::variant<Message, Failure> decoded = Decode(*frame);
        waiting.erase(waiting.begin(), waiting.begin() + frame->size);
        const Message* message = std::get_if<Message>(&decoded);
        const Record* record = message ? std::get_if<Record>(message) : nullptr;
        if (!record)
        {
            continue;
        }
        if (const auto plaintext = way->opening.Open(m_processor, record->sealed))
        {
            Append(read, *plaintext);
            m_relay->Send(direction, way->sealing.Seal(m_processor, *plaintext));
        }
    }
    return read;
}

} // namespace smkex
