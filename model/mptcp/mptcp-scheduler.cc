/*
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "mptcp-scheduler.h"

#include <algorithm>

namespace ns3
{

uint32_t
ChooseMptcpPath(MptcpScheduler scheduler,
                const std::vector<MptcpPath>& paths,
                const MptcpWish& wish,
                uint32_t last)
{
    if (wish.preferred != 0)
    {
        const auto preferred = std::find_if(paths.begin(), paths.end(), [&](const MptcpPath& p) {
            return p.id == wish.preferred;
        });
        if (preferred != paths.end() && preferred->usable && preferred->room)
        {
            return preferred->id;
        }
        if (wish.strict)
        {
            return 0;
        }
    }

    // A stalled subflow counts as gone as long as another one works, and so does a backup.
    bool onlyBackup = true;
    bool onlyStalled = true;
    for (const auto& p : paths)
    {
        if (p.usable && !p.stalled)
        {
            onlyStalled = false;
            onlyBackup = onlyBackup && p.backup;
        }
    }
    if (onlyStalled)
    {
        onlyBackup = std::all_of(paths.begin(), paths.end(), [](const MptcpPath& p) {
            return !p.usable || p.backup;
        });
    }

    const MptcpPath* best = nullptr;
    for (const auto& p : paths)
    {
        if (!p.usable || !p.room || p.id == wish.avoid || (p.stalled && !onlyStalled) ||
            (p.backup && !onlyBackup))
        {
            continue;
        }
        bool better = best == nullptr;
        if (!better && scheduler == MptcpScheduler::ROUND_ROBIN)
        {
            // Identifiers behind the last one come first, then those before it.
            const bool wrapped = p.id <= last;
            const bool bestWrapped = best->id <= last;
            better = wrapped != bestWrapped ? !wrapped : p.id < best->id;
        }
        else if (!better)
        {
            better = p.rtt < best->rtt;
        }
        if (better)
        {
            best = &p;
        }
    }
    return best ? best->id : 0;
}

} // namespace ns3
