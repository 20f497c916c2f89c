/*
 * SPDX-License-Identifier: GPL-2.0-only
 */
#include "smkex-strategy.h"

#include "smkex-plaintext-strategy.h"
#include "smkex-share-strategy.h"
#include "smkex-substitute-strategy.h"
#include "smkex-tcpcrypt-strategy.h"
#include "smkex-tls-strategy.h"

#include <algorithm>
#include <cstdlib>
#include <utility>

namespace smkex
{

namespace
{

const std::string SUBSTITUTE{"substitute"};
const std::string STRIP_ENO{"strip-eno"};

using Maker = std::function<std::unique_ptr<Strategy>(const Situation&, const StrategyTools&)>;

Maker
Substitute(const SubstitutePlan& plan)
{
    return [plan](const Situation& situation, const StrategyTools& tools) {
        return std::make_unique<SubstituteStrategy>(situation, tools, plan);
    };
}

using Identity = SubstitutePlan::Identity;

/** One line a strategy. */
const std::vector<std::pair<std::string, Maker>>&
Registry()
{
    static const std::vector<std::pair<std::string, Maker>> registry{
        {SUBSTITUTE, Substitute({{true, true, false}, false, Identity::Own})},
        {"substitute-server-share", Substitute({{false, true, false}, false, Identity::Own})},
        {"low-order-share", Substitute({{true, true, true}, false, Identity::Own})},
        {"inject-binding", Substitute({{true, true, false}, true, Identity::Own})},
        {"relay-identity", Substitute({{true, true, false}, false, Identity::Relay})},
        {"forge-rotation", Substitute({{true, true, false}, false, Identity::ForgeRotation})},
        {STRIP_ENO, Substitute({{false, false, false}, false, Identity::Own})},
    };
    return registry;
}

} // namespace

bool
Situation::Sees(PathId path) const
{
    return std::any_of(coalition.begin(), coalition.end(), [path](const CoalitionMember& member) {
        return std::find(member.paths.begin(), member.paths.end(), path) != member.paths.end();
    });
}

bool
Situation::IsActiveOn(PathId path) const
{
    return std::any_of(coalition.begin(), coalition.end(), [path](const CoalitionMember& member) {
        return member.active &&
               std::find(member.paths.begin(), member.paths.end(), path) != member.paths.end();
    });
}

std::vector<std::string>
StrategyNames()
{
    std::vector<std::string> names;
    for (const auto& entry : Registry())
    {
        names.push_back(entry.first);
    }
    return names;
}

std::unique_ptr<Strategy>
MakeStrategy(const std::string& name, const Situation& situation, const StrategyTools& tools)
{
    if (!situation.encrypted)
    {
        return std::make_unique<PlaintextStrategy>(situation, tools);
    }
    if (situation.tls)
    {
        return std::make_unique<TlsStrategy>(situation, tools);
    }
    if (situation.protocol.rfind("tcpcrypt", 0) == 0)
    {
        const TcpcryptPlan plan{name == SUBSTITUTE, name == STRIP_ENO};
        return std::make_unique<TcpcryptStrategy>(situation, tools, plan);
    }
    if (situation.protocol == "secret-sharing")
    {
        return std::make_unique<ShareStrategy>(situation, tools);
    }
    for (const auto& [known, make] : Registry())
    {
        if (known == name)
        {
            return make(situation, tools);
        }
    }
    std::abort(); // names are checked where they come in
}

} // namespace smkex
