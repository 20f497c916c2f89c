/*
 * SPDX-License-Identifier: GPL-2.0-only
 */

/**
 * \file
 * A first exchange: one client, one server, two paths, and an active attacker on the first one,
 * which the client detects. Run it with `--attack=false` to see the exchange succeed.
 */

#include "ns3/command-line.h"
#include "ns3/simulator.h"
#include "ns3/smkex-adversary.h"
#include "ns3/smkex-client.h"
#include "ns3/smkex-experiment-options.h"
#include "ns3/smkex-multipath-topology.h"
#include "ns3/smkex-server.h"

#include <iostream>

using namespace ns3;

static void
ReportEnd(const char* who, const SmkexOutcome& outcome)
{
    std::cout << who << ": ";
    if (outcome.accepted)
    {
        std::cout << "accepted after " << (*outcome.accepted - outcome.started).As(Time::MS);
    }
    if (outcome.failure)
    {
        std::cout << (outcome.accepted ? ", then failed: " : "failed: ")
                  << smkex::NameOf(*outcome.failure);
    }
    std::cout << ", received " << outcome.received.size() << " bytes" << std::endl;
}

int
main(int argc, char* argv[])
{
    bool attack = true;
    CommandLine commandLine(__FILE__);
    commandLine.AddValue("attack", "whether somebody on path 1 replaces the shares", attack);
    commandLine.Parse(argc, argv);

    SmkexExperimentConfig config;
    ReadSmkexOptions({{"rtt", "20ms,30ms"}}, config);
    SmkexMultipathTopology topology(config, 1);

    Ptr<SmkexServer> server = CreateObject<SmkexServer>();
    server->AssignStreams(100);
    server->TraceConnectWithoutContext("Ended", MakeBoundCallback(&ReportEnd, "server"));
    topology.Server()->AddApplication(server);

    Ptr<SmkexClient> client = CreateObject<SmkexClient>();
    client->AssignStreams(200);
    client->AddPath(topology.ServerAddress(1, 4433));
    client->AddPath(topology.ServerAddress(2, 4433));
    client->TraceConnectWithoutContext("Ended", MakeBoundCallback(&ReportEnd, "client"));
    topology.Client()->AddApplication(client);

    std::vector<SmkexAdversaryPlacement> placements;
    if (attack)
    {
        placements.push_back({topology.Router(1, 1), {1}, true, "eve", "substitute"});
    }
    SmkexAdversary adversary(placements, {true, 2}, MilliSeconds(0), 300);

    Simulator::Stop(Seconds(60));
    Simulator::Run();
    Simulator::Destroy();
    return 0;
}
