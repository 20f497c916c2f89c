/*
 * SPDX-License-Identifier: GPL-2.0-only
 */
#include "smkex-tls-pair.h"

#include "ns3/smkex-mtls-engine.h"
#include "ns3/test.h"

#include <algorithm>

using namespace ns3;
using namespace smkex;

namespace
{

KeyExchangeConfig
Config(PathId paths)
{
    KeyExchangeConfig config;
    config.paths = paths;
    return config;
}

TlsPair
MakePair(PathId paths = 2)
{
    return TlsPair(
        [paths](Processor& p) { return std::make_unique<MtlsClient>(p, Config(paths)); },
        [paths](Processor& p) { return std::make_unique<MtlsServer>(p, Config(paths)); });
}

std::string
ReasonOf(const TlsEnd& end)
{
    return end.engine->FailureReason() ? NameOf(*end.engine->FailureReason()) : "none";
}

class HonestCase : public TestCase
{
  public:
    HonestCase()
        : TestCase("Both ends agree over two paths and over more, and data arrives both ways")
    {
    }

  private:
    void DoRun() override
    {
        for (const PathId paths : {2, 3, 8})
        {
            TlsPair pair = MakePair(paths);
            pair.Run(paths);
            NS_TEST_ASSERT_MSG_EQ(pair.client.engine->IsAccepted(), true, ReasonOf(pair.client));
            NS_TEST_ASSERT_MSG_EQ(pair.server.engine->IsAccepted(), true, ReasonOf(pair.server));
            NS_TEST_EXPECT_MSG_EQ(ToHex(pair.client.engine->Keys()->session),
                                  ToHex(pair.server.engine->Keys()->session),
                                  "one key");
            const Bytes request(40000, 7);
            pair.SendData(pair.client, request);
            pair.SendData(pair.server, request);
            NS_TEST_EXPECT_MSG_EQ((pair.server.received == request), true, "request");
            NS_TEST_EXPECT_MSG_EQ((pair.client.received == request), true, "response");
        }
    }
};

/** Another nonce alone makes another key, with the same octets on path 1. */
class NonceCase : public TestCase
{
  public:
    NonceCase()
        : TestCase("The key depends on nonces that path 1 never saw")
    {
    }

  private:
    void DoRun() override
    {
        TlsPair pair = MakePair();
        Bytes path1;
        Bytes path2;
        pair.Run(2, [&](bool, SendBytes& message) {
            Append(message.path == SHARE_PATH ? path1 : path2, message.bytes);
        });
        const Digest key = pair.client.engine->Keys()->session;
        std::optional<Failure> failure;
        const auto decoded = Decode(*PeekFrame(path2, failure));
        const Nonce nonce = std::get<ClientNonce>(std::get<Message>(decoded)).nonce;
        const auto seen = std::search(path1.begin(), path1.end(), nonce.begin(), nonce.end());
        NS_TEST_EXPECT_MSG_EQ((seen == path1.end()), true, "not on path 1");

        TlsPair other = MakePair();
        Bytes otherPath1;
        other.Run(2, [&](bool toServer, SendBytes& message) {
            if (message.path == SHARE_PATH)
            {
                Append(otherPath1, message.bytes);
            }
            else if (toServer)
            {
                message.bytes.back() ^= 1; // the server then mixes another nonce
            }
        });
        NS_TEST_EXPECT_MSG_EQ(ReasonOf(other.client), "binding-mismatch", "H covers the nonce");
        const std::size_t both = std::min(path1.size(), otherPath1.size());
        NS_TEST_EXPECT_MSG_EQ(std::equal(path1.begin(), path1.begin() + both, otherPath1.begin()),
                              true,
                              "TLS knows nothing of it");
        NS_TEST_EXPECT_MSG_NE(ToHex(key), std::string(64, '0'), "a key");
    }
};

/** Whatever is done to the messages of path 2, the client notices. */
class TamperCase : public TestCase
{
  public:
    TamperCase()
        : TestCase("A changed nonce or H is refused, on whichever octet the change is")
    {
    }

  private:
    void DoRun() override
    {
        std::size_t refused = 0;
        for (std::size_t octet = 0; octet < FRAME_HEADER_SIZE + 1 + 32 + 32; ++octet)
        {
            TlsPair pair = MakePair();
            pair.Run(2, [octet](bool toServer, SendBytes& message) {
                if (!toServer && message.path == 2)
                {
                    message.bytes[octet] ^= 0x10;
                }
            });
            refused += pair.client.engine->IsAccepted() ? 0 : 1;
            NS_TEST_EXPECT_MSG_EQ(pair.client.engine->FailureReason().has_value(),
                                  true,
                                  "octet " << octet);
        }
        NS_TEST_EXPECT_MSG_EQ(refused, FRAME_HEADER_SIZE + 1 + 32 + 32, "all of them");
    }
};

class WrongPathCase : public TestCase
{
  public:
    WrongPathCase()
        : TestCase("A message of path 2 on path 1, and the other way round, is refused")
    {
    }

  private:
    void DoRun() override
    {
        TlsPair injected = MakePair();
        injected.Run(2, [](bool toServer, SendBytes& message) {
            message.path = toServer ? message.path : SHARE_PATH;
        });
        NS_TEST_EXPECT_MSG_EQ(injected.client.engine->IsAccepted(), false, "H on path 1");
        NS_TEST_EXPECT_MSG_EQ(injected.client.engine->FailureReason().has_value(), true, "noticed");

        TlsPair crossed = MakePair(3);
        crossed.Run(3, [](bool toServer, SendBytes& message) {
            if (!toServer && message.path != SHARE_PATH)
            {
                message.path = static_cast<PathId>(5 - message.path);
            }
        });
        NS_TEST_EXPECT_MSG_EQ(ReasonOf(crossed.client), "wrong-path", "H of path 2 on path 3");
    }
};

class SessionCase : public TestCase
{
  public:
    SessionCase()
        : TestCase("A nonce of another session is refused, whichever path comes first")
    {
    }

  private:
    void DoRun() override
    {
        for (const bool nonceFirst : {false, true})
        {
            TlsEnd client(1,
                          [](Processor& p) { return std::make_unique<MtlsClient>(p, Config(2)); });
            TlsEnd server(2,
                          [](Processor& p) { return std::make_unique<MtlsServer>(p, Config(2)); });
            client.Take(client.engine->OnStart(Instant(0)));
            client.Take(client.engine->OnPathUp(1, Instant(0)));
            server.Take(server.engine->OnStart(Instant(0)));
            const Bytes nonce = Encode(ClientNonce{SessionId{1}, 2, Nonce{}});
            const Bytes hello = client.outbox.front().bytes;
            server.engine->OnBytes(nonceFirst ? 2 : 1, nonceFirst ? nonce : hello, Instant(0));
            server.engine->OnBytes(nonceFirst ? 1 : 2, nonceFirst ? hello : nonce, Instant(0));
            NS_TEST_EXPECT_MSG_EQ(ReasonOf(server),
                                  "session-mismatch",
                                  "nonce first: " << nonceFirst);
        }
    }
};

class LinkCase : public TestCase
{
  public:
    LinkCase()
        : TestCase("A ClientHello names the session that the nonces name")
    {
    }

  private:
    void DoRun() override
    {
        TlsPair pair = MakePair();
        Bytes hello;
        Bytes nonce;
        pair.Run(2, [&](bool toServer, SendBytes& message) {
            Bytes& first = message.path == SHARE_PATH ? hello : nonce;
            first = toServer && first.empty() ? message.bytes : first;
        });
        for (std::size_t size = 0; size < hello.size(); ++size)
        {
            std::optional<Failure> failure;
            const auto early = PeekMtlsLink(ByteView(hello).First(size), failure);
            NS_TEST_EXPECT_MSG_EQ((early.has_value() || failure.has_value()), false, size);
        }
        std::optional<Failure> failure;
        const auto onPath1 = PeekMtlsLink(hello, failure);
        const auto onPath2 = PeekMtlsLink(nonce, failure);
        NS_TEST_ASSERT_MSG_EQ((onPath1 && onPath2), true, "both are links");
        NS_TEST_EXPECT_MSG_EQ((onPath1->session == onPath2->session), true, "one session");
        NS_TEST_EXPECT_MSG_EQ(onPath1->path, 1, "TLS");
        NS_TEST_EXPECT_MSG_EQ(onPath2->path, 2, "nonces");
        PeekMtlsLink(Encode(ClientShare{SessionId{}, Group::X25519, Bytes(32)}), failure);
        NS_TEST_EXPECT_MSG_EQ((failure == Failure::WrongPath), true, "no other share has a place");
    }
};

class MtlsEngineSuite : public TestSuite
{
  public:
    MtlsEngineSuite()
        : TestSuite("smkex-mtls-engine", UNIT)
    {
        AddTestCase(new HonestCase, QUICK);
        AddTestCase(new NonceCase, QUICK);
        AddTestCase(new TamperCase, QUICK);
        AddTestCase(new WrongPathCase, QUICK);
        AddTestCase(new SessionCase, QUICK);
        AddTestCase(new LinkCase, QUICK);
    }
};

const MtlsEngineSuite g_mtlsEngineSuite;

} // namespace
