/*
 * SPDX-License-Identifier: GPL-2.0-only
 */
#include "../helper/smkex-experiment-runs.h"
#include "smkex-stream-editor-flow.h"

#include "ns3/test.h"

using namespace ns3;

namespace
{

/** A sender whose congestion window is smaller than what has to be seen whole. */
class AwaitMoreCase : public TestCase
{
  public:
    AwaitMoreCase()
        : TestCase("Octets held for more are acknowledged, and what they became is repeated")
    {
    }

  private:
    void DoRun() override
    {
        smkex::Flow flow;
        flow.In(0, "abc");
        EXPECT_TEXT(flow.For(0, 3), "", "held");
        NS_TEST_EXPECT_MSG_EQ(flow.Acknowledge(0), 0, "and not acknowledged");
        NS_TEST_EXPECT_MSG_EQ(flow.editor.HasVouched(), false, "no acknowledgment of our own");

        flow.editor.AwaitMore();
        EXPECT_TEXT(flow.For(0, 3), "-1:?", "a probe asks for an acknowledgment");
        NS_TEST_EXPECT_MSG_EQ(flow.Acknowledge(0), 3, "which covers what is held");
        NS_TEST_EXPECT_MSG_EQ(flow.editor.HasVouched(), true, "on the receiver's behalf");
        EXPECT_TEXT(flow.Show(flow.editor.Owed()), "", "nothing has gone out yet");

        flow.In(3, "def");
        flow.editor.Replace(6, std::string("ABCDEFG"));
        EXPECT_TEXT(flow.For(3, 3), "0:ABCDEFG", "decided");
        NS_TEST_EXPECT_MSG_EQ(flow.Acknowledge(0), 3, "an acknowledgment is never taken back");
        EXPECT_TEXT(flow.Show(flow.editor.Owed()), "0:ABCDEFG", "the sender repeats only half");
        NS_TEST_EXPECT_MSG_EQ(flow.Acknowledge(2), 3, "a part of it has arrived");
        EXPECT_TEXT(flow.Show(flow.editor.Owed()), "2:CDEFG", "the rest is owed");
        NS_TEST_EXPECT_MSG_EQ(flow.Acknowledge(7), 6, "all has arrived");
        EXPECT_TEXT(flow.Show(flow.editor.Owed()), "", "nothing is owed any more");
    }
};

class AwaitInFlightCase : public TestCase
{
  public:
    AwaitInFlightCase()
        : TestCase("Nothing is acknowledged ahead of what is in flight")
    {
    }

  private:
    void DoRun() override
    {
        smkex::Flow flow;
        flow.Pass(0, "ab");
        flow.In(2, "cd");
        flow.editor.AwaitMore();
        EXPECT_TEXT(flow.For(2, 2), "", "no probe: an acknowledgment is to come");
        NS_TEST_EXPECT_MSG_EQ(flow.Acknowledge(1), 1, "of a part");
        NS_TEST_EXPECT_MSG_EQ(flow.Acknowledge(2), 4, "of all");
        flow.In(4, "ef");
        flow.editor.Forward(1);
        EXPECT_TEXT(flow.For(4, 2), "2:c", "a decision");
        NS_TEST_EXPECT_MSG_EQ(flow.Acknowledge(3), 4, "ends the waiting: the rest is not covered");
        EXPECT_TEXT(flow.Show(flow.editor.Owed()), "", "what came out has arrived");
    }
};

/** Attackers who win, whatever TCP does on both sides of them. */
class WinningCase : public TestCase
{
  public:
    WinningCase(const std::string& when,
                const SmkexOptionValues& conditions,
                std::uint64_t appBytes,
                std::uint64_t runs)
        : TestCase("Active attackers read and relay every octet " + when),
          m_conditions(conditions),
          m_appBytes(appBytes),
          m_runs(runs)
    {
    }

  private:
    void DoRun() override
    {
        for (const std::string protocol : {"tcp", "dh", "smkex"})
        {
            for (std::uint64_t run = 1; run <= m_runs; ++run)
            {
                const SmkexRecord record =
                    RunExperiment(m_conditions +
                                  SmkexOptionValues{{"protocol", protocol},
                                                    {"threat", "A-A"},
                                                    {"appBytes", std::to_string(m_appBytes)},
                                                    {"run", std::to_string(run)}})
                        .front();
                const std::string what = ToJson(record);
                const bool readable = protocol != "tcp" || m_appBytes > 0;
                NS_TEST_EXPECT_MSG_EQ(record.verdict.mitm, readable, what);
                NS_TEST_EXPECT_MSG_EQ(record.verdict.plaintextExposedBytes, 2 * m_appBytes, what);
                NS_TEST_EXPECT_MSG_EQ(record.appBytesReceived, 2 * m_appBytes, what);
                NS_TEST_EXPECT_MSG_EQ(record.clientFailure.has_value(), false, what);
                NS_TEST_EXPECT_MSG_EQ(record.serverFailure.has_value(), false, what);
            }
        }
    }

    SmkexOptionValues m_conditions;
    std::uint64_t m_appBytes;
    std::uint64_t m_runs;
};

/** Attackers who read only change nothing, neither keys nor instants nor segments. */
class PassiveCase : public TestCase
{
  public:
    PassiveCase()
        : TestCase("Passive attackers read every octet of plain TCP and change no segment")
    {
    }

  private:
    void DoRun() override
    {
        const SmkexOptionValues conditions{{"protocol", "tcp"},
                                           {"loss", "0.05"},
                                           {"appBytes", "50000"},
                                           {"ns3::TcpSocket::SegmentSize", "300"}};
        for (std::uint64_t run = 1; run <= 20; ++run)
        {
            const SmkexOptionValues options =
                conditions + SmkexOptionValues{{"run", std::to_string(run)}};
            const SmkexRecord alone = RunExperiment(options).front();
            const SmkexRecord read =
                RunExperiment(options + SmkexOptionValues{{"threat", "P"}}).front();
            NS_TEST_EXPECT_MSG_EQ(read.verdict.plaintextExposedBytes, 100000, ToJson(read));
            NS_TEST_EXPECT_MSG_EQ(read.segmentsSent, alone.segmentsSent, ToJson(read));
            NS_TEST_EXPECT_MSG_EQ(read.bytesSent, alone.bytesSent, ToJson(read));
            NS_TEST_EXPECT_MSG_EQ((read.clientSetup == alone.clientSetup), true, ToJson(read));
        }
    }
};

class InterceptorSuite : public TestSuite
{
  public:
    InterceptorSuite()
        : TestSuite("smkex-interceptor", UNIT)
    {
        AddTestCase(new AwaitMoreCase, QUICK);
        AddTestCase(new AwaitInFlightCase, QUICK);
        AddTestCase(new PassiveCase, QUICK);

        const SmkexOptionValues small{{"ns3::TcpSocket::SegmentSize", "100"}};
        const SmkexOptionValues tiny{{"ns3::TcpSocket::SegmentSize", "20"}};
        const SmkexOptionValues loss{{"loss", "0.03"}, {"hops", "3"}};
        const SmkexOptionValues noSack{{"ns3::TcpSocketBase::Sack", "false"}};
        const SmkexOptionValues noTimestamps{{"ns3::TcpSocketBase::Timestamp", "false"}};
        const SmkexOptionValues checksums{{"ChecksumEnabled", "true"}};
        const SmkexOptionValues ipv6{{"ipVersion", "6"}};
        const auto add = [this](const std::string& when,
                                const SmkexOptionValues& conditions,
                                std::uint64_t appBytes,
                                std::uint64_t runs) {
            AddTestCase(new WinningCase(when, conditions, appBytes, runs), QUICK);
        };
        add("in segments of 100 octets", small, 1000, 20);
        add("in segments of 20 octets, which split every message", tiny, 1000, 20);
        add("in segments of 20 octets at 2 % loss",
            tiny + SmkexOptionValues{{"loss", "0.02"}},
            200,
            20);
        add("in segments of 100 octets at 3 % loss", small + loss, 1000, 30);
        add("at 3 % loss without SACK", loss + noSack, 5000, 30);
        add("at 3 % loss without timestamps", loss + noTimestamps, 5000, 30);
        add("at 3 % loss without SACK and timestamps", loss + noSack + noTimestamps, 5000, 30);
        add("where queues are short and segments overtake each other's loss",
            {{"queue", "5p"}, {"rate", "10Mbps"}, {"jitter", "3ms"}},
            50000,
            5);
        add("with checksums that both ends verify", checksums, 20000, 5);
        add("with checksums over IPv6", checksums + ipv6, 20000, 5);
        add("with checksums over IPv6 at 3 % loss", checksums + ipv6 + loss, 2000, 10);
        add("of a megabyte each way", {}, 1000000, 1);
        add("of 200 kB each way at 1 % loss", {{"loss", "0.01"}}, 200000, 3);
        add("of a megabyte each way over IPv6 in segments of 500 octets",
            ipv6 + SmkexOptionValues{{"ns3::TcpSocket::SegmentSize", "500"}},
            1000000,
            1);
        add("of nothing at all", {}, 0, 1);
    }
};

const InterceptorSuite g_interceptorSuite;

} // namespace
