/*
 * SPDX-License-Identifier: GPL-2.0-only
 */
#ifndef SMKEX_STREAM_SEED_H
#define SMKEX_STREAM_SEED_H

#include "ns3/random-variable-stream.h"
#include "ns3/smkex-bytes.h"

namespace ns3
{

/** \return the next 256-bit seed of an ns-3 random stream: 16 draws of 16 bits each */
smkex::Digest DrawSmkexSeed(UniformRandomVariable& variable);

} // namespace ns3

#endif // SMKEX_STREAM_SEED_H
