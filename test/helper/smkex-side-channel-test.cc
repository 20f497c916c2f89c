/*
 * SPDX-License-Identifier: GPL-2.0-only
 */
#include "smkex-experiment-runs.h"

#include "ns3/test.h"

#include <algorithm>

using namespace ns3;

namespace
{

constexpr int RTT_MS = 20;

/**
 * Set-up time under A-A whose members hear of each other after \p delay ms. One hop in the middle
 * of each path: g^x passes the one node a quarter of a round trip after the connection is there,
 * the other one knows of it after the delay, and H is another quarter away from the client.
 */
double
ExpectedSetup(double delay)
{
    return std::max(2.0 * RTT_MS, 1.5 * RTT_MS + delay) / 1000;
}

SmkexRecord
RunWithDelay(int delay, const SmkexOptionValues& more = {})
{
    return RunExperiment(more +
                         SmkexOptionValues{{"threat", "A-A"},
                                           {"rtt", std::to_string(RTT_MS) + "ms"},
                                           {"rate", "10Gbps"},
                                           {"cryptoCost", "none"},
                                           {"timeout", "200ms"},
                                           {"sideChannelDelay", std::to_string(delay) + "ms"}})
        .front();
}

class DelayCase : public TestCase
{
  public:
    DelayCase()
        : TestCase("A side channel's delay moves the client's acceptance as H has to wait for it")
    {
    }

  private:
    void DoRun() override
    {
        for (const int delay : {0, 5, 9, 10, 11, 15, 30, 60, 100, 150, 169})
        {
            const SmkexRecord record = RunWithDelay(delay);
            NS_TEST_ASSERT_MSG_EQ(record.clientSetup.has_value(), true, ToJson(record));
            NS_TEST_EXPECT_MSG_EQ_TOL(record.clientSetup->GetSeconds(),
                                      ExpectedSetup(delay),
                                      0.0001,
                                      "delay of " << delay << " ms");
            NS_TEST_EXPECT_MSG_EQ(record.verdict.mitm, true, ToJson(record));
            NS_TEST_EXPECT_MSG_EQ(record.verdict.plaintextExposedBytes, 2000, ToJson(record));
            NS_TEST_EXPECT_MSG_EQ(record.appBytesReceived, 2000, ToJson(record));
        }
    }
};

class TimeoutCase : public TestCase
{
  public:
    TimeoutCase()
        : TestCase("Beyond the client's timeout the session is denied, not exposed")
    {
    }

  private:
    void DoRun() override
    {
        for (const int delay : {171, 180, 200, 500, 5000})
        {
            const SmkexRecord record = RunWithDelay(delay);
            NS_TEST_EXPECT_MSG_EQ(record.clientAccepted, false, ToJson(record));
            NS_TEST_EXPECT_MSG_EQ((record.clientFailure == smkex::Failure::Timeout),
                                  true,
                                  ToJson(record));
            NS_TEST_EXPECT_MSG_EQ(record.verdict.denied, true, ToJson(record));
            NS_TEST_EXPECT_MSG_EQ(record.verdict.detected, false, ToJson(record));
            NS_TEST_EXPECT_MSG_EQ(record.verdict.clientKeyExposed, false, ToJson(record));
            NS_TEST_EXPECT_MSG_EQ(record.verdict.mitm, false, ToJson(record));
            NS_TEST_EXPECT_MSG_EQ(record.verdict.plaintextExposedBytes, 0, ToJson(record));
        }
    }
};

class OneNodeCase : public TestCase
{
  public:
    OneNodeCase()
        : TestCase("A single node on a shared hop has nobody to wait for")
    {
    }

  private:
    void DoRun() override
    {
        const SmkexRecord record = RunExperiment({{"adversary", "1:1:active:x"},
                                                  {"sharedHops", "1"},
                                                  {"rate", "10Gbps"},
                                                  {"cryptoCost", "none"},
                                                  {"sideChannelDelay", "10s"}})
                                       .front();
        NS_TEST_EXPECT_MSG_EQ(record.verdict.mitm, true, ToJson(record));
        NS_TEST_EXPECT_MSG_EQ_TOL(record.clientSetup.value().GetSeconds(), 0.04, 0.00004, "2 RTT");
    }
};

class SideChannelSuite : public TestSuite
{
  public:
    SideChannelSuite()
        : TestSuite("smkex-side-channel", UNIT)
    {
        AddTestCase(new DelayCase, QUICK);
        AddTestCase(new TimeoutCase, QUICK);
        AddTestCase(new OneNodeCase, QUICK);
    }
};

const SideChannelSuite g_sideChannelSuite;

} // namespace
