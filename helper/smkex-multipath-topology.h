/*
 * SPDX-License-Identifier: GPL-2.0-only
 */
#ifndef SMKEX_MULTIPATH_TOPOLOGY_H
#define SMKEX_MULTIPATH_TOPOLOGY_H

#include "smkex-experiment-config.h"

#include "ns3/address.h"
#include "ns3/net-device-container.h"
#include "ns3/node.h"

#include <vector>

namespace ns3
{

/**
 * A client and a server with several paths between them, each a chain of routers on point-to-point
 * links. The last routers may be shared by all paths.
 *
 * The client has an interface a path. The server has one a path, too, or with shared hops one with
 * an address a path. Host routes keep each path's traffic on it, both ways. There are no queue
 * discs and no address resolution.
 *
 * A path's delay is spread evenly over its links; links that are shared have those of the path
 * with the shortest round trip. Losses are spread over the links that are not shared, jitter is on
 * the client's link.
 */
class SmkexMultipathTopology
{
  public:
    /** Random streams from \p stream on are used for loss and jitter; see StreamsUsed(). */
    SmkexMultipathTopology(const SmkexExperimentConfig& config, int64_t stream);

    Ptr<Node> Client() const
    {
        return m_client;
    }

    Ptr<Node> Server() const
    {
        return m_server;
    }

    /** \return the router at \p hop of \p path, both from 1 */
    Ptr<Node> Router(smkex::PathId path, std::uint32_t hop) const;

    /** \return the server's socket address on \p path */
    Address ServerAddress(smkex::PathId path, std::uint16_t port) const;

    /** \return the client's socket address on \p path, for any port */
    Address ClientAddress(smkex::PathId path) const;

    /** \return every device, for captures and traces */
    const NetDeviceContainer& Devices() const
    {
        return m_devices;
    }

    int64_t StreamsUsed() const
    {
        return m_nextStream - m_firstStream;
    }

  private:
    struct Link
    {
        Ptr<NetDevice> clientSide;
        Ptr<NetDevice> serverSide;
    };

    struct LinkConfig
    {
        Time delay;
        DataRate rate;
        double loss;
        Time jitter;
        std::string queue;
    };

    void BuildNodes();
    void BuildPath(std::size_t path);
    void BuildSharedLinks();
    Link Connect(Ptr<Node> clientSide, Ptr<Node> serverSide, const LinkConfig& config);
    Time SharedLinkDelay() const;

    const SmkexExperimentConfig m_config;
    int64_t m_firstStream;
    int64_t m_nextStream;
    Ptr<Node> m_client;
    Ptr<Node> m_server;
    std::vector<std::vector<Ptr<Node>>> m_routers; //!< by path, from the client's side
    std::vector<Link> m_sharedLinks;
    NetDeviceContainer m_devices;
};

} // namespace ns3

#endif // SMKEX_MULTIPATH_TOPOLOGY_H
