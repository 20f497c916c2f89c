/*
 * SPDX-License-Identifier: GPL-2.0-only
 */
#include "smkex-victim.h"

#include "ns3/smkex-trust.h"

#include <algorithm>

namespace smkex
{

namespace
{

/** The stream of substitutes for one session, the same for all who know the agreed secret. */
SeededRandomSource
AgreedSource(const Situation& situation, const SessionId& session, std::uint8_t purpose)
{
    Bytes label(session.begin(), session.end());
    label.push_back(purpose);
    return SeededRandomSource(HmacSha256(situation.agreedSecret, label));
}

constexpr std::uint8_t FOR_SERVER = 0; //!< purposes: the pairs that replace shares, and
constexpr std::uint8_t FOR_CLIENT = 1;
constexpr std::uint8_t IDENTITY = 2; //!< the long-term key pair
constexpr std::uint8_t NONCES = 16;  //!< two a path from here on

Nonce
AgreedNonce(const Situation& situation, const SessionId& session, std::uint8_t purpose)
{
    Nonce nonce;
    AgreedSource(situation, session, purpose).Fill(nonce.data(), nonce.size());
    return nonce;
}

void
SetOnce(std::optional<Nonce>& place, ByteView value)
{
    place.emplace();
    std::copy_n(value.begin(), place->size(), place->begin());
}

} // namespace

Victim::Victim(const SessionId& session,
               const Situation& situation,
               const ShareSubstitution& substitution,
               Processor& processor)
    : m_session(session),
      m_situation(situation),
      m_substitution(substitution),
      m_processor(processor)
{
}

Victim::PathFacts&
Victim::Facts(PathId path)
{
    return m_paths.at(path - 1U);
}

bool
Victim::Substitutes(PathId path) const
{
    return m_situation.IsActiveOn(path) || m_claimsAllNonces;
}

bool
Victim::Learn(News::Fact fact, PathId path, ByteView value)
{
    if (path < SHARE_PATH || path > MAX_PATHS)
    {
        return false;
    }
    const auto learnShare = [&value](std::optional<Bytes>& known,
                                     const std::optional<KeyPair>& own) {
        if (known || (own && value == own->publicKey))
        {
            return false;
        }
        known = value.ToBytes();
        return true;
    };
    const auto learnNonce = [&value](std::optional<Nonce>& known, const std::optional<Nonce>& own) {
        if (known || value.size() != sizeof(Nonce) || (own && value == ByteView(*own)))
        {
            return false;
        }
        SetOnce(known, value);
        return true;
    };
    switch (fact)
    {
    case News::Fact::Group:
        if (m_group || value.size() != 2)
        {
            return false;
        }
        m_group = static_cast<Group>(value[0] << 8 | value[1]);
        PrepareShares();
        return true;
    case News::Fact::ClientShare:
        return learnShare(m_clientShare, m_forServer);
    case News::Fact::ServerShare:
        return learnShare(m_serverShare, m_forClient);
    case News::Fact::ClientNonce:
        return learnNonce(Facts(path).client, Facts(path).forServer);
    case News::Fact::ServerNonce:
        return learnNonce(Facts(path).server, Facts(path).forClient);
    case News::Fact::ShareForServer:
    case News::Fact::ShareForClient:
        return false; // follows from what was agreed on
    case News::Fact::TcpcryptSessionId:
    case News::Fact::SecretShare:
        break; // of another protocol
    }
    return false;
}

void
Victim::PrepareShares()
{
    // Coalitions that are never active need no shares of their own: key pairs are dear.
    const bool anyActive = std::any_of(m_situation.coalition.begin(),
                                       m_situation.coalition.end(),
                                       [](const CoalitionMember& member) { return member.active; });
    if (!anyActive || (*m_group != Group::X25519 && *m_group != Group::P256))
    {
        return;
    }
    for (const auto& [purpose, pair] :
         {std::pair{FOR_SERVER, &m_forServer}, std::pair{FOR_CLIENT, &m_forClient}})
    {
        if (m_substitution.lowOrder)
        {
            pair->emplace(KeyPair{{}, Bytes(PublicKeySize(*m_group), 0)});
        }
        else
        {
            SeededRandomSource source = AgreedSource(m_situation, m_session, purpose);
            *pair = smkex::GenerateKeyPair(*m_group, source);
        }
    }
}

const Bytes&
Victim::ShareForServer()
{
    return m_forServer->publicKey;
}

const Bytes&
Victim::ShareForClient()
{
    return m_forClient->publicKey;
}

const Nonce&
Victim::NonceForServer(PathId path)
{
    std::optional<Nonce>& nonce = Facts(path).forServer;
    if (!nonce)
    {
        nonce = AgreedNonce(m_situation, m_session, NONCES + 2 * path);
    }
    return *nonce;
}

const Nonce&
Victim::NonceForClient(PathId path)
{
    std::optional<Nonce>& nonce = Facts(path).forClient;
    if (!nonce)
    {
        nonce = AgreedNonce(m_situation, m_session, NONCES + 2 * path + 1);
    }
    return *nonce;
}

std::optional<Digest>
Victim::ForgeBinding(PathId path)
{
    const bool seesShares = m_situation.Sees(SHARE_PATH);
    const bool ownServerShare =
        m_situation.IsActiveOn(SHARE_PATH) ? m_substitution.serverShare : !seesShares;
    const bool knowsServerShare = ownServerShare || m_serverShare;
    if (seesShares && (!m_group || !m_clientShare || !knowsServerShare))
    {
        return std::nullopt;
    }
    if (!m_group)
    {
        m_group = Group::X25519; // never seen: the most common one
        PrepareShares();
    }
    if (!HasShares())
    {
        return Digest{}; // nothing that anyone could have agreed on fits
    }
    Transcript view;
    view.group = *m_group;
    view.session = m_session;
    view.clientShare = m_clientShare ? *m_clientShare : ShareForServer();
    view.serverShare = ownServerShare ? ShareForClient() : *m_serverShare;
    return ComputeBinding(m_processor,
                          view,
                          {path, Facts(path).client.value_or(Nonce{}), NonceForClient(path)});
}

std::optional<ServerIdentity>
Victim::ForgeIdentity()
{
    if (!HasShares() || !m_clientShare)
    {
        return std::nullopt;
    }
    SeededRandomSource source = AgreedSource(m_situation, SessionId{}, IDENTITY);
    const LongTermIdentity identity(GenerateSigningKeyPair(source));
    return identity.Sign(m_processor, {*m_group, m_session, *m_clientShare, ShareForClient(), {}});
}

std::optional<Transcript>
Victim::View(const std::optional<Bytes>& clientShare,
             const std::optional<Bytes>& serverShare,
             bool clientSide)
{
    if (!m_group || !clientShare || !serverShare)
    {
        return std::nullopt;
    }
    Transcript view{*m_group, m_session, *clientShare, *serverShare, {}};
    for (PathId path = FIRST_NONCE_PATH; path <= m_situation.paths; ++path)
    {
        const PathFacts& facts = Facts(path);
        const bool own = Substitutes(path);
        const std::optional<Nonce> client =
            own && !clientSide ? NonceForServer(path) : facts.client;
        const std::optional<Nonce> server = own && clientSide ? NonceForClient(path) : facts.server;
        if (!client || !server)
        {
            return std::nullopt;
        }
        view.nonces.push_back({path, *client, *server});
    }
    return view;
}

std::optional<Transcript>
Victim::ClientView()
{
    return View(m_clientShare, m_forClient->publicKey, true);
}

std::optional<Transcript>
Victim::ServerView()
{
    return View(m_forServer->publicKey, m_serverShare, false);
}

Bytes
Victim::SecretWith(const KeyPair& own, const Bytes& peerShare)
{
    if (m_substitution.lowOrder)
    {
        return Bytes(32, 0); // whatever the peer's private value is
    }
    return m_processor.Agree(*m_group, own.privateKey, peerShare).secret;
}

std::optional<SessionKeys>
Victim::KeysWithClient()
{
    const std::optional<Transcript> view = ClientView();
    if (!view)
    {
        return std::nullopt;
    }
    const Bytes secret = SecretWith(*m_forClient, *m_clientShare);
    return secret.empty() ? std::nullopt
                          : std::optional(DeriveSessionKeys(m_processor, *view, secret));
}

std::optional<SessionKeys>
Victim::KeysWithServer()
{
    const std::optional<Transcript> view = ServerView();
    if (!view)
    {
        return std::nullopt;
    }
    const Bytes secret = SecretWith(*m_forServer, *m_serverShare);
    return secret.empty() ? std::nullopt
                          : std::optional(DeriveSessionKeys(m_processor, *view, secret));
}

std::vector<Digest>
Victim::DeriveKeys()
{
    std::vector<Digest> derived;
    if (!m_situation.IsActiveOn(SHARE_PATH) || !HasShares())
    {
        return derived;
    }
    if (!m_clientKeys && m_substitution.serverShare && (m_clientKeys = KeysWithClient()))
    {
        derived.push_back(m_clientKeys->session);
    }
    if (!m_serverKeys && m_substitution.clientShare && (m_serverKeys = KeysWithServer()))
    {
        derived.push_back(m_serverKeys->session);
    }
    return derived;
}

bool
Victim::AwaitsKeys() const
{
    const bool complete = m_clientKeys && (m_serverKeys || !m_substitution.clientShare);
    if (complete || !m_situation.IsActiveOn(SHARE_PATH))
    {
        return false;
    }
    for (PathId path = FIRST_NONCE_PATH; path <= m_situation.paths; ++path)
    {
        if (!m_situation.Sees(path))
        {
            return false;
        }
    }
    return true;
}

bool
Victim::KnowsOverhearableNonces() const
{
    for (PathId path = FIRST_NONCE_PATH; path <= m_situation.paths; ++path)
    {
        if (m_situation.Sees(path) && !m_paths[path - 1].client)
        {
            return false;
        }
    }
    return true;
}

std::optional<Bytes>
Victim::Relay(Direction direction, ByteView sealed, std::optional<Bytes>& plaintext)
{
    if (!m_clientKeys)
    {
        return std::nullopt;
    }
    const bool toServer = direction == Direction::ToServer;
    std::optional<Legs>& legs = m_legs[static_cast<int>(direction)];
    if (!legs)
    {
        const SessionKeys& from = toServer || !m_serverKeys ? *m_clientKeys : *m_serverKeys;
        const SessionKeys& to = toServer && m_serverKeys ? *m_serverKeys : *m_clientKeys;
        const auto pick = [toServer](const SessionKeys& keys) {
            return toServer ? keys.clientToServer : keys.serverToClient;
        };
        legs.emplace(Legs{RecordDirection(pick(from)), RecordDirection(pick(to))});
    }
    RecordDirection opening = legs->opening; // a record that does not open leaves the count alone
    plaintext = opening.Open(m_processor, sealed);
    if (!plaintext || !m_serverKeys)
    {
        return std::nullopt;
    }
    legs->opening = opening;
    return legs->sealing.Seal(m_processor, *plaintext);
}

} // namespace smkex
