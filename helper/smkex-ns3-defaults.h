/*
 * SPDX-License-Identifier: GPL-2.0-only
 */
#ifndef SMKEX_NS3_DEFAULTS_H
#define SMKEX_NS3_DEFAULTS_H

#include <string>

namespace ns3
{

/**
 * Is this an attribute or a global value of ns-3 that a user may set for an experiment?
 *
 * \param name `ns3::Type::Attribute`, or the name of a global value
 * \param value its value as text
 * \return empty if so, otherwise what is wrong: the end of a sentence that begins with the name
 */
std::string CheckNs3Default(const std::string& name, const std::string& value);

/** Sets what CheckNs3Default() has accepted, until the next Config::Reset(). */
void SetNs3Default(const std::string& name, const std::string& value);

} // namespace ns3

#endif // SMKEX_NS3_DEFAULTS_H
