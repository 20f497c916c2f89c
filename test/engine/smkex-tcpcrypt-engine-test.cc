/*
 * SPDX-License-Identifier: GPL-2.0-only
 */
#include "smkex-tcpcrypt-pair.h"
#include "smkex-tcpcrypt-vectors.h"

#include "ns3/test.h"

#include <map>

using namespace ns3;
using namespace smkex;

namespace
{

/** Both ends against values that tcpcrypt_vectors.py has computed. */
class VectorCase : public TestCase
{
  public:
    explicit VectorCase(const TcpcryptVector& vector)
        : TestCase("Messages, keys and frames are those of the independent script, TEP " +
                   std::to_string(vector.tep)),
          m_vector(vector)
    {
    }

  private:
    void DoRun() override
    {
        const TcpcryptVector& v = m_vector;
        const KeyExchangeConfig config{*GroupOfTep(static_cast<std::uint8_t>(v.tep)), 2};
        TcpcryptEnd client(FromHex(std::string(v.nonceA) + v.nonceC + v.privateA));
        TcpcryptEnd server(FromHex(std::string(v.privateB) + v.nonceB + v.nonceS));
        client.Begin<TcpcryptClient>(config);
        server.Begin<TcpcryptServer>(config);
        const EnoOutcome outcome = AgreedOn(config.group);
        NS_TEST_EXPECT_MSG_EQ(ToHex(outcome.transcript), v.transcript, "transcript");
        for (const PathId path : {1, 2})
        {
            client.Up(path, outcome);
            server.Up(path, outcome);
        }
        const SendBytes init1 = client.Next();
        NS_TEST_EXPECT_MSG_EQ(ToHex(init1.bytes), v.init1, "Init1");
        server.Receive(1, init1.bytes);
        const SendBytes init2 = server.Next();
        NS_TEST_EXPECT_MSG_EQ(ToHex(init2.bytes), v.init2, "Init2");
        client.Receive(1, init2.bytes);
        const SendBytes nonce = client.Next();
        NS_TEST_EXPECT_MSG_EQ(+nonce.path, 2, "the nonce has a path of its own");
        server.Receive(2, nonce.bytes);
        const SendBytes binding = server.Next();
        const std::string end = ToHex(ByteView(binding.bytes).From(binding.bytes.size() - 32));
        NS_TEST_EXPECT_MSG_EQ(end, v.binding, "H");
        client.Receive(2, binding.bytes);

        for (const TcpcryptEnd* one : {&client, &server})
        {
            NS_TEST_ASSERT_MSG_EQ(one->engine->IsAccepted(), true, ReasonOf(*one));
            const SessionKeys& keys = *one->engine->Keys();
            NS_TEST_EXPECT_MSG_EQ(ToHex(keys.session), v.sessionSecret, "ss[0]");
            NS_TEST_EXPECT_MSG_EQ(ToHex(keys.clientToServer.key), v.keyA, "k_ab");
            NS_TEST_EXPECT_MSG_EQ(ToHex(keys.serverToClient.key), v.keyB, "k_ba");
        }
        client.SendData("request");
        const SendBytes frame = client.Next();
        NS_TEST_EXPECT_MSG_EQ(ToHex(frame.bytes), v.frameA, "A's frame");
        server.Receive(1, frame.bytes);
        server.Receive(1, FromHex(v.lastFrameA));
        NS_TEST_EXPECT_MSG_EQ((ByteView(server.received) == ByteView(std::string("requestmore"))),
                              true,
                              "received by B");
        server.SendData("a response of more than one block");
        NS_TEST_EXPECT_MSG_EQ(ToHex(server.Next().bytes), v.frameB, "B's frame");
        server.Receive(1, frame.bytes);
        NS_TEST_EXPECT_MSG_EQ(ReasonOf(server), "unexpected-message", "nothing follows the end");
    }

    const TcpcryptVector& m_vector;
};

/** The schedule by itself, with the session identifier. */
class ScheduleCase : public TestCase
{
  public:
    ScheduleCase()
        : TestCase("The session identifier is the script's")
    {
    }

  private:
    void DoRun() override
    {
        CostProfile profile;
        ConstantNormalSource normal(0);
        SeededRandomSource random(Digest{});
        Processor processor(profile, normal, random);
        for (const TcpcryptVector& v : TCPCRYPT_VECTORS)
        {
            TcpcryptExchange exchange{static_cast<std::uint8_t>(v.tep),
                                      FromHex(v.transcript),
                                      {},
                                      FromHex(v.init1),
                                      FromHex(v.init2),
                                      FromHex(v.secret)};
            const Bytes nonce = FromHex(v.nonceA);
            std::copy(nonce.begin(), nonce.end(), exchange.nonceA.begin());
            const TcpcryptKeys keys = DeriveTcpcryptKeys(processor, exchange);
            NS_TEST_EXPECT_MSG_EQ(ToHex(keys.sessionId), v.sessionId, v.tep);
        }
    }
};

/** Octets come as they please. */
class FragmentsCase : public TestCase
{
  public:
    FragmentsCase()
        : TestCase("Messages and frames may arrive octet by octet, or all at once")
    {
    }

  private:
    void DoRun() override
    {
        for (const bool octetByOctet : {true, false})
        {
            TcpcryptPair pair(2);
            pair.Begin();
            const EnoOutcome outcome = AgreedOn(Group::X25519);
            for (const PathId path : {1, 2})
            {
                pair.client.Up(path, outcome);
                pair.server.Up(path, outcome);
            }
            const auto carry = [octetByOctet](TcpcryptEnd& from, TcpcryptEnd& to) {
                std::map<PathId, Bytes> joined;
                while (!from.outbox.empty())
                {
                    const SendBytes sent = from.Next();
                    Append(joined[sent.path], sent.bytes);
                }
                for (const auto& [path, octets] : joined)
                {
                    const std::size_t step = octetByOctet ? 1 : octets.size();
                    for (std::size_t at = 0; at < octets.size(); at += step)
                    {
                        to.Receive(path, ByteView(octets).From(at).First(step));
                    }
                }
            };
            for (int round = 0; round < 3; ++round)
            {
                carry(pair.client, pair.server);
                carry(pair.server, pair.client);
            }
            NS_TEST_ASSERT_MSG_EQ(pair.client.engine->IsAccepted(), true, ReasonOf(pair.client));
            const std::string data(40000, 'x'); // three frames
            pair.client.SendData(data);
            carry(pair.client, pair.server);
            NS_TEST_EXPECT_MSG_EQ(pair.server.received.size(), data.size(), ReasonOf(pair.server));
        }
    }
};

/** The server may send ahead of the client's acceptance. */
class EarlyFrameCase : public TestCase
{
  public:
    EarlyFrameCase()
        : TestCase("Frames that come right behind Init2 are read after acceptance")
    {
    }

  private:
    void DoRun() override
    {
        TcpcryptPair pair;
        pair.Begin();
        const EnoOutcome outcome = AgreedOn(Group::X25519);
        pair.client.Up(1, outcome);
        pair.server.Up(1, outcome);
        pair.server.Receive(1, pair.client.Next().bytes);
        NS_TEST_ASSERT_MSG_EQ(pair.server.engine->IsAccepted(), true, "B has all that it needs");
        pair.server.SendData("early");
        Bytes together = pair.server.Next().bytes;
        Append(together, pair.server.Next().bytes);
        pair.client.Receive(1, together);
        NS_TEST_EXPECT_MSG_EQ(pair.client.received.size(), 5, ReasonOf(pair.client));
    }
};

class PlainCase : public TestCase
{
  public:
    PlainCase()
        : TestCase("Without an agreement tcpcrypt goes on in the clear, and says so")
    {
    }

  private:
    void DoRun() override
    {
        TcpcryptPair pair;
        pair.Begin();
        pair.client.Up(1, EnoOutcome{});
        pair.server.Up(1, EnoOutcome{});
        for (const TcpcryptEnd* end : {&pair.client, &pair.server})
        {
            NS_TEST_EXPECT_MSG_EQ(end->engine->IsAccepted(), true, "accepted");
            NS_TEST_EXPECT_MSG_EQ(end->engine->IsDowngraded(), true, "downgraded");
            NS_TEST_EXPECT_MSG_EQ(end->engine->Keys().has_value(), false, "no keys");
        }
        pair.client.SendData("plain");
        const SendBytes sent = pair.client.Next();
        NS_TEST_EXPECT_MSG_EQ((ByteView(sent.bytes) == ByteView(std::string("plain"))),
                              true,
                              "as it is");
        pair.server.Receive(1, sent.bytes);
        NS_TEST_EXPECT_MSG_EQ(pair.server.received.size(), 5, "delivered");

        TcpcryptPair strict(2);
        strict.Begin();
        strict.client.Up(1, EnoOutcome{});
        NS_TEST_EXPECT_MSG_EQ(ReasonOf(strict.client),
                              "not-encrypted",
                              "there is nothing to authenticate over a second path");
    }
};

class GroupCase : public TestCase
{
  public:
    GroupCase()
        : TestCase("A TEP of another group than one's own is refused")
    {
    }

  private:
    void DoRun() override
    {
        TcpcryptPair pair;
        pair.Begin();
        pair.client.Up(1, AgreedOn(Group::P256));
        NS_TEST_EXPECT_MSG_EQ(ReasonOf(pair.client), "group-mismatch", "client");
    }
};

/** A changed option on the way leaves the ends with different transcripts. */
class TranscriptCase : public TestCase
{
  public:
    TranscriptCase()
        : TestCase("Ends that have seen different options cannot read each other")
    {
    }

  private:
    void DoRun() override
    {
        TcpcryptPair pair;
        pair.Begin();
        EnoOutcome seen = AgreedOn(Group::X25519);
        pair.client.Up(1, seen);
        seen.transcript.insert(seen.transcript.begin() + 2, 0x02);
        pair.server.Up(1, seen);
        pair.Settle();
        pair.client.SendData("request");
        pair.Settle();
        NS_TEST_EXPECT_MSG_EQ(ReasonOf(pair.server), "record-authentication", "server");
    }
};

class TcpcryptEngineSuite : public TestSuite
{
  public:
    TcpcryptEngineSuite()
        : TestSuite("smkex-tcpcrypt-engine", UNIT)
    {
        for (const TcpcryptVector& vector : TCPCRYPT_VECTORS)
        {
            AddTestCase(new VectorCase(vector), QUICK);
        }
        AddTestCase(new ScheduleCase, QUICK);
        AddTestCase(new FragmentsCase, QUICK);
        AddTestCase(new EarlyFrameCase, QUICK);
        AddTestCase(new PlainCase, QUICK);
        AddTestCase(new GroupCase, QUICK);
        AddTestCase(new TranscriptCase, QUICK);
    }
};

const TcpcryptEngineSuite g_tcpcryptEngineSuite;

} // namespace
