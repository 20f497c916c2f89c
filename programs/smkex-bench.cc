/*
 * SPDX-License-Identifier: GPL-2.0-only
 */

/**
 * \file
 * One workload of `./waf bench`: runs it once and prints what it took, as JSON. Ratios and medians
 * are made from many such runs, see test/bench/run-bench.
 */

#include "smkex-bench/plain-sessions.h"

#include "ns3/smkex-as-files.h"
#include "ns3/smkex-experiment-options.h"
#include "ns3/smkex-experiment.h"
#include "ns3/smkex-input-error.h"
#include "ns3/smkex-option-values.h"
#include "ns3/smkex-route-benchmark.h"
#include "ns3/smkex-synthetic-internet.h"

#include <chrono>
#include <cstdio>
#include <fstream>
#include <iostream>
#include <string>
#include <sys/resource.h>

namespace
{

/** As many as the Internet had in 2016. */
constexpr std::size_t SYNTHETIC_ASES = 56000;

/** Peak resident memory of this process, in bytes. */
long
PeakMemory()
{
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    return usage.ru_maxrss * 1024;
}

/** \return sessions that came to a good end, or were broken by an attacker as they should be */
std::uint64_t
RunOurs(const std::string& options, std::uint32_t sessions)
{
    ns3::SmkexOptionValues values{{"sessions", std::to_string(sessions)}};
    for (const std::string& option : ns3::SplitText(options, ' '))
    {
        const std::size_t equals = option.find('=');
        if (option.rfind("--", 0) == 0 && equals != std::string::npos)
        {
            values.emplace_back(option.substr(2, equals - 2), option.substr(equals + 1));
        }
    }
    ns3::SmkexExperimentConfig config;
    const std::string error = ns3::ReadSmkexOptions(values, config);
    if (!error.empty())
    {
        std::cerr << "smkex-bench: " << error << std::endl;
        std::exit(2);
    }
    std::uint64_t complete = 0;
    ns3::RunSmkexExperiment(config, [&complete, &config](const ns3::SmkexRecord& record) {
        complete += record.appBytesReceived == 2 * config.appBytes;
    });
    return complete;
}

/** Routes of a synthetic Internet, or of a file of AS relationships; prints nodes and edges a
 * second. */
int
RunRoutes(const std::string& source, std::size_t destinations)
{
    try
    {
        const smkex::AsGraph graph = source == "synthetic"
                                         ? smkex::MakeSyntheticInternet(SYNTHETIC_ASES, 1).graph
                                         : smkex::ReadAsRelationships(source);
        const smkex::RouteBenchmark result = smkex::MeasureRoutes(graph, destinations);
        std::printf("{\"destinations\": %zu, \"ms_a_destination\": %.4f, "
                    "\"nodes_a_second\": %.0f, \"edges_a_second\": %.0f}\n",
                    result.destinations,
                    result.msPerDestination,
                    result.nodesPerSecond,
                    result.edgesPerSecond);
        return 0;
    }
    catch (const smkex::InputError& error)
    {
        std::cerr << "smkex-bench: " << error.what() << std::endl;
        return 2;
    }
}

} // namespace

int
main(int argc, char* argv[])
{
    if (argc != 4)
    {
        std::cerr
            << "smkex-bench: usage: smkex-bench plain|ours|routes \"OPTIONS\" NUMBER; for "
               "plain, OPTIONS is the number of connections at a time (1 or 2), for routes "
               "a file of AS relationships or synthetic; NUMBER is of sessions or destinations"
            << std::endl;
        return 2;
    }
    const std::string kind = argv[1];
    const std::string options = argv[2];
    const auto sessions = ns3::ReadNumber(argv[3], 1000000000);
    if (kind == "routes" && sessions && *sessions > 0)
    {
        return RunRoutes(options, *sessions);
    }
    const auto connections = ns3::ReadNumber(options, 2);
    if ((kind != "ours" && !(kind == "plain" && connections && *connections > 0)) || !sessions)
    {
        std::cerr << "smkex-bench: '" << kind << "' with '" << options << "' is no workload"
                  << std::endl;
        return 2;
    }
    const auto begin = std::chrono::steady_clock::now();
    const std::uint64_t complete =
        kind == "ours" ? RunOurs(options, *sessions) : RunPlainSessions(*connections, *sessions);
    const std::chrono::duration<double, std::micro> took = std::chrono::steady_clock::now() - begin;
    std::printf("{\"sessions\": %llu, \"complete\": %llu, \"us_a_session\": %.3f, "
                "\"peak_bytes\": %ld}\n",
                static_cast<unsigned long long>(*sessions),
                static_cast<unsigned long long>(complete),
                took.count() / *sessions,
                PeakMemory());
    return 0;
}
