/*
 * SPDX-License-Identifier: GPL-2.0-only
 */
#ifndef SMKEX_SYNTHETIC_INTERNET_H
#define SMKEX_SYNTHETIC_INTERNET_H

#include "smkex-as-files.h"

#include <cstddef>
#include <cstdint>
#include <ostream>

namespace smkex
{

/** An AS graph and where its ASes are. */
struct AsInternet
{
    AsGraph graph;
    CountryTable countries;
};

/** Sizes that MakeSyntheticInternet takes. */
constexpr std::size_t MIN_SYNTHETIC_ASES = 20;
constexpr std::size_t MAX_SYNTHETIC_ASES = 100000;

/**
 * A made-up Internet with the traits that path diversity hangs on: a clique of transit-free ASes,
 * carriers and regional providers below them that gain customers the faster the more they have,
 * stubs of which about half have several providers, providers preferred in the own country,
 * peering among carriers, within countries, and of content networks with many. Traits, not
 * figures, are the real Internet's.
 *
 * ASNs are private ones (RFC 6996) from 4200000000 on, in random order; countries have codes that
 * ISO 3166 leaves to users, XA to XX. The same size and seed give the same graph everywhere.
 *
 * \param ases number of ASes, MIN_SYNTHETIC_ASES to MAX_SYNTHETIC_ASES
 */
AsInternet MakeSyntheticInternet(std::size_t ases, std::uint64_t seed);

/** Writes a graph in CAIDA's serial-1 format, below a comment line that says `origin`. */
void WriteAsRelationships(const AsGraph& graph, const std::string& origin, std::ostream& out);

/** Writes a table that ReadCountries reads. */
void WriteCountries(const AsInternet& internet, const std::string& origin, std::ostream& out);

} // namespace smkex

#endif // SMKEX_SYNTHETIC_INTERNET_H
