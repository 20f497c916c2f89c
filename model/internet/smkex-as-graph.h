/*
 * SPDX-License-Identifier: GPL-2.0-only
 */
#ifndef SMKEX_AS_GRAPH_H
#define SMKEX_AS_GRAPH_H

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace smkex
{

/** Autonomous system number, 1 to 2^32 - 1 (RFC 6793; 0 is reserved, RFC 7607). */
using Asn = std::uint32_t;

/**
 * Position of an AS in its graph, 0 to Size() - 1. Positions ascend with the numbers: comparing
 * positions is comparing ASNs.
 */
using AsIndex = std::uint32_t;

/** Stands for "no AS". */
constexpr AsIndex NO_AS = UINT32_MAX;

/** What the first AS of a link is to the second. */
enum class AsRelationship : std::uint8_t
{
    PROVIDER, //!< the first sells transit to the second
    PEER      //!< they exchange their customers' traffic
};

/** One line of an AS relationship file. */
struct AsLink
{
    Asn first;
    Asn second;
    AsRelationship relationship;
    std::uint32_t line; //!< its line's number, for messages, from 1; 0: it comes from no file
};

/** Neighbours of one AS, ascending. Valid as long as the graph is. */
class AsRange
{
  public:
    AsRange(const AsIndex* begin, const AsIndex* end)
        : m_begin(begin),
          m_end(end)
    {
    }

    const AsIndex* begin() const
    {
        return m_begin;
    }

    const AsIndex* end() const
    {
        return m_end;
    }

    std::size_t size() const
    {
        return m_end - m_begin;
    }

    bool empty() const
    {
        return m_begin == m_end;
    }

  private:
    const AsIndex* m_begin;
    const AsIndex* m_end;
};

/**
 * Autonomous systems and their business relationships (L. Gao, "On inferring autonomous system
 * relationships in the Internet", IEEE/ACM Transactions on Networking 9(6), 2001). Immutable, and
 * safe to read from many threads. 8 bytes a link and 20 bytes an AS.
 */
class AsGraph
{
  public:
    /**
     * \param links in any order; the same fact stated twice counts once
     * \param source what an error names as its origin: the file's path
     * \throws InputError for no links at all, ASN 0, a link from an AS to itself, two links that
     *         contradict each other, and a cycle of providers; with the later line of those to
     *         blame
     */
    AsGraph(const std::vector<AsLink>& links, const std::string& source);

    /** Number of ASes. */
    std::size_t Size() const
    {
        return m_asns.size();
    }

    /** Number of links, each counted once. */
    std::size_t LinkCount() const
    {
        return m_neighbours.size() / 2;
    }

    Asn AsnOf(AsIndex as) const
    {
        return m_asns[as];
    }

    /** Position of an ASN; nothing where the graph does not have it. */
    std::optional<AsIndex> Find(Asn asn) const;

    AsRange Providers(AsIndex as) const
    {
        return Neighbours(as, 0);
    }

    AsRange Peers(AsIndex as) const
    {
        return Neighbours(as, 1);
    }

    AsRange Customers(AsIndex as) const
    {
        return Neighbours(as, 2);
    }

    /** Those of an AS's customers that have customers themselves. */
    AsRange TransitCustomers(AsIndex as) const
    {
        const std::uint32_t* offset = m_transitOffsets.data() + as;
        return {m_transitCustomers.data() + offset[0], m_transitCustomers.data() + offset[1]};
    }

    /** Whether the AS sells transit to nobody. */
    bool IsStub(AsIndex as) const
    {
        return Customers(as).empty();
    }

    /** The links as given, each once, as by a file of them: ascending, providers first. */
    std::vector<AsLink> Links() const;

  private:
    static constexpr std::size_t KINDS = 3; //!< providers, peers, customers

    AsRange Neighbours(AsIndex as, std::size_t kind) const
    {
        const std::uint32_t* offset = m_offsets.data() + KINDS * as + kind;
        return {m_neighbours.data() + offset[0], m_neighbours.data() + offset[1]};
    }

    std::vector<Asn> m_asns; //!< ascending
    std::vector<AsIndex> m_neighbours;
    std::vector<std::uint32_t> m_offsets; //!< into m_neighbours: where each AS's each kind starts
    std::vector<AsIndex> m_transitCustomers;
    std::vector<std::uint32_t> m_transitOffsets; //!< into m_transitCustomers: where each AS's start
};

} // namespace smkex

#endif // SMKEX_AS_GRAPH_H
