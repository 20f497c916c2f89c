/*
 * SPDX-License-Identifier: GPL-2.0-only
 */
#include "smkex-internet-report.h"

#include "smkex-exposure-report.h"
#include "smkex-input-error.h"
#include "smkex-parallel.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <nlohmann/json.hpp>
#include <numeric>

namespace smkex
{

namespace
{

using Json = nlohmann::ordered_json;

/** Where ASNs are in the graph, ascending; all ASes for no ASNs. */
std::vector<AsIndex>
FindAll(const std::vector<Asn>& asns, const std::string& option, const AsGraph& graph)
{
    std::vector<AsIndex> ases = FindInOrder(asns, option, graph);
    if (asns.empty())
    {
        ases.resize(graph.Size());
        std::iota(ases.begin(), ases.end(), 0);
    }
    std::sort(ases.begin(), ases.end());
    return ases;
}

/**
 * One text a destination, in order: computed on many threads, a block of destinations at a time.
 *
 * \param describe called with a table that holds the routes to a destination
 */
template <typename Describe>
void
ForEachDestination(const AsGraph& graph,
                   const std::vector<AsIndex>& destinations,
                   const InternetOptions& options,
                   std::ostream& out,
                   Describe describe)
{
    const std::size_t block = 4 * options.jobs;
    std::vector<std::string> texts(block);
    for (std::size_t begin = 0; begin < destinations.size(); begin += block)
    {
        const std::size_t count = std::min(block, destinations.size() - begin);
        ParallelFor(count, options.jobs, [&] {
            return [&, table = RouteTable(graph, options.tieBreak)](std::size_t i) mutable {
                table.Compute(destinations[begin + i]);
                texts[i] = describe(table);
            };
        });
        for (std::size_t i = 0; i < count; ++i)
        {
            out << texts[i];
        }
    }
}

void
ReportRoutes(const AsGraph& graph, const InternetOptions& options, std::ostream& out)
{
    const std::vector<AsIndex> to = FindAll(options.to, "--to", graph);
    const std::vector<AsIndex> from = FindAll(options.from, "--from", graph);
    ForEachDestination(graph, to, options, out, [&](const RouteTable& table) {
        std::string lines;
        for (AsIndex as : from)
        {
            const RouteClass routeClass = table.RouteOf(as).routeClass;
            if (routeClass == RouteClass::OWN || routeClass == RouteClass::NONE)
            {
                continue;
            }
            const Json line{{"from", graph.AsnOf(as)},
                            {"to", graph.AsnOf(table.Destination())},
                            {"path", AsnsOf(graph, table.Path(as))},
                            {"route", ToString(routeClass)}};
            lines += line.dump() + "\n";
        }
        return lines;
    });
}

void
ReportCensus(const AsGraph& graph, const InternetOptions& options, std::ostream& out)
{
    const std::vector<AsIndex> to = FindAll(options.to, "--to", graph);
    ForEachDestination(graph, to, options, out, [&](const RouteTable& table) {
        std::array<std::size_t, 5> ofClass{};
        std::size_t links = 0;
        std::uint32_t longest = 0;
        for (AsIndex as = 0; as < graph.Size(); ++as)
        {
            const RouteTable::Route route = table.RouteOf(as);
            ++ofClass[static_cast<std::size_t>(route.routeClass)];
            links += route.length;
            longest = std::max<std::uint32_t>(longest, route.length);
        }
        const auto count = [&](RouteClass c) { return ofClass[static_cast<std::size_t>(c)]; };
        const std::size_t routes = graph.Size() - 1 - count(RouteClass::NONE);
        Json line{{"kind", "census"},
                  {"to", graph.AsnOf(table.Destination())},
                  {"customer", count(RouteClass::CUSTOMER)},
                  {"peer", count(RouteClass::PEER)},
                  {"provider", count(RouteClass::PROVIDER)},
                  {"unreachable", count(RouteClass::NONE)},
                  {"mean_links", nullptr},
                  {"longest_links", longest}};
        if (routes > 0)
        {
            line["mean_links"] = static_cast<double>(links) / static_cast<double>(routes);
        }
        return line.dump() + "\n";
    });
}

void
WriteFiles(const AsInternet& internet, const InternetOptions& options)
{
    const std::string origin = options.asRel.empty()
                                   ? "made up: " + std::to_string(options.syntheticAses) +
                                         " ASes, seed " + std::to_string(options.question.seed)
                                   : "from " + options.asRel;
    // Both are opened before either is written.
    std::ofstream asRel;
    std::ofstream countries;
    const auto open = [](std::ofstream& file, const std::string& path) {
        if (!path.empty())
        {
            file.open(path);
            CheckWritten(file, path);
        }
    };
    open(asRel, options.writeAsRel);
    open(countries, options.writeCountries);
    if (asRel.is_open())
    {
        WriteAsRelationships(internet.graph, origin, asRel);
        CheckWritten(asRel, options.writeAsRel);
    }
    if (countries.is_open())
    {
        WriteCountries(internet, origin, countries);
        CheckWritten(countries, options.writeCountries);
    }
}

} // namespace

void
CheckWritten(std::ostream& out, const std::string& name)
{
    if (!out.flush())
    {
        throw InputError(name, 0, std::string("cannot be written: ") + std::strerror(errno));
    }
}

AsInternet
LoadInternet(const InternetOptions& options)
{
    if (options.asRel.empty())
    {
        return MakeSyntheticInternet(options.syntheticAses, options.question.seed);
    }
    AsGraph graph = ReadAsRelationships(options.asRel);
    CountryTable countries = options.countries.empty() ? CountryTable(graph.Size())
                                                       : ReadCountries(options.countries, graph);
    return {std::move(graph), std::move(countries)};
}

void
AnswerInternetTask(const InternetOptions& options, std::ostream& out)
{
    using Task = InternetOptions::Task;
    if (options.task == Task::HELP)
    {
        out << InternetHelp();
        return;
    }
    const AsInternet internet = LoadInternet(options);
    switch (options.task)
    {
    case Task::ROUTES:
        ReportRoutes(internet.graph, options, out);
        break;
    case Task::CENSUS:
        ReportCensus(internet.graph, options, out);
        break;
    case Task::EXPOSURE:
        ReportExposure(internet, options, out);
        break;
    case Task::WRITE:
        WriteFiles(internet, options);
        break;
    case Task::HELP:
        break;
    }
}

} // namespace smkex
