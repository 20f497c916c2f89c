/*
 * SPDX-License-Identifier: GPL-2.0-only
 */
#include "smkex-public-key-check.h"

#include "smkex-defects.h"

namespace smkex
{

std::optional<Failure>
CheckPublicKey(const AgreementResult& agreement)
{
    switch (agreement.error)
    {
    case PublicKeyError::None:
        return std::nullopt;
    case PublicKeyError::WrongLength:
        return Failure::PublicKeyLength;
    case PublicKeyError::NotOnCurve:
        return Failure::PublicKeyNotOnCurve;
    case PublicKeyError::ZeroSecret:
        break;
    }
    if (IsPlanted(Defect::NoPublicKeyValidation))
    {
        return std::nullopt;
    }
    return Failure::ZeroSharedSecret;
}

} // namespace smkex
