/*
 * SPDX-License-Identifier: GPL-2.0-only
 */
#include "smkex-client-and-server.h"

#include "ns3/test.h"

#include <algorithm>

using namespace ns3;

namespace
{

/** Operations that cost about as much as a round trip, and never twice the same. */
const char* const WIDE_PROFILE = R"(
key-generation-x25519 50000 0 0.5
key-generation-p256 60000 0 0.5
agreement-x25519 55000 0 0.5
agreement-p256 70000 0 0.5
hash-sha256 4000 3 0.5
kdf-hkdf-sha256 3000 5 0.5
sign-ed25519 1 0 0
verify-ed25519 1 0 0
seal-aes128-gcm 2000 1 0.5
open-aes128-gcm 2000 1 0.5
)";

/** A session with what it cost, and the same one where cryptography costs nothing. */
struct Measured
{
    Time setup;
    Time network; //!< set-up time at no cost
    ClientAndServer::Told client;
    ClientAndServer::Told server;
};

Time
SetupOf(const SmkexOutcome& outcome)
{
    return *outcome.accepted - outcome.started;
}

Measured
Measure(const SmkexOptionValues& options, const std::shared_ptr<const smkex::CostProfile>& costs)
{
    Measured measured;
    for (const bool free : {true, false})
    {
        ClientAndServer pair(options);
        const auto profile = free ? std::make_shared<const smkex::CostProfile>()
                                  : (costs ? costs : pair.config.costs);
        pair.client->SetCostProfile(profile);
        pair.server->SetCostProfile(profile);
        Simulator::Run();
        NS_ABORT_MSG_IF(pair.clientTold.accepted.size() != 1, "the client accepts");
        (free ? measured.network : measured.setup) = SetupOf(pair.clientTold.accepted.front());
        measured.client = pair.clientTold;
        measured.server = pair.serverTold;
    }
    return measured;
}

/** What the operations add to the set-up time, from the order of events alone. */
Time
CriticalPath(const std::string& protocol,
             Time rtt1,
             Time rtt2,
             bool nonceFirst,
             const Measured& measured)
{
    const auto& client = measured.client;
    const auto& server = measured.server;
    // Keys are generated while the connection is being made.
    const Time beforeConnected = std::max(client.Spent("key-generation") - rtt1, Time(0));
    const Time keys = client.Spent("hash") + client.Spent("kdf");
    const Time toShare = server.Spent("key-generation");
    const Time agreement = client.Spent("agreement");
    if (protocol == "dh")
    {
        return beforeConnected + toShare + agreement + keys;
    }
    const Time binding = server.operations.at(nonceFirst ? 1 : 2).duration;
    if (nonceFirst) // N_C waits for g^x, and H is there before the agreement is done
    {
        return toShare + agreement + keys;
    }
    if (rtt2 > rtt1) // all work on the shares is done before N_C, or H, is there
    {
        return binding + keys;
    }
    // N_C arrives behind g^x, so the server works on it after its agreement.
    const Time share = toShare + agreement;
    const Time hash = toShare + server.Spent("agreement") + binding;
    return std::max(share, hash) + keys;
}

class CriticalPathCase : public TestCase
{
  public:
    CriticalPathCase(const std::string& name,
                     const SmkexOptionValues& options,
                     const std::vector<std::string>& protocols,
                     int factor,
                     const char* profile = nullptr)
        : TestCase(name),
          m_options(options),
          m_protocols(protocols),
          m_factor(factor)
    {
        if (profile)
        {
            auto costs = std::make_shared<smkex::CostProfile>();
            std::string error;
            NS_ABORT_MSG_IF(!costs->Parse(profile, error), error);
            m_costs = costs;
        }
    }

  private:
    void DoRun() override
    {
        for (const std::string& protocol : m_protocols)
        {
            for (const auto& [rtt1, rtt2] :
                 {std::pair{200, 200}, {400, 400}, {400, 200}, {400, 1200}, {900, 300}})
            {
                for (int run = 1; run <= 10; ++run)
                {
                    Check(protocol, rtt1 * m_factor, rtt2 * m_factor, run);
                }
            }
        }
    }

    void Check(const std::string& protocol, int rtt1, int rtt2, int run)
    {
        const std::string rtt = std::to_string(rtt1) + "us," + std::to_string(rtt2) + "us";
        const Measured measured =
            Measure(m_options + SmkexOptionValues{{"protocol", protocol},
                                                  {"rtt", rtt},
                                                  {"rate", "100Gbps"},
                                                  {"run", std::to_string(run)}},
                    m_costs);
        // On equal paths a P-256 share, which takes longer to send, arrives behind the nonce.
        const bool shareIsLonger = m_options == SmkexOptionValues{{"group", "p256"}};
        const Time expected = protocol == "tcp"
                                  ? Time(0)
                                  : CriticalPath(protocol,
                                                 MicroSeconds(rtt1),
                                                 MicroSeconds(rtt2),
                                                 rtt2 < rtt1 || (rtt2 == rtt1 && shareIsLonger),
                                                 measured);
        const std::string what = protocol + " at " + rtt + ", run " + std::to_string(run);
        // A segment may wait for another one's few octets on the same link.
        NS_TEST_EXPECT_MSG_EQ_TOL((measured.setup - measured.network).GetNanoSeconds(),
                                  expected.GetNanoSeconds(),
                                  50,
                                  what);

        const SmkexOutcome& client = measured.client.accepted.front();
        const Time spent = measured.client.Spent("");
        NS_TEST_EXPECT_MSG_EQ((client.computed == spent), true, what << ": the client's share");
        NS_TEST_EXPECT_MSG_EQ(client.computed.IsZero(), (protocol == "tcp"), what);
        const SmkexOutcome& server = measured.server.accepted.front();
        NS_TEST_EXPECT_MSG_EQ((server.computed == measured.server.Spent("")), true, what);
    }

    SmkexOptionValues m_options;
    std::vector<std::string> m_protocols;
    int m_factor; //!< of the round-trip times
    std::shared_ptr<const smkex::CostProfile> m_costs;
};

/** The experiment's record says the same as the applications' trace sources. */
class RecordCase : public TestCase
{
  public:
    RecordCase()
        : TestCase("The record has the set-up and compute times that the applications trace")
    {
    }

  private:
    void DoRun() override
    {
        for (const std::string protocol : {"tcp", "dh", "smkex"})
        {
            const SmkexOptionValues options{{"protocol", protocol}, {"rtt", "0.2ms"}};
            const SmkexRecord record = RunExperiment(options).front();
            ClientAndServer pair(options);
            Simulator::Run();
            const SmkexOutcome& client = pair.clientTold.accepted.front();
            const SmkexOutcome& server = pair.serverTold.accepted.front();
            NS_TEST_EXPECT_MSG_EQ((record.clientSetup == SetupOf(client)), true, ToJson(record));
            NS_TEST_EXPECT_MSG_EQ((record.clientCompute == client.computed), true, protocol);
            NS_TEST_EXPECT_MSG_EQ((record.serverSetup == *server.accepted - client.started),
                                  true,
                                  protocol);
            NS_TEST_EXPECT_MSG_EQ((record.serverCompute == server.computed), true, protocol);
        }
    }
};

class ComputeTimeSuite : public TestSuite
{
  public:
    ComputeTimeSuite()
        : TestSuite("smkex-compute-time", UNIT)
    {
        const SmkexOptionValues p256{{"group", "p256"}};
        const std::vector<std::string> all{"tcp", "dh", "smkex"};
        AddTestCase(new CriticalPathCase("Set-up takes the network's time and the measured draws "
                                         "on the critical path, from 0.2 ms on",
                                         {},
                                         all,
                                         1),
                    QUICK);
        AddTestCase(
            new CriticalPathCase("Likewise with P-256 at ten times the delay", p256, all, 10),
            QUICK);
        AddTestCase(new CriticalPathCase("Likewise where a key pair takes longer than to connect",
                                         p256,
                                         {"dh"},
                                         1),
                    QUICK);
        AddTestCase(
            new CriticalPathCase("Likewise with widely spread costs", {}, all, 2, WIDE_PROFILE),
            QUICK);
        AddTestCase(new RecordCase, QUICK);
    }
};

const ComputeTimeSuite g_computeTimeSuite;

} // namespace
