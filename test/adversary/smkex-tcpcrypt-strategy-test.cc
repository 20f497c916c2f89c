/*
 * SPDX-License-Identifier: GPL-2.0-only
 */
#include "../engine/smkex-tcpcrypt-pair.h"

#include "ns3/smkex-tcpcrypt-strategy.h"
#include "ns3/test.h"

#include <map>
#include <utility>

using namespace ns3;
using namespace smkex;

namespace
{

/** Holds octets as an interceptor does. */
class HoldingGrip : public Grip
{
  public:
    using Key = std::pair<FlowId, Direction>;

    ByteView Held(FlowId flow, Direction direction) const override
    {
        const auto found = held.find({flow, direction});
        return found == held.end() ? ByteView() : ByteView(found->second);
    }

    void Forward(FlowId flow, Direction direction, std::size_t size) override
    {
        Replace(flow, direction, size, Held(flow, direction).First(size).ToBytes());
    }

    void Replace(FlowId flow, Direction direction, std::size_t size, ByteView with) override
    {
        const Bytes octets = with.ToBytes();
        Bytes& waiting = held[{flow, direction}];
        waiting = ByteView(waiting).From(size).ToBytes();
        Append(passed[{flow, direction}], octets);
    }

    void Inject(FlowId flow, Direction direction, ByteView octets) override
    {
        Append(passed[{flow, direction}], octets);
    }

    void AwaitMore(FlowId, Direction) override
    {
        ++awaited;
    }

    std::map<Key, Bytes> held;
    std::map<Key, Bytes> passed;
    int awaited{0};
};

/** A node with one connection of each path, and its mind. */
class Node
{
  public:
    Node(PathId paths, bool active, const TcpcryptPlan& plan)
    {
        Situation situation{};
        situation.active = active;
        situation.encrypted = true;
        situation.paths = paths;
        situation.protocol = "tcpcrypt";
        situation.coalition.push_back({{1, 2}, active});
        const StrategyTools tools{grip, loot, m_processor, [this](const News& n) {
                                      news.push_back(n);
                                  }};
        strategy = std::make_unique<TcpcryptStrategy>(situation, tools, plan);
        m_active = active;
        for (FlowId flow = 1; flow <= paths; ++flow)
        {
            strategy->OnFlow(flow, static_cast<std::uint16_t>(1000 + flow));
        }
    }

    /** SYN and SYN/ACK of path 1 pass with these options. */
    void Open(const Bytes& transcript)
    {
        const std::size_t size = transcript[1];
        TcpSegment syn = WithOption(ByteView(transcript).First(size));
        TcpSegment synAck = WithOption(ByteView(transcript).From(size));
        strategy->OnOpening(1, Direction::ToServer, syn);
        strategy->OnOpening(1, Direction::ToClient, synAck);
    }

    static TcpSegment WithOption(ByteView option)
    {
        Bytes octets(20, 0);
        octets[13] = TcpSegment::SYN;
        Append(octets, option);
        octets.resize((octets.size() + 3) / 4 * 4, 0);
        octets[12] = static_cast<std::uint8_t>(octets.size() / 4 << 4);
        return *TcpSegment::Parse(octets);
    }

    void Pass(FlowId flow, Direction direction, ByteView octets)
    {
        if (m_active)
        {
            Bytes& held = grip.held[{flow, direction}];
            const std::size_t before = held.size();
            Append(held, octets);
            const Bytes fresh = ByteView(held).From(before).ToBytes();
            strategy->OnBytes(flow, direction, fresh);
        }
        else
        {
            strategy->OnBytes(flow, direction, octets);
        }
    }

    /** \return what has gone on and has not been taken */
    Bytes Take(FlowId flow, Direction direction)
    {
        return std::exchange(grip.passed[{flow, direction}], {});
    }

    HoldingGrip grip;
    Loot loot;
    std::vector<News> news;
    std::unique_ptr<TcpcryptStrategy> strategy;

  private:
    bool m_active;
    CostProfile m_profile;
    ConstantNormalSource m_normal{0};
    SeededRandomSource m_random{Digest{7}};
    Processor m_processor{m_profile, m_normal, m_random};
};

/** The two ends with the node between them. */
void
Settle(TcpcryptPair& pair, Node& node)
{
    while (!pair.client.outbox.empty() || !pair.server.outbox.empty())
    {
        while (!pair.client.outbox.empty())
        {
            const SendBytes sent = pair.client.Next();
            node.Pass(sent.path, Direction::ToServer, sent.bytes);
        }
        while (!pair.server.outbox.empty())
        {
            const SendBytes sent = pair.server.Next();
            node.Pass(sent.path, Direction::ToClient, sent.bytes);
        }
        for (PathId path = 1; path <= pair.config.paths; ++path)
        {
            pair.server.Receive(path, node.Take(path, Direction::ToServer));
            pair.client.Receive(path, node.Take(path, Direction::ToClient));
        }
    }
}

void
Begin(TcpcryptPair& pair, Node& node)
{
    pair.Begin();
    const EnoOutcome outcome = AgreedOn(pair.config.group);
    node.Open(outcome.transcript);
    for (PathId path = 1; path <= pair.config.paths; ++path)
    {
        pair.client.Up(path, outcome);
        pair.server.Up(path, outcome);
    }
}

class SubstituteCase : public TestCase
{
  public:
    SubstituteCase()
        : TestCase("Substituted messages have the lengths of the true ones, and new content")
    {
    }

  private:
    void DoRun() override
    {
        for (const Group group : {Group::X25519, Group::P256})
        {
            TcpcryptPair pair(2, group);
            Node node(2, true, {true, false});
            Begin(pair, node);
            const SendBytes init1 = pair.client.Next();
            node.Pass(1, Direction::ToServer, init1.bytes);
            const Bytes substitute = node.Take(1, Direction::ToServer);
            NS_TEST_ASSERT_MSG_EQ(substitute.size(), init1.bytes.size(), "length");
            constexpr std::size_t LINK_END = 10 + sizeof(SessionId);
            NS_TEST_EXPECT_MSG_EQ(
                (ByteView(substitute).First(LINK_END) == ByteView(init1.bytes).First(LINK_END)),
                true,
                "up to the link it is the same");
            for (std::size_t at = LINK_END; at + 16 <= substitute.size(); at += 16)
            {
                NS_TEST_EXPECT_MSG_EQ((ByteView(substitute).From(at).First(16) ==
                                       ByteView(init1.bytes).From(at).First(16)),
                                      false,
                                      "from there on not, at " << at);
            }
            pair.server.Receive(1, substitute);
            Settle(pair, node);
            NS_TEST_ASSERT_MSG_EQ(pair.client.engine->IsAccepted(), true, "client");
            NS_TEST_ASSERT_MSG_EQ(pair.server.engine->IsAccepted(), true, "server");
            NS_TEST_EXPECT_MSG_EQ(node.loot.sessionKeys.size(), 2, "keys with both");
            NS_TEST_EXPECT_MSG_EQ((node.loot.sessionKeys[0] == pair.client.engine->Keys()->session),
                                  true,
                                  "the client's");
            NS_TEST_EXPECT_MSG_EQ((node.loot.sessionKeys[1] == pair.server.engine->Keys()->session),
                                  true,
                                  "the server's");
            pair.client.SendData("secret");
            Settle(pair, node);
            NS_TEST_EXPECT_MSG_EQ(pair.server.received.size(), 6, "relayed");
            const Bytes& read = node.loot.plaintext[{0, 1001, Direction::ToServer}];
            NS_TEST_EXPECT_MSG_EQ((ByteView(read) == ByteView(std::string("secret"))),
                                  true,
                                  "read");
        }
    }
};

class PassiveCase : public TestCase
{
  public:
    PassiveCase()
        : TestCase("A passive node learns nothing of what is encrypted, and reads what is not")
    {
    }

  private:
    void DoRun() override
    {
        for (const TcpcryptPlan plan : {TcpcryptPlan{true, false}, TcpcryptPlan{false, true}})
        {
            TcpcryptPair pair;
            pair.Run();
            Node encrypted(1, false, plan);
            encrypted.Pass(1, Direction::ToServer, FromHex("15101a0e"));
            encrypted.Pass(1, Direction::ToServer, Bytes(100, 1));
            encrypted.Pass(1, Direction::ToClient, Bytes(100, 2));
            NS_TEST_EXPECT_MSG_EQ(encrypted.loot.plaintext.empty(), true, "nothing to read");

            Node plain(1, false, plan);
            plain.Pass(1, Direction::ToServer, FromHex("15")); // might become an Init1
            plain.Pass(1, Direction::ToServer, Bytes(99, 1));
            plain.Pass(1, Direction::ToClient, Bytes(100, 2));
            NS_TEST_EXPECT_MSG_EQ((plain.loot.plaintext[{0, 1001, Direction::ToServer}].size()),
                                  100,
                                  "request");
            NS_TEST_EXPECT_MSG_EQ((plain.loot.plaintext[{0, 1001, Direction::ToClient}].size()),
                                  100,
                                  "response");
            NS_TEST_EXPECT_MSG_EQ(plain.grip.passed.empty(), true, "it has no grip");
        }
    }
};

class StripCase : public TestCase
{
  public:
    StripCase()
        : TestCase("Stripping takes the option off SYNs, and no other, at its place")
    {
    }

  private:
    void DoRun() override
    {
        for (const bool strip : {true, false})
        {
            Node node(1, true, {false, strip});
            const Bytes options = FromHex("04020101450323");
            TcpSegment syn = Node::WithOption(options);
            const std::size_t size = syn.Octets().size();
            node.strategy->OnOpening(1, Direction::ToServer, syn);
            NS_TEST_EXPECT_MSG_EQ(syn.Octets().size(), size, "size");
            NS_TEST_EXPECT_MSG_EQ(ToHex(ByteView(syn.Octets()).From(20)),
                                  (strip ? "0402010101010100" : "0402010145032300"),
                                  "options");
        }
    }
};

/** Whatever the ends say, it goes through, or waits for the rest of a message. */
class NoiseCase : public TestCase
{
  public:
    NoiseCase()
        : TestCase("What is no exchange goes through unchanged")
    {
    }

  private:
    void DoRun() override
    {
        const EnoOutcome outcome = AgreedOn(Group::X25519);
        const Bytes noEno = FromHex("45024502");
        TcpcryptPair pair;
        pair.Begin();
        pair.client.Up(1, outcome);
        const Bytes init1 = pair.client.Next().bytes;

        ExpectThrough(outcome.transcript, Bytes(200, 0x77));
        ExpectThrough(noEno, init1); // no agreement: nothing to be in the middle of
        Bytes broken = init1;
        broken[4] = 1; // too long
        ExpectThrough(outcome.transcript, broken);
        broken = init1;
        broken[8] = 200; // more AEADs than there is room for
        ExpectThrough(outcome.transcript, broken);
        broken = init1;
        broken.resize(60);
        broken[7] = 60; // no room for a share
        ExpectThrough(outcome.transcript, broken);

        Node node(1, true, {true, false});
        node.Open(outcome.transcript);
        node.Pass(1, Direction::ToServer, ByteView(init1).First(30));
        NS_TEST_EXPECT_MSG_EQ(node.Take(1, Direction::ToServer).empty(), true, "half of Init1");
        NS_TEST_EXPECT_MSG_EQ(node.grip.awaited, 1, "waits for the rest");
        node.Pass(1, Direction::ToServer, ByteView(init1).From(30));
        NS_TEST_EXPECT_MSG_EQ(node.Take(1, Direction::ToServer).size(), init1.size(), "whole");

        // The server's answer is none: all that either end says goes through from there on.
        const Bytes garbage(50, 0x55);
        node.Pass(1, Direction::ToClient, garbage);
        NS_TEST_EXPECT_MSG_EQ(node.Take(1, Direction::ToClient).size(), garbage.size(), "answer");
        node.Pass(1, Direction::ToServer, garbage);
        NS_TEST_EXPECT_MSG_EQ(node.Take(1, Direction::ToServer).size(), garbage.size(), "more");
    }

    void ExpectThrough(const Bytes& transcript, const Bytes& octets)
    {
        Node node(1, true, {true, false});
        node.Open(transcript);
        node.Pass(1, Direction::ToServer, octets);
        NS_TEST_EXPECT_MSG_EQ(ToHex(node.Take(1, Direction::ToServer)), ToHex(octets), "through");
        NS_TEST_EXPECT_MSG_EQ(node.loot.sessionKeys.empty(), true, "no keys");
    }
};

/** Mutations of whole sessions: no crash, and nothing claimed that is not so. */
class MutationCase : public TestCase
{
  public:
    MutationCase()
        : TestCase("Sessions with changed octets never crash the attacker")
    {
    }

  private:
    void DoRun() override
    {
        SeededRandomSource random(Digest{11});
        for (int round = 0; round < 1000; ++round)
        {
            TcpcryptPair pair(round % 2 + 1);
            Node node(pair.config.paths, true, {true, round % 5 == 0});
            Begin(pair, node);
            const Bytes dice = random.Draw(4);
            std::size_t countdown = dice[0] % 5;
            const auto maul = [&](Bytes octets) {
                if (countdown-- == 0)
                {
                    const std::size_t at = (dice[1] << 8 | dice[2]) % octets.size();
                    octets[at] ^= dice[3] | 1;
                }
                return octets;
            };
            for (int turn = 0; turn < 4; ++turn)
            {
                while (!pair.client.outbox.empty())
                {
                    const SendBytes sent = pair.client.Next();
                    node.Pass(sent.path, Direction::ToServer, maul(sent.bytes));
                }
                while (!pair.server.outbox.empty())
                {
                    const SendBytes sent = pair.server.Next();
                    node.Pass(sent.path, Direction::ToClient, maul(sent.bytes));
                }
                for (PathId path = 1; path <= pair.config.paths; ++path)
                {
                    pair.server.Receive(path, node.Take(path, Direction::ToServer));
                    pair.client.Receive(path, node.Take(path, Direction::ToClient));
                }
                pair.client.SendData("request");
            }
            const auto& keys = pair.server.engine->Keys();
            const auto& claims = node.loot.sessionKeys;
            const bool held = keys && claims.size() == 2 && claims[1] == keys->session;
            const Bytes& read = node.loot.plaintext[{0, 1001, Direction::ToServer}];
            const Bytes& received = pair.server.received;
            NS_TEST_EXPECT_MSG_EQ((!held || read.size() >= received.size()),
                                  true,
                                  "what was relayed was read");
        }
    }
};

class TcpcryptStrategySuite : public TestSuite
{
  public:
    TcpcryptStrategySuite()
        : TestSuite("smkex-tcpcrypt-strategy", UNIT)
    {
        AddTestCase(new SubstituteCase, QUICK);
        AddTestCase(new PassiveCase, QUICK);
        AddTestCase(new StripCase, QUICK);
        AddTestCase(new NoiseCase, QUICK);
        AddTestCase(new MutationCase, QUICK);
    }
};

const TcpcryptStrategySuite g_tcpcryptStrategySuite;

} // namespace
