/*
 * SPDX-License-Identifier: GPL-2.0-only
 */
#include "smkex-tls-relay.h"

#include <algorithm>
#include <string>

namespace smkex
{

class TlsLeg::NoDraws : public NormalSource
{
  public:
    double Draw() override
    {
        return 0;
    }
};

TlsLeg::TlsLeg(const Digest& seed, const TlsConfig& config)
    : m_noDraws(std::make_unique<NoDraws>()),
      m_random(seed),
      m_processor(m_noCosts, *m_noDraws, m_random),
      m_tls(m_processor, config)
{
}

TlsLeg::~TlsLeg() = default;

namespace
{

Digest
LegSeed(const Situation& situation, const SessionId& session, const std::string& leg)
{
    Bytes label = ByteView(leg).ToBytes();
    Append(label, session);
    return HmacSha256(situation.agreedSecret, label);
}

TlsConfig
TowardsClient(const Situation& situation, Group group)
{
    return {TlsConfig::Role::Server, group, situation.tls->pki, situation.tls->certificate};
}

TlsConfig
TowardsServer(const Situation& situation, Group group, const TlsRandom& random)
{
    TlsConfig config{TlsConfig::Role::Client, group, situation.tls->pki};
    config.verifiesPeer = false;
    config.random = random;
    return config;
}

} // namespace

TlsRelay::TlsRelay(const Situation& situation, const TlsHello& hello, Group group)
    : m_toClient(LegSeed(situation, TlsSessionId(hello.random), "tls to client"),
                 TowardsClient(situation, group)),
      m_toServer(LegSeed(situation, TlsSessionId(hello.random), "tls to server"),
                 TowardsServer(situation, group, hello.random))
{
    m_toServer->Start();
}

void
TlsRelay::Receive(Direction direction, ByteView octets)
{
    m_serverHasSpoken = m_serverHasSpoken || direction == Direction::ToClient;
    (direction == Direction::ToServer ? m_toClient : m_toServer)->Receive(octets);
}

Bytes
TlsRelay::TakeOutput(Direction direction)
{
    // Nothing ahead of the ends themselves: they are to see the round-trip times they are used to,
    // and no sender to be told of octets that it has not sent.
    if (direction == Direction::ToClient)
    {
        return m_serverHasSpoken ? m_toClient->TakeOutput() : Bytes();
    }
    const bool isReleased = !m_hasSaidHello || HasAnswer();
    m_hasSaidHello = true;
    return isReleased ? m_toServer->TakeOutput() : Bytes();
}

Bytes
TlsRelay::TakeContent(Direction direction)
{
    return (direction == Direction::ToServer ? m_toClient : m_toServer)->TakeContent();
}

void
TlsRelay::Send(Direction direction, ByteView content)
{
    (direction == Direction::ToServer ? m_toServer : m_toClient)->Send(content);
}

TlsSubstitutes
TlsRelay::Predict(const Situation& situation, const SessionId& session, Group group)
{
    TlsHello hello{};
    std::copy(session.begin(), session.end(), hello.random.begin());
    TlsRelay relay(situation, hello, group);
    // Any ClientHello of the group makes the relay draw its share: its own one, say.
    relay.Receive(Direction::ToServer, relay.TakeOutput(Direction::ToServer));
    return {*relay.ServerLeg().ClientHello()->Share(group),
            *relay.ClientLeg().ServerHello()->Share(group)};
}

} // namespace smkex
