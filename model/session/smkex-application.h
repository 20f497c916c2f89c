/*
 * SPDX-License-Identifier: GPL-2.0-only
 */
#ifndef SMKEX_APPLICATION_H
#define SMKEX_APPLICATION_H

#include "smkex-endpoint.h"
#include "smkex-protocol.h"

#include "ns3/application.h"
#include "ns3/nstime.h"
#include "ns3/random-variable-stream.h"
#include "ns3/traced-callback.h"

#include <vector>

namespace ns3
{

/**
 * What client and server have in common: the protocol and its parameters, where random numbers and
 * the costs of cryptography come from, and the trace sources.
 */
class SmkexApplication : public Application
{
  public:
    static TypeId GetTypeId();

    SmkexApplication();
    ~SmkexApplication() override;

    /** A protocol of one's own, in the place of the attribute Protocol. */
    void SetProtocol(const SmkexProtocol& protocol);

    /** A server's long-term key, or a client's pins; none, unless set. For `smkex` and `dh`. */
    void SetTrust(const smkex::Trust& trust);

    /** What cryptography costs; nothing, unless set. */
    void SetCostProfile(std::shared_ptr<const smkex::CostProfile> profile);

    /**
     * Fixes the random streams: keys and nonces, and the costs of cryptography.
     *
     * \return how many streams were taken (2)
     */
    int64_t AssignStreams(int64_t stream);

    /** Signature of the trace source Accepted. */
    typedef void (*AcceptedCallback)(const SmkexOutcome& outcome);
    /** Signature of the trace source Ended. */
    typedef void (*EndedCallback)(const SmkexOutcome& outcome);
    /** Signature of the trace source Operation. */
    typedef void (*OperationCallback)(std::string operation, Time begin, Time duration);

  protected:
    void DoDispose() override;

    /** Which transport carries the paths. */
    enum class Transport : std::uint8_t
    {
        ParallelTcp,
        Mptcp,
        MptcpJoinData,
    };

    Transport GetTransport() const
    {
        return m_transport;
    }

    const SmkexProtocol& Protocol() const
    {
        return m_protocol;
    }

    Time GetTimeout() const
    {
        return m_timeout;
    }

    /** \return what connections negotiate by TCP-ENO: the group's TEP, if the protocol uses one */
    std::vector<uint8_t> Teps() const;

    /** \return a new endpoint with its own randomness, for \p paths paths */
    Ptr<SmkexEndpoint> MakeEndpoint(SmkexEndpoint::Role role,
                                    smkex::PathId paths,
                                    Ptr<SmkexTransport> transport);

    TracedCallback<const SmkexOutcome&> m_endedTrace;

  private:
    void SetProtocolName(const std::string& name);
    std::string GetProtocolName() const;
    void SetGroupName(const std::string& name);
    std::string GetGroupName() const;
    void SetTransportName(const std::string& name);
    std::string GetTransportName() const;

    SmkexProtocol m_protocol;
    Transport m_transport;
    smkex::Group m_group;
    smkex::Trust m_trust;
    uint32_t m_appBytes;
    Time m_timeout;
    Time m_dataTimeout;
    Ptr<UniformRandomVariable> m_seedDraws;
    std::shared_ptr<smkex::NormalSource> m_costDraws;
    Ptr<NormalRandomVariable> m_normal;
    std::shared_ptr<const smkex::CostProfile> m_costs;
    TracedCallback<const SmkexOutcome&> m_acceptedTrace;
    TracedCallback<std::string, Time, Time> m_operationTrace;
};

} // namespace ns3

#endif // SMKEX_APPLICATION_H
