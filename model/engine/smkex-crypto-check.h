/*
 * SPDX-License-Identifier: GPL-2.0-only
 */
#ifndef SMKEX_CRYPTO_CHECK_H
#define SMKEX_CRYPTO_CHECK_H

namespace smkex
{

/**
 * Ends the program unless \p holds. For what callers guarantee, such as the length of their own
 * keys: never for anything a peer sends.
 *
 * \param holds the precondition
 * \param rule what holds, for standard error
 */
void Require(bool holds, const char* rule);

} // namespace smkex

#endif // SMKEX_CRYPTO_CHECK_H
