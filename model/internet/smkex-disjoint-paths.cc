/*
 * SPDX-License-Identifier: GPL-2.0-only
 */
#include "smkex-disjoint-paths.h"

#include <algorithm>
#include <array>
#include <tuple>

namespace smkex
{

namespace
{

/** Ordered as the paths' qualities are: shared routers, shared links, latency, links. */
using Cost = std::array<std::int64_t, 4>;

Cost
operator+(Cost a, const Cost& b)
{
    for (std::size_t i = 0; i < a.size(); ++i)
    {
        a[i] += b[i];
    }
    return a;
}

Cost
operator-(const Cost& a)
{
    return {-a[0], -a[1], -a[2], -a[3]};
}

constexpr std::size_t NO_LINK = SIZE_MAX;

/** An arc of the flow network. Arc i's reverse is arc i ^ 1. */
struct Arc
{
    std::size_t from;
    std::size_t to;
    Cost cost;
    bool isFree;      //!< a unit more fits
    std::size_t link; //!< of the topology
};

/**
 * Every router is two vertices, where paths come in and where they go out, so that passing it has
 * a price. What `count` paths may use is `count` arcs side by side, of which only the first is
 * free of the price for sharing.
 */
class FlowNetwork
{
  public:
    FlowNetwork(const RouterTopology& topology, std::size_t from, std::size_t to, std::size_t count)
        : m_vertices(2 * topology.nodes.size()),
          m_source(Out(from)),
          m_sink(In(to))
    {
        for (std::size_t node = 0; node < topology.nodes.size(); ++node)
        {
            for (std::size_t unit = 0; unit < count && node != from && node != to; ++unit)
            {
                AddArc(In(node), Out(node), {unit > 0 ? 1 : 0, 0, 0, 0}, NO_LINK);
            }
        }
        for (std::size_t i = 0; i < topology.links.size(); ++i)
        {
            const RouterTopology::Link& link = topology.links[i];
            for (std::size_t unit = 0; unit < count; ++unit)
            {
                const Cost cost{0, unit > 0 ? 1 : 0, link.latencyNs, 1};
                AddArc(Out(link.a), In(link.b), cost, i);
                AddArc(Out(link.b), In(link.a), cost, i);
            }
        }
    }

    /** Sends a unit more from source to sink at the least cost; false where none fits. */
    bool Augment()
    {
        // Arcs taken back have negative costs, but no cycle has: Bellman and Ford's method.
        std::vector<bool> reached(m_vertices);
        std::vector<Cost> distance(m_vertices);
        std::vector<std::size_t> arrival(m_vertices);
        reached[m_source] = true;
        for (bool changed = true; changed;)
        {
            changed = false;
            for (std::size_t i = 0; i < m_arcs.size(); ++i)
            {
                const Arc& arc = m_arcs[i];
                if (!arc.isFree || !reached[arc.from])
                {
                    continue;
                }
                const Cost cost = distance[arc.from] + arc.cost;
                if (!reached[arc.to] || cost < distance[arc.to])
                {
                    reached[arc.to] = true;
                    distance[arc.to] = cost;
                    arrival[arc.to] = i;
                    changed = true;
                }
            }
        }
        for (std::size_t vertex = m_sink; reached[m_sink] && vertex != m_source;)
        {
            Arc& arc = m_arcs[arrival[vertex]];
            arc.isFree = false;
            m_arcs[arrival[vertex] ^ 1].isFree = true;
            vertex = arc.from;
        }
        return reached[m_sink];
    }

    /** Takes a unit that was sent out again, and returns the links on its way. */
    std::vector<std::size_t> TakePath()
    {
        std::vector<std::size_t> links;
        for (std::size_t vertex = m_source; vertex != m_sink;)
        {
            std::size_t i = 0;
            while (m_arcs[i].from != vertex || m_arcs[i].isFree)
            {
                i += 2; // arcs added; their reverses carry nothing
            }
            m_arcs[i].isFree = true;
            if (m_arcs[i].link != NO_LINK)
            {
                links.push_back(m_arcs[i].link);
            }
            vertex = m_arcs[i].to;
        }
        return links;
    }

  private:
    static std::size_t In(std::size_t node)
    {
        return 2 * node;
    }

    static std::size_t Out(std::size_t node)
    {
        return 2 * node + 1;
    }

    void AddArc(std::size_t from, std::size_t to, const Cost& cost, std::size_t link)
    {
        m_arcs.push_back({from, to, cost, true, link});
        m_arcs.push_back({to, from, -cost, false, link});
    }

    const std::size_t m_vertices;
    const std::size_t m_source;
    const std::size_t m_sink;
    std::vector<Arc> m_arcs;
};

} // namespace

std::vector<RouterPath>
MostDisjointPaths(const RouterTopology& topology,
                  std::size_t from,
                  std::size_t to,
                  std::size_t count)
{
    FlowNetwork network(topology, from, to, count);
    for (std::size_t i = 0; i < count; ++i)
    {
        if (!network.Augment())
        {
            return {};
        }
    }
    std::vector<RouterPath> paths;
    for (std::size_t i = 0; i < count; ++i)
    {
        RouterPath path{{from}, network.TakePath(), 0};
        for (std::size_t index : path.links)
        {
            const RouterTopology::Link& link = topology.links[index];
            path.nodes.push_back(path.nodes.back() == link.a ? link.b : link.a);
            path.latencyNs += link.latencyNs;
        }
        paths.push_back(std::move(path));
    }
    std::sort(paths.begin(), paths.end(), [](const RouterPath& a, const RouterPath& b) {
        return std::tie(a.latencyNs, a.nodes, a.links) < std::tie(b.latencyNs, b.nodes, b.links);
    });
    return paths;
}

} // namespace smkex
