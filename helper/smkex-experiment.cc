/*
 * SPDX-License-Identifier: GPL-2.0-only
 */
#include "smkex-experiment.h"

#include "smkex-multipath-topology.h"
#include "smkex-ns3-defaults.h"
#include "smkex-segment-counter.h"
#include "smkex-trust-setup.h"

#include "ns3/boolean.h"
#include "ns3/config.h"
#include "ns3/ipv4-address-generator.h"
#include "ns3/ipv6-address-generator.h"
#include "ns3/mac48-address.h"
#include "ns3/mptcp-stack.h"
#include "ns3/names.h"
#include "ns3/point-to-point-helper.h"
#include "ns3/rng-seed-manager.h"
#include "ns3/simulator.h"
#include "ns3/smkex-adversary.h"
#include "ns3/smkex-client.h"
#include "ns3/smkex-server.h"
#include "ns3/string.h"
#include "ns3/tcp-socket-base.h"
#include "ns3/trace-helper.h"
#include "ns3/uinteger.h"

#include <algorithm>
#include <memory>

namespace ns3
{

namespace
{

constexpr std::uint16_t SERVER_PORT = 4433;

/** Random streams, one range a role: what one role draws never moves what another one draws. */
constexpr int64_t CLIENT_STREAM = 100;
constexpr int64_t SERVER_STREAM = 200;
constexpr int64_t CLIENT_MPTCP_STREAM = 150;
constexpr int64_t SERVER_MPTCP_STREAM = 250;
constexpr int64_t ADVERSARY_STREAM = 300;
constexpr int64_t TRUST_STREAM = 400;
constexpr int64_t TOPOLOGY_STREAM = 1000;

void
ResetSimulator()
{
    Simulator::Destroy();
    Names::Clear();
    Ipv4AddressGenerator::Reset();
    Ipv6AddressGenerator::Reset();
    Mac48Address::ResetAllocationIndex();
    Config::Reset();
}

/** One experiment while it runs. */
class Experiment
{
  public:
    Experiment(const SmkexExperimentConfig& config,
               const std::function<void(const SmkexRecord&)>& sink)
        : m_config(config),
          m_sink(sink),
          m_protocol(*FindSmkexProtocol(config.protocol)),
          m_topology(config, TOPOLOGY_STREAM),
          m_counter(SERVER_PORT),
          m_trust(config.trust, TRUST_STREAM)
    {
        InstallServer();
        InstallClient();
        InstallAdversary();
        if (IsMptcp())
        {
            MptcpStack::Of(m_topology.Client())->AssignStreams(CLIENT_MPTCP_STREAM);
            MptcpStack::Of(m_topology.Server())->AssignStreams(SERVER_MPTCP_STREAM);
        }
        m_counter.Watch(m_topology.Client());
        m_counter.Watch(m_topology.Server());
        EnableTraces();
    }

    void Run()
    {
        Simulator::Run();
    }

  private:
    void Configure(SmkexApplication& application, int64_t stream)
    {
        application.SetAttribute("Protocol", StringValue(m_config.protocol));
        if (m_config.transport != "tcp")
        {
            application.SetAttribute("Transport", StringValue(m_config.transport));
        }
        application.SetAttribute("Group", StringValue(smkex::NameOf(m_config.group)));
        application.SetAttribute("AppBytes", UintegerValue(m_config.appBytes));
        application.SetAttribute("Timeout", TimeValue(m_config.timeout));
        application.SetCostProfile(m_config.costs);
        application.AssignStreams(stream);
    }

    bool IsMptcp() const
    {
        return m_config.transport == "mptcp" || m_config.transport == "mptcp-join-data";
    }

    void InstallServer()
    {
        m_server = CreateObject<SmkexServer>();
        Configure(*m_server, SERVER_STREAM);
        m_server->SetTrust(m_trust.ForServer());
        m_server->SetAttribute("Port", UintegerValue(SERVER_PORT));
        m_server->SetAttribute("Paths", UintegerValue(m_config.paths.size()));
        m_server->TraceConnectWithoutContext("Ended",
                                             MakeCallback(&Experiment::OnServerEnded, this));
        m_topology.Server()->AddApplication(m_server);
    }

    void InstallClient()
    {
        m_client = CreateObject<SmkexClient>();
        Configure(*m_client, CLIENT_STREAM);
        m_client->SetTrust(m_trust.ForClient());
        for (smkex::PathId path = 1; path <= m_config.paths.size(); ++path)
        {
            m_client->AddPath(m_topology.ServerAddress(path, SERVER_PORT),
                              m_topology.ClientAddress(path));
        }
        m_client->TraceConnectWithoutContext("Ended",
                                             MakeCallback(&Experiment::OnClientEnded, this));
        m_client->SetStartTime(Seconds(1)); // the stack has come up by then
        m_topology.Client()->AddApplication(m_client);
    }

    void InstallAdversary()
    {
        std::vector<SmkexAdversaryPlacement> placements;
        for (const SmkexAdversaryConfig& adversary : m_config.adversaries)
        {
            const Ptr<Node> node = m_topology.Router(adversary.path, adversary.hop);
            std::vector<smkex::PathId> paths;
            for (smkex::PathId path = 1; path <= m_config.paths.size(); ++path)
            {
                if (m_topology.Router(path, adversary.hop) == node)
                {
                    paths.push_back(path);
                }
            }
            placements.push_back(
                {node, paths, adversary.active, adversary.coalition, adversary.strategy});
        }
        const std::size_t used = m_protocol.multipath ? m_config.paths.size() : 1;
        m_adversary = std::make_unique<SmkexAdversary>(
            placements,
            SmkexAdversary::Victims{m_config.protocol != "tcp",
                                    static_cast<smkex::PathId>(used),
                                    m_config.protocol},
            m_config.sideChannelDelay,
            ADVERSARY_STREAM);
    }

    void EnableTraces()
    {
        PointToPointHelper helper;
        for (uint32_t i = 0; i < m_topology.Devices().GetN(); ++i)
        {
            const Ptr<NetDevice> device = m_topology.Devices().Get(i);
            if (!m_config.pcapPrefix.empty())
            {
                helper.EnablePcap(m_config.pcapPrefix, device);
            }
            if (!m_config.tracePrefix.empty())
            {
                helper.EnableAscii(m_config.tracePrefix, device);
            }
        }
    }

    /** After this long all that an ended session still has to say has been said, losses apart. */
    Time Aftermath() const
    {
        Time longest;
        for (const SmkexPathConfig& path : m_config.paths)
        {
            longest = std::max(longest, path.rtt + path.jitter * 2);
        }
        return longest * 2 + MilliSeconds(1);
    }

    void OnClientEnded(const SmkexOutcome& outcome)
    {
        m_clientOutcome = outcome;
        Simulator::Schedule(Aftermath(), &Experiment::FinishWhenQuiet, this);
    }

    void OnServerEnded(const SmkexOutcome& outcome)
    {
        m_serverOutcomes.push_back(outcome);
        if (m_waitingForServer)
        {
            // After the server has put its own house in order.
            Simulator::ScheduleNow(&Experiment::FinishWhenQuiet, this);
            m_waitingForServer = false;
        }
    }

    void FinishWhenQuiet()
    {
        if (m_server->SessionCount() > 0)
        {
            m_waitingForServer = true;
            return;
        }
        m_sink(MakeRecord());
        m_serverOutcomes.clear();
        m_adversary->ClearLoot();
        if (++m_session <= m_config.sessions)
        {
            m_trust.BeginSession();
            m_client->StartSession();
        }
        else
        {
            Simulator::Stop();
        }
    }

    /** \return the server's outcome for the client's session; one that was accepted, if any was */
    const SmkexOutcome* ServerOutcome() const
    {
        const SmkexOutcome* best = nullptr;
        for (const SmkexOutcome& outcome : m_serverOutcomes)
        {
            const bool ours =
                std::any_of(outcome.clientPorts.begin(),
                            outcome.clientPorts.end(),
                            [this](std::uint16_t port) {
                                const auto& ports = m_clientOutcome.clientPorts;
                                return std::find(ports.begin(), ports.end(), port) != ports.end();
                            });
            if (ours && (!best || (outcome.accepted && !best->accepted)))
            {
                best = &outcome;
            }
        }
        return best;
    }

    SmkexRecord MakeRecord()
    {
        const SmkexOutcome& client = m_clientOutcome;
        const SmkexOutcome* server = ServerOutcome();
        const auto sinceStart = [&client](const std::optional<Time>& time) {
            return time ? std::optional(*time - client.started) : std::nullopt;
        };
        SmkexRecord record{};
        record.session = m_session;
        record.seed = m_config.seed;
        record.run = m_config.run;
        record.protocol = m_config.protocol;
        record.transport = m_config.transport;
        record.threat = m_config.threat;
        for (const SmkexPathConfig& path : m_config.paths)
        {
            record.rtt.push_back(path.rtt);
        }
        record.clientAccepted = client.accepted.has_value();
        record.clientFailure = client.failure;
        record.clientSetup = sinceStart(client.accepted);
        record.clientCompute = client.computed;
        record.subflows = client.pathsUp;
        record.appBytesReceived = client.received.size();
        if (server)
        {
            record.serverAccepted = server->accepted.has_value();
            record.serverFailure = server->failure;
            record.serverSetup = sinceStart(server->accepted);
            record.serverCompute = server->computed;
            record.appBytesReceived += server->received.size();
        }
        record.verdict = JudgeSmkexSession(client, server, m_adversary->Loot());
        if (record.verdict.detected)
        {
            record.detected = client.failed - client.started;
        }
        const SmkexSegmentCounter::Count count = m_counter.Take(client.clientPorts);
        record.bytesSent = count.bytes;
        record.segmentsSent = count.segments;
        return record;
    }

    const SmkexExperimentConfig& m_config;
    const std::function<void(const SmkexRecord&)>& m_sink;
    const SmkexProtocol& m_protocol;
    SmkexMultipathTopology m_topology;
    SmkexSegmentCounter m_counter;
    SmkexTrustSetup m_trust;
    Ptr<SmkexServer> m_server;
    Ptr<SmkexClient> m_client;
    std::unique_ptr<SmkexAdversary> m_adversary;
    std::uint32_t m_session{1};
    SmkexOutcome m_clientOutcome;
    std::vector<SmkexOutcome> m_serverOutcomes;
    bool m_waitingForServer{false};
};

} // namespace

void
SetSmkexDefaults()
{
    Config::SetDefault("ns3::TcpSocket::SegmentSize", UintegerValue(1400));
    Config::SetDefault("ns3::TcpSocket::ConnTimeout", TimeValue(Seconds(1)));
    Config::SetDefault("ns3::TcpSocketBase::MaxSegLifetime", DoubleValue(1));
}

void
RunSmkexExperiment(const SmkexExperimentConfig& config,
                   const std::function<void(const SmkexRecord&)>& sink)
{
    ResetSimulator();
    SetSmkexDefaults();
    if (!config.pcapPrefix.empty())
    {
        Config::SetGlobal("ChecksumEnabled", BooleanValue(true));
    }
    for (const auto& [name, value] : config.ns3Defaults)
    {
        SetNs3Default(name, value);
    }
    RngSeedManager::SetSeed(config.seed);
    RngSeedManager::SetRun(config.run);
    {
        Experiment experiment(config, sink);
        experiment.Run();
        Simulator::Destroy();
    }
    ResetSimulator();
}

} // namespace ns3
