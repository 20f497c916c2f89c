/*
 * SPDX-License-Identifier: GPL-2.0-only
 */
#include "smkex-experiment-runs.h"

#include "ns3/test.h"

using namespace ns3;

namespace
{

constexpr std::size_t SESSIONS = 200; //!< a cell

/** What all sessions of one cell come to. */
struct Cell
{
    std::string threat;
    bool clientExposed;
    bool serverExposed;
    bool mitm;
    bool accepted;       //!< by the client
    std::string failure; //!< the client's
    std::uint64_t plaintextExposed;
};

/** Some cells of the matrix of protocols and threats, from packets. */
class MatrixCase : public TestCase
{
  public:
    MatrixCase(const std::string& name, SmkexOptionValues options, std::vector<Cell> cells)
        : TestCase(name),
          m_options(std::move(options)),
          m_cells(std::move(cells))
    {
    }

  private:
    void DoRun() override
    {
        for (const Cell& cell : m_cells)
        {
            SmkexOptionValues options = m_options;
            if (!cell.threat.empty())
            {
                options.emplace_back("threat", cell.threat);
            }
            options.insert(options.end(),
                           {{"cryptoCost", "none"}, {"sessions", std::to_string(SESSIONS)}});
            const std::vector<SmkexRecord> records = RunExperiment(options);
            NS_TEST_ASSERT_MSG_EQ(records.size(), SESSIONS, cell.threat << ": all sessions run");
            Expect(records, cell, "client's key", cell.clientExposed, [](const SmkexVerdict& v) {
                return v.clientKeyExposed;
            });
            Expect(records, cell, "server's key", cell.serverExposed, [](const SmkexVerdict& v) {
                return v.serverKeyExposed;
            });
            Expect(records, cell, "both at once", cell.mitm, [](const SmkexVerdict& v) {
                return v.mitm;
            });
            const std::size_t accepted =
                CountRecords(records, [](const SmkexRecord& r) { return r.clientAccepted; });
            NS_TEST_EXPECT_MSG_EQ(accepted,
                                  (cell.accepted ? SESSIONS : 0),
                                  cell.threat << ": accepted");
            for (const SmkexRecord& record : records)
            {
                NS_TEST_EXPECT_MSG_EQ(NameOfFailure(record.clientFailure),
                                      cell.failure,
                                      cell.threat << ": the client's reason");
                NS_TEST_EXPECT_MSG_EQ(record.verdict.plaintextExposedBytes,
                                      cell.plaintextExposed,
                                      cell.threat << ": application data read");
            }
        }
    }

    void Expect(const std::vector<SmkexRecord>& records,
                const Cell& cell,
                const std::string& what,
                bool always,
                const std::function<bool(const SmkexVerdict&)>& holds)
    {
        const std::size_t count =
            CountRecords(records, [&holds](const SmkexRecord& r) { return holds(r.verdict); });
        NS_TEST_EXPECT_MSG_EQ(count, (always ? SESSIONS : 0), cell.threat << ": " << what);
    }

    SmkexOptionValues m_options;
    std::vector<Cell> m_cells;
};

constexpr bool NEVER = false;
constexpr bool ALWAYS = true;

/** A session in which attackers get nowhere. */
Cell
Safe(const std::string& threat)
{
    return {threat, NEVER, NEVER, NEVER, true, "none", 0};
}

/** A session in which one coalition has everything. */
Cell
Lost(const std::string& threat)
{
    return {threat, ALWAYS, ALWAYS, ALWAYS, true, "none", 2000};
}

/** A session that the client refuses; the server, whom nobody authenticates to, may be talked to.
 */
Cell
Refused(const std::string& threat, bool serverExposed, const std::string& reason)
{
    return {threat, NEVER, serverExposed, NEVER, false, reason, 0};
}

class SecretSharingMatrixSuite : public TestSuite
{
  public:
    SecretSharingMatrixSuite()
        : TestSuite("smkex-secret-sharing-matrix", UNIT)
    {
        const Cell bothReplaced{"A/A", NEVER, ALWAYS, NEVER, true, "record-authentication", 1000};
        const Cell oneReplaced{"A", NEVER, NEVER, NEVER, true, "path-closed", 0};
        AddTestCase(new MatrixCase("Two paths: who reads both has the key; two who do not talk get "
                                   "the server's only",
                                   {{"protocol", "secret-sharing"}},
                                   {Safe("N"),
                                    Safe("P"),
                                    Safe("P/P"),
                                    Lost("P-P"),
                                    oneReplaced,
                                    Lost("A-P"),
                                    Lost("P-A"),
                                    bothReplaced,
                                    Lost("A-A")}),
                    QUICK);
        // Who reads one path knows what was agreed to be put on the other.
        const Cell readsOther{"A/P", NEVER, ALWAYS, NEVER, true, "path-closed", 0};
        const Cell readsFirst{"P/A", NEVER, ALWAYS, NEVER, true, "path-closed", 0};
        AddTestCase(new MatrixCase("Two paths, a reader and a writer who do not talk: the server's "
                                   "key is lost to the reader",
                                   {{"protocol", "secret-sharing"}},
                                   {readsOther, readsFirst}),
                    QUICK);
        AddTestCase(new MatrixCase("One router that both paths share is enough, reading or writing",
                                   {{"protocol", "secret-sharing"},
                                    {"hops", "2"},
                                    {"sharedHops", "1"},
                                    {"adversary", "1:2:passive:eve"}},
                                   {Lost("")}),
                    QUICK);
        const SmkexOptionValues three{{"protocol", "secret-sharing"}, {"paths", "3"}};
        Cell threeReplaced = bothReplaced;
        threeReplaced.threat = "A/A/A";
        Cell readsTheLast{"A-P-P", ALWAYS, ALWAYS, ALWAYS, true, "none", 2000};
        Cell lastOutOfReach{"A-A", NEVER, NEVER, NEVER, true, "path-closed", 0};
        Cell readerKnowsPlan{"P/A/A", NEVER, ALWAYS, NEVER, true, "path-closed", 0};
        AddTestCase(new MatrixCase("Three paths: two are not enough, three are",
                                   three,
                                   {Safe("P-P"),
                                    Lost("P-P-P"),
                                    readsTheLast,
                                    lastOutOfReach,
                                    threeReplaced,
                                    readerKnowsPlan}),
                    QUICK);
        AddTestCase(new MatrixCase("Unequal paths, loss and more hops: the cells stay",
                                   {{"protocol", "secret-sharing"},
                                    {"rtt", "5ms,60ms"},
                                    {"loss", "0.02"},
                                    {"hops", "2"}},
                                   {Safe("N"), Safe("P"), Lost("P-P"), Lost("A-A")}),
                    QUICK);
    }
};

class TrustMatrixSuite : public TestSuite
{
  public:
    TrustMatrixSuite()
        : TestSuite("smkex-trust-matrix", UNIT)
    {
        AddTestCase(new MatrixCase("dh, first contact: lost to whoever is active on path 1",
                                   {{"protocol", "dh"}, {"trust", "tofu-first"}},
                                   {Safe("N"),
                                    Safe("P"),
                                    Safe("P-P"),
                                    Lost("A"),
                                    Lost("A-P"),
                                    Safe("P-A"),
                                    Lost("A/A"),
                                    Lost("A-A")}),
                    QUICK);
        AddTestCase(new MatrixCase("dh, key pinned before: substituted shares are detected",
                                   {{"protocol", "dh"}, {"trust", "tofu-match"}},
                                   {Safe("N"),
                                    Safe("P"),
                                    Safe("P-P"),
                                    Refused("A", true, "pin-mismatch"),
                                    Refused("A-P", true, "pin-mismatch"),
                                    Safe("P-A"),
                                    Refused("A/A", true, "pin-mismatch"),
                                    Refused("A-A", true, "pin-mismatch")}),
                    QUICK);
        AddTestCase(new MatrixCase("dh, an announced rotation: attackers have no announcement",
                                   {{"protocol", "dh"}, {"trust", "tofu-rotation"}},
                                   {Safe("N"), Safe("P"), Refused("A", true, "pin-mismatch")}),
                    QUICK);
        AddTestCase(new MatrixCase(
                        "dh, another key pinned: refused, attackers or not",
                        {{"protocol", "dh"}, {"trust", "tofu-mismatch"}},
                        {Refused("N", false, "pin-mismatch"), Refused("A", true, "pin-mismatch")}),
                    QUICK);
        AddTestCase(
            new MatrixCase(
                "dh, a forged announcement fails",
                {{"protocol", "dh"}, {"trust", "tofu-match"}, {"strategy", "forge-rotation"}},
                {Refused("A", true, "pin-mismatch")}),
            QUICK);
        for (const char* trust : {"tofu-first", "tofu-match"})
        {
            AddTestCase(new MatrixCase(
                            std::string("dh, ") + trust +
                                ": the server's own signature does not fit other shares",
                            {{"protocol", "dh"}, {"trust", trust}, {"strategy", "relay-identity"}},
                            {Refused("A", true, "identity-signature")}),
                        QUICK);
        }
        AddTestCase(new MatrixCase("dh, pins kept from session to session: an attacker who was "
                                   "there first stays",
                                   {{"protocol", "dh"}, {"trust", "tofu-sequence"}},
                                   {Safe("N"), Lost("A")}),
                    QUICK);
    }
};

class SmkexTrustMatrixSuite : public TestSuite
{
  public:
    SmkexTrustMatrixSuite()
        : TestSuite("smkex-trust-over-paths-matrix", UNIT)
    {
        const Cell otherNonces{"P-A", NEVER, NEVER, NEVER, true, "path-closed", 0};
        AddTestCase(new MatrixCase("smkex, first contact: lost to A-A alone",
                                   {{"trust", "tofu-first"}},
                                   {Safe("N"),
                                    Safe("P"),
                                    Safe("P-P"),
                                    Refused("A", false, "binding-mismatch"),
                                    Refused("A-P", true, "binding-mismatch"),
                                    otherNonces,
                                    Refused("A/A", false, "binding-mismatch"),
                                    Lost("A-A")}),
                    QUICK);
        AddTestCase(new MatrixCase("smkex, key pinned before: A-A is detected, too",
                                   {{"trust", "tofu-match"}},
                                   {Safe("N"),
                                    Safe("P"),
                                    Safe("P-P"),
                                    Refused("A", false, "binding-mismatch"),
                                    Refused("A-P", true, "binding-mismatch"),
                                    otherNonces,
                                    Refused("A/A", false, "binding-mismatch"),
                                    Refused("A-A", true, "pin-mismatch")}),
                    QUICK);
        AddTestCase(new MatrixCase("smkex, key pinned before: A-A with the server's own signature",
                                   {{"trust", "tofu-match"}, {"strategy", "relay-identity"}},
                                   {Refused("A-A", true, "identity-signature")}),
                    QUICK);
        AddTestCase(new MatrixCase("smkex, an announced rotation: A-A has no announcement",
                                   {{"trust", "tofu-rotation"}},
                                   {Safe("N"), Refused("A-A", true, "pin-mismatch")}),
                    QUICK);
    }
};

SecretSharingMatrixSuite g_secretSharingMatrixSuite;
TrustMatrixSuite g_trustMatrixSuite;
SmkexTrustMatrixSuite g_smkexTrustMatrixSuite;

} // namespace
