/*
 * SPDX-License-Identifier: GPL-2.0-only
 */
#include "smkex-experiment-runs.h"

#include "ns3/test.h"

#include <algorithm>

using namespace ns3;

namespace
{

/** What the messages of each exchange take, in milliseconds: no cryptography, no queueing. */
double
ExpectedSetup(const std::string& transport, const std::string& protocol, double rtt1, double rtt2)
{
    if (protocol == "tcp")
    {
        return rtt1;
    }
    if (protocol == "dh")
    {
        return 2 * rtt1;
    }
    if (transport == "mptcp")
    {
        // Connecting; g^x and what acknowledges it; the join, to its fourth ACK; N_C and H.
        return 2 * rtt1 + 2 * rtt2 + rtt2;
    }
    if (transport == "mptcp-join-data")
    {
        // N_C leaves with the join once the server's key is known, after RTT1. H leaves once it
        // and g^x are both in.
        return std::max(2 * rtt1, std::max(1.5 * rtt1, rtt1 + 0.5 * rtt2) + 0.5 * rtt2);
    }
    // H leaves once g^x and N_C are both in, and travels on path 2.
    return std::max(2 * rtt1, 1.5 * std::max(rtt1, rtt2) + 0.5 * rtt2);
}

/** Round-trip times against set-up times, on one kind of network. */
class LatencyCase : public TestCase
{
  public:
    LatencyCase(const std::string& where, const SmkexOptionValues& network)
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
                                                     {200, 201},
                                                     {201, 200},
                                                     {300, 300}};
        for (const auto& [rtt1, rtt2] : pairs)
        {
            for (const std::string protocol : {"tcp", "dh", "smkex"})
            {
                Check(protocol, rtt1, rtt2);
            }
        }
    }

    void Check(const std::string& protocol, int rtt1, int rtt2)
    {
        const std::string rtt = std::to_string(rtt1) + "ms," + std::to_string(rtt2) + "ms";
        const SmkexRecord record =
            RunExperiment(m_network + SmkexOptionValues{{"protocol", protocol},
                                                        {"cryptoCost", "none"},
                                                        {"rate", "10Gbps"},
                                                        {"rtt", rtt}})
                .front();
        NS_TEST_ASSERT_MSG_EQ(record.clientSetup.has_value(), true, ToJson(record));
        const double expected = ExpectedSetup(record.transport, protocol, rtt1, rtt2) / 1000;
        NS_TEST_EXPECT_MSG_EQ_TOL(record.clientSetup->GetSeconds(),
                                  expected,
                                  expected * 0.001,
                                  protocol << " at " << rtt);
        NS_TEST_EXPECT_MSG_EQ(record.clientCompute.IsZero(), true, "nothing costs time");
    }

    SmkexOptionValues m_network;
};

/** A number of paths above two: every further path has a nonce and an H of its own. */
class ThirdPathCase : public TestCase
{
  public:
    ThirdPathCase()
        : TestCase("Of several nonce paths the slowest counts")
    {
    }

  private:
    void DoRun() override
    {
        for (const std::string rtt : {"40ms,20ms,100ms", "40ms,100ms,20ms"})
        {
            const SmkexRecord record =
                RunExperiment(
                    {{"paths", "3"}, {"cryptoCost", "none"}, {"rate", "10Gbps"}, {"rtt", rtt}})
                    .front();
            NS_TEST_ASSERT_MSG_EQ(record.clientSetup.has_value(), true, ToJson(record));
            NS_TEST_EXPECT_MSG_EQ_TOL(record.clientSetup->GetSeconds(), 0.2, 0.0002, rtt);
            NS_TEST_EXPECT_MSG_EQ(record.subflows, 3, rtt);
        }
    }
};

class LatencySuite : public TestSuite
{
  public:
    LatencySuite()
        : TestSuite("smkex-latency", UNIT)
    {
        const std::vector<std::pair<std::string, SmkexOptionValues>> networks{
            {"over one hop", {}},
            {"over three hops", {{"hops", "3"}}},
            {"where paths share their only hop", {{"sharedHops", "1"}}},
            {"where paths share two of three hops", {{"hops", "3"}, {"sharedHops", "2"}}},
            {"over IPv6", {{"ipVersion", "6"}}},
            {"over Multipath TCP", {{"transport", "mptcp"}}},
            {"over Multipath TCP with join data", {{"transport", "mptcp-join-data"}}},
            {"over Multipath TCP with join data, IPv6, three hops",
             {{"transport", "mptcp-join-data"}, {"ipVersion", "6"}, {"hops", "3"}}},
            {"under an attacker who wins", {{"adversary", "1:1:active:x"}, {"sharedHops", "1"}}},
        };
        for (const auto& [where, network] : networks)
        {
            AddTestCase(new LatencyCase(where, network), QUICK);
        }
        AddTestCase(new ThirdPathCase, QUICK);
    }
};

const LatencySuite g_latencySuite;

} // namespace
