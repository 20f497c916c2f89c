/*
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef MPTCP_SCHEDULER_H
#define MPTCP_SCHEDULER_H

#include "ns3/nstime.h"

#include <cstdint>
#include <vector>

namespace ns3
{

/// Which subflow the next segment takes.
enum class MptcpScheduler
{
    LOWEST_RTT,  ///< the one with the lowest smoothed round-trip time that has room
    ROUND_ROBIN, ///< each in turn
    REDUNDANT    ///< every byte on every subflow
};

/// What a scheduler needs to know of a subflow.
struct MptcpPath
{
    uint32_t id{0};      ///< subflow identifier
    Time rtt;            ///< smoothed round-trip time
    bool usable{false};  ///< established, and allowed to carry data
    bool room{false};    ///< its congestion window takes a segment now
    bool backup{false};  ///< either end asked to keep it for the case that no other is left
    bool stalled{false}; ///< its retransmission timer has expired since the last acknowledgement
};

/// Where a segment should go, or not.
struct MptcpWish
{
    uint32_t preferred{0}; ///< subflow identifier; 0 if the sender does not mind
    bool strict{false};    ///< wait for the preferred subflow, whatever happens
    uint32_t avoid{0};     ///< not this one: it has had these bytes already
};

/**
 * \param scheduler the rule; REDUNDANT is not a choice between subflows and counts as LOWEST_RTT
 * \param paths all subflows
 * \param wish of the sender of these bytes
 * \param last the subflow that was chosen before (for ROUND_ROBIN)
 * \return the identifier of the subflow to use, 0 to wait
 */
uint32_t ChooseMptcpPath(MptcpScheduler scheduler,
                         const std::vector<MptcpPath>& paths,
                         const MptcpWish& wish,
                         uint32_t last);

} // namespace ns3

#endif // MPTCP_SCHEDULER_H
