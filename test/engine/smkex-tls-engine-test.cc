/*
 * SPDX-License-Identifier: GPL-2.0-only
 */
#include "smkex-tls-pair.h"

#include "ns3/smkex-tls-engine.h"
#include "ns3/smkex-tls-scope.h"
#include "ns3/test.h"

#include <gnutls/crypto.h>
#include <gnutls/gnutls.h>

using namespace ns3;
using namespace smkex;

namespace
{

TlsEnd::Maker
Tls(TlsConfig::Role role, Group group = Group::X25519)
{
    return [role, group](Processor& processor) {
        KeyExchangeConfig config;
        config.group = group;
        return std::make_unique<TlsEngine>(processor, role, config);
    };
}

TlsPair
MakePair(Group group = Group::X25519, std::uint8_t seed = 1)
{
    return TlsPair(Tls(TlsConfig::Role::Client, group),
                   Tls(TlsConfig::Role::Server, group),
                   Instant(0),
                   seed);
}

class HandshakeCase : public TestCase
{
  public:
    HandshakeCase()
        : TestCase("Client and server agree on one key, and data arrives both ways")
    {
    }

  private:
    void DoRun() override
    {
        for (const Group group : {Group::X25519, Group::P256})
        {
            TlsPair pair = MakePair(group);
            pair.Run(1);
            NS_TEST_ASSERT_MSG_EQ(pair.client.engine->IsAccepted(), true, NameOf(group));
            NS_TEST_ASSERT_MSG_EQ(pair.server.engine->IsAccepted(), true, NameOf(group));
            NS_TEST_EXPECT_MSG_EQ(ToHex(pair.client.engine->Keys()->session),
                                  ToHex(pair.server.engine->Keys()->session),
                                  "one exporter");
            const Bytes request(40000, 7); // more than two records
            const Bytes response(3, 9);
            pair.SendData(pair.client, request);
            pair.SendData(pair.server, response);
            NS_TEST_EXPECT_MSG_EQ((pair.server.received == request), true, NameOf(group));
            NS_TEST_EXPECT_MSG_EQ((pair.client.received == response), true, NameOf(group));
        }
    }
};

class GroupCase : public TestCase
{
  public:
    GroupCase()
        : TestCase("A server of another group refuses by an alert")
    {
    }

  private:
    void DoRun() override
    {
        TlsPair pair(Tls(TlsConfig::Role::Client, Group::X25519),
                     Tls(TlsConfig::Role::Server, Group::P256));
        pair.Run(1);
        NS_TEST_EXPECT_MSG_EQ(pair.server.engine->FailureReason().has_value(), true, "refused");
        NS_TEST_EXPECT_MSG_EQ((pair.client.engine->FailureReason() == Failure::TlsAlert),
                              true,
                              "and told");
        NS_TEST_EXPECT_MSG_EQ(IsDetection(Failure::TlsAlert), false, "by the peer's word only");
    }
};

class RepeatCase : public TestCase
{
  public:
    RepeatCase()
        : TestCase("The same seed gives the same octets, another seed gives others")
    {
    }

  private:
    void DoRun() override
    {
        NS_TEST_ASSERT_MSG_EQ(TlsScope::IsEffective(), true, "GnuTLS draws from this module");
        TlsPair first = MakePair(Group::X25519, 1);
        TlsPair second = MakePair(Group::X25519, 2);
        TlsPair third = MakePair(Group::X25519, 1);
        for (TlsPair* pair : {&first, &second, &third})
        {
            pair->Run(1);
            pair->SendData(pair->client, Bytes(100, 1));
        }
        NS_TEST_EXPECT_MSG_EQ(ToHex(first.wireLog), ToHex(third.wireLog), "same seed");
        NS_TEST_EXPECT_MSG_EQ(first.wireLog.size(), second.wireLog.size(), "sizes are constant");
        NS_TEST_EXPECT_MSG_NE(ToHex(first.wireLog), ToHex(second.wireLog), "another seed");
    }
};

/** Whoever else uses the library in this process. */
class BystanderCase : public TestCase
{
  public:
    BystanderCase()
        : TestCase("Outside of a scope GnuTLS has its own randomness and the host's time")
    {
    }

  private:
    static Bytes DrawKey()
    {
        gnutls_datum_t key{nullptr, 0};
        gnutls_key_generate(&key, 32);
        const Bytes drawn(key.data, key.data + key.size);
        gnutls_free(key.data);
        return drawn;
    }

    void DoRun() override
    {
        const Bytes before = DrawKey();
        SeededRandomSource random{Digest{1}};
        SeededRandomSource same{Digest{1}};
        Bytes inside;
        {
            const TlsScope scope(random, Instant(0));
            inside = DrawKey();
            SeededRandomSource other{Digest{2}};
            {
                const TlsScope inner(other, Instant(0));
                DrawKey();
            }
            Append(inside, DrawKey());
        }
        NS_TEST_EXPECT_MSG_EQ(ToHex(inside), ToHex(same.Draw(64)), "the innermost scope's source");
        NS_TEST_EXPECT_MSG_NE(ToHex(before), ToHex(DrawKey()), "not repeated");
        NS_TEST_EXPECT_MSG_NE(ToHex(before), std::string(64, '0'), "drawn");
    }
};

/** What each certificate is worth to a client, at a time. */
class CertificateCase : public TestCase
{
  public:
    CertificateCase()
        : TestCase("A client takes a certificate by its chain, its name and the simulated time")
    {
    }

  private:
    static std::optional<Failure> Present(TlsCertificate certificate, Instant now, bool& valid)
    {
        TlsBench client(1);
        TlsBench server(2);
        client.processor.Begin(now);
        TlsSession clientEnd(client.processor,
                             {TlsConfig::Role::Client, Group::X25519, TlsPki::Default()});
        TlsSession serverEnd(
            server.processor,
            {TlsConfig::Role::Server, Group::X25519, TlsPki::Default(), certificate});
        clientEnd.Start();
        for (int i = 0; i < 3; ++i)
        {
            serverEnd.Receive(clientEnd.TakeOutput());
            clientEnd.Receive(serverEnd.TakeOutput());
        }
        valid = clientEnd.IsEstablished();
        const bool told = serverEnd.FailureReason() == Failure::TlsAlert;
        return valid || told ? clientEnd.FailureReason() : std::nullopt;
    }

    void DoRun() override
    {
        const Instant start(0);
        const auto years = [](int count) { return Instant(std::chrono::hours(count * 365 * 24)); };
        const std::vector<std::tuple<TlsCertificate, Instant, std::optional<Failure>>> table{
            {TlsCertificate::Authentic, start, std::nullopt},
            {TlsCertificate::Authentic, years(199), std::nullopt},
            {TlsCertificate::Authentic, years(201), Failure::CertificateExpired},
            {TlsCertificate::Rogue, start, std::nullopt},
            {TlsCertificate::Expired, start, Failure::CertificateExpired},
            {TlsCertificate::Rogue, years(201), Failure::CertificateExpired},
            {TlsCertificate::WrongName, start, Failure::CertificateName},
            {TlsCertificate::SelfSigned, start, Failure::CertificateUntrusted},
        };
        const TlsPki& pki = *TlsPki::Default();
        const std::size_t size = pki.Identity(TlsCertificate::Authentic).certificate.size();
        for (const auto& [certificate, now, expected] : table)
        {
            NS_TEST_EXPECT_MSG_EQ(pki.Identity(certificate).certificate.size(),
                                  size,
                                  "of one length: " << NameOf(certificate));
            bool valid = false;
            const std::optional<Failure> failure = Present(certificate, now, valid);
            const std::string what = std::string(NameOf(certificate)) + ": " +
                                     (failure ? NameOf(*failure) : "no failure");
            NS_TEST_EXPECT_MSG_EQ((failure == expected), true, what);
            NS_TEST_EXPECT_MSG_EQ(valid, !expected.has_value(), what);
            NS_TEST_EXPECT_MSG_EQ((!expected || IsDetection(*expected)), true, what);
        }
    }
};

class ChargeCase : public TestCase
{
  public:
    ChargeCase()
        : TestCase("A handshake is charged operation by operation, at both ends")
    {
    }

  private:
    void DoRun() override
    {
        TlsPair pair = MakePair();
        for (TlsEnd* end : {&pair.client, &pair.server})
        {
            for (std::size_t i = 0; i < OPERATION_COUNT; ++i)
            {
                end->bench.profile.Set(static_cast<Operation>(i), {1000, 0, 0});
            }
        }
        pair.Run(1);
        auto& client = pair.client.bench.operations;
        auto& server = pair.server.bench.operations;
        for (auto* end : {&client, &server})
        {
            NS_TEST_EXPECT_MSG_EQ((*end)[Operation::KeyGenerationX25519], 1, "one key pair");
            NS_TEST_EXPECT_MSG_EQ((*end)[Operation::AgreementX25519], 1, "one agreement");
            // Handshake 8, application 7, two Finished keys.
            NS_TEST_EXPECT_MSG_EQ((*end)[Operation::KdfHkdfSha256], 17, "RFC 8446, 7.1");
            // Seven messages: two hellos, extensions, two of the certificate, two Finished with a
            // MAC each.
            NS_TEST_EXPECT_MSG_EQ((*end)[Operation::HashSha256], 9, "the transcript");
        }
        NS_TEST_EXPECT_MSG_EQ(server[Operation::SignEd25519], 1, "CertificateVerify");
        NS_TEST_EXPECT_MSG_EQ(client[Operation::SignEd25519], 0, "clients are anonymous");
        NS_TEST_EXPECT_MSG_EQ(client[Operation::VerifyEd25519], 2, "the signature and the chain");
        NS_TEST_EXPECT_MSG_EQ(server[Operation::VerifyEd25519], 0, "nothing to verify");
        NS_TEST_EXPECT_MSG_EQ(client[Operation::OpenAes128Gcm],
                              server[Operation::SealAes128Gcm],
                              "what one seals the other one opens");
        NS_TEST_EXPECT_MSG_EQ(client[Operation::OpenAes128Gcm], 4, "the server's flight");
        NS_TEST_EXPECT_MSG_EQ(client[Operation::SealAes128Gcm], 1, "the client's Finished");
        NS_TEST_EXPECT_MSG_EQ(server[Operation::OpenAes128Gcm], 1, "likewise");
        unsigned count = 0;
        for (const auto& entry : client)
        {
            count += entry.second;
        }
        NS_TEST_EXPECT_MSG_EQ(pair.client.bench.processor.Computed().count(),
                              count * 1000,
                              "each takes its time");
    }
};

class TlsEngineSuite : public TestSuite
{
  public:
    TlsEngineSuite()
        : TestSuite("smkex-tls-engine", UNIT)
    {
        AddTestCase(new HandshakeCase, QUICK);
        AddTestCase(new GroupCase, QUICK);
        AddTestCase(new RepeatCase, QUICK);
        AddTestCase(new BystanderCase, QUICK);
        AddTestCase(new CertificateCase, QUICK);
        AddTestCase(new ChargeCase, QUICK);
    }
};

const TlsEngineSuite g_tlsEngineSuite;

} // namespace
