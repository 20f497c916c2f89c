/*
 * SPDX-License-Identifier: GPL-2.0-only
 */
#include "smkex-engine-pair.h"

#include "ns3/smkex-secret-sharing.h"
#include "ns3/test.h"

using namespace ns3;
using namespace smkex;

namespace
{

/** Both ends of one exchange over some paths. */
struct Sharing
{
    explicit Sharing(PathId paths, std::uint8_t seed = 1)
        : client(seed),
          server(seed + 100),
          pair(client, server)
    {
        KeyExchangeConfig config;
        config.paths = paths;
        client.engine = std::make_unique<SecretSharingClient>(client.processor, config);
        server.engine = std::make_unique<SecretSharingServer>(server.processor, config);
    }

    EngineEnd client;
    EngineEnd server;
    EnginePair pair;
};

/** \return why a server of two paths gives up when these octets come, if it does */
std::optional<Failure>
FailureOfServer(const std::vector<std::pair<PathId, Bytes>>& octets)
{
    Sharing sharing(2);
    sharing.server.engine->OnStart({});
    for (const auto& [path, bytes] : octets)
    {
        sharing.server.engine->OnBytes(path, bytes, {});
    }
    return sharing.server.engine->FailureReason();
}

Bytes
ShareFrame(PathId path, std::size_t size, std::uint8_t session = 7)
{
    return Encode(SecretShare{SessionId{session}, path, Bytes(size, 0x5a)});
}

class SplitCase : public TestCase
{
  public:
    SplitCase()
        : TestCase("All shares give the secret, and any one fewer are independent of it")
    {
    }

  private:
    void DoRun() override
    {
        for (PathId paths = 1; paths <= MAX_PATHS; ++paths)
        {
            EngineEnd one(paths);
            EngineEnd two(paths);
            Secret secret;
            one.random.Fill(secret.data(), secret.size());
            two.random.Fill(secret.data(), secret.size());
            Secret other = secret;
            other[5] ^= 0x80;
            const std::vector<Secret> shares = SplitSecret(one.processor, secret, paths);
            const std::vector<Secret> shifted = SplitSecret(two.processor, other, paths);
            NS_TEST_ASSERT_MSG_EQ(shares.size(), paths, "one share a path");
            NS_TEST_EXPECT_MSG_EQ((CombineShares(shares) == secret), true, "all give the secret");
            NS_TEST_EXPECT_MSG_EQ((CombineShares(shifted) == other), true, "likewise another one");
            // Whichever share is unknown: a change of it alone turns one secret into the other.
            for (PathId unknown = 0; unknown < paths; ++unknown)
            {
                std::vector<Secret> guess = shares;
                guess[unknown][5] ^= 0x80;
                NS_TEST_EXPECT_MSG_EQ((CombineShares(guess) == other),
                                      true,
                                      "without share " << unknown + 1 << " both are as likely");
            }
            for (PathId i = 1; i < paths; ++i)
            {
                NS_TEST_EXPECT_MSG_EQ((shares[i] == shifted[i]), true, "drawn without the secret");
                NS_TEST_EXPECT_MSG_EQ((shares[i] != shares[0]), true, "no two alike");
            }
        }
    }
};

class ExchangeCase : public TestCase
{
  public:
    ExchangeCase()
        : TestCase("The client accepts when its last share is sent, the server when all are in")
    {
    }

  private:
    void DoRun() override
    {
        for (PathId paths = 1; paths <= MAX_PATHS; ++paths)
        {
            Sharing s(paths);
            s.client.Take(s.client.engine->OnStart({}));
            s.server.Take(s.server.engine->OnStart({}));
            for (PathId path = paths; path >= 1; --path)
            {
                NS_TEST_EXPECT_MSG_EQ(s.client.engine->IsAccepted(), false, "a path is missing");
                s.client.Take(s.client.engine->OnPathUp(path, {}));
            }
            NS_TEST_EXPECT_MSG_EQ(s.client.engine->IsAccepted(), true, "nothing came back");
            NS_TEST_EXPECT_MSG_EQ(s.client.everSent.size(), paths, "one message a path");
            const Bytes request(40000, 0x33);
            s.client.Take(s.client.engine->SendApplicationData(request, {}));
            s.pair.Settle();
            NS_TEST_ASSERT_MSG_EQ(s.server.engine->IsAccepted(), true, "all shares are in");
            NS_TEST_EXPECT_MSG_EQ(
                (s.client.engine->Keys()->session == s.server.engine->Keys()->session),
                true,
                "one key");
            NS_TEST_EXPECT_MSG_EQ((s.server.received == request), true, "the request");
            const Bytes response(100, 0x44);
            s.server.Take(s.server.engine->SendApplicationData(response, {}));
            s.pair.Settle();
            NS_TEST_EXPECT_MSG_EQ((s.client.received == response), true, "the response");
        }
    }
};

class EarlyDataCase : public TestCase
{
  public:
    EarlyDataCase()
        : TestCase("Data ahead of the last share waits for it, much of it and in any pieces")
    {
    }

  private:
    void DoRun() override
    {
        Sharing s(2);
        s.pair.Connect(2);
        NS_TEST_ASSERT_MSG_EQ(s.client.outbox.size(), 2, "two shares");
        const SendBytes late = s.client.outbox.back();
        s.client.outbox.pop_back();
        const Bytes request = s.client.random.Draw(3000000);
        s.client.Take(s.client.engine->SendApplicationData(request, {}));
        Bytes stream;
        for (const SendBytes& sent : s.client.outbox)
        {
            Append(stream, sent.bytes);
        }
        s.client.outbox.clear();
        ByteView rest = stream;
        while (!rest.empty())
        {
            const std::size_t size = std::min<std::size_t>(rest.size(), 1379);
            s.server.Take(s.server.engine->OnBytes(1, rest.First(size), {}));
            rest = rest.From(size);
        }
        NS_TEST_EXPECT_MSG_EQ(s.server.engine->IsAccepted(), false, "share 2 is missing");
        NS_TEST_EXPECT_MSG_EQ(s.server.received.empty(), true, "nothing can be read");
        for (const std::uint8_t octet : late.bytes)
        {
            s.server.Take(s.server.engine->OnBytes(2, Bytes{octet}, {}));
        }
        NS_TEST_EXPECT_MSG_EQ(s.server.engine->IsAccepted(), true, "share 2 has come");
        NS_TEST_EXPECT_MSG_EQ((s.server.received == request), true, "all of it, in order");
    }
};

class ReplacedShareCase : public TestCase
{
  public:
    ReplacedShareCase()
        : TestCase("A replaced share gives the server another key, and its records do not open")
    {
    }

  private:
    void DoRun() override
    {
        for (PathId replaced = 1; replaced <= 3; ++replaced)
        {
            Sharing s(3);
            s.pair.tamper = [replaced](bool toServer, PathId path, Bytes octets) {
                if (toServer && path == replaced &&
                    octets[0] == static_cast<std::uint8_t>(MessageType::SecretShare))
                {
                    octets.back() ^= 1;
                }
                return octets;
            };
            s.pair.Connect(3);
            s.pair.Settle();
            NS_TEST_ASSERT_MSG_EQ(s.server.engine->IsAccepted(), true, "nothing to be seen");
            NS_TEST_EXPECT_MSG_EQ(
                (s.client.engine->Keys()->session != s.server.engine->Keys()->session),
                true,
                "two keys");
            s.client.Take(s.client.engine->SendApplicationData(Bytes(10, 1), {}));
            s.pair.Settle();
            NS_TEST_EXPECT_MSG_EQ(
                (s.server.engine->FailureReason() == Failure::RecordAuthentication),
                true,
                "the first record tells");
        }
    }
};

class BadShareCase : public TestCase
{
  public:
    BadShareCase()
        : TestCase("A share of the wrong size, on the wrong path, twice or of another session is "
                   "refused with its reason")
    {
    }

  private:
    void Expect(const std::vector<std::pair<PathId, Bytes>>& octets, Failure reason)
    {
        const std::optional<Failure> failure = FailureOfServer(octets);
        NS_TEST_ASSERT_MSG_EQ(failure.has_value(), true, "refused: " << NameOf(reason));
        NS_TEST_EXPECT_MSG_EQ(std::string(NameOf(*failure)), NameOf(reason), "the reason");
    }

    void DoRun() override
    {
        NS_TEST_EXPECT_MSG_EQ(
            FailureOfServer({{1, ShareFrame(1, SECRET_SIZE)}, {2, ShareFrame(2, SECRET_SIZE)}})
                .has_value(),
            false,
            "good ones pass");
        for (const std::size_t size : {0, 1, 31, 33, 64})
        {
            Expect({{1, ShareFrame(1, size)}}, Failure::SecretShareLength);
        }
        Expect({{1, ShareFrame(1, 65)}}, Failure::OversizedMessage);
        Expect({{1, ShareFrame(2, SECRET_SIZE)}}, Failure::WrongPath);
        Expect({{2, ShareFrame(1, SECRET_SIZE)}}, Failure::WrongPath);
        Expect({{1, ShareFrame(0, SECRET_SIZE)}}, Failure::WrongPath);
        Expect({{3, ShareFrame(3, SECRET_SIZE)}}, Failure::WrongPath);
        Expect({{1, ShareFrame(1, SECRET_SIZE)}, {1, ShareFrame(1, SECRET_SIZE)}},
               Failure::UnexpectedMessage);
        Expect({{1, ShareFrame(1, SECRET_SIZE)}, {2, ShareFrame(2, SECRET_SIZE, 8)}},
               Failure::SessionMismatch);
        Bytes version = ShareFrame(1, SECRET_SIZE);
        version[FRAME_HEADER_SIZE] ^= 1;
        Expect({{1, version}}, Failure::UnsupportedVersion);
        Bytes truncated{static_cast<std::uint8_t>(MessageType::SecretShare), 0, 17};
        truncated.resize(FRAME_HEADER_SIZE + 17, PROTOCOL_VERSION);
        Expect({{1, truncated}}, Failure::MalformedMessage);
        Expect({{1, Encode(ServerShare{Bytes(32, 9)})}}, Failure::UnexpectedMessage);
    }
};

class AnsweringServerCase : public TestCase
{
  public:
    AnsweringServerCase()
        : TestCase("A client refuses whatever comes before it has accepted, and lost paths")
    {
    }

  private:
    void DoRun() override
    {
        Sharing s(2);
        s.client.engine->OnStart({});
        s.client.engine->OnPathUp(1, {});
        s.client.engine->OnBytes(1, ShareFrame(1, SECRET_SIZE), {});
        NS_TEST_EXPECT_MSG_EQ((s.client.engine->FailureReason() == Failure::UnexpectedMessage),
                              true,
                              "a server has nothing to say");
        Sharing lost(2);
        lost.client.engine->OnStart({});
        lost.client.engine->OnPathUp(1, {});
        lost.client.engine->OnPathDown(2, PathEnd::Reset, {});
        NS_TEST_EXPECT_MSG_EQ((lost.client.engine->FailureReason() == Failure::PathReset),
                              true,
                              "a share cannot be sent");
    }
};

class RepeatCase : public TestCase
{
  public:
    RepeatCase()
        : TestCase("The same seed gives the same octets, another seed others")
    {
    }

  private:
    static Bytes Sent(std::uint8_t seed)
    {
        Sharing s(2, seed);
        s.pair.Connect(2);
        Bytes all;
        for (const SendBytes& sent : s.client.everSent)
        {
            Append(all, sent.bytes);
        }
        return all;
    }

    void DoRun() override
    {
        NS_TEST_EXPECT_MSG_EQ((Sent(3) == Sent(3)), true, "the same");
        NS_TEST_EXPECT_MSG_EQ((Sent(3) != Sent(4)), true, "others");
    }
};

class SecretSharingSuite : public TestSuite
{
  public:
    SecretSharingSuite()
        : TestSuite("smkex-secret-sharing", UNIT)
    {
        AddTestCase(new SplitCase, QUICK);
        AddTestCase(new ExchangeCase, QUICK);
        AddTestCase(new EarlyDataCase, QUICK);
        AddTestCase(new ReplacedShareCase, QUICK);
        AddTestCase(new BadShareCase, QUICK);
        AddTestCase(new AnsweringServerCase, QUICK);
        AddTestCase(new RepeatCase, QUICK);
    }
};

SecretSharingSuite g_secretSharingSuite;

} // namespace
