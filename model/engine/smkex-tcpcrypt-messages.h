/*
 * SPDX-License-Identifier: GPL-2.0-only
 */
#ifndef SMKEX_TCPCRYPT_MESSAGES_H
#define SMKEX_TCPCRYPT_MESSAGES_H

#include "smkex-messages.h"

#include <array>
#include <optional>
#include <variant>
#include <vector>

/**
 * \file
 * What tcpcrypt (RFC 8548, 4) puts into the stream of octets: Init1 of the active opener A, Init2
 * of the passive opener B, and frames of application data from then on.
 */

namespace smkex
{

constexpr std::uint8_t TCPCRYPT_AES_128_GCM = 0x01; //!< the AEAD that this module does

/** A's first message. */
struct Init1
{
    Bytes ciphers;   //!< AEADs that A can do, an octet each, the most wanted one first; at most 255
    Nonce nonce;     //!< N_A
    Bytes publicKey; //!< as in smkex-crypto.h; the wire has another form, see EncodePublicKey()
};

/** B's answer. */
struct Init2
{
    std::uint8_t cipher; //!< the AEAD in use
    Nonce nonce;         //!< N_B
    Bytes publicKey;
};

constexpr std::size_t MAX_INIT_SIZE = 1024; //!< octets; a longer one is refused

/**
 * The form of public keys in Init1 and Init2 (RFC 8548, 5): for X25519 its 32 octets; for P-256 a
 * length of two octets that counts itself, and the compressed point.
 */
Bytes EncodePublicKey(Group group, ByteView publicKey);

Bytes Encode(const Init1& message, Group group);
Bytes Encode(const Init2& message, Group group);

/** Which of the two. */
enum class InitKind : std::uint32_t
{
    Init1 = 0x15101a0e, //!< values: the magic number in front
    Init2 = 0x097105e0,
};

/**
 * \param stream what has arrived and has not been consumed
 * \param kind the one that is awaited
 * \param [out] failure set where the message's beginning alone is wrong
 * \return the message's octets, once they are whole
 */
std::optional<ByteView> PeekInit(ByteView stream, InitKind kind, std::optional<Failure>& failure);

/** \return the content of a whole Init1 whose keys are in \p group, or why it has none */
std::variant<Init1, Failure> DecodeInit1(ByteView message, Group group);
std::variant<Init2, Failure> DecodeInit2(ByteView message, Group group);

constexpr std::size_t TCPCRYPT_HEADER_SIZE = 3;       //!< octets: control, length
constexpr std::uint8_t TCPCRYPT_CONTROL_REKEY = 0x01; //!< of the control octet

/** A whole frame (RFC 8548, 4.2). */
struct TcpcryptFrame
{
    std::uint8_t control;
    ByteView sealed; //!< ciphertext and tag
    std::size_t size;
};

/**
 * \param stream what has arrived and has not been consumed
 * \param [out] failure set where the header alone is wrong: too short for a tag and the flags
 * \return the first frame, once it is whole
 */
std::optional<TcpcryptFrame> PeekTcpcryptFrame(ByteView stream, std::optional<Failure>& failure);

/**
 * How the second path of a session names the first: by the first 16 octets of N_A, which cross path
 * 1 in the clear and are fresh with every session. They are no secret and prove nothing; H does.
 */
SessionId LinkOf(const Nonce& nonceA);

/**
 * Reads the link from the first octets that a client sent on a connection: Init1 on path 1, its
 * nonce on the others.
 *
 * \param stream what has arrived on the connection
 * \param [out] failure set where no link will ever come out of this
 * \return the link, once it is there
 */
std::optional<Link> PeekTcpcryptLink(ByteView stream, std::optional<Failure>& failure);

} // namespace smkex

#endif // SMKEX_TCPCRYPT_MESSAGES_H
