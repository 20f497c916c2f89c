/*
 * SPDX-License-Identifier: GPL-2.0-only
 */
#ifndef SMKEX_TLS_SCOPE_H
#define SMKEX_TLS_SCOPE_H

#include "smkex-bytes.h"
#include "smkex-random-source.h"

#include <cstdint>

namespace smkex
{

/** The Unix time (s) that the simulation's Instant 0 is for certificates: 2025-01-01 00:00 UTC. */
constexpr std::int64_t TLS_EPOCH_S = 1735689600;

/**
 * Where GnuTLS takes randomness and the time from, as long as the object lives.
 *
 * GnuTLS draws from one generator of its own and asks one clock, for all its sessions. This module
 * defines the library's function `gnutls_rnd` itself and sets its clock: inside a scope of the
 * calling thread both answer as the scope has it, outside of any scope (other users of the library
 * in the process) as they always did. Scopes nest.
 */
class TlsScope
{
  public:
    /**
     * \param random kept by reference: all that GnuTLS draws comes from it
     * \param now what the time is, from TLS_EPOCH_S on
     */
    TlsScope(RandomSource& random, Instant now);
    ~TlsScope();

    TlsScope(const TlsScope&) = delete;
    TlsScope& operator=(const TlsScope&) = delete;

    /**
     * Does GnuTLS call the `gnutls_rnd` of this module? The dynamic linker decides that, by the
     * order in which a program loads its libraries; where it is false, what TLS sends differs from
     * run to run in its contents, though neither in sizes nor in times.
     */
    static bool IsEffective();

  private:
    friend struct TlsScopeAccess;

    RandomSource& m_random;
    Instant m_now;
    const TlsScope* m_outer;
};

} // namespace smkex

#endif // SMKEX_TLS_SCOPE_H
