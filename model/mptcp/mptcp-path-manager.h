/*
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef MPTCP_PATH_MANAGER_H
#define MPTCP_PATH_MANAGER_H

#include "ns3/address.h"

#include <cstdint>
#include <utility>
#include <vector>

namespace ns3
{

/// Which subflows a client opens by itself.
enum class MptcpPathManager
{
    NONE,      ///< none: the application opens them
    FULL_MESH, ///< one between every local and every remote address of the same family
    NDIFFPORTS ///< a number of them between the addresses of the first one
};

/// Two ends of a subflow: Inet(6)SocketAddresses; the local port is 0 where any will do.
struct MptcpEnds
{
    Address local;
    Address remote;
};

/// What a path manager looks at.
struct MptcpPathView
{
    std::vector<Address> locals;   ///< own addresses, the first subflow's first
    std::vector<Address> remotes;  ///< the peer's, with ports, the first subflow's first
    std::vector<MptcpEnds> opened; ///< subflows opened so far, whatever became of them
    bool denyInitialRemote{false}; ///< the peer wants no join to its first address (flag C)
    uint32_t ndiffports{2};        ///< how many subflows NDIFFPORTS makes, the first included
    uint32_t limit{0};             ///< how many more subflows may be opened
};

/// \return the subflows to open now, in this order, at most as many as the limit allows
std::vector<MptcpEnds> PlanMptcpJoins(MptcpPathManager manager, const MptcpPathView& view);

/// \return whether two Inet(6)SocketAddresses name the same host, ports not considered
bool MptcpSameHost(const Address& a, const Address& b);

} // namespace ns3

#endif // MPTCP_PATH_MANAGER_H
