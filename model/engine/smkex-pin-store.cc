/*
 * SPDX-License-Identifier: GPL-2.0-only
 */
#include "smkex-pin-store.h"

#include "smkex-crypto-check.h"
#include "smkex-crypto.h"

#include <algorithm>

namespace smkex
{

namespace
{

const std::string FIRST_LINE{"smkex-pins 1"};
const std::string CHECKSUM{"sha256 "};
constexpr std::size_t MAX_HOST = 255;

/** The pieces of \p text that \p separator ends; what follows the last one is left in \p rest. */
std::vector<std::string>
SplitEnded(const std::string& text, char separator, std::string& rest)
{
    std::vector<std::string> pieces;
    std::size_t begin = 0;
    for (std::size_t end; (end = text.find(separator, begin)) != std::string::npos; begin = end + 1)
    {
        pieces.push_back(text.substr(begin, end - begin));
    }
    rest = text.substr(begin);
    return pieces;
}

std::optional<Digest>
ReadKey(const std::string& digits)
{
    const Bytes octets = FromHex(digits);
    // The digits have one form only, or two texts would stand for the same table.
    if (octets.size() != sizeof(Digest) || ToHex(octets) != digits)
    {
        return std::nullopt;
    }
    Digest key{};
    std::copy(octets.begin(), octets.end(), key.begin());
    return key;
}

std::optional<std::pair<std::string, Pin>>
ReadLine(const std::string& line)
{
    std::string last;
    std::vector<std::string> words = SplitEnded(line, ' ', last);
    words.push_back(last);
    std::vector<Digest> keys;
    for (std::size_t i = 1; i < words.size(); ++i)
    {
        const std::optional<Digest> key = ReadKey(words[i]);
        if (!key)
        {
            return std::nullopt;
        }
        keys.push_back(*key);
    }
    if (!IsPinnableHost(words[0]) || keys.empty())
    {
        return std::nullopt;
    }
    return std::pair{words[0], Pin{keys[0], {keys.begin() + 1, keys.end()}}};
}

} // namespace

std::optional<Pin>
FindPin(const PinTable& table, const std::string& host)
{
    const auto found = table.find(host);
    return found == table.end() ? std::nullopt : std::optional(found->second);
}

MemoryPinStore::MemoryPinStore(PinTable table)
    : m_table(std::move(table))
{
}

PinStore::Found
MemoryPinStore::Find(const std::string& host)
{
    return FindPin(m_table, host);
}

std::optional<PinStoreProblem>
MemoryPinStore::Update(const std::string& host, const std::optional<Pin>& expected, const Pin& pin)
{
    if (!(FindPin(m_table, host) == expected))
    {
        return PinStoreProblem{PinStoreProblem::Kind::Conflict,
                               "The pin of " + host + " has changed in the meantime."};
    }
    m_table[host] = pin;
    return std::nullopt;
}

bool
IsPinnableHost(const std::string& host)
{
    return !host.empty() && host.size() <= MAX_HOST &&
           std::all_of(host.begin(), host.end(), [](char c) { return c > ' ' && c <= '~'; });
}

std::string
FormatPins(const PinTable& table)
{
    std::string text = FIRST_LINE + "\n";
    for (const auto& [host, pin] : table)
    {
        Require(IsPinnableHost(host), "a host's name has 1 to 255 printable characters");
        text += host + " " + ToHex(pin.key);
        for (const Digest& key : pin.retired)
        {
            text += " " + ToHex(key);
        }
        text += "\n";
    }
    return text + CHECKSUM + ToHex(Sha256({text})) + "\n";
}

std::optional<PinTable>
ParsePins(const std::string& text, std::string& problem)
{
    std::string rest;
    const std::vector<std::string> lines = SplitEnded(text, '\n', rest);
    if (lines.empty() || lines.front() != FIRST_LINE)
    {
        problem = "its first line is not '" + FIRST_LINE + "'";
        return std::nullopt;
    }
    const std::size_t last = text.size() - rest.size() - lines.back().size() - 1;
    if (!rest.empty() || lines.back() != CHECKSUM + ToHex(Sha256({text.substr(0, last)})))
    {
        problem = "its checksum is missing or wrong";
        return std::nullopt;
    }
    PinTable table;
    for (std::size_t i = 1; i + 1 < lines.size(); ++i)
    {
        const auto entry = ReadLine(lines[i]);
        const bool inOrder = entry && (table.empty() || table.rbegin()->first < entry->first);
        if (!inOrder)
        {
            problem = "its line " + std::to_string(i + 1) + " is no pin, or out of order";
            return std::nullopt;
        }
        table.insert(*entry);
    }
    return table;
}

} // namespace smkex
