/*
 * SPDX-License-Identifier: GPL-2.0-only
 */
#ifndef SMKEX_INTERNET_OPTIONS_H
#define SMKEX_INTERNET_OPTIONS_H

#include "smkex-exposure.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace smkex
{

/** What the command smkex-internet was asked for; help text and doc/internet.rst say it in full. */
struct InternetOptions
{
    enum class Task : std::uint8_t
    {
        HELP,
        ROUTES,   //!< routes to some ASes
        CENSUS,   //!< one line of counts for each destination
        EXPOSURE, //!< who sits on both paths
        WRITE     //!< writes the graph into files
    };

    Task task{Task::HELP};

    std::string asRel;               //!< a file's path; empty: synthetic
    std::size_t syntheticAses{2000}; //!< size of a synthetic graph
    std::string countries;           //!< a file's path, or empty
    std::string writeAsRel;          //!< a file's path, or empty
    std::string writeCountries;      //!< a file's path, or empty

    std::vector<Asn> to;   //!< destinations; empty: all
    std::vector<Asn> from; //!< sources; empty: all

    std::string pairsFile;       //!< a file's path; empty: pairs are drawn
    std::size_t pairsToDraw{0};  //!< number of pairs to draw
    std::string coalitions;      //!< a file's path, or empty
    std::vector<Asn> exits;      //!< tunnel exits on offer
    std::vector<Asn> exitPool;   //!< pool of the study of exits, by ASN
    std::size_t exitPoolSize{0}; //!< the pool: as many of the best-connected ASes
    bool sealedTunnels{false};
    bool sensitivity{false};
    ExposureQuestion question;
    TieBreak tieBreak;
    bool reportPairs{true};
    bool reportShares{true};
    std::size_t worst{10}; //!< length of the lists of worst ASes and countries; 0: none

    unsigned jobs{1};
};

/**
 * \param arguments `--name=value` each, without the program's name
 * \throws InputError that names the option and says what is allowed
 */
InternetOptions ParseInternetOptions(const std::vector<std::string>& arguments);

/** The text of --help. */
std::string InternetHelp();

} // namespace smkex

#endif // SMKEX_INTERNET_OPTIONS_H
