/*
 * SPDX-License-Identifier: GPL-2.0-only
 */
#include "smkex-conversation.h"

#include "ns3/smkex-plain-engine.h"
#include "ns3/test.h"

using namespace ns3;
using namespace smkex;
using namespace std::chrono_literals;

namespace
{

/** Over so many paths, the later ones slower or faster than the first. */
Conversation::Setup
OverPaths(PathId paths, std::vector<Duration> oneWay = {}, Group group = Group::X25519)
{
    Conversation::Setup setup;
    setup.client = {group, paths};
    setup.oneWay = std::move(oneWay);
    return setup;
}

/** \return the decoded message of its type, or an empty one */
template <class T>
T
MessageIn(const Bytes& bytes)
{
    const std::optional<Message> message = ReadMessage(bytes);
    const auto* wanted = message ? std::get_if<T>(&*message) : nullptr;
    return wanted ? *wanted : T{};
}

class AcceptanceCase : public TestCase
{
  public:
    AcceptanceCase(const std::string& name, PathId paths, Group group, std::size_t pieces)
        : TestCase(name),
          m_paths(paths),
          m_group(group),
          m_pieces(pieces)
    {
    }

  private:
    void DoRun() override
    {
        Conversation conversation(OverPaths(m_paths, {}, m_group));
        conversation.SplitInto(m_pieces);
        const Bytes request(40000, 0x61); // three records
        const Bytes response(7, 0x62);
        conversation.At(200ms, [&] {
            conversation.Take(
                conversation.client,
                conversation.client.engine->SendApplicationData(request, conversation.Now()));
            conversation.Take(
                conversation.server,
                conversation.server.engine->SendApplicationData(response, conversation.Now()));
        });
        conversation.Run();
        NS_TEST_EXPECT_MSG_EQ(AgreeOnKeys(conversation), true, "equal keys");
        NS_TEST_EXPECT_MSG_EQ((conversation.server.received == request), true, "the request");
        NS_TEST_EXPECT_MSG_EQ((conversation.client.received == response), true, "the response");
        for (PathId path = 1; path <= m_paths; ++path)
        {
            const std::size_t records = path == 1 ? 3 : 0;
            NS_TEST_EXPECT_MSG_EQ(conversation.client.SentOn(path, records).empty(), false, "");
            NS_TEST_EXPECT_MSG_EQ(conversation.client.SentOn(path, records + 1).empty(),
                                  true,
                                  "one message on path " << unsigned{path});
        }
        const auto share = MessageIn<ServerShare>(conversation.server.SentOn(1));
        NS_TEST_EXPECT_MSG_EQ(share.share.size(), PublicKeySize(m_group), "of the group");
    }

    PathId m_paths;
    Group m_group;
    std::size_t m_pieces;
};

/** The same exchange with the messages in every order that two paths allow. */
class OrderCase : public TestCase
{
  public:
    OrderCase()
        : TestCase("Accepts_WhicheverPathIsFaster")
    {
    }

  private:
    void DoRun() override
    {
        struct Order
        {
            Duration first;
            Duration second;
            bool nonceBeforeShare; //!< at the server
            bool hashBeforeShare;  //!< at the client
        };

        for (const Order& order : {Order{10ms, 2ms, true, true},
                                   Order{10ms, 9ms, true, true},
                                   Order{10ms, 11ms, false, false},
                                   Order{10ms, 50ms, false, false}})
        {
            Conversation conversation(OverPaths(2, {order.first, order.second}));
            conversation.Run();
            const Party& server = conversation.server;
            NS_TEST_EXPECT_MSG_EQ((3 * order.second < 3 * order.first),
                                  order.nonceBeforeShare,
                                  "as arranged");
            NS_TEST_EXPECT_MSG_EQ(
                (server.SentAt(2) + order.second < server.SentAt(1) + order.first),
                order.hashBeforeShare,
                "as arranged");
            NS_TEST_EXPECT_MSG_EQ(AgreeOnKeys(conversation),
                                  true,
                                  order.second.count() << " ns on path 2");
        }
    }
};

/** \return everything that both ends have said, in order */
std::string
TranscriptOf(std::uint8_t clientSeed, std::uint8_t serverSeed)
{
    Conversation::Setup setup = OverPaths(3);
    setup.clientSeed = clientSeed;
    setup.serverSeed = serverSeed;
    Conversation conversation(std::move(setup));
    conversation.Run();
    std::string said = KeyOf(conversation.client);
    for (const Party* party : {&conversation.client, &conversation.server})
    {
        for (const SendBytes& message : party->sent)
        {
            said += " " + std::to_string(message.at.count()) + " " + ToHex(message.bytes);
        }
    }
    return said;
}

class SeedsCase : public TestCase
{
  public:
    SeedsCase()
        : TestCase("SameSeedsGiveTheSameOctets_OthersGiveOthers")
    {
    }

  private:
    void DoRun() override
    {
        NS_TEST_EXPECT_MSG_EQ((TranscriptOf(1, 2) == TranscriptOf(1, 2)), true, "the same");
        NS_TEST_EXPECT_MSG_EQ((TranscriptOf(1, 2) == TranscriptOf(3, 2)), false, "client's");
        NS_TEST_EXPECT_MSG_EQ((TranscriptOf(1, 2) == TranscriptOf(1, 3)), false, "server's");
    }
};

class FreshnessCase : public TestCase
{
  public:
    FreshnessCase()
        : TestCase("EachPathHasNoncesOfItsOwn_AndTheyTravelOnNoOther")
    {
    }

  private:
    void DoRun() override
    {
        Conversation conversation(OverPaths(MAX_PATHS));
        conversation.Run();
        NS_TEST_ASSERT_MSG_EQ(AgreeOnKeys(conversation), true, "accepted");
        const SessionId session = MessageIn<ClientShare>(conversation.client.SentOn(1)).session;
        std::vector<Nonce> nonces;
        for (PathId path = FIRST_NONCE_PATH; path <= MAX_PATHS; ++path)
        {
            const auto asked = MessageIn<ClientNonce>(conversation.client.SentOn(path));
            const auto answered = MessageIn<ServerBinding>(conversation.server.SentOn(path));
            NS_TEST_EXPECT_MSG_EQ(unsigned{asked.path}, unsigned{path}, "N_C where it belongs");
            NS_TEST_EXPECT_MSG_EQ(unsigned{answered.path}, unsigned{path}, "N_S as well");
            NS_TEST_EXPECT_MSG_EQ((asked.session == session), true, "one session");
            nonces.push_back(asked.nonce);
            nonces.push_back(answered.nonce);
        }
        std::sort(nonces.begin(), nonces.end());
        NS_TEST_EXPECT_MSG_EQ((std::adjacent_find(nonces.begin(), nonces.end()) == nonces.end()),
                              true,
                              "no nonce twice");
    }
};

/** Records that overtake H wait; those of a length beyond reason do not. */
class EarlyRecordsCase : public TestCase
{
  public:
    EarlyRecordsCase()
        : TestCase("RecordsAheadOfTheAcceptance_WaitUpToALimit")
    {
    }

  private:
    /** The server has accepted and sends at once; the client's H is still on its way. */
    std::string Received(const Bytes& data)
    {
        Conversation conversation(OverPaths(2, {10ms, 40ms}));
        conversation.At(130ms, [&] {
            conversation.Take(
                conversation.server,
                conversation.server.engine->SendApplicationData(data, conversation.Now()));
        });
        bool early = false;
        conversation.At(150ms, [&] { early = !conversation.client.engine->IsAccepted(); });
        conversation.Run();
        if (!early)
        {
            return "not early at all";
        }
        return conversation.client.received == data ? "delivered" : StateOf(conversation.client);
    }

    void DoRun() override
    {
        const std::size_t overhead = FRAME_HEADER_SIZE + AEAD_TAG_SIZE;
        const std::size_t most = MessageEngine::MAX_EARLY_BYTES - 4 * overhead;
        NS_TEST_EXPECT_MSG_EQ(Received(Bytes(100, 1)), "delivered", "one");
        NS_TEST_EXPECT_MSG_EQ(Received(Bytes(most, 2)), "delivered", "the limit");
        NS_TEST_EXPECT_MSG_EQ(Received(Bytes(most + 1, 3)), "failed: unexpected-message", "more");
    }
};

class PlainCase : public TestCase
{
  public:
    PlainCase()
        : TestCase("Plain_AcceptsWhenPath1IsConnectedAndDeliversWhatComes")
    {
    }

  private:
    void DoRun() override
    {
        const CostProfile costs;
        Party party(std::make_unique<SeededRandomSource>(Digest{1}), costs);
        PlainEngine engine(party.processor);
        NS_TEST_EXPECT_MSG_EQ(engine.OnStart(0ms).size(), 0, "nothing to do yet");
        NS_TEST_EXPECT_MSG_EQ(engine.SendApplicationData(Bytes(3), 1ms).size(), 0, "not yet");
        NS_TEST_EXPECT_MSG_EQ(engine.OnPathUp(2, 2ms).size(), 0, "not that one");
        const Actions accepted = engine.OnPathUp(1, 5ms);
        NS_TEST_ASSERT_MSG_EQ(accepted.size(), 1, "accepted");
        NS_TEST_EXPECT_MSG_EQ(std::get<Accept>(accepted[0]).at.count(), 5000000, "at once");
        NS_TEST_EXPECT_MSG_EQ(engine.Keys().has_value(), false, "without keys");
        const Actions delivered = engine.OnBytes(1, Bytes{7, 8}, 6ms);
        NS_TEST_ASSERT_MSG_EQ(delivered.size(), 1, "delivered");
        NS_TEST_EXPECT_MSG_EQ(ToHex(std::get<Deliver>(delivered[0]).plaintext), "0708", "as is");
        const Actions sent = engine.SendApplicationData(Bytes{9}, 7ms);
        NS_TEST_ASSERT_MSG_EQ(sent.size(), 1, "sent");
        NS_TEST_EXPECT_MSG_EQ(ToHex(std::get<SendBytes>(sent[0]).bytes), "09", "as is");
        NS_TEST_EXPECT_MSG_EQ(engine.OnTimeout(8ms).size(), 0, "patience is of no more use");
        engine.OnBytes(2, Bytes{1}, 9ms);
        NS_TEST_EXPECT_MSG_EQ((engine.FailureReason() == Failure::WrongPath), true, "path 2");
    }
};

class KeyExchangeSuite : public TestSuite
{
  public:
    KeyExchangeSuite()
        : TestSuite("smkex-key-exchange", UNIT)
    {
        const auto accepts =
            [this](const std::string& name, PathId paths, Group group, std::size_t pieces) {
                AddTestCase(new AcceptanceCase(name, paths, group, pieces), TestCase::QUICK);
            };
        accepts("Dh_AcceptsEqualKeysAndCarriesData", 1, Group::X25519, 0);
        accepts("Dh_OverP256", 1, Group::P256, 0);
        accepts("Smkex_AcceptsEqualKeysAndCarriesData", 2, Group::X25519, 0);
        accepts("Smkex_OverP256", 2, Group::P256, 0);
        accepts("Smkex_OverThreePaths", 3, Group::X25519, 0);
        accepts("Smkex_OverEightPaths", 8, Group::X25519, 0);
        accepts("Smkex_OctetByOctet", 2, Group::X25519, 1);
        accepts("Smkex_InPiecesOfSevenOctets", 3, Group::X25519, 7);
        AddTestCase(new OrderCase, TestCase::QUICK);
        AddTestCase(new SeedsCase, TestCase::QUICK);
        AddTestCase(new FreshnessCase, TestCase::QUICK);
        AddTestCase(new EarlyRecordsCase, TestCase::QUICK);
        AddTestCase(new PlainCase, TestCase::QUICK);
    }
};

const KeyExchangeSuite g_keyExchangeSuite;

} // namespace
