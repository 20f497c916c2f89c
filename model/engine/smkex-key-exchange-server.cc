/*
 * SPDX-License-Identifier: GPL-2.0-only
 */
#include "smkex-defects.h"
#include "smkex-key-exchange.h"
#include "smkex-public-key-check.h"

#include <algorithm>
#include <utility>

namespace smkex
{

KeyExchangeServer::KeyExchangeServer(Processor& processor, const KeyExchangeConfig& config)
    : MessageEngine(processor, Role::Server, config.paths),
      m_identity(config.trust.identity)
{
    m_transcript.group = config.group;
}

void
KeyExchangeServer::HandleStart()
{
}

void
KeyExchangeServer::HandlePathUp(PathId)
{
}

void
KeyExchangeServer::HandleMessage(PathId path, const Message& message)
{
    if (const auto* share = std::get_if<ClientShare>(&message))
    {
        HandleClientShare(path, *share);
    }
    else if (const auto* nonce = std::get_if<ClientNonce>(&message))
    {
        HandleClientNonce(path, *nonce);
    }
    else
    {
        GiveUp(Failure::UnexpectedMessage);
    }
}

bool
KeyExchangeServer::JoinSession(const SessionId& session)
{
    if (m_hasSession && session != m_transcript.session)
    {
        GiveUp(Failure::SessionMismatch);
        return false;
    }
    m_transcript.session = session;
    m_hasSession = true;
    return true;
}

void
KeyExchangeServer::HandleClientShare(PathId path, const ClientShare& message)
{
    if (path != SHARE_PATH)
    {
        GiveUp(Failure::WrongPath);
        return;
    }
    if (!m_transcript.clientShare.empty())
    {
        GiveUp(Failure::UnexpectedMessage);
        return;
    }
    if (!JoinSession(message.session))
    {
        return;
    }
    if (message.group != m_transcript.group)
    {
        GiveUp(Failure::GroupMismatch);
        return;
    }
    if (message.share.size() != PublicKeySize(m_transcript.group))
    {
        GiveUp(Failure::PublicKeyLength);
        return;
    }
    m_transcript.clientShare = message.share;

    // The client waits for these, so they leave before the agreement is computed.
    m_keyPair = GetProcessor().GenerateKeyPair(m_transcript.group);
    m_transcript.serverShare = m_keyPair.publicKey;
    Send(SHARE_PATH, Encode(ServerShare{m_transcript.serverShare}));
    for (const NoncePair& nonces : m_transcript.nonces)
    {
        SendBinding(nonces);
    }
    if (m_identity)
    {
        Send(SHARE_PATH, Encode(m_identity->Sign(GetProcessor(), m_transcript)));
    }

    AgreementResult agreement =
        GetProcessor().Agree(m_transcript.group, m_keyPair.privateKey, m_transcript.clientShare);
    if (const std::optional<Failure> failure = CheckPublicKey(agreement))
    {
        GiveUp(*failure);
        return;
    }
    m_secret = std::move(agreement.secret);
    AcceptIfComplete();
}

void
KeyExchangeServer::HandleClientNonce(PathId path, const ClientNonce& message)
{
    if (path == SHARE_PATH && IsPlanted(Defect::NoncesOnPath1))
    {
        return;
    }
    if (path != message.path || path < FIRST_NONCE_PATH)
    {
        GiveUp(Failure::WrongPath);
        return;
    }
    std::vector<NoncePair>& known = m_transcript.nonces;
    const auto place = std::lower_bound(
        known.begin(),
        known.end(),
        path,
        [](const NoncePair& nonces, PathId wanted) { return nonces.path < wanted; });
    if (place != known.end() && place->path == path)
    {
        GiveUp(Failure::UnexpectedMessage);
        return;
    }
    if (!JoinSession(message.session))
    {
        return;
    }
    NoncePair nonces{path, message.nonce, {}};
    const Bytes drawn = GetProcessor().DrawRandom(nonces.server.size());
    std::copy(drawn.begin(), drawn.end(), nonces.server.begin());
    known.insert(place, nonces);
    if (!m_transcript.serverShare.empty())
    {
        SendBinding(nonces);
        AcceptIfComplete();
    }
}

void
KeyExchangeServer::SendBinding(const NoncePair& nonces)
{
    const Digest hash = ComputeBinding(GetProcessor(), m_transcript, nonces);
    Send(nonces.path, Encode(ServerBinding{nonces.path, nonces.server, hash}));
}

void
KeyExchangeServer::AcceptIfComplete()
{
    const std::size_t noncePaths = Paths() - SHARE_PATH;
    if (m_secret && m_transcript.nonces.size() == noncePaths)
    {
        AcceptUnderKeys(DeriveSessionKeys(GetProcessor(), m_transcript, *m_secret));
    }
}

} // namespace smkex
