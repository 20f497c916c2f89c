/*
 * SPDX-License-Identifier: GPL-2.0-only
 */
#include "ns3/test.h"

/** All suites that are linked into this program register themselves; the options are those of
 * ns-3's test runner. */
int
main(int argc, char* argv[])
{
    return ns3::TestRunner::Run(argc, argv);
}
