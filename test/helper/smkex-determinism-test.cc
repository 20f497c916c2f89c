/*
 * SPDX-License-Identifier: GPL-2.0-only
 */
#include "smkex-experiment-runs.h"

#include "ns3/test.h"

#include <set>

using namespace ns3;

namespace
{

/** Experiments that have little in common. */
const std::vector<SmkexOptionValues>&
Experiments()
{
    static const std::vector<SmkexOptionValues> experiments{
        {},
        {{"threat", "A-A"}, {"loss", "0.05"}, {"jitter", "3ms"}, {"sessions", "5"}},
        {{"ipVersion", "6"}, {"hops", "4"}, {"sharedHops", "2"}, {"threat", "P/A"}, {"seed", "9"}},
        {{"protocol", "dh"}, {"group", "p256"}, {"threat", "A"}, {"run", "77"}},
        {{"protocol", "tcp"}, {"rate", "1Mbps"}, {"appBytes", "30000"}, {"queue", "3p"}},
        {{"paths", "3"},
         {"rtt", "5ms,50ms,20ms"},
         {"threat", "A-P/P"},
         {"ns3::TcpSocket::SegmentSize", "200"},
         {"ns3::TcpSocketBase::Sack", "false"},
         {"ChecksumEnabled", "true"}},
    };
    return experiments;
}

class EarlierRunsCase : public TestCase
{
  public:
    EarlierRunsCase()
        : TestCase("A run in a process gives the same text whatever ran before it")
    {
    }

  private:
    void DoRun() override
    {
        std::vector<std::string> first;
        for (const SmkexOptionValues& options : Experiments())
        {
            first.push_back(RunExperimentToText(options));
        }
        NS_TEST_EXPECT_MSG_EQ((std::set(first.begin(), first.end()).size()),
                              first.size(),
                              "these experiments differ");
        for (std::size_t i = 0; i < first.size(); ++i)
        {
            for (std::size_t j = 0; j < first.size(); ++j)
            {
                NS_TEST_EXPECT_MSG_EQ(RunExperimentToText(Experiments()[i]), first[i], "A");
                NS_TEST_EXPECT_MSG_EQ(RunExperimentToText(Experiments()[j]), first[j], "B");
                NS_TEST_EXPECT_MSG_EQ(RunExperimentToText(Experiments()[i]), first[i], "A again");
            }
        }
    }
};

class OtherSeedCase : public TestCase
{
  public:
    OtherSeedCase()
        : TestCase("Another seed and another run each give other draws")
    {
    }

  private:
    void DoRun() override
    {
        std::set<Time> setups;
        std::size_t count = 0;
        for (const std::string seed : {"1", "2", "3"})
        {
            for (const std::string run : {"0", "1", "2", "9223372036854775807"})
            {
                const SmkexRecord record =
                    RunExperiment({{"seed", seed}, {"run", run}, {"rtt", "0.2ms"}}).front();
                setups.insert(record.clientSetup.value());
                ++count;
            }
        }
        NS_TEST_EXPECT_MSG_EQ(setups.size(), count, "no two alike");
    }
};

/** Compares what the endpoints did, attackers apart. */
class SameDrawsCase : public TestCase
{
  public:
    SameDrawsCase()
        : TestCase("Passive attackers leave every draw and so every latency as it was")
    {
    }

  private:
    void DoRun() override
    {
        for (const std::string protocol : {"tcp", "dh", "smkex"})
        {
            for (const SmkexOptionValues& conditions :
                 {SmkexOptionValues{},
                  SmkexOptionValues{{"loss", "0.05"}, {"jitter", "5ms"}, {"hops", "3"}},
                  SmkexOptionValues{{"ipVersion", "6"}, {"rate", "1Mbps"}, {"queue", "4p"}}})
            {
                const SmkexOptionValues options =
                    conditions + SmkexOptionValues{{"protocol", protocol}, {"sessions", "20"}};
                const std::vector<SmkexRecord> alone = RunExperiment(options);
                for (const std::string threat : {"P", "P/P", "P-P", "N-P"})
                {
                    Compare(alone,
                            RunExperiment(options + SmkexOptionValues{{"threat", threat}}),
                            protocol + " " + threat);
                }
            }
        }
    }

    void Compare(const std::vector<SmkexRecord>& alone,
                 const std::vector<SmkexRecord>& watched,
                 const std::string& what)
    {
        NS_TEST_ASSERT_MSG_EQ(alone.size(), watched.size(), what);
        for (std::size_t i = 0; i < alone.size(); ++i)
        {
            SmkexRecord blinded = watched[i];
            blinded.threat = alone[i].threat;
            blinded.verdict = alone[i].verdict;
            NS_TEST_EXPECT_MSG_EQ(ToJson(blinded), ToJson(alone[i]), what);
        }
    }
};

class ActiveDrawsCase : public TestCase
{
  public:
    ActiveDrawsCase()
        : TestCase("An active attacker draws nothing from the endpoints' streams")
    {
    }

  private:
    void DoRun() override
    {
        for (int run = 1; run <= 20; ++run)
        {
            const SmkexOptionValues options{{"run", std::to_string(run)}, {"rtt", "1ms"}};
            const SmkexRecord alone = RunExperiment(options).front();
            const SmkexRecord attacked =
                RunExperiment(options + SmkexOptionValues{{"threat", "A-A"}}).front();
            NS_TEST_EXPECT_MSG_EQ((attacked.clientCompute == alone.clientCompute),
                                  true,
                                  ToJson(attacked) << " against " << ToJson(alone));
            NS_TEST_EXPECT_MSG_EQ((attacked.serverCompute == alone.serverCompute),
                                  true,
                                  ToJson(attacked) << " against " << ToJson(alone));
        }
    }
};

class DeterminismSuite : public TestSuite
{
  public:
    DeterminismSuite()
        : TestSuite("smkex-determinism", UNIT)
    {
        AddTestCase(new EarlierRunsCase, QUICK);
        AddTestCase(new OtherSeedCase, QUICK);
        AddTestCase(new SameDrawsCase, QUICK);
        AddTestCase(new ActiveDrawsCase, QUICK);
    }
};

const DeterminismSuite g_determinismSuite;

} // namespace
