/*
 * SPDX-License-Identifier: GPL-2.0-only
 */
#include "smkex-experiment-runs.h"

#include "ns3/smkex-threat.h"
#include "ns3/test.h"

#include <algorithm>
#include <fstream>
#include <sstream>

using namespace ns3;

namespace
{

constexpr std::uint64_t APP_BYTES = 2000; //!< both ways together, by default

/** One line of the expectation. */
struct Cell
{
    std::string protocol;
    std::string certificate;
    std::string threat;
    bool clientKey;
    bool serverKey;
};

bool
IsCertified(const Cell& cell)
{
    return cell.protocol == "tls" || cell.protocol == "mtls";
}

/** Tests run in the top folder. */
std::vector<Cell>
ReadExpectation()
{
    std::vector<Cell> cells;
    std::ifstream file("test/helper/attack-matrix.txt");
    for (std::string line; std::getline(file, line);)
    {
        std::istringstream words(line);
        Cell cell;
        std::string client;
        std::string server;
        if (words >> cell.protocol && cell.protocol != "#" &&
            words >> cell.threat >> client >> server)
        {
            const std::size_t plus = cell.protocol.find('+');
            cell.certificate =
                plus == std::string::npos ? "authentic" : cell.protocol.substr(plus + 1);
            cell.protocol.resize(std::min(plus, cell.protocol.size()));
            cell.clientKey = client == "exposed";
            cell.serverKey = server == "exposed";
            cells.push_back(cell);
        }
    }
    return cells;
}

/** Cells under some conditions, each session with a run number of its own. */
class MatrixCase : public TestCase
{
  public:
    /**
     * \param sessions of each cell, spread over the places
     * \param certified of protocols with certificates, or of those without
     */
    MatrixCase(const std::string& name,
               const SmkexOptionValues& conditions,
               std::uint64_t sessions,
               bool certified = false)
        : TestCase(name),
          m_conditions(conditions),
          m_sessions(sessions),
          m_certified(certified)
    {
    }

  protected:
    /** \return ways to place the adversaries of a threat */
    virtual std::vector<SmkexOptionValues> Places(const std::string& threat) const
    {
        return {{{"threat", threat}}};
    }

  private:
    void DoRun() override
    {
        const std::vector<Cell> cells = ReadExpectation();
        NS_TEST_ASSERT_MSG_EQ(cells.size() % 10, 0, "protocols, by ten threats");
        for (const Cell& cell : cells)
        {
            if (IsCertified(cell) != m_certified)
            {
                continue;
            }
            const std::vector<SmkexOptionValues> places = Places(cell.threat);
            const std::uint64_t sessions = std::max<std::uint64_t>(m_sessions, places.size());
            for (std::uint64_t run = 1; run <= sessions; ++run)
            {
                Check(cell,
                      RunExperiment(m_conditions + places[run % places.size()] +
                                    SmkexOptionValues{{"protocol", cell.protocol},
                                                      {"certificate", cell.certificate},
                                                      {"run", std::to_string(run)}}));
            }
        }
    }

    void Check(const Cell& cell, const std::vector<SmkexRecord>& records)
    {
        NS_TEST_ASSERT_MSG_EQ(records.size(), 1, "one session");
        const SmkexRecord& record = records.front();
        const SmkexVerdict& verdict = record.verdict;
        const std::string what =
            cell.protocol + " " + cell.certificate + " " + cell.threat + ": " + ToJson(record);
        const bool mitm = cell.clientKey && cell.serverKey;
        const std::uint64_t plaintext = mitm ? APP_BYTES : 0;
        NS_TEST_EXPECT_MSG_EQ(verdict.clientKeyExposed, cell.clientKey, what);
        // A client that is quick to go may leave a server without a key, where nonces are late or
        // lost.
        const bool isLeft = IsUneven() && !record.clientAccepted && !verdict.serverKeyExposed;
        const bool serverKey = cell.serverKey && !(isLeft && m_certified);
        NS_TEST_EXPECT_MSG_EQ(verdict.serverKeyExposed, serverKey, what);
        NS_TEST_EXPECT_MSG_EQ(verdict.mitm, mitm, what);
        NS_TEST_EXPECT_MSG_EQ(verdict.plaintextExposedBytes, plaintext, what);
        NS_TEST_EXPECT_MSG_EQ(verdict.downgraded, false, what);
        NS_TEST_EXPECT_MSG_EQ(record.threat.empty() || record.threat == cell.threat, true, what);
        const bool harmless = cell.threat.find('A') == std::string::npos;
        if (harmless || mitm)
        {
            NS_TEST_EXPECT_MSG_EQ(record.clientAccepted, true, what);
            NS_TEST_EXPECT_MSG_EQ(record.serverAccepted, true, what);
            NS_TEST_EXPECT_MSG_EQ(record.clientFailure.has_value(), false, what);
            NS_TEST_EXPECT_MSG_EQ(record.appBytesReceived, APP_BYTES, what);
            NS_TEST_EXPECT_MSG_EQ(verdict.mismatch, mitm && cell.protocol != "tcp", what);
        }
    }

    bool IsUneven() const
    {
        return std::any_of(m_conditions.begin(), m_conditions.end(), [](const auto& condition) {
            return condition.first == "loss" || condition.first == "rtt";
        });
    }

    SmkexOptionValues m_conditions;
    std::uint64_t m_sessions;
    bool m_certified;
};

/** Paths of three hops, the adversaries at every combination of them. */
class AnyHopCase : public MatrixCase
{
  public:
    AnyHopCase(const std::string& name,
               const SmkexOptionValues& conditions,
               std::uint64_t sessions,
               bool certified = false)
        : MatrixCase(name, conditions + SmkexOptionValues{{"hops", "3"}}, sessions, certified)
    {
    }

  private:
    std::vector<SmkexOptionValues> Places(const std::string& threat) const override
    {
        const auto adversaries = ReadSmkexThreat(threat, "substitute");
        std::vector<SmkexOptionValues> places{{}};
        for (const SmkexAdversaryConfig& adversary : *adversaries)
        {
            std::vector<SmkexOptionValues> more;
            for (const SmkexOptionValues& place : places)
            {
                for (const char* hop : {"1", "2", "3"})
                {
                    more.push_back(place + SmkexOptionValues{
                                               {"adversary",
                                                std::to_string(adversary.path) + ":" + hop + ":" +
                                                    (adversary.active ? "active" : "passive") +
                                                    ":" + adversary.coalition}});
                }
            }
            places = more;
        }
        return places;
    }
};

/** One active node on a hop that both paths share: for smkex like A-A. */
class SharedHopCase : public TestCase
{
  public:
    explicit SharedHopCase(std::uint64_t runs)
        : TestCase("An attacker on a hop that both paths share wins like A-A"),
          m_runs(runs)
    {
    }

  private:
    void DoRun() override
    {
        for (const auto& [hops, shared, hop] :
             {std::array{"1", "1", "1"}, std::array{"3", "1", "3"}, std::array{"3", "2", "2"}})
        {
            for (std::uint64_t run = 1; run <= m_runs; ++run)
            {
                const SmkexOptionValues options{{"hops", hops},
                                                {"sharedHops", shared},
                                                {"run", std::to_string(run)}};
                CheckActive(options, hop);
                CheckPassive(options, hop);
            }
        }
    }

    void CheckActive(const SmkexOptionValues& options, const std::string& hop)
    {
        for (const std::string path : {"1", "2"}) // either name is the same router
        {
            const SmkexRecord record =
                RunExperiment(options +
                              SmkexOptionValues{{"adversary", path + ":" + hop + ":active:one"}})
                    .front();
            NS_TEST_EXPECT_MSG_EQ(record.verdict.clientKeyExposed, true, ToJson(record));
            NS_TEST_EXPECT_MSG_EQ(record.verdict.mitm, true, ToJson(record));
            NS_TEST_EXPECT_MSG_EQ(record.verdict.plaintextExposedBytes, APP_BYTES, ToJson(record));
            NS_TEST_EXPECT_MSG_EQ(record.appBytesReceived, APP_BYTES, ToJson(record));
        }
    }

    void CheckPassive(const SmkexOptionValues& options, const std::string& hop)
    {
        const SmkexRecord record =
            RunExperiment(options + SmkexOptionValues{{"adversary", "1:" + hop + ":passive:one"}})
                .front();
        NS_TEST_EXPECT_MSG_EQ(record.verdict.clientKeyExposed, false, ToJson(record));
        NS_TEST_EXPECT_MSG_EQ(record.verdict.plaintextExposedBytes, 0, ToJson(record));
        NS_TEST_EXPECT_MSG_EQ(record.appBytesReceived, APP_BYTES, ToJson(record));
    }

    std::uint64_t m_runs;
};

class AttackMatrixSuite : public TestSuite
{
  public:
    AttackMatrixSuite()
        : TestSuite("smkex-attack-matrix", UNIT)
    {
        const auto add = [this](const std::string& what, const SmkexOptionValues& conditions) {
            AddTestCase(new MatrixCase(what, conditions, 200), QUICK);
        };
        add("The matrix is as the theorems have it", {});
        add("The matrix is the same at 2 % loss", {{"loss", "0.02"}});
        add("The matrix is the same over IPv6", {{"ipVersion", "6"}});
        add("The matrix is the same with P-256", {{"group", "p256"}});
        add("The matrix is the same on paths of different delays",
            {{"rtt", "20ms,50ms"}, {"jitter", "2ms"}});
        AddTestCase(
            new AnyHopCase("The matrix is the same on paths of 3 hops, adversaries at any of them",
                           {},
                           200),
            QUICK);
        AddTestCase(new SharedHopCase(20), QUICK);
    }
};

/** Protocols with certificates compute a lot: fewer sessions under further conditions. */
class CertifiedMatrixSuite : public TestSuite
{
  public:
    CertifiedMatrixSuite()
        : TestSuite("smkex-attack-matrix-tls", UNIT)
    {
        const auto add = [this](const std::string& what,
                                const SmkexOptionValues& conditions,
                                std::uint64_t sessions) {
            AddTestCase(new MatrixCase(what, conditions, sessions, true), QUICK);
        };
        add("The matrix of TLS is as the theorems have it", {}, 200);
        add("The matrix of TLS is the same at 2 % loss", {{"loss", "0.02"}}, 50);
        add("The matrix of TLS is the same over IPv6", {{"ipVersion", "6"}}, 20);
        add("The matrix of TLS is the same with P-256", {{"group", "p256"}}, 20);
        add("The matrix of TLS is the same on paths of different delays",
            {{"rtt", "20ms,50ms"}, {"jitter", "2ms"}},
            50);
        AddTestCase(
            new AnyHopCase("The matrix of TLS is the same on paths of 3 hops", {}, 20, true),
            QUICK);
    }
};

/** The same table, whatever carries the paths. */
class AttackMatrixMptcpSuite : public TestSuite
{
  public:
    AttackMatrixMptcpSuite()
        : TestSuite("smkex-attack-matrix-mptcp", UNIT)
    {
        const auto add = [this](const std::string& what, const SmkexOptionValues& conditions) {
            AddTestCase(new MatrixCase("The matrix is the same " + what, conditions, 200), QUICK);
        };
        add("over Multipath TCP", {{"transport", "mptcp"}});
        add("over Multipath TCP with DSS checksums and a slow side channel",
            {{"transport", "mptcp"},
             {"ns3::MptcpSocket::Checksum", "true"},
             {"sideChannelDelay", "30ms"}});
        add("over Multipath TCP with join data", {{"transport", "mptcp-join-data"}});
        add("over Multipath TCP at 2 % loss, IPv6",
            {{"transport", "mptcp"}, {"loss", "0.02"}, {"ipVersion", "6"}});
        add("over Multipath TCP with join data at 2 % loss on paths of different delays",
            {{"transport", "mptcp-join-data"}, {"loss", "0.02"}, {"rtt", "20ms,50ms"}});
    }
};

/** Everything at once, and each place of the adversaries as often as the cells above. */
class AttackMatrixExhaustiveSuite : public TestSuite
{
  public:
    AttackMatrixExhaustiveSuite()
        : TestSuite("smkex-attack-matrix-exhaustive", UNIT)
    {
        AddTestCase(
            new AnyHopCase("The matrix is the same for every combination of hops", {}, 1800),
            QUICK);
        AddTestCase(new AnyHopCase("The matrix is the same for every combination of hops, over "
                                   "IPv6 at 5 % loss with P-256",
                                   {{"ipVersion", "6"}, {"loss", "0.05"}, {"group", "p256"}},
                                   450),
                    QUICK);
        AddTestCase(new AnyHopCase("The matrix of TLS is the same for every combination of hops, "
                                   "over IPv6 at 5 % loss with P-256",
                                   {{"ipVersion", "6"}, {"loss", "0.05"}, {"group", "p256"}},
                                   450,
                                   true),
                    QUICK);
        AddTestCase(new SharedHopCase(200), QUICK);
    }
};

const AttackMatrixSuite g_attackMatrixSuite;
const CertifiedMatrixSuite g_certifiedMatrixSuite;
const AttackMatrixMptcpSuite g_attackMatrixMptcpSuite;
const AttackMatrixExhaustiveSuite g_attackMatrixExhaustiveSuite;

} // namespace
