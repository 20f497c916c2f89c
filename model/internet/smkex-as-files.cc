/*
 * SPDX-License-Identifier: GPL-2.0-only
 */
#include "smkex-as-files.h"

#include "smkex-input-error.h"
#include "smkex-text-file.h"

#include <algorithm>
#include <set>

namespace smkex
{

namespace
{

Asn
ParseAsn(std::string_view text, const TextFile& file)
{
    const auto asn = ParseUint32(text);
    if (!asn || *asn == 0)
    {
        file.Fail("expected an ASN, 1 to 4294967295, found " + Quoted(text));
    }
    return *asn;
}

AsIndex
FindAs(std::string_view text, const AsGraph& graph, const TextFile& file)
{
    const auto as = graph.Find(ParseAsn(text, file));
    if (!as)
    {
        file.Fail("AS " + std::string(text) + " is not in the AS graph");
    }
    return *as;
}

/** Words of a line, separated by any number of the separators. */
std::vector<std::string_view>
SplitWords(std::string_view text, std::string_view separators)
{
    std::vector<std::string_view> words;
    while (true)
    {
        const std::size_t begin = text.find_first_not_of(separators);
        if (begin == std::string_view::npos)
        {
            return words;
        }
        text.remove_prefix(begin);
        const std::size_t end = std::min(text.find_first_of(separators), text.size());
        words.push_back(text.substr(0, end));
        text.remove_prefix(end);
    }
}

bool
IsCountryCode(std::string_view text)
{
    const auto isLetter = [](char c) { return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z'); };
    const auto isCodeChar = [&](char c) {
        return isLetter(c) || (c >= '0' && c <= '9') || c == '-' || c == '_';
    };
    return !text.empty() && text.size() <= 32 && isLetter(text.front()) &&
           std::all_of(text.begin(), text.end(), isCodeChar);
}

} // namespace

AsGraph
ReadAsRelationships(const std::string& path)
{
    TextFile file(path);
    std::vector<AsLink> links;
    std::set<std::string, std::less<>> sources;
    std::size_t fieldCount = 0;
    std::string line;
    while (file.ReadDataLine(line))
    {
        const std::vector<std::string_view> fields = SplitFields(line, '|');
        if (fields.size() != 3 && fields.size() != 4)
        {
            file.Fail("expected 'a|b|-1' (provider|customer) or 'a|b|0' (peers), in serial-2 "
                      "with '|source' behind, found " +
                      Quoted(line));
        }
        if (fieldCount != 0 && fields.size() != fieldCount)
        {
            file.Fail("has " + std::to_string(fields.size()) + " fields, lines before it " +
                      std::to_string(fieldCount) + ": serial-1 and serial-2 do not mix");
        }
        fieldCount = fields.size();
        if (fields[2] != "-1" && fields[2] != "0")
        {
            file.Fail("expected the relationship -1 (provider|customer) or 0 (peers), found " +
                      Quoted(fields[2]));
        }
        if (fields.size() == 4)
        {
            // A source name that is cut short shows only by not being any other line's.
            const bool isNew = sources.find(fields[3]) == sources.end();
            if (fields[3].empty() || (isNew && file.IsUnterminated() && !links.empty()))
            {
                file.Fail("expected the source of the relationship, found " + Quoted(fields[3]) +
                          ": the file may be cut short");
            }
            if (isNew)
            {
                sources.emplace(fields[3]);
            }
        }
        links.push_back({ParseAsn(fields[0], file),
                         ParseAsn(fields[1], file),
                         fields[2] == "0" ? AsRelationship::PEER : AsRelationship::PROVIDER,
                         static_cast<std::uint32_t>(file.LineNumber())});
    }
    return AsGraph(links, path);
}

CountryTable::CountryTable(std::size_t ases, const std::map<AsIndex, std::string>& countryOf)
    : m_countryOf(ases, UNKNOWN)
{
    std::map<std::string, std::uint32_t> positions;
    for (const auto& [as, code] : countryOf)
    {
        positions.emplace(code, 0);
    }
    for (auto& [code, position] : positions)
    {
        position = static_cast<std::uint32_t>(m_codes.size());
        m_codes.push_back(code);
    }
    for (const auto& [as, code] : countryOf)
    {
        m_countryOf[as] = positions.at(code);
    }
}

CountryTable
ReadCountries(const std::string& path, const AsGraph& graph)
{
    TextFile file(path);
    std::map<AsIndex, std::string> countryOf;
    std::string line;
    while (file.ReadDataLine(line))
    {
        const std::vector<std::string_view> words = SplitWords(line, "|, \t");
        if (words.size() != 2)
        {
            file.Fail("expected an ASN and a country's code, found " + Quoted(line));
        }
        const Asn asn = ParseAsn(words[0], file);
        if (!IsCountryCode(words[1]))
        {
            file.Fail("expected a country's code such as RO, found " + Quoted(words[1]));
        }
        const auto as = graph.Find(asn);
        if (!as)
        {
            continue;
        }
        const auto [known, isNew] = countryOf.emplace(*as, words[1]);
        if (!isNew && known->second != words[1])
        {
            file.Fail("puts AS " + std::to_string(asn) + " into " + std::string(words[1]) +
                      ", a line before it into " + known->second);
        }
    }
    if (countryOf.empty())
    {
        throw InputError(path, 0, "no AS of the AS graph is in it");
    }
    return CountryTable(graph.Size(), countryOf);
}

std::vector<AsPair>
ReadPairs(const std::string& path, const AsGraph& graph)
{
    TextFile file(path);
    std::vector<AsPair> pairs;
    std::string line;
    while (file.ReadDataLine(line))
    {
        const std::vector<std::string_view> words = SplitWords(line, " \t");
        if (words.size() != 2)
        {
            file.Fail("expected the ASNs of a client and a server, found " + Quoted(line));
        }
        const AsPair pair{FindAs(words[0], graph, file), FindAs(words[1], graph, file)};
        if (pair.client == pair.server)
        {
            file.Fail("AS " + std::string(words[0]) + " is both client and server");
        }
        pairs.push_back(pair);
    }
    if (pairs.empty())
    {
        throw InputError(path, 0, "there is no pair of ASes in it");
    }
    return pairs;
}

std::vector<Coalition>
ReadCoalitions(const std::string& path, const AsGraph& graph, const CountryTable& countries)
{
    TextFile file(path);
    std::vector<Coalition> coalitions;
    std::set<std::string> names;
    std::string line;
    while (file.ReadDataLine(line))
    {
        const std::vector<std::string_view> words = SplitWords(line, " \t");
        if (words.size() != 2)
        {
            file.Fail("expected a name and members joined by commas, found " + Quoted(line));
        }
        Coalition coalition{std::string(words[0]), {}};
        if (!names.insert(coalition.name).second)
        {
            file.Fail("coalition " + coalition.name + " comes a second time");
        }
        for (std::string_view member : SplitFields(words[1], ','))
        {
            if (!IsCountryCode(member))
            {
                coalition.members.push_back(FindAs(member, graph, file));
                continue;
            }
            const auto& codes = countries.Codes();
            const auto country = std::find(codes.begin(), codes.end(), member);
            if (country == codes.end())
            {
                file.Fail("no AS is known to be in country " + std::string(member));
            }
            for (AsIndex as = 0; as < graph.Size(); ++as)
            {
                if (countries.CountryOf(as) == country - codes.begin())
                {
                    coalition.members.push_back(as);
                }
            }
        }
        auto& members = coalition.members;
        std::sort(members.begin(), members.end());
        members.erase(std::unique(members.begin(), members.end()), members.end());
        coalitions.push_back(std::move(coalition));
    }
    if (coalitions.empty())
    {
        throw InputError(path, 0, "there is no coalition in it");
    }
    return coalitions;
}

} // namespace smkex
