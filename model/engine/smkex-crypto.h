/*
 * SPDX-License-Identifier: GPL-2.0-only
 */
#ifndef SMKEX_CRYPTO_H
#define SMKEX_CRYPTO_H

#include "smkex-bytes.h"
#include "smkex-random-source.h"

#include <initializer_list>
#include <optional>
#include <string>

/**
 * \file
 * The primitives, as thin wrappers around Crypto++. Nothing here keeps state, knows the time or
 * charges a cost: the endpoints compute through a Processor, attackers call these directly. What a
 * peer sends may be anything; a caller that breaks a rule on its own keys, nonces or sizes is at
 * fault, and the program ends.
 */

namespace smkex
{

/** A Diffie-Hellman group, by its number in TLS's registry of named groups (RFC 8446, 4.2.7). */
enum class Group : std::uint16_t
{
    P256 = 0x0017,
    X25519 = 0x001d,
};

/** \return `x25519` or `p256` */
const char* NameOf(Group group);

/** \return the length of a public value on the wire, in octets: 32, or 65 (uncompressed point) */
std::size_t PublicKeySize(Group group);

/** A key pair, both values in their form on the wire (RFC 7748, 5; SEC 1, 2.3.3; RFC 8032, 5.1). */
struct KeyPair
{
    Bytes privateKey;
    Bytes publicKey;
};

/** Draws an ephemeral key pair. */
KeyPair GenerateKeyPair(Group group, RandomSource& random);

/** What is wrong with a peer's public value. */
enum class PublicKeyError : std::uint8_t
{
    None,
    WrongLength, //!< not PublicKeySize() octets
    NotOnCurve,  //!< P-256: a bad form, a coordinate out of range or a point off the curve
    ZeroSecret,  //!< X25519: a point of low order, the shared secret is zero (RFC 7748, 6.1)
};

/** What an agreement yields. */
struct AgreementResult
{
    PublicKeyError error{PublicKeyError::None};
    /** 32 octets (the x-coordinate for P-256). With ZeroSecret: 32 zeros; other errors: empty. */
    Bytes secret;
};

/**
 * The Diffie-Hellman function, with full validation of the peer's public value.
 *
 * \param group the group
 * \param privateKey 32 octets; for P-256 a big-endian number in [1, order of the group)
 * \param peerPublicKey what the peer sent: anything
 */
AgreementResult Agree(Group group, ByteView privateKey, ByteView peerPublicKey);

/** SHA-256 over the concatenation of \p parts. */
Digest Sha256(std::initializer_list<ByteView> parts);

/** HMAC-SHA-256 (RFC 2104). */
Digest HmacSha256(ByteView key, ByteView message);

/** HKDF-SHA-256 (RFC 5869): extract and expand. \p size is at most 8,160 octets. */
Bytes HkdfSha256(ByteView ikm, ByteView salt, ByteView info, std::size_t size);

/** The expanding half of HKDF-SHA-256 alone (RFC 5869, 2.3); the extracting one is HmacSha256(). */
Bytes HkdfExpandSha256(ByteView key, ByteView info, std::size_t size);

constexpr std::size_t SIGNATURE_SIZE = 64; //!< Ed25519, octets

/** Draws a long-term Ed25519 key pair (RFC 8032, 5.1.5); both values have 32 octets. */
KeyPair GenerateSigningKeyPair(RandomSource& random);

/** \return the Ed25519 signature of \p message (RFC 8032, 5.1.6) */
Bytes SignEd25519(const KeyPair& signer, ByteView message);

/**
 * Does an Ed25519 signature hold (RFC 8032, 5.1.7)? All three may be anything: a wrong length, a
 * point that is not in its one canonical form or a scalar out of range make it false.
 */
bool VerifyEd25519(ByteView publicKey, ByteView message, ByteView signature);

constexpr std::size_t AEAD_KEY_SIZE = 16;   //!< AES-128
constexpr std::size_t AEAD_NONCE_SIZE = 12; //!< octets
constexpr std::size_t AEAD_TAG_SIZE = 16;   //!< octets

/**
 * AES-128-GCM (NIST SP 800-38D). \p key has AEAD_KEY_SIZE octets; \p nonce at least one octet.
 * \return ciphertext and tag
 */
Bytes SealAes128Gcm(ByteView key, ByteView nonce, ByteView additionalData, ByteView plaintext);

/** \return the plaintext, or nothing where the tag does not fit. */
std::optional<Bytes> OpenAes128Gcm(ByteView key,
                                   ByteView nonce,
                                   ByteView additionalData,
                                   ByteView sealed);

} // namespace smkex

#endif // SMKEX_CRYPTO_H
