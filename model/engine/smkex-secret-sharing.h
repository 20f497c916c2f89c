/*
 * SPDX-License-Identifier: GPL-2.0-only
 */
#ifndef SMKEX_SECRET_SHARING_H
#define SMKEX_SECRET_SHARING_H

#include "smkex-key-exchange.h"
#include "smkex-message-engine.h"

#include <array>
#include <vector>

/**
 * \file
 * `secret-sharing`: the client draws a key and sends a share of it on each of n paths.
 *
 * All but the share of path 1 are random, and that one is the key XOR all others. So n - 1 shares,
 * whichever they are, say nothing about the key, and all n of them give it to whoever reads them.
 * Nothing is authenticated: who replaces shares makes the server hold another key than the client.
 */

namespace smkex
{

constexpr std::size_t SECRET_SIZE = 32; //!< of the key, and of each share of it, in octets

using Secret = std::array<std::uint8_t, SECRET_SIZE>;

/** \return XOR of \p shares; with all shares of a secret, the secret */
Secret CombineShares(const std::vector<Secret>& shares);

/**
 * Splits \p secret into \p paths shares (1 to MAX_PATHS), by path.
 *
 * \param processor where the random shares are drawn from
 */
std::vector<Secret> SplitSecret(Processor& processor, const Secret& secret, PathId paths);

/**
 * The session keys under a shared secret: HKDF-SHA-256 with the secret as input, no salt, and a
 * label, the session and the number of paths as info.
 */
SessionKeys DeriveSharedSecretKeys(Processor& processor,
                                   const SessionId& session,
                                   PathId paths,
                                   const Secret& secret);

/** Accepts as soon as all its paths are up and each has its share: nothing comes back. */
class SecretSharingClient : public MessageEngine
{
  public:
    /** Of \p config, only the number of paths matters. */
    SecretSharingClient(Processor& processor, const KeyExchangeConfig& config);

  private:
    void HandleStart() override;
    void HandlePathUp(PathId path) override;
    void HandleMessage(PathId path, const Message& message) override;

    SessionId m_session;
    Secret m_secret;
    std::vector<Secret> m_shares;           //!< by path
    std::array<bool, MAX_PATHS> m_isSent{}; //!< by path
};

/** Accepts once a share has come on every path. */
class SecretSharingServer : public MessageEngine
{
  public:
    /**
     * The client sends application data right behind its shares, and the slowest path decides when
     * the server may read it. So much of it may wait.
     */
    static constexpr std::size_t MAX_WAITING_BYTES = 1U << 27;

    /** Of \p config, only the number of paths matters. */
    SecretSharingServer(Processor& processor, const KeyExchangeConfig& config);

  private:
    void HandleStart() override;
    void HandlePathUp(PathId path) override;
    void HandleMessage(PathId path, const Message& message) override;

    std::size_t MaxEarlyBytes() const override
    {
        return MAX_WAITING_BYTES;
    }

    std::optional<SessionId> m_session;
    std::array<std::optional<Secret>, MAX_PATHS> m_shares; //!< by path
};

} // namespace smkex

#endif // SMKEX_SECRET_SHARING_H
