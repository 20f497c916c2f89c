/*
 * SPDX-License-Identifier: GPL-2.0-only
 */
#ifndef SMKEX_KEY_SCHEDULE_H
#define SMKEX_KEY_SCHEDULE_H

#include "smkex-messages.h"
#include "smkex-processor.h"

#include <vector>

/**
 * \file
 * What H covers and how keys come out of an exchange.
 *
 * Endpoints and attackers compute with the same functions, each on its own processor and from what
 * it has itself seen or drawn.
 */

namespace smkex
{

/** The two nonces of one path. */
struct NoncePair
{
    PathId path;
    Nonce client;
    Nonce server;
};

/** One party's view of an exchange. `dh` has no nonces. */
struct Transcript
{
    Group group;
    SessionId session;
    Bytes clientShare;
    Bytes serverShare;
    std::vector<NoncePair> nonces; //!< by ascending path
};

/** Key and base nonce of one direction. */
struct DirectionKeys
{
    std::array<std::uint8_t, AEAD_KEY_SIZE> key;
    std::array<std::uint8_t, AEAD_NONCE_SIZE> iv;
};

/** What an exchange yields. */
struct SessionKeys
{
    Digest session; //!< the session key, which a judge compares
    DirectionKeys clientToServer;
    DirectionKeys serverToClient;
};

/**
 * H of one path (CCS 2018, section 5): SHA-256 over a label, the group, the session, the path, g^x,
 * N_C, g^y and N_S, each with its length in front.
 */
Digest ComputeBinding(Processor& processor, const Transcript& transcript, const NoncePair& nonces);

/**
 * HKDF-SHA-256 with the shared secret as input, the nonces of all paths as salt and a label, the
 * roles and the hash of the transcript as info.
 */
SessionKeys DeriveSessionKeys(Processor& processor, const Transcript& transcript, ByteView secret);

/**
 * The session key and both directions' keys and base nonces, in this order, out of one call of
 * HKDF-SHA-256.
 *
 * \param processor computes and is charged
 * \param secret the input keying material
 * \param salt of the extraction
 * \param info says what the keys are for; no two protocols use the same
 */
SessionKeys ExpandSessionKeys(Processor& processor, ByteView secret, ByteView salt, ByteView info);

} // namespace smkex

#endif // SMKEX_KEY_SCHEDULE_H
