/*
 * SPDX-License-Identifier: GPL-2.0-only
 */
#ifndef SMKEX_AS_FILES_H
#define SMKEX_AS_FILES_H

#include "smkex-as-graph.h"

#include <map>
#include <string>
#include <utility>
#include <vector>

namespace smkex
{

/**
 * Reads AS relationships in CAIDA's format, plain, gzip or bzip2: serial-1 has lines `a|b|-1` (a
 * is b's provider) and `a|b|0` (peers), serial-2 adds `|source` to each. Lines that start with
 * '#' are comments.
 *
 * \throws InputError, with the line, for anything else: another format, fields too few or too
 *         many, serial-1 and serial-2 mixed, a file that is empty, damaged or cut short, and what
 *         AsGraph refuses
 */
AsGraph ReadAsRelationships(const std::string& path);

/** Countries of the ASes of one graph. */
class CountryTable
{
  public:
    /** Stands for "no country known". */
    static constexpr std::uint32_t UNKNOWN = UINT32_MAX;

    /**
     * \param ases number of ASes of the graph
     * \param countryOf codes of 1 to 32 letters, digits, '-' and '_', a letter first, of those
     *        ASes whose country is known
     */
    explicit CountryTable(std::size_t ases, const std::map<AsIndex, std::string>& countryOf = {});

    /** Position of the AS's country in Codes(), or UNKNOWN. */
    std::uint32_t CountryOf(AsIndex as) const
    {
        return m_countryOf[as];
    }

    /** Codes of all countries that have an AS, ascending. */
    const std::vector<std::string>& Codes() const
    {
        return m_codes;
    }

    /** Number of ASes of the graph. */
    std::size_t Size() const
    {
        return m_countryOf.size();
    }

    /** Whether no AS has a country. */
    bool Empty() const
    {
        return m_codes.empty();
    }

  private:
    std::vector<std::uint32_t> m_countryOf;
    std::vector<std::string> m_codes;
};

/**
 * Reads lines of an ASN and its country's code (ISO 3166-1 alpha-2 by custom), separated by '|',
 * ',' or blanks; '#' starts a comment; may be compressed. ASes that the graph does not have are
 * passed over, ASes of the graph that the file does not name have no country.
 *
 * \throws InputError for any other line, two countries for one AS, and a file none of whose ASes
 *         the graph has
 */
CountryTable ReadCountries(const std::string& path, const AsGraph& graph);

/** A client AS and a server AS. */
struct AsPair
{
    AsIndex client;
    AsIndex server;
};

/**
 * Reads lines of a client's and a server's ASN, separated by blanks; '#' starts a comment; may be
 * compressed.
 *
 * \throws InputError for any other line, an AS that the graph does not have, a client that is the
 *         server, and a file without pairs
 */
std::vector<AsPair> ReadPairs(const std::string& path, const AsGraph& graph);

/** ASes that act as one attacker. */
struct Coalition
{
    std::string name;
    std::vector<AsIndex> members; //!< ascending, each once
};

/**
 * Reads lines `NAME MEMBER[,MEMBER…]`, where a member is an ASN or a country's code that stands
 * for all ASes of the country; '#' starts a comment; may be compressed.
 *
 * \throws InputError for any other line, an AS or country that is not there, a name that comes
 *         twice, and a file without coalitions
 */
std::vector<Coalition> ReadCoalitions(const std::string& path,
                                      const AsGraph& graph,
                                      const CountryTable& countries);

} // namespace smkex

#endif // SMKEX_AS_FILES_H
