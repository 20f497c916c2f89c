/*
 * SPDX-License-Identifier: GPL-2.0-only
 */
#include "internet-test-support.h"

#include "ns3/smkex-disjoint-paths.h"
#include "ns3/smkex-input-error.h"
#include "ns3/smkex-router-topology.h"
#include "ns3/test.h"

#include <algorithm>
#include <cmath>
#include <fstream>
#include <functional>
#include <iostream>
#include <map>
#include <set>
#include <tuple>

using namespace ns3;
using namespace smkex;
using namespace internet_test;

namespace
{

constexpr double PI = 3.14159265358979323846;
constexpr char SUITE[] = "smkex-internet-topology";

/** Great circle by the spherical law of cosines: another formula than the module's. */
double
CosineLawKm(const Coordinates& a, const Coordinates& b)
{
    const auto radians = [](double degrees) { return degrees * PI / 180; };
    return 6371.0088 * std::acos(std::sin(radians(a.latitude)) * std::sin(radians(b.latitude)) +
                                 std::cos(radians(a.latitude)) * std::cos(radians(b.latitude)) *
                                     std::cos(radians(a.longitude - b.longitude)));
}

class DistancesAreGreatCircles : public TestCase
{
  public:
    DistancesAreGreatCircles()
        : TestCase("distances are great circles, latencies two thirds of the speed of light")
    {
    }

  private:
    void DoRun() override
    {
        const double quarter = 6371.0088 * PI / 2;
        NS_TEST_EXPECT_MSG_EQ_TOL(GreatCircleKm({0, 0}, {0, 90}), quarter, 1e-6, "equator");
        NS_TEST_EXPECT_MSG_EQ_TOL(GreatCircleKm({90, 12}, {0, -77}), quarter, 1e-6, "to the pole");
        NS_TEST_EXPECT_MSG_EQ_TOL(GreatCircleKm({30, 40}, {-30, -140}),
                                  2 * quarter,
                                  1e-3,
                                  "antipode");
        NS_TEST_EXPECT_MSG_EQ_TOL(GreatCircleKm({0, 179}, {0, -179}),
                                  quarter / 45,
                                  1e-6,
                                  "date line");
        NS_TEST_EXPECT_MSG_EQ(GreatCircleKm({51.5, -0.1}, {51.5, -0.1}), 0, "same place");
        const Coordinates bucharest{44.43, 26.10};
        const Coordinates newYork{40.71, -74.01};
        NS_TEST_EXPECT_MSG_EQ_TOL(GreatCircleKm(bucharest, newYork),
                                  CosineLawKm(bucharest, newYork),
                                  1e-3,
                                  "another formula");
        NS_TEST_EXPECT_MSG_EQ(FibreLatencyNs(299792.458 * 2 / 3), 1000000000, "a second");
        NS_TEST_EXPECT_MSG_EQ(FibreLatencyNs(0), 0, "no way");
    }
};

class GraphmlTestCase : public TestCase
{
  protected:
    using TestCase::TestCase;

    static std::string Graphml(const std::string& graph)
    {
        return R"(<?xml version="1.0" encoding="utf-8"?>
<graphml xmlns="http://graphml.graphdrawing.org/xmlns">
  <key attr.name="label" for="node" id="d1" />
  <key attr.name="Latitude" for="node" id="d2" />
  <key attr.name="Longitude" for="node" id="d3" />
  <key attr.name="LinkSpeedRaw" for="edge" id="d4" />
  <key attr.name="Network" for="graph" id="d5" />
  <graph edgedefault="undirected">
    <data key="d5">Small</data>
)" + graph + "  </graph>\n</graphml>\n";
    }

    static std::string Node(const std::string& id,
                            const std::string& label,
                            const std::string& latitude,
                            const std::string& longitude)
    {
        std::string text = "    <node id=\"" + id + "\">";
        text += label.empty() ? "" : "<data key=\"d1\">" + label + "</data>";
        text += latitude.empty() ? "" : "<data key=\"d2\">" + latitude + "</data>";
        text += longitude.empty() ? "" : "<data key=\"d3\">" + longitude + "</data>";
        return text + "</node>\n";
    }

    static std::string Edge(const std::string& a,
                            const std::string& b,
                            const std::string& rate = "")
    {
        return "    <edge source=\"" + a + "\" target=\"" + b + "\">" +
               (rate.empty() ? "" : "<data key=\"d4\">" + rate + "</data>") + "</edge>\n";
    }

    RouterTopology ReadText(const std::string& text)
    {
        const std::string path = CreateTempDirFilename("topology.graphml");
        std::ofstream(path, std::ios::binary) << text;
        return ReadTopologyZoo(path);
    }

    void Refuses(const std::function<void()>& act, std::size_t line, const std::string& reason)
    {
        try
        {
            act();
            NS_TEST_EXPECT_MSG_EQ(true, false, "accepted, instead of: " << reason);
        }
        catch (const InputError& error)
        {
            const bool says = std::string(error.what()).find(reason) != std::string::npos;
            NS_TEST_EXPECT_MSG_EQ(says, true, error.what() << " does not say: " << reason);
            NS_TEST_EXPECT_MSG_EQ(error.Line(), line, error.what());
        }
    }
};

class ReadsGraphml : public GraphmlTestCase
{
  public:
    ReadsGraphml()
        : GraphmlTestCase("GraphML gives nodes with places and links with latencies and rates")
    {
    }

  private:
    void DoRun() override
    {
        const RouterTopology topology = ReadText(Graphml(
            Node("0", "North", "10.0", "20") + Node("1", "South", "-10", "20") +
            Node("2", "", "0", "0") + Node("3", "Between", "", "") + Node("4", "Beyond", "", "") +
            Node("5", "North", "1", "2") + Edge("0", "1", "10000000000.0") + Edge("0", "1") +
            Edge("0", "3") + Edge("3", "1") + Edge("3", "4") + Edge("2", "2") + Edge("2", "5")));
        NS_TEST_EXPECT_MSG_EQ(topology.name, "Small", "network");
        NS_TEST_ASSERT_MSG_EQ(topology.nodes.size(), 6, "nodes");
        NS_TEST_ASSERT_MSG_EQ(topology.links.size(), 6, "parallel links are kept, loops are not");
        NS_TEST_EXPECT_MSG_EQ(topology.links[0].rateBps.value_or(0), 1e10, "rate");
        NS_TEST_EXPECT_MSG_EQ(topology.links[1].rateBps.has_value(), false, "no rate");
        NS_TEST_EXPECT_MSG_EQ_TOL(topology.links[0].km, 6371.0088 * PI / 9, 1e-6, "20 degrees");
        NS_TEST_EXPECT_MSG_EQ(topology.links[0].latencyNs,
                              FibreLatencyNs(topology.links[0].km),
                              "latency");
        const auto& between = topology.nodes[topology.Find("Between", "--x")];
        NS_TEST_EXPECT_MSG_EQ(between.placeIsGuessed, true, "no coordinates in the file");
        NS_TEST_EXPECT_MSG_EQ_TOL(between.place.latitude, 0, 1e-9, "amid North and South");
        NS_TEST_EXPECT_MSG_EQ_TOL(between.place.longitude, 20, 1e-9, "amid North and South");
        NS_TEST_EXPECT_MSG_EQ_TOL(topology.links[4].km, 0, 1e-6, "Beyond is where Between is");
        NS_TEST_EXPECT_MSG_EQ(topology.nodes[0].placeIsGuessed, false, "in the file");

        NS_TEST_EXPECT_MSG_EQ(topology.Find("South", "--x"), 1, "by name");
        NS_TEST_EXPECT_MSG_EQ(topology.Find("5", "--x"), 5, "by id");
        NS_TEST_EXPECT_MSG_EQ(topology.nodes[2].name, "2", "the id stands in for a label");
        Refuses([&] { topology.Find("North", "--from"); }, 0, "one of their ids, 0, 5");
        Refuses([&] { topology.Find("West", "--from"); }, 0, "--from: Small has no node 'West'");
    }
};

class RefusesBadGraphml : public GraphmlTestCase
{
  public:
    RefusesBadGraphml()
        : GraphmlTestCase(
              "empty, cut, wrong and contradictory files are refused by line and reason")
    {
    }

  private:
    void DoRun() override
    {
        const std::string two = Node("0", "A", "0", "0") + Node("1", "B", "0", "1");
        const auto refuses =
            [&](const std::string& text, std::size_t line, const std::string& why) {
                Refuses([&] { ReadText(text); }, line, why);
            };
        constexpr std::size_t FIRST = 10; // line of the graph's first node
        Refuses([] { ReadTopologyZoo("/nonexistent"); }, 0, "cannot be opened");
        refuses("", 0, "it is empty");
        refuses("<html><body>404</body></html>\n", 1, "expected a <graphml> element, found <html>");
        refuses("AS|AS|0\n", 1, "not well-formed XML");
        refuses("<graphml>\n</graphml>\n", 1, "no <graph>");
        refuses(Graphml(""), 8, "no nodes or no links");
        refuses(Graphml(two), 8, "no nodes or no links");
        refuses(Graphml(two + Edge("0", "7")), FIRST + 2, "the edge's target is no node");
        refuses(Graphml(two + Node("1", "C", "0", "2")), FIRST + 2, "an id of its own");
        refuses(Graphml(Node("0", "A", "91", "0")), FIRST, "Latitude '91'");
        refuses(Graphml(Node("0", "A", "0", "east")), FIRST, "Longitude 'east'");
        refuses(Graphml(Node("0", "A", "nan", "0")), FIRST, "Latitude 'nan'");
        refuses(Graphml(two + Edge("0", "1", "fast")), FIRST + 2, "LinkSpeedRaw 'fast'");
        refuses(Graphml("<node id=\"0\"><data key=\"d9\">x</data></node>\n"), FIRST, "'d9'");
        refuses(Graphml(two + Edge("0", "1") + Node("2", "C", "", "")),
                FIRST + 3,
                "no coordinates");
        const std::string whole = Graphml(two + Edge("0", "1"));
        const std::string cut = whole.substr(0, whole.size() - 30);
        const std::size_t lines = 1 + std::count(cut.begin(), cut.end(), '\n');
        refuses(cut, lines, "not well-formed XML");
        NS_TEST_EXPECT_MSG_EQ(ReadText(whole).links.size(), 1, "whole");

        SampleRandom random(6, 1);
        std::size_t refused = 0;
        for (int i = 0; i < 300; ++i)
        {
            try
            {
                ReadText(Damaged(whole, random));
            }
            catch (const InputError& error)
            {
                const bool oneLine = std::string(error.what()).find('\n') == std::string::npos;
                NS_TEST_EXPECT_MSG_EQ(oneLine, true, error.what());
                ++refused;
            }
        }
        NS_TEST_EXPECT_MSG_GT(refused, 100, "damaged files refused");
    }
};

class ZooLatenciesAgree : public TestCase
{
  public:
    ZooLatenciesAgree()
        : TestCase("Topology Zoo: latencies agree with the coordinates, two paths share nothing")
    {
    }

  private:
    void DoRun() override
    {
        Check("Abilene", 11, 14, "New York", "Los Angeles");
        Check("Geant2011", 40, 61, "RO", "UK");
    }

    void Check(const std::string& network,
               std::size_t nodes,
               std::size_t links,
               const std::string& from,
               const std::string& to)
    {
        const std::string path = SharedData("topology-zoo/" + network + ".graphml");
        if (path.empty())
        {
            std::cout << "SKIP " << SUITE << " " << GetName() << ": no file topology-zoo/"
                      << network << ".graphml in the shared data" << std::endl;
            return;
        }
        const RouterTopology topology = ReadTopologyZoo(path);
        NS_TEST_EXPECT_MSG_EQ(topology.nodes.size(), nodes, network);
        NS_TEST_EXPECT_MSG_EQ(topology.links.size(), links, network);
        for (const RouterTopology::Link& link : topology.links)
        {
            const double km =
                CosineLawKm(topology.nodes[link.a].place, topology.nodes[link.b].place);
            const double ns = km / (299792.458 * 2 / 3) * 1e9;
            NS_TEST_EXPECT_MSG_EQ_TOL(static_cast<double>(link.latencyNs), ns, 100, network);
        }
        const auto paths =
            MostDisjointPaths(topology, topology.Find(from, from), topology.Find(to, to), 2);
        NS_TEST_ASSERT_MSG_EQ(paths.size(), 2, network);
        std::set<std::size_t> seen;
        for (const RouterPath& each : paths)
        {
            for (std::size_t i = 1; i + 1 < each.nodes.size(); ++i)
            {
                NS_TEST_EXPECT_MSG_EQ(seen.insert(each.nodes[i]).second, true, "shared router");
            }
        }
        NS_TEST_EXPECT_MSG_EQ((paths[0].latencyNs <= paths[1].latencyNs),
                              true,
                              "the shorter first");
    }
};

/** The pair of paths chosen, against every pair of paths of random small topologies. */
class PathsEqualBruteForce : public TestCase
{
  public:
    PathsEqualBruteForce()
        : TestCase("the most disjoint paths of random topologies equal those by enumeration")
    {
    }

  private:
    using Cost = std::tuple<std::size_t, std::size_t, std::int64_t, std::size_t>;

    void DoRun() override
    {
        SampleRandom random(4, 1);
        std::size_t compared = 0;
        std::size_t sharing = 0;
        for (int i = 0; i < 2000; ++i)
        {
            const RouterTopology topology = RandomTopology(random);
            const std::size_t to = topology.nodes.size() - 1;
            m_all.clear();
            RouterPath start{{0}, {}, 0};
            Extend(topology, to, start);
            for (std::size_t count : {1, 2, 3})
            {
                const auto paths = MostDisjointPaths(topology, 0, to, count);
                NS_TEST_ASSERT_MSG_EQ(paths.empty(), m_all.empty(), "a path or none");
                if (!paths.empty() && (count < 3 || m_all.size() < 25))
                {
                    NS_TEST_ASSERT_MSG_EQ(paths.size(), count, "paths");
                    CheckPaths(topology, to, paths);
                    const Cost cost = CostOf(paths);
                    std::vector<RouterPath> chosen;
                    NS_TEST_ASSERT_MSG_EQ((cost == Least(0, count, chosen)),
                                          true,
                                          "count " << count);
                    ++compared;
                    sharing += std::get<0>(cost) > 0 ? 1 : 0;
                }
            }
        }
        NS_TEST_EXPECT_MSG_GT(compared, 2000, "compared");
        NS_TEST_EXPECT_MSG_GT(sharing, 200, "with shared routers");
    }

    static RouterTopology RandomTopology(SampleRandom& random)
    {
        RouterTopology topology;
        const std::size_t nodes = 2 + random.Below(5);
        for (std::size_t i = 0; i < nodes; ++i)
        {
            topology.nodes.push_back({std::to_string(i), "", {0, 0}, false});
        }
        const std::size_t links = nodes - 1 + random.Below(5);
        for (std::size_t i = 0; i < links; ++i)
        {
            const std::size_t a = random.Below(nodes);
            const std::size_t b = random.Below(nodes);
            if (a != b)
            {
                // Few different latencies, zero among them, make ties.
                topology.links.push_back(
                    {a, b, 0, static_cast<std::int64_t>(random.Below(4)), std::nullopt});
            }
        }
        return topology;
    }

    void Extend(const RouterTopology& topology, std::size_t to, RouterPath& path)
    {
        if (path.nodes.back() == to)
        {
            m_all.push_back(path);
            return;
        }
        for (std::size_t i = 0; i < topology.links.size(); ++i)
        {
            const auto& link = topology.links[i];
            const std::size_t here = path.nodes.back();
            const std::size_t next = link.a == here ? link.b : link.a;
            const bool touches = link.a == here || link.b == here;
            if (!touches || std::count(path.nodes.begin(), path.nodes.end(), next) > 0)
            {
                continue;
            }
            path.nodes.push_back(next);
            path.links.push_back(i);
            path.latencyNs += link.latencyNs;
            Extend(topology, to, path);
            path.nodes.pop_back();
            path.links.pop_back();
            path.latencyNs -= link.latencyNs;
        }
    }

    static Cost CostOf(const std::vector<RouterPath>& paths)
    {
        std::map<std::size_t, std::size_t> routers;
        std::map<std::size_t, std::size_t> links;
        std::int64_t latency = 0;
        std::size_t length = 0;
        for (const RouterPath& path : paths)
        {
            for (std::size_t i = 1; i + 1 < path.nodes.size(); ++i)
            {
                ++routers[path.nodes[i]];
            }
            for (std::size_t link : path.links)
            {
                ++links[link];
            }
            latency += path.latencyNs;
            length += path.links.size();
        }
        const auto shared = [](const std::map<std::size_t, std::size_t>& uses) {
            std::size_t sum = 0;
            for (const auto& [element, count] : uses)
            {
                sum += count - 1;
            }
            return sum;
        };
        return {shared(routers), shared(links), latency, length};
    }

    Cost Least(std::size_t first, std::size_t count, std::vector<RouterPath>& chosen) const
    {
        if (count == 0)
        {
            return CostOf(chosen);
        }
        Cost least{SIZE_MAX, 0, 0, 0};
        for (std::size_t i = first; i < m_all.size(); ++i)
        {
            chosen.push_back(m_all[i]);
            least = std::min(least, Least(i, count - 1, chosen));
            chosen.pop_back();
        }
        return least;
    }

    void CheckPaths(const RouterTopology& topology,
                    std::size_t to,
                    const std::vector<RouterPath>& paths)
    {
        for (const RouterPath& path : paths)
        {
            NS_TEST_EXPECT_MSG_EQ((path.nodes.front() == 0 && path.nodes.back() == to),
                                  true,
                                  "ends");
            NS_TEST_EXPECT_MSG_EQ(path.nodes.size(), path.links.size() + 1, "lists");
            std::int64_t latency = 0;
            for (std::size_t i = 0; i < path.links.size(); ++i)
            {
                const auto& link = topology.links[path.links[i]];
                const std::set<std::size_t> joined{link.a, link.b};
                NS_TEST_EXPECT_MSG_EQ(
                    (joined == std::set<std::size_t>{path.nodes[i], path.nodes[i + 1]}),
                    true,
                    "a link joins its nodes");
                latency += link.latencyNs;
            }
            NS_TEST_EXPECT_MSG_EQ(latency, path.latencyNs, "latency");
        }
    }

    std::vector<RouterPath> m_all; //!< every loop-free path
};

class TopologySuite : public TestSuite
{
  public:
    TopologySuite()
        : TestSuite(SUITE, UNIT)
    {
        AddTestCase(new DistancesAreGreatCircles, TestCase::QUICK);
        AddTestCase(new ReadsGraphml, TestCase::QUICK);
        AddTestCase(new RefusesBadGraphml, TestCase::QUICK);
        AddTestCase(new ZooLatenciesAgree, TestCase::QUICK);
        AddTestCase(new PathsEqualBruteForce, TestCase::QUICK);
    }
};

const TopologySuite g_topologySuite;

} // namespace
