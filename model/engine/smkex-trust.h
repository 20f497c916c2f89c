/*
 * SPDX-License-Identifier: GPL-2.0-only
 */
#ifndef SMKEX_TRUST_H
#define SMKEX_TRUST_H

#include "smkex-key-schedule.h"
#include "smkex-messages.h"
#include "smkex-pin-store.h"
#include "smkex-processor.h"

#include <memory>
#include <optional>
#include <string>

/**
 * \file
 * Trust on first use: a server signs each exchange with a long-term key, and a client remembers
 * that key (pins it) and insists on it from then on.
 *
 * The signature covers the group, the session and both shares. It comes right behind the server's
 * share, so it takes no round trip; the nonces may not be known by then, and H binds them to the
 * shares.
 */

namespace smkex
{

/** A server's long-term Ed25519 key and, where it has replaced another one, the proof of that. */
class LongTermIdentity
{
  public:
    explicit LongTermIdentity(KeyPair keyPair);

    /** \return the identity under the key \p next, which this one vouches for */
    LongTermIdentity RotateTo(KeyPair next) const;

    const Digest& PublicKey() const
    {
        return m_publicKey;
    }

    /**
     * \param processor computes and is charged
     * \param transcript of which the group, the session and both shares count
     */
    ServerIdentity Sign(Processor& processor, const Transcript& transcript) const;

  private:
    KeyPair m_keyPair;
    Digest m_publicKey;
    std::optional<KeyRotation> m_rotation;
};

/** What an endpoint has for trust on first use; a server the first, a client the others. */
struct Trust
{
    std::shared_ptr<const LongTermIdentity> identity{}; //!< null: the server signs nothing
    std::shared_ptr<PinStore> pins{};                   //!< null: the client asks for no signature
    std::string host{};                                 //!< the name that the client pins under
};

/** A client's check of one server in one exchange. */
class IdentityCheck
{
  public:
    /** How the server's key relates to what is pinned. */
    enum class Contact : std::uint8_t
    {
        First,    //!< nothing was pinned
        Match,    //!< the very key
        Rotation, //!< another key, for which the pinned one vouches
    };

    explicit IdentityCheck(const Trust& trust);

    /** \return whether the client insists on a signature */
    bool IsRequired() const
    {
        return m_trust.pins != nullptr;
    }

    /** \return how it turned out, once Verify() has found nothing wrong */
    std::optional<Contact> Verified() const
    {
        return m_contact;
    }

    /**
     * Looks the server up and verifies its signature. A key that was retired is never taken again,
     * not even by rotation.
     *
     * \return what is wrong, if anything is
     */
    std::optional<Failure> Verify(Processor& processor,
                                  const Transcript& transcript,
                                  const ServerIdentity& identity);

    /**
     * Pins what was verified: to be called when all else about the exchange is found right.
     *
     * \return what is wrong, if anything is
     */
    std::optional<Failure> Remember();

  private:
    std::optional<Contact> Classify(Processor& processor, const ServerIdentity& identity) const;

    Trust m_trust;
    std::optional<Pin> m_pinned;
    Digest m_key{};
    std::optional<Contact> m_contact;
};

/** Whatever signs in a server's name signs this. */
Bytes IdentityStatement(const Transcript& transcript, const Digest& publicKey);

/** A server's earlier key signs this when another one follows it. */
Bytes RotationStatement(const Digest& previousKey, const Digest& nextKey);

} // namespace smkex

#endif // SMKEX_TRUST_H
