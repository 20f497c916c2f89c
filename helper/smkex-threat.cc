/*
 * SPDX-License-Identifier: GPL-2.0-only
 */
#include "smkex-threat.h"

#include "smkex-option-values.h"

namespace ns3
{

std::optional<std::vector<SmkexAdversaryConfig>>
ReadSmkexThreat(const std::string& text, const std::string& strategy)
{
    std::vector<SmkexAdversaryConfig> adversaries;
    std::uint32_t coalition = 1;
    for (std::size_t i = 0; i < text.size(); ++i)
    {
        const char c = text[i];
        if (i % 2 == 1)
        {
            if (c != '-' && c != '/')
            {
                return std::nullopt;
            }
            coalition += c == '/';
        }
        else if (c == 'P' || c == 'A')
        {
            adversaries.push_back({static_cast<smkex::PathId>(i / 2 + 1),
                                   1,
                                   c == 'A',
                                   std::to_string(coalition),
                                   strategy});
        }
        else if (c != 'N')
        {
            return std::nullopt;
        }
    }
    if (text.size() % 2 == 0 || text.size() / 2 >= smkex::MAX_PATHS)
    {
        return std::nullopt;
    }
    return adversaries;
}

std::optional<SmkexAdversaryConfig>
ReadSmkexAdversary(const std::string& text, const std::string& strategy)
{
    const std::vector<std::string> fields = SplitText(text, ':');
    if (fields.size() != 4 && fields.size() != 5)
    {
        return std::nullopt;
    }
    const std::optional<std::uint64_t> path = ReadNumber(fields[0], smkex::MAX_PATHS);
    const std::optional<std::uint64_t> hop = ReadNumber(fields[1], UINT32_MAX);
    const bool active = fields[2] == "active";
    if (!path || *path == 0 || !hop || *hop == 0 || (!active && fields[2] != "passive") ||
        fields[3].empty())
    {
        return std::nullopt;
    }
    return SmkexAdversaryConfig{static_cast<smkex::PathId>(*path),
                                static_cast<std::uint32_t>(*hop),
                                active,
                                fields[3],
                                fields.size() == 5 ? fields[4] : strategy};
}

} // namespace ns3
