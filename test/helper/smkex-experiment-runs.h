/*
 * SPDX-License-Identifier: GPL-2.0-only
 */
#ifndef SMKEX_EXPERIMENT_RUNS_H
#define SMKEX_EXPERIMENT_RUNS_H

#include "ns3/abort.h"
#include "ns3/smkex-experiment-options.h"
#include "ns3/smkex-experiment.h"

#include <algorithm>
#include <functional>
#include <optional>
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

/** \return why options are refused; empty where they are not */
inline std::string
RefusalOf(const SmkexOptionValues& options)
{
    SmkexExperimentConfig config;
    return ReadSmkexOptions(options, config);
}

/** \return in how many of the records something holds */
inline std::size_t
CountRecords(const std::vector<SmkexRecord>& records,
             const std::function<bool(const SmkexRecord&)>& holds)
{
    return std::count_if(records.begin(), records.end(), holds);
}

/** \return the name of the failure of an end, or `none` */
inline std::string
NameOfFailure(const std::optional<smkex::Failure>& failure)
{
    return failure ? smkex::NameOf(*failure) : "none";
}

} // namespace ns3

#endif // SMKEX_EXPERIMENT_RUNS_H
