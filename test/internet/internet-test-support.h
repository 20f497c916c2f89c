/*
 * SPDX-License-Identifier: GPL-2.0-only
 */
#ifndef INTERNET_TEST_SUPPORT_H
#define INTERNET_TEST_SUPPORT_H

#include "ns3/smkex-as-files.h"
#include "ns3/smkex-as-graph.h"
#include "ns3/smkex-random.h"
#include "ns3/smkex-routes.h"

#include <map>
#include <string>
#include <vector>

namespace internet_test
{

/** `name` in the folder of optional test data; "" where it is not there. */
std::string SharedData(const std::string& name);

/** Links of a random acyclic graph of 2 to 10 ASes; density differs from graph to graph. */
std::vector<smkex::AsLink> RandomLinks(smkex::SampleRandom& random);

/** `content` with one to four bytes changed, inserted or taken out, or its end cut off. */
std::string Damaged(std::string content, smkex::SampleRandom& random);

/** All pairs of different ASes, by client, then by server. */
std::vector<smkex::AsPair> AllPairs(const smkex::AsGraph& graph);

/**
 * Routes by brute force: no search that RouteTable would do, but all loop-free paths, sieved by
 * the rule that a path climbs, crosses one peering at most, and descends, and then the ASes'
 * choices among them until none would choose otherwise.
 */
class RouteOracle
{
  public:
    using Path = std::vector<smkex::Asn>;

    explicit RouteOracle(const std::vector<smkex::AsLink>& links);

    /** Whether each step of the path is a link and the path is valley-free and loop-free. */
    bool IsValleyFree(const Path& path) const;

    /** Every valley-free path to `to`, by its first AS. */
    std::map<smkex::Asn, std::vector<Path>> ValleyFreePaths(smkex::Asn to) const;

    /**
     * The paths that ASes settle on, out of `all`.
     *
     * \param prefers whether the first AS prefers the second to the third as its next hop
     */
    template <typename Prefers>
    std::map<smkex::Asn, Path> Settle(const std::map<smkex::Asn, std::vector<Path>>& all,
                                      smkex::Asn to,
                                      Prefers prefers) const
    {
        std::map<smkex::Asn, Path> chosen{{to, {to}}};
        for (bool changed = true; changed;)
        {
            changed = false;
            for (const auto& [from, paths] : all)
            {
                const Path* best = nullptr;
                for (const Path& path : paths)
                {
                    const auto next = chosen.find(path[1]);
                    const bool onOffer =
                        next != chosen.end() && Path(path.begin() + 1, path.end()) == next->second;
                    if (onOffer && (!best || IsBetter(path, *best, prefers)))
                    {
                        best = &path;
                    }
                }
                const Path now = best ? *best : Path{};
                if (now != chosen[from])
                {
                    chosen[from] = now;
                    changed = true;
                }
            }
        }
        return chosen;
    }

    /** The class of a path of two ASes or more, by its first step. */
    smkex::RouteClass ClassOf(const Path& path) const;

  private:
    template <typename Prefers>
    bool IsBetter(const Path& a, const Path& b, Prefers prefers) const
    {
        if (ClassOf(a) != ClassOf(b))
        {
            return ClassOf(a) < ClassOf(b);
        }
        return a.size() != b.size() ? a.size() < b.size() : prefers(a[0], a[1], b[1]);
    }

    /** By (from, to): what the route that `from` has from `to` is to it. */
    std::map<std::pair<smkex::Asn, smkex::Asn>, smkex::RouteClass> m_steps;
};

} // namespace internet_test

#endif // INTERNET_TEST_SUPPORT_H
