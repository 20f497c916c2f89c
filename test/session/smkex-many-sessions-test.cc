/*
 * SPDX-License-Identifier: GPL-2.0-only
 */
#include "smkex-client-and-server.h"

#include "ns3/smkex-interception.h"
#include "ns3/test.h"

#include <fstream>
#include <iostream>
#include <unistd.h>

using namespace ns3;

namespace
{

/** \return the octets of memory that the process has */
std::uint64_t
ResidentSize()
{
    std::ifstream file("/proc/self/statm");
    std::uint64_t total = 0;
    std::uint64_t resident = 0;
    file >> total >> resident;
    return resident * static_cast<std::uint64_t>(sysconf(_SC_PAGESIZE));
}

/** Memory after a first part of the sessions, and after all. */
class MemoryCase : public TestCase
{
  public:
    MemoryCase(const std::string& threat,
               const std::string& protocol,
               std::uint32_t warmUp,
               std::uint32_t sessions)
        : TestCase("Sessions that are over leave nothing behind: " + protocol + ", " + threat +
                   ", " + std::to_string(sessions) + " sessions"),
          m_threat(threat),
          m_protocol(protocol),
          m_warmUp(warmUp),
          m_sessions(sessions)
    {
    }

  private:
    void DoRun() override
    {
        const SmkexExperimentConfig config =
            ReadOptions({{"threat", m_threat},
                         {"protocol", m_protocol},
                         {"appBytes", "100"},
                         {"sessions", std::to_string(m_sessions)}});
        std::uint64_t early = 0;
        std::uint64_t late = 0;
        std::uint32_t failed = 0;
        RunSmkexExperiment(config, [&](const SmkexRecord& record) {
            failed += record.clientFailure.has_value() || record.appBytesReceived != 200;
            if (record.session == m_warmUp)
            {
                early = ResidentSize();
            }
            if (record.session == m_sessions)
            {
                late = ResidentSize();
            }
        });
        NS_TEST_EXPECT_MSG_EQ(failed, 0, "all of them went well");
        NS_TEST_ASSERT_MSG_GT(early, 0, "measured");
#ifdef __SANITIZE_ADDRESS__
        std::cout << "SKIP " << GetParent()->GetName() << " " << GetName()
                  << ": the address sanitizer keeps memory that was freed" << std::endl;
        return;
#endif
        const std::uint64_t grown = late > early ? late - early : 0;
        // The allocator's own coming and going, and less than any object a session.
        NS_TEST_EXPECT_MSG_LT(grown, 10ULL * (m_sessions - m_warmUp) + 300000, "octets");
    }

    std::string m_threat;
    std::string m_protocol;
    std::uint32_t m_warmUp;
    std::uint32_t m_sessions;
};

/** Lets everything pass. */
class PassingStrategy : public smkex::Strategy
{
  public:
    explicit PassingStrategy(smkex::Grip* grip)
        : m_grip(grip)
    {
    }

    void OnFlow(smkex::FlowId, std::uint16_t) override
    {
    }

    void OnBytes(smkex::FlowId flow, smkex::Direction direction, smkex::ByteView octets) override
    {
        if (m_grip)
        {
            m_grip->Forward(flow, direction, octets.size());
        }
    }

    void OnNews(const smkex::News&) override
    {
    }

    void OnFlowEnd(smkex::FlowId) override
    {
    }

  private:
    smkex::Grip* m_grip;
};

class FlowCountCase : public TestCase
{
  public:
    explicit FlowCountCase(bool active)
        : TestCase(std::string("An interceptor forgets connections that are over: ") +
                   (active ? "active" : "passive")),
          m_active(active)
    {
    }

  private:
    void DoRun() override
    {
        ClientAndServer pair({{"appBytes", "10"}, {"rtt", "2ms"}});
        const Ptr<SmkexInterceptor> interceptor =
            Create<SmkexInterceptor>(m_active, [this](smkex::Grip& grip) {
                return std::make_unique<PassingStrategy>(m_active ? &grip : nullptr);
            });
        InstallSmkexInterceptor(pair.topology.Router(2, 1), interceptor);
        std::size_t most = 0;
        std::uint32_t sessions = 1;
        std::uint32_t failed = 0;
        pair.client->TraceConnectWithoutContext(
            "Ended",
            Callback<void, const SmkexOutcome&>([&](const SmkexOutcome& outcome) {
                failed += outcome.failure.has_value();
                most = std::max(most, interceptor->FlowCount());
                if (sessions++ < SESSIONS)
                {
                    Simulator::Schedule(MilliSeconds(90), &SmkexClient::StartSession, pair.client);
                }
            }));
        Simulator::Stop(Seconds(1000));
        Simulator::Run();
        NS_TEST_EXPECT_MSG_EQ(pair.clientTold.ended.size(), SESSIONS, "all sessions");
        NS_TEST_EXPECT_MSG_EQ(failed, 0, "all went well");
        // A session every 98 ms or so, each remembered for ten seconds.
        NS_TEST_EXPECT_MSG_GT(most, 80, "the latest ones are followed");
        NS_TEST_EXPECT_MSG_LT(most, 120, "the others are not");
    }

    static constexpr std::uint32_t SESSIONS = 2000;
    bool m_active;
};

class ManySessionsSuite : public TestSuite
{
  public:
    ManySessionsSuite(const std::string& name, std::uint32_t warmUp, std::uint32_t sessions)
        : TestSuite(name, UNIT)
    {
        AddTestCase(new MemoryCase("N", "smkex", warmUp, sessions), QUICK);
        AddTestCase(new MemoryCase("A-A", "smkex", warmUp, sessions), QUICK);
        AddTestCase(new MemoryCase("P-P", "smkex", warmUp, sessions), QUICK);
        AddTestCase(new MemoryCase("A", "dh", warmUp, sessions), QUICK);
        AddTestCase(new MemoryCase("P", "tcp", warmUp, sessions), QUICK);
        AddTestCase(new FlowCountCase(true), QUICK);
        AddTestCase(new FlowCountCase(false), QUICK);
    }
};

const ManySessionsSuite g_manySessionsSuite("smkex-many-sessions", 1500, 5000);
const ManySessionsSuite g_manySessionsExhaustiveSuite("smkex-many-sessions-exhaustive",
                                                      10000,
                                                      100000);

} // namespace
