/*
 * SPDX-License-Identifier: GPL-2.0-only
 */
#include "smkex-internet-options.h"

#include "smkex-exit-study.h"
#include "smkex-input-error.h"
#include "smkex-synthetic-internet.h"
#include "smkex-text-file.h"

#include <algorithm>
#include <map>
#include <set>
#include <thread>

namespace smkex
{

namespace
{

struct OptionHelp
{
    const char* name;
    const char* value; //!< empty: the option is a switch
    const char* help;
};

constexpr OptionHelp OPTIONS[] = {
    {"help", "", "this text"},
    {"asRel",
     "FILE|synthetic[:N]",
     "AS relationships in CAIDA's format, serial-1 or serial-2, plain, gzip or bzip2; or a made-up "
     "Internet of N ASes (default 2000, by --seed) with countries of its own. Always needed"},
    {"countries", "FILE", "lines 'ASN COUNTRY', separated by a blank, '|' or ','"},
    {"to", "ASN[,ASN]|all", "prints the routes to these ASes, one JSON object a line"},
    {"from", "ASN[,ASN]", "with --to: the routes of these ASes only"},
    {"census", "", "prints counts and mean length of the routes to each AS of --to (default: all)"},
    {"exposure", "", "prints who sits on both paths of clients and servers, as --report says"},
    {"pairs", "FILE|N", "with --exposure: lines 'CLIENT SERVER', or N pairs drawn at random"},
    {"coalitions",
     "FILE",
     "with --exposure: lines 'NAME MEMBER[,MEMBER]', members ASNs or countries' codes"},
    {"selection",
     "preferred|best|random",
     "with --exposure: which two of its paths a client takes: its BGP choice, those that the "
     "fewest attackers share, or any (default preferred)"},
    {"direction",
     "both|either|forward|reverse",
     "with --exposure: where an attacker must sit on each of the two paths, for 'best', the worst "
     "and the exits (default both)"},
    {"exits", "ASN[,ASN]", "with --exposure: tunnel exits that clients may use besides"},
    {"exitPool",
     "N|ASN,ASN[,ASN]",
     "with --exposure: how much k exits out of this pool help, at random and at best; N stands "
     "for the N ASes with the most neighbours"},
    {"tunnels",
     "plain|sealed",
     "with --exits or --exitPool: whether ASes between client and exit can read and change what "
     "a tunnel carries, or not (default plain)"},
    {"sensitivity", "", "with --exposure: the same pairs under every rule of --tieBreak"},
    {"report",
     "pairs,shares,worst",
     "with --exposure: what is printed: a line a pair; shares of the pairs exposed; the worst "
     "ASes and countries (default all of them)"},
    {"worst", "N", "with --exposure: length of the lists of the worst (default 10)"},
    {"tieBreak",
     "lowest-asn|highest-asn|hash",
     "which of equally good next hops an AS takes; hash is any, by --seed (default lowest-asn)"},
    {"seed", "N", "of everything random (default 1)"},
    {"jobs", "N", "threads (default: one a core); results do not depend on it"},
    {"writeAsRel", "FILE", "writes the graph as a serial-1 file"},
    {"writeCountries", "FILE", "writes the table of countries"},
};

constexpr std::size_t MAX_DRAWN_PAIRS = 10000000;

class Parser
{
  public:
    explicit Parser(const std::vector<std::string>& arguments)
    {
        for (const std::string& argument : arguments)
        {
            if (argument.rfind("--", 0) != 0)
            {
                throw InputError(argument,
                                 0,
                                 "not an option; options are --name=value, see --help");
            }
            const std::size_t equals = argument.find('=');
            const std::string name = argument.substr(2, equals - 2);
            const auto known =
                std::find_if(std::begin(OPTIONS), std::end(OPTIONS), [&](const OptionHelp& option) {
                    return name == option.name;
                });
            if (known == std::end(OPTIONS))
            {
                throw InputError("--" + name, 0, "there is no such option; --help lists them all");
            }
            const bool isSwitch = *known->value == '\0';
            if (!isSwitch && (equals == std::string::npos || equals + 1 == argument.size()))
            {
                Fail(name, std::string("a value is needed, ") + known->value);
            }
            const std::string value =
                equals == std::string::npos ? "true" : argument.substr(equals + 1);
            if (!m_values.emplace(name, value).second)
            {
                Fail(name, "given twice; once is allowed");
            }
        }
    }

    bool Has(const std::string& name) const
    {
        return m_values.count(name) > 0;
    }

    /** An option's value; "" where it is not given. */
    std::string Text(const std::string& name) const
    {
        const auto found = m_values.find(name);
        return found == m_values.end() ? "" : found->second;
    }

    bool Switch(const std::string& name) const
    {
        const std::string value = Has(name) ? Text(name) : "false";
        if (value != "true" && value != "false" && value != "1" && value != "0")
        {
            Fail(name, "takes no value, or true or false");
        }
        return value == "true" || value == "1";
    }

    /** A whole number in [least, most]; `otherwise` where the option is not given. */
    std::uint64_t Number(const std::string& name,
                         std::uint64_t least,
                         std::uint64_t most,
                         std::uint64_t otherwise) const
    {
        return Has(name) ? NumberIn(name, Text(name), least, most) : otherwise;
    }

    static std::uint64_t NumberIn(const std::string& name,
                                  const std::string& text,
                                  std::uint64_t least,
                                  std::uint64_t most)
    {
        const auto value = ParseUint32(text);
        if (!value || *value < least || *value > most)
        {
            Fail(name,
                 Quoted(text) + " is not a whole number from " + std::to_string(least) + " to " +
                     std::to_string(most));
        }
        return *value;
    }

    /** ASNs in the order given; empty where the option is not given. */
    std::vector<Asn> Asns(const std::string& name) const
    {
        std::vector<Asn> asns;
        std::set<Asn> seen;
        const std::string list = Text(name);
        for (std::string_view text :
             Has(name) ? SplitFields(list, ',') : std::vector<std::string_view>{})
        {
            const auto asn = ParseUint32(text);
            if (!asn || *asn == 0)
            {
                Fail(name, Quoted(text) + " is not an ASN, 1 to 4294967295");
            }
            if (!seen.insert(*asn).second)
            {
                Fail(name, "AS " + std::to_string(*asn) + " is given twice; once is allowed");
            }
            asns.push_back(*asn);
        }
        return asns;
    }

    /** The value whose ToString is the option's; `otherwise` where the option is not given. */
    template <typename Value, typename Values>
    Value Choice(const std::string& name, const Values& values, Value otherwise) const
    {
        std::string allowed;
        for (Value value : values)
        {
            if (Text(name) == ToString(value))
            {
                return value;
            }
            allowed += (allowed.empty() ? "" : ", ") + std::string(ToString(value));
        }
        if (Has(name))
        {
            Fail(name, Quoted(Text(name)) + " is none of " + allowed);
        }
        return otherwise;
    }

    /** \throws InputError for any of the options that is given */
    void Refuse(std::initializer_list<const char*> names, const std::string& reason) const
    {
        for (const char* name : names)
        {
            if (Has(name))
            {
                Fail(name, reason);
            }
        }
    }

    [[noreturn]] static void Fail(const std::string& name, const std::string& reason)
    {
        throw InputError("--" + name, 0, reason);
    }

  private:
    std::map<std::string, std::string> m_values;
};

bool
IsDigits(const std::string& text)
{
    return !text.empty() && text.find_first_not_of("0123456789") == std::string::npos;
}

InternetOptions::Task
ParseTask(const Parser& parser)
{
    using Task = InternetOptions::Task;
    if (parser.Switch("help"))
    {
        return Task::HELP;
    }
    const bool exposure = parser.Switch("exposure");
    const bool census = parser.Switch("census");
    if (exposure || census || parser.Has("to"))
    {
        parser.Refuse({"writeAsRel", "writeCountries"},
                      "does not go with --to, --census, --exposure");
    }
    if (exposure)
    {
        parser.Refuse({"to", "from", "census"}, "does not go with --exposure");
        return Task::EXPOSURE;
    }
    parser.Refuse({"pairs",
                   "coalitions",
                   "selection",
                   "direction",
                   "exits",
                   "exitPool",
                   "tunnels",
                   "sensitivity",
                   "report",
                   "worst"},
                  "goes with --exposure only");
    if (census)
    {
        parser.Refuse({"from"}, "does not go with --census, which counts all sources");
        return Task::CENSUS;
    }
    if (parser.Has("to"))
    {
        return Task::ROUTES;
    }
    parser.Refuse({"from"}, "goes with --to only");
    if (!parser.Has("writeAsRel") && !parser.Has("writeCountries"))
    {
        Parser::Fail(
            "to",
            "missing: one of --to, --census, --exposure, --writeAsRel, --writeCountries is "
            "needed, see --help");
    }
    return Task::WRITE;
}

void
ParseGraph(const Parser& parser, InternetOptions& options)
{
    const std::string synthetic = "synthetic";
    options.asRel = parser.Text("asRel");
    if (options.asRel.empty())
    {
        Parser::Fail("asRel", "missing: a file of AS relationships or synthetic[:N] is needed");
    }
    if (options.asRel.rfind(synthetic + ":", 0) == 0)
    {
        options.syntheticAses = Parser::NumberIn("asRel",
                                                 options.asRel.substr(synthetic.size() + 1),
                                                 MIN_SYNTHETIC_ASES,
                                                 MAX_SYNTHETIC_ASES);
        options.asRel = synthetic;
    }
    if (options.asRel == synthetic)
    {
        options.asRel.clear();
        parser.Refuse({"countries"}, "does not go with --asRel=synthetic, which has its own");
    }
    options.countries = parser.Text("countries");
    options.writeAsRel = parser.Text("writeAsRel");
    options.writeCountries = parser.Text("writeCountries");
    if (!options.writeCountries.empty() && options.countries.empty() && !options.asRel.empty())
    {
        Parser::Fail("writeCountries", "there are none: --countries is needed too");
    }
}

void
ParseReport(const Parser& parser, InternetOptions& options)
{
    options.worst = parser.Number("worst", 0, UINT32_MAX, options.worst);
    if (!parser.Has("report"))
    {
        return;
    }
    const std::string report = parser.Text("report");
    std::set<std::string_view> wanted;
    for (std::string_view part : SplitFields(report, ','))
    {
        if (part != "pairs" && part != "shares" && part != "worst")
        {
            Parser::Fail("report", Quoted(part) + " is none of pairs, shares, worst");
        }
        wanted.insert(part);
    }
    options.reportPairs = wanted.count("pairs") > 0;
    options.reportShares = wanted.count("shares") > 0;
    options.worst = wanted.count("worst") > 0 ? options.worst : 0;
}

void
ParseExposure(const Parser& parser, InternetOptions& options)
{
    const std::string pairs = parser.Text("pairs");
    if (pairs.empty())
    {
        Parser::Fail("pairs", "missing: --exposure needs a file of pairs or a number of them");
    }
    if (IsDigits(pairs))
    {
        options.pairsToDraw = Parser::NumberIn("pairs", pairs, 1, MAX_DRAWN_PAIRS);
    }
    else
    {
        options.pairsFile = pairs;
    }
    options.coalitions = parser.Text("coalitions");
    options.exits = parser.Asns("exits");
    if (IsDigits(parser.Text("exitPool")))
    {
        options.exitPoolSize = parser.Number("exitPool", 1, ExitStudy::MAX_POOL, 0);
    }
    else
    {
        options.exitPool = parser.Asns("exitPool");
    }
    if (options.exitPool.size() > ExitStudy::MAX_POOL)
    {
        Parser::Fail("exitPool", "at most " + std::to_string(ExitStudy::MAX_POOL) + " exits");
    }
    if (!parser.Has("exits") && !parser.Has("exitPool"))
    {
        parser.Refuse({"tunnels"}, "goes with --exits or --exitPool only");
    }
    const std::string tunnels = parser.Text("tunnels");
    if (parser.Has("tunnels") && tunnels != "plain" && tunnels != "sealed")
    {
        Parser::Fail("tunnels", Quoted(tunnels) + " is none of plain, sealed");
    }
    options.sealedTunnels = tunnels == "sealed";
    options.sensitivity = parser.Switch("sensitivity");
    options.question.selection = parser.Choice("selection", SELECTIONS, options.question.selection);
    options.question.direction = parser.Choice("direction", DIRECTIONS, options.question.direction);
    ParseReport(parser, options);
}

} // namespace

InternetOptions
ParseInternetOptions(const std::vector<std::string>& arguments)
{
    const Parser parser(arguments);
    InternetOptions options;
    options.task = ParseTask(parser);
    if (options.task == InternetOptions::Task::HELP)
    {
        return options;
    }
    ParseGraph(parser, options);
    const std::uint64_t seed = parser.Number("seed", 0, UINT32_MAX, 1);
    options.question.seed = seed;
    options.tieBreak = {parser.Choice("tieBreak", TIE_BREAK_RULES, TieBreak::Rule::LOWEST_ASN),
                        seed};
    constexpr unsigned MAX_JOBS = 1024;
    options.jobs =
        parser.Number("jobs", 1, MAX_JOBS, std::max(1U, std::thread::hardware_concurrency()));
    if (parser.Text("to") != "all")
    {
        options.to = parser.Asns("to");
    }
    options.from = parser.Asns("from");
    if (options.task == InternetOptions::Task::EXPOSURE)
    {
        ParseExposure(parser, options);
    }
    return options;
}

std::string
InternetHelp()
{
    std::string text =
        "smkex-internet: valley-free routes over AS relationships, and who sits on both paths of "
        "a multihomed client.\nOutput is one JSON object a line; doc/internet.rst explains the "
        "keys.\n\n";
    for (const OptionHelp& option : OPTIONS)
    {
        text +=
            std::string("  --") + option.name + (*option.value ? "=" : "") + option.value + "\n";
        constexpr std::size_t WIDTH = 84;
        std::string line = "     ";
        for (std::string_view word : SplitFields(option.help, ' '))
        {
            if (line.size() + 1 + word.size() > WIDTH)
            {
                text += line + "\n";
                line = "     ";
            }
            line += " " + std::string(word);
        }
        text += line + "\n";
    }
    return text;
}

} // namespace smkex
