/*
 * SPDX-License-Identifier: GPL-2.0-only
 */
#include "ns3/simulator.h"
#include "ns3/smkex-client.h"
#include "ns3/smkex-experiment-options.h"
#include "ns3/smkex-multipath-topology.h"
#include "ns3/smkex-server.h"
#include "ns3/string.h"
#include "ns3/test.h"

using namespace ns3;

namespace
{

/** Milliseconds: later than every transport needs. */
constexpr int LAST_INSTANT = 160;

/** A simulation that is taken down at some instant of a session, for one transport and version. */
class DisposeCase : public TestCase
{
  public:
    DisposeCase(const std::string& transport, const std::string& version)
        : TestCase("A simulation may end at any instant of a session: " + transport + ", IPv" +
                   version),
          m_transport(transport),
          m_version(version)
    {
    }

  private:
    void DoRun() override
    {
        std::uint32_t accepted = 0;
        for (int milliseconds = 1; milliseconds < LAST_INSTANT; ++milliseconds)
        {
            accepted += RunUntil(MilliSeconds(milliseconds));
        }
        NS_TEST_EXPECT_MSG_GT(accepted, 0, "some instants are late enough");
        NS_TEST_EXPECT_MSG_LT(accepted, LAST_INSTANT - 1, "and some are not");
    }

    /** \return whether the client had accepted by then */
    bool RunUntil(Time end)
    {
        SmkexExperimentConfig config;
        const std::string error =
            ReadSmkexOptions({{"ipVersion", m_version}, {"rtt", "20ms,31ms"}}, config);
        NS_TEST_EXPECT_MSG_EQ(error, "", "options");
        const SmkexMultipathTopology topology(config, 1);
        const Ptr<SmkexServer> server = CreateObject<SmkexServer>();
        const Ptr<SmkexClient> client = CreateObject<SmkexClient>();
        server->SetAttribute("Transport", StringValue(m_transport));
        client->SetAttribute("Transport", StringValue(m_transport));
        topology.Server()->AddApplication(server);
        for (const smkex::PathId path : {1, 2})
        {
            client->AddPath(topology.ServerAddress(path, 4433), topology.ClientAddress(path));
        }
        topology.Client()->AddApplication(client);
        Simulator::Stop(end);
        Simulator::Run();
        const bool accepted = client->Outcome()->accepted.has_value();
        Simulator::Destroy();
        return accepted;
    }

    std::string m_transport;
    std::string m_version;
};

class DisposeSuite : public TestSuite
{
  public:
    DisposeSuite()
        : TestSuite("smkex-dispose", UNIT)
    {
        for (const char* transport : {"parallel-tcp", "mptcp", "mptcp-join-data"})
        {
            for (const char* version : {"4", "6"})
            {
                AddTestCase(new DisposeCase(transport, version), QUICK);
            }
        }
    }
};

const DisposeSuite g_disposeSuite;

} // namespace
