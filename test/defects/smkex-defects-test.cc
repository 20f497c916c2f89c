/*
 * SPDX-License-Identifier: GPL-2.0-only
 */
#include "ns3/smkex-defects.h"
#include "ns3/smkex-experiment-options.h"
#include "ns3/smkex-experiment.h"
#include "ns3/smkex-failure.h"
#include "ns3/test.h"

#include <algorithm>
#include <functional>
#include <vector>

/**
 * \file
 * An attack suite that never wins proves nothing. Each case here runs one cell of the matrix of
 * protocols and threats twice, on simulated packets: as built, where the attack has to come out as
 * the matrix says, and with a defect planted, where the very same expectation has to fail.
 */

using namespace ns3;
using namespace smkex;

namespace
{

/** Plants defects for as long as it lives. */
class Planted
{
  public:
    explicit Planted(const std::vector<Defect>& defects)
    {
        unsigned mask = 0;
        for (const Defect defect : defects)
        {
            mask |= MaskOf(defect);
        }
        PlantDefects(mask);
    }

    ~Planted()
    {
        PlantDefects(0);
    }

    Planted(const Planted&) = delete;
    Planted& operator=(const Planted&) = delete;
};

constexpr std::size_t SESSIONS = 20;

/** The sessions of one cell of the matrix. */
struct Cell
{
    std::string protocol;
    std::string threat;
    std::string strategy;
    SmkexOptionValues more{};

    /** \return their records under \p defects; none where the options are refused */
    std::vector<SmkexRecord> Run(const std::vector<Defect>& defects) const
    {
        SmkexOptionValues values{{"protocol", protocol},
                                 {"threat", threat},
                                 {"strategy", strategy},
                                 {"cryptoCost", "none"},
                                 {"sessions", std::to_string(SESSIONS)}};
        values.insert(values.end(), more.begin(), more.end());
        std::vector<SmkexRecord> records;
        SmkexExperimentConfig config;
        if (ReadSmkexOptions(values, config).empty())
        {
            const Planted planted(defects);
            RunSmkexExperiment(config, [&records](const SmkexRecord& r) { records.push_back(r); });
        }
        return records;
    }
};

std::size_t
CountIf(const std::vector<SmkexRecord>& records,
        const std::function<bool(const SmkexRecord&)>& holds)
{
    return static_cast<std::size_t>(std::count_if(records.begin(), records.end(), holds));
}

/** \return in how many sessions the expectation `client_key_exposed` = false is broken */
std::size_t
CountExposed(const std::vector<SmkexRecord>& records)
{
    return CountIf(records, [](const SmkexRecord& r) { return r.verdict.clientKeyExposed; });
}

/** One cell, what stands in the attack's way, and what has to go for it to win. */
class DefectCase : public TestCase
{
  public:
    /**
     * \param name what it shows
     * \param cell the attack
     * \param tolerated planted on both sides: not enough for the attack to win
     * \param decisive planted in addition: now it wins
     * \param refusal how the client ends the session as long as it does not win
     */
    DefectCase(const std::string& name,
               Cell cell,
               std::vector<Defect> tolerated,
               const std::vector<Defect>& decisive,
               Failure refusal)
        : TestCase(name),
          m_cell(std::move(cell)),
          m_tolerated(std::move(tolerated)),
          m_refusal(refusal)
    {
        m_all = m_tolerated;
        m_all.insert(m_all.end(), decisive.begin(), decisive.end());
    }

  private:
    void DoRun() override
    {
        const std::vector<SmkexRecord> sound = m_cell.Run(m_tolerated);
        NS_TEST_ASSERT_MSG_EQ(sound.size(), SESSIONS, "as built, all sessions run");
        NS_TEST_EXPECT_MSG_EQ(CountExposed(sound), 0, "as built, no client's key is exposed");
        NS_TEST_EXPECT_MSG_EQ(CountIf(sound, [](const auto& r) { return r.clientAccepted; }),
                              0,
                              "as built, no client accepts");
        NS_TEST_EXPECT_MSG_EQ(
            CountIf(sound, [this](const auto& r) { return r.clientFailure == m_refusal; }),
            SESSIONS,
            "as built, all clients say " << NameOf(m_refusal));
        NS_TEST_EXPECT_MSG_EQ(CountIf(sound, [](const auto& r) { return r.verdict.detected; }),
                              SESSIONS,
                              "as built, the attack is detected");

        const std::vector<SmkexRecord> broken = m_cell.Run(m_all);
        NS_TEST_ASSERT_MSG_EQ(broken.size(), SESSIONS, "with the defect, all sessions run");
        NS_TEST_EXPECT_MSG_EQ(CountExposed(broken),
                              SESSIONS,
                              "with the defect, the matrix is violated in every session");
    }

    Cell m_cell;
    std::vector<Defect> m_tolerated;
    std::vector<Defect> m_all;
    Failure m_refusal;
};

/** Defects must not disturb honest sessions: it is the attack that makes the difference. */
class UnattackedCase : public TestCase
{
  public:
    UnattackedCase()
        : TestCase("NoAttackerWithEachDefect_ClientAcceptsAndNobodyHoldsItsKey")
    {
    }

  private:
    void DoRun() override
    {
        for (const Defect defect : {Defect::HashUnchecked,
                                    Defect::HashWithoutServerShare,
                                    Defect::NoArrivalPathCheck,
                                    Defect::NoncesOnPath1,
                                    Defect::NoPublicKeyValidation,
                                    Defect::PinUnchecked,
                                    Defect::IdentityUnchecked})
        {
            const auto records = Cell{"smkex", "N", "substitute"}.Run({defect});
            NS_TEST_ASSERT_MSG_EQ(records.size(), SESSIONS, "all sessions run");
            for (const SmkexRecord& record : records)
            {
                const auto number = static_cast<unsigned>(defect);
                NS_TEST_EXPECT_MSG_EQ(record.clientAccepted, true, "defect " << number);
                NS_TEST_EXPECT_MSG_EQ(record.serverAccepted, true, "defect " << number);
                NS_TEST_EXPECT_MSG_EQ(record.verdict.mismatch, false, "defect " << number);
                NS_TEST_EXPECT_MSG_EQ(record.verdict.clientKeyExposed, false, "defect " << number);
            }
        }
    }
};

/** Without any defect this build is the ordinary one: its attackers win where they ought to. */
class SoundBuildCase : public TestCase
{
  public:
    SoundBuildCase()
        : TestCase("NoDefect_TheSameAttackersWinWhereTheMatrixSaysSo")
    {
    }

  private:
    void DoRun() override
    {
        NS_TEST_EXPECT_MSG_EQ(CountExposed(Cell{"smkex", "A-A", "substitute"}.Run({})),
                              SESSIONS,
                              "both paths, together");
        NS_TEST_EXPECT_MSG_EQ(CountExposed(Cell{"dh", "A", "substitute"}.Run({})),
                              SESSIONS,
                              "without a second path");
        NS_TEST_EXPECT_MSG_EQ(CountExposed(Cell{"smkex", "A/A", "substitute"}.Run({})),
                              0,
                              "both paths, each for itself");
    }
};

class DefectsSuite : public TestSuite
{
  public:
    DefectsSuite()
        : TestSuite("smkex-defects", UNIT)
    {
        const SmkexOptionValues slowSecondPath{{"rtt", "20ms,40ms"}};
        Add("HashUnchecked_SubstitutedSharesWinOnAP",
            {"smkex", "A-P", "substitute"},
            {},
            {Defect::HashUnchecked},
            Failure::BindingMismatch);
        Add("HashWithoutServerShare_SubstitutedServerShareWinsOnAP",
            {"smkex", "A-P", "substitute-server-share"},
            {},
            {Defect::HashWithoutServerShare},
            Failure::BindingMismatch);
        Add("NoArrivalPathCheck_InjectedHashWinsOnAP",
            {"smkex", "A-P", "inject-binding", slowSecondPath},
            {},
            {Defect::NoArrivalPathCheck},
            Failure::WrongPath);
        Add("NoncesOnPath1_InjectedHashWinsOnAOnceItsPathIsNotChecked",
            {"smkex", "A", "inject-binding", slowSecondPath},
            {Defect::NoncesOnPath1},
            {Defect::NoArrivalPathCheck},
            Failure::WrongPath);
        Add("NoArrivalPathCheck_InjectedHashWinsOnAOnceNoncesAreOnPath1",
            {"smkex", "A", "inject-binding", slowSecondPath},
            {Defect::NoArrivalPathCheck},
            {Defect::NoncesOnPath1},
            Failure::BindingMismatch);
        Add("NoPublicKeyValidation_LowOrderShareWinsOnADh",
            {"dh", "A", "low-order-share"},
            {},
            {Defect::NoPublicKeyValidation},
            Failure::ZeroSharedSecret);
        Add("NoPublicKeyValidation_LowOrderShareWinsOnAA",
            {"smkex", "A-A", "low-order-share"},
            {},
            {Defect::NoPublicKeyValidation},
            Failure::ZeroSharedSecret);
        const SmkexOptionValues pinned{{"trust", "tofu-match"}};
        Add("PinUnchecked_AttackersOwnKeyWinsOnADh",
            {"dh", "A", "substitute", pinned},
            {},
            {Defect::PinUnchecked},
            Failure::PinMismatch);
        Add("PinUnchecked_AttackersOwnKeyWinsOnAA",
            {"smkex", "A-A", "substitute", pinned},
            {},
            {Defect::PinUnchecked},
            Failure::PinMismatch);
        Add("IdentityUnchecked_ServersOwnSignatureOfOtherSharesWinsOnADh",
            {"dh", "A", "relay-identity", pinned},
            {},
            {Defect::IdentityUnchecked},
            Failure::IdentitySignature);
        Add("IdentityUnchecked_ServersOwnSignatureOfOtherSharesWinsOnAA",
            {"smkex", "A-A", "relay-identity", pinned},
            {},
            {Defect::IdentityUnchecked},
            Failure::IdentitySignature);
        AddTestCase(new UnattackedCase, TestCase::QUICK);
        AddTestCase(new SoundBuildCase, TestCase::QUICK);
    }

  private:
    void Add(const std::string& name,
             const Cell& cell,
             const std::vector<Defect>& tolerated,
             const std::vector<Defect>& decisive,
             Failure refusal)
    {
        AddTestCase(new DefectCase(name, cell, tolerated, decisive, refusal), TestCase::QUICK);
    }
};

const DefectsSuite g_defectsSuite;

} // namespace
