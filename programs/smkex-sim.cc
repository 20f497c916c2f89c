/*
 * SPDX-License-Identifier: GPL-2.0-only
 */

/**
 * \file
 * One experiment from the shell, one JSON object a session on standard output. With `--batch`, one
 * experiment a line of standard input.
 */

#include "ns3/command-line.h"
#include "ns3/smkex-experiment-options.h"
#include "ns3/smkex-experiment.h"
#include "ns3/smkex-option-values.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <string>
#include <vector>

namespace
{

constexpr int BAD_INPUT = 2;

/** What to do, besides the options of the experiment itself. */
struct Mode
{
    bool batch{false};
    bool validateOnly{false};
    bool listOptions{false};
    bool ns3Help{false}; //!< --help, --PrintAttributes=… and their like
};

/** Splits `--name=value` arguments. \return an error sentence, or empty */
std::string
ReadArguments(const std::vector<std::string>& arguments, ns3::SmkexOptionValues& values, Mode& mode)
{
    for (const std::string& argument : arguments)
    {
        const std::size_t equals = argument.find('=');
        if (argument.rfind("--", 0) != 0)
        {
            return "'" + argument + "' is no option; options look like --name=value";
        }
        const std::string name =
            argument.substr(2, equals == std::string::npos ? equals : equals - 2);
        if (name == "batch" || name == "validateOnly" || name == "listOptions")
        {
            mode.batch |= name == "batch";
            mode.validateOnly |= name == "validateOnly";
            mode.listOptions |= name == "listOptions";
        }
        else if (name == "help" || name == "version" || name.rfind("Print", 0) == 0)
        {
            mode.ns3Help = true;
        }
        else if (equals == std::string::npos)
        {
            return argument + " needs a value: " + argument + "=VALUE";
        }
        else
        {
            values.emplace_back(name, argument.substr(equals + 1));
        }
    }
    return "";
}

/** Prints a record. \return whether it could be written */
bool
Print(const std::string& line)
{
    return std::fwrite(line.data(), 1, line.size(), stdout) == line.size() &&
           std::fputc('\n', stdout) != EOF;
}

[[noreturn]] void
EndForWriteError()
{
    std::perror("smkex-sim: standard output cannot be written");
    std::exit(BAD_INPUT);
}

/** Ends the program where something that was printed has not been written. */
void
Flush()
{
    if (std::fflush(stdout) != 0 || std::ferror(stdout) != 0)
    {
        EndForWriteError();
    }
}

/** Reads, checks and (unless only validating) runs one experiment. \return an error, or empty */
std::string
RunOne(const ns3::SmkexOptionValues& values, bool validateOnly)
{
    ns3::SmkexExperimentConfig config;
    const std::string error = ns3::ReadSmkexOptions(values, config);
    if (!error.empty() || validateOnly)
    {
        return error;
    }
    ns3::RunSmkexExperiment(config, [](const ns3::SmkexRecord& record) {
        if (!Print(ns3::ToJson(record)))
        {
            EndForWriteError();
        }
    });
    return "";
}

int
RunBatch(bool validateOnly)
{
    std::string line;
    while (std::getline(std::cin, line))
    {
        ns3::SmkexOptionValues values;
        Mode mode;
        // An empty line has no options: all defaults.
        const std::vector<std::string> arguments =
            line.empty() ? std::vector<std::string>() : ns3::SplitText(line, '\t');
        std::string error = ReadArguments(arguments, values, mode);
        if (error.empty())
        {
            error = RunOne(values, validateOnly);
        }
        Print(error.empty() ? "#end 0" : "#end 2 " + error);
        Flush();
    }
    return 0;
}

void
ListOptions()
{
    for (const ns3::SmkexOption& option : ns3::SmkexOptions())
    {
        Print("{\"name\": " + ns3::ToJson(option.name) +
              ", \"default\": " + ns3::ToJson(option.defaultValue) +
              ", \"list\": " + (option.isList ? "true" : "false") +
              ", \"values\": " + ns3::ToJson(option.help) + "}");
    }
}

/** Lets ns-3 print its help, ours included. */
void
PrintNs3Help(int argc, char* argv[])
{
    ns3::CommandLine commandLine;
    commandLine.Usage("Runs one key-exchange experiment; prints one JSON object a session.\n\n"
                      "Lists have one value, or one a path, separated by commas.\n"
                      "ns-3's attribute defaults are set by --ns3::TYPE::ATTRIBUTE=VALUE.\n\n"
                      "--batch reads one experiment a line from standard input, its options "
                      "separated by tabs;\n--validateOnly checks options and runs nothing;\n"
                      "--listOptions prints the options below as JSON.");
    std::vector<std::string> values;
    values.reserve(ns3::SmkexOptions().size());
    for (const ns3::SmkexOption& option : ns3::SmkexOptions())
    {
        commandLine.AddValue(option.name, option.help, values.emplace_back(option.defaultValue));
    }
    commandLine.Parse(argc, argv);
}

} // namespace

int
main(int argc, char* argv[])
{
    ns3::SmkexOptionValues values;
    Mode mode;
    std::string error = ReadArguments({argv + 1, argv + argc}, values, mode);
    if (error.empty() && mode.ns3Help)
    {
        PrintNs3Help(argc, argv);
        return 0;
    }
    if (error.empty() && mode.listOptions)
    {
        ListOptions();
        Flush();
        return 0;
    }
    if (error.empty() && mode.batch)
    {
        return RunBatch(mode.validateOnly);
    }
    if (error.empty())
    {
        error = RunOne(values, mode.validateOnly);
    }
    if (!error.empty())
    {
        std::cerr << "smkex-sim: " << error << std::endl;
        return BAD_INPUT;
    }
    Flush();
    return 0;
}
