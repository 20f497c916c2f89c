/*
 * SPDX-License-Identifier: GPL-2.0-only
 */
#ifndef SMKEX_VERSION_H
#define SMKEX_VERSION_H

#include <string>

namespace smkex
{

/**
 * The software's version: the commit it was built from, as `git describe --always --dirty` names it
 * (`-dirty` where files differ from that commit), or `unknown` where the sources are in no git
 * checkout.
 */
std::string Version();

/** The version of ns-3 that the module was built against, such as `3.37`. */
std::string Ns3Version();

} // namespace smkex

#endif // SMKEX_VERSION_H
