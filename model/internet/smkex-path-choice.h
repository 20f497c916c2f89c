/*
 * SPDX-License-Identifier: GPL-2.0-only
 */
#ifndef SMKEX_PATH_CHOICE_H
#define SMKEX_PATH_CHOICE_H

#include "smkex-as-files.h"
#include "smkex-path-store.h"

#include <vector>

namespace smkex
{

/** One way for a client to reach a server and for the server to answer. */
struct PathChoice
{
    /** The provider that the client sends by and has this path's address from; NO_AS: it uses its
     * own route. */
    AsIndex provider{NO_AS};
    /** The tunnel's far end; NO_AS: no tunnel. */
    AsIndex exit{NO_AS};
    /** ASes from client to server, ends included; with a tunnel some may come twice. */
    std::vector<AsIndex> forward;
    /** ASes from server to client, ends included. */
    std::vector<AsIndex> reverse;
    /** Number of ASes at the start of `forward` that see a sealed tunnel only. */
    std::size_t sealedForward{0};
    /** Number of ASes at the end of `reverse` that see a sealed tunnel only. */
    std::size_t sealedReverse{0};
};

/** What a client may choose among. */
struct PathChoiceOptions
{
    TieBreak tieBreak;
    /** Tunnel exits on offer. */
    std::vector<AsIndex> exits;
    /** Tunnels are encrypted and authenticated: whoever sits between client and exit is shut out.
     * Otherwise (IP in IP, GRE) it counts like anybody else on the path. */
    bool sealedTunnels{false};
};

/**
 * The paths that clients can choose among, for many pairs of ASes at once.
 *
 * A client has one direct path by each of its providers, with an address of that provider's: the
 * provider's own route leads to the server, and the server answers along its route to the
 * provider. A provider whose route leads back through the client is no choice. A client without
 * any such provider has its own route as its only direct path. A tunnel goes by a provider to the
 * exit and from there along the exit's route; answers come back to the exit first.
 */
class PathChoices
{
  public:
    /** Finds the routes for all pairs. \param graph must outlive the object */
    PathChoices(const AsGraph& graph,
                PathChoiceOptions options,
                const std::vector<AsPair>& pairs,
                unsigned jobs);

    /**
     * Direct paths of a pair handed to the constructor, in the client's order of preference: the
     * shorter, then by the tie-break. Empty where the client cannot reach the server.
     */
    std::vector<PathChoice> Direct(const AsPair& pair) const;

    /** Paths through one of the options' exits, in the order of Direct. */
    std::vector<PathChoice> Through(AsIndex exit, const AsPair& pair) const;

    const PathChoiceOptions& Options() const
    {
        return m_options;
    }

  private:
    std::vector<AsIndex> UsableProviders(const AsPair& pair) const;

    const AsGraph& m_graph;
    const PathChoiceOptions m_options;
    PathStore m_toServers;
    PathStore m_toClients; //!< to their providers, mostly; and to exits
};

} // namespace smkex

#endif // SMKEX_PATH_CHOICE_H
