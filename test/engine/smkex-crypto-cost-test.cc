/*
 * SPDX-License-Identifier: GPL-2.0-only
 */
#include "smkex-crypto-test-doubles.h"

#include "ns3/smkex-crypto-cost.h"
#include "ns3/smkex-embedded-profiles.h"
#include "ns3/test.h"

#include <algorithm>
#include <cmath>

using namespace ns3;
using namespace smkex;

namespace
{

const std::string COMPLETE = "# a host\n"
                             "\n"
                             "key-generation-x25519 1000 0 0.1\n"
                             "key-generation-p256 2000 0 0.2 # slow\n"
                             "agreement-x25519 3000 0 0.3\n"
                             "\tagreement-p256\t4000.5  0   1e-1\r\n"
                             "hash-sha256 50 1.5 0\n"
                             "kdf-hkdf-sha256 6e2 0.25 0.05\n"
                             "sign-ed25519 7000 2 3\n"
                             "verify-ed25519 8000 2 0\n"
                             "seal-aes128-gcm 90 0.5 0\n"
                             "open-aes128-gcm 0 0 0";

/** COMPLETE with line \p number (from 1 on) replaced. */
std::string
WithLine(std::size_t number, const std::string& replacement)
{
    std::size_t begin = 0;
    for (std::size_t line = 1; line < number; ++line)
    {
        begin = COMPLETE.find('\n', begin) + 1;
    }
    std::string text = COMPLETE;
    return text.replace(begin, COMPLETE.find('\n', begin) - begin, replacement);
}

class ParseCase : public TestCase
{
  public:
    ParseCase()
        : TestCase("A profile is read with its comments, blanks and any order of lines")
    {
    }

  private:
    void DoRun() override
    {
        CostProfile profile;
        std::string error;
        NS_TEST_ASSERT_MSG_EQ(profile.Parse(COMPLETE, error), true, error);
        const auto& p256 = profile.Of(Operation::AgreementP256);
        NS_TEST_EXPECT_MSG_EQ(p256.medianNs, 4000.5, "median");
        NS_TEST_EXPECT_MSG_EQ(p256.perByteNs, 0, "cost per octet");
        NS_TEST_EXPECT_MSG_EQ(p256.spread, 0.1, "spread");
        NS_TEST_EXPECT_MSG_EQ(profile.Of(Operation::KeyGenerationX25519).medianNs, 1000, "first");
        NS_TEST_EXPECT_MSG_EQ(profile.Of(Operation::KdfHkdfSha256).medianNs, 600, "6e2");
        NS_TEST_EXPECT_MSG_EQ(profile.Of(Operation::HashSha256).perByteNs, 1.5, "1.5");
        NS_TEST_EXPECT_MSG_EQ(profile.Of(Operation::SignEd25519).spread, 3, "the largest spread");
        NS_TEST_EXPECT_MSG_EQ(profile.Of(Operation::OpenAes128Gcm).medianNs, 0, "last, no newline");

        CostProfile reversed;
        std::string backwards;
        std::size_t end = COMPLETE.size();
        while (end != std::string::npos)
        {
            const std::size_t before = end == 0 ? std::string::npos : COMPLETE.rfind('\n', end - 1);
            const std::size_t begin = before == std::string::npos ? 0 : before + 1;
            backwards += COMPLETE.substr(begin, end - begin) + '\n';
            end = before;
        }
        NS_TEST_ASSERT_MSG_EQ(reversed.Parse(backwards, error), true, error);
        NS_TEST_EXPECT_MSG_EQ(reversed.ToText(), profile.ToText(), "in reverse order");
    }
};

class RoundTripCase : public TestCase
{
  public:
    RoundTripCase()
        : TestCase("The text form is read back to the same numbers, to the last bit")
    {
    }

  private:
    void DoRun() override
    {
        SeededNormalSource normal(3);
        CostProfile profile;
        for (std::size_t i = 0; i < OPERATION_COUNT; ++i)
        {
            profile.Set(static_cast<Operation>(i),
                        {std::exp(10 + normal.Draw()), std::exp(normal.Draw()), 1.0 / (3 + i)});
        }
        profile.Set(Operation::HashSha256, {1e12, 1e9, 3});
        profile.Set(Operation::SignEd25519, {1e-300, 5e-324, 0});
        CostProfile again;
        std::string error;
        NS_TEST_ASSERT_MSG_EQ(again.Parse(profile.ToText(), error), true, error);
        for (std::size_t i = 0; i < OPERATION_COUNT; ++i)
        {
            const auto operation = static_cast<Operation>(i);
            const OperationCost& expected = profile.Of(operation);
            const OperationCost& actual = again.Of(operation);
            NS_TEST_EXPECT_MSG_EQ(actual.medianNs, expected.medianNs, NameOf(operation));
            NS_TEST_EXPECT_MSG_EQ(actual.perByteNs, expected.perByteNs, NameOf(operation));
            NS_TEST_EXPECT_MSG_EQ(actual.spread, expected.spread, NameOf(operation));
        }
    }
};

class RefusalCase : public TestCase
{
  public:
    RefusalCase()
        : TestCase("A text that is no profile is refused by its line and leaves the old one")
    {
    }

  private:
    void Expect(const std::string& text, const std::string& sentence)
    {
        CostProfile profile;
        profile.Set(Operation::HashSha256, {77, 0, 0});
        const std::string before = profile.ToText();
        std::string error;
        NS_TEST_EXPECT_MSG_EQ(profile.Parse(text, error), false, text);
        NS_TEST_EXPECT_MSG_EQ(error, sentence, "what is said");
        NS_TEST_EXPECT_MSG_EQ(profile.ToText(), before, "unchanged");
    }

    void DoRun() override
    {
        Expect(WithLine(5, "agreement-x448 1 0 0"), "line 5: unknown operation 'agreement-x448'");
        Expect(WithLine(5, "Agreement-X25519 1 0 0"),
               "line 5: unknown operation 'Agreement-X25519'");
        Expect(WithLine(7, ""), "line 12: the profile ends without hash-sha256");
        Expect(WithLine(7, "# hash-sha256 50 1.5 0"),
               "line 12: the profile ends without hash-sha256");
        Expect("", "line 0: the profile ends without key-generation-x25519");
        Expect(WithLine(7, "sign-ed25519 1 0 0"), "line 9: sign-ed25519 is already on line 7");

        const std::string count = " needs three numbers (median and cost per octet in nanoseconds, "
                                  "spread), not ";
        Expect(WithLine(7, "hash-sha256"), "line 7: hash-sha256" + count + "0");
        Expect(WithLine(7, "hash-sha256 50 1.5"), "line 7: hash-sha256" + count + "2");
        Expect(WithLine(7, "hash-sha256 50 1.5 # 0"), "line 7: hash-sha256" + count + "2");
        Expect(WithLine(7, "hash-sha256 50 1.5 0 0"), "line 7: hash-sha256" + count + "4");

        for (const std::string bad : {"-1",
                                      "-1e-9",
                                      "nan",
                                      "inf",
                                      "-inf",
                                      "1e400",
                                      "1e13",
                                      "12ns",
                                      "0x10",
                                      "1,5",
                                      "+1",
                                      "--1"})
        {
            Expect(WithLine(7, "hash-sha256 " + bad + " 0 0"),
                   "line 7: the median of hash-sha256 must be a number from 0 to 1e+12, not '" +
                       bad + "'");
            Expect(WithLine(7, "hash-sha256 1 " + bad + " 0"),
                   "line 7: the cost per octet of hash-sha256 must be a number from 0 to 1e+09, "
                   "not '" +
                       bad + "'");
            Expect(WithLine(7, "hash-sha256 1 0 " + bad),
                   "line 7: the spread of hash-sha256 must be a number from 0 to 3, not '" + bad +
                       "'");
        }
        Expect(WithLine(7, "hash-sha256 1 0 3.001"),
               "line 7: the spread of hash-sha256 must be a number from 0 to 3, not '3.001'");
    }
};

class DrawCase : public TestCase
{
  public:
    DrawCase()
        : TestCase("A draw is the median and the octets' cost, times e to the spread's variate")
    {
    }

  private:
    void DoRun() override
    {
        CostProfile profile;
        profile.Set(Operation::HashSha256, {100, 1.5, 0.5});
        ConstantNormalSource middle(0);
        NS_TEST_EXPECT_MSG_EQ(profile.Draw(Operation::HashSha256, 0, middle).count(), 100, "empty");
        NS_TEST_EXPECT_MSG_EQ(profile.Draw(Operation::HashSha256, 100, middle).count(), 250, "100");
        NS_TEST_EXPECT_MSG_EQ(profile.Draw(Operation::HashSha256, 1, middle).count(),
                              102,
                              "101.5 is rounded up");
        ConstantNormalSource above(2);
        NS_TEST_EXPECT_MSG_EQ(profile.Draw(Operation::HashSha256, 0, above).count(), 272, "100 e");
        ConstantNormalSource below(-2);
        NS_TEST_EXPECT_MSG_EQ(profile.Draw(Operation::HashSha256, 0, below).count(), 37, "100 / e");
        ConstantNormalSource farOut(1000);
        NS_TEST_EXPECT_MSG_EQ(profile.Draw(Operation::HashSha256, 0, farOut).count(),
                              1000000000000000,
                              "a limit, where the number would not fit");
    }
};

class FreeCase : public TestCase
{
  public:
    FreeCase()
        : TestCase("What costs nothing draws nothing; what costs something draws once")
    {
    }

  private:
    void DoRun() override
    {
        SeededNormalSource normal(1);
        CostProfile profile;
        for (std::size_t i = 0; i < OPERATION_COUNT; ++i)
        {
            const auto duration = profile.Draw(static_cast<Operation>(i), 1000, normal);
            NS_TEST_EXPECT_MSG_EQ(duration.count(), 0, "free");
        }
        NS_TEST_EXPECT_MSG_EQ(normal.GetDraws(), 0, "no draws");
        profile.Set(Operation::SignEd25519, {5, 0, 0});
        profile.Draw(Operation::SignEd25519, 0, normal);
        NS_TEST_EXPECT_MSG_EQ(normal.GetDraws(), 1, "one draw, even without spread");
        profile.Draw(Operation::VerifyEd25519, 0, normal);
        NS_TEST_EXPECT_MSG_EQ(normal.GetDraws(), 1, "still free");
    }
};

class DistributionCase : public TestCase
{
  public:
    DistributionCase()
        : TestCase("Draws have the profile's median and spread")
    {
    }

  private:
    void DoRun() override
    {
        constexpr std::size_t DRAWS = 20001;
        constexpr double SPREAD = 0.3;
        constexpr double MEDIAN = 50000 + 2 * 1000;
        CostProfile profile;
        profile.Set(Operation::SealAes128Gcm, {50000, 2, SPREAD});
        SeededNormalSource normal(20181015);
        std::vector<double> logs;
        double sum = 0;
        for (std::size_t i = 0; i < DRAWS; ++i)
        {
            const auto duration = profile.Draw(Operation::SealAes128Gcm, 1000, normal);
            logs.push_back(std::log(static_cast<double>(duration.count()) / MEDIAN));
            sum += logs.back();
        }
        std::sort(logs.begin(), logs.end());
        double squares = 0;
        for (const double log : logs)
        {
            squares += (log - sum / DRAWS) * (log - sum / DRAWS);
        }
        // Four standard errors each: of a sample's median, and of its standard deviation.
        const double root = std::sqrt(static_cast<double>(DRAWS));
        NS_TEST_EXPECT_MSG_EQ_TOL(logs[DRAWS / 2], 0, 4 * 1.2533 * SPREAD / root, "median");
        NS_TEST_EXPECT_MSG_EQ_TOL(std::sqrt(squares / (DRAWS - 1)),
                                  SPREAD,
                                  4 * SPREAD / root / std::sqrt(2.0),
                                  "spread");
        NS_TEST_EXPECT_MSG_EQ_TOL(logs[DRAWS / 4], -0.6745 * SPREAD, 0.02, "lower quartile");
        NS_TEST_EXPECT_MSG_EQ_TOL(logs[3 * DRAWS / 4], 0.6745 * SPREAD, 0.02, "upper quartile");
    }
};

class ShippedProfilesCase : public TestCase
{
  public:
    ShippedProfilesCase()
        : TestCase("Each profile in the program can be read, and `measured` has no free operation")
    {
    }

  private:
    void DoRun() override
    {
        bool measured = false;
        for (const auto& shipped : EmbeddedProfiles())
        {
            CostProfile profile;
            std::string error;
            NS_TEST_ASSERT_MSG_EQ(profile.Parse(std::string(shipped.text), error),
                                  true,
                                  shipped.name << ": " << error);
            if (shipped.name != "measured")
            {
                continue;
            }
            measured = true;
            for (std::size_t i = 0; i < OPERATION_COUNT; ++i)
            {
                const auto operation = static_cast<Operation>(i);
                NS_TEST_EXPECT_MSG_GT(profile.Of(operation).medianNs, 0, NameOf(operation));
                NS_TEST_EXPECT_MSG_GT(profile.Of(operation).spread, 0, NameOf(operation));
            }
        }
        NS_TEST_EXPECT_MSG_EQ(measured, true, "the profile `measured`");
    }
};

class CostSuite : public TestSuite
{
  public:
    CostSuite()
        : TestSuite("smkex-crypto-cost", UNIT)
    {
        AddTestCase(new ParseCase, TestCase::QUICK);
        AddTestCase(new RoundTripCase, TestCase::QUICK);
        AddTestCase(new RefusalCase, TestCase::QUICK);
        AddTestCase(new DrawCase, TestCase::QUICK);
        AddTestCase(new FreeCase, TestCase::QUICK);
        AddTestCase(new DistributionCase, TestCase::QUICK);
        AddTestCase(new ShippedProfilesCase, TestCase::QUICK);
    }
};

const CostSuite g_costSuite;

} // namespace
