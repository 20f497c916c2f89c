/*
 * SPDX-License-Identifier: GPL-2.0-only
 */
#include "smkex-exposure-report.h"

#include "smkex-exit-study.h"
#include "smkex-exposure-study.h"
#include "smkex-input-error.h"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace smkex
{

std::vector<AsIndex>
FindInOrder(const std::vector<Asn>& asns, const std::string& option, const AsGraph& graph)
{
    std::vector<AsIndex> ases;
    for (Asn asn : asns)
    {
        const auto as = graph.Find(asn);
        if (!as)
        {
            throw InputError(option, 0, "AS " + std::to_string(asn) + " is not in the AS graph");
        }
        ases.push_back(*as);
    }
    return ases;
}

std::vector<Asn>
AsnsOf(const AsGraph& graph, const std::vector<AsIndex>& ases)
{
    std::vector<Asn> asns(ases.size());
    std::transform(ases.begin(), ases.end(), asns.begin(), [&](AsIndex as) {
        return graph.AsnOf(as);
    });
    return asns;
}

namespace
{

using Json = nlohmann::ordered_json;

/** Writes the answers' lines; everything it needs has been checked. */
class ExposureReport
{
  public:
    ExposureReport(const AsInternet& internet,
                   const AttackerModel& model,
                   const InternetOptions& options,
                   std::ostream& out)
        : m_graph(internet.graph),
          m_model(model),
          m_options(options),
          m_out(out)
    {
    }

    void WritePair(const PairExposure& answer)
    {
        Json line{{"kind", "pair"},
                  {"client", m_graph.AsnOf(answer.pair.client)},
                  {"server", m_graph.AsnOf(answer.pair.server)},
                  {"clients", ToString(answer.homing)},
                  {"choices", answer.choices},
                  {"paths", nullptr},
                  {"exposed", nullptr},
                  {"on_both", nullptr}};
        if (answer.choices == 0)
        {
            m_out << line << '\n';
            return;
        }
        line["paths"] = {Path(answer.path1), Path(answer.path2)};
        Json& exposed = line["exposed"];
        Json& onBoth = line["on_both"];
        AddKind("as", true, answer.attackers.ases, exposed, onBoth, [&](std::uint32_t id) {
            return m_graph.AsnOf(id);
        });
        AddKind("country",
                !m_model.Countries().Empty(),
                answer.attackers.countries,
                exposed,
                onBoth,
                [&](std::uint32_t id) { return m_model.Countries().Codes()[id]; });
        AddKind("coalition",
                !m_model.Coalitions().empty(),
                answer.attackers.coalitions,
                exposed,
                onBoth,
                [&](std::uint32_t id) { return m_model.Coalitions()[id].name; });
        m_out << line << '\n';
    }

    void WriteSample(std::size_t pairs, const ExposureTally& tally)
    {
        Json line{{"kind", "sample"},
                  {"pairs", pairs},
                  {"unreachable", tally.Unreachable()},
                  {"sampled", IsSampled()},
                  {"seed", nullptr},
                  {"selection", ToString(m_options.question.selection)},
                  {"tie_break", ToString(m_options.tieBreak.rule)}};
        if (IsSampled())
        {
            line["seed"] = m_options.question.seed;
        }
        m_out << line << '\n';
    }

    void WriteShares(const ExposureTally& tally)
    {
        for (std::size_t kind = 0; kind < KindCount(m_model); ++kind)
        {
            for (ClientGroup group : CLIENT_GROUPS)
            {
                for (Direction direction : DIRECTIONS)
                {
                    for (const bool withEnds : {false, true})
                    {
                        WriteShare(tally, kind, group, direction, withEnds);
                    }
                }
            }
        }
    }

    void WriteWorst(const ExposureTally& tally)
    {
        const Direction direction = m_options.question.direction;
        const auto write = [&](Json line, std::size_t exposed) {
            line["direction"] = ToString(direction);
            AddShare(line, tally.Pairs(std::nullopt), exposed);
            m_out << line << '\n';
        };
        const std::vector<std::string>& codes = m_model.Countries().Codes();
        for (const auto& [as, exposed] : tally.WorstAses(direction, m_options.worst))
        {
            Json line{{"kind", "worst-as"}, {"asn", m_graph.AsnOf(as)}, {"country", nullptr}};
            const std::uint32_t country = m_model.Countries().CountryOf(as);
            if (country != CountryTable::UNKNOWN)
            {
                line["country"] = codes[country];
            }
            write(line, exposed);
        }
        for (const auto& [country, exposed] : tally.WorstCountries(direction, m_options.worst))
        {
            write({{"kind", "worst-country"}, {"country", codes[country]}}, exposed);
        }
    }

    void WriteExits(const ExitStudy& study)
    {
        for (std::size_t kind = 0; kind < KindCount(m_model); ++kind)
        {
            for (ClientGroup group : CLIENT_GROUPS)
            {
                WriteExitCurve(kind, study.Curve(kind, group));
            }
        }
    }

    /** \param differing by kind, the number of pairs whose answer is another */
    void WriteSensitivity(TieBreak::Rule rule,
                          const ExposureTally& tally,
                          const std::vector<std::size_t>& differing)
    {
        const Direction direction = m_options.question.direction;
        const std::size_t pairs = tally.Pairs(std::nullopt);
        for (std::size_t kind = 0; kind < differing.size() && pairs > 0; ++kind)
        {
            if (!HasKind(kind))
            {
                continue;
            }
            Json line{{"kind", "sensitivity"}, {"tie_break", ToString(rule)}};
            AddAttacker(line, kind);
            line["direction"] = ToString(direction);
            AddShare(line, pairs, tally.Exposed(kind, std::nullopt, direction, false));
            line["differing"] = differing[kind];
            m_out << line << '\n';
        }
    }

    /** Whether there is anybody of the kind to look for. */
    bool HasKind(std::size_t kind) const
    {
        return kind != 1 || !m_model.Countries().Empty();
    }

  private:
    bool IsSampled() const
    {
        return m_options.pairsToDraw > 0;
    }

    Json Path(const PathChoice& path) const
    {
        const auto asn = [&](AsIndex as) {
            return as == NO_AS ? Json(nullptr) : Json(m_graph.AsnOf(as));
        };
        return {{"provider", asn(path.provider)},
                {"exit", asn(path.exit)},
                {"forward", AsnsOf(m_graph, path.forward)},
                {"reverse", AsnsOf(m_graph, path.reverse)}};
    }

    template <typename Name>
    void AddKind(const char* key,
                 bool known,
                 const std::vector<Attacker>& attackers,
                 Json& exposed,
                 Json& onBoth,
                 Name name)
    {
        if (!known)
        {
            exposed[key] = nullptr;
            onBoth[key] = nullptr;
            return;
        }
        exposed[key] = AnyOnBothPaths(attackers, m_options.question.direction, false);
        for (Direction direction : DIRECTIONS)
        {
            Json& list = onBoth[key][ToString(direction)] = Json::array();
            for (const Attacker& attacker : attackers)
            {
                if (IsOnBothPaths(attacker.places, direction))
                {
                    list.push_back(name(attacker.id));
                }
            }
        }
    }

    /** Number of pairs, of those exposed, their share, and its interval where pairs are drawn. */
    template <typename Count>
    void AddShare(Json& line, std::size_t pairs, Count exposed)
    {
        const auto successes = static_cast<double>(exposed);
        const auto trials = static_cast<double>(pairs);
        line["pairs"] = pairs;
        line["exposed"] = exposed;
        line["share"] = successes / trials;
        line["low"] = nullptr;
        line["high"] = nullptr;
        if (IsSampled())
        {
            const Interval interval = WilsonInterval(successes, trials);
            line["low"] = interval.low;
            line["high"] = interval.high;
        }
    }

    void AddAttacker(Json& line, std::size_t kind)
    {
        line["attacker"] = kind == 0 ? "as" : kind == 1 ? "country" : "coalition";
        line["coalition"] = kind < 2 ? Json(nullptr) : Json(m_model.Coalitions()[kind - 2].name);
    }

    void WriteShare(const ExposureTally& tally,
                    std::size_t kind,
                    ClientGroup group,
                    Direction direction,
                    bool withEnds)
    {
        if (!HasKind(kind) || tally.Pairs(group) == 0)
        {
            return;
        }
        Json line{{"kind", "share"}};
        AddAttacker(line, kind);
        line["clients"] = ToString(group);
        line["direction"] = ToString(direction);
        line["ends"] = withEnds ? "included" : "excluded";
        AddShare(line, tally.Pairs(group), tally.Exposed(kind, group, direction, withEnds));
        m_out << line << '\n';
    }

    void WriteExitCurve(std::size_t kind, const ExitCurve& curve)
    {
        if (!HasKind(kind) || curve.pairs == 0)
        {
            return;
        }
        for (std::size_t k = 0; k < curve.exposedAtBest.size(); ++k)
        {
            for (const bool atBest : {false, true})
            {
                Json line{{"kind", "exits"}};
                AddAttacker(line, kind);
                line["clients"] = ToString(curve.group);
                line["direction"] = ToString(m_options.question.direction);
                line["tunnels"] = m_options.sealedTunnels ? "sealed" : "plain";
                line["k"] = k;
                line["chosen"] = atBest ? "best" : "random";
                line["exits"] = nullptr;
                if (atBest)
                {
                    line["exits"] = AsnsOf(m_graph, {curve.best.begin(), curve.best.begin() + k});
                    AddShare(line, curve.pairs, curve.exposedAtBest[k]);
                }
                else
                {
                    AddShare(line, curve.pairs, curve.exposedAtRandom[k]);
                }
                m_out << line << '\n';
            }
        }
    }

    const AsGraph& m_graph;
    const AttackerModel& m_model;
    const InternetOptions& m_options;
    std::ostream& m_out;
};

/**
 * The same pairs under each tie-break, and how many answers are not those of the options'.
 *
 * \param known counts under the options' own
 * \param answers by pair, then by kind of attacker, under the options' own
 */
void
ReportSensitivity(const AsGraph& graph,
                  const std::vector<AsPair>& pairs,
                  const AttackerModel& model,
                  const std::vector<AsIndex>& exits,
                  const InternetOptions& options,
                  const ExposureTally& known,
                  const std::vector<std::vector<bool>>& answers,
                  ExposureReport& report)
{
    const std::size_t kinds = KindCount(model);
    for (TieBreak::Rule rule : TIE_BREAK_RULES)
    {
        std::vector<std::size_t> differing(kinds);
        if (rule == options.tieBreak.rule)
        {
            report.WriteSensitivity(rule, known, differing);
            continue;
        }
        const PathChoices choices(graph,
                                  {{rule, options.tieBreak.seed}, exits, options.sealedTunnels},
                                  pairs,
                                  options.jobs);
        ExposureTally tally(graph, model);
        std::size_t next = 0;
        const auto compare = [&](const PairExposure& answer) {
            tally.Add(answer);
            const auto exposed =
                ExposedTo(answer.attackers, kinds, options.question.direction, false);
            for (std::size_t kind = 0; kind < kinds; ++kind)
            {
                differing[kind] += exposed[kind] != answers[next][kind] ? 1 : 0;
            }
            ++next;
        };
        FindExposures(graph, choices, model, options.question, pairs, options.jobs, compare);
        report.WriteSensitivity(rule, tally, differing);
    }
}

} // namespace

void
ReportExposure(const AsInternet& internet, const InternetOptions& options, std::ostream& out)
{
    const AsGraph& graph = internet.graph;
    const std::vector<AsPair> pairs =
        options.pairsToDraw > 0 ? DrawPairs(graph, options.pairsToDraw, options.question.seed)
                                : ReadPairs(options.pairsFile, graph);
    const AttackerModel model(internet.countries,
                              options.coalitions.empty()
                                  ? std::vector<Coalition>{}
                                  : ReadCoalitions(options.coalitions, graph, internet.countries));
    const std::vector<AsIndex> exits = FindInOrder(options.exits, "--exits", graph);
    const std::vector<AsIndex> pool = options.exitPoolSize > 0
                                          ? BestConnectedAses(graph, options.exitPoolSize)
                                          : FindInOrder(options.exitPool, "--exitPool", graph);

    ExposureReport report(internet, model, options, out);
    ExposureTally tally(graph, model);
    std::vector<std::vector<bool>> answers; // kept for the comparison of tie-breaks only
    {
        const PathChoices choices(graph,
                                  {options.tieBreak, exits, options.sealedTunnels},
                                  pairs,
                                  options.jobs);
        FindExposures(graph,
                      choices,
                      model,
                      options.question,
                      pairs,
                      options.jobs,
                      [&](const PairExposure& answer) {
                          tally.Add(answer);
                          if (options.reportPairs)
                          {
                              report.WritePair(answer);
                          }
                          if (options.sensitivity)
                          {
                              answers.push_back(ExposedTo(answer.attackers,
                                                          KindCount(model),
                                                          options.question.direction,
                                                          false));
                          }
                      });
    }
    report.WriteSample(pairs.size(), tally);
    if (options.reportShares)
    {
        report.WriteShares(tally);
    }
    if (options.worst > 0)
    {
        report.WriteWorst(tally);
    }
    if (!pool.empty())
    {
        const PathChoices choices(graph,
                                  {options.tieBreak, pool, options.sealedTunnels},
                                  pairs,
                                  options.jobs);
        report.WriteExits(
            ExitStudy(graph, choices, model, options.question.direction, pairs, options.jobs));
    }
    if (options.sensitivity)
    {
        ReportSensitivity(graph, pairs, model, exits, options, tally, answers, report);
    }
}

} // namespace smkex
