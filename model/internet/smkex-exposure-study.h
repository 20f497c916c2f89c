/*
 * SPDX-License-Identifier: GPL-2.0-only
 */
#ifndef SMKEX_EXPOSURE_STUDY_H
#define SMKEX_EXPOSURE_STUDY_H

#include "smkex-exposure.h"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace smkex
{

/** Bounds of a share, both in [0, 1]. */
struct Interval
{
    double low;
    double high;
};

/**
 * Wilson's score interval of a proportion, 95 % confidence (E. Wilson, JASA 22, 1927).
 *
 * \param successes 0 to trials; a mean of probabilities times trials may stand in, which makes
 *        the interval wider than it need be
 * \param trials > 0
 */
Interval WilsonInterval(double successes, double trials);

/**
 * Pairs of ASes drawn independently, uniformly among all pairs of different ASes.
 *
 * \param graph at least two ASes, as every graph has
 */
std::vector<AsPair> DrawPairs(const AsGraph& graph, std::size_t count, std::uint64_t seed);

/**
 * Answers for many pairs, in the pairs' order, computed on up to `jobs` threads; the answers do
 * not depend on their number.
 *
 * \param consume called with one answer after the other, from the calling thread
 */
void FindExposures(const AsGraph& graph,
                   const PathChoices& choices,
                   const AttackerModel& model,
                   const ExposureQuestion& question,
                   const std::vector<AsPair>& pairs,
                   unsigned jobs,
                   const std::function<void(const PairExposure&)>& consume);

/**
 * The kinds of attackers, in the order of all counts: 0: some single AS; 1: some country; 2 + i:
 * coalition i of the model.
 */
std::size_t KindCount(const AttackerModel& model);

/** By kind, of which there are `kinds`, whether such an attacker is on both paths. */
std::vector<bool> ExposedTo(const Attackers& attackers,
                            std::size_t kinds,
                            Direction direction,
                            bool withEnds);

/** Clients told apart by how they are attached; nothing: all of them. */
using ClientGroup = std::optional<Homing>;

/** All clients, then each kind. */
constexpr std::array<ClientGroup, 4> CLIENT_GROUPS{std::nullopt,
                                                   Homing::MULTIHOMED,
                                                   Homing::SINGLE_HOMED,
                                                   Homing::TRANSIT_FREE};

/** "all", or as ToString(Homing). */
const char* ToString(ClientGroup group);

/** One attacker and the number of pairs on both paths of which it sits, ends left out. */
struct RankedAttacker
{
    std::uint32_t id; //!< as Attacker::id
    std::size_t exposed;
};

/** Counts over many answers. */
class ExposureTally
{
  public:
    ExposureTally(const AsGraph& graph, const AttackerModel& model);

    void Add(const PairExposure& answer);

    /** Number of pairs of the group with a route. */
    std::size_t Pairs(ClientGroup group) const;

    /** Number of pairs without a route. */
    std::size_t Unreachable() const
    {
        return m_unreachable;
    }

    /**
     * Number of the group's pairs exposed to an attacker of one kind.
     *
     * \param kind as of KindCount
     */
    std::size_t Exposed(std::size_t kind,
                        ClientGroup group,
                        Direction direction,
                        bool withEnds) const;

    /** The `count` single ASes that most pairs are exposed to, worst first, then by ASN. */
    std::vector<RankedAttacker> WorstAses(Direction direction, std::size_t count) const;

    /** The same of countries. */
    std::vector<RankedAttacker> WorstCountries(Direction direction, std::size_t count) const;

  private:
    struct Cell
    {
        std::size_t pairs{0};
        /** By kind of attacker, direction, and without or with the end ASes. */
        std::vector<std::array<std::array<std::size_t, 2>, DIRECTIONS.size()>> exposed;
    };

    using Counts = std::vector<std::array<std::uint32_t, DIRECTIONS.size()>>;

    void AddTo(Cell& cell, const PairExposure& answer);

    std::array<Cell, CLIENT_GROUPS.size()> m_cells; //!< as CLIENT_GROUPS
    Counts m_byAs;
    Counts m_byCountry;
    std::size_t m_unreachable{0};
};

} // namespace smkex

#endif // SMKEX_EXPOSURE_STUDY_H
