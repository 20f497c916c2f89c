/*
 * SPDX-License-Identifier: GPL-2.0-only
 */
#include "smkex-stream-seed.h"

namespace ns3
{

smkex::Digest
DrawSmkexSeed(UniformRandomVariable& variable)
{
    smkex::Digest seed;
    for (std::size_t i = 0; i < seed.size(); i += 2)
    {
        const std::uint32_t draw = variable.GetInteger(0, 0xffff);
        seed[i] = static_cast<std::uint8_t>(draw >> 8);
        seed[i + 1] = static_cast<std::uint8_t>(draw);
    }
    return seed;
}

} // namespace ns3
