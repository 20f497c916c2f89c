/*
 * SPDX-License-Identifier: GPL-2.0-only
 */
#ifndef SMKEX_TCPCRYPT_ENGINE_H
#define SMKEX_TCPCRYPT_ENGINE_H

#include "smkex-engine.h"
#include "smkex-key-exchange.h"
#include "smkex-tcpcrypt-keys.h"
#include "smkex-tcpcrypt-messages.h"

#include <array>
#include <optional>
#include <vector>

/**
 * \file
 * `tcpcrypt` (RFC 8548) and, with more than one path, `tcpcrypt-multipath`: the same, authenticated
 * over the other paths by its session identifier.
 *
 * The transport negotiates by TCP-ENO on the connection of path 1, hands the outcome in by
 * OnNegotiated(), and the active opener is the client. Where the ends have not agreed on a protocol
 * that encrypts, `tcpcrypt` goes on as plain TCP and says that it is downgraded;
 * `tcpcrypt-multipath` has no session identifier to authenticate then, and gives up.
 *
 * On every other path the client sends its nonce once Init2 has come on path 1, and the server
 * answers by its own nonce and H: the messages ClientNonce and ServerBinding of smkex-messages.h,
 * linked to path 1 by LinkOf(). With no cost of cryptography the client is set up at
 * max(2·RTT1, RTT2) + RTT2.
 *
 * Sessions are not resumed and keys are not renewed: a peer's suboptions for the one are ignored, a
 * frame that asks for the other is an unexpected message.
 */

namespace smkex
{

/** What both ends have in common. */
class TcpcryptEngine : public Engine
{
  public:
    /** Frames that come ahead of the acceptance wait, up to this many octets. */
    static constexpr std::size_t MAX_EARLY_BYTES = 1U << 17;

  protected:
    TcpcryptEngine(Processor& processor, const KeyExchangeConfig& config, InitKind awaited);

    /** The peer's Init has arrived on path 1. */
    virtual void HandleInit(ByteView message) = 0;

    /** A message has arrived on another path than the first. */
    virtual void HandleMessage(PathId path, const Message& message) = 0;

    /** Path 1 is connected, and is to be encrypted. */
    virtual void BeginExchange() = 0;

    /** \return whether the key of the peer may be used; gives up where not. */
    bool CheckPeerKey(ByteView peerKey);

    /** Agrees on keys with the peer; gives up where its public key is refused. */
    void AgreeOnKeys(ByteView peerKey);

    void AcceptUnderDerivedKeys();

    PathId Paths() const
    {
        return m_config.paths;
    }

    Group GetGroup() const
    {
        return m_config.group;
    }

    TcpcryptExchange m_exchange{};
    KeyPair m_keyPair;
    std::optional<TcpcryptKeys> m_keys;

  private:
    void HandleNegotiated(PathId path, const EnoOutcome& outcome) final;
    void HandlePathUp(PathId path) final;
    void HandleBytes(PathId path, ByteView in) final;
    void HandleApplicationData(ByteView plaintext) final;
    bool NeedsPath(PathId path) const final;

    virtual void HandleNoncePathUp(PathId path);

    void ReadSharePath();
    bool ReadInit(ByteView unread);
    bool ReadFrame(ByteView unread);
    void ReadNoncePath(PathId path);

    KeyExchangeConfig m_config;
    InitKind m_awaited;
    EnoOutcome m_negotiated;
    bool m_plain{false}; //!< no encryption on this connection
    bool m_peerInitSeen{false};
    bool m_peerFinished{false};
    std::array<Bytes, MAX_PATHS> m_unread; //!< what has arrived, by path, and is not consumed
    std::optional<TcpcryptDirection> m_sending;
    std::optional<TcpcryptDirection> m_receiving;
};

/** The active opener, A. Accepts once Init2 is valid and H is equal on every other path. */
class TcpcryptClient : public TcpcryptEngine
{
  public:
    TcpcryptClient(Processor& processor, const KeyExchangeConfig& config);

  private:
    struct Binding
    {
        NoncePair nonces;
        bool up{false};
        bool sent{false};
        bool verified{false};
    };

    void HandleStart() override;
    void BeginExchange() override;
    void HandleInit(ByteView message) override;
    void HandleNoncePathUp(PathId path) override;
    void HandleMessage(PathId path, const Message& message) override;

    void SendNonces();
    void AcceptIfComplete();

    std::vector<Binding> m_bindings; //!< by path, from the second on
};

/** The passive opener, B. Accepts once Init1 is valid and a nonce has come on every other path. */
class TcpcryptServer : public TcpcryptEngine
{
  public:
    TcpcryptServer(Processor& processor, const KeyExchangeConfig& config);

  private:
    void HandleStart() override;
    void BeginExchange() override;
    void HandleInit(ByteView message) override;
    void HandleMessage(PathId path, const Message& message) override;

    bool JoinSession(const SessionId& link);
    void SendBindings();

    std::optional<SessionId> m_link;
    std::vector<NoncePair> m_nonces; //!< by arrival
    std::size_t m_bindingsSent{0};
};

} // namespace smkex

#endif // SMKEX_TCPCRYPT_ENGINE_H
