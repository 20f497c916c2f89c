/*
 * SPDX-License-Identifier: GPL-2.0-only
 */
#ifndef SMKEX_ADVERSARY_H
#define SMKEX_ADVERSARY_H

#include "smkex-interceptor.h"
#include "smkex-strategy.h"

#include "ns3/node.h"
#include "ns3/nstime.h"
#include "ns3/random-variable-stream.h"

#include <memory>
#include <string>
#include <vector>

namespace ns3
{

/** One adversary node: where it is, what it can do, whom it talks to. */
struct SmkexAdversaryPlacement
{
    Ptr<Node> node;
    std::vector<smkex::PathId> paths; //!< that pass the node
    bool active;
    std::string coalition;
    std::string strategy; //!< one of smkex::StrategyNames(), or see SetStrategyMaker()
};

/**
 * All adversaries of an experiment, in their coalitions.
 *
 * Members of a coalition share what they learn, over a side channel of its own delay. Those of
 * different coalitions share nothing but what was agreed on beforehand. What a coalition got hold
 * of is its loot; whether it is worth anything is for a judge to say.
 */
class SmkexAdversary
{
  public:
    using StrategyMaker =
        std::function<std::unique_ptr<smkex::Strategy>(const std::string& name,
                                                       const smkex::Situation& situation,
                                                       const smkex::StrategyTools& tools)>;

    /** What adversaries know of their victims' protocol. */
    struct Victims
    {
        bool encrypted;
        smkex::PathId paths;    //!< that a session uses
        std::string protocol{}; //!< its name in an experiment
    };

    /**
     * \param placements where the adversaries sit
     * \param victims what they attack
     * \param sideChannelDelay within a coalition
     * \param stream the random stream that the agreed secret is drawn from; one is used
     * \param makeStrategy makes the strategies by name; the ones of this module by default
     */
    SmkexAdversary(const std::vector<SmkexAdversaryPlacement>& placements,
                   const Victims& victims,
                   Time sideChannelDelay,
                   int64_t stream,
                   const StrategyMaker& makeStrategy = smkex::MakeStrategy);
    ~SmkexAdversary();

    SmkexAdversary(const SmkexAdversary&) = delete;
    SmkexAdversary& operator=(const SmkexAdversary&) = delete;

    /** \return what each coalition claims to have got hold of since the last ClearLoot() */
    std::vector<const smkex::Loot*> Loot() const;

    void ClearLoot();

  private:
    struct Member;
    struct Coalition;

    void AddCoalition(const std::string& name,
                      const std::vector<SmkexAdversaryPlacement>& placements,
                      const smkex::Situation& common,
                      const StrategyMaker& makeStrategy);
    void Spread(const Coalition& coalition, const Member& from, const smkex::News& news) const;

    Time m_sideChannelDelay;
    smkex::CostProfile m_noCosts;
    std::unique_ptr<smkex::NormalSource> m_noDraws;
    std::unique_ptr<smkex::RandomSource> m_random;
    std::vector<std::unique_ptr<Coalition>> m_coalitions;
};

} // namespace ns3

#endif // SMKEX_ADVERSARY_H
