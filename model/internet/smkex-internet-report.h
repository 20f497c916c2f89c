/*
 * SPDX-License-Identifier: GPL-2.0-only
 */
#ifndef SMKEX_INTERNET_REPORT_H
#define SMKEX_INTERNET_REPORT_H

#include "smkex-internet-options.h"
#include "smkex-synthetic-internet.h"

#include <ostream>

namespace smkex
{

/**
 * The graph and the countries that the options name.
 *
 * \throws InputError for a file that cannot be used
 */
AsInternet LoadInternet(const InternetOptions& options);

/**
 * Answers the options' task: the help text or JSON lines (keys: doc/internet.rst) on `out`, or the
 * files of Task::WRITE. Checks everything that the options name before it writes anything.
 *
 * \throws InputError for files and ASes that the options name and that cannot be used
 */
void AnswerInternetTask(const InternetOptions& options, std::ostream& out);

/** \throws InputError that names `name`, where not all of what was written arrived */
void CheckWritten(std::ostream& out, const std::string& name);

} // namespace smkex

#endif // SMKEX_INTERNET_REPORT_H
