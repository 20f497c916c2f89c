/*
 * SPDX-License-Identifier: GPL-2.0-only
 */
#include "smkex-adversary.h"

#include "smkex-interception.h"
#include "smkex-stream-seed.h"

#include "ns3/simulator.h"

#include <algorithm>

namespace ns3
{

namespace
{

/** Attackers compute in no time, so nothing is ever drawn. */
class NoDraws : public smkex::NormalSource
{
  public:
    double Draw() override
    {
        return 0;
    }
};

} // namespace

struct SmkexAdversary::Member
{
    std::unique_ptr<smkex::Processor> processor;
    Ptr<SmkexInterceptor> interceptor;
};

struct SmkexAdversary::Coalition
{
    std::string name;
    smkex::Loot loot;
    std::vector<std::unique_ptr<Member>> members;
};

SmkexAdversary::SmkexAdversary(const std::vector<SmkexAdversaryPlacement>& placements,
                               const Victims& victims,
                               Time sideChannelDelay,
                               int64_t stream,
                               const StrategyMaker& makeStrategy)
    : m_sideChannelDelay(sideChannelDelay),
      m_noDraws(std::make_unique<NoDraws>())
{
    const Ptr<UniformRandomVariable> draws = CreateObject<UniformRandomVariable>();
    draws->SetStream(stream);
    smkex::Situation common{};
    common.encrypted = victims.encrypted;
    common.paths = victims.paths;
    common.protocol = victims.protocol;
    common.agreedSecret = DrawSmkexSeed(*draws);
    m_random = std::make_unique<smkex::SeededRandomSource>(DrawSmkexSeed(*draws));

    std::vector<std::string> names; // in the order of their first members
    for (const SmkexAdversaryPlacement& placement : placements)
    {
        if (std::find(names.begin(), names.end(), placement.coalition) == names.end())
        {
            names.push_back(placement.coalition);
            AddCoalition(placement.coalition, placements, common, makeStrategy);
        }
    }
}

SmkexAdversary::~SmkexAdversary() = default;

void
SmkexAdversary::AddCoalition(const std::string& name,
                             const std::vector<SmkexAdversaryPlacement>& placements,
                             const smkex::Situation& common,
                             const StrategyMaker& makeStrategy)
{
    Coalition& coalition = *m_coalitions.emplace_back(std::make_unique<Coalition>());
    coalition.name = name;
    smkex::Situation situation = common;
    for (const SmkexAdversaryPlacement& placement : placements)
    {
        if (placement.coalition == name)
        {
            situation.coalition.push_back({placement.paths, placement.active});
        }
    }
    for (const SmkexAdversaryPlacement& placement : placements)
    {
        if (placement.coalition != name)
        {
            continue;
        }
        Member& member = *coalition.members.emplace_back(std::make_unique<Member>());
        member.processor = std::make_unique<smkex::Processor>(m_noCosts, *m_noDraws, *m_random);
        situation.node = placement.node->GetId();
        situation.active = placement.active;
        member.interceptor =
            Create<SmkexInterceptor>(placement.active, [&, this](smkex::Grip& grip) {
                const smkex::StrategyTools tools{
                    grip,
                    coalition.loot,
                    *member.processor,
                    [this, &coalition, &member](const smkex::News& news) {
                        Spread(coalition, member, news);
                    }};
                return makeStrategy(placement.strategy, situation, tools);
            });
        InstallSmkexInterceptor(placement.node, member.interceptor);
    }
}

void
SmkexAdversary::Spread(const Coalition& coalition,
                       const Member& from,
                       const smkex::News& news) const
{
    for (const std::unique_ptr<Member>& member : coalition.members)
    {
        if (member.get() != &from)
        {
            Simulator::Schedule(m_sideChannelDelay,
                                &SmkexInterceptor::OnNews,
                                member->interceptor,
                                news);
        }
    }
}

std::vector<const smkex::Loot*>
SmkexAdversary::Loot() const
{
    std::vector<const smkex::Loot*> all;
    for (const std::unique_ptr<Coalition>& coalition : m_coalitions)
    {
        all.push_back(&coalition->loot);
    }
    return all;
}

void
SmkexAdversary::ClearLoot()
{
    for (const std::unique_ptr<Coalition>& coalition : m_coalitions)
    {
        coalition->loot = {};
    }
}

} // namespace ns3
