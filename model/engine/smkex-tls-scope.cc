/*
 * SPDX-License-Identifier: GPL-2.0-only
 */
#include "smkex-tls-scope.h"

#include <algorithm>
#include <ctime>
#include <dlfcn.h>
#include <gnutls/crypto.h>
#include <gnutls/gnutls.h>

namespace smkex
{

namespace
{

/** GnuTLS's interfaces for both have no argument that could carry this. */
thread_local const TlsScope* g_innermost = nullptr;

} // namespace

/** What the library's own interfaces get to see of a scope. */
struct TlsScopeAccess
{
    static int Fill(gnutls_rnd_level_t level, void* out, std::size_t size)
    {
        if (g_innermost)
        {
            g_innermost->m_random.Fill(static_cast<std::uint8_t*>(out), size);
            return GNUTLS_E_SUCCESS;
        }
        using Original = int (*)(gnutls_rnd_level_t, void*, std::size_t);
        static const auto original = reinterpret_cast<Original>(dlsym(RTLD_NEXT, "gnutls_rnd"));
        return original ? original(level, out, size) : GNUTLS_E_RANDOM_FAILED;
    }

    static std::time_t Time(std::time_t* out)
    {
        std::time_t now;
        if (g_innermost)
        {
            const auto sinceEpoch =
                std::chrono::duration_cast<std::chrono::seconds>(g_innermost->m_now);
            now = static_cast<std::time_t>(TLS_EPOCH_S + sinceEpoch.count());
        }
        else
        {
            now = std::time(nullptr);
        }
        if (out)
        {
            *out = now;
        }
        return now;
    }
};

TlsScope::TlsScope(RandomSource& random, Instant now)
    : m_random(random),
      m_now(now),
      m_outer(g_innermost)
{
    static const bool once = [] {
        gnutls_global_set_time_function(&TlsScopeAccess::Time);
        return true;
    }();
    static_cast<void>(once);
    g_innermost = this;
}

TlsScope::~TlsScope()
{
    g_innermost = m_outer;
}

bool
TlsScope::IsEffective()
{
    class Counter : public RandomSource
    {
      public:
        void Fill(std::uint8_t* out, std::size_t size) override
        {
            std::fill_n(out, size, std::uint8_t{0});
            ++calls;
        }

        unsigned calls{0};
    };

    Counter counter;
    const TlsScope scope(counter, Instant(0));
    gnutls_datum_t key{nullptr, 0};
    if (gnutls_key_generate(&key, 16) == GNUTLS_E_SUCCESS)
    {
        gnutls_free(key.data);
    }
    return counter.calls > 0;
}

} // namespace smkex

// Visible whatever the compiler's flags: GnuTLS finds it by its name, ahead of its own.
extern "C" __attribute__((visibility("default"))) int
gnutls_rnd(gnutls_rnd_level_t level, void* data, size_t len)
{
    return smkex::TlsScopeAccess::Fill(level, data, len);
}
