/*
 * SPDX-License-Identifier: GPL-2.0-only
 */
#ifndef SMKEX_PROCESSOR_H
#define SMKEX_PROCESSOR_H

#include "smkex-crypto-cost.h"
#include "smkex-crypto.h"

#include <functional>

namespace smkex
{

/**
 * An endpoint's processor: does its cryptography, one operation after the other, and knows when in
 * simulated time each is done.
 *
 * The host computes while the simulator's clock stands still. So every operation draws a duration
 * from the cost profile and moves Now() on by it; what the endpoint sends or concludes afterwards
 * happens at that instant. An event that comes while the processor is still at work waits.
 */
class Processor
{
  public:
    /** Is told of every operation, when it began and how long it took. */
    using Observer = std::function<void(Operation operation, Instant begin, Duration duration)>;

    /** All three are kept by reference and outlive the processor. */
    Processor(const CostProfile& profile, NormalSource& normal, RandomSource& random);

    void SetObserver(Observer observer);

    /** An event happens at \p now: the work on it begins then, or when earlier work is done. */
    void Begin(Instant now);

    /** \return the instant at which all work so far is done */
    Instant Now() const;

    /** \return the time spent on operations since the beginning */
    Duration Computed() const;

    /** \return \p size random octets, at no cost */
    Bytes DrawRandom(std::size_t size);

    /*
     * The functions of smkex-crypto.h. The size that a cost depends on: all octets handed in for
     * the hash, the output for the KDF, the message for signatures, additional and payload octets
     * (with the tag when opening) for the AEAD.
     */

    KeyPair GenerateKeyPair(Group group);
    /** A public value that is refused before the function is computed costs nothing. */
    AgreementResult Agree(Group group, ByteView privateKey, ByteView peerPublicKey);
    Digest Sha256(std::initializer_list<ByteView> parts);
    Bytes HkdfSha256(ByteView ikm, ByteView salt, ByteView info, std::size_t size);
    /** Costs as a hash over \p key and \p message. */
    Digest HmacSha256(ByteView key, ByteView message);
    /** Costs as the whole of HKDF, which takes one HMAC more. */
    Bytes HkdfExpandSha256(ByteView key, ByteView info, std::size_t size);
    Bytes SignEd25519(const KeyPair& signer, ByteView message);
    bool VerifyEd25519(ByteView publicKey, ByteView message, ByteView signature);
    Bytes SealAes128Gcm(ByteView key, ByteView nonce, ByteView additionalData, ByteView plaintext);
    std::optional<Bytes> OpenAes128Gcm(ByteView key,
                                       ByteView nonce,
                                       ByteView additionalData,
                                       ByteView sealed);

    /**
     * One operation that is computed elsewhere takes its time: by a library with protocols of its
     * own, say. \p size is what the operation's cost depends on, see above.
     */
    void Charge(Operation operation, std::size_t size = 0);

  private:
    const CostProfile& m_profile;
    NormalSource& m_normal;
    RandomSource& m_random;
    Observer m_observer;
    Instant m_now{0};
    Duration m_computed{0};
};

} // namespace smkex

#endif // SMKEX_PROCESSOR_H
