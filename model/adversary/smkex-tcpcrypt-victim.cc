/*
 * SPDX-License-Identifier: GPL-2.0-only
 */
#include "smkex-tcpcrypt-victim.h"

#include <algorithm>

namespace smkex
{

TcpcryptVictim::TcpcryptVictim(Processor& processor, const EnoOutcome& negotiated)
    : m_processor(processor),
      m_group(GroupOfTep(negotiated.tep).value_or(Group::X25519)),
      m_clientView{negotiated.tep, negotiated.transcript, {}, {}, {}, {}},
      m_serverView(m_clientView)
{
}

std::optional<Bytes>
TcpcryptVictim::ReplaceInit1(ByteView message)
{
    std::variant<Init1, Failure> decoded = DecodeInit1(message, m_group);
    auto* init = std::get_if<Init1>(&decoded);
    if (!init)
    {
        return std::nullopt;
    }
    m_clientKey = init->publicKey;
    m_clientView.nonceA = init->nonce;
    m_clientView.init1 = message.ToBytes();

    m_forServer = m_processor.GenerateKeyPair(m_group);
    const Bytes drawn = m_processor.DrawRandom(sizeof(Nonce) - sizeof(SessionId));
    std::copy(drawn.begin(), drawn.end(), init->nonce.begin() + sizeof(SessionId));
    init->publicKey = m_forServer.publicKey;
    m_serverView.nonceA = init->nonce;
    m_serverView.init1 = Encode(*init, m_group);
    return m_serverView.init1;
}

std::optional<Bytes>
TcpcryptVictim::ReplaceInit2(ByteView message)
{
    std::variant<Init2, Failure> decoded = DecodeInit2(message, m_group);
    auto* init = std::get_if<Init2>(&decoded);
    if (!init || init->cipher != TCPCRYPT_AES_128_GCM)
    {
        return std::nullopt;
    }
    m_forClient = m_processor.GenerateKeyPair(m_group);
    const AgreementResult withClient =
        m_processor.Agree(m_group, m_forClient.privateKey, m_clientKey);
    const AgreementResult withServer =
        m_processor.Agree(m_group, m_forServer.privateKey, init->publicKey);
    if (withClient.error != PublicKeyError::None || withServer.error != PublicKeyError::None)
    {
        return std::nullopt;
    }
    m_serverView.init2 = message.ToBytes();
    m_serverView.secret = withServer.secret;

    const Bytes drawn = m_processor.DrawRandom(init->nonce.size());
    std::copy(drawn.begin(), drawn.end(), init->nonce.begin());
    init->publicKey = m_forClient.publicKey;
    m_clientView.init2 = Encode(*init, m_group);
    m_clientView.secret = withClient.secret;

    m_withClient = DeriveTcpcryptKeys(m_processor, m_clientView);
    m_withServer = DeriveTcpcryptKeys(m_processor, m_serverView);
    m_legs[static_cast<int>(Direction::ToServer)].emplace(
        Leg{{m_withClient->keys.clientToServer, m_clientView.init1.size()},
            {m_withServer->keys.clientToServer, m_serverView.init1.size()}});
    m_legs[static_cast<int>(Direction::ToClient)].emplace(
        Leg{{m_withServer->keys.serverToClient, m_serverView.init2.size()},
            {m_withClient->keys.serverToClient, m_clientView.init2.size()}});
    return m_clientView.init2;
}

std::optional<Bytes>
TcpcryptVictim::Relay(Direction direction, ByteView frame, Bytes& read)
{
    Leg& leg = *m_legs[static_cast<int>(direction)];
    const std::optional<TcpcryptPlaintext> plaintext = leg.opening.Open(m_processor, frame);
    if (!plaintext)
    {
        return std::nullopt;
    }
    Append(read, plaintext->data);
    return leg.sealing.Seal(m_processor, *plaintext);
}

} // namespace smkex
