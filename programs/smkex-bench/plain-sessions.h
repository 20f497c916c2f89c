/*
 * SPDX-License-Identifier: GPL-2.0-only
 */
#ifndef PLAIN_SESSIONS_H
#define PLAIN_SESSIONS_H

#include <cstdint>

/**
 * The yardstick: sessions as one writes them with ns-3's own helpers, sockets and defaults (except
 * for a segment lifetime of one second). Connect over a router, 1,000 bytes each way, close; the
 * next session begins when both ends have closed.
 *
 * \param connections at a time, each over a path of its own
 * \param sessions one after another, each of that many connections
 * \return sessions all of whose bytes arrived
 */
std::uint64_t RunPlainSessions(std::uint32_t connections, std::uint32_t sessions);

#endif // PLAIN_SESSIONS_H
