/*
 * SPDX-License-Identifier: GPL-2.0-only
 */
#include "smkex-exposure-study.h"

#include "smkex-parallel.h"
#include "smkex-random.h"

#include <algorithm>
#include <cmath>

namespace smkex
{

Interval
WilsonInterval(double successes, double trials)
{
    constexpr double Z = 1.959963984540054; // the normal distribution's 97.5 % quantile
    const double share = successes / trials;
    const double scale = 1 / (1 + Z * Z / trials);
    const double centre = scale * (share + Z * Z / (2 * trials));
    const double half =
        scale * Z * std::sqrt(share * (1 - share) / trials + Z * Z / (4 * trials * trials));
    // Rounding must not leave a certain bound a hair off.
    return {successes <= 0 ? 0 : std::max(0.0, centre - half),
            successes >= trials ? 1 : std::min(1.0, centre + half)};
}

std::vector<AsPair>
DrawPairs(const AsGraph& graph, std::size_t count, std::uint64_t seed)
{
    constexpr std::uint64_t STREAM = 1;
    SampleRandom random(seed, STREAM);
    std::vector<AsPair> pairs;
    pairs.reserve(count);
    for (std::size_t i = 0; i < count; ++i)
    {
        const auto client = static_cast<AsIndex>(random.Below(graph.Size()));
        const auto other = static_cast<AsIndex>(random.Below(graph.Size() - 1));
        pairs.push_back({client, other + (other >= client ? 1 : 0)});
    }
    return pairs;
}

void
FindExposures(const AsGraph& graph,
              const PathChoices& choices,
              const AttackerModel& model,
              const ExposureQuestion& question,
              const std::vector<AsPair>& pairs,
              unsigned jobs,
              const std::function<void(const PairExposure&)>& consume)
{
    // Blocks keep the answers that are held at a time few.
    constexpr std::size_t BLOCK = 8192;
    for (std::size_t begin = 0; begin < pairs.size(); begin += BLOCK)
    {
        std::vector<PairExposure> answers(std::min(BLOCK, pairs.size() - begin));
        ParallelFor(answers.size(), jobs, [&] {
            return [&](std::size_t i) {
                answers[i] = FindExposure(graph, choices, model, question, pairs[begin + i]);
            };
        });
        for (const PairExposure& answer : answers)
        {
            consume(answer);
        }
    }
}

std::size_t
KindCount(const AttackerModel& model)
{
    return 2 + model.Coalitions().size();
}

std::vector<bool>
ExposedTo(const Attackers& attackers, std::size_t kinds, Direction direction, bool withEnds)
{
    std::vector<bool> exposed(kinds);
    exposed[0] = AnyOnBothPaths(attackers.ases, direction, withEnds);
    exposed[1] = AnyOnBothPaths(attackers.countries, direction, withEnds);
    for (const Attacker& coalition : attackers.coalitions)
    {
        exposed[2 + coalition.id] =
            IsOnBothPaths(withEnds ? coalition.placesWithEnds : coalition.places, direction);
    }
    return exposed;
}

const char*
ToString(ClientGroup group)
{
    return group ? ToString(*group) : "all";
}

ExposureTally::ExposureTally(const AsGraph& graph, const AttackerModel& model)
    : m_byAs(graph.Size()),
      m_byCountry(model.Countries().Codes().size())
{
    for (Cell& cell : m_cells)
    {
        cell.exposed.resize(KindCount(model));
    }
}

void
ExposureTally::Add(const PairExposure& answer)
{
    if (answer.choices == 0)
    {
        ++m_unreachable;
        return;
    }
    for (std::size_t i = 0; i < CLIENT_GROUPS.size(); ++i)
    {
        if (!CLIENT_GROUPS[i] || *CLIENT_GROUPS[i] == answer.homing)
        {
            AddTo(m_cells[i], answer);
        }
    }
    const auto count = [](const std::vector<Attacker>& attackers, Counts& counts) {
        for (const Attacker& attacker : attackers)
        {
            for (std::size_t i = 0; i < DIRECTIONS.size(); ++i)
            {
                counts[attacker.id][i] += IsOnBothPaths(attacker.places, DIRECTIONS[i]) ? 1 : 0;
            }
        }
    };
    count(answer.attackers.ases, m_byAs);
    count(answer.attackers.countries, m_byCountry);
}

void
ExposureTally::AddTo(Cell& cell, const PairExposure& answer)
{
    ++cell.pairs;
    for (std::size_t i = 0; i < DIRECTIONS.size(); ++i)
    {
        for (const bool withEnds : {false, true})
        {
            const std::vector<bool> exposed =
                ExposedTo(answer.attackers, cell.exposed.size(), DIRECTIONS[i], withEnds);
            for (std::size_t kind = 0; kind < exposed.size(); ++kind)
            {
                cell.exposed[kind][i][withEnds] += exposed[kind] ? 1 : 0;
            }
        }
    }
}

std::size_t
ExposureTally::Pairs(ClientGroup group) const
{
    return m_cells[group ? 1 + static_cast<std::size_t>(*group) : 0].pairs;
}

std::size_t
ExposureTally::Exposed(std::size_t kind,
                       ClientGroup group,
                       Direction direction,
                       bool withEnds) const
{
    const Cell& cell = m_cells[group ? 1 + static_cast<std::size_t>(*group) : 0];
    return cell.exposed[kind][static_cast<std::size_t>(direction)][withEnds];
}

namespace
{

template <typename Counts>
std::vector<RankedAttacker>
Worst(const Counts& counts, Direction direction, std::size_t limit)
{
    std::vector<RankedAttacker> ranked;
    for (std::uint32_t id = 0; id < counts.size(); ++id)
    {
        const std::size_t exposed = counts[id][static_cast<std::size_t>(direction)];
        if (exposed > 0)
        {
            ranked.push_back({id, exposed});
        }
    }
    std::stable_sort(
        ranked.begin(),
        ranked.end(),
        [](const RankedAttacker& a, const RankedAttacker& b) { return a.exposed > b.exposed; });
    ranked.resize(std::min(limit, ranked.size()));
    return ranked;
}

} // namespace

std::vector<RankedAttacker>
ExposureTally::WorstAses(Direction direction, std::size_t count) const
{
    return Worst(m_byAs, direction, count);
}

std::vector<RankedAttacker>
ExposureTally::WorstCountries(Direction direction, std::size_t count) const
{
    return Worst(m_byCountry, direction, count);
}

} // namespace smkex
