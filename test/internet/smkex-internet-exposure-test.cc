/*
 * SPDX-License-Identifier: GPL-2.0-only
 */
#include "internet-test-support.h"

#include "ns3/smkex-exposure.h"
#include "ns3/test.h"

#include <algorithm>
#include <array>
#include <set>

using namespace ns3;
using namespace smkex;
using namespace internet_test;

namespace
{

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
            for (Direction direction : DIRECTIONS)
            {
                NS_TEST_EXPECT_MSG_EQ(IsOnBothPaths(as30->places, direction),
                                      !sealed,
                                      "AS 30 carries both, " << ToString(direction));
            }
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
        for (int i = 0; i < 600 && !IsStatusFailure(); ++i)
        {
            const AsGraph graph(RandomLinks(random), "test");
            const TieBreak tieBreak{TIE_BREAK_RULES[i % TIE_BREAK_RULES.size()], random.Next()};
            m_routes.clear();
            for (AsIndex to = 0; to < graph.Size(); ++to)
            {
                m_routes.emplace_back(graph, tieBreak);
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
            const PathChoices choices(graph, {tieBreak, {}, false}, pairs, 2);
            for (const AsPair& pair : pairs)
            {
                Check(graph, choices, model, pair);
            }
        }
        NS_TEST_EXPECT_MSG_GT(m_twoChoices, 500, "pairs with a choice");
        NS_TEST_EXPECT_MSG_GT(m_answeredEarly,
                              0,
                              "answers that meet the client before its provider");
        NS_TEST_EXPECT_MSG_GT(m_asymmetric, 20, "paths that differ by direction");
    }

    Path Route(AsIndex from, AsIndex to) const
    {
        return m_routes[to].Path(from);
    }

    /** Forward and reverse path of each choice, in any order. */
    std::set<std::pair<Path, Path>> PlainChoices(const AsGraph& graph, const AsPair& pair)
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
                    ++m_answeredEarly;
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
    std::size_t m_answeredEarly{0};
};

class ExposureSuite : public TestSuite
{
  public:
    ExposureSuite()
        : TestSuite("smkex-internet-exposure", UNIT)
    {
        AddTestCase(new KnownAnswers, TestCase::QUICK);
        AddTestCase(new AnswersEqualPlainSets, TestCase::QUICK);
    }
};

const ExposureSuite g_exposureSuite;

} // namespace
