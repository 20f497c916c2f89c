/*
 * SPDX-License-Identifier: GPL-2.0-only
 */
#include "smkex-exit-study.h"

#include "smkex-parallel.h"

#include <algorithm>
#include <numeric>

namespace smkex
{

std::vector<AsIndex>
BestConnectedAses(const AsGraph& graph, std::size_t count)
{
    const auto neighbours = [&](AsIndex as) {
        return graph.Providers(as).size() + graph.Peers(as).size() + graph.Customers(as).size();
    };
    std::vector<AsIndex> ases(graph.Size());
    std::iota(ases.begin(), ases.end(), 0);
    std::stable_sort(ases.begin(), ases.end(), [&](AsIndex a, AsIndex b) {
        return neighbours(a) > neighbours(b);
    });
    ases.resize(std::min(count, ases.size()));
    return ases;
}

ExitStudy::ExitStudy(const AsGraph& graph,
                     const PathChoices& choices,
                     const AttackerModel& model,
                     Direction direction,
                     const std::vector<AsPair>& pairs,
                     unsigned jobs)
    : m_pool(choices.Options().exits),
      m_pairs(pairs.size())
{
    const std::size_t kinds = KindCount(model);
    const auto protect = [&](std::size_t i) {
        const std::vector<PathChoice> direct = choices.Direct(pairs[i]);
        Protection& protection = m_pairs[i];
        protection.reachable = !direct.empty();
        protection.homing = HomingOf(graph, pairs[i].client);
        protection.exits.assign(kinds, 0);
        const auto add = [&](const PathChoice& path1, const PathChoice& path2, std::uint64_t bits) {
            const std::vector<bool> exposed =
                ExposedTo(model.Find(path1, path2), kinds, direction, false);
            for (std::size_t kind = 0; kind < kinds; ++kind)
            {
                protection.exits[kind] |= exposed[kind] ? 0 : bits;
            }
        };
        for (std::size_t a = 0; a < direct.size(); ++a)
        {
            // A path counts against itself too: with one choice, both subflows take it.
            for (std::size_t b = a; b < direct.size(); ++b)
            {
                add(direct[a], direct[b], DIRECT);
            }
        }
        for (std::size_t exit = 0; exit < m_pool.size() && !direct.empty(); ++exit)
        {
            for (const PathChoice& tunnel : choices.Through(m_pool[exit], pairs[i]))
            {
                for (const PathChoice& path1 : direct)
                {
                    add(path1, tunnel, std::uint64_t{1} << exit);
                }
            }
        }
    };
    ParallelFor(pairs.size(), jobs, [&] { return protect; });
}

ExitCurve
ExitStudy::Curve(std::size_t kind, ClientGroup group) const
{
    ExitCurve curve{group, 0, {}, {}, {}};
    std::vector<std::uint64_t> open; // pairs that direct paths leave exposed, by helpful exits
    for (const Protection& pair : m_pairs)
    {
        if (!pair.reachable || (group && *group != pair.homing))
        {
            continue;
        }
        ++curve.pairs;
        if (pair.exits[kind] != DIRECT)
        {
            open.push_back(pair.exits[kind]);
        }
    }

    const std::size_t pool = m_pool.size();
    std::vector<std::size_t> withHelpers(pool + 1); // number of pairs by number of helpful exits
    for (std::uint64_t exits : open)
    {
        ++withHelpers[__builtin_popcountll(exits)];
    }
    for (std::size_t k = 0; k <= pool; ++k)
    {
        double exposed = 0;
        for (std::size_t helpers = 0; helpers + k <= pool; ++helpers)
        {
            double missed = 1; // probability that k exits out of the pool are all unhelpful
            for (std::size_t i = 0; i < k; ++i)
            {
                missed *= static_cast<double>(pool - helpers - i) / static_cast<double>(pool - i);
            }
            exposed += missed * static_cast<double>(withHelpers[helpers]);
        }
        curve.exposedAtRandom.push_back(exposed);
    }

    std::vector<std::size_t> left(pool);
    std::iota(left.begin(), left.end(), 0);
    curve.exposedAtBest.push_back(open.size());
    while (!left.empty())
    {
        std::vector<std::size_t> helped(pool);
        for (std::uint64_t exits : open)
        {
            for (std::size_t exit : left)
            {
                helped[exit] += exits >> exit & 1;
            }
        }
        const auto best = std::max_element(left.begin(), left.end(), [&](auto a, auto b) {
            return helped[a] < helped[b];
        });
        const std::size_t exit = *best;
        left.erase(best);
        curve.best.push_back(m_pool[exit]);
        open.erase(std::remove_if(open.begin(),
                                  open.end(),
                                  [&](std::uint64_t exits) { return exits >> exit & 1; }),
                   open.end());
        curve.exposedAtBest.push_back(open.size());
    }
    return curve;
}

} // namespace smkex
