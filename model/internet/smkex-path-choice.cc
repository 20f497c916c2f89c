/*
 * SPDX-License-Identifier: GPL-2.0-only
 */
#include "smkex-path-choice.h"

#include <algorithm>
#include <tuple>

namespace smkex
{

namespace
{

bool
Contains(AsRange path, AsIndex as)
{
    return std::find(path.begin(), path.end(), as) != path.end();
}

/** Appends a route to another that ends where it begins. */
void
Join(std::vector<AsIndex>& path, AsRange route)
{
    const bool joint = !path.empty() && !route.empty() && path.back() == *route.begin();
    path.insert(path.end(), route.begin() + (joint ? 1 : 0), route.end());
}

/** Lets a path to the client's provider end at the client, which may come before the provider. */
void
EndAt(std::vector<AsIndex>& path, AsIndex client)
{
    path.erase(std::find(path.begin(), path.end(), client), path.end());
    path.push_back(client);
}

} // namespace

PathChoices::PathChoices(const AsGraph& graph,
                         PathChoiceOptions options,
                         const std::vector<AsPair>& pairs,
                         unsigned jobs)
    : m_graph(graph),
      m_options(std::move(options)),
      m_toServers(graph, m_options.tieBreak),
      m_toClients(graph, m_options.tieBreak)
{
    for (const auto& [client, server] : pairs)
    {
        m_toServers.Want(client, server);
        for (AsIndex provider : graph.Providers(client))
        {
            m_toServers.Want(provider, server);
        }
        for (AsIndex exit : m_options.exits)
        {
            m_toServers.Want(exit, server);
        }
    }
    m_toServers.Compute(jobs);

    for (const AsPair& pair : pairs)
    {
        const std::vector<AsIndex> providers = UsableProviders(pair);
        for (AsIndex attachment : providers.empty() ? std::vector<AsIndex>{pair.client} : providers)
        {
            m_toClients.Want(pair.server, attachment);
            for (AsIndex exit : m_options.exits)
            {
                m_toClients.Want(attachment, exit);
                m_toClients.Want(exit, attachment);
            }
        }
        for (AsIndex exit : m_options.exits)
        {
            m_toClients.Want(pair.server, exit);
        }
    }
    m_toClients.Compute(jobs);
}

std::vector<AsIndex>
PathChoices::UsableProviders(const AsPair& pair) const
{
    std::vector<AsIndex> usable;
    for (AsIndex provider : m_graph.Providers(pair.client))
    {
        const AsRange route = m_toServers.Get(provider, pair.server);
        if (!route.empty() && !Contains(route, pair.client))
        {
            usable.push_back(provider);
        }
    }
    std::sort(usable.begin(), usable.end(), [&](AsIndex a, AsIndex b) {
        const std::size_t lengthOfA = m_toServers.Get(a, pair.server).size();
        const std::size_t lengthOfB = m_toServers.Get(b, pair.server).size();
        return lengthOfA != lengthOfB ? lengthOfA < lengthOfB
                                      : Prefers(m_graph, m_options.tieBreak, pair.client, a, b);
    });
    return usable;
}

std::vector<PathChoice>
PathChoices::Direct(const AsPair& pair) const
{
    std::vector<PathChoice> choices;
    for (AsIndex provider : UsableProviders(pair))
    {
        PathChoice choice;
        choice.provider = provider;
        choice.forward.push_back(pair.client);
        Join(choice.forward, m_toServers.Get(provider, pair.server));
        Join(choice.reverse, m_toClients.Get(pair.server, provider));
        EndAt(choice.reverse, pair.client);
        choices.push_back(std::move(choice));
    }
    const AsRange own = m_toServers.Get(pair.client, pair.server);
    if (choices.empty() && !own.empty())
    {
        PathChoice choice;
        Join(choice.forward, own);
        Join(choice.reverse, m_toClients.Get(pair.server, pair.client));
        choices.push_back(std::move(choice));
    }
    return choices;
}

std::vector<PathChoice>
PathChoices::Through(AsIndex exit, const AsPair& pair) const
{
    std::vector<PathChoice> choices;
    if (exit == pair.client || exit == pair.server)
    {
        return choices;
    }
    const AsRange onward = m_toServers.Get(exit, pair.server);
    const AsRange back = m_toClients.Get(pair.server, exit);
    if (onward.empty() || Contains(onward, pair.client) || Contains(back, pair.client))
    {
        return choices;
    }
    const std::vector<AsIndex> providers = UsableProviders(pair);
    for (AsIndex attachment : providers.empty() ? std::vector<AsIndex>{pair.client} : providers)
    {
        const AsRange toExit = m_toClients.Get(attachment, exit);
        const bool own = attachment == pair.client;
        if (toExit.empty() || (!own && Contains(toExit, pair.client)))
        {
            continue;
        }
        PathChoice choice;
        choice.provider = own ? NO_AS : attachment;
        choice.exit = exit;
        choice.forward.push_back(pair.client);
        Join(choice.forward, toExit);
        const std::size_t beforeExit = choice.forward.size() - 1;
        Join(choice.forward, onward);
        Join(choice.reverse, back);
        const std::size_t upToExit = choice.reverse.size();
        Join(choice.reverse, m_toClients.Get(exit, attachment));
        EndAt(choice.reverse, pair.client);
        if (m_options.sealedTunnels)
        {
            choice.sealedForward = beforeExit;
            choice.sealedReverse = choice.reverse.size() - upToExit;
        }
        choices.push_back(std::move(choice));
    }
    return choices;
}

} // namespace smkex
