/*
 * SPDX-License-Identifier: GPL-2.0-only
 */
#include "smkex-synthetic-internet.h"

#include "smkex-random.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <numeric>
#include <set>
#include <string>
#include <utility>

namespace smkex
{

namespace
{

constexpr Asn FIRST_PRIVATE_ASN = 4200000000;
constexpr std::size_t COUNTRY_COUNT = 24;

/** ASes are built in order of rank: every provider ranks before its customers. */
class Builder
{
  public:
    Builder(std::size_t ases, std::uint64_t seed)
        : m_random(seed, STREAM),
          m_asns(ases),
          m_country(ases),
          m_clique(std::max<std::size_t>(3, std::lround(std::log2(ases)))),
          m_carriers(std::max<std::size_t>(2, ases / 50)),
          m_regionals(ases / 8)
    {
        std::iota(m_asns.begin(), m_asns.end(), FIRST_PRIVATE_ASN);
        for (std::size_t i = ases - 1; i > 0; --i)
        {
            std::swap(m_asns[i], m_asns[m_random.Below(i + 1)]);
        }
        for (std::size_t& country : m_country)
        {
            country = DrawCountry();
        }
    }

    AsInternet Build()
    {
        const std::size_t ases = m_asns.size();
        for (std::size_t a = 0; a < m_clique; ++a)
        {
            m_candidates[CLIQUE].push_back(a);
            for (std::size_t b = a + 1; b < m_clique; ++b)
            {
                Link(a, b, AsRelationship::PEER);
            }
        }
        for (std::size_t as = m_clique; as < ases; ++as)
        {
            const Tier tier = TierOf(as);
            BuyTransit(as, tier);
            if (tier != STUB)
            {
                m_candidates[tier].push_back(as);
            }
        }
        PeerCarriers();
        PeerRegionals();
        PeerContent();

        AsGraph graph(m_links, "synthetic");
        std::map<AsIndex, std::string> countryOf;
        for (std::size_t as = 0; as < ases; ++as)
        {
            const auto letter = static_cast<char>('A' + m_country[as]);
            countryOf[*graph.Find(m_asns[as])] = {'X', letter};
        }
        return {std::move(graph), CountryTable(ases, countryOf)};
    }

  private:
    enum Tier
    {
        CLIQUE,
        CARRIER,
        REGIONAL,
        STUB
    };

    static constexpr std::uint64_t STREAM = 2;

    Tier TierOf(std::size_t as) const
    {
        return as < m_clique                              ? CLIQUE
               : as < m_clique + m_carriers               ? CARRIER
               : as < m_clique + m_carriers + m_regionals ? REGIONAL
                                                          : STUB;
    }

    bool Chance(double probability)
    {
        return m_random.Uniform() < probability;
    }

    /** Country i is drawn in proportion to 1 / (i + 1). */
    std::size_t DrawCountry()
    {
        double total = 0;
        for (std::size_t i = 1; i <= COUNTRY_COUNT; ++i)
        {
            total += 1.0 / static_cast<double>(i);
        }
        double point = m_random.Uniform() * total;
        std::size_t country = 0;
        while (country + 1 < COUNTRY_COUNT && point >= 1.0 / static_cast<double>(country + 1))
        {
            point -= 1.0 / static_cast<double>(country + 1);
            ++country;
        }
        return country;
    }

    bool Link(std::size_t a, std::size_t b, AsRelationship relationship)
    {
        if (a == b || !m_linked.insert(std::minmax(a, b)).second)
        {
            return false;
        }
        m_links.push_back({m_asns[a], m_asns[b], relationship, 0});
        return true;
    }

    /** The tier above that an AS buys its next transit from. */
    Tier DrawProviderTier(Tier tier)
    {
        const double point = m_random.Uniform();
        if (tier == CARRIER)
        {
            return point < 0.8 || m_candidates[CARRIER].empty() ? CLIQUE : CARRIER;
        }
        if (tier == REGIONAL)
        {
            return point < 0.25                                     ? CLIQUE
                   : point < 0.85 || m_candidates[REGIONAL].empty() ? CARRIER
                                                                    : REGIONAL;
        }
        return point < 0.1                                     ? CLIQUE
               : point < 0.4 || m_candidates[REGIONAL].empty() ? CARRIER
                                                               : REGIONAL;
    }

    void BuyTransit(std::size_t as, Tier tier)
    {
        const double another = tier == STUB ? 0.45 : 0.6;
        constexpr std::size_t MOST = 8;
        std::size_t wanted = 1;
        while (wanted < MOST && Chance(another))
        {
            ++wanted;
        }
        // A provider drawn a second time is not replaced for ever: small graphs have few.
        constexpr std::size_t TRIES = 32;
        std::size_t bought = 0;
        for (std::size_t i = 0; i < TRIES * wanted && bought < wanted; ++i)
        {
            std::vector<std::size_t>& candidates = m_candidates[DrawProviderTier(tier)];
            const std::size_t provider = candidates[m_random.Below(candidates.size())];
            constexpr double ABROAD = 0.12;
            const bool acceptable = m_country[provider] == m_country[as] || Chance(ABROAD);
            if (acceptable && Link(provider, as, AsRelationship::PROVIDER))
            {
                candidates.push_back(provider); // its next customer is the more likely
                ++bought;
            }
        }
        if (bought == 0)
        {
            Link(m_random.Below(m_clique), as, AsRelationship::PROVIDER);
        }
    }

    void PeerCarriers()
    {
        for (std::size_t a = m_clique; a < m_clique + m_carriers; ++a)
        {
            for (std::size_t b = a + 1; b < m_clique + m_carriers; ++b)
            {
                if (Chance(m_country[a] == m_country[b] ? 0.5 : 0.1))
                {
                    Link(a, b, AsRelationship::PEER);
                }
            }
        }
    }

    /** At their country's exchange point. */
    void PeerRegionals()
    {
        std::vector<std::vector<std::size_t>> members(COUNTRY_COUNT);
        for (std::size_t as = m_clique + m_carriers; TierOf(as) == REGIONAL; ++as)
        {
            members[m_country[as]].push_back(as);
        }
        for (const auto& exchange : members)
        {
            for (std::size_t as : exchange)
            {
                for (int i = 0; i < 3; ++i)
                {
                    Link(as, exchange[m_random.Below(exchange.size())], AsRelationship::PEER);
                }
            }
        }
    }

    /** One stub in a hundred serves content and peers widely. */
    void PeerContent()
    {
        for (std::size_t as = m_clique + m_carriers + m_regionals; as < m_asns.size(); ++as)
        {
            if (!Chance(0.01))
            {
                continue;
            }
            for (std::size_t other = m_clique; TierOf(other) != STUB; ++other)
            {
                if (Chance(TierOf(other) == CARRIER ? 0.4 : 0.1))
                {
                    Link(as, other, AsRelationship::PEER);
                }
            }
        }
    }

    SampleRandom m_random;
    std::vector<Asn> m_asns;            //!< by rank
    std::vector<std::size_t> m_country; //!< by rank
    const std::size_t m_clique;
    const std::size_t m_carriers;
    const std::size_t m_regionals;
    /** By tier: each AS once, and once more for each of its customers. */
    std::array<std::vector<std::size_t>, STUB> m_candidates;
    std::set<std::pair<std::size_t, std::size_t>> m_linked;
    std::vector<AsLink> m_links;
};

} // namespace

AsInternet
MakeSyntheticInternet(std::size_t ases, std::uint64_t seed)
{
    return Builder(ases, seed).Build();
}

void
WriteAsRelationships(const AsGraph& graph, const std::string& origin, std::ostream& out)
{
    out << "# " << origin << '\n';
    for (const AsLink& link : graph.Links())
    {
        out << link.first << '|' << link.second
            << (link.relationship == AsRelationship::PEER ? "|0\n" : "|-1\n");
    }
}

void
WriteCountries(const AsInternet& internet, const std::string& origin, std::ostream& out)
{
    out << "# " << origin << '\n';
    for (AsIndex as = 0; as < internet.graph.Size(); ++as)
    {
        const std::uint32_t country = internet.countries.CountryOf(as);
        if (country != CountryTable::UNKNOWN)
        {
            out << internet.graph.AsnOf(as) << '|' << internet.countries.Codes()[country] << '\n';
        }
    }
}

} // namespace smkex
