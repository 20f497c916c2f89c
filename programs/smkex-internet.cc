/*
 * SPDX-License-Identifier: GPL-2.0-only
 */

// Routes and exposure at the scale of the Internet. --help lists the options, doc/internet.rst
// explains the output.

#include "ns3/smkex-input-error.h"
#include "ns3/smkex-internet-options.h"
#include "ns3/smkex-internet-report.h"

#include <iostream>
#include <string>
#include <vector>

int
main(int argc, char* argv[])
{
    std::ios::sync_with_stdio(false);
    try
    {
        const std::vector<std::string> arguments(argv + 1, argv + argc);
        smkex::AnswerInternetTask(smkex::ParseInternetOptions(arguments), std::cout);
        smkex::CheckWritten(std::cout, "standard output");
    }
    catch (const smkex::InputError& error)
    {
        std::cerr << "smkex-internet: " << error.what() << '\n';
        return 2;
    }
    return 0;
}
