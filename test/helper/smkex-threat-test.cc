/*
 * SPDX-License-Identifier: GPL-2.0-only
 */
#include "ns3/smkex-experiment-options.h"
#include "ns3/smkex-threat.h"
#include "ns3/test.h"

#include <algorithm>

using namespace ns3;

namespace
{

/** `path:hop:a|p:coalition:strategy`, blanks between adversaries */
std::string
Show(const std::vector<SmkexAdversaryConfig>& adversaries)
{
    std::string text;
    for (const SmkexAdversaryConfig& a : adversaries)
    {
        text += text.empty() ? "" : " ";
        text += std::to_string(a.path) + ":" + std::to_string(a.hop) + (a.active ? ":a:" : ":p:") +
                a.coalition + ":" + a.strategy;
    }
    return text;
}

class ThreatCase : public TestCase
{
  public:
    ThreatCase()
        : TestCase("A threat string names an adversary a letter, and a coalition a slash")
    {
    }

  private:
    void DoRun() override
    {
        const std::vector<std::pair<std::string, std::string>> table{
            {"N", ""},
            {"P", "1:1:p:1:s"},
            {"A", "1:1:a:1:s"},
            {"P/P", "1:1:p:1:s 2:1:p:2:s"},
            {"P-P", "1:1:p:1:s 2:1:p:1:s"},
            {"A/P", "1:1:a:1:s 2:1:p:2:s"},
            {"P/A", "1:1:p:1:s 2:1:a:2:s"},
            {"A-P", "1:1:a:1:s 2:1:p:1:s"},
            {"P-A", "1:1:p:1:s 2:1:a:1:s"},
            {"A/A", "1:1:a:1:s 2:1:a:2:s"},
            {"A-A", "1:1:a:1:s 2:1:a:1:s"},
            {"N-A", "2:1:a:1:s"},
            {"A-N-P/A-A", "1:1:a:1:s 3:1:p:1:s 4:1:a:2:s 5:1:a:2:s"},
            {"N-N-N-N-N-N-N-A", "8:1:a:1:s"},
        };
        for (const auto& [text, expected] : table)
        {
            const auto adversaries = ReadSmkexThreat(text, "s");
            NS_TEST_ASSERT_MSG_EQ(adversaries.has_value(), true, text);
            NS_TEST_EXPECT_MSG_EQ(Show(*adversaries), expected, text);
        }
        for (const std::string bad : {"",
                                      "a",
                                      "n",
                                      "X",
                                      "AA",
                                      "A-",
                                      "-A",
                                      "-",
                                      "A--A",
                                      "A-/A",
                                      "A A",
                                      "A ",
                                      " A",
                                      "A-a",
                                      "A+A",
                                      "A,A",
                                      "A-A-A-A-A-A-A-A-A",
                                      "A\n"})
        {
            NS_TEST_EXPECT_MSG_EQ(ReadSmkexThreat(bad, "s").has_value(), false, "'" << bad << "'");
        }
    }
};

class AdversaryCase : public TestCase
{
  public:
    AdversaryCase()
        : TestCase("An adversary is path, hop, capability, coalition and perhaps a strategy")
    {
    }

  private:
    void DoRun() override
    {
        const std::vector<std::pair<std::string, std::string>> table{
            {"1:1:active:x", "1:1:a:x:s"},
            {"8:32:passive:a b", "8:32:p:a b:s"},
            {"2:3:active:x:low-order-share", "2:3:a:x:low-order-share"},
        };
        for (const auto& [text, expected] : table)
        {
            const auto adversary = ReadSmkexAdversary(text, "s");
            NS_TEST_ASSERT_MSG_EQ(adversary.has_value(), true, text);
            NS_TEST_EXPECT_MSG_EQ(Show({*adversary}), expected, text);
        }
        for (const std::string bad : {"",
                                      "1",
                                      "1:1:active",
                                      "1:1:active:",
                                      "0:1:active:x",
                                      "1:0:active:x",
                                      "9:1:active:x",
                                      "-1:1:active:x",
                                      "1:+1:active:x",
                                      "1:1.0:active:x",
                                      "1:4294967296:active:x",
                                      "1:1:Active:x",
                                      "1:1::x",
                                      "1:1:active:x:s:t",
                                      " 1:1:active:x"})
        {
            NS_TEST_EXPECT_MSG_EQ(ReadSmkexAdversary(bad, "s").has_value(),
                                  false,
                                  "'" << bad << "'");
        }
    }
};

class PlacementCase : public TestCase
{
  public:
    PlacementCase()
        : TestCase("Options place the adversaries of a threat, and check those listed one by one")
    {
    }

  private:
    void DoRun() override
    {
        ExpectAdversaries({{"threat", "A-P"}}, "1:1:a:1:substitute 2:1:p:1:substitute");
        ExpectAdversaries({{"threat", "A"}, {"strategy", "low-order-share"}},
                          "1:1:a:1:low-order-share");
        ExpectAdversaries({{"threat", "A"}, {"hops", "3"}, {"sharedHops", "2"}},
                          "1:1:a:1:substitute");
        ExpectAdversaries({{"adversary", "2:1:active:x"}, {"adversary", "1:1:passive:y"}},
                          "2:1:a:x:substitute 1:1:p:y:substitute");
        ExpectAdversaries({{"adversary", "1:1:active:x:inject-binding"},
                           {"adversary", "2:1:active:x"},
                           {"strategy", "low-order-share"}},
                          "1:1:a:x:inject-binding 2:1:a:x:low-order-share");

        ExpectError({{"threat", "A"}, {"adversary", "1:1:active:x"}}, "--adversary");
        ExpectError({{"adversary", "1:1:active:x"}, {"adversary", "1:1:active:y"}}, "--adversary");
        ExpectError(
            {{"adversary", "1:1:active:x"}, {"adversary", "2:1:active:x"}, {"sharedHops", "1"}},
            "--adversary");
        ExpectError({{"adversary", "1:2:active:x"}}, "--adversary");
        ExpectError({{"adversary", "3:1:active:x"}}, "--adversary");
        ExpectError({{"adversary", "1:1:active:x:clever"}}, "--adversary");
        ExpectError({{"threat", "A"}, {"hops", "2"}, {"sharedHops", "2"}}, "--threat");
        ExpectError({{"threat", "A-A-A"}}, "--threat");
    }

    void ExpectAdversaries(const SmkexOptionValues& options, const std::string& expected)
    {
        SmkexExperimentConfig config;
        NS_TEST_ASSERT_MSG_EQ(ReadSmkexOptions(options, config), std::string(), expected);
        NS_TEST_EXPECT_MSG_EQ(Show(config.adversaries), expected, "placed");
        const bool listed = std::any_of(options.begin(), options.end(), [](const auto& option) {
            return option.first == "adversary";
        });
        NS_TEST_EXPECT_MSG_EQ(config.threat.empty(), listed, "the threat as given, if it was");
    }

    void ExpectError(const SmkexOptionValues& options, const std::string& beginning)
    {
        SmkexExperimentConfig config;
        const std::string error = ReadSmkexOptions(options, config);
        NS_TEST_EXPECT_MSG_EQ(error.substr(0, beginning.size() + 1), beginning + " ", error);
    }
};

class ThreatSuite : public TestSuite
{
  public:
    ThreatSuite()
        : TestSuite("smkex-threat", UNIT)
    {
        AddTestCase(new ThreatCase, QUICK);
        AddTestCase(new AdversaryCase, QUICK);
        AddTestCase(new PlacementCase, QUICK);
    }
};

const ThreatSuite g_threatSuite;

} // namespace
