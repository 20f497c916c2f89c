/*
 * SPDX-License-Identifier: GPL-2.0-only
 */
#include "smkex-crypto-cost.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <sstream>

namespace smkex
{

namespace
{

constexpr std::array<const char*, OPERATION_COUNT> NAMES{
    "key-generation-x25519",
    "key-generation-p256",
    "agreement-x25519",
    "agreement-p256",
    "hash-sha256",
    "kdf-hkdf-sha256",
    "sign-ed25519",
    "verify-ed25519",
    "seal-aes128-gcm",
    "open-aes128-gcm",
};

/** A number in a profile and what it may be. */
struct Field
{
    const char* name;
    double OperationCost::*member;
    double maximum;
};

constexpr std::array<Field, 3> FIELDS{{
    {"median", &OperationCost::medianNs, 1e12},         // 1000 s
    {"cost per octet", &OperationCost::perByteNs, 1e9}, // 1 s
    {"spread", &OperationCost::spread, 3},
}};

/** No draw is longer, however far out the variate is: 10^15 ns keep sums within 64 bits. */
constexpr double LONGEST_NS = 1e15;

std::string
ToText(double number)
{
    std::array<char, 32> digits;
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
    return {digits.data(), end};
}

/** Reads all of \p text as a finite number. */
bool
ToNumber(const std::string& text, double& number)
{
    const char* end = text.data() + text.size();
    const auto result = std::from_chars(text.data(), end, number);
    return result.ec == std::errc() && result.ptr == end && std::isfinite(number);
}

/** Splits a line without its comment at white space. */
std::vector<std::string>
WordsOf(const std::string& line)
{
    std::istringstream stream(line.substr(0, line.find('#')));
    std::vector<std::string> words;
    for (std::string word; stream >> word;)
    {
        words.push_back(word);
    }
    return words;
}

/** Reads the words of one line. \return what is wrong with them, or nothing */
std::string
ParseCost(const std::vector<std::string>& words, std::size_t& operation, OperationCost& cost)
{
    const auto name = std::find(NAMES.begin(), NAMES.end(), words[0]);
    if (name == NAMES.end())
    {
        return "unknown operation '" + words[0] + "'";
    }
    operation = static_cast<std::size_t>(name - NAMES.begin());
    if (words.size() != 1 + FIELDS.size())
    {
        return words[0] + " needs three numbers (median and cost per octet in nanoseconds, " +
               "spread), not " + std::to_string(words.size() - 1);
    }
    for (std::size_t i = 0; i < FIELDS.size(); ++i)
    {
        double& number = cost.*FIELDS[i].member;
        if (!ToNumber(words[i + 1], number) || number < 0 || number > FIELDS[i].maximum)
        {
            return "the " + std::string(FIELDS[i].name) + " of " + words[0] +
                   " must be a number from 0 to " + ToText(FIELDS[i].maximum) + ", not '" +
                   words[i + 1] + "'";
        }
    }
    return {};
}

} // namespace

const char*
NameOf(Operation operation)
{
    return NAMES[static_cast<std::size_t>(operation)];
}

bool
CostProfile::Parse(const std::string& text, std::string& error)
{
    std::array<OperationCost, OPERATION_COUNT> costs{};
    std::array<std::size_t, OPERATION_COUNT> seenAt{};
    std::istringstream lines(text);
    std::size_t number = 0;
    const auto fail = [&](const std::string& what) {
        error = "line " + std::to_string(number) + ": " + what;
        return false;
    };

    for (std::string line; std::getline(lines, line);)
    {
        ++number;
        const auto words = WordsOf(line);
        if (words.empty())
        {
            continue;
        }
        std::size_t operation = 0;
        OperationCost cost;
        const std::string problem = ParseCost(words, operation, cost);
        if (!problem.empty())
        {
            return fail(problem);
        }
        if (seenAt[operation] != 0)
        {
            return fail(words[0] + " is already on line " + std::to_string(seenAt[operation]));
        }
        seenAt[operation] = number;
        costs[operation] = cost;
    }
    const auto missing = std::find(seenAt.begin(), seenAt.end(), 0);
    if (missing != seenAt.end())
    {
        return fail(std::string("the profile ends without ") + NAMES[missing - seenAt.begin()]);
    }
    m_costs = costs;
    return true;
}

std::string
CostProfile::ToText() const
{
    std::string text;
    for (std::size_t i = 0; i < OPERATION_COUNT; ++i)
    {
        text += NAMES[i];
        for (const auto& field : FIELDS)
        {
            text += ' ' + smkex::ToText(m_costs[i].*field.member);
        }
        text += '\n';
    }
    return text;
}

Duration
CostProfile::Draw(Operation operation, std::size_t size, NormalSource& normal) const
{
    const OperationCost& cost = Of(operation);
    const double median = cost.medianNs + cost.perByteNs * static_cast<double>(size);
    if (median == 0)
    {
        return Duration{0};
    }
    const double drawn = median * std::exp(cost.spread * normal.Draw());
    return Duration{std::llround(std::min(drawn, LONGEST_NS))};
}

} // namespace smkex
