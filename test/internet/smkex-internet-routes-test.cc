/*
 * SPDX-License-Identifier: GPL-2.0-only
 */
#include "internet-test-support.h"

#include "ns3/smkex-as-files.h"
#include "ns3/smkex-as-graph.h"
#include "ns3/smkex-input-error.h"
#include "ns3/smkex-parallel.h"
#include "ns3/smkex-routes.h"
#include "ns3/test.h"

#include <algorithm>
#include <iostream>
#include <mutex>

using namespace ns3;
using namespace smkex;
using namespace internet_test;

namespace
{

/** Every route of random small graphs, against brute force. */
class RoutesEqualBruteForce : public TestCase
{
  public:
    RoutesEqualBruteForce()
        : TestCase("routes of 10,000 random graphs equal those chosen among all valley-free paths")
    {
    }

  private:
    void DoRun() override
    {
        constexpr int GRAPHS = 10000;
        SampleRandom random(1, 1);
        std::size_t routes = 0;
        for (int i = 0; i < GRAPHS && !IsStatusFailure(); ++i)
        {
            const std::vector<AsLink> links = RandomLinks(random);
            routes += Compare(links, {TIE_BREAK_RULES[i % TIE_BREAK_RULES.size()], random.Next()});
        }
        NS_TEST_ASSERT_MSG_GT(routes, 50 * GRAPHS / 10, "hardly any routes were compared");
    }

    /** \return the number of routes compared */
    std::size_t Compare(const std::vector<AsLink>& links, TieBreak tieBreak)
    {
        const AsGraph graph(links, "test");
        const RouteOracle oracle(links);
        RouteTable table(graph, tieBreak);
        const auto prefers = [&](Asn as, Asn a, Asn b) {
            return tieBreak.rule == TieBreak::Rule::LOWEST_ASN ? a < b
                   : tieBreak.rule == TieBreak::Rule::HIGHEST_ASN
                       ? a > b
                       : Prefers(graph, tieBreak, *graph.Find(as), *graph.Find(a), *graph.Find(b));
        };
        std::size_t routes = 0;
        for (AsIndex to = 0; to < graph.Size(); ++to)
        {
            table.Compute(to);
            const auto all = oracle.ValleyFreePaths(graph.AsnOf(to));
            auto expected = oracle.Settle(all, graph.AsnOf(to), prefers);
            for (AsIndex from = 0; from < graph.Size(); ++from)
            {
                RouteOracle::Path path;
                for (AsIndex as : table.Path(from))
                {
                    path.push_back(graph.AsnOf(as));
                }
                const Asn asn = graph.AsnOf(from);
                NS_TEST_EXPECT_MSG_EQ((path == expected[asn]),
                                      true,
                                      "AS " << asn << " to AS " << graph.AsnOf(to) << ", "
                                            << ToString(tieBreak.rule));
                if (from != to)
                {
                    CompareWithAll(all, path, asn, table.RouteOf(from).routeClass, oracle);
                    routes += path.empty() ? 0 : 1;
                }
            }
        }
        return routes;
    }

    /** What holds of a choice whatever other ASes choose. */
    void CompareWithAll(const std::map<Asn, std::vector<RouteOracle::Path>>& all,
                        const RouteOracle::Path& path,
                        Asn from,
                        RouteClass routeClass,
                        const RouteOracle& oracle)
    {
        const auto paths = all.find(from);
        NS_TEST_EXPECT_MSG_EQ(path.empty(), (paths == all.end()), "reach of AS " << from);
        if (paths == all.end() || path.empty())
        {
            NS_TEST_EXPECT_MSG_EQ((routeClass == RouteClass::NONE), true, "class without a route");
            return;
        }
        RouteClass best = RouteClass::PROVIDER;
        std::size_t shortest = SIZE_MAX;
        for (const auto& candidate : paths->second)
        {
            best = std::min(best, oracle.ClassOf(candidate));
        }
        for (const auto& candidate : paths->second)
        {
            if (oracle.ClassOf(candidate) == best)
            {
                shortest = std::min(shortest, candidate.size());
            }
        }
        NS_TEST_EXPECT_MSG_EQ((routeClass == best), true, "class of the route of AS " << from);
        if (best != RouteClass::PROVIDER)
        {
            NS_TEST_EXPECT_MSG_EQ(path.size(), shortest, "length of the route of AS " << from);
        }
    }
};

/** Preferences, one at a time, on a graph small enough to follow by hand. */
class PreferencesInOrder : public TestCase
{
  public:
    PreferencesInOrder()
        : TestCase("class goes before length, length before the tie-break")
    {
    }

  private:
    void DoRun() override
    {
        // 10 reaches 50 through its customers 20 and 30 (three links), its peer 40 (two) and, as
        // 50's provider would be shorter still, its provider 60 (two).
        const std::vector<AsLink> links{{10, 20, AsRelationship::PROVIDER, 0},
                                        {20, 30, AsRelationship::PROVIDER, 0},
                                        {30, 50, AsRelationship::PROVIDER, 0},
                                        {10, 40, AsRelationship::PEER, 0},
                                        {40, 50, AsRelationship::PROVIDER, 0},
                                        {60, 10, AsRelationship::PROVIDER, 0},
                                        {60, 50, AsRelationship::PROVIDER, 0}};
        Check(links, {}, {10, 20, 30, 50}, RouteClass::CUSTOMER);
        Check({links.begin() + 3, links.end()}, {}, {10, 40, 50}, RouteClass::PEER);
        Check({links.begin() + 5, links.end()}, {}, {10, 60, 50}, RouteClass::PROVIDER);

        std::vector<AsLink> twoPeers(links.begin() + 3, links.end());
        twoPeers.push_back({10, 45, AsRelationship::PEER, 0});
        twoPeers.push_back({45, 50, AsRelationship::PROVIDER, 0});
        Check(twoPeers, {TieBreak::Rule::LOWEST_ASN, 0}, {10, 40, 50}, RouteClass::PEER);
        Check(twoPeers, {TieBreak::Rule::HIGHEST_ASN, 0}, {10, 45, 50}, RouteClass::PEER);

        bool through40 = false;
        bool through45 = false;
        for (std::uint64_t seed = 0; seed < 64; ++seed)
        {
            const auto path = PathFrom10To50(twoPeers, {TieBreak::Rule::HASH, seed});
            through40 = through40 || path[1] == 40;
            through45 = through45 || path[1] == 45;
        }
        NS_TEST_EXPECT_MSG_EQ((through40 && through45), true, "the hash depends on the seed");
    }

    void Check(const std::vector<AsLink>& links,
               TieBreak tieBreak,
               const std::vector<Asn>& expected,
               RouteClass routeClass)
    {
        NS_TEST_EXPECT_MSG_EQ((PathFrom10To50(links, tieBreak) == expected), true, "path");
        NS_TEST_EXPECT_MSG_EQ((m_class == routeClass), true, "class");
    }

    std::vector<Asn> PathFrom10To50(const std::vector<AsLink>& links, TieBreak tieBreak)
    {
        const AsGraph graph(links, "test");
        RouteTable table(graph, tieBreak);
        table.Compute(*graph.Find(50));
        m_class = table.RouteOf(*graph.Find(10)).routeClass;
        std::vector<Asn> path;
        for (AsIndex as : table.Path(*graph.Find(10)))
        {
            path.push_back(graph.AsnOf(as));
        }
        return path;
    }

    RouteClass m_class{};
};

/** A table that is used again forgets what it held. */
class TableIsReusable : public TestCase
{
  public:
    TableIsReusable()
        : TestCase("destinations A, B, A give A's routes twice")
    {
    }

  private:
    void DoRun() override
    {
        SampleRandom random(2, 1);
        for (int i = 0; i < 200; ++i)
        {
            const AsGraph graph(RandomLinks(random), "test");
            RouteTable table(graph);
            table.Compute(0);
            const auto first = Paths(graph, table);
            table.Compute(1);
            const auto other = Paths(graph, table);
            table.Compute(0);
            NS_TEST_EXPECT_MSG_EQ((Paths(graph, table) == first), true, "second time");
            NS_TEST_EXPECT_MSG_EQ((other != first), true, "another destination");
        }
    }

    static std::vector<std::vector<AsIndex>> Paths(const AsGraph& graph, const RouteTable& table)
    {
        std::vector<std::vector<AsIndex>> paths;
        for (AsIndex as = 0; as < graph.Size(); ++as)
        {
            paths.push_back(table.Path(as));
        }
        return paths;
    }
};

/** Links on which a file or a program may be wrong. */
class BadLinksAreRefused : public TestCase
{
  public:
    BadLinksAreRefused()
        : TestCase("self-loops, contradictions and cycles of providers are refused by line")
    {
    }

  private:
    void DoRun() override
    {
        constexpr auto PROVIDER = AsRelationship::PROVIDER;
        constexpr auto PEER = AsRelationship::PEER;
        Refuse({}, 0, "no AS relationship");
        Refuse({{1, 2, PROVIDER, 1}, {0, 2, PEER, 2}}, 2, "AS 0 is reserved");
        Refuse({{1, 2, PROVIDER, 1}, {7, 7, PEER, 2}}, 2, "AS 7 has a link to itself");
        Refuse({{1, 2, PROVIDER, 1}, {1, 2, PEER, 5}}, 5, "line 1 makes AS 1 a provider of AS 2");
        Refuse({{1, 2, PROVIDER, 3}, {2, 1, PROVIDER, 8}}, 8, "AS 2 a provider of AS 1");
        Refuse({{1, 2, PROVIDER, 1},
                {2, 3, PROVIDER, 4},
                {3, 1, PROVIDER, 2},
                {1, 9, PROVIDER, 5},
                {8, 2, PROVIDER, 6}},
               4,
               "cycle of providers");
        // The same fact twice is no contradiction, in either order of two peers.
        const AsGraph graph({{1, 2, PEER, 1}, {2, 1, PEER, 2}, {1, 3, PROVIDER, 3}}, "test");
        NS_TEST_EXPECT_MSG_EQ(graph.LinkCount(), 2, "links are counted once");
        NS_TEST_EXPECT_MSG_EQ(graph.Links().size(), 2, "links are listed once");
    }

    void Refuse(const std::vector<AsLink>& links, std::size_t line, const std::string& reason)
    {
        try
        {
            const AsGraph graph(links, "file");
            NS_TEST_EXPECT_MSG_EQ(true, false, "accepted, instead of: " << reason);
        }
        catch (const InputError& error)
        {
            NS_TEST_EXPECT_MSG_EQ(error.Line(), line, error.what());
            const bool says = std::string(error.what()).find(reason) != std::string::npos;
            NS_TEST_EXPECT_MSG_EQ(says, true, error.what());
        }
    }
};

/** CAIDA's graph of November 2016: 55,809 ASes, 239,064 links. */
class CaidaRoutesAreSound : public TestCase
{
  public:
    /** \param stride every how many ASes there is a destination */
    CaidaRoutesAreSound(const std::string& suite, std::size_t stride)
        : TestCase("CAIDA's graph: routes are valley-free and loop-free, and none is missing"),
          m_suite(suite),
          m_stride(stride)
    {
    }

  private:
    void DoRun() override
    {
        const std::string path = SharedData("as/20161101.as-rel.txt.bz2");
        if (path.empty())
        {
            std::cout << "SKIP " << m_suite << " " << GetName()
                      << ": no file as/20161101.as-rel.txt.bz2 in the shared data" << std::endl;
            return;
        }
        const AsGraph graph = ReadAsRelationships(path);
        NS_TEST_ASSERT_MSG_EQ(graph.Size(), 55809, "ASes");
        NS_TEST_ASSERT_MSG_EQ(graph.LinkCount(), 239064, "links");

        std::mutex mutex;
        std::string firstFault;
        std::size_t routes = 0;
        ParallelFor((graph.Size() + m_stride - 1) / m_stride, 2, [&] {
            return [&, table = RouteTable(graph)](std::size_t i) mutable {
                const auto to = static_cast<AsIndex>(i * m_stride);
                table.Compute(to);
                const std::vector<bool> reachable = Reachable(graph, to);
                std::size_t sound = 0;
                std::string fault;
                for (AsIndex as = 0; as < graph.Size() && fault.empty(); ++as)
                {
                    if (table.HasRoute(as) != reachable[as])
                    {
                        fault = "reach differs: ";
                    }
                    else if (reachable[as] && !IsSound(graph, table, as))
                    {
                        fault = "unsound route: ";
                    }
                    sound += reachable[as] ? 1 : 0;
                    fault += fault.empty() ? ""
                                           : "AS " + std::to_string(graph.AsnOf(as)) + " to AS " +
                                                 std::to_string(graph.AsnOf(to));
                }
                const std::lock_guard<std::mutex> lock(mutex);
                routes += sound;
                firstFault = firstFault.empty() ? fault : firstFault;
            };
        });
        NS_TEST_EXPECT_MSG_EQ(firstFault, "", "first fault");
        NS_TEST_EXPECT_MSG_GT(routes, 50000 * (graph.Size() / m_stride), "routes looked at");
    }

    /** Who has a valley-free path to `to`, by walking from it without regard for preferences. */
    static std::vector<bool> Reachable(const AsGraph& graph, AsIndex to)
    {
        std::vector<bool> descends(graph.Size()); // has a path of descending links only
        std::vector<bool> any(graph.Size());
        std::vector<AsIndex> queue{to};
        descends[to] = true;
        for (std::size_t i = 0; i < queue.size(); ++i)
        {
            for (AsIndex provider : graph.Providers(queue[i]))
            {
                if (!descends[provider])
                {
                    descends[provider] = true;
                    queue.push_back(provider);
                }
            }
        }
        const std::size_t descending = queue.size();
        any = descends;
        for (std::size_t i = 0; i < descending; ++i)
        {
            for (AsIndex peer : graph.Peers(queue[i]))
            {
                if (!any[peer])
                {
                    any[peer] = true;
                    queue.push_back(peer);
                }
            }
        }
        for (std::size_t i = 0; i < queue.size(); ++i)
        {
            for (AsIndex customer : graph.Customers(queue[i]))
            {
                if (!any[customer])
                {
                    any[customer] = true;
                    queue.push_back(customer);
                }
            }
        }
        return any;
    }

    /** Whether a route is made of links, ends where it should, and never climbs again. */
    static bool IsSound(const AsGraph& graph, const RouteTable& table, AsIndex from)
    {
        const auto has = [](AsRange range, AsIndex as) {
            return std::binary_search(range.begin(), range.end(), as);
        };
        const std::vector<AsIndex> path = table.Path(from);
        const std::size_t links = table.RouteOf(from).length;
        if (path.size() != links + 1 || path.back() != table.Destination())
        {
            return false;
        }
        bool climbing = true;
        for (std::size_t i = 1; i < path.size(); ++i)
        {
            const bool up = has(graph.Providers(path[i - 1]), path[i]);
            const bool across = has(graph.Peers(path[i - 1]), path[i]);
            const bool down = has(graph.Customers(path[i - 1]), path[i]);
            if (!(up || across || down) || (!climbing && !down) ||
                std::find(path.begin(), path.begin() + i, path[i]) != path.begin() + i)
            {
                return false;
            }
            climbing = up;
        }
        return true;
    }

    std::string m_suite;
    std::size_t m_stride;
};

class RoutesSuite : public TestSuite
{
  public:
    RoutesSuite()
        : TestSuite("smkex-internet-routes", UNIT)
    {
        AddTestCase(new RoutesEqualBruteForce, TestCase::QUICK);
        AddTestCase(new PreferencesInOrder, TestCase::QUICK);
        AddTestCase(new TableIsReusable, TestCase::QUICK);
        AddTestCase(new BadLinksAreRefused, TestCase::QUICK);
        AddTestCase(new CaidaRoutesAreSound("smkex-internet-routes", 1000), TestCase::QUICK);
    }
};

class RoutesExhaustiveSuite : public TestSuite
{
  public:
    RoutesExhaustiveSuite()
        : TestSuite("smkex-internet-routes-exhaustive", UNIT)
    {
        AddTestCase(new CaidaRoutesAreSound("smkex-internet-routes-exhaustive", 1),
                    TestCase::QUICK);
    }
};

const RoutesSuite g_routesSuite;
const RoutesExhaustiveSuite g_routesExhaustiveSuite;

} // namespace
