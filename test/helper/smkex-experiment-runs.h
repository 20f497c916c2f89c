/*
 * SPDX-License-Identifier: GPL-2.0-only
 */
#ifndef SMKEX_EXPERIMENT_RUNS_H
#define SMKEX_EXPERIMENT_RUNS_H

#include "ns3/abort.h"
#include "ns3/smkex-experiment-options.h"
#include "ns3/smkex-experiment.h"

#include <string>
#include <vector>

namespace ns3
{

/** Reads options as smkex-sim does; ends the program where they are wrong. */
inline SmkexExperimentConfig
ReadOptions(const SmkexOptionValues& options)
{
    SmkexExperimentConfig config;
    const std::string error = ReadSmkexOptions(options, config);
    NS_ABORT_MSG_IF(!error.empty(), error);
    return config;
}

/** Runs what smkex-sim would run for these options. */
inline std::vector<SmkexRecord>
RunExperiment(const SmkexOptionValues& options)
{
    std::vector<SmkexRecord> records;
    RunSmkexExperiment(ReadOptions(options),
                       [&records](const SmkexRecord& record) { records.push_back(record); });
    return records;
}

/** As RunExperiment(), as the text that smkex-sim prints. */
inline std::string
RunExperimentToText(const SmkexOptionValues& options)
{
    std::string text;
    for (const SmkexRecord& record : RunExperiment(options))
    {
        text += ToJson(record) + "\n";
    }
    return text;
}

/** \return both lists of options, one behind the other */
inline SmkexOptionValues
operator+(SmkexOptionValues first, const SmkexOptionValues& second)
{
    first.insert(first.end(), second.begin(), second.end());
    return first;
}

} // namespace ns3

#endif // SMKEX_EXPERIMENT_RUNS_H
