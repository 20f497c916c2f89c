/*
 * SPDX-License-Identifier: GPL-2.0-only
 */
#ifndef SMKEX_TCPCRYPT_KEYS_H
#define SMKEX_TCPCRYPT_KEYS_H

#include "smkex-key-schedule.h"

#include <array>
#include <optional>

/**
 * \file
 * The key schedule of tcpcrypt (RFC 8548, 3.3 and 3.4) for fresh keys, and frames under its keys.
 *
 * Endpoints and attackers compute with the same functions, each on its own processor and from what
 * it has itself seen or drawn.
 */

namespace smkex
{

/** TEP, then 32 octets: unique to the connection, equal at both ends, and no secret (RFC
 * 8548, 3.4). */
using TcpcryptSessionId = std::array<std::uint8_t, 33>;

/** One party's view of an exchange. */
struct TcpcryptExchange
{
    std::uint8_t tep;
    Bytes transcript; //!< of the negotiation, see EnoOutcome
    Nonce nonceA;
    Bytes init1; //!< as sent, from the magic number on
    Bytes init2;
    Bytes secret; //!< ES, what the key agreement yields
};

struct TcpcryptKeys
{
    TcpcryptSessionId sessionId;
    /** The session secret ss[0], k_ab and k_ba of the first generation; AES-128-GCM. */
    SessionKeys keys;
};

/** PRK is extracted with N_A as salt; each further key is expanded from it by one constant octet.
 */
TcpcryptKeys DeriveTcpcryptKeys(Processor& processor, const TcpcryptExchange& exchange);

/**
 * H of a second path: SHA-256 over a label, the path, the session identifier, N_C and N_S, each
 * with its length in front. Equal session identifiers mean equal keys, so H binds them to both
 * paths.
 */
Digest ComputeTcpcryptBinding(Processor& processor,
                              const TcpcryptSessionId& session,
                              const NoncePair& nonces);

/** What a frame holds. */
struct TcpcryptPlaintext
{
    Bytes data;
    bool last; //!< FINp: the sender has no more data
};

/**
 * One direction of application data (RFC 8548, 3.6 and 4.2).
 *
 * A frame's nonce is "DATA" and its place in the sender's stream of octets, counted from the first
 * octet of the Init message. Its header is authenticated as additional data.
 */
class TcpcryptDirection
{
  public:
    /** \p offset: where the first frame begins, the size of the sender's Init message. */
    TcpcryptDirection(const DirectionKeys& keys, std::uint64_t offset);

    /** \p plaintext: at most MAX_RECORD_PLAINTEXT octets. \return the next frame */
    Bytes Seal(Processor& processor, const TcpcryptPlaintext& plaintext);

    /**
     * \param frame the next whole frame in the stream
     * \return its content, or nothing where it is not authentic
     */
    std::optional<TcpcryptPlaintext> Open(Processor& processor, ByteView frame);

  private:
    std::array<std::uint8_t, AEAD_NONCE_SIZE> Nonce() const;

    DirectionKeys m_keys;
    std::uint64_t m_offset;
};

} // namespace smkex

#endif // SMKEX_TCPCRYPT_KEYS_H
