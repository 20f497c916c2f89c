/*
 * SPDX-License-Identifier: GPL-2.0-only
 */
#ifndef SMKEX_OPTION_VALUES_H
#define SMKEX_OPTION_VALUES_H

#include "ns3/data-rate.h"
#include "ns3/nstime.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

/**
 * \file
 * Values of options as text, read strictly: a whole value or none. ns-3's own readers end the
 * program on a bad value, or take a number without a unit for whatever is usual.
 */

namespace ns3
{

/** \return the pieces of \p text between separators; one empty piece for an empty text */
std::vector<std::string> SplitText(const std::string& text, char separator);

/** \return a whole number without a sign, at most \p maximum */
std::optional<std::uint64_t> ReadNumber(const std::string& text, std::uint64_t maximum);

/** \return a finite decimal number, at least 0 */
std::optional<double> ReadDecimal(const std::string& text);

/** \return a time, at least 0 and at most a day, with a unit: s, ms, us or ns */
std::optional<Time> ReadTime(const std::string& text);

/** \return a rate of at least 1 kbps and at most 1 Tbps, with a unit: kbps, Mbps or Gbps */
std::optional<DataRate> ReadRate(const std::string& text);

/** \return whether the text is a queue length of at least 1: 100p, 65536B, 64KiB */
bool IsQueueLength(const std::string& text);

} // namespace ns3

#endif // SMKEX_OPTION_VALUES_H
