/*
 * SPDX-License-Identifier: GPL-2.0-only
 */
#ifndef SMKEX_ROUTE_BENCHMARK_H
#define SMKEX_ROUTE_BENCHMARK_H

#include "smkex-as-graph.h"

#include <cstddef>

namespace smkex
{

/** How fast routes are computed on one core of this host. */
struct RouteBenchmark
{
    std::size_t destinations; //!< number computed
    std::size_t routes;       //!< number of routes found, one an AS that reaches a destination
    double msPerDestination;  //!< mean wall-clock time of one, in milliseconds
    double nodesPerSecond;    //!< ASes of the graph times destinations a second
    double edgesPerSecond;    //!< links of the graph times destinations a second
};

/**
 * Computes the routes of all ASes to some destinations, evenly spaced over the graph, in the
 * calling thread.
 *
 * \param destinations 1 to the graph's size
 */
RouteBenchmark MeasureRoutes(const AsGraph& graph, std::size_t destinations);

} // namespace smkex

#endif // SMKEX_ROUTE_BENCHMARK_H
