/*
 * SPDX-License-Identifier: GPL-2.0-only
 */
#include "smkex-routes.h"

#include "smkex-random.h"

namespace smkex
{

const char*
ToString(RouteClass routeClass)
{
    switch (routeClass)
    {
    case RouteClass::NONE:
        return "none";
    case RouteClass::OWN:
        return "own";
    case RouteClass::CUSTOMER:
        return "customer";
    case RouteClass::PEER:
        return "peer";
    case RouteClass::PROVIDER:
        return "provider";
    }
    return "";
}

const char*
ToString(TieBreak::Rule rule)
{
    switch (rule)
    {
    case TieBreak::Rule::LOWEST_ASN:
        return "lowest-asn";
    case TieBreak::Rule::HIGHEST_ASN:
        return "highest-asn";
    case TieBreak::Rule::HASH:
        return "hash";
    }
    return "";
}

bool
Prefers(const AsGraph& graph, TieBreak tieBreak, AsIndex as, AsIndex a, AsIndex b)
{
    switch (tieBreak.rule)
    {
    case TieBreak::Rule::LOWEST_ASN:
        return a < b;
    case TieBreak::Rule::HIGHEST_ASN:
        return a > b;
    case TieBreak::Rule::HASH:
        break;
    }
    const auto rank = [&](AsIndex nextHop) {
        const std::uint64_t link = std::uint64_t{graph.AsnOf(as)} << 32 | graph.AsnOf(nextHop);
        return Mix64(Mix64(tieBreak.seed) ^ link);
    };
    const std::uint64_t rankOfA = rank(a);
    const std::uint64_t rankOfB = rank(b);
    return rankOfA != rankOfB ? rankOfA < rankOfB : a < b;
}

RouteTable::RouteTable(const AsGraph& graph, TieBreak tieBreak)
    : m_graph(graph),
      m_tieBreak(tieBreak),
      m_routes(graph.Size(), Route{NO_AS, 0, RouteClass::NONE})
{
}

void
RouteTable::Offer(AsIndex from, AsRange to, std::uint32_t length, RouteClass routeClass)
{
    std::vector<AsIndex>& level = m_levels[length];
    for (AsIndex as : to)
    {
        Route& route = m_routes[as];
        if (route.routeClass == RouteClass::NONE)
        {
            route.nextHop = from;
            route.length = length;
            route.routeClass = routeClass;
            level.push_back(as);
        }
        else if (route.routeClass == routeClass && route.length == length &&
                 Prefers(m_graph, m_tieBreak, as, from, route.nextHop))
        {
            route.nextHop = from;
        }
    }
}

void
RouteTable::Compute(AsIndex destination)
{
    m_destination = destination;
    m_routes.assign(m_graph.Size(), Route{NO_AS, 0, RouteClass::NONE});
    for (auto& level : m_levels)
    {
        level.clear();
    }
    m_routes[destination].routeClass = RouteClass::OWN;
    if (m_levels.empty())
    {
        m_levels.emplace_back();
    }
    m_levels[0].push_back(destination);
    Spread(&AsGraph::Providers, RouteClass::CUSTOMER);
    Spread(&AsGraph::Peers, RouteClass::PEER);
    Spread(&AsGraph::TransitCustomers, RouteClass::PROVIDER);
}

void
RouteTable::Spread(AsRange (AsGraph::*neighboursOf)(AsIndex) const, RouteClass routeClass)
{
    // Going through the levels in ascending order makes the first offer that an AS gets within a
    // step a shortest one: only equals can take its place.
    std::size_t newInLevel = 0;
    for (std::uint32_t length = 0; length < m_levels.size(); ++length)
    {
        // What an AS tells its peers it has from customers, not from another peer just now.
        const std::size_t telling =
            m_levels[length].size() - (routeClass == RouteClass::PEER ? newInLevel : 0);
        newInLevel = 0;
        if (telling == 0)
        {
            continue;
        }
        if (length + 1 == m_levels.size())
        {
            m_levels.emplace_back();
        }
        const std::size_t known = m_levels[length + 1].size();
        for (std::size_t i = 0; i < telling; ++i)
        {
            const AsIndex as = m_levels[length][i];
            Offer(as, (m_graph.*neighboursOf)(as), length + 1, routeClass);
        }
        newInLevel = m_levels[length + 1].size() - known;
    }
}

RouteTable::Route
RouteTable::RouteByProviders(AsIndex as) const
{
    constexpr std::uint32_t NEVER = UINT32_MAX;
    std::uint32_t shortest = NEVER;
    AsIndex nextHop = NO_AS;
    for (AsIndex provider : m_graph.Providers(as))
    {
        const Route route = m_routes[provider];
        const std::uint32_t length =
            route.routeClass == RouteClass::NONE ? NEVER : route.length + 1U;
        const bool isTie = length == shortest && length != NEVER;
        if (length < shortest || (isTie && Prefers(m_graph, m_tieBreak, as, provider, nextHop)))
        {
            shortest = length;
            nextHop = provider;
        }
    }
    Route best{nextHop, 0, RouteClass::NONE};
    if (nextHop != NO_AS)
    {
        best.length = shortest;
        best.routeClass = RouteClass::PROVIDER;
    }
    return best;
}

void
RouteTable::AppendPath(AsIndex from, std::vector<AsIndex>& path) const
{
    if (!HasRoute(from))
    {
        return;
    }
    for (AsIndex as = from; as != NO_AS; as = RouteOf(as).nextHop)
    {
        path.push_back(as);
    }
}

std::vector<AsIndex>
RouteTable::Path(AsIndex from) const
{
    std::vector<AsIndex> path;
    AppendPath(from, path);
    return path;
}

} // namespace smkex
