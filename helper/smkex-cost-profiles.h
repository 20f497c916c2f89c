/*
 * SPDX-License-Identifier: GPL-2.0-only
 */
#ifndef SMKEX_COST_PROFILES_H
#define SMKEX_COST_PROFILES_H

#include "ns3/smkex-crypto-cost.h"

#include <memory>
#include <string>

namespace ns3
{

/**
 * Finds a profile of what cryptography costs.
 *
 * \param name `none`, the name of a profile that is part of the module (`measured`), or a file
 * \param [out] problem what is wrong, on failure: the end of a sentence that begins with the option
 * \return the profile, or null
 */
std::shared_ptr<const smkex::CostProfile> LoadSmkexCostProfile(const std::string& name,
                                                               std::string& problem);

} // namespace ns3

#endif // SMKEX_COST_PROFILES_H
