/*
 * SPDX-License-Identifier: GPL-2.0-only
 */
#ifndef SMKEX_ROUTES_H
#define SMKEX_ROUTES_H

#include "smkex-as-graph.h"

#include <array>
#include <cstdint>
#include <string>
#include <vector>

namespace smkex
{

/** From whom an AS has its route: the order in which routes are preferred. */
enum class RouteClass : std::uint8_t
{
    NONE,     //!< the AS cannot reach the destination
    OWN,      //!< the AS is the destination
    CUSTOMER, //!< learned from a customer
    PEER,
    PROVIDER
};

/** "customer", "peer", "provider", "own" or "none". */
const char* ToString(RouteClass routeClass);

/** How an AS chooses among routes of equal class and equal length. */
struct TieBreak
{
    enum class Rule : std::uint8_t
    {
        LOWEST_ASN,  //!< the lowest next-hop ASN
        HIGHEST_ASN, //!< the highest next-hop ASN
        HASH         //!< the lowest hash of seed, AS and next hop: as good as random, repeatable
    };

    Rule rule{Rule::LOWEST_ASN};
    std::uint64_t seed{0}; //!< of HASH
};

/** All rules, the default first. */
constexpr std::array<TieBreak::Rule, 3> TIE_BREAK_RULES{TieBreak::Rule::LOWEST_ASN,
                                                        TieBreak::Rule::HIGHEST_ASN,
                                                        TieBreak::Rule::HASH};

/** "lowest-asn", "highest-asn" or "hash". */
const char* ToString(TieBreak::Rule rule);

/**
 * Whether `as`, whose neighbours `a` and `b` offer routes of equal class and length, goes through
 * `a` rather than `b`.
 */
bool Prefers(const AsGraph& graph, TieBreak tieBreak, AsIndex as, AsIndex a, AsIndex b);

/**
 * The routes of every AS to one destination, as BGP settles on them under the usual policies
 * (L. Gao and J. Rexford, "Stable Internet routing without global coordination", IEEE/ACM
 * Transactions on Networking 9(6), 2001): an AS prefers routes from customers to those from peers
 * to those from providers, then the shorter, then by the tie-break, and tells peers and providers
 * of its customers' routes only. Every route is valley-free and loop-free, and goes on as the
 * next hop's own.
 *
 * A destination costs O(ASes + links) with all its routes. Most ASes are stubs, whose routes are
 * worked out when they are asked for: few routes to a destination cost a quarter of all. An object
 * needs about 8 bytes an AS; several may share a graph, which must outlive them.
 */
class RouteTable
{
  public:
    explicit RouteTable(const AsGraph& graph, TieBreak tieBreak = {});

    /** Turns to another destination. */
    void Compute(AsIndex destination);

    /** The AS handed to Compute last; NO_AS before. */
    AsIndex Destination() const
    {
        return m_destination;
    }

    /** The first step of an AS's route, and what is known of the rest. */
    struct Route
    {
        AsIndex nextHop;           //!< NO_AS at the destination and without a route
        std::uint32_t length : 29; //!< number of links; 0 at the destination and without a route
        RouteClass routeClass : 3;
    };

    /** The route of an AS, which is of class NONE where it has none. */
    Route RouteOf(AsIndex as) const
    {
        const Route& known = m_routes[as];
        return known.routeClass == RouteClass::NONE ? RouteByProviders(as) : known;
    }

    bool HasRoute(AsIndex as) const
    {
        return RouteOf(as).routeClass != RouteClass::NONE;
    }

    /** Appends the ASes from `from` to the destination, both included; nothing without a route. */
    void AppendPath(AsIndex from, std::vector<AsIndex>& path) const;

    /** The ASes from `from` to the destination, both included; empty without a route. */
    std::vector<AsIndex> Path(AsIndex from) const;

  private:
    Route RouteByProviders(AsIndex as) const;
    void Offer(AsIndex from, AsRange to, std::uint32_t length, RouteClass routeClass);
    void Spread(AsRange (AsGraph::*neighboursOf)(AsIndex) const, RouteClass routeClass);

    const AsGraph& m_graph;
    const TieBreak m_tieBreak;
    AsIndex m_destination{NO_AS};
    /** What others have told each AS. Nobody tells stubs of providers' routes: RouteOf asks. */
    std::vector<Route> m_routes;
    std::vector<std::vector<AsIndex>> m_levels; //!< by length of route: ASes that may tell others
};

} // namespace smkex

#endif // SMKEX_ROUTES_H
