/*
 * SPDX-License-Identifier: GPL-2.0-only
 */
#include "smkex-experiment-runs.h"

#include "ns3/test.h"

#include <array>

using namespace ns3;

namespace
{

/** Round-trip times of two paths, in milliseconds. */
struct RttPair
{
    double first;
    double second;
};

constexpr std::array<RttPair, 10> RTT_PAIRS{{{20, 20},
                                             {5, 5},
                                             {300, 300},
                                             {10, 40},
                                             {40, 10},
                                             {5, 300},
                                             {300, 5},
                                             {30, 59},
                                             {59, 30},
                                             {100, 101}}};

/**
 * At 10 Gbps, the 300 octets that follow each other on a link take 0.24 us, against at least 5 ms
 * of round trip: less than a tenth of what is allowed.
 */
constexpr double TOLERANCE = 0.001;

std::vector<SmkexRecord>
RunPair(const RttPair& rtt, SmkexOptionValues options)
{
    options.insert(options.end(),
                   {{"rtt", std::to_string(rtt.first) + "ms," + std::to_string(rtt.second) + "ms"},
                    {"rate", "10Gbps"},
                    {"cryptoCost", "none"}});
    return RunExperiment(options);
}

class SetupTimeCase : public TestCase
{
  public:
    using Expected = std::function<double(double first, double second)>; //!< all in milliseconds

    SetupTimeCase(const std::string& name,
                  SmkexOptionValues options,
                  Expected client,
                  Expected server)
        : TestCase(name),
          m_options(std::move(options)),
          m_client(std::move(client)),
          m_server(std::move(server))
    {
    }

  private:
    void DoRun() override
    {
        for (const RttPair& rtt : RTT_PAIRS)
        {
            const std::vector<SmkexRecord> records = RunPair(rtt, m_options);
            NS_TEST_ASSERT_MSG_EQ(records.size(), 1, "one session");
            NS_TEST_ASSERT_MSG_EQ(records[0].clientSetup.has_value(), true, "the client accepts");
            NS_TEST_ASSERT_MSG_EQ(records[0].serverSetup.has_value(), true, "the server accepts");
            const double client = m_client(rtt.first, rtt.second);
            const double server = m_server(rtt.first, rtt.second);
            NS_TEST_EXPECT_MSG_EQ_TOL(records[0].clientSetup->GetSeconds() * 1000,
                                      client,
                                      client * TOLERANCE,
                                      "client, " << rtt.first << " and " << rtt.second << " ms");
            NS_TEST_EXPECT_MSG_EQ_TOL(records[0].serverSetup->GetSeconds() * 1000,
                                      server,
                                      server * TOLERANCE,
                                      "server, " << rtt.first << " and " << rtt.second << " ms");
        }
    }

    SmkexOptionValues m_options;
    Expected m_client;
    Expected m_server;
};

class CostCase : public TestCase
{
  public:
    CostCase()
        : TestCase("Signing and verifying take the time that the cost profile gives them")
    {
    }

  private:
    void DoRun() override
    {
        const auto compute = [](const char* trust) {
            const auto records = RunExperiment({{"protocol", "dh"}, {"trust", trust}});
            return records.size() == 1
                       ? std::pair(records[0].clientCompute, records[0].serverCompute)
                       : std::pair(Time(0), Time(0));
        };
        const auto [client, server] = compute("none");
        const auto [matchClient, matchServer] = compute("tofu-match");
        const auto [rotationClient, rotationServer] = compute("tofu-rotation");
        NS_TEST_EXPECT_MSG_GT(client, Time(0), "cryptography takes time");
        NS_TEST_EXPECT_MSG_GT(matchClient, client, "a verification more");
        NS_TEST_EXPECT_MSG_GT(matchServer, server, "a signature more");
        NS_TEST_EXPECT_MSG_GT(rotationClient, matchClient, "a verification more again");
    }
};

class RepeatCase : public TestCase
{
  public:
    RepeatCase()
        : TestCase("The same seed gives the same records to the last digit, another seed others")
    {
    }

  private:
    static std::string Run(SmkexOptionValues options, const std::string& seed)
    {
        options.insert(options.end(),
                       {{"seed", seed}, {"sessions", "5"}, {"loss", "0.05"}, {"jitter", "1ms"}});
        std::string text;
        for (SmkexRecord& record : RunExperiment(options))
        {
            record.seed = 0;
            text += ToJson(record) + "\n";
        }
        return text;
    }

    void DoRun() override
    {
        for (const SmkexOptionValues& options :
             {SmkexOptionValues{{"protocol", "secret-sharing"}, {"threat", "A/A"}},
              SmkexOptionValues{{"protocol", "secret-sharing"}, {"threat", "P-P"}},
              SmkexOptionValues{{"protocol", "dh"}, {"trust", "tofu-first"}, {"threat", "A"}},
              SmkexOptionValues{{"trust", "tofu-rotation"}}})
        {
            const std::string once = Run(options, "1");
            NS_TEST_EXPECT_MSG_EQ(once.empty(), false, "it runs");
            NS_TEST_EXPECT_MSG_EQ((once == Run(options, "1")), true, "the same");
            NS_TEST_EXPECT_MSG_EQ((once != Run(options, "2")), true, "others");
        }
    }
};

class LargeDataCase : public TestCase
{
  public:
    LargeDataCase()
        : TestCase("A client's data may come long before the last share: none of it is lost")
    {
    }

  private:
    void DoRun() override
    {
        const auto records = RunExperiment({{"protocol", "secret-sharing"},
                                            {"rtt", "1ms,300ms"},
                                            {"rate", "1Gbps"},
                                            {"queue", "10000p"},
                                            {"appBytes", "1000000"}});
        NS_TEST_ASSERT_MSG_EQ(records.size(), 1, "one session");
        NS_TEST_EXPECT_MSG_EQ(NameOfFailure(records[0].clientFailure), "none", "client");
        NS_TEST_EXPECT_MSG_EQ(NameOfFailure(records[0].serverFailure), "none", "server");
        NS_TEST_EXPECT_MSG_EQ(records[0].appBytesReceived, 2000000, "both ways");
    }
};

class OptionsCase : public TestCase
{
  public:
    OptionsCase()
        : TestCase(
              "Trust is for smkex and dh, secret sharing for several paths: the rest is refused")
    {
    }

  private:
    void DoRun() override
    {
        const auto names = [](const std::string& refusal, const std::string& option) {
            return refusal.rfind("--" + option + " ", 0) == 0;
        };
        for (const char* trust : {"none",
                                  "tofu-first",
                                  "tofu-match",
                                  "tofu-mismatch",
                                  "tofu-rotation",
                                  "tofu-sequence"})
        {
            NS_TEST_EXPECT_MSG_EQ(RefusalOf({{"trust", trust}}), "", "smkex");
            NS_TEST_EXPECT_MSG_EQ(RefusalOf({{"trust", trust}, {"protocol", "dh"}}), "", "dh");
            const bool refused = std::string(trust) != "none";
            for (const char* protocol : {"tcp", "secret-sharing"})
            {
                NS_TEST_EXPECT_MSG_EQ(
                    names(RefusalOf({{"trust", trust}, {"protocol", protocol}}), "trust"),
                    refused,
                    trust << " with " << protocol);
            }
        }
        NS_TEST_EXPECT_MSG_EQ(names(RefusalOf({{"trust", "tofu"}}), "trust"), true, "unknown");
        const std::pair<std::string, std::string> sharing{"protocol", "secret-sharing"};
        NS_TEST_EXPECT_MSG_EQ(RefusalOf({sharing}), "", "two paths");
        NS_TEST_EXPECT_MSG_EQ(names(RefusalOf({sharing, {"paths", "1"}}), "paths"), true, "one");
        NS_TEST_EXPECT_MSG_EQ(names(RefusalOf({sharing, {"transport", "tcp"}}), "transport"),
                              true,
                              "a transport of one path");
    }
};

class RivalsSetupSuite : public TestSuite
{
  public:
    RivalsSetupSuite()
        : TestSuite("smkex-rivals-setup", UNIT)
    {
        AddTestCase(new SetupTimeCase(
                        "secret-sharing: the client accepts after the longest round trip",
                        {{"protocol", "secret-sharing"}},
                        [](double a, double b) { return std::max(a, b); },
                        [](double a, double b) { return 1.5 * std::max(a, b); }),
                    QUICK);
        for (const char* trust : {"none", "tofu-first", "tofu-match", "tofu-rotation"})
        {
            AddTestCase(new SetupTimeCase(
                            std::string("dh takes two round trips, trust: ") + trust,
                            {{"protocol", "dh"}, {"trust", trust}},
                            [](double a, double) { return 2 * a; },
                            [](double a, double) { return 1.5 * a; }),
                        QUICK);
            AddTestCase(new SetupTimeCase(
                            std::string("smkex takes no round trip more, trust: ") + trust,
                            {{"protocol", "smkex"}, {"trust", trust}},
                            [](double a, double b) {
                                return std::max(2 * a, 1.5 * std::max(a, b) + 0.5 * b);
                            },
                            [](double a, double b) { return 1.5 * std::max(a, b); }),
                        QUICK);
        }
        AddTestCase(new CostCase, QUICK);
        AddTestCase(new RepeatCase, QUICK);
        AddTestCase(new LargeDataCase, QUICK);
        AddTestCase(new OptionsCase, QUICK);
    }
};

RivalsSetupSuite g_rivalsSetupSuite;

} // namespace
