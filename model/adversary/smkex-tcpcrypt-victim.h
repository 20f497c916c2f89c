/*
 * SPDX-License-Identifier: GPL-2.0-only
 */
#ifndef SMKEX_TCPCRYPT_VICTIM_H
#define SMKEX_TCPCRYPT_VICTIM_H

#include "smkex-strategy.h"

#include "ns3/smkex-eno.h"
#include "ns3/smkex-tcpcrypt-keys.h"
#include "ns3/smkex-tcpcrypt-messages.h"

#include <array>
#include <optional>

namespace smkex
{

/**
 * One tcpcrypt exchange with a man in the middle: keys and nonces of his own go to either end, in
 * messages of the same lengths, and he has keys with both.
 *
 * The first 16 octets of N_A stay, for they are what links further paths to the session.
 */
class TcpcryptVictim
{
  public:
    /** \p processor is kept by reference. \p negotiated: on a TEP whose group GroupOfTep() knows.
     */
    TcpcryptVictim(Processor& processor, const EnoOutcome& negotiated);

    /** \return what goes on in the place of the client's Init1, or nothing where it is none */
    std::optional<Bytes> ReplaceInit1(ByteView message);

    /** Likewise Init2, after Init1; the keys are there from then on. */
    std::optional<Bytes> ReplaceInit2(ByteView message);

    bool HasInit1() const
    {
        return !m_clientView.init1.empty();
    }

    bool HasKeys() const
    {
        return m_withClient.has_value();
    }

    /** \return keys with the client; needs HasKeys() */
    const TcpcryptKeys& WithClient() const
    {
        return *m_withClient;
    }

    const TcpcryptKeys& WithServer() const
    {
        return *m_withServer;
    }

    /** \return how further paths name the session */
    SessionId Link() const
    {
        return LinkOf(m_clientView.nonceA);
    }

    /**
     * Opens a frame of the sender's and seals its content for the receiver; needs HasKeys().
     *
     * \param [out] read is given the data, at its end
     * \return the frame to go on, or nothing where it did not open
     */
    std::optional<Bytes> Relay(Direction direction, ByteView frame, Bytes& read);

  private:
    /** One direction: opens what one end sealed, seals for the other. */
    struct Leg
    {
        TcpcryptDirection opening;
        TcpcryptDirection sealing;
    };

    Processor& m_processor;
    Group m_group;
    TcpcryptExchange m_clientView; //!< the exchange as the client sees it
    TcpcryptExchange m_serverView;
    KeyPair m_forServer; //!< its public value replaces A's
    KeyPair m_forClient; //!< its public value replaces B's
    Bytes m_clientKey;   //!< A's own
    std::optional<TcpcryptKeys> m_withClient;
    std::optional<TcpcryptKeys> m_withServer;
    std::array<std::optional<Leg>, 2> m_legs; //!< by direction
};

} // namespace smkex

#endif // SMKEX_TCPCRYPT_VICTIM_H
