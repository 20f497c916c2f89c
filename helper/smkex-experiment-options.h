/*
 * SPDX-License-Identifier: GPL-2.0-only
 */
#ifndef SMKEX_EXPERIMENT_OPTIONS_H
#define SMKEX_EXPERIMENT_OPTIONS_H

#include "smkex-experiment-config.h"

#include <string>
#include <utility>
#include <vector>

namespace ns3
{

/** What is known about one option of an experiment, for help and for other programs. */
struct SmkexOption
{
    std::string name;
    std::string defaultValue;
    std::string help;       //!< what it means and what values it takes
    bool isList{false};     //!< takes one value, or one a path separated by commas
    bool repeatable{false}; //!< may be given several times
};

/** \return every option, in the order in which help shows them */
const std::vector<SmkexOption>& SmkexOptions();

/** Options as given: name and value. */
using SmkexOptionValues = std::vector<std::pair<std::string, std::string>>;

/**
 * Reads options into a configuration, and checks each value and how they fit together.
 *
 * Names with `::` are ns-3 attributes (`ns3::TcpSocket::SegmentSize`), names of ns-3's global
 * values are those.
 *
 * \param values in any order; what is not given has its default
 * \param [out] config complete on success, unspecified otherwise
 * \return empty on success, otherwise one sentence that names the option and what is allowed
 */
std::string ReadSmkexOptions(const SmkexOptionValues& values, SmkexExperimentConfig& config);

} // namespace ns3

#endif // SMKEX_EXPERIMENT_OPTIONS_H
