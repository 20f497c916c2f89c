/*
 * SPDX-License-Identifier: GPL-2.0-only
 */
#ifndef SMKEX_MESSAGES_H
#define SMKEX_MESSAGES_H

#include "smkex-bytes.h"
#include "smkex-crypto.h"
#include "smkex-failure.h"

#include <optional>
#include <variant>

/**
 * \file
 * The messages of `dh`, `smkex` and `secret-sharing` on the wire.
 *
 * A message is a frame: type (1 octet), length of the body (2, big-endian), body. A client's first
 * message on each path starts its body with the version and the session identifier, so that a
 * server can put the paths of one session together.
 */

namespace smkex
{

/** A path of a session, numbered from 1 as in the paper. */
using PathId = std::uint8_t;

constexpr PathId SHARE_PATH = 1;       //!< the path that the shares travel on
constexpr PathId FIRST_NONCE_PATH = 2; //!< nonces and H travel on this path and those after it
constexpr PathId MAX_PATHS = 8;

using SessionId = std::array<std::uint8_t, 16>;
using Nonce = std::array<std::uint8_t, 32>;

constexpr std::uint8_t PROTOCOL_VERSION = 1;
constexpr std::size_t FRAME_HEADER_SIZE = 3;           //!< octets
constexpr std::size_t MAX_RECORD_PLAINTEXT = 1U << 14; //!< octets of application data a record

enum class MessageType : std::uint8_t
{
    ClientShare = 0x01,
    ServerShare = 0x02,
    ClientNonce = 0x03,
    ServerBinding = 0x04,
    ServerIdentity = 0x05,
    SecretShare = 0x06,
    Record = 0x17,
};

/** C→S on path 1: g^x. */
struct ClientShare
{
    SessionId session;
    Group group;
    Bytes share;
};

/** S→C on path 1: g^y. */
struct ServerShare
{
    Bytes share;
};

/** C→S on path 2 and after it: N_C. */
struct ClientNonce
{
    SessionId session;
    PathId path;
    Nonce nonce;
};

/** S→C on path 2 and after it: N_S and H. */
struct ServerBinding
{
    PathId path;
    Nonce nonce;
    Digest hash;
};

/** A server's long-term key follows another one: the older key says so. */
struct KeyRotation
{
    Digest previousKey;
    std::array<std::uint8_t, SIGNATURE_SIZE> signature; //!< of the new key, by the previous one
};

/** S→C on path 1, behind g^y: the server's long-term key signs the exchange. */
struct ServerIdentity
{
    Digest publicKey; //!< Ed25519
    std::array<std::uint8_t, SIGNATURE_SIZE> signature;
    std::optional<KeyRotation> rotation; //!< announced along with the key, if it replaced another
};

/** C→S on each path: the share of the client's key that travels there. */
struct SecretShare
{
    SessionId session;
    PathId path;
    Bytes share;
};

/** Application data under the session key: ciphertext and tag. */
struct Record
{
    Bytes sealed;
};

using Message = std::variant<ClientShare,
                             ServerShare,
                             ClientNonce,
                             ServerBinding,
                             ServerIdentity,
                             SecretShare,
                             Record>;

/** \return the frame of \p message */
Bytes Encode(const Message& message);

/** A frame whose body has arrived whole; the body is valid until the next call to its reader. */
struct Frame
{
    std::uint8_t type;
    ByteView body;
    std::size_t size; //!< octets of header and body
};

/**
 * Looks at the first frame of \p stream.
 *
 * \param stream what has arrived and has not been consumed
 * \param [out] failure set where the header alone is wrong: an unknown type, or a body longer than
 *              any of its type
 * \return the frame once it is whole
 */
std::optional<Frame> PeekFrame(ByteView stream, std::optional<Failure>& failure);

/** \return the message in \p frame, or why it is none */
std::variant<Message, Failure> Decode(const Frame& frame);

/** Which session and path a new connection belongs to. */
struct Link
{
    SessionId session;
    PathId path;
};

/**
 * Reads the link from the first octets that a client sent on a connection.
 *
 * \param stream what has arrived on the connection
 * \param [out] failure set where no link will ever come out of this
 * \return the link, once the first frame is whole
 */
std::optional<Link> PeekLink(ByteView stream, std::optional<Failure>& failure);

} // namespace smkex

#endif // SMKEX_MESSAGES_H
