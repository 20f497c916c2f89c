/*
 * SPDX-License-Identifier: GPL-2.0-only
 */
#include "smkex-multipath-topology.h"

#include "smkex-ip-node.h"
#include "smkex-jitter-channel.h"

#include "ns3/drop-tail-queue.h"
#include "ns3/error-model.h"
#include "ns3/point-to-point-channel.h"
#include "ns3/point-to-point-net-device.h"
#include "ns3/pointer.h"
#include "ns3/queue-size.h"
#include "ns3/string.h"

#include <algorithm>
#include <cmath>

namespace ns3
{

namespace
{

/** Network number of the links that all paths share. */
constexpr std::uint8_t SHARED_NETWORK = 100;
/** Link number of the server's addresses where it has a single interface. */
constexpr std::uint8_t SERVER_LINK = 255;

SmkexIpNode::Number
ClientNumber(smkex::PathId path)
{
    return {path, 0, 1};
}

SmkexIpNode::Number
ServerNumber(const SmkexExperimentConfig& config, smkex::PathId path)
{
    const std::uint8_t link =
        config.sharedHops == 0 ? static_cast<std::uint8_t>(config.hops) : SERVER_LINK;
    return {path, link, 2};
}

} // namespace

SmkexMultipathTopology::SmkexMultipathTopology(const SmkexExperimentConfig& config, int64_t stream)
    : m_config(config),
      m_firstStream(stream),
      m_nextStream(stream)
{
    BuildNodes();
    if (m_config.sharedHops > 0)
    {
        BuildSharedLinks();
    }
    for (std::size_t path = 0; path < m_config.paths.size(); ++path)
    {
        BuildPath(path);
    }
}

void
SmkexMultipathTopology::BuildNodes()
{
    const auto makeNode = [this] {
        const Ptr<Node> node = CreateObject<Node>();
        SmkexIpNode::Install(node, m_config.ipVersion);
        return node;
    };
    m_client = makeNode();
    m_server = makeNode();
    m_routers.resize(m_config.paths.size());
    const std::uint32_t ownHops = m_config.hops - m_config.sharedHops;
    for (std::vector<Ptr<Node>>& routers : m_routers)
    {
        std::generate_n(std::back_inserter(routers), ownHops, makeNode);
    }
    std::vector<Ptr<Node>> shared;
    std::generate_n(std::back_inserter(shared), m_config.sharedHops, makeNode);
    for (std::vector<Ptr<Node>>& routers : m_routers)
    {
        routers.insert(routers.end(), shared.begin(), shared.end());
    }
}

Ptr<Node>
SmkexMultipathTopology::Router(smkex::PathId path, std::uint32_t hop) const
{
    return m_routers[path - 1][hop - 1];
}

Time
SmkexMultipathTopology::SharedLinkDelay() const
{
    const auto shortest =
        std::min_element(m_config.paths.begin(),
                         m_config.paths.end(),
                         [](const auto& a, const auto& b) { return a.rtt < b.rtt; });
    return NanoSeconds(shortest->rtt.GetNanoSeconds() / 2 / (m_config.hops + 1));
}

SmkexMultipathTopology::Link
SmkexMultipathTopology::Connect(Ptr<Node> clientSide,
                                Ptr<Node> serverSide,
                                const LinkConfig& config)
{
    Ptr<PointToPointChannel> channel;
    if (config.jitter.IsStrictlyPositive())
    {
        const Ptr<SmkexJitterChannel> jittering = CreateObject<SmkexJitterChannel>();
        jittering->SetAttribute("MaximumJitter", TimeValue(config.jitter));
        jittering->AssignStream(m_nextStream++);
        channel = jittering;
    }
    else
    {
        channel = CreateObject<PointToPointChannel>();
    }
    channel->SetAttribute("Delay", TimeValue(config.delay));

    const auto makeDevice = [&](Ptr<Node> node) {
        const Ptr<PointToPointNetDevice> device = CreateObject<PointToPointNetDevice>();
        const Ptr<DropTailQueue<Packet>> queue = CreateObject<DropTailQueue<Packet>>();
        queue->SetMaxSize(QueueSize(config.queue));
        device->SetAddress(Mac48Address::Allocate());
        device->SetDataRate(config.rate);
        device->SetQueue(queue);
        if (config.loss > 0)
        {
            const Ptr<RateErrorModel> losses = CreateObject<RateErrorModel>();
            losses->SetUnit(RateErrorModel::ERROR_UNIT_PACKET);
            losses->SetRate(config.loss);
            losses->AssignStreams(m_nextStream++);
            device->SetReceiveErrorModel(losses);
        }
        node->AddDevice(device);
        device->Attach(channel);
        m_devices.Add(device);
        return device;
    };
    const Ptr<NetDevice> near = makeDevice(clientSide);
    const Ptr<NetDevice> far = makeDevice(serverSide);
    return {near, far};
}

void
SmkexMultipathTopology::BuildSharedLinks()
{
    const auto widest =
        std::max_element(m_config.paths.begin(),
                         m_config.paths.end(),
                         [](const auto& a, const auto& b) { return a.rate < b.rate; });
    const LinkConfig config{SharedLinkDelay(), widest->rate, 0, Time(0), widest->queue};
    const std::vector<Ptr<Node>>& routers = m_routers.front();
    for (std::uint32_t hop = m_config.hops - m_config.sharedHops; hop < m_config.hops; ++hop)
    {
        const Ptr<Node> next = hop + 1 < m_config.hops ? routers[hop + 1] : m_server;
        m_sharedLinks.push_back(Connect(routers[hop], next, config));
    }
}

void
SmkexMultipathTopology::BuildPath(std::size_t path)
{
    const SmkexPathConfig& wanted = m_config.paths[path];
    const std::uint32_t links = m_config.hops + 1;
    const std::uint32_t ownLinks = links - m_config.sharedHops;
    const int64_t oneWay = wanted.rtt.GetNanoSeconds() / 2;
    const int64_t own =
        oneWay - SharedLinkDelay().GetNanoSeconds() * static_cast<int64_t>(m_config.sharedHops);
    const double linkLoss = 1 - std::pow(1 - wanted.loss, 1.0 / ownLinks);

    std::vector<Ptr<Node>> nodes{m_client};
    nodes.insert(nodes.end(), m_routers[path].begin(), m_routers[path].end());
    nodes.push_back(m_server);

    const auto network = static_cast<std::uint8_t>(path + 1);
    const SmkexIpNode::Number clientNumber = ClientNumber(network);
    const SmkexIpNode::Number serverNumber = ServerNumber(m_config, network);

    for (std::uint32_t i = 0; i < links; ++i)
    {
        const bool isOwn = i < ownLinks;
        const bool isNewShared = !isOwn && path == 0;
        const SmkexIpNode near(nodes[i], m_config.ipVersion);
        const SmkexIpNode far(nodes[i + 1], m_config.ipVersion);
        Link link;
        if (isOwn)
        {
            // The client's link takes what does not divide evenly.
            const int64_t share = own / ownLinks;
            const int64_t delay = i == 0 ? own - share * (ownLinks - 1) : share;
            link = Connect(nodes[i],
                           nodes[i + 1],
                           {NanoSeconds(delay),
                            wanted.rate,
                            linkLoss,
                            i == 0 ? wanted.jitter : Time(0),
                            wanted.queue});
        }
        else
        {
            link = m_sharedLinks[i - ownLinks];
        }
        if (isOwn || isNewShared)
        {
            const std::uint8_t net = isOwn ? network : SHARED_NETWORK;
            const auto number = static_cast<std::uint8_t>(i);
            near.AddAddress(near.AddInterface(link.clientSide), {net, number, 1});
            far.AddAddress(far.AddInterface(link.serverSide), {net, number, 2});
        }
        near.AddHostRoute(serverNumber, near.InterfaceOf(link.clientSide));
        far.AddHostRoute(clientNumber, far.InterfaceOf(link.serverSide));
        if (i + 1 == links && !isOwn)
        {
            far.AddAddress(far.InterfaceOf(link.serverSide), serverNumber);
        }
    }
}

Address
SmkexMultipathTopology::ClientAddress(smkex::PathId path) const
{
    return SmkexIpNode::SocketAddress(m_config.ipVersion, ClientNumber(path), 0);
}

Address
SmkexMultipathTopology::ServerAddress(smkex::PathId path, std::uint16_t port) const
{
    return SmkexIpNode::SocketAddress(m_config.ipVersion, ServerNumber(m_config, path), port);
}

} // namespace ns3
