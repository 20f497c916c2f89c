/*
 * SPDX-License-Identifier: GPL-2.0-only
 */
#include "smkex-cost-profiles.h"

#include "ns3/smkex-embedded-profiles.h"

#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>

namespace ns3
{

namespace
{

/** The text of a profile, or nothing with \p problem set. */
std::optional<std::string>
FindText(const std::string& name, std::string& problem)
{
    std::string known = "none";
    for (const smkex::EmbeddedProfile& profile : smkex::EmbeddedProfiles())
    {
        if (profile.name == name)
        {
            return std::string(profile.text);
        }
        known.append(", ").append(profile.name);
    }
    std::ifstream file(name);
    if (!file || std::filesystem::is_directory(name))
    {
        problem =
            "is '" + name + "', which is neither one of " + known + " nor a file that can be read";
        return std::nullopt;
    }
    return std::string(std::istreambuf_iterator<char>(file), {});
}

} // namespace

std::shared_ptr<const smkex::CostProfile>
LoadSmkexCostProfile(const std::string& name, std::string& problem)
{
    const auto profile = std::make_shared<smkex::CostProfile>();
    if (name == "none")
    {
        return profile;
    }
    const std::optional<std::string> text = FindText(name, problem);
    if (!text)
    {
        return nullptr;
    }
    std::string error;
    if (!profile->Parse(*text, error))
    {
        problem = "is '" + name + "', which is no cost profile: " + error;
        return nullptr;
    }
    return profile;
}

} // namespace ns3
