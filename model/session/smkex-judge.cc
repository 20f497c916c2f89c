/*
 * SPDX-License-Identifier: GPL-2.0-only
 */
#include "smkex-judge.h"

#include <algorithm>

namespace ns3
{

namespace
{

using smkex::Direction;
using smkex::Loot;

/** How many octets of \p truth the best claim for this direction got right, from the front. */
std::uint64_t
OctetsRead(const Loot& loot,
           const std::vector<std::uint16_t>& clientPorts,
           Direction direction,
           const smkex::Bytes& truth)
{
    std::uint64_t best = 0;
    for (const auto& [key, claim] : loot.plaintext)
    {
        const std::uint16_t port = std::get<1>(key);
        if (std::get<2>(key) == direction &&
            std::find(clientPorts.begin(), clientPorts.end(), port) != clientPorts.end())
        {
            const std::size_t size = std::min(claim.size(), truth.size());
            const auto differs =
                std::mismatch(truth.begin(), truth.begin() + size, claim.begin()).first;
            best = std::max<std::uint64_t>(best, differs - truth.begin());
        }
    }
    return best;
}

bool
Holds(const Loot& loot, const SmkexOutcome& endpoint)
{
    return endpoint.keys &&
           std::find(loot.sessionKeys.begin(), loot.sessionKeys.end(), endpoint.keys->session) !=
               loot.sessionKeys.end();
}

} // namespace

SmkexVerdict
JudgeSmkexSession(const SmkexOutcome& client,
                  const SmkexOutcome* server,
                  const std::vector<const Loot*>& loot)
{
    SmkexVerdict verdict;
    const bool serverAccepted = server && server->accepted;
    const smkex::Bytes nothing;
    for (const Loot* coalition : loot)
    {
        const std::uint64_t fromClient =
            OctetsRead(*coalition, client.clientPorts, Direction::ToServer, client.sent);
        const std::uint64_t fromServer = OctetsRead(*coalition,
                                                    client.clientPorts,
                                                    Direction::ToClient,
                                                    server ? server->sent : nothing);
        const bool readAny = fromClient + fromServer > 0;
        const bool clientExposed =
            client.accepted && (client.keys ? Holds(*coalition, client) : readAny);
        const bool serverExposed =
            serverAccepted && (server->keys ? Holds(*coalition, *server) : readAny);
        verdict.clientKeyExposed |= clientExposed;
        verdict.serverKeyExposed |= serverExposed;
        verdict.mitm |= clientExposed && serverExposed;
        verdict.plaintextExposedBytes =
            std::max(verdict.plaintextExposedBytes, fromClient + fromServer);
    }
    verdict.mismatch = client.accepted && serverAccepted && client.keys && server->keys &&
                       client.keys->session != server->keys->session;
    verdict.downgraded = client.accepted && client.downgraded;
    verdict.detected = client.failure && smkex::IsDetection(*client.failure);
    verdict.denied = !client.accepted && !verdict.detected;
    return verdict;
}

} // namespace ns3
