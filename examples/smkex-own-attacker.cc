/*
 * SPDX-License-Identifier: GPL-2.0-only
 */

/**
 * \file
 * An attacker of one's own: it flips one bit of every nonce and hash on path 2, and the client
 * finds out. A strategy is one class; giving it to the adversary is one line.
 */

#include "ns3/simulator.h"
#include "ns3/smkex-adversary.h"
#include "ns3/smkex-client.h"
#include "ns3/smkex-experiment-options.h"
#include "ns3/smkex-message-strategy.h"
#include "ns3/smkex-multipath-topology.h"
#include "ns3/smkex-server.h"

#include <iostream>

using namespace ns3;

class BitFlipper : public smkex::MessageStrategy
{
  public:
    using MessageStrategy::MessageStrategy;

  private:
    smkex::MessageDecision HandleMessage(const Flow&,
                                         smkex::Direction,
                                         const smkex::Message& message) override
    {
        smkex::Bytes octets = smkex::Encode(message);
        octets.back() ^= 1;
        return {smkex::MessageDecision::Kind::Replace, octets};
    }

    void Learn(const smkex::News&) override
    {
    }
};

int
main()
{
    SmkexExperimentConfig config;
    ReadSmkexOptions({}, config);
    SmkexMultipathTopology topology(config, 1);
    topology.Server()->AddApplication(CreateObject<SmkexServer>());
    Ptr<SmkexClient> client = CreateObject<SmkexClient>();
    client->AddPath(topology.ServerAddress(1, 4433));
    client->AddPath(topology.ServerAddress(2, 4433));
    topology.Client()->AddApplication(client);

    const auto make = [](const std::string&, const auto& situation, const auto& tools) {
        return std::make_unique<BitFlipper>(situation, tools);
    };
    SmkexAdversary adversary({{topology.Router(2, 1), {2}, true, "eve", ""}},
                             {true, 2},
                             Seconds(0),
                             300,
                             make);
    Simulator::Stop(Seconds(60));
    Simulator::Run();
    std::cout << "client: " << smkex::NameOf(*client->Outcome()->failure) << std::endl;
    Simulator::Destroy();
    return 0;
}
