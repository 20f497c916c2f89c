/*
 * SPDX-License-Identifier: GPL-2.0-only
 */
#include "smkex-failure.h"

namespace smkex
{

const char*
NameOf(Failure failure)
{
    switch (failure)
    {
    case Failure::Timeout:
        return "timeout";
    case Failure::PathClosed:
        return "path-closed";
    case Failure::PathReset:
        return "path-reset";
    case Failure::MalformedMessage:
        return "malformed-message";
    case Failure::OversizedMessage:
        return "oversized-message";
    case Failure::UnexpectedMessage:
        return "unexpected-message";
    case Failure::WrongPath:
        return "wrong-path";
    case Failure::UnsupportedVersion:
        return "unsupported-version";
    case Failure::GroupMismatch:
        return "group-mismatch";
    case Failure::SessionMismatch:
        return "session-mismatch";
    case Failure::PublicKeyLength:
        return "public-key-length";
    case Failure::PublicKeyNotOnCurve:
        return "public-key-not-on-curve";
    case Failure::ZeroSharedSecret:
        return "zero-shared-secret";
    case Failure::ReflectedShare:
        return "reflected-share";
    case Failure::BindingMismatch:
        return "binding-mismatch";
    case Failure::NoCommonCipher:
        return "no-common-cipher";
    case Failure::NotEncrypted:
        return "not-encrypted";
    case Failure::SecretShareLength:
        return "secret-share-length";
    case Failure::IdentitySignature:
        return "identity-signature";
    case Failure::PinMismatch:
        return "pin-mismatch";
    case Failure::PinStore:
        return "pin-store";
    case Failure::RecordAuthentication:
        return "record-authentication";
    case Failure::CertificateUntrusted:
        return "certificate-untrusted";
    case Failure::CertificateExpired:
        return "certificate-expired";
    case Failure::CertificateName:
        return "certificate-name";
    case Failure::TlsAuthentication:
        return "tls-authentication";
    case Failure::TlsMalformed:
        return "tls-malformed";
    case Failure::TlsAlert:
        return "tls-alert";
    }
    return "unknown";
}

bool
IsDetection(Failure failure)
{
    switch (failure)
    {
    case Failure::Timeout:
    case Failure::PathClosed:
    case Failure::PathReset:
    case Failure::TlsAlert:
    case Failure::PinStore:
        return false;
    default:
        return true;
    }
}

} // namespace smkex
