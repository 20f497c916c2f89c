/*
 * SPDX-License-Identifier: GPL-2.0-only
 */
#ifndef SMKEX_EXPERIMENT_CONFIG_H
#define SMKEX_EXPERIMENT_CONFIG_H

#include "ns3/data-rate.h"
#include "ns3/nstime.h"
#include "ns3/smkex-crypto-cost.h"
#include "ns3/smkex-protocol.h"

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace ns3
{

/** One path of the topology `multipath`. */
struct SmkexPathConfig
{
    Time rtt;          //!< round trip of the whole path, without queueing and serialisation
    DataRate rate;     //!< of every link on it
    double loss{0};    //!< probability that a packet is lost, a direction, in [0, 1)
    Time jitter;       //!< a packet is delayed by up to this much more, order kept
    std::string queue; //!< length of every device's queue, in ns-3's form: 100p, 64KiB
};

/** One adversary: where it sits and what it can do there. */
struct SmkexAdversaryConfig
{
    smkex::PathId path;    //!< from 1
    std::uint32_t hop;     //!< router on that path, from 1 at the client's side
    bool active;           //!< rewrites, holds and injects; otherwise it only reads
    std::string coalition; //!< those of the same name share what they learn
    std::string strategy;
};

/** Everything that defines an experiment. Equal configurations give equal records. */
struct SmkexExperimentConfig
{
    std::string protocol;
    std::string transport;
    std::uint32_t ipVersion{4};
    std::vector<SmkexPathConfig> paths;
    std::uint32_t hops{1};       //!< routers a path
    std::uint32_t sharedHops{0}; //!< how many of them, at the server's end, all paths share
    std::string threat;          //!< as given, or null where adversaries were listed one by one
    std::vector<SmkexAdversaryConfig> adversaries;
    Time sideChannelDelay;
    smkex::Group group{smkex::Group::X25519};
    std::string trust{"none"}; //!< one of SmkexTrustSetup::Modes()
    std::shared_ptr<const smkex::CostProfile> costs;
    Time timeout;
    std::uint32_t appBytes{0};
    std::uint32_t sessions{1};
    std::uint32_t seed{1};
    std::uint64_t run{1};
    std::string pcapPrefix;  //!< empty: no captures
    std::string tracePrefix; //!< empty: no traces
    /** ns-3 attribute defaults and global values of the user, by full name. */
    std::vector<std::pair<std::string, std::string>> ns3Defaults;
};

} // namespace ns3

#endif // SMKEX_EXPERIMENT_CONFIG_H
