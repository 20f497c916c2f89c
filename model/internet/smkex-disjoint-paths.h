/*
 * SPDX-License-Identifier: GPL-2.0-only
 */
#ifndef SMKEX_DISJOINT_PATHS_H
#define SMKEX_DISJOINT_PATHS_H

#include "smkex-router-topology.h"

#include <cstddef>
#include <cstdint>
#include <vector>

namespace smkex
{

/** A way through a topology. */
struct RouterPath
{
    std::vector<std::size_t> nodes; //!< from the first node to the last
    std::vector<std::size_t> links; //!< one fewer than nodes: link i joins nodes i and i + 1
    std::int64_t latencyNs;         //!< one way, the sum of the links'
};

/**
 * The `count` paths between two nodes that have the least in common: as few uses of a router by
 * more than one path as can be had, then as few such uses of a link, then the least sum of
 * latencies, then the fewest links. In ascending order of latency. One augmentation a path of a
 * minimum-cost flow (J. Suurballe, Networks 4, 1974, is the case of two that share nothing).
 *
 * Where the topology offers no way round, paths share routers and links, or are equal.
 *
 * \param from, to positions of two different nodes
 * \param count at least 1
 * \return `count` paths, or none where no path joins the nodes
 */
std::vector<RouterPath> MostDisjointPaths(const RouterTopology& topology,
                                          std::size_t from,
                                          std::size_t to,
                                          std::size_t count);

} // namespace smkex

#endif // SMKEX_DISJOINT_PATHS_H
