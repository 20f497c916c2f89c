/*
 * SPDX-License-Identifier: GPL-2.0-only
 */
#ifndef SMKEX_TLS_HELLO_H
#define SMKEX_TLS_HELLO_H

#include "smkex-crypto.h"
#include "smkex-messages.h"

#include <optional>
#include <vector>

/**
 * \file
 * What travels in the clear at the beginning of a TLS 1.3 handshake (RFC 8446): the two hellos.
 * Reads anything, since it reads what peers send.
 */

namespace smkex
{

using TlsRandom = std::array<std::uint8_t, 32>;

/** One entry of the extension `key_share` (RFC 8446, 4.2.8). */
struct TlsKeyShare
{
    std::uint16_t group; //!< number of the named group
    Bytes share;
};

/** A ClientHello or a ServerHello as far as a key exchange depends on it. */
struct TlsHello
{
    TlsRandom random;
    std::vector<TlsKeyShare> shares; //!< a server's: one

    /** \return the share in \p group, or null */
    const Bytes* Share(Group group) const;
};

/** \return what a ClientHello says (RFC 8446, 4.1.2), without its handshake header, if it is one */
std::optional<TlsHello> ReadClientHello(ByteView body);

/** \return likewise a ServerHello (RFC 8446, 4.1.3); a HelloRetryRequest has no share */
std::optional<TlsHello> ReadServerHello(ByteView body);

/**
 * Finds the ClientHello or ServerHello that a stream of TLS records begins with, in one record.
 *
 * \param stream what has arrived since the connection's beginning
 * \param [out] failure set where the stream begins with something else
 * \return the hello once it is whole
 */
std::optional<TlsHello> PeekTlsHello(ByteView stream, std::optional<Failure>& failure);

/** \return the identifier of a session over TLS: the first half of the client's random */
SessionId TlsSessionId(const TlsRandom& clientRandom);

} // namespace smkex

#endif // SMKEX_TLS_HELLO_H
