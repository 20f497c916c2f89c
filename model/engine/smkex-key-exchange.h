/*
 * SPDX-License-Identifier: GPL-2.0-only
 */
#ifndef SMKEX_KEY_EXCHANGE_H
#define SMKEX_KEY_EXCHANGE_H

#include "smkex-message-engine.h"
#include "smkex-trust.h"

#include <optional>
#include <vector>

/**
 * \file
 * `smkex` (CCS 2018, section 5) and, as its case of a single path, `dh`.
 *
 * The shares travel on path 1. On every other path travel the client's nonce and, in answer, the
 * server's nonce and H, which binds the shares and the two nonces.
 */

namespace smkex
{

/** What both ends of an exchange have to agree on beforehand. */
struct KeyExchangeConfig
{
    Group group{Group::X25519};
    PathId paths{2}; //!< 1 is `dh`: no nonces and no H
    Trust trust{};   //!< on first use, by long-term keys
};

/**
 * Accepts once g^y is valid, H is equal on every path but the first and, where it asks for one, the
 * server's signature holds under the key that is pinned.
 */
class KeyExchangeClient : public MessageEngine
{
  public:
    KeyExchangeClient(Processor& processor, const KeyExchangeConfig& config);

  private:
    /** What the server has said on one path other than the first. */
    struct Binding
    {
        NoncePair nonces;
        std::optional<Digest> hash;
        bool verified{false};
    };

    void HandleStart() override;
    void HandlePathUp(PathId path) override;
    void HandleMessage(PathId path, const Message& message) override;

    void HandleServerShare(PathId path, const ServerShare& message);
    void HandleServerBinding(PathId path, const ServerBinding& message);
    void HandleServerIdentity(PathId path, const ServerIdentity& message);
    void VerifyBindings();
    void AgreeOnSecret();
    void AcceptIfComplete();

    KeyPair m_keyPair;
    Transcript m_transcript;
    std::vector<Binding> m_bindings; //!< by path, from the second on
    std::optional<Bytes> m_secret;
    IdentityCheck m_identityCheck;
};

/** Accepts once g^x is valid and a nonce has come on every path but the first. */
class KeyExchangeServer : public MessageEngine
{
  public:
    KeyExchangeServer(Processor& processor, const KeyExchangeConfig& config);

  private:
    void HandleStart() override;
    void HandlePathUp(PathId path) override;
    void HandleMessage(PathId path, const Message& message) override;

    void HandleClientShare(PathId path, const ClientShare& message);
    void HandleClientNonce(PathId path, const ClientNonce& message);
    bool JoinSession(const SessionId& session);
    void SendBinding(const NoncePair& nonces);
    void AcceptIfComplete();

    KeyPair m_keyPair;
    Transcript m_transcript;
    bool m_hasSession{false};
    std::optional<Bytes> m_secret;
    std::shared_ptr<const LongTermIdentity> m_identity;
};

} // namespace smkex

#endif // SMKEX_KEY_EXCHANGE_H
