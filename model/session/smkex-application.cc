/*
 * SPDX-License-Identifier: GPL-2.0-only
 */
#include "smkex-application.h"

#include "ns3/fatal-error.h"
#include "ns3/smkex-stream-seed.h"
#include "ns3/string.h"
#include "ns3/uinteger.h"

#include <algorithm>
#include <array>

namespace ns3
{

NS_OBJECT_ENSURE_REGISTERED(SmkexApplication);

namespace
{

/** By the number of the enumerator. */
constexpr std::array<const char*, 3> TRANSPORTS{"parallel-tcp", "mptcp", "mptcp-join-data"};

class StreamNormals : public smkex::NormalSource
{
  public:
    explicit StreamNormals(Ptr<NormalRandomVariable> variable)
        : m_variable(variable)
    {
    }

    double Draw() override
    {
        return m_variable->GetValue();
    }

  private:
    Ptr<NormalRandomVariable> m_variable;
};

} // namespace

TypeId
SmkexApplication::GetTypeId()
{
    static TypeId tid =
        TypeId("ns3::SmkexApplication")
            .SetParent<Application>()
            .SetGroupName("Smkex")
            .AddAttribute("Protocol",
                          "The key exchange, by its name as in SmkexProtocols().",
                          StringValue("smkex"),
                          MakeStringAccessor(&SmkexApplication::SetProtocolName,
                                             &SmkexApplication::GetProtocolName),
                          MakeStringChecker())
            .AddAttribute("Transport",
                          "What carries the paths: parallel-tcp, mptcp or mptcp-join-data.",
                          StringValue("parallel-tcp"),
                          MakeStringAccessor(&SmkexApplication::SetTransportName,
                                             &SmkexApplication::GetTransportName),
                          MakeStringChecker())
            .AddAttribute("Group",
                          "The Diffie-Hellman group: x25519 or p256.",
                          StringValue("x25519"),
                          MakeStringAccessor(&SmkexApplication::SetGroupName,
                                             &SmkexApplication::GetGroupName),
                          MakeStringChecker())
            .AddAttribute("AppBytes",
                          "Application data each way after the exchange (bytes).",
                          UintegerValue(1000),
                          MakeUintegerAccessor(&SmkexApplication::m_appBytes),
                          MakeUintegerChecker<uint32_t>())
            .AddAttribute("Timeout",
                          "The exchange is given up after this time.",
                          TimeValue(Seconds(10)),
                          MakeTimeAccessor(&SmkexApplication::m_timeout),
                          MakeTimeChecker(NanoSeconds(1)))
            .AddAttribute("DataTimeout",
                          "The session is given up this long after acceptance if the application "
                          "data has not come through.",
                          TimeValue(Seconds(60)),
                          MakeTimeAccessor(&SmkexApplication::m_dataTimeout),
                          MakeTimeChecker(NanoSeconds(1)))
            .AddTraceSource("Accepted",
                            "The exchange is accepted.",
                            MakeTraceSourceAccessor(&SmkexApplication::m_acceptedTrace),
                            "ns3::SmkexApplication::AcceptedCallback")
            .AddTraceSource("Ended",
                            "A session is over, well or not.",
                            MakeTraceSourceAccessor(&SmkexApplication::m_endedTrace),
                            "ns3::SmkexApplication::EndedCallback")
            .AddTraceSource("Operation",
                            "A cryptographic operation: its name, when it begins and how long it "
                            "takes.",
                            MakeTraceSourceAccessor(&SmkexApplication::m_operationTrace),
                            "ns3::SmkexApplication::OperationCallback");
    return tid;
}

SmkexApplication::SmkexApplication()
    : m_seedDraws(CreateObject<UniformRandomVariable>()),
      m_normal(CreateObject<NormalRandomVariable>()),
      m_costs(std::make_shared<smkex::CostProfile>())
{
    m_costDraws = std::make_shared<StreamNormals>(m_normal);
}

SmkexApplication::~SmkexApplication() = default;

void
SmkexApplication::DoDispose()
{
    m_seedDraws = nullptr;
    m_normal = nullptr;
    m_costDraws.reset();
    Application::DoDispose();
}

void
SmkexApplication::SetProtocol(const SmkexProtocol& protocol)
{
    m_protocol = protocol;
}

void
SmkexApplication::SetProtocolName(const std::string& name)
{
    const SmkexProtocol* protocol = FindSmkexProtocol(name);
    if (!protocol)
    {
        NS_FATAL_ERROR("SmkexApplication: there is no protocol " << name);
    }
    m_protocol = *protocol;
}

std::string
SmkexApplication::GetProtocolName() const
{
    return m_protocol.name;
}

void
SmkexApplication::SetTrust(const smkex::Trust& trust)
{
    m_trust = trust;
}

void
SmkexApplication::SetCostProfile(std::shared_ptr<const smkex::CostProfile> profile)
{
    m_costs = std::move(profile);
}

void
SmkexApplication::SetGroupName(const std::string& name)
{
    const std::optional<smkex::Group> group = FindSmkexGroup(name);
    if (!group)
    {
        NS_FATAL_ERROR("SmkexApplication: there is no group " << name);
    }
    m_group = *group;
}

std::string
SmkexApplication::GetGroupName() const
{
    return smkex::NameOf(m_group);
}

void
SmkexApplication::SetTransportName(const std::string& name)
{
    const auto found = std::find_if(TRANSPORTS.begin(), TRANSPORTS.end(), [&name](const auto& t) {
        return name == t;
    });
    if (found == TRANSPORTS.end())
    {
        NS_FATAL_ERROR("SmkexApplication: there is no transport " << name);
    }
    m_transport = static_cast<Transport>(found - TRANSPORTS.begin());
}

std::string
SmkexApplication::GetTransportName() const
{
    return TRANSPORTS[static_cast<std::size_t>(m_transport)];
}

int64_t
SmkexApplication::AssignStreams(int64_t stream)
{
    m_seedDraws->SetStream(stream);
    m_normal->SetStream(stream + 1);
    return 2;
}

std::vector<uint8_t>
SmkexApplication::Teps() const
{
    return m_protocol.negotiates ? std::vector<uint8_t>{smkex::TepOf(m_group)}
                                 : std::vector<uint8_t>{};
}

Ptr<SmkexEndpoint>
SmkexApplication::MakeEndpoint(SmkexEndpoint::Role role,
                               smkex::PathId paths,
                               Ptr<SmkexTransport> transport)
{
    SmkexEndpoint::Setup setup;
    setup.role = role;
    setup.timeout = m_timeout;
    setup.dataTimeout = m_dataTimeout;
    setup.appBytes = m_appBytes;
    setup.random = std::make_unique<smkex::SeededRandomSource>(DrawSmkexSeed(*m_seedDraws));
    setup.costs = m_costs;
    setup.costDraws = m_costDraws;
    const smkex::KeyExchangeConfig config{m_group,
                                          m_protocol.multipath ? paths : smkex::SHARE_PATH,
                                          m_trust};
    const auto& make =
        role == SmkexEndpoint::Role::Client ? m_protocol.makeClient : m_protocol.makeServer;
    setup.makeEngine = [&make, config](smkex::Processor& processor) {
        return make(processor, config);
    };
    const Ptr<SmkexEndpoint> endpoint = Create<SmkexEndpoint>(std::move(setup), transport);
    endpoint->SetAcceptHandler([this](const SmkexOutcome& outcome) { m_acceptedTrace(outcome); });
    if (!m_operationTrace.IsEmpty())
    {
        endpoint->SetOperationObserver(
            [this](smkex::Operation operation, smkex::Instant begin, smkex::Duration duration) {
                m_operationTrace(smkex::NameOf(operation),
                                 NanoSeconds(begin.count()),
                                 NanoSeconds(duration.count()));
            });
    }
    return endpoint;
}

} // namespace ns3
