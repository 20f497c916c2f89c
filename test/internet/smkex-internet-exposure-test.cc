/*
 * SPDX-License-Identifier: GPL-2.0-only
 */
#include "internet-test-support.h"

#include "ns3/smkex-exit-study.h"
#include "ns3/smkex-exposure-study.h"
#include "ns3/smkex-internet-report.h"
#include "ns3/smkex-synthetic-internet.h"
#include "ns3/test.h"

#include <algorithm>
#include <cmath>
#include <set>
#include <sstream>

using namespace ns3;
using namespace smkex;
using namespace internet_test;

namespace
{

/** All pairs of different ASes. */
std::vector<AsPair>
AllPairs(const AsGraph& graph)
{
    std::vector<AsPair> pairs;
    for (AsIndex client = 0; client < graph.Size(); ++client)
    {
        for (AsIndex server = 0; server < graph.Size(); ++server)
        {
            if (client != server)
            {
                pairs.push_back({client, server});
            }
        }
    }
    return pairs;
}

/** A client with two providers whose carriers meet again at the server's only provider. */
class KnownAnswers : public TestCase
{
  public:
    KnownAnswers()
        : TestCase("who sits on both paths of a graph that can be followed by hand")
    {
    }

  private:
    static AsGraph Graph()
    {
        constexpr auto PROVIDER = AsRelationship::PROVIDER;
        return AsGraph({{10, 1, PROVIDER, 0},
                        {20, 1, PROVIDER, 0},
                        {100, 10, PROVIDER, 0},
                        {200, 20, PROVIDER, 0},
                        {100, 30, PROVIDER, 0},
                        {200, 30, PROVIDER, 0},
                        {30, 5, PROVIDER, 0},
                        {100, 200, AsRelationship::PEER, 0},
                        {100, 300, PROVIDER, 0},
                        {200, 300, PROVIDER, 0}},
                       "test");
    }

    void DoRun() override
    {
        const CountryTable countries(m_graph.Size(),
                                     {{At(200), "XA"}, {At(100), "XA"}, {At(10), "XB"}});
        const AttackerModel model(
            countries,
            {{"joint", {At(20), At(100)}}, {"one", {At(100)}}, {"end", {At(5), At(100)}}});
        const AsPair pair{At(1), At(5)};
        const PathChoices choices(m_graph, {}, {pair}, 1);
        const PairExposure answer = FindExposure(m_graph, choices, model, {}, pair);

        NS_TEST_ASSERT_MSG_EQ(answer.choices, 2, "two providers");
        Expect(answer.path1.forward, {1, 10, 100, 30, 5});
        Expect(answer.path1.reverse, {5, 30, 100, 10, 1});
        Expect(answer.path2.forward, {1, 20, 200, 30, 5});
        NS_TEST_EXPECT_MSG_EQ(answer.path2.provider, At(20), "the second path's provider");
        NS_TEST_EXPECT_MSG_EQ((answer.homing == Homing::MULTIHOMED), true, "homing");
        for (Direction direction : DIRECTIONS)
        {
            std::vector<Asn> onBoth;
            for (const Attacker& as : answer.attackers.ases)
            {
                if (IsOnBothPaths(as.places, direction))
                {
                    onBoth.push_back(m_graph.AsnOf(as.id));
                }
            }
            NS_TEST_EXPECT_MSG_EQ((onBoth == std::vector<Asn>{30}), true, ToString(direction));
        }
        const auto& [ases, nations, coalitions] = answer.attackers;
        const auto both = [](const Attacker& attacker, bool withEnds) {
            return IsOnBothPaths(withEnds ? attacker.placesWithEnds : attacker.places,
                                 Direction::BOTH);
        };
        NS_TEST_ASSERT_MSG_EQ(nations.size(), 2, "XA and XB sit somewhere");
        NS_TEST_EXPECT_MSG_EQ(both(nations[0], false), true, "XA has a carrier on either path");
        NS_TEST_EXPECT_MSG_EQ(both(nations[1], false), false, "XB is on one path only");
        NS_TEST_ASSERT_MSG_EQ(coalitions.size(), 3, "all coalitions sit somewhere");
        NS_TEST_EXPECT_MSG_EQ(both(coalitions[0], false), true, "one member a path");
        NS_TEST_EXPECT_MSG_EQ(both(coalitions[1], false), false, "one path");
        NS_TEST_EXPECT_MSG_EQ(both(coalitions[2], false), false, "the end AS does not count");
        NS_TEST_EXPECT_MSG_EQ(both(coalitions[2], true), true, "unless ends are included");
        NS_TEST_EXPECT_MSG_EQ(AnyOnBothPaths(ases, Direction::BOTH, true), true, "ends");

        SingleHomedClient(model);
        Tunnels(model);
    }

    void SingleHomedClient(const AttackerModel& model)
    {
        const AsPair pair{At(5), At(1)};
        const PathChoices choices(m_graph, {}, {pair}, 1);
        const PairExposure answer = FindExposure(m_graph, choices, model, {}, pair);
        NS_TEST_EXPECT_MSG_EQ(answer.choices, 1, "one provider, one choice");
        NS_TEST_EXPECT_MSG_EQ((answer.path1.forward == answer.path2.forward), true, "one path");
        NS_TEST_EXPECT_MSG_EQ((answer.homing == Homing::SINGLE_HOMED), true, "homing");
        NS_TEST_EXPECT_MSG_EQ(AnyOnBothPaths(answer.attackers.ases, Direction::BOTH, false),
                              true,
                              "whoever is on it is on both");
    }

    void Tunnels(const AttackerModel& model)
    {
        // From 5, everything passes 30, unless a sealed tunnel hides it.
        const AsPair pair{At(5), At(1)};
        for (const bool sealed : {false, true})
        {
            const PathChoices choices(m_graph, {{}, {At(300)}, sealed}, {pair}, 1);
            const auto through = choices.Through(At(300), pair);
            NS_TEST_ASSERT_MSG_EQ(through.size(), 1, "one provider, one tunnel");
            Expect(through[0].forward, {5, 30, 100, 300, 100, 10, 1});
            NS_TEST_EXPECT_MSG_EQ(through[0].exit, At(300), "exit");
            const PairExposure answer =
                FindExposure(m_graph, choices, model, {Selection::BEST, Direction::BOTH, 1}, pair);
            NS_TEST_EXPECT_MSG_EQ(answer.choices, 2, "direct and tunnel");
            const auto& ases = answer.attackers.ases;
            const auto as30 = std::find_if(ases.begin(), ases.end(), [&](const Attacker& attacker) {
                return attacker.id == At(30);
            });
            NS_TEST_EXPECT_MSG_EQ(IsOnBothPaths(as30->places, Direction::BOTH),
                                  !sealed,
                                  "AS 30 carries both");
        }
    }

    AsIndex At(Asn asn) const
    {
        return *m_graph.Find(asn);
    }

    void Expect(const std::vector<AsIndex>& path, const std::vector<Asn>& expected)
    {
        std::vector<Asn> asns;
        for (AsIndex as : path)
        {
            asns.push_back(m_graph.AsnOf(as));
        }
        NS_TEST_EXPECT_MSG_EQ((asns == expected), true, "path from AS " << expected.front());
    }

    const AsGraph m_graph{Graph()};
};

/** Answers on random graphs, against sets made from the routes in the plainest way. */
class AnswersEqualPlainSets : public TestCase
{
  public:
    AnswersEqualPlainSets()
        : TestCase("answers on random graphs equal those by plain set operations")
    {
    }

  private:
    using Path = std::vector<AsIndex>;
    using AsSet = std::set<AsIndex>;

    /** The four one-way paths, as sets; the order of OneWayPath's bits. */
    using Places = std::array<AsSet, 4>;

    void DoRun() override
    {
        SampleRandom random(3, 1);
        for (int i = 0; i < 150 && !IsStatusFailure(); ++i)
        {
            const AsGraph graph(RandomLinks(random), "test");
            m_routes.clear();
            for (AsIndex to = 0; to < graph.Size(); ++to)
            {
                m_routes.emplace_back(graph);
                m_routes.back().Compute(to);
            }
            std::vector<Coalition> coalitions(2);
            for (Coalition& coalition : coalitions)
            {
                for (AsIndex as = 0; as < graph.Size(); ++as)
                {
                    if (random.Below(3) == 0)
                    {
                        coalition.members.push_back(as);
                    }
                }
            }
            const AttackerModel model(CountryTable(graph.Size()), coalitions);
            const auto pairs = AllPairs(graph);
            const PathChoices choices(graph, {}, pairs, 2);
            for (const AsPair& pair : pairs)
            {
                Check(graph, choices, model, pair);
            }
        }
        NS_TEST_EXPECT_MSG_GT(m_twoChoices, 500, "pairs with a choice");
        NS_TEST_EXPECT_MSG_GT(m_asymmetric, 20, "paths that differ by direction");
    }

    Path Route(AsIndex from, AsIndex to) const
    {
        return m_routes[to].Path(from);
    }

    /** Forward and reverse path of each choice, in any order. */
    std::set<std::pair<Path, Path>> PlainChoices(const AsGraph& graph, const AsPair& pair) const
    {
        std::set<std::pair<Path, Path>> choices;
        for (AsIndex provider : graph.Providers(pair.client))
        {
            Path forward = Route(provider, pair.server);
            if (forward.empty() || std::count(forward.begin(), forward.end(), pair.client) > 0)
            {
                continue;
            }
            forward.insert(forward.begin(), pair.client);
            Path reverse;
            for (AsIndex as : Route(pair.server, provider))
            {
                if (as == pair.client)
                {
                    break;
                }
                reverse.push_back(as);
            }
            reverse.push_back(pair.client);
            choices.insert({forward, reverse});
        }
        if (choices.empty() && !Route(pair.client, pair.server).empty())
        {
            choices.insert({Route(pair.client, pair.server), Route(pair.server, pair.client)});
        }
        return choices;
    }

    static bool IsExposed(const Places& places, const AsSet& coalition, Direction direction)
    {
        const auto on = [&](int place) {
            return std::any_of(coalition.begin(), coalition.end(), [&](AsIndex as) {
                return places[place].count(as) > 0;
            });
        };
        switch (direction)
        {
        case Direction::FORWARD:
            return on(0) && on(2);
        case Direction::REVERSE:
            return on(1) && on(3);
        case Direction::EITHER:
            return (on(0) || on(1)) && (on(2) || on(3));
        case Direction::BOTH:
            return on(0) && on(1) && on(2) && on(3);
        }
        return false;
    }

    static Places PlacesOf(const std::pair<Path, Path>& path1, const std::pair<Path, Path>& path2)
    {
        return {AsSet(path1.first.begin(), path1.first.end()),
                AsSet(path1.second.begin(), path1.second.end()),
                AsSet(path2.first.begin(), path2.first.end()),
                AsSet(path2.second.begin(), path2.second.end())};
    }

    static std::size_t CountShared(const AsGraph& graph,
                                   const AttackerModel& model,
                                   const AsPair& pair,
                                   const Places& places,
                                   Direction direction)
    {
        std::size_t shared = 0;
        for (AsIndex as = 0; as < graph.Size(); ++as)
        {
            const bool isEnd = as == pair.client || as == pair.server;
            shared += !isEnd && IsExposed(places, {as}, direction) ? 1 : 0;
        }
        for (const Coalition& coalition : model.Coalitions())
        {
            AsSet members(coalition.members.begin(), coalition.members.end());
            members.erase(pair.client);
            members.erase(pair.server);
            shared += IsExposed(places, members, direction) ? 1 : 0;
        }
        return shared;
    }

    void Check(const AsGraph& graph,
               const PathChoices& choices,
               const AttackerModel& model,
               const AsPair& pair)
    {
        const auto plain = PlainChoices(graph, pair);
        std::set<std::pair<Path, Path>> given;
        std::size_t previous = 0;
        for (const PathChoice& choice : choices.Direct(pair))
        {
            given.insert({choice.forward, choice.reverse});
            NS_TEST_EXPECT_MSG_EQ((choice.forward.size() >= previous), true, "shorter ones first");
            previous = choice.forward.size();
            const Path back(choice.reverse.rbegin(), choice.reverse.rend());
            m_asymmetric += back != choice.forward ? 1 : 0;
        }
        NS_TEST_ASSERT_MSG_EQ((given == plain), true, "choices");

        for (Selection selection : SELECTIONS)
        {
            for (Direction direction : DIRECTIONS)
            {
                CheckAnswer(graph,
                            FindExposure(graph, choices, model, {selection, direction, 1}, pair),
                            model,
                            plain,
                            selection,
                            direction);
            }
        }
        m_twoChoices += plain.size() > 1 ? 1 : 0;
    }

    void CheckAnswer(const AsGraph& graph,
                     const PairExposure& answer,
                     const AttackerModel& model,
                     const std::set<std::pair<Path, Path>>& plain,
                     Selection selection,
                     Direction direction)
    {
        NS_TEST_ASSERT_MSG_EQ(answer.choices, plain.size(), "choices");
        if (plain.empty())
        {
            return;
        }
        const std::pair<Path, Path> path1{answer.path1.forward, answer.path1.reverse};
        const std::pair<Path, Path> path2{answer.path2.forward, answer.path2.reverse};
        NS_TEST_EXPECT_MSG_EQ((plain.count(path1) + plain.count(path2)),
                              2,
                              "chosen of the choices");
        NS_TEST_EXPECT_MSG_EQ((path1 == path2), (plain.size() == 1), "two different paths");

        const Places places = PlacesOf(path1, path2);
        const std::size_t shared = CountShared(graph, model, answer.pair, places, direction);
        const auto count = [&](const std::vector<Attacker>& attackers) {
            return static_cast<std::size_t>(
                std::count_if(attackers.begin(), attackers.end(), [&](const Attacker& attacker) {
                    return IsOnBothPaths(attacker.places, direction);
                }));
        };
        NS_TEST_EXPECT_MSG_EQ(count(answer.attackers.ases) + count(answer.attackers.coalitions),
                              shared,
                              "attackers on both paths, " << ToString(direction));
        for (const Attacker& coalition : answer.attackers.coalitions)
        {
            const auto& members = model.Coalitions()[coalition.id].members;
            NS_TEST_EXPECT_MSG_EQ(IsOnBothPaths(coalition.placesWithEnds, direction),
                                  IsExposed(places, {members.begin(), members.end()}, direction),
                                  "ends included");
        }
        if (selection == Selection::BEST && plain.size() > 1)
        {
            for (auto a = plain.begin(); a != plain.end(); ++a)
            {
                for (auto b = std::next(a); b != plain.end(); ++b)
                {
                    const std::size_t other =
                        CountShared(graph, model, answer.pair, PlacesOf(*a, *b), direction);
                    NS_TEST_EXPECT_MSG_EQ((shared <= other), true, "no pair of paths is better");
                }
            }
        }
    }

    std::vector<RouteTable> m_routes; //!< by destination
    std::size_t m_twoChoices{0};
    std::size_t m_asymmetric{0};
};

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

class ExposureSuite : public TestSuite
{
  public:
    ExposureSuite()
        : TestSuite("smkex-internet-exposure", UNIT)
    {
        AddTestCase(new KnownAnswers, TestCase::QUICK);
        AddTestCase(new AnswersEqualPlainSets, TestCase::QUICK);
        AddTestCase(new ExitCurvesEqualEnumeration, TestCase::QUICK);
        AddTestCase(new StatisticsAreRight, TestCase::QUICK);
        AddTestCase(new OutputDoesNotDependOnThreads, TestCase::QUICK);
    }
};

const ExposureSuite g_exposureSuite;

} // namespace
