/*
 * SPDX-License-Identifier: GPL-2.0-only
 */
#ifndef SMKEX_THREAT_H
#define SMKEX_THREAT_H

#include "smkex-experiment-config.h"

#include <optional>
#include <string>
#include <vector>

namespace ns3
{

/**
 * Reads a threat string: a letter a path (N nothing, P passive, A active), `-` between those who
 * share what they learn and `/` between those who do not. `A` alone is on path 1.
 *
 * \return the adversaries, each on hop 1 of its path, or nothing where the text is no threat string
 */
std::optional<std::vector<SmkexAdversaryConfig>> ReadSmkexThreat(const std::string& text,
                                                                 const std::string& strategy);

/**
 * Reads one adversary, `path:hop:passive|active:coalition[:strategy]`.
 *
 * \return the adversary, or nothing where the text is none
 */
std::optional<SmkexAdversaryConfig> ReadSmkexAdversary(const std::string& text,
                                                       const std::string& strategy);

} // namespace ns3

#endif // SMKEX_THREAT_H
