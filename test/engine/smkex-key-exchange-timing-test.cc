/*
 * SPDX-License-Identifier: GPL-2.0-only
 */
#include "smkex-conversation.h"

#include "ns3/test.h"

using namespace ns3;
using namespace smkex;
using namespace std::chrono_literals;

namespace
{

constexpr Duration GENERATE = 1ms;
constexpr Duration AGREE = 3ms;
constexpr Duration HASH = 200us;
constexpr Duration DERIVE = 500us;
constexpr Duration KEYS = HASH + DERIVE; //!< the transcript's hash and the KDF

/** No operation's cost is a sum of others'. */
CostProfile
FixedCosts(Duration generate = GENERATE)
{
    const auto ns = [](Duration duration) { return static_cast<double>(duration.count()); };
    CostProfile profile;
    profile.Set(Operation::KeyGenerationX25519, {ns(generate), 0, 0});
    profile.Set(Operation::AgreementX25519, {ns(AGREE), 0, 0});
    profile.Set(Operation::HashSha256, {ns(HASH), 0, 0});
    profile.Set(Operation::KdfHkdfSha256, {ns(DERIVE), 0, 0});
    return profile;
}

/** What happens when, in one exchange. */
struct Expectation
{
    std::string name;
    PathId paths;
    std::vector<Duration> oneWay;
    CostProfile costs;
    Instant clientShare;
    Instant serverShare;
    Instant serverBinding; //!< ignored on a single path
    Instant clientAccepts;
    Instant serverAccepts;
};

class InstantsCase : public TestCase
{
  public:
    explicit InstantsCase(Expectation expected)
        : TestCase(expected.name),
          m_expected(std::move(expected))
    {
    }

  private:
    void DoRun() override
    {
        Conversation::Setup setup;
        setup.client.paths = m_expected.paths;
        setup.oneWay = m_expected.oneWay;
        setup.costs = m_expected.costs;
        Conversation conversation(std::move(setup));
        conversation.Run();
        const Party& client = conversation.client;
        const Party& server = conversation.server;
        NS_TEST_ASSERT_MSG_EQ(AgreeOnKeys(conversation), true, "both accept");
        NS_TEST_EXPECT_MSG_EQ(client.SentAt(1).count(), m_expected.clientShare.count(), "g^x");
        NS_TEST_EXPECT_MSG_EQ(server.SentAt(1).count(), m_expected.serverShare.count(), "g^y");
        if (m_expected.paths > 1)
        {
            NS_TEST_EXPECT_MSG_EQ(server.SentAt(2).count(), m_expected.serverBinding.count(), "H");
        }
        NS_TEST_EXPECT_MSG_EQ(client.accepted->count(),
                              m_expected.clientAccepts.count(),
                              "the client");
        NS_TEST_EXPECT_MSG_EQ(server.accepted->count(),
                              m_expected.serverAccepts.count(),
                              "the server");
    }

    Expectation m_expected;
};

/** With no costs: the set-up times that the protocol has by its messages alone. */
class BaseTimesCase : public TestCase
{
  public:
    BaseTimesCase()
        : TestCase("WithoutCosts_SetUpTakesWhatTheRoundTripsGive")
    {
    }

  private:
    void Expect(PathId paths, Duration rtt1, Duration rtt2, Duration setUp)
    {
        Conversation::Setup setup;
        setup.client.paths = paths;
        setup.oneWay = {rtt1 / 2, rtt2 / 2};
        Conversation conversation(std::move(setup));
        conversation.Run();
        NS_TEST_ASSERT_MSG_EQ(conversation.client.accepted.has_value(), true, "accepted");
        NS_TEST_EXPECT_MSG_EQ(conversation.client.accepted->count(),
                              setUp.count(),
                              rtt1.count() << " and " << rtt2.count() << " ns");
    }

    void DoRun() override
    {
        for (const Duration rtt1 : {10ms, 20ms, 60ms, 300ms})
        {
            Expect(1, rtt1, 1ms, 2 * rtt1);
            for (const Duration rtt2 : {10ms, 20ms, 28ms, 60ms, 300ms})
            {
                Expect(2, rtt1, rtt2, std::max(2 * rtt1, 3 * std::max(rtt1, rtt2) / 2 + rtt2 / 2));
            }
        }
    }
};

class ForgeryCase : public TestCase
{
  public:
    ForgeryCase()
        : TestCase("AForgedHash_IsFoundOutBeforeTheAgreement")
    {
    }

  private:
    void DoRun() override
    {
        Conversation::Setup setup;
        setup.oneWay = {10ms, 5ms};
        setup.costs = FixedCosts();
        Conversation conversation(std::move(setup));
        conversation.SetTamper([](const Transit& transit) {
            Transit changed = transit;
            if (!transit.toServer && transit.path == 2)
            {
                changed.bytes.back() ^= 1; // the end of H
            }
            return std::vector<Transit>{changed};
        });
        conversation.Run();
        const Party& client = conversation.client;
        NS_TEST_ASSERT_MSG_EQ(StateOf(client), "failed: binding-mismatch", "found out");
        NS_TEST_EXPECT_MSG_EQ(client.failed->at.count(),
                              Instant(40ms + GENERATE + HASH).count(),
                              "one hash after g^y");
        NS_TEST_EXPECT_MSG_EQ(client.processor.Computed().count(),
                              Duration(GENERATE + HASH).count(),
                              "no agreement");
    }
};

class TimingSuite : public TestSuite
{
  public:
    TimingSuite()
        : TestSuite("smkex-key-exchange-timing", UNIT)
    {
        AddTestCase(new BaseTimesCase, TestCase::QUICK);
        AddTestCase(new ForgeryCase, TestCase::QUICK);
        // A key pair is made while the path connects: it costs the client nothing.
        Add({"Dh_KeyGenerationOverlapsWithConnecting",
             1,
             {10ms},
             FixedCosts(),
             20ms,
             30ms + GENERATE,
             {},
             40ms + GENERATE + AGREE + KEYS,
             30ms + GENERATE + AGREE + KEYS});
        Add({"Dh_KeyGenerationOfJustTheConnectingTimeStillOverlaps",
             1,
             {10ms},
             FixedCosts(20ms),
             20ms,
             30ms + 20ms,
             {},
             60ms + AGREE + KEYS,
             50ms + AGREE + KEYS});
        Add({"Dh_KeyGenerationThatTakesLongerThanConnectingDelaysTheShare",
             1,
             {10ms},
             FixedCosts(25ms),
             25ms,
             35ms + 25ms,
             {},
             70ms + AGREE + KEYS,
             60ms + AGREE + KEYS});
        // N_C at 15 ms, g^x at 30 ms; H at the client before g^y.
        Add({"Smkex_NonceBeforeShareAndHashBeforeShare",
             2,
             {10ms, 5ms},
             FixedCosts(),
             20ms,
             30ms + GENERATE,
             30ms + GENERATE + HASH,
             40ms + GENERATE + HASH + AGREE + KEYS,
             30ms + GENERATE + HASH + AGREE + KEYS});
        // N_C at 90 ms, when the server has long been done with g^x.
        Add({"Smkex_NonceLongAfterShare",
             2,
             {10ms, 30ms},
             FixedCosts(),
             20ms,
             30ms + GENERATE,
             90ms + HASH,
             120ms + HASH + HASH + KEYS,
             90ms + HASH + KEYS});
        // N_C at 33 ms, while the server is at work on the agreement until 34 ms.
        Add({"Smkex_NonceThatComesDuringTheAgreementWaitsForIt",
             2,
             {10ms, 11ms},
             FixedCosts(),
             20ms,
             30ms + GENERATE,
             30ms + GENERATE + AGREE + HASH,
             45ms + HASH + HASH + KEYS,
             30ms + GENERATE + AGREE + HASH + KEYS});
        // H at the client at 41.1 ms, while it agrees until 44 ms.
        Add({"Smkex_HashThatComesDuringTheAgreementWaitsForIt",
             2,
             {10ms, 9900us},
             FixedCosts(),
             20ms,
             30ms + GENERATE,
             30ms + GENERATE + HASH,
             40ms + GENERATE + AGREE + HASH + KEYS,
             30ms + GENERATE + HASH + AGREE + KEYS});
    }

  private:
    void Add(const Expectation& expected)
    {
        AddTestCase(new InstantsCase(expected), TestCase::QUICK);
    }
};

const TimingSuite g_timingSuite;

} // namespace
