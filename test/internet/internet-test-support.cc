/*
 * SPDX-License-Identifier: GPL-2.0-only
 */
#include "internet-test-support.h"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <set>

namespace internet_test
{

using namespace smkex;

std::string
SharedData(const std::string& name)
{
    const char* set = std::getenv("SMKEX_SHARED_DATA");
    const std::filesystem::path path = std::filesystem::path(set ? set : "../shared/data") / name;
    return std::filesystem::exists(path) ? path.string() : std::string();
}

std::vector<AsLink>
RandomLinks(SampleRandom& random)
{
    const std::size_t ases = 2 + random.Below(9);
    std::vector<Asn> byRank;
    while (byRank.size() < ases)
    {
        const auto asn = static_cast<Asn>(1 + random.Below(100));
        if (std::find(byRank.begin(), byRank.end(), asn) == byRank.end())
        {
            byRank.push_back(asn);
        }
    }
    const double density = 0.15 + 0.6 * random.Uniform();
    const double peering = random.Uniform();
    std::vector<AsLink> links;
    for (std::size_t a = 0; a < ases; ++a)
    {
        for (std::size_t b = a + 1; b < ases; ++b)
        {
            if (random.Uniform() < density)
            {
                const bool peers = random.Uniform() < peering;
                links.push_back({byRank[a],
                                 byRank[b],
                                 peers ? AsRelationship::PEER : AsRelationship::PROVIDER,
                                 0});
            }
        }
    }
    if (links.empty())
    {
        links.push_back({byRank[0], byRank[1], AsRelationship::PEER, 0});
    }
    return links;
}

std::string
Damaged(std::string content, SampleRandom& random)
{
    for (std::uint64_t changes = 1 + random.Below(4); changes > 0; --changes)
    {
        const std::size_t at = random.Below(content.size());
        const auto byte = static_cast<char>(random.Below(256));
        switch (random.Below(4))
        {
        case 0:
            content[at] = byte;
            break;
        case 1:
            content.insert(at, 1, byte);
            break;
        case 2:
            content.erase(at, 1 + random.Below(8));
            break;
        case 3:
            content.resize(at);
            break;
        }
        if (content.empty())
        {
            break;
        }
    }
    return content;
}

std::vector<AsPair>
AllPairs(const AsGraph& graph)
{
    std::vector<AsPair> pairs;
    for (AsIndex client = 0; client < graph.Size(); ++client)
    {
        for (AsIndex server = 0; server < graph.Size(); ++server)
        {
            if (client != server)
            {
                pairs.push_back({client, server});
            }
        }
    }
    return pairs;
}

RouteOracle::RouteOracle(const std::vector<AsLink>& links)
{
    for (const AsLink& link : links)
    {
        const bool peers = link.relationship == AsRelationship::PEER;
        m_steps[{link.first, link.second}] = peers ? RouteClass::PEER : RouteClass::CUSTOMER;
        m_steps[{link.second, link.first}] = peers ? RouteClass::PEER : RouteClass::PROVIDER;
    }
}

RouteClass
RouteOracle::ClassOf(const Path& path) const
{
    return m_steps.at({path[0], path[1]});
}

bool
RouteOracle::IsValleyFree(const Path& path) const
{
    if (std::set<Asn>(path.begin(), path.end()).size() != path.size())
    {
        return false;
    }
    bool climbing = true;
    for (std::size_t i = 1; i < path.size(); ++i)
    {
        const auto step = m_steps.find({path[i - 1], path[i]});
        if (step == m_steps.end() || (!climbing && step->second != RouteClass::CUSTOMER))
        {
            return false;
        }
        climbing = step->second == RouteClass::PROVIDER;
    }
    return true;
}

std::map<Asn, std::vector<RouteOracle::Path>>
RouteOracle::ValleyFreePaths(Asn to) const
{
    std::map<Asn, std::vector<Path>> found;
    // Built from the destination backwards: a path's tail is valley-free too.
    const std::function<void(const Path&)> extend = [&](const Path& path) {
        for (const auto& [ends, step] : m_steps)
        {
            if (ends.second != path.front())
            {
                continue;
            }
            Path longer{ends.first};
            longer.insert(longer.end(), path.begin(), path.end());
            if (IsValleyFree(longer))
            {
                found[ends.first].push_back(longer);
                extend(longer);
            }
        }
    };
    extend({to});
    return found;
}

} // namespace internet_test
