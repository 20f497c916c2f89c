/*
 * SPDX-License-Identifier: GPL-2.0-only
 */
#include "smkex-crypto-check.h"

#include <cstdlib>
#include <iostream>

namespace smkex
{

void
Require(bool holds, const char* rule)
{
    if (!holds)
    {
        std::cerr << "smkex: broken precondition: " << rule << std::endl;
        std::abort();
    }
}

} // namespace smkex
