/*
 * SPDX-License-Identifier: GPL-2.0-only
 */
#include "ns3/smkex-tls-relay.h"
#include "ns3/test.h"

#include <memory>

using namespace ns3;
using namespace smkex;

namespace
{

Situation
WithCertificate(TlsCertificate certificate)
{
    Situation situation{};
    situation.agreedSecret = Digest{9};
    situation.tls = TlsForgery{TlsPki::Default(), certificate};
    return situation;
}

/** Two true ends with a relay between them. */
struct Wire
{
    Wire(const Situation& situation, Group group)
        : client(Digest{1}, {TlsConfig::Role::Client, group, TlsPki::Default()}),
          server(Digest{2}, {TlsConfig::Role::Server, group, TlsPki::Default()})
    {
        client->Start();
        relay = std::make_unique<TlsRelay>(situation, *client->ClientHello(), group);
    }

    void Run()
    {
        for (int i = 0; i < 3; ++i)
        {
            relay->Receive(Direction::ToServer, client->TakeOutput());
            server->Receive(relay->TakeOutput(Direction::ToServer));
            relay->Receive(Direction::ToClient, server->TakeOutput());
            client->Receive(relay->TakeOutput(Direction::ToClient));
        }
    }

    TlsLeg client;
    TlsLeg server;
    std::unique_ptr<TlsRelay> relay;
};

class RelayCase : public TestCase
{
  public:
    RelayCase()
        : TestCase("With a valid certificate there is one handshake with each end, under the "
                   "client's random")
    {
    }

  private:
    void DoRun() override
    {
        Wire wire(WithCertificate(TlsCertificate::Rogue), Group::X25519);
        wire.Run();
        NS_TEST_ASSERT_MSG_EQ(wire.relay->IsEstablished(), true, "both legs");
        NS_TEST_ASSERT_MSG_EQ((wire.client->IsEstablished() && wire.server->IsEstablished()),
                              true,
                              "both ends");
        NS_TEST_EXPECT_MSG_EQ(
            (wire.client->ClientHello()->random == wire.server->ClientHello()->random),
            true,
            "handed on");
        const std::string label = "EXPORTER-test";
        const std::string atClient = ToHex(wire.client->Export(label, 32));
        const std::string atServer = ToHex(wire.server->Export(label, 32));
        NS_TEST_EXPECT_MSG_EQ(ToHex(wire.relay->ClientLeg().Export(label, 32)), atClient, "client");
        NS_TEST_EXPECT_MSG_EQ(ToHex(wire.relay->ServerLeg().Export(label, 32)), atServer, "server");
        NS_TEST_EXPECT_MSG_NE(atClient, atServer, "two sessions");
    }
};

class RefusedCase : public TestCase
{
  public:
    RefusedCase()
        : TestCase("Without one the client refuses, and the server notices nothing")
    {
    }

  private:
    void DoRun() override
    {
        Wire wire(WithCertificate(TlsCertificate::SelfSigned), Group::X25519);
        wire.Run();
        NS_TEST_EXPECT_MSG_EQ((wire.client->FailureReason() == Failure::CertificateUntrusted),
                              true,
                              "refused");
        NS_TEST_EXPECT_MSG_EQ((wire.relay->ClientLeg().FailureReason() == Failure::TlsAlert),
                              true,
                              "told so");
        NS_TEST_EXPECT_MSG_EQ(wire.server->IsEstablished(), true, "a server talks to anybody");
    }
};

class PredictionCase : public TestCase
{
  public:
    PredictionCase()
        : TestCase("Who shares the secret agreed on predicts the shares, nobody else does")
    {
    }

  private:
    void DoRun() override
    {
        for (const Group group : {Group::X25519, Group::P256})
        {
            const Situation situation = WithCertificate(TlsCertificate::Rogue);
            Wire wire(situation, group);
            wire.Run();
            const SessionId session = TlsSessionId(wire.client->ClientHello()->random);
            const Bytes forServer = *wire.server->ClientHello()->Share(group);
            const Bytes forClient = *wire.client->ServerHello()->Share(group);
            const TlsSubstitutes known = TlsRelay::Predict(situation, session, group);
            NS_TEST_EXPECT_MSG_EQ(ToHex(known.forServer), ToHex(forServer), NameOf(group));
            NS_TEST_EXPECT_MSG_EQ(ToHex(known.forClient), ToHex(forClient), NameOf(group));
            Situation stranger = situation;
            stranger.agreedSecret = Digest{8};
            const TlsSubstitutes guessed = TlsRelay::Predict(stranger, session, group);
            NS_TEST_EXPECT_MSG_NE(ToHex(guessed.forServer), ToHex(forServer), NameOf(group));
            NS_TEST_EXPECT_MSG_NE(ToHex(guessed.forClient), ToHex(forClient), NameOf(group));
        }
    }
};

class TlsRelaySuite : public TestSuite
{
  public:
    TlsRelaySuite()
        : TestSuite("smkex-tls-relay", UNIT)
    {
        AddTestCase(new RelayCase, QUICK);
        AddTestCase(new RefusedCase, QUICK);
        AddTestCase(new PredictionCase, QUICK);
    }
};

const TlsRelaySuite g_tlsRelaySuite;

} // namespace
