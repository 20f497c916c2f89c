/*
 * SPDX-License-Identifier: GPL-2.0-only
 */
#ifndef SMKEX_EXPOSURE_REPORT_H
#define SMKEX_EXPOSURE_REPORT_H

#include "smkex-internet-options.h"
#include "smkex-synthetic-internet.h"

#include <ostream>
#include <string>
#include <vector>

namespace smkex
{

/**
 * Where ASNs are in the graph, in the order given.
 *
 * \throws InputError that names `option`, for an ASN that the graph does not have
 */
std::vector<AsIndex> FindInOrder(const std::vector<Asn>& asns,
                                 const std::string& option,
                                 const AsGraph& graph);

/** The numbers of ASes, in the order given. */
std::vector<Asn> AsnsOf(const AsGraph& graph, const std::vector<AsIndex>& ases);

/**
 * Answers Task::EXPOSURE as JSON lines. The keys are in doc/internet.rst.
 *
 * \throws InputError, before it writes anything, for files and ASes that cannot be used
 */
void ReportExposure(const AsInternet& internet, const InternetOptions& options, std::ostream& out);

} // namespace smkex

#endif // SMKEX_EXPOSURE_REPORT_H
