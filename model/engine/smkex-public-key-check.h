/*
 * SPDX-License-Identifier: GPL-2.0-only
 */
#ifndef SMKEX_PUBLIC_KEY_CHECK_H
#define SMKEX_PUBLIC_KEY_CHECK_H

#include "smkex-crypto.h"
#include "smkex-failure.h"

#include <optional>

namespace smkex
{

/** \return why the peer's public value is refused, if it is */
std::optional<Failure> CheckPublicKey(const AgreementResult& agreement);

} // namespace smkex

#endif // SMKEX_PUBLIC_KEY_CHECK_H
