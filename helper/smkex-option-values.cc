/*
 * SPDX-License-Identifier: GPL-2.0-only
 */
#include "smkex-option-values.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <initializer_list>
#include <utility>

namespace ns3
{

namespace
{

/** A decimal number and the unit behind it, which is one of \p units: the number in base units. */
std::optional<double>
ReadQuantity(const std::string& text, std::initializer_list<std::pair<const char*, double>> units)
{
    const std::size_t unitBegins = text.find_first_not_of("0123456789.");
    if (unitBegins == std::string::npos)
    {
        return std::nullopt;
    }
    const std::optional<double> number = ReadDecimal(text.substr(0, unitBegins));
    const std::string unit = text.substr(unitBegins);
    const auto found = std::find_if(units.begin(), units.end(), [&unit](const auto& known) {
        return unit == known.first;
    });
    if (!number || found == units.end())
    {
        return std::nullopt;
    }
    return *number * found->second;
}

} // namespace

std::vector<std::string>
SplitText(const std::string& text, char separator)
{
    std::vector<std::string> pieces;
    std::size_t begin = 0;
    for (;;)
    {
        const std::size_t end = text.find(separator, begin);
        pieces.push_back(text.substr(begin, end - begin));
        if (end == std::string::npos)
        {
            return pieces;
        }
        begin = end + 1;
    }
}

std::optional<std::uint64_t>
ReadNumber(const std::string& text, std::uint64_t maximum)
{
    std::uint64_t number = 0;
    const char* end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data(), end, number);
    if (error != std::errc() || stop != end || number > maximum)
    {
        return std::nullopt;
    }
    return number;
}

std::optional<double>
ReadDecimal(const std::string& text)
{
    double number = 0;
    const char* end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data(), end, number);
    if (error != std::errc() || stop != end || !std::isfinite(number) || std::signbit(number))
    {
        return std::nullopt;
    }
    return number;
}

std::optional<Time>
ReadTime(const std::string& text)
{
    constexpr double day = 86400e9;
    const std::optional<double> nanoseconds =
        ReadQuantity(text, {{"s", 1e9}, {"ms", 1e6}, {"us", 1e3}, {"ns", 1}});
    if (!nanoseconds || *nanoseconds > day)
    {
        return std::nullopt;
    }
    return NanoSeconds(std::llround(*nanoseconds));
}

std::optional<DataRate>
ReadRate(const std::string& text)
{
    const std::optional<double> bitsPerSecond =
        ReadQuantity(text, {{"kbps", 1e3}, {"Mbps", 1e6}, {"Gbps", 1e9}});
    if (!bitsPerSecond || *bitsPerSecond < 1e3 || *bitsPerSecond > 1e12)
    {
        return std::nullopt;
    }
    return DataRate(static_cast<std::uint64_t>(std::llround(*bitsPerSecond)));
}

bool
IsQueueLength(const std::string& text)
{
    const std::optional<double> length =
        ReadQuantity(text, {{"p", 1}, {"B", 1}, {"KiB", 1024}, {"MiB", 1048576}});
    return length && *length >= 1 && *length <= 1e9 && text.find('.') == std::string::npos;
}

} // namespace ns3
