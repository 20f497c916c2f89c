/*
 * SPDX-License-Identifier: GPL-2.0-only
 */
#ifndef SMKEX_ENDPOINT_H
#define SMKEX_ENDPOINT_H

#include "ns3/event-id.h"
#include "ns3/nstime.h"
#include "ns3/simple-ref-count.h"
#include "ns3/smkex-engine.h"
#include "ns3/smkex-transport.h"

#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

namespace ns3
{

/** What one endpoint of a session came to, for the judge. Instants are of the simulation. */
struct SmkexOutcome
{
    Time started;                           //!< the connect call, or the first connection
    std::optional<Time> accepted;           //!< may send application data from then on
    std::optional<smkex::Failure> failure;  //!< before or after the acceptance
    Time failed;                            //!< when, if it failed
    Time computed;                          //!< spent on cryptography until acceptance or failure
    std::optional<smkex::SessionKeys> keys; //!< once accepted under keys
    bool downgraded{false};                 //!< accepted in a weaker mode than the protocol's own
    smkex::Bytes sent;                      //!< application data, as handed to the engine
    smkex::Bytes received;                  //!< application data, as delivered by the engine
    std::vector<std::uint16_t> clientPorts; //!< the client's ports, which identify the session
    std::uint32_t pathsUp{0};               //!< connections or subflows that came up
};

/**
 * Runs one engine over one transport: tells it what happens and carries out what it decides, at the
 * instants that it names. There is no protocol logic here.
 *
 * The application traffic is one request and one response of the same size: the client sends the
 * request when it has accepted, the server answers when it has all of it, and the client closes
 * when it has all of the response.
 */
class SmkexEndpoint : public SimpleRefCount<SmkexEndpoint>, private SmkexTransportEvents
{
  public:
    enum class Role : std::uint8_t
    {
        Client,
        Server,
    };

    /** Everything that is fixed for one session. */
    struct Setup
    {
        Role role;
        Time timeout;     //!< for the exchange, from the start
        Time dataTimeout; //!< for the application data, from the acceptance
        std::uint32_t appBytes;
        std::unique_ptr<smkex::RandomSource> random; //!< keys, nonces and application data
        std::shared_ptr<const smkex::CostProfile> costs;
        std::shared_ptr<smkex::NormalSource> costDraws;
        /** Makes the engine on the endpoint's own processor. */
        std::function<std::unique_ptr<smkex::Engine>(smkex::Processor&)> makeEngine;
    };

    using EndHandler = std::function<void(SmkexEndpoint&)>;

    SmkexEndpoint(Setup setup, Ptr<SmkexTransport> transport);
    ~SmkexEndpoint() override;

    /** Told of acceptance, at its instant. */
    void SetAcceptHandler(std::function<void(const SmkexOutcome&)> handler);

    /** Told once, when the session is over. */
    void SetEndHandler(EndHandler handler);

    /** Told of every cryptographic operation. */
    void SetOperationObserver(smkex::Processor::Observer observer);

    /** The session begins now; a client's transport connects. */
    void Start();

    /** Ends without a word to the peer or to any handler: for when the node itself is going. */
    void Abandon();

    const SmkexOutcome& Outcome() const
    {
        return m_outcome;
    }

  private:
    void OnPathUp(smkex::PathId path) override;
    void OnPathBytes(smkex::PathId path, smkex::ByteView bytes) override;
    void OnPathDown(smkex::PathId path, smkex::PathEnd end) override;

    void Enqueue(smkex::Actions actions);
    void CarryOutDue();
    void CarryOut(smkex::SendBytes& action);
    void CarryOut(smkex::Accept& action);
    void CarryOut(smkex::Deliver& action);
    void CarryOut(smkex::Fail& action);
    void NoteDecision(const smkex::Action& action);

    void HandleTimeout();
    void SendApplicationData();
    bool HasAllData() const;
    void EndWithSharePath();
    void FailWith(smkex::Failure reason);
    void End();

    Setup m_setup;
    Ptr<SmkexTransport> m_transport;
    smkex::Processor m_processor;
    std::unique_ptr<smkex::Engine> m_engine;
    SmkexOutcome m_outcome;
    std::deque<smkex::Action> m_queue; //!< actions whose instant has not come
    EventId m_nextAction;
    EventId m_timer;
    std::optional<smkex::PathEnd> m_sharePathEnd; //!< application data ends with it
    bool m_ended{false};
    std::function<void(const SmkexOutcome&)> m_onAccept;
    EndHandler m_onEnd;
};

} // namespace ns3

#endif // SMKEX_ENDPOINT_H
