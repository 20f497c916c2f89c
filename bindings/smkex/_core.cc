/*
 * SPDX-License-Identifier: GPL-2.0-only
 */

/**
 * \file
 * The part of the Python package that is compiled: experiments and engines. What users see is in
 * __init__.py and engine.py.
 */

#include "core-engine.h"

#include "ns3/simulator.h"
#include "ns3/smkex-experiment-options.h"
#include "ns3/smkex-experiment.h"
#include "ns3/smkex-version.h"

#include <atomic>
#include <pybind11/pybind11.h>
#include <pybind11/stl.h>
#include <string>
#include <vector>

namespace py = pybind11;

namespace
{

/** ns-3 has one simulator a process. */
std::atomic_flag g_simulating = ATOMIC_FLAG_INIT;

class SimulationGuard
{
  public:
    SimulationGuard()
    {
        if (g_simulating.test_and_set())
        {
            throw std::runtime_error(
                "another simulation is running in this process, and ns-3 has one simulator a "
                "process; use several processes to run several at a time");
        }
    }

    ~SimulationGuard()
    {
        g_simulating.clear();
    }
};

ns3::SmkexExperimentConfig
ReadConfig(const ns3::SmkexOptionValues& options)
{
    ns3::SmkexExperimentConfig config;
    const std::string error = ns3::ReadSmkexOptions(options, config);
    if (!error.empty())
    {
        throw py::value_error(error);
    }
    return config;
}

/** One JSON object a session, exactly as smkex-sim prints it. */
std::vector<std::string>
Run(const ns3::SmkexOptionValues& options)
{
    const SimulationGuard guard;
    const ns3::SmkexExperimentConfig config = ReadConfig(options);
    std::vector<std::string> records;
    bool interrupted = false;
    {
        const py::gil_scoped_release release;
        ns3::RunSmkexExperiment(config, [&](const ns3::SmkexRecord& record) {
            records.push_back(ns3::ToJson(record));
            const py::gil_scoped_acquire acquire;
            if (PyErr_CheckSignals() != 0) // Ctrl-C
            {
                interrupted = true;
                ns3::Simulator::Stop();
            }
        });
    }
    if (interrupted)
    {
        throw py::error_already_set();
    }
    return records;
}

py::list
ListOptions()
{
    py::list list;
    for (const ns3::SmkexOption& option : ns3::SmkexOptions())
    {
        list.append(py::make_tuple(option.name, option.defaultValue, option.help));
    }
    return list;
}

} // namespace

PYBIND11_MODULE(_core, module)
{
    module.doc() = "Compiled part of smkex.";
    module.def("run", &Run, py::arg("options"));
    module.def("validate", [](const ns3::SmkexOptionValues& options) { ReadConfig(options); });
    module.def("list_options", &ListOptions);
    module.def("version", &smkex::Version);
    module.def("ns3_version", &smkex::Ns3Version);
    BindEngines(module);
}
