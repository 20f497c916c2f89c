/*
 * SPDX-License-Identifier: GPL-2.0-only
 */
#include "smkex-as-graph.h"

#include "smkex-input-error.h"

#include <algorithm>
#include <tuple>

namespace smkex
{

namespace
{

/** Peers in ascending order, so that equal facts are equal links; the line does not count. */
AsLink
Normalised(AsLink link)
{
    if (link.relationship == AsRelationship::PEER && link.first > link.second)
    {
        std::swap(link.first, link.second);
    }
    return link;
}

std::pair<Asn, Asn>
Ends(const AsLink& link)
{
    return std::minmax(link.first, link.second);
}

std::string
Describe(const AsLink& link)
{
    return "AS " + std::to_string(link.first) +
           (link.relationship == AsRelationship::PEER ? " a peer of AS " : " a provider of AS ") +
           std::to_string(link.second);
}

void
CheckNumbers(const std::vector<AsLink>& links, const std::string& source)
{
    if (links.empty())
    {
        throw InputError(source, 0, "there is no AS relationship in it");
    }
    for (const AsLink& link : links)
    {
        if (link.first == 0 || link.second == 0)
        {
            throw InputError(source, link.line, "AS 0 is reserved: an ASN is 1 to 4294967295");
        }
        if (link.first == link.second)
        {
            throw InputError(source,
                             link.line,
                             "AS " + std::to_string(link.first) + " has a link to itself");
        }
    }
}

/** Each link once, ordered by its two ends. */
std::vector<AsLink>
UniqueLinks(const std::vector<AsLink>& links, const std::string& source)
{
    std::vector<AsLink> sorted(links.size());
    std::transform(links.begin(), links.end(), sorted.begin(), Normalised);
    std::sort(sorted.begin(), sorted.end(), [](const AsLink& a, const AsLink& b) {
        return std::make_tuple(Ends(a), a.line) < std::make_tuple(Ends(b), b.line);
    });
    std::vector<AsLink> unique;
    unique.reserve(sorted.size());
    const AsLink* contradiction = nullptr;
    const AsLink* contradicted = nullptr;
    for (const AsLink& link : sorted)
    {
        if (unique.empty() || Ends(unique.back()) != Ends(link))
        {
            unique.push_back(link);
            continue;
        }
        const AsLink& known = unique.back();
        const bool same = known.first == link.first && known.relationship == link.relationship;
        if (!same && (!contradiction || link.line < contradiction->line))
        {
            contradiction = &link;
            contradicted = &known;
        }
    }
    if (contradiction)
    {
        throw InputError(source,
                         contradiction->line,
                         "makes " + Describe(*contradiction) + ", but line " +
                             std::to_string(contradicted->line) + " makes " +
                             Describe(*contradicted));
    }
    return unique;
}

/** The line of the link between two ASes; `links` as from UniqueLinks. */
std::uint32_t
LineOf(const std::vector<AsLink>& links, Asn a, Asn b)
{
    const std::pair<Asn, Asn> ends = std::minmax(a, b);
    return std::lower_bound(
               links.begin(),
               links.end(),
               ends,
               [](const AsLink& link, const std::pair<Asn, Asn>& key) { return Ends(link) < key; })
        ->line;
}

/** \throws InputError where following providers leads back to where it began */
void
CheckHierarchy(const AsGraph& graph, const std::vector<AsLink>& links, const std::string& source)
{
    std::vector<std::size_t> providersLeft(graph.Size());
    std::vector<AsIndex> ordered;
    ordered.reserve(graph.Size());
    for (AsIndex as = 0; as < graph.Size(); ++as)
    {
        providersLeft[as] = graph.Providers(as).size();
        if (providersLeft[as] == 0)
        {
            ordered.push_back(as);
        }
    }
    for (std::size_t next = 0; next < ordered.size(); ++next)
    {
        for (AsIndex customer : graph.Customers(ordered[next]))
        {
            if (--providersLeft[customer] == 0)
            {
                ordered.push_back(customer);
            }
        }
    }
    if (ordered.size() == graph.Size())
    {
        return;
    }
    // Every AS left has a provider that is left too, so that climbing must come round.
    const auto isLeft = [&](AsIndex as) { return providersLeft[as] > 0; };
    std::vector<AsIndex> climb;
    std::vector<bool> seen(graph.Size());
    AsIndex as = 0;
    while (!isLeft(as))
    {
        ++as;
    }
    while (!seen[as])
    {
        seen[as] = true;
        climb.push_back(as);
        const AsRange providers = graph.Providers(as);
        as = *std::find_if(providers.begin(), providers.end(), isLeft);
    }
    climb.erase(climb.begin(), std::find(climb.begin(), climb.end(), as));
    climb.push_back(as);
    std::uint32_t line = 0;
    std::string cycle = "AS " + std::to_string(graph.AsnOf(as));
    for (std::size_t i = 1; i < climb.size(); ++i)
    {
        line = std::max(line, LineOf(links, graph.AsnOf(climb[i - 1]), graph.AsnOf(climb[i])));
        constexpr std::size_t SHOWN = 10;
        if (i <= SHOWN || i + 1 == climb.size())
        {
            cycle += ", " + std::to_string(graph.AsnOf(climb[i]));
        }
        else if (i == SHOWN + 1)
        {
            cycle += ", …";
        }
    }
    throw InputError(source,
                     line,
                     "closes a cycle of providers, each one's provider next: " + cycle);
}

} // namespace

AsGraph::AsGraph(const std::vector<AsLink>& links, const std::string& source)
{
    CheckNumbers(links, source);
    const std::vector<AsLink> unique = UniqueLinks(links, source);

    m_asns.reserve(2 * unique.size());
    for (const AsLink& link : unique)
    {
        m_asns.push_back(link.first);
        m_asns.push_back(link.second);
    }
    std::sort(m_asns.begin(), m_asns.end());
    m_asns.erase(std::unique(m_asns.begin(), m_asns.end()), m_asns.end());
    m_asns.shrink_to_fit();

    struct Arc
    {
        std::size_t slot; //!< which AS's which kind of neighbour
        AsIndex neighbour;
    };

    std::vector<Arc> arcs;
    arcs.reserve(2 * unique.size());
    for (const AsLink& link : unique)
    {
        const bool peers = link.relationship == AsRelationship::PEER;
        const AsIndex first = *Find(link.first);
        const AsIndex second = *Find(link.second);
        arcs.push_back({KINDS * first + (peers ? 1 : 2), second});
        arcs.push_back({KINDS * second + (peers ? 1 : 0), first});
    }
    std::sort(arcs.begin(), arcs.end(), [](const Arc& a, const Arc& b) {
        return std::tie(a.slot, a.neighbour) < std::tie(b.slot, b.neighbour);
    });
    m_offsets.assign(KINDS * Size() + 1, 0);
    m_neighbours.reserve(arcs.size());
    for (const Arc& arc : arcs)
    {
        ++m_offsets[arc.slot + 1];
        m_neighbours.push_back(arc.neighbour);
    }
    for (std::size_t slot = 1; slot < m_offsets.size(); ++slot)
    {
        m_offsets[slot] += m_offsets[slot - 1];
    }
    m_transitOffsets.push_back(0);
    for (AsIndex as = 0; as < Size(); ++as)
    {
        for (AsIndex customer : Customers(as))
        {
            if (!IsStub(customer))
            {
                m_transitCustomers.push_back(customer);
            }
        }
        m_transitOffsets.push_back(static_cast<std::uint32_t>(m_transitCustomers.size()));
    }
    CheckHierarchy(*this, unique, source);
}

std::optional<AsIndex>
AsGraph::Find(Asn asn) const
{
    const auto found = std::lower_bound(m_asns.begin(), m_asns.end(), asn);
    if (found == m_asns.end() || *found != asn)
    {
        return std::nullopt;
    }
    return static_cast<AsIndex>(found - m_asns.begin());
}

std::vector<AsLink>
AsGraph::Links() const
{
    std::vector<AsLink> links;
    links.reserve(LinkCount());
    for (AsIndex as = 0; as < Size(); ++as)
    {
        for (AsIndex customer : Customers(as))
        {
            links.push_back({AsnOf(as), AsnOf(customer), AsRelationship::PROVIDER, 0});
        }
        for (AsIndex peer : Peers(as))
        {
            if (as < peer)
            {
                links.push_back({AsnOf(as), AsnOf(peer), AsRelationship::PEER, 0});
            }
        }
    }
    return links;
}

} // namespace smkex
