/*
 * SPDX-License-Identifier: GPL-2.0-only
 */
#include "smkex-tcpcrypt-engine.h"

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

TcpcryptClient::TcpcryptClient(Processor& processor, const KeyExchangeConfig& config)
    : TcpcryptEngine(processor, config, InitKind::Init2)
{
}

void
TcpcryptClient::HandleStart()
{
    m_exchange.nonceA = DrawNonce(GetProcessor());
    for (PathId path = FIRST_NONCE_PATH; path <= Paths(); ++path)
    {
        m_bindings.push_back({{path, DrawNonce(GetProcessor()), {}}});
    }
    m_keyPair = GetProcessor().GenerateKeyPair(GetGroup()); // while the connection comes up
}

void
TcpcryptClient::BeginExchange()
{
    m_exchange.init1 =
        Encode(Init1{{TCPCRYPT_AES_128_GCM}, m_exchange.nonceA, m_keyPair.publicKey}, GetGroup());
    Send(SHARE_PATH, m_exchange.init1);
}

void
TcpcryptClient::HandleInit(ByteView message)
{
    const std::variant<Init2, Failure> decoded = DecodeInit2(message, GetGroup());
    if (const auto* reason = std::get_if<Failure>(&decoded))
    {
        GiveUp(*reason);
        return;
    }
    const auto& init = std::get<Init2>(decoded);
    if (init.cipher != TCPCRYPT_AES_128_GCM)
    {
        GiveUp(Failure::NoCommonCipher);
        return;
    }
    if (!CheckPeerKey(init.publicKey))
    {
        return;
    }
    m_exchange.init2 = message.ToBytes();
    SendNonces(); // the server can use them before this end has computed anything
    AgreeOnKeys(init.publicKey);
    if (m_keys)
    {
        AcceptIfComplete();
    }
}

void
TcpcryptClient::HandleNoncePathUp(PathId path)
{
    if (path <= Paths())
    {
        m_bindings[path - FIRST_NONCE_PATH].up = true;
        SendNonces();
    }
}

void
TcpcryptClient::SendNonces()
{
    for (Binding& binding : m_bindings)
    {
        if (binding.up && !binding.sent && !m_exchange.init2.empty())
        {
            const NoncePair& nonces = binding.nonces;
            Send(nonces.path,
                 Encode(ClientNonce{LinkOf(m_exchange.nonceA), nonces.path, nonces.client}));
            binding.sent = true;
        }
    }
}

void
TcpcryptClient::HandleMessage(PathId path, const Message& message)
{
    const auto* answer = std::get_if<ServerBinding>(&message);
    if (!answer)
    {
        GiveUp(Failure::UnexpectedMessage);
        return;
    }
    if (answer->path != path)
    {
        GiveUp(Failure::WrongPath);
        return;
    }
    Binding& binding = m_bindings[path - FIRST_NONCE_PATH];
    if (!binding.sent || binding.verified)
    {
        GiveUp(Failure::UnexpectedMessage);
        return;
    }
    binding.nonces.server = answer->nonce;
    const Digest expected =
        ComputeTcpcryptBinding(GetProcessor(), m_keys->sessionId, binding.nonces);
    if (!EqualInConstantTime(expected, answer->hash))
    {
        GiveUp(Failure::BindingMismatch);
        return;
    }
    binding.verified = true;
    AcceptIfComplete();
}

void
TcpcryptClient::AcceptIfComplete()
{
    if (std::all_of(m_bindings.begin(), m_bindings.end(), [](const Binding& binding) {
            return binding.verified;
        }))
    {
        AcceptUnderDerivedKeys();
    }
}

TcpcryptServer::TcpcryptServer(Processor& processor, const KeyExchangeConfig& config)
    : TcpcryptEngine(processor, config, InitKind::Init1)
{
}

void
TcpcryptServer::HandleStart()
{
}

void
TcpcryptServer::BeginExchange()
{
}

void
TcpcryptServer::HandleInit(ByteView message)
{
    const std::variant<Init1, Failure> decoded = DecodeInit1(message, GetGroup());
    if (const auto* reason = std::get_if<Failure>(&decoded))
    {
        GiveUp(*reason);
        return;
    }
    const auto& init = std::get<Init1>(decoded);
    if (std::find(init.ciphers.begin(), init.ciphers.end(), TCPCRYPT_AES_128_GCM) ==
        init.ciphers.end())
    {
        GiveUp(Failure::NoCommonCipher);
        return;
    }
    if (!JoinSession(LinkOf(init.nonce)))
    {
        return;
    }
    m_exchange.nonceA = init.nonce;
    m_exchange.init1 = message.ToBytes();
    m_keyPair = GetProcessor().GenerateKeyPair(GetGroup());
    m_exchange.init2 =
        Encode(Init2{TCPCRYPT_AES_128_GCM, DrawNonce(GetProcessor()), m_keyPair.publicKey},
               GetGroup());
    Send(SHARE_PATH, m_exchange.init2); // the client waits for it, so it leaves first
    AgreeOnKeys(init.publicKey);
    if (m_keys)
    {
        SendBindings();
    }
}

void
TcpcryptServer::HandleMessage(PathId path, const Message& message)
{
    const auto* nonce = std::get_if<ClientNonce>(&message);
    if (!nonce)
    {
        GiveUp(Failure::UnexpectedMessage);
        return;
    }
    if (nonce->path != path)
    {
        GiveUp(Failure::WrongPath);
        return;
    }
    const bool known = std::any_of(m_nonces.begin(), m_nonces.end(), [path](const NoncePair& n) {
        return n.path == path;
    });
    if (known)
    {
        GiveUp(Failure::UnexpectedMessage);
        return;
    }
    if (JoinSession(nonce->session))
    {
        m_nonces.push_back({path, nonce->nonce, DrawNonce(GetProcessor())});
        SendBindings();
    }
}

bool
TcpcryptServer::JoinSession(const SessionId& link)
{
    if (m_link && *m_link != link)
    {
        GiveUp(Failure::SessionMismatch);
        return false;
    }
    m_link = link;
    return true;
}

void
TcpcryptServer::SendBindings()
{
    if (!m_keys)
    {
        return;
    }
    for (; m_bindingsSent < m_nonces.size(); ++m_bindingsSent)
    {
        const NoncePair& nonces = m_nonces[m_bindingsSent];
        const Digest hash = ComputeTcpcryptBinding(GetProcessor(), m_keys->sessionId, nonces);
        Send(nonces.path, Encode(ServerBinding{nonces.path, nonces.server, hash}));
    }
    const std::size_t noncePaths = Paths() - SHARE_PATH;
    if (m_nonces.size() == noncePaths)
    {
        AcceptUnderDerivedKeys();
    }
}

} // namespace smkex
