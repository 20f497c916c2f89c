/*
 * SPDX-License-Identifier: GPL-2.0-only
 */
#include "smkex-exposure.h"

#include "smkex-random.h"

#include <algorithm>
#include <tuple>

namespace smkex
{

const char*
ToString(Direction direction)
{
    switch (direction)
    {
    case Direction::FORWARD:
        return "forward";
    case Direction::REVERSE:
        return "reverse";
    case Direction::EITHER:
        return "either";
    case Direction::BOTH:
        return "both";
    }
    return "";
}

const char*
ToString(Selection selection)
{
    switch (selection)
    {
    case Selection::PREFERRED:
        return "preferred";
    case Selection::RANDOM:
        return "random";
    case Selection::BEST:
        return "best";
    }
    return "";
}

const char*
ToString(Homing homing)
{
    switch (homing)
    {
    case Homing::MULTIHOMED:
        return "multihomed";
    case Homing::SINGLE_HOMED:
        return "single-homed";
    case Homing::TRANSIT_FREE:
        return "transit-free";
    }
    return "";
}

bool
IsOnBothPaths(std::uint8_t places, Direction direction)
{
    const auto hasAll = [&](unsigned wanted) { return (places & wanted) == wanted; };
    const auto hasAny = [&](unsigned wanted) { return (places & wanted) != 0; };
    switch (direction)
    {
    case Direction::FORWARD:
        return hasAll(FORWARD_1 | FORWARD_2);
    case Direction::REVERSE:
        return hasAll(REVERSE_1 | REVERSE_2);
    case Direction::EITHER:
        return hasAny(FORWARD_1 | REVERSE_1) && hasAny(FORWARD_2 | REVERSE_2);
    case Direction::BOTH:
        return hasAll(FORWARD_1 | REVERSE_1 | FORWARD_2 | REVERSE_2);
    }
    return false;
}

bool
AnyOnBothPaths(const std::vector<Attacker>& attackers, Direction direction, bool withEnds)
{
    return std::any_of(attackers.begin(), attackers.end(), [&](const Attacker& attacker) {
        return IsOnBothPaths(withEnds ? attacker.placesWithEnds : attacker.places, direction);
    });
}

namespace
{

/** Makes one of attackers that come several times, and orders them by id. */
void
Merge(std::vector<Attacker>& attackers)
{
    std::sort(attackers.begin(), attackers.end(), [](const Attacker& a, const Attacker& b) {
        return a.id < b.id;
    });
    std::size_t count = 0;
    for (const Attacker& attacker : attackers)
    {
        if (count == 0 || attackers[count - 1].id != attacker.id)
        {
            attackers[count++] = attacker;
        }
        else
        {
            attackers[count - 1].places |= attacker.places;
            attackers[count - 1].placesWithEnds |= attacker.placesWithEnds;
        }
    }
    attackers.erase(attackers.begin() + count, attackers.end());
}

void
AddAses(const PathChoice& path, OneWayPath forward, OneWayPath reverse, std::vector<Attacker>& ases)
{
    const AsIndex client = path.forward.front();
    const AsIndex server = path.forward.back();
    const auto add = [&](AsIndex as, OneWayPath place) {
        const bool isEnd = as == client || as == server;
        const auto placeBit = static_cast<std::uint8_t>(place);
        ases.push_back({as, isEnd ? std::uint8_t{0} : placeBit, placeBit});
    };
    // The ends of a sealed tunnel see what they send or receive, whoever carries it.
    for (std::size_t i = 0; i < path.forward.size(); ++i)
    {
        if (i == 0 || i >= path.sealedForward)
        {
            add(path.forward[i], forward);
        }
    }
    for (std::size_t i = 0; i < path.reverse.size(); ++i)
    {
        if (i + 1 == path.reverse.size() || i + path.sealedReverse < path.reverse.size())
        {
            add(path.reverse[i], reverse);
        }
    }
}

std::size_t
CountOnBothPaths(const std::vector<Attacker>& attackers, Direction direction)
{
    return std::count_if(attackers.begin(), attackers.end(), [&](const Attacker& attacker) {
        return IsOnBothPaths(attacker.places, direction);
    });
}

/** Positions of the two choices that share the fewest attackers. */
std::pair<std::size_t, std::size_t>
BestPair(const std::vector<PathChoice>& choices, const AttackerModel& model, Direction direction)
{
    using Cost = std::tuple<std::size_t, std::size_t, std::size_t, std::size_t>;
    Cost best{SIZE_MAX, 0, 0, 0};
    for (std::size_t i = 0; i < choices.size(); ++i)
    {
        for (std::size_t j = i + 1; j < choices.size(); ++j)
        {
            const Attackers found = model.Find(choices[i], choices[j]);
            const std::size_t shared = CountOnBothPaths(found.ases, direction) +
                                       CountOnBothPaths(found.countries, direction) +
                                       CountOnBothPaths(found.coalitions, direction);
            const std::size_t length = choices[i].forward.size() + choices[i].reverse.size() +
                                       choices[j].forward.size() + choices[j].reverse.size();
            best = std::min(best, Cost{shared, length, i, j});
        }
    }
    return {std::get<2>(best), std::get<3>(best)};
}

} // namespace

AttackerModel::AttackerModel(CountryTable countries, std::vector<Coalition> coalitions)
    : m_countries(std::move(countries)),
      m_coalitions(std::move(coalitions)),
      m_coalitionsOf(m_countries.Size())
{
    for (std::uint32_t id = 0; id < m_coalitions.size(); ++id)
    {
        for (AsIndex as : m_coalitions[id].members)
        {
            m_coalitionsOf[as].push_back(id);
        }
    }
}

Attackers
AttackerModel::Find(const PathChoice& path1, const PathChoice& path2) const
{
    Attackers found;
    AddAses(path1, FORWARD_1, REVERSE_1, found.ases);
    AddAses(path2, FORWARD_2, REVERSE_2, found.ases);
    Merge(found.ases);
    for (const auto& [as, places, placesWithEnds] : found.ases)
    {
        const std::uint32_t country = m_countries.CountryOf(as);
        if (country != CountryTable::UNKNOWN)
        {
            found.countries.push_back({country, places, placesWithEnds});
        }
        for (std::uint32_t coalition : m_coalitionsOf[as])
        {
            found.coalitions.push_back({coalition, places, placesWithEnds});
        }
    }
    Merge(found.countries);
    Merge(found.coalitions);
    return found;
}

Homing
HomingOf(const AsGraph& graph, AsIndex client)
{
    const std::size_t providers = graph.Providers(client).size();
    return providers >= 2   ? Homing::MULTIHOMED
           : providers == 1 ? Homing::SINGLE_HOMED
                            : Homing::TRANSIT_FREE;
}

PairExposure
FindExposure(const AsGraph& graph,
             const PathChoices& choices,
             const AttackerModel& model,
             const ExposureQuestion& question,
             const AsPair& pair)
{
    PairExposure answer{pair, HomingOf(graph, pair.client), 0, {}, {}, {}};
    std::vector<PathChoice> all = choices.Direct(pair);
    if (all.empty())
    {
        return answer;
    }
    for (AsIndex exit : choices.Options().exits)
    {
        for (PathChoice& choice : choices.Through(exit, pair))
        {
            all.push_back(std::move(choice));
        }
    }
    answer.choices = all.size();
    std::size_t first = 0;
    std::size_t second = std::min<std::size_t>(1, all.size() - 1);
    if (question.selection == Selection::BEST && all.size() > 1)
    {
        std::tie(first, second) = BestPair(all, model, question.direction);
    }
    else if (question.selection == Selection::RANDOM && all.size() > 1)
    {
        const std::uint64_t ends =
            std::uint64_t{graph.AsnOf(pair.client)} << 32 | graph.AsnOf(pair.server);
        SampleRandom random(question.seed, ends);
        first = random.Below(all.size());
        second = random.Below(all.size() - 1);
        second += second >= first ? 1 : 0;
    }
    answer.path1 = all[first];
    answer.path2 = all[second];
    answer.attackers = model.Find(answer.path1, answer.path2);
    return answer;
}

} // namespace smkex
