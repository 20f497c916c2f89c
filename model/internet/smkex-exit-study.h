/*
 * SPDX-License-Identifier: GPL-2.0-only
 */
#ifndef SMKEX_EXIT_STUDY_H
#define SMKEX_EXIT_STUDY_H

#include "smkex-exposure-study.h"

#include <vector>

namespace smkex
{

/**
 * The `count` ASes (all, if there are fewer) that could offer tunnels to most: those with the most
 * neighbours, then by ascending ASN. In descending order of neighbours.
 */
std::vector<AsIndex> BestConnectedAses(const AsGraph& graph, std::size_t count);

/** How many pairs of a group k tunnel exits leave exposed, for k = 0 to the size of the pool. */
struct ExitCurve
{
    ClientGroup group;
    std::size_t pairs; //!< pairs with a route
    /** With k exits drawn from the pool, each k of them as likely: the exact mean. */
    std::vector<double> exposedAtRandom;
    /** With the first k of `best`. */
    std::vector<std::size_t> exposedAtBest;
    /** The pool, each next exit the one that protects the most pairs that are left. */
    std::vector<AsIndex> best;
};

/**
 * How much tunnel exits help, pair by pair.
 *
 * The client takes two direct paths, or a direct path and one through an exit, whichever keeps an
 * attacker off one of them; a pair is exposed where no such two paths do. Choosing exits is then a
 * matter of covering pairs, in which taking the best next one comes within 1 - 1/e of the optimum
 * (G. Nemhauser, L. Wolsey, M. Fisher, Mathematical Programming 14, 1978).
 */
class ExitStudy
{
  public:
    /** Largest pool: one bit each of 64, all of which together say that no exit is needed. */
    static constexpr std::size_t MAX_POOL = 63;

    /**
     * \param choices its options' exits, at most MAX_POOL, are the pool
     * \param pairs those that `choices` was made for
     */
    ExitStudy(const AsGraph& graph,
              const PathChoices& choices,
              const AttackerModel& model,
              Direction direction,
              const std::vector<AsPair>& pairs,
              unsigned jobs);

    /** \param kind as of KindCount */
    ExitCurve Curve(std::size_t kind, ClientGroup group) const;

  private:
    struct Protection
    {
        bool reachable{false};
        Homing homing{};
        /** By attacker kind: bit i, exit i of the pool keeps attackers off; all bits where direct
         * paths do. */
        std::vector<std::uint64_t> exits;
    };

    static constexpr std::uint64_t DIRECT = UINT64_MAX;

    std::vector<AsIndex> m_pool;
    std::vector<Protection> m_pairs;
};

} // namespace smkex

#endif // SMKEX_EXIT_STUDY_H
