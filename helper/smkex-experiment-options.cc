/*
 * SPDX-License-Identifier: GPL-2.0-only
 */
#include "smkex-experiment-options.h"

#include "smkex-cost-profiles.h"
#include "smkex-ns3-defaults.h"
#include "smkex-option-values.h"
#include "smkex-threat.h"
#include "smkex-trust-setup.h"

#include "ns3/smkex-strategy.h"

#include <algorithm>
#include <cstring>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <unistd.h>

namespace ns3
{

namespace
{

constexpr std::uint32_t MAX_HOPS = 32;
/** Of ns-3's generator, whose second modulus is one above. */
constexpr std::uint32_t MAX_SEED = 4294944442;

/** Reads options one after the other; the first error stays. */
class OptionReader
{
  public:
    OptionReader(const SmkexOptionValues& values, SmkexExperimentConfig& config)
        : m_config(config)
    {
        for (const SmkexOption& option : SmkexOptions())
        {
            if (!option.repeatable)
            {
                m_values[option.name] = option.defaultValue;
            }
        }
        std::set<std::string> given;
        for (const auto& [name, value] : values)
        {
            Take(name, value, given);
        }
    }

    std::string Read()
    {
        ReadNames();
        ReadNumbers();
        ReadPaths();
        ReadAdversaries();
        CheckTogether();
        ReadOutputs();
        ReadCosts();
        return m_error;
    }

  private:
    void Take(const std::string& name, const std::string& value, std::set<std::string>& given)
    {
        if (name == "adversary")
        {
            m_adversaries.push_back(value);
        }
        else if (m_values.count(name) != 0)
        {
            if (!given.insert(name).second)
            {
                Fail(name, "is given more than once");
            }
            m_values[name] = value;
        }
        else if (const std::string problem = CheckNs3Default(name, value); problem.empty())
        {
            m_config.ns3Defaults.emplace_back(name, value);
        }
        else
        {
            Fail(name, problem);
        }
        m_given = given;
    }

    void Fail(const std::string& name, const std::string& problem)
    {
        if (m_error.empty())
        {
            m_error = "--" + name + " " + problem;
        }
    }

    void FailValue(const std::string& name, const std::string& allowed)
    {
        Fail(name, "is '" + m_values[name] + "', but has to be " + allowed);
    }

    /** One of \p built; one of \p planned is refused by name. */
    std::string OneOf(const std::string& name,
                      const std::vector<std::string>& built,
                      const std::vector<std::string>& planned = {})
    {
        const std::string& value = m_values[name];
        std::string list;
        for (const std::string& item : built)
        {
            list += (list.empty() ? "" : ", ") + item;
        }
        if (std::find(planned.begin(), planned.end(), value) != planned.end())
        {
            Fail(name, value + " is not available in this version, which has " + list);
        }
        else if (std::find(built.begin(), built.end(), value) == built.end())
        {
            FailValue(name, built.size() == 1 ? list : "one of " + list);
        }
        return value;
    }

    std::uint64_t Number(const std::string& name, std::uint64_t minimum, std::uint64_t maximum)
    {
        const std::optional<std::uint64_t> number = ReadNumber(m_values[name], maximum);
        if (!number || *number < minimum)
        {
            FailValue(name,
                      "a whole number from " + std::to_string(minimum) + " to " +
                          std::to_string(maximum));
            return minimum;
        }
        return *number;
    }

    Time PositiveTime(const std::string& name)
    {
        const std::optional<Time> time = ReadTime(m_values[name]);
        if (!time || time->IsZero())
        {
            FailValue(name, "a time above zero with its unit, such as 10s or 20ms");
            return Seconds(1);
        }
        return *time;
    }

    void ReadNames()
    {
        m_config.protocol = OneOf("protocol",
                                  {"smkex",
                                   "tcp",
                                   "dh",
                                   "tcpcrypt",
                                   "tcpcrypt-multipath",
                                   "tls",
                                   "mtls",
                                   "secret-sharing"});
        const SmkexProtocol* protocol = FindSmkexProtocol(m_config.protocol);
        const bool multipath = protocol && protocol->multipath;
        if (m_given.count("transport") == 0)
        {
            m_values["transport"] = multipath ? "parallel-tcp" : "tcp";
        }
        m_config.transport =
            OneOf("transport", {"parallel-tcp", "mptcp", "mptcp-join-data", "tcp"});
        if (multipath && m_config.transport == "tcp")
        {
            Fail("transport", "tcp has one path, and " + m_config.protocol + " needs several");
        }
        if (protocol && protocol->negotiates && m_config.transport.rfind("mptcp", 0) == 0)
        {
            Fail("transport",
                 m_config.transport + " does not negotiate by ENO, which " + m_config.protocol +
                     " needs");
        }
        OneOf("topology", {"multipath"});
        ReadCertificate();
        m_config.trust = OneOf("trust", SmkexTrustSetup::Modes());
        if (m_config.trust != "none" && m_config.protocol != "smkex" && m_config.protocol != "dh")
        {
            Fail("trust",
                 "is " + m_config.trust + ", but in " + m_config.protocol +
                     " no server's key is pinned: only none is allowed there, and the others are "
                     "for smkex and dh");
        }
        OneOf("fallback", {"fail-closed"}, {"fail-open"});
        const std::string group = OneOf("group", {"x25519", "p256"}, {"ffdhe2048"});
        m_config.group = FindSmkexGroup(group).value_or(smkex::Group::X25519);
        m_config.ipVersion = OneOf("ipVersion", {"4", "6"}) == "6" ? 6 : 4;
    }

    void ReadCertificate()
    {
        using smkex::TlsCertificate;
        const std::string value =
            OneOf("certificate", {"authentic", "rogue", "expired", "wrong-name"});
        for (const TlsCertificate certificate :
             {TlsCertificate::Rogue, TlsCertificate::Expired, TlsCertificate::WrongName})
        {
            if (value == smkex::NameOf(certificate))
            {
                m_config.forgedCertificate = certificate;
            }
        }
        const SmkexProtocol* protocol = FindSmkexProtocol(m_config.protocol);
        if (protocol && !protocol->certified && value != "authentic")
        {
            Fail("certificate",
                 "is '" + value + "', but --protocol=" + m_config.protocol +
                     " has no certificates");
        }
    }

    void ReadNumbers()
    {
        m_config.paths.resize(Number("paths", 1, smkex::MAX_PATHS));
        m_config.hops = Number("hops", 1, MAX_HOPS);
        m_config.sharedHops = Number("sharedHops", 0, MAX_HOPS);
        m_config.appBytes = Number("appBytes", 0, 100000000);
        m_config.sessions = Number("sessions", 1, 1000000000);
        m_config.seed = Number("seed", 1, MAX_SEED);
        m_config.run = Number("run", 0, INT64_MAX);
        m_config.timeout = PositiveTime("timeout");
        const std::optional<Time> delay = ReadTime(m_values["sideChannelDelay"]);
        if (!delay)
        {
            FailValue("sideChannelDelay", "a time with its unit, such as 5ms");
        }
        m_config.sideChannelDelay = delay.value_or(Time(0));
    }

    /** Reads an option with one value, or one a path. */
    void ForEachPath(const std::string& name,
                     const std::string& allowed,
                     const std::function<bool(SmkexPathConfig&, const std::string&)>& take)
    {
        const std::vector<std::string> pieces = SplitText(m_values[name], ',');
        if (pieces.size() != 1 && pieces.size() != m_config.paths.size())
        {
            Fail(name,
                 "has " + std::to_string(pieces.size()) +
                     " values, but has to have one, or one for " + "each of the " +
                     std::to_string(m_config.paths.size()) + " paths");
            return;
        }
        for (std::size_t i = 0; i < m_config.paths.size(); ++i)
        {
            if (!take(m_config.paths[i], pieces.size() == 1 ? pieces[0] : pieces[i]))
            {
                FailValue(name, allowed + ", or one such value a path, separated by commas");
            }
        }
    }

    void ReadPaths()
    {
        ForEachPath("rtt",
                    "a time above zero with its unit, such as 20ms",
                    [](SmkexPathConfig& path, const std::string& text) {
                        const std::optional<Time> time = ReadTime(text);
                        path.rtt = time.value_or(Time(0));
                        return path.rtt.IsStrictlyPositive();
                    });
        ForEachPath("rate",
                    "a rate from 1kbps to 1000Gbps with its unit, such as 100Mbps",
                    [](SmkexPathConfig& path, const std::string& text) {
                        const std::optional<DataRate> rate = ReadRate(text);
                        path.rate = rate.value_or(DataRate());
                        return rate.has_value();
                    });
        ForEachPath("loss",
                    "a probability, at least 0 and below 1",
                    [](SmkexPathConfig& path, const std::string& text) {
                        const std::optional<double> loss = ReadDecimal(text);
                        path.loss = loss.value_or(0);
                        return loss && *loss < 1;
                    });
        ForEachPath("jitter",
                    "a time with its unit, such as 1ms",
                    [](SmkexPathConfig& path, const std::string& text) {
                        const std::optional<Time> time = ReadTime(text);
                        path.jitter = time.value_or(Time(0));
                        return time.has_value();
                    });
        ForEachPath("queue",
                    "a queue length of at least 1 with its unit, such as 100p or 64KiB",
                    [](SmkexPathConfig& path, const std::string& text) {
                        path.queue = text;
                        return IsQueueLength(text);
                    });
    }

    void ReadAdversaries()
    {
        const std::string strategy = OneOf("strategy", smkex::StrategyNames());
        m_config.threat = m_values["threat"];
        const auto fromThreat = ReadSmkexThreat(m_config.threat, strategy);
        if (!fromThreat)
        {
            FailValue("threat",
                      "a letter a path (N, P or A) with - or / between them, such as N, A or A-P");
            return;
        }
        m_config.adversaries = *fromThreat;
        if (m_adversaries.empty())
        {
            return;
        }
        if (m_given.count("threat") != 0)
        {
            Fail("adversary", "and --threat exclude each other");
        }
        m_config.threat.clear();
        for (const std::string& text : m_adversaries)
        {
            const std::optional<SmkexAdversaryConfig> adversary =
                ReadSmkexAdversary(text, strategy);
            if (!adversary)
            {
                Fail("adversary",
                     "is '" + text +
                         "', but has to be path:hop:passive|active:coalition[:strategy], with path "
                         "and hop counted from 1");
                return;
            }
            m_config.adversaries.push_back(*adversary);
        }
    }

    void CheckTogether()
    {
        if (m_config.sharedHops > m_config.hops)
        {
            Fail("sharedHops",
                 "is " + std::to_string(m_config.sharedHops) + ", but there are only " +
                     std::to_string(m_config.hops) + " hops (--hops)");
        }
        const SmkexProtocol* protocol = FindSmkexProtocol(m_config.protocol);
        if (protocol && protocol->multipath && m_config.paths.size() < 2)
        {
            Fail("paths", "is 1, but " + m_config.protocol + " needs at least 2");
        }
        const std::size_t letters = m_values["threat"].size() / 2 + 1;
        if (letters > m_config.paths.size())
        {
            Fail("threat",
                 "is '" + m_values["threat"] + "', which names " + std::to_string(letters) +
                     " paths, but --paths is " + std::to_string(m_config.paths.size()));
        }
        if (m_adversaries.empty() && !m_config.adversaries.empty() &&
            m_config.sharedHops == m_config.hops)
        {
            Fail("threat",
                 "places adversaries at the first hop that is not shared, but --sharedHops makes "
                 "all shared: use --adversary");
        }
        const bool isTls = m_config.protocol == "tls" || m_config.protocol == "mtls";
        const bool isMptcp = m_config.transport.rfind("mptcp", 0) == 0;
        const bool anyActive = std::any_of(m_config.adversaries.begin(),
                                           m_config.adversaries.end(),
                                           [](const auto& adversary) { return adversary.active; });
        if (isTls && isMptcp && anyActive)
        {
            Fail("transport",
                 "is " + m_config.transport + ", over which adversaries cannot rewrite " +
                     m_config.protocol +
                     " in this version: its messages change their lengths; use parallel-tcp");
        }
        CheckPositions();
    }

    void CheckPositions()
    {
        std::set<std::pair<std::uint32_t, std::uint32_t>> taken;
        const std::vector<std::string> strategies = smkex::StrategyNames();
        const SmkexProtocol* protocol = FindSmkexProtocol(m_config.protocol);
        const bool negotiates = protocol && protocol->negotiates;
        for (const SmkexAdversaryConfig& adversary : m_config.adversaries)
        {
            if (adversary.path > m_config.paths.size() || adversary.hop > m_config.hops)
            {
                Fail("adversary",
                     "is at hop " + std::to_string(adversary.hop) + " of path " +
                         std::to_string(adversary.path) + ", but --paths is " +
                         std::to_string(m_config.paths.size()) + " and --hops is " +
                         std::to_string(m_config.hops));
            }
            const bool shared = adversary.hop > m_config.hops - m_config.sharedHops;
            if (!taken.insert({shared ? 0U : adversary.path, adversary.hop}).second)
            {
                Fail("adversary",
                     "is given twice for the router at hop " + std::to_string(adversary.hop) +
                         (shared ? ", which all paths share"
                                 : " of path " + std::to_string(adversary.path)));
            }
            if (std::find(strategies.begin(), strategies.end(), adversary.strategy) ==
                strategies.end())
            {
                Fail("adversary",
                     "has the strategy '" + adversary.strategy + "', which is unknown");
            }
            const SmkexProtocol* protocol = FindSmkexProtocol(m_config.protocol);
            if (protocol && protocol->certified && adversary.strategy != "substitute")
            {
                Fail("strategy",
                     "is '" + adversary.strategy + "', but against " + m_config.protocol +
                         " there is substitute only");
            }
            if (adversary.strategy == "strip-eno" && !negotiates)
            {
                Fail("strategy",
                     "strip-eno is for protocols that negotiate by ENO, which " +
                         m_config.protocol + " does not");
            }
        }
    }

    void ReadOutputs()
    {
        for (const auto& [name, target] :
             {std::pair{"pcap", &m_config.pcapPrefix}, std::pair{"trace", &m_config.tracePrefix}})
        {
            const std::string& prefix = m_values[name];
            if (prefix.empty())
            {
                continue;
            }
            *target = prefix;
            const std::size_t slash = prefix.rfind('/');
            const std::string folder =
                slash == std::string::npos ? "." : prefix.substr(0, slash + 1);
            if (access(folder.c_str(), W_OK | X_OK) != 0)
            {
                Fail(name,
                     "is '" + prefix + "', but files cannot be written in " + folder + ": " +
                         std::strerror(errno));
            }
        }
    }

    void ReadCosts()
    {
        std::string problem;
        m_config.costs = LoadSmkexCostProfile(m_values["cryptoCost"], problem);
        if (!m_config.costs)
        {
            Fail("cryptoCost", problem);
        }
    }

    SmkexExperimentConfig& m_config;
    std::map<std::string, std::string> m_values;
    std::vector<std::string> m_adversaries;
    std::set<std::string> m_given;
    std::string m_error;
};

} // namespace

const std::vector<SmkexOption>&
SmkexOptions()
{
    static const std::vector<SmkexOption> options{
        {"protocol",
         "smkex",
         "key exchange: smkex, tcp, dh, tcpcrypt, tcpcrypt-multipath, tls, mtls, secret-sharing"},
        {"transport",
         "parallel-tcp",
         "parallel-tcp, mptcp (RFC 8684), mptcp-join-data (an extension: payload on the SYN of a "
         "join) or tcp, which protocols of a single path use unless told otherwise"},
        {"ipVersion", "4", "Internet Protocol: 4 or 6"},
        {"paths", "2", "number of paths, 1 to 8"},
        {"rtt", "20ms", "round-trip time of a path, all links together", true},
        {"rate", "100Mbps", "rate of the links of a path", true},
        {"loss", "0", "probability that a path loses a packet, a direction, in [0, 1)", true},
        {"jitter", "0ms", "longest additional delay of a packet, order kept", true},
        {"queue", "100p", "length of the queues in front of the links", true},
        {"hops", "1", "routers on a path, 1 to 32"},
        {"sharedHops", "0", "how many of them, from the server's end, all paths share"},
        {"topology", "multipath", "multipath"},
        {"threat",
         "N",
         "adversaries at the first hop that is not shared, a letter a path: N, P (passive) or A "
         "(active), with - between those who communicate and / between those who do not"},
        {"adversary",
         "",
         "one adversary, path:hop:passive|active:coalition[:strategy], instead of --threat",
         false,
         true},
        {"strategy", "substitute", "what active adversaries do"},
        {"sideChannelDelay", "0ms", "delay of what a coalition tells its members"},
        {"certificate",
         "authentic",
         "what an active adversary shows a TLS client in the place of the server's certificate: "
         "rogue (of a corrupted authority, valid), expired, wrong-name, or authentic (it has "
         "none but a self-signed one); who meets no adversary meets the authentic server"},
        {"trust",
         "none",
         "what the client knows of the server's long-term key, for smkex and dh: none (there is "
         "none), tofu-first (no pin yet), tofu-match (pinned), tofu-mismatch (another key is "
         "pinned), tofu-rotation (an earlier key is pinned, which announces this one), "
         "tofu-sequence (no pin yet, and pins stay from session to session)"},
        {"fallback", "fail-closed", "fail-closed"},
        {"group", "x25519", "Diffie-Hellman group: x25519 or p256"},
        {"cryptoCost", "measured", "time that cryptography takes: measured, none, or a file"},
        {"timeout", "10s", "the client gives up after this time"},
        {"appBytes", "1000", "application bytes each way after the exchange"},
        {"sessions", "1", "sessions, one after another, in one simulation"},
        {"seed", "1", "seed of the random number generator"},
        {"run", "1", "run number: independent streams for the same seed"},
        {"pcap", "", "prefix of capture files, one a node and device"},
        {"trace", "", "prefix of text traces, one a node and device"},
    };
    return options;
}

std::string
ReadSmkexOptions(const SmkexOptionValues& values, SmkexExperimentConfig& config)
{
    config = SmkexExperimentConfig();
    return OptionReader(values, config).Read();
}

} // namespace ns3
