/*
 * SPDX-License-Identifier: GPL-2.0-only
 */
#include "smkex-experiment-runs.h"

#include "ns3/smkex-failure.h"
#include "ns3/test.h"

#include <algorithm>

using namespace ns3;

namespace
{

constexpr std::uint64_t APP_BYTES = 2000; //!< both ways together, by default

const std::vector<std::string>
    THREATS{"N", "P", "A", "P/P", "P-P", "A/P", "P/A", "A-P", "P-A", "A/A", "A-A"};

/** \return the reason's name, or nothing */
std::string
ReasonOf(const SmkexRecord& record)
{
    return record.clientFailure ? smkex::NameOf(*record.clientFailure) : "";
}

/** What comes of one session. */
struct Expectation
{
    bool accepted{true};
    std::string reason{};
    bool clientKey{false};
    bool serverKey{false};
    bool downgraded{false};
};

bool
IsActiveOnPath1(const std::string& threat)
{
    return threat[0] == 'A';
}

/** Definitions: one coalition active on path 1 has the keys of both ends. */
Expectation
ExpectTcpcrypt(const std::string& threat)
{
    const bool won = IsActiveOnPath1(threat);
    return {true, "", won, won, false};
}

/** H crosses path 2: only one coalition active on both paths can make it fit. */
Expectation
ExpectMultipath(const std::string& threat)
{
    if (!IsActiveOnPath1(threat) || threat == "A-A")
    {
        return ExpectTcpcrypt(threat);
    }
    return {false, "binding-mismatch", false, true, false};
}

Expectation
ExpectStripped(const std::string& threat)
{
    const bool won = IsActiveOnPath1(threat);
    return {true, "", won, won, won};
}

Expectation
ExpectMultipathStripped(const std::string& threat)
{
    return IsActiveOnPath1(threat) ? Expectation{false, "not-encrypted"} : Expectation{};
}

/** All threats under some conditions, many sessions each, in several runs. */
class MatrixCase : public TestCase
{
  public:
    using Expect = Expectation (*)(const std::string& threat);

    /** \param runs of 20 sessions, each cell */
    MatrixCase(const std::string& name, const SmkexOptionValues& options, int runs, Expect expect)
        : TestCase(name),
          m_options(options),
          m_runs(runs),
          m_expect(expect)
    {
    }

  private:
    static constexpr int SESSIONS = 20;

    void DoRun() override
    {
        for (const std::string& threat : THREATS)
        {
            for (int run = 1; run <= m_runs; ++run)
            {
                const std::vector<SmkexRecord> records = RunExperiment(
                    m_options + SmkexOptionValues{{"threat", threat},
                                                  {"run", std::to_string(run)},
                                                  {"sessions", std::to_string(SESSIONS)}});
                NS_TEST_ASSERT_MSG_EQ(records.size(), SESSIONS, "sessions");
                for (const SmkexRecord& record : records)
                {
                    Check(record, m_expect(threat));
                }
            }
        }
    }

    void Check(const SmkexRecord& record, const Expectation& expected)
    {
        const SmkexVerdict& verdict = record.verdict;
        const std::string what = ToJson(record);
        const bool mitm = expected.clientKey && expected.serverKey;
        NS_TEST_EXPECT_MSG_EQ(record.clientAccepted, expected.accepted, what);
        NS_TEST_EXPECT_MSG_EQ(ReasonOf(record), expected.reason, what);
        NS_TEST_EXPECT_MSG_EQ(verdict.clientKeyExposed, expected.clientKey, what);
        NS_TEST_EXPECT_MSG_EQ(verdict.serverKeyExposed, expected.serverKey, what);
        NS_TEST_EXPECT_MSG_EQ(verdict.mitm, mitm, what);
        NS_TEST_EXPECT_MSG_EQ(verdict.downgraded, expected.downgraded, what);
        NS_TEST_EXPECT_MSG_EQ(verdict.mismatch, (mitm && !expected.downgraded), what);
        NS_TEST_EXPECT_MSG_EQ(verdict.detected, !expected.accepted, what);
        NS_TEST_EXPECT_MSG_EQ(verdict.denied, false, what);
        NS_TEST_EXPECT_MSG_EQ(verdict.plaintextExposedBytes, (mitm ? APP_BYTES : 0), what);
        NS_TEST_EXPECT_MSG_EQ(record.appBytesReceived, (expected.accepted ? APP_BYTES : 0), what);
    }

    SmkexOptionValues m_options;
    int m_runs;
    Expect m_expect;
};

/** Set-up times at both ends, by round trips, with no cost of cryptography. */
class SetupCase : public TestCase
{
  public:
    SetupCase(const std::string& where, const SmkexOptionValues& network)
        : TestCase("Set-up takes the round trips of the exchange, " + where),
          m_network(network)
    {
    }

  private:
    void DoRun() override
    {
        const std::vector<std::pair<int, int>> pairs{{10, 10},
                                                     {10, 300},
                                                     {300, 10},
                                                     {20, 25},
                                                     {25, 20},
                                                     {50, 100},
                                                     {100, 50},
                                                     {77, 131},
                                                     {131, 77},
                                                     {300, 300}};
        for (const auto& [rtt1, rtt2] : pairs)
        {
            Check("tcpcrypt", rtt1, rtt2, 2.0 * rtt1, 1.5 * rtt1);
            // N_C leaves when Init2 is in and path 2 is up; H takes a round trip from there.
            const double nonceSent = std::max(2.0 * rtt1, 1.0 * rtt2);
            Check("tcpcrypt-multipath", rtt1, rtt2, nonceSent + rtt2, nonceSent + 0.5 * rtt2);
        }
    }

    void Check(const std::string& protocol, int rtt1, int rtt2, double clientMs, double serverMs)
    {
        const std::string rtt = std::to_string(rtt1) + "ms," + std::to_string(rtt2) + "ms";
        const SmkexRecord record =
            RunExperiment(m_network + SmkexOptionValues{{"protocol", protocol},
                                                        {"cryptoCost", "none"},
                                                        {"rate", "10Gbps"},
                                                        {"rtt", rtt}})
                .front();
        NS_TEST_ASSERT_MSG_EQ(record.clientSetup.has_value(), true, ToJson(record));
        NS_TEST_ASSERT_MSG_EQ(record.serverSetup.has_value(), true, ToJson(record));
        NS_TEST_EXPECT_MSG_EQ_TOL(record.clientSetup->GetSeconds(),
                                  clientMs / 1000,
                                  clientMs / 1000 * 0.001,
                                  protocol << " client at " << rtt);
        NS_TEST_EXPECT_MSG_EQ_TOL(record.serverSetup->GetSeconds(),
                                  serverMs / 1000,
                                  serverMs / 1000 * 0.001,
                                  protocol << " server at " << rtt);
        NS_TEST_EXPECT_MSG_EQ(record.clientCompute.IsZero(), true, "nothing costs time");
    }

    SmkexOptionValues m_network;
};

class CostCase : public TestCase
{
  public:
    CostCase()
        : TestCase("Cryptography takes time at both ends, and P-256 more of it")
    {
    }

  private:
    void DoRun() override
    {
        for (const std::string protocol : {"tcpcrypt", "tcpcrypt-multipath"})
        {
            Time before;
            for (const std::string group : {"x25519", "p256"})
            {
                const SmkexOptionValues options{{"protocol", protocol},
                                                {"group", group},
                                                {"rtt", "200us"},
                                                {"rate", "10Gbps"}};
                const SmkexRecord free =
                    RunExperiment(options + SmkexOptionValues{{"cryptoCost", "none"}}).front();
                const SmkexRecord dear = RunExperiment(options).front();
                NS_TEST_EXPECT_MSG_GT(dear.clientCompute, before, "client, " + group);
                NS_TEST_EXPECT_MSG_EQ(dear.serverCompute.IsStrictlyPositive(), true, "server");
                NS_TEST_EXPECT_MSG_GT(*dear.clientSetup, *free.clientSetup, "and delays it");
                before = dear.clientCompute;
            }
        }
    }
};

class RepeatCase : public TestCase
{
  public:
    RepeatCase()
        : TestCase("The same options give the same text, whatever ran in between; others another")
    {
    }

  private:
    void DoRun() override
    {
        for (const std::string protocol : {"tcpcrypt", "tcpcrypt-multipath"})
        {
            const SmkexOptionValues a{{"protocol", protocol},
                                      {"threat", "A-A"},
                                      {"loss", "0.02"},
                                      {"sessions", "10"}};
            const SmkexOptionValues b = a + SmkexOptionValues{{"seed", "2"}};
            const std::string first = RunExperimentToText(a);
            const std::string other = RunExperimentToText(b);
            NS_TEST_EXPECT_MSG_EQ((first == RunExperimentToText(a)), true, "again");
            NS_TEST_EXPECT_MSG_EQ((first == other), false, "another seed");
        }
    }
};

/** Data of any size, with an attacker who relays all of it, or none. */
class DataCase : public TestCase
{
  public:
    DataCase()
        : TestCase("Data of any size comes through, read by an attacker who wins")
    {
    }

  private:
    void DoRun() override
    {
        for (const std::string size : {"0", "1", "16384", "16385", "200000"})
        {
            for (const std::string threat : {"N", "A-A"})
            {
                for (const std::string loss : {"0", "0.02"})
                {
                    const SmkexRecord record = RunExperiment({{"protocol", "tcpcrypt-multipath"},
                                                              {"threat", threat},
                                                              {"loss", loss},
                                                              {"appBytes", size}})
                                                   .front();
                    const std::uint64_t both = 2 * std::stoull(size);
                    NS_TEST_EXPECT_MSG_EQ(record.appBytesReceived, both, ToJson(record));
                    NS_TEST_EXPECT_MSG_EQ(record.verdict.plaintextExposedBytes,
                                          (threat == "N" ? 0 : both),
                                          ToJson(record));
                }
            }
        }
    }
};

class ThirdPathCase : public TestCase
{
  public:
    ThirdPathCase()
        : TestCase("With three paths the attacker needs all of them")
    {
    }

  private:
    void DoRun() override
    {
        for (const auto& [threat, won] : {std::pair{"A-A-A", true}, std::pair{"A-A", false}})
        {
            const SmkexRecord record =
                RunExperiment(
                    {{"protocol", "tcpcrypt-multipath"}, {"paths", "3"}, {"threat", threat}})
                    .front();
            NS_TEST_EXPECT_MSG_EQ(record.verdict.mitm, won, ToJson(record));
            NS_TEST_EXPECT_MSG_EQ(record.verdict.detected, !won, ToJson(record));
        }
    }
};

/** H has to wait for what path 1 tells; too late is no H. */
class SideChannelCase : public TestCase
{
  public:
    SideChannelCase()
        : TestCase(
              "A coalition wins as long as its side channel is faster than the client gives up")
    {
    }

  private:
    void DoRun() override
    {
        for (const auto& [delay, won] : {std::pair{"500ms", true}, std::pair{"2s", false}})
        {
            const SmkexRecord record = RunExperiment({{"protocol", "tcpcrypt-multipath"},
                                                      {"threat", "A-A"},
                                                      {"timeout", "1s"},
                                                      {"sideChannelDelay", delay}})
                                           .front();
            NS_TEST_EXPECT_MSG_EQ(record.verdict.mitm, won, ToJson(record));
            NS_TEST_EXPECT_MSG_EQ(record.verdict.denied, !won, ToJson(record));
        }
    }
};

class OptionsCase : public TestCase
{
  public:
    OptionsCase()
        : TestCase("Options that make no sense are refused")
    {
    }

  private:
    void DoRun() override
    {
        SmkexExperimentConfig config;
        const SmkexOptionValues strip{{"strategy", "strip-eno"}, {"threat", "A"}};
        NS_TEST_EXPECT_MSG_EQ(
            ReadSmkexOptions(strip + SmkexOptionValues{{"protocol", "smkex"}}, config),
            "--strategy strip-eno is for protocols that negotiate by ENO, which smkex does not",
            "strip-eno");
        NS_TEST_EXPECT_MSG_EQ(
            ReadSmkexOptions(strip + SmkexOptionValues{{"protocol", "tcpcrypt"}}, config),
            "",
            "strip-eno");
        NS_TEST_EXPECT_MSG_EQ(
            ReadSmkexOptions({{"protocol", "tcpcrypt-multipath"}, {"transport", "tcp"}}, config),
            "--transport tcp has one path, and tcpcrypt-multipath needs several",
            "transport");
    }
};

class TcpcryptSuite : public TestSuite
{
  public:
    TcpcryptSuite()
        : TestSuite("smkex-tcpcrypt", UNIT)
    {
        AddMatrix("", 10, {});
        AddMatrix(", at 2 % loss", 2, {{"loss", "0.02"}});
        AddMatrix(", over IPv6", 2, {{"ipVersion", "6"}});
        AddMatrix(", with P-256 over three hops", 2, {{"group", "p256"}, {"hops", "3"}});
        AddTestCase(new SetupCase("over one hop", {}), QUICK);
        AddTestCase(new SetupCase("over three hops", {{"hops", "3"}}), QUICK);
        AddTestCase(new SetupCase("over IPv6", {{"ipVersion", "6"}}), QUICK);
        AddTestCase(new SetupCase("with P-256", {{"group", "p256"}}), QUICK);
        AddTestCase(new CostCase, QUICK);
        AddTestCase(new RepeatCase, QUICK);
        AddTestCase(new DataCase, QUICK);
        AddTestCase(new ThirdPathCase, QUICK);
        AddTestCase(new SideChannelCase, QUICK);
        AddTestCase(new OptionsCase, QUICK);
    }

  private:
    void AddMatrix(const std::string& where, int runs, const SmkexOptionValues& conditions)
    {
        const auto add = [&](const std::string& name,
                             const std::string& protocol,
                             const std::string& strategy,
                             MatrixCase::Expect expect) {
            AddTestCase(new MatrixCase(name + where,
                                       conditions + SmkexOptionValues{{"protocol", protocol},
                                                                      {"strategy", strategy}},
                                       runs,
                                       expect),
                        QUICK);
        };
        add("tcpcrypt falls to whoever is active on path 1",
            "tcpcrypt",
            "substitute",
            ExpectTcpcrypt);
        add("Over a second path it falls to one coalition active on both only",
            "tcpcrypt-multipath",
            "substitute",
            ExpectMultipath);
        add("With ENO stripped tcpcrypt goes on in the clear",
            "tcpcrypt",
            "strip-eno",
            ExpectStripped);
        add("With ENO stripped the second path has nothing to authenticate",
            "tcpcrypt-multipath",
            "strip-eno",
            ExpectMultipathStripped);
    }
};

const TcpcryptSuite g_tcpcryptSuite;

} // namespace
