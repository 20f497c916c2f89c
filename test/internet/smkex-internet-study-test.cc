/*
 * SPDX-License-Identifier: GPL-2.0-only
 */
#include "internet-test-support.h"

#include "ns3/smkex-exit-study.h"
#include "ns3/smkex-exposure-study.h"
#include "ns3/smkex-internet-options.h"
#include "ns3/smkex-internet-report.h"
#include "ns3/smkex-route-benchmark.h"
#include "ns3/smkex-synthetic-internet.h"
#include "ns3/test.h"

#include <algorithm>
#include <cmath>
#include <sstream>

using namespace ns3;
using namespace smkex;
using namespace internet_test;

namespace
{

/** The study of exits, against its definition for every subset of a small pool. */
class ExitCurvesEqualEnumeration : public TestCase
{
  public:
    ExitCurvesEqualEnumeration()
        : TestCase("curves of tunnel exits equal those of all subsets of the pool")
    {
    }

  private:
    void DoRun() override
    {
        const AsInternet internet = MakeSyntheticInternet(120, 5);
        const AsGraph& graph = internet.graph;
        const std::vector<AsPair> pairs = DrawPairs(graph, 150, 9);
        const std::vector<AsIndex> pool = BestConnectedAses(graph, 5);
        const AttackerModel model(internet.countries, {{"some", {1, 4, 9, 16, 25, 36, 49, 64}}});
        for (const bool sealed : {false, true})
        {
            const PathChoices choices(graph, {{}, pool, sealed}, pairs, 2);
            const ExitStudy study(graph, choices, model, Direction::EITHER, pairs, 2);
            for (std::size_t kind = 0; kind < 3; ++kind)
            {
                for (ClientGroup group : CLIENT_GROUPS)
                {
                    Check(graph, choices, model, pairs, pool, kind, study.Curve(kind, group));
                }
            }
        }
        NS_TEST_EXPECT_MSG_GT(m_helped, 10, "exits help somewhere");
    }

    void Check(const AsGraph& graph,
               const PathChoices& choices,
               const AttackerModel& model,
               const std::vector<AsPair>& pairs,
               const std::vector<AsIndex>& pool,
               std::size_t kind,
               const ExitCurve& curve)
    {
        std::vector<std::size_t> exposed(1 << pool.size()); // by subset
        std::size_t count = 0;
        for (const AsPair& pair : pairs)
        {
            const auto direct = choices.Direct(pair);
            if (direct.empty() || (curve.group && *curve.group != HomingOf(graph, pair.client)))
            {
                continue;
            }
            ++count;
            unsigned helpers = 0;
            bool safe = false;
            for (const PathChoice& path1 : direct)
            {
                for (const PathChoice& path2 : direct)
                {
                    safe = safe || !IsExposed(model, path1, path2, kind);
                }
                for (std::size_t exit = 0; exit < pool.size(); ++exit)
                {
                    for (const PathChoice& path2 : choices.Through(pool[exit], pair))
                    {
                        helpers |= IsExposed(model, path1, path2, kind) ? 0 : 1U << exit;
                    }
                }
            }
            for (unsigned subset = 0; subset < exposed.size(); ++subset)
            {
                exposed[subset] += safe || (subset & helpers) ? 0 : 1;
            }
        }
        NS_TEST_ASSERT_MSG_EQ(curve.pairs, count, "pairs");
        for (std::size_t k = 0; k <= pool.size(); ++k)
        {
            double sum = 0;
            double subsets = 0;
            std::size_t least = count;
            for (unsigned subset = 0; subset < exposed.size(); ++subset)
            {
                if (static_cast<std::size_t>(__builtin_popcount(subset)) == k)
                {
                    sum += static_cast<double>(exposed[subset]);
                    ++subsets;
                    least = std::min(least, exposed[subset]);
                }
            }
            NS_TEST_EXPECT_MSG_EQ_TOL(curve.exposedAtRandom[k], sum / subsets, 1e-9, "k = " << k);
            unsigned best = 0;
            for (std::size_t i = 0; i < k; ++i)
            {
                best |= 1U << (std::find(pool.begin(), pool.end(), curve.best[i]) - pool.begin());
            }
            NS_TEST_EXPECT_MSG_EQ(curve.exposedAtBest[k], exposed[best], "k = " << k);
            const double saved = static_cast<double>(exposed[0] - exposed[best]);
            const double most = static_cast<double>(exposed[0] - least);
            NS_TEST_EXPECT_MSG_EQ((saved >= (k == 1 ? 1 : 1 - std::exp(-1)) * most), true, k);
            m_helped += saved > 0 ? 1 : 0;
        }
    }

    static bool IsExposed(const AttackerModel& model,
                          const PathChoice& path1,
                          const PathChoice& path2,
                          std::size_t kind)
    {
        const Attackers found = model.Find(path1, path2);
        return AnyOnBothPaths(kind == 0   ? found.ases
                              : kind == 1 ? found.countries
                                          : found.coalitions,
                              Direction::EITHER,
                              false);
    }

    std::size_t m_helped{0};
};

/** Counting, drawing and intervals. */
class StatisticsAreRight : public TestCase
{
  public:
    StatisticsAreRight()
        : TestCase("intervals equal reference values, samples are repeatable, counts add up")
    {
    }

  private:
    void DoRun() override
    {
        // scipy.stats.binomtest(k, n).proportion_ci(method='wilson')
        Interval(0, 1000, 0, WILSON_0_OF_1000);
        Interval(1000, 1000, 1 - WILSON_0_OF_1000, 1);
        Interval(7, 10, 0.39677814746114526, 0.892208732593699);
        Interval(81263, 100000, 0.810199516157087, 0.8150364656601392);

        const AsInternet internet = MakeSyntheticInternet(50, 1);
        const AsGraph& graph = internet.graph;
        const auto pairs = DrawPairs(graph, 49 * 50 * 40, 1);
        const auto other = DrawPairs(graph, 100, 2);
        std::vector<std::size_t> drawn(50 * 50);
        std::size_t sameAsOther = 0;
        for (std::size_t i = 0; i < pairs.size(); ++i)
        {
            ++drawn[pairs[i].client * 50 + pairs[i].server];
            sameAsOther += i < 100 && pairs[i].client == other[i].client ? 1 : 0;
        }
        double chiSquare = 0;
        for (AsIndex client = 0; client < 50; ++client)
        {
            NS_TEST_EXPECT_MSG_EQ(drawn[client * 50 + client], 0, "client and server differ");
            for (AsIndex server = 0; server < 50; ++server)
            {
                const double excess = static_cast<double>(drawn[client * 50 + server]) - 40;
                chiSquare += client == server ? 0 : excess * excess / 40;
            }
        }
        // 2449 degrees of freedom: mean 2449, standard deviation 70; five of them either way.
        NS_TEST_EXPECT_MSG_EQ((chiSquare > 2099 && chiSquare < 2799), true, chiSquare);
        NS_TEST_EXPECT_MSG_LT(sameAsOther, 20, "another seed, another sample");

        const auto all = AllPairs(graph);
        const PathChoices choices(graph, {}, all, 2);
        const AttackerModel model(internet.countries,
                                  {{"c", {0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26}}});
        ExposureTally tally(graph, model);
        std::vector<std::size_t> exposed(3);
        std::vector<std::size_t> byAs(graph.Size());
        FindExposures(graph, choices, model, {}, all, 2, [&](const PairExposure& answer) {
            tally.Add(answer);
            exposed[0] += AnyOnBothPaths(answer.attackers.ases, Direction::EITHER, false) ? 1 : 0;
            exposed[1] += AnyOnBothPaths(answer.attackers.countries, Direction::EITHER, false);
            exposed[2] += AnyOnBothPaths(answer.attackers.coalitions, Direction::EITHER, false);
            for (const Attacker& as : answer.attackers.ases)
            {
                byAs[as.id] += IsOnBothPaths(as.places, Direction::EITHER) ? 1 : 0;
            }
        });
        for (std::size_t kind = 0; kind < 3; ++kind)
        {
            std::size_t sum = 0;
            for (ClientGroup group : CLIENT_GROUPS)
            {
                sum += group ? tally.Exposed(kind, group, Direction::EITHER, false) : 0;
            }
            NS_TEST_EXPECT_MSG_EQ(sum, exposed[kind], "groups of kind " << kind);
            NS_TEST_EXPECT_MSG_EQ(tally.Exposed(kind, std::nullopt, Direction::EITHER, false),
                                  exposed[kind],
                                  "all of kind " << kind);
            NS_TEST_EXPECT_MSG_GT(exposed[kind], 0, "somebody is exposed");
        }
        NS_TEST_EXPECT_MSG_EQ(tally.Pairs(std::nullopt) + tally.Unreachable(), all.size(), "pairs");
        const auto worst = tally.WorstAses(Direction::EITHER, 3);
        NS_TEST_ASSERT_MSG_EQ(worst.size(), 3, "the worst three");
        NS_TEST_EXPECT_MSG_EQ(worst[0].exposed,
                              *std::max_element(byAs.begin(), byAs.end()),
                              "the worst");
        NS_TEST_EXPECT_MSG_EQ(byAs[worst[2].id], worst[2].exposed, "the third");
        NS_TEST_EXPECT_MSG_EQ((worst[1].exposed >= worst[2].exposed), true, "order");
    }

    void Interval(double successes, double trials, double low, double high)
    {
        const auto interval = WilsonInterval(successes, trials);
        NS_TEST_EXPECT_MSG_EQ_TOL(interval.low, low, 1e-11, successes << " of " << trials);
        NS_TEST_EXPECT_MSG_EQ_TOL(interval.high, high, 1e-11, successes << " of " << trials);
    }

    static constexpr double WILSON_0_OF_1000 = 0.0038267584855551234;
};

class OutputDoesNotDependOnThreads : public TestCase
{
  public:
    OutputDoesNotDependOnThreads()
        : TestCase("the same options give the same bytes with one thread and with four")
    {
    }

  private:
    static std::string Output(const std::vector<std::string>& more, const std::string& jobs)
    {
        std::vector<std::string> arguments{"--asRel=synthetic:300", "--jobs=" + jobs};
        arguments.insert(arguments.end(), more.begin(), more.end());
        std::ostringstream out;
        AnswerInternetTask(ParseInternetOptions(arguments), out);
        return out.str();
    }

    void DoRun() override
    {
        const std::vector<std::string> exposure{"--exposure",
                                                "--pairs=500",
                                                "--selection=random",
                                                "--exitPool=4",
                                                "--sensitivity",
                                                "--tieBreak=hash"};
        for (const auto& arguments : {exposure, {"--to=all"}, std::vector<std::string>{"--census"}})
        {
            const std::string one = Output(arguments, "1");
            NS_TEST_EXPECT_MSG_GT(one.size(), 10000, "output");
            NS_TEST_EXPECT_MSG_EQ((one == Output(arguments, "4")), true, arguments.front());
        }
        std::vector<std::string> otherSeed = exposure;
        otherSeed.emplace_back("--seed=2");
        NS_TEST_EXPECT_MSG_EQ((Output(exposure, "1") == Output(otherSeed, "1")), false, "seed");
    }
};

/** What the benchmark says, not how fast the host is. */
class BenchmarkFiguresAgree : public TestCase
{
  public:
    BenchmarkFiguresAgree()
        : TestCase("the benchmark's rates follow from its time and the graph's size")
    {
    }

  private:
    void DoRun() override
    {
        const AsGraph graph = MakeSyntheticInternet(200, 1).graph;
        const RouteBenchmark result = MeasureRoutes(graph, 50);
        NS_TEST_EXPECT_MSG_EQ(result.destinations, 50, "destinations");
        NS_TEST_EXPECT_MSG_EQ(result.routes, 50 * graph.Size(), "everyone reaches everyone");
        NS_TEST_EXPECT_MSG_GT(result.msPerDestination, 0, "time");
        const double perMs = 1 / result.msPerDestination;
        NS_TEST_EXPECT_MSG_EQ_TOL(result.nodesPerSecond / (perMs * 200e3), 1, 1e-9, "nodes");
        NS_TEST_EXPECT_MSG_EQ_TOL(result.edgesPerSecond /
                                      (perMs * 1e3 * static_cast<double>(graph.LinkCount())),
                                  1,
                                  1e-9,
                                  "edges");
    }
};

class StudySuite : public TestSuite
{
  public:
    StudySuite()
        : TestSuite("smkex-internet-study", UNIT)
    {
        AddTestCase(new ExitCurvesEqualEnumeration, TestCase::QUICK);
        AddTestCase(new StatisticsAreRight, TestCase::QUICK);
        AddTestCase(new OutputDoesNotDependOnThreads, TestCase::QUICK);
        AddTestCase(new BenchmarkFiguresAgree, TestCase::QUICK);
    }
};

const StudySuite g_studySuite;

} // namespace
