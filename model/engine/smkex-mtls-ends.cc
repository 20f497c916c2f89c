/*
 * SPDX-License-Identifier: GPL-2.0-only
 */
#include "smkex-mtls-engine.h"

#include <algorithm>

namespace smkex
{

namespace
{

Nonce
DrawNonce(Processor& processor)
{
    Nonce nonce;
    const Bytes drawn = processor.DrawRandom(nonce.size());
    std::copy(drawn.begin(), drawn.end(), nonce.begin());
    return nonce;
}

} // namespace

MtlsClient::MtlsClient(Processor& processor, const KeyExchangeConfig& config)
    : MtlsEngine(processor, TlsConfig::Role::Client, config)
{
}

void
MtlsClient::HandleStart()
{
    MtlsEngine::HandleStart();
    GetTranscript().session = TlsSessionId(Tls().ClientHello()->random);
    for (PathId path = FIRST_NONCE_PATH; path <= Paths(); ++path)
    {
        m_bindings.push_back({{path, DrawNonce(GetProcessor()), {}}, std::nullopt});
    }
}

void
MtlsClient::HandlePathUp(PathId path)
{
    MtlsEngine::HandlePathUp(path);
    if (path >= FIRST_NONCE_PATH && path <= Paths())
    {
        const Binding& binding = m_bindings[path - FIRST_NONCE_PATH];
        Send(path, Encode(ClientNonce{GetTranscript().session, path, binding.nonces.client}));
    }
}

void
MtlsClient::HandleMessage(PathId path, const Message& message)
{
    const auto* said = std::get_if<ServerBinding>(&message);
    if (!said)
    {
        GiveUp(Failure::UnexpectedMessage);
        return;
    }
    if (said->path != path)
    {
        GiveUp(Failure::WrongPath);
        return;
    }
    Binding& binding = m_bindings[path - FIRST_NONCE_PATH];
    if (binding.hash)
    {
        GiveUp(Failure::UnexpectedMessage);
        return;
    }
    binding.nonces.server = said->nonce;
    binding.hash = said->hash;
    if (HasShares())
    {
        Verify(binding);
        AcceptIfComplete();
    }
}

void
MtlsClient::HandleShares()
{
    for (Binding& binding : m_bindings)
    {
        if (binding.hash && !HasFailed())
        {
            Verify(binding);
        }
    }
}

void
MtlsClient::Verify(Binding& binding)
{
    const Digest expected = ComputeBinding(GetProcessor(), GetTranscript(), binding.nonces);
    if (!EqualInConstantTime(expected, *binding.hash))
    {
        GiveUp(Failure::BindingMismatch);
        return;
    }
    binding.verified = true;
    std::vector<NoncePair>& known = GetTranscript().nonces;
    known.push_back(binding.nonces);
    std::sort(known.begin(), known.end(), [](const NoncePair& a, const NoncePair& b) {
        return a.path < b.path;
    });
}

bool
MtlsClient::IsComplete(PathId path) const
{
    return m_bindings[path - FIRST_NONCE_PATH].verified;
}

MtlsServer::MtlsServer(Processor& processor, const KeyExchangeConfig& config)
    : MtlsEngine(processor, TlsConfig::Role::Server, config)
{
}

void
MtlsServer::HandleMessage(PathId path, const Message& message)
{
    const auto* said = std::get_if<ClientNonce>(&message);
    if (!said)
    {
        GiveUp(Failure::UnexpectedMessage);
        return;
    }
    if (said->path != path)
    {
        GiveUp(Failure::WrongPath);
        return;
    }
    const SessionId& expected =
        HasShares() ? GetTranscript().session : m_session.value_or(said->session);
    if (said->session != expected)
    {
        GiveUp(Failure::SessionMismatch);
        return;
    }
    m_session = said->session;
    std::vector<NoncePair>& known = GetTranscript().nonces;
    const auto place = std::find_if(known.begin(), known.end(), [path](const NoncePair& nonces) {
        return nonces.path >= path;
    });
    if (place != known.end() && place->path == path)
    {
        GiveUp(Failure::UnexpectedMessage);
        return;
    }
    const NoncePair nonces{path, said->nonce, DrawNonce(GetProcessor())};
    known.insert(place, nonces);
    if (HasShares())
    {
        SendBinding(nonces);
        AcceptIfComplete();
    }
}

void
MtlsServer::HandleShares()
{
    if (m_session && *m_session != GetTranscript().session)
    {
        GiveUp(Failure::SessionMismatch);
        return;
    }
    for (const NoncePair& nonces : GetTranscript().nonces)
    {
        SendBinding(nonces);
    }
}

bool
MtlsServer::IsComplete(PathId path) const
{
    const std::vector<NoncePair>& known = GetTranscript().nonces;
    const bool hasNonce = std::any_of(known.begin(), known.end(), [path](const NoncePair& nonces) {
        return nonces.path == path;
    });
    return hasNonce && HasShares(); // then H has been sent, too
}

void
MtlsServer::SendBinding(const NoncePair& nonces)
{
    const Digest hash = ComputeBinding(GetProcessor(), GetTranscript(), nonces);
    Send(nonces.path, Encode(ServerBinding{nonces.path, nonces.server, hash}));
}

} // namespace smkex
