/*
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "mptcp-path-manager.h"

#include "ns3/inet-socket-address.h"
#include "ns3/inet6-socket-address.h"

#include <algorithm>

namespace ns3
{

bool
MptcpSameHost(const Address& a, const Address& b)
{
    if (InetSocketAddress::IsMatchingType(a))
    {
        return InetSocketAddress::IsMatchingType(b) &&
               InetSocketAddress::ConvertFrom(a).GetIpv4() ==
                   InetSocketAddress::ConvertFrom(b).GetIpv4();
    }
    return Inet6SocketAddress::IsMatchingType(a) && Inet6SocketAddress::IsMatchingType(b) &&
           Inet6SocketAddress::ConvertFrom(a).GetIpv6() ==
               Inet6SocketAddress::ConvertFrom(b).GetIpv6();
}

std::vector<MptcpEnds>
PlanMptcpJoins(MptcpPathManager manager, const MptcpPathView& view)
{
    std::vector<MptcpEnds> plan;
    if (manager == MptcpPathManager::NONE || view.locals.empty() || view.remotes.empty())
    {
        return plan;
    }
    if (manager == MptcpPathManager::NDIFFPORTS)
    {
        for (auto n = view.opened.size(); n < view.ndiffports && plan.size() < view.limit; ++n)
        {
            plan.push_back({view.locals.front(), view.remotes.front()});
        }
        return plan;
    }
    for (std::size_t r = view.denyInitialRemote ? 1 : 0; r < view.remotes.size(); ++r)
    {
        for (const auto& local : view.locals)
        {
            const auto& remote = view.remotes[r];
            const bool sameFamily = InetSocketAddress::IsMatchingType(local) ==
                                    InetSocketAddress::IsMatchingType(remote);
            const bool opened =
                std::any_of(view.opened.begin(), view.opened.end(), [&](const MptcpEnds& ends) {
                    return MptcpSameHost(ends.local, local) && MptcpSameHost(ends.remote, remote);
                });
            if (sameFamily && !opened && plan.size() < view.limit)
            {
                plan.push_back({local, remote});
            }
        }
    }
    return plan;
}

} // namespace ns3
