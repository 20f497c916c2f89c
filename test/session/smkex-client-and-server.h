/*
 * SPDX-License-Identifier: GPL-2.0-only
 */
#ifndef SMKEX_CLIENT_AND_SERVER_H
#define SMKEX_CLIENT_AND_SERVER_H

#include "../helper/smkex-experiment-runs.h"

#include "ns3/config.h"
#include "ns3/rng-seed-manager.h"
#include "ns3/simulator.h"
#include "ns3/smkex-adversary.h"
#include "ns3/smkex-client.h"
#include "ns3/smkex-multipath-topology.h"
#include "ns3/smkex-ns3-defaults.h"
#include "ns3/smkex-server.h"
#include "ns3/string.h"
#include "ns3/uinteger.h"

#include <string>
#include <vector>

namespace ns3
{

/** A fresh simulator with the defaults of experiments, as at the program's start afterwards. */
class FreshSimulator
{
  public:
    explicit FreshSimulator(const SmkexExperimentConfig& config)
    {
        Reset();
        SetSmkexDefaults();
        for (const auto& [name, value] : config.ns3Defaults)
        {
            SetNs3Default(name, value);
        }
        RngSeedManager::SetSeed(config.seed);
        RngSeedManager::SetRun(config.run);
    }

    ~FreshSimulator()
    {
        Reset();
    }

  private:
    static void Reset()
    {
        Simulator::Destroy();
        Config::Reset();
    }
};

/** One client and one server at the ends of the topology `multipath`, and all that they say. */
class ClientAndServer
{
  public:
    struct Operation
    {
        std::string name;
        Time begin;
        Time duration;
    };

    /** What one of them told its trace sources. */
    struct Told
    {
        std::vector<Operation> operations;
        std::vector<SmkexOutcome> accepted;
        std::vector<SmkexOutcome> ended;

        void OnOperation(std::string name, Time begin, Time duration)
        {
            operations.push_back({name, begin, duration});
        }

        void OnAccepted(const SmkexOutcome& outcome)
        {
            accepted.push_back(outcome);
        }

        void OnEnded(const SmkexOutcome& outcome)
        {
            ended.push_back(outcome);
        }

        void Listen(const Ptr<SmkexApplication>& application)
        {
            application->TraceConnectWithoutContext("Operation",
                                                    MakeCallback(&Told::OnOperation, this));
            application->TraceConnectWithoutContext("Accepted",
                                                    MakeCallback(&Told::OnAccepted, this));
            application->TraceConnectWithoutContext("Ended", MakeCallback(&Told::OnEnded, this));
        }

        /** \return the time spent on operations whose names begin like this, until acceptance */
        Time Spent(const std::string& beginning) const
        {
            Time sum;
            for (const Operation& operation : operations)
            {
                if (operation.name.rfind(beginning, 0) == 0 &&
                    (accepted.empty() || operation.begin < *accepted.front().accepted))
                {
                    sum += operation.duration;
                }
            }
            return sum;
        }
    };

    /** The client's first session begins after a second. */
    explicit ClientAndServer(const SmkexOptionValues& options)
        : config(ReadOptions(options)),
          simulator(config),
          topology(config, 1000),
          server(CreateObject<SmkexServer>()),
          client(CreateObject<SmkexClient>())
    {
        Configure(*server, 200);
        server->SetAttribute("Paths", UintegerValue(config.paths.size()));
        topology.Server()->AddApplication(server);
        Configure(*client, 100);
        for (smkex::PathId path = 1; path <= config.paths.size(); ++path)
        {
            client->AddPath(topology.ServerAddress(path, PORT));
        }
        client->SetStartTime(Seconds(1));
        topology.Client()->AddApplication(client);
        clientTold.Listen(client);
        serverTold.Listen(server);
    }

    static constexpr std::uint16_t PORT = 4433;

    const SmkexExperimentConfig config;
    FreshSimulator simulator;
    SmkexMultipathTopology topology;
    Ptr<SmkexServer> server;
    Ptr<SmkexClient> client;
    Told clientTold;
    Told serverTold;

  private:
    void Configure(SmkexApplication& application, int64_t stream) const
    {
        application.SetAttribute("Protocol", StringValue(config.protocol));
        application.SetAttribute("Group", StringValue(smkex::NameOf(config.group)));
        application.SetAttribute("AppBytes", UintegerValue(config.appBytes));
        application.SetAttribute("Timeout", TimeValue(config.timeout));
        application.SetCostProfile(config.costs);
        application.AssignStreams(stream);
    }
};

} // namespace ns3

#endif // SMKEX_CLIENT_AND_SERVER_H
