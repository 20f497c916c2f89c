/*
 * SPDX-License-Identifier: GPL-2.0-only
 */
#include "../helper/smkex-experiment-runs.h"

#include "ns3/test.h"

#include <fstream>
#include <unistd.h>

using namespace ns3;

namespace
{

/** \return resident memory of this process, in kilobytes */
long
ResidentKilobytes()
{
    std::ifstream file("/proc/self/statm");
    long total = 0;
    long resident = 0;
    file >> total >> resident;
    return resident * (sysconf(_SC_PAGESIZE) / 1024);
}

class CertificateRefusalCase : public TestCase
{
  public:
    CertificateRefusalCase()
        : TestCase("A certificate that is expired, of another name or of nobody known is refused "
                   "in the middle of an attack, with its reason and time")
    {
    }

  private:
    void DoRun() override
    {
        using smkex::Failure;
        const std::vector<std::pair<std::string, Failure>> table{
            {"authentic", Failure::CertificateUntrusted},
            {"expired", Failure::CertificateExpired},
            {"wrong-name", Failure::CertificateName},
        };
        for (const auto& [certificate, reason] : table)
        {
            for (const std::string protocol : {"tls", "mtls"})
            {
                const std::vector<SmkexRecord> records =
                    RunExperiment({{"protocol", protocol},
                                   {"certificate", certificate},
                                   {"threat", "A-A"},
                                   {"cryptoCost", "none"},
                                   {"sessions", "200"}});
                NS_TEST_ASSERT_MSG_EQ(records.size(), 200, certificate);
                for (const SmkexRecord& record : records)
                {
                    Check(record, certificate, reason);
                }
            }
        }
    }

    void Check(const SmkexRecord& record, const std::string& what, smkex::Failure reason)
    {
        NS_TEST_EXPECT_MSG_EQ((record.clientFailure == reason), true, what << ToJson(record));
        NS_TEST_EXPECT_MSG_EQ(record.clientAccepted, false, what);
        NS_TEST_EXPECT_MSG_EQ(record.verdict.detected, true, what);
        NS_TEST_EXPECT_MSG_EQ(record.verdict.clientKeyExposed, false, what);
        NS_TEST_EXPECT_MSG_EQ(record.verdict.plaintextExposedBytes, 0, what);
        NS_TEST_ASSERT_MSG_EQ(record.detected.has_value(), true, what);
        NS_TEST_EXPECT_MSG_EQ_TOL(record.detected->GetSeconds(), 0.04, 0.0004, "two round trips");
    }
};

/** The client's computing and the server's are on the way to acceptance, one after the other. */
class ComputeCase : public TestCase
{
  public:
    ComputeCase()
        : TestCase("Computing delays the flights by what it takes at both ends")
    {
    }

  private:
    void DoRun() override
    {
        for (const std::string protocol : {"tls", "mtls"})
        {
            const SmkexOptionValues common{{"protocol", protocol},
                                           {"rtt", "0.2ms"},
                                           {"rate", "10Gbps"}};
            const SmkexRecord free =
                RunExperiment(common + SmkexOptionValues{{"cryptoCost", "none"}}).front();
            const SmkexRecord dear =
                RunExperiment(common + SmkexOptionValues{{"cryptoCost", "measured"}}).front();
            NS_TEST_EXPECT_MSG_EQ(free.clientCompute.IsZero(), true, protocol);
            NS_TEST_ASSERT_MSG_EQ((free.clientSetup && dear.clientSetup), true, protocol);
            const Time delay = *dear.clientSetup - *free.clientSetup;
            // The key pair is made while TCP connects; what the server computes after its flight,
            // and the client for the records of application data, delays nothing.
            const Time keyPair = MicroSeconds(35);
            NS_TEST_EXPECT_MSG_GT(delay, dear.clientCompute - keyPair, protocol);
            NS_TEST_EXPECT_MSG_LT(delay, dear.clientCompute + dear.serverCompute, protocol);
            NS_TEST_EXPECT_MSG_GT(dear.clientCompute, MicroSeconds(2 * 29 + 2 * 32), protocol);
        }
    }
};

/** The path-2 attacker holds H, and the path-1 attacker content, until they know enough. */
class SideChannelCase : public TestCase
{
  public:
    SideChannelCase()
        : TestCase("MTLS under A-A with a rogue certificate falls when the side channel is faster "
                   "than the client's patience, and only then")
    {
    }

  private:
    static SmkexRecord Attack(const std::string& delay)
    {
        return RunExperiment({{"protocol", "mtls"},
                              {"certificate", "rogue"},
                              {"threat", "A-A"},
                              {"cryptoCost", "none"},
                              {"timeout", "1s"},
                              {"sideChannelDelay", delay}})
            .front();
    }

    void DoRun() override
    {
        const SmkexRecord slow = Attack("300ms");
        NS_TEST_EXPECT_MSG_EQ(slow.verdict.mitm, true, ToJson(slow));
        NS_TEST_EXPECT_MSG_EQ(slow.verdict.plaintextExposedBytes, 2000, ToJson(slow));
        NS_TEST_EXPECT_MSG_EQ(slow.appBytesReceived, 2000, ToJson(slow));
        NS_TEST_EXPECT_MSG_GT(slow.clientSetup->GetSeconds(), 0.3, "H waited");
        const SmkexRecord late = Attack("1100ms");
        NS_TEST_EXPECT_MSG_EQ(late.clientAccepted, false, ToJson(late));
        NS_TEST_EXPECT_MSG_EQ(late.verdict.denied, true, ToJson(late));
        NS_TEST_EXPECT_MSG_EQ(late.verdict.clientKeyExposed, false, ToJson(late));
    }
};

class RepetitionCase : public TestCase
{
  public:
    RepetitionCase()
        : TestCase("A run gives the same records again, whatever ran in between")
    {
    }

  private:
    void DoRun() override
    {
        for (const std::string protocol : {"tls", "mtls"})
        {
            const SmkexOptionValues options{{"protocol", protocol},
                                            {"certificate", "rogue"},
                                            {"threat", "A-A"},
                                            {"loss", "0.02"},
                                            {"sessions", "20"}};
            const std::string first = RunExperimentToText(options);
            RunExperimentToText(options + SmkexOptionValues{{"run", "2"}});
            NS_TEST_EXPECT_MSG_EQ(RunExperimentToText(options), first, protocol);
        }
    }
};

class MemoryCase : public TestCase
{
  public:
    MemoryCase()
        : TestCase("Memory is flat over 2,000 sessions, under attack, too")
    {
    }

  private:
    void DoRun() override
    {
        for (const SmkexOptionValues& options :
             {SmkexOptionValues{{"protocol", "tls"}},
              SmkexOptionValues{{"protocol", "mtls"}, {"certificate", "rogue"}, {"threat", "A-A"}}})
        {
            constexpr unsigned WARM = 500;
            unsigned count = 0;
            long before = 0;
            RunSmkexExperiment(ReadOptions(options + SmkexOptionValues{{"sessions", "2000"}}),
                               [&](const SmkexRecord&) {
                                   if (++count == WARM)
                                   {
                                       before = ResidentKilobytes();
                                   }
                               });
            NS_TEST_EXPECT_MSG_EQ(count, 2000, "sessions");
            // A session that stayed would cost 20 kB an end and more: 30 MB.
            NS_TEST_EXPECT_MSG_LT(ResidentKilobytes() - before, 3000, "kilobytes more");
        }
    }
};

class TlsSessionSuite : public TestSuite
{
  public:
    TlsSessionSuite()
        : TestSuite("smkex-tls-session", UNIT)
    {
        AddTestCase(new CertificateRefusalCase, QUICK);
        AddTestCase(new ComputeCase, QUICK);
        AddTestCase(new SideChannelCase, QUICK);
        AddTestCase(new RepetitionCase, QUICK);
        AddTestCase(new MemoryCase, QUICK);
    }
};

const TlsSessionSuite g_tlsSessionSuite;

} // namespace
