/*
 * SPDX-License-Identifier: GPL-2.0-only
 */
#ifndef SMKEX_EXPERIMENT_RUNS_H
#define SMKEX_EXPERIMENT_RUNS_H

#include "ns3/smkex-experiment-options.h"
#include "ns3/smkex-experiment.h"

#include <algorithm>
#include <functional>
#include <string>
#include <vector>

namespace ns3
{

/** \return the records of an experiment; none where its options are refused */
inline std::vector<SmkexRecord>
RunExperiment(const SmkexOptionValues& options)
{
    std::vector<SmkexRecord> records;
    SmkexExperimentConfig config;
    if (ReadSmkexOptions(options, config).empty())
    {
        RunSmkexExperiment(config, [&records](const SmkexRecord& r) { records.push_back(r); });
    }
    return records;
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
