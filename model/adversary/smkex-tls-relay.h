/*
 * SPDX-License-Identifier: GPL-2.0-only
 */
#ifndef SMKEX_TLS_RELAY_H
#define SMKEX_TLS_RELAY_H

#include "smkex-strategy.h"

#include "ns3/smkex-tls-session.h"

#include <memory>

namespace smkex
{

/** One end of TLS that an attacker plays, with randomness that was agreed on beforehand. */
class TlsLeg
{
  public:
    /** \p seed is what everything is drawn from. */
    TlsLeg(const Digest& seed, const TlsConfig& config);
    ~TlsLeg();

    TlsSession& operator*()
    {
        return m_tls;
    }

    TlsSession* operator->()
    {
        return &m_tls;
    }

  private:
    class NoDraws;

    CostProfile m_noCosts; //!< attackers compute in no time
    std::unique_ptr<NormalSource> m_noDraws;
    SeededRandomSource m_random;
    Processor m_processor;
    TlsSession m_tls;
};

/** The shares that attackers put in the place of those of both ends. */
struct TlsSubstitutes
{
    Bytes forServer;
    Bytes forClient;
};

/**
 * A TLS connection that is terminated on both sides: a server towards the client, with whatever
 * certificate the attacker has, and a client towards the server.
 *
 * The client's random is handed on, so that whoever knows the session by it still finds it. The
 * handshake with the server is completed whether or not the client takes the certificate: a server
 * talks to anybody. All that is drawn stems from the secret that adversaries agreed on beforehand
 * and the session.
 */
class TlsRelay
{
  public:
    /** \p hello is the client's; \p group, that of its share. */
    TlsRelay(const Situation& situation, const TlsHello& hello, Group group);

    /** Octets of the sender in \p direction arrive. */
    void Receive(Direction direction, ByteView octets);

    /** \return what goes on in \p direction, made so far */
    Bytes TakeOutput(Direction direction);

    /** \return the content that has been read in \p direction */
    Bytes TakeContent(Direction direction);

    /** Seals content for the receiver in \p direction; only while both legs are established. */
    void Send(Direction direction, ByteView content);

    /** \return whether both handshakes are complete */
    bool IsEstablished()
    {
        return m_toClient->IsEstablished() && m_toServer->IsEstablished();
    }

    /** \return whether the client has finished its handshake, or refused it */
    bool HasAnswer()
    {
        return m_toClient->IsEstablished() || m_toClient->FailureReason();
    }

    /** The connection with the client. */
    TlsSession& ClientLeg()
    {
        return *m_toClient;
    }

    /** The connection with the server. */
    TlsSession& ServerLeg()
    {
        return *m_toServer;
    }

    /** \return the shares that a relay of this session and group uses, for who sees no path 1 */
    static TlsSubstitutes Predict(const Situation& situation,
                                  const SessionId& session,
                                  Group group);

  private:
    TlsLeg m_toClient;
    TlsLeg m_toServer;
    bool m_hasSaidHello{false}; //!< to the server
    bool m_serverHasSpoken{false};
};

} // namespace smkex

#endif // SMKEX_TLS_RELAY_H
