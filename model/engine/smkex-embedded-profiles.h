/*
 * SPDX-License-Identifier: GPL-2.0-only
 */
#ifndef SMKEX_EMBEDDED_PROFILES_H
#define SMKEX_EMBEDDED_PROFILES_H

#include <string_view>
#include <vector>

namespace smkex
{

/** A cost profile that is part of the program. Both views stay valid as long as the program runs.
 */
struct EmbeddedProfile
{
    std::string_view name; //!< the file's name without `.cost`
    std::string_view text; //!< the file's contents, UTF-8
};

/** The files `model/engine/profiles/NAME.cost` as they were at the build, ordered by file name. */
std::vector<EmbeddedProfile> EmbeddedProfiles();

} // namespace smkex

#endif // SMKEX_EMBEDDED_PROFILES_H
