/*
 * SPDX-License-Identifier: GPL-2.0-only
 */
#ifndef SMKEX_PATH_STORE_H
#define SMKEX_PATH_STORE_H

#include "smkex-routes.h"

#include <cstdint>
#include <vector>

namespace smkex
{

/**
 * Routes between chosen pairs of ASes. Computes the routes to each destination once, however many
 * are asked for, and keeps those only. 12 bytes a route and 4 bytes an AS on it.
 */
class PathStore
{
  public:
    /** \param graph must outlive the store */
    PathStore(const AsGraph& graph, TieBreak tieBreak)
        : m_graph(graph),
          m_tieBreak(tieBreak)
    {
    }

    /** Asks for the route between two ASes, before Compute; asking twice does no harm. */
    void Want(AsIndex from, AsIndex to);

    /** Finds all routes asked for, on up to `jobs` threads. The result does not depend on them. */
    void Compute(unsigned jobs);

    /**
     * The ASes of a route that was asked for and computed, ends included; empty where there is no
     * route.
     */
    AsRange Get(AsIndex from, AsIndex to) const;

  private:
    struct Entry
    {
        std::uint32_t arena;
        std::uint32_t begin;
        std::uint32_t end;
    };

    const AsGraph& m_graph;
    const TieBreak m_tieBreak;
    std::vector<std::uint64_t> m_wanted;        //!< destination and source; ascending once computed
    std::vector<Entry> m_entries;               //!< as m_wanted
    std::vector<std::vector<AsIndex>> m_arenas; //!< one a destination
};

} // namespace smkex

#endif // SMKEX_PATH_STORE_H
