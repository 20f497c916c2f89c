/*
 * SPDX-License-Identifier: GPL-2.0-only
 */
#include "smkex-route-benchmark.h"

#include "smkex-routes.h"

#include <chrono>

namespace smkex
{

RouteBenchmark
MeasureRoutes(const AsGraph& graph, std::size_t destinations)
{
    RouteTable table(graph);
    table.Compute(0); // memory is allocated once, not for each destination
    std::size_t routes = 0;
    const auto start = std::chrono::steady_clock::now();
    for (std::size_t i = 0; i < destinations; ++i)
    {
        table.Compute(static_cast<AsIndex>(i * graph.Size() / destinations));
        for (AsIndex as = 0; as < graph.Size(); ++as)
        {
            routes += table.HasRoute(as) ? 1 : 0;
        }
    }
    const std::chrono::duration<double> elapsed = std::chrono::steady_clock::now() - start;
    const double perSecond = static_cast<double>(destinations) / elapsed.count();
    return {destinations,
            routes,
            1000 / perSecond,
            perSecond * static_cast<double>(graph.Size()),
            perSecond * static_cast<double>(graph.LinkCount())};
}

} // namespace smkex
