/*
 * SPDX-License-Identifier: GPL-2.0-only
 */
#ifndef SMKEX_JUDGE_H
#define SMKEX_JUDGE_H

#include "smkex-endpoint.h"

#include "ns3/smkex-strategy.h"

#include <vector>

namespace ns3
{

/** What came of one session, from the point of view of somebody who sees everything. */
struct SmkexVerdict
{
    bool clientKeyExposed{false}; //!< the client accepted, and a coalition holds its key
    bool serverKeyExposed{false}; //!< likewise the server
    bool mitm{false};             //!< both, by one coalition
    bool mismatch{false};         //!< both accepted, under different keys
    bool downgraded{false};       //!< accepted in a weaker mode than both support
    bool denied{false};           //!< the client neither accepted nor found anything wrong
    bool detected{false};         //!< the client aborted on a check
    std::uint64_t plaintextExposedBytes{0}; //!< application data that one coalition read, at most
};

/**
 * Compares what the endpoints hold with what the coalitions claim.
 *
 * Neither endpoints nor attackers have a say in it: only keys and octets that are equal count.
 * Where a protocol has no keys, an endpoint counts as exposed once a coalition has read the
 * application data that it sent or received.
 *
 * \param client the client's outcome
 * \param server the server's outcome, or null where no session of the client reached the server
 * \param loot of each coalition
 */
SmkexVerdict JudgeSmkexSession(const SmkexOutcome& client,
                               const SmkexOutcome* server,
                               const std::vector<const smkex::Loot*>& loot);

} // namespace ns3

#endif // SMKEX_JUDGE_H
