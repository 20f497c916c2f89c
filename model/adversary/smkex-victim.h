/*
 * SPDX-License-Identifier: GPL-2.0-only
 */
#ifndef SMKEX_VICTIM_H
#define SMKEX_VICTIM_H

#include "smkex-strategy.h"

#include "ns3/smkex-record-layer.h"

#include <array>
#include <optional>

namespace smkex
{

/** What adversaries put in the place of shares. */
struct ShareSubstitution
{
    bool clientShare; //!< towards the server
    bool serverShare; //!< towards the client
    bool lowOrder;    //!< by a value of low order, instead of a share of one's own
};

/**
 * One session under attack: what is known of it, what is put in the place of what, and the keys
 * that come out.
 *
 * Substitutes are drawn from the secret that adversaries agreed on beforehand and the session's
 * identifier. So all adversaries use the same ones for a session without talking to each other.
 */
class Victim
{
  public:
    /** All are kept by reference, except the session. */
    Victim(const SessionId& session,
           const Situation& situation,
           const ShareSubstitution& substitution,
           Processor& processor);

    /**
     * Takes a fact in, unless it is known, or is one of our own substitutes passing by.
     *
     * \return whether something new was learned
     */
    bool Learn(News::Fact fact, PathId path, ByteView value);

    /** \return whether there are shares to put in the place of the true ones: of a known group */
    bool HasShares() const
    {
        return m_forServer.has_value();
    }

    /** \return what replaces the client's share on its way to the server; needs HasShares() */
    const Bytes& ShareForServer();

    /** \return what replaces the server's share on its way to the client; needs HasShares() */
    const Bytes& ShareForClient();

    /** \return what to send the server in the place of the client's nonce of \p path */
    const Nonce& NonceForServer(PathId path);

    /** \return what to send the client in the place of the server's nonce of \p path */
    const Nonce& NonceForClient(PathId path);

    /**
     * H of \p path as the client would compute it from what it has sent and been sent.
     *
     * \return nothing as long as the coalition can still learn what is missing. What it can never
     *         learn is filled in by a guess: what was agreed on beforehand.
     */
    std::optional<Digest> ForgeBinding(PathId path);

    /**
     * A server's signature of what the client has sent and been sent, under the long-term key that
     * all adversaries have.
     *
     * \return nothing where there are no shares to put in the place of the true ones
     */
    std::optional<ServerIdentity> ForgeIdentity();

    /** \return whether the client's nonce of every path that the coalition sees is known */
    bool KnowsOverhearableNonces() const;

    /** Tries to compute the keys of both ends. \return those that were not known before */
    std::vector<Digest> DeriveKeys();

    /** \return whether keys of either end are missing that can still be learned */
    bool AwaitsKeys() const;

    /**
     * Opens a record of the sender's and seals its content for the receiver.
     *
     * \param [out] plaintext what was read
     * \return the frame to go on, or nothing where it did not open or cannot be sealed
     */
    std::optional<Bytes> Relay(Direction direction,
                               ByteView sealed,
                               std::optional<Bytes>& plaintext);

    /** Acts as if active on every nonce path, whatever the coalition's positions. */
    void ClaimAllNonces()
    {
        m_claimsAllNonces = true;
    }

  private:
    struct PathFacts
    {
        std::optional<Nonce> client;
        std::optional<Nonce> server;
        std::optional<Nonce> forServer;
        std::optional<Nonce> forClient;
    };

    PathFacts& Facts(PathId path);
    bool Substitutes(PathId path) const;
    void PrepareShares();
    std::optional<Transcript> ClientView();
    std::optional<Transcript> ServerView();
    std::optional<Transcript> View(const std::optional<Bytes>& clientShare,
                                   const std::optional<Bytes>& serverShare,
                                   bool clientSide);
    std::optional<SessionKeys> KeysWithClient();
    std::optional<SessionKeys> KeysWithServer();
    Bytes SecretWith(const KeyPair& own, const Bytes& peerShare);

    SessionId m_session;
    const Situation& m_situation;
    const ShareSubstitution& m_substitution;
    Processor& m_processor;
    bool m_claimsAllNonces{false};

    std::optional<Group> m_group;
    std::optional<Bytes> m_clientShare;
    std::optional<Bytes> m_serverShare;
    std::array<PathFacts, MAX_PATHS> m_paths;

    std::optional<KeyPair> m_forServer; //!< its public value replaces g^x
    std::optional<KeyPair> m_forClient; //!< its public value replaces g^y
    std::optional<SessionKeys> m_clientKeys;
    std::optional<SessionKeys> m_serverKeys;

    /** The four ends of the two encrypted legs: client to us, us to server, and back. */
    struct Legs
    {
        RecordDirection opening;
        RecordDirection sealing;
    };

    std::array<std::optional<Legs>, 2> m_legs; //!< by direction
};

} // namespace smkex

#endif // SMKEX_VICTIM_H
