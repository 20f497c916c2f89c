/*
 * SPDX-License-Identifier: GPL-2.0-only
 */
#include "smkex-path-store.h"

#include "smkex-parallel.h"

#include <algorithm>

namespace smkex
{

namespace
{

std::uint64_t
Key(AsIndex from, AsIndex to)
{
    return std::uint64_t{to} << 32 | from;
}

} // namespace

void
PathStore::Want(AsIndex from, AsIndex to)
{
    m_wanted.push_back(Key(from, to));
}

void
PathStore::Compute(unsigned jobs)
{
    std::sort(m_wanted.begin(), m_wanted.end());
    m_wanted.erase(std::unique(m_wanted.begin(), m_wanted.end()), m_wanted.end());
    m_wanted.shrink_to_fit();
    m_entries.resize(m_wanted.size());

    std::vector<std::size_t> groups; // where each destination starts, and the end
    for (std::size_t i = 0; i < m_wanted.size(); ++i)
    {
        if (i == 0 || m_wanted[i] >> 32 != m_wanted[i - 1] >> 32)
        {
            groups.push_back(i);
        }
    }
    groups.push_back(m_wanted.size());
    m_arenas.resize(groups.size() - 1);

    ParallelFor(m_arenas.size(), jobs, [&] {
        return [&, table = RouteTable(m_graph, m_tieBreak)](std::size_t group) mutable {
            std::vector<AsIndex> arena;
            table.Compute(static_cast<AsIndex>(m_wanted[groups[group]] >> 32));
            for (std::size_t i = groups[group]; i < groups[group + 1]; ++i)
            {
                const std::size_t begin = arena.size();
                table.AppendPath(static_cast<AsIndex>(m_wanted[i]), arena);
                m_entries[i] = {static_cast<std::uint32_t>(group),
                                static_cast<std::uint32_t>(begin),
                                static_cast<std::uint32_t>(arena.size())};
            }
            arena.shrink_to_fit();
            m_arenas[group] = std::move(arena);
        };
    });
}

AsRange
PathStore::Get(AsIndex from, AsIndex to) const
{
    const auto found = std::lower_bound(m_wanted.begin(), m_wanted.end(), Key(from, to));
    const Entry& entry = m_entries[found - m_wanted.begin()];
    const AsIndex* arena = m_arenas[entry.arena].data();
    return {arena + entry.begin, arena + entry.end};
}

} // namespace smkex
