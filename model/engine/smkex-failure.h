/*
 * SPDX-License-Identifier: GPL-2.0-only
 */
#ifndef SMKEX_FAILURE_H
#define SMKEX_FAILURE_H

#include <cstdint>

namespace smkex
{

/** Why an endpoint gave a session up. */
enum class Failure : std::uint8_t
{
    Timeout,              //!< no acceptance in time
    PathClosed,           //!< a path that was still needed was closed or refused
    PathReset,            //!< likewise, by a reset
    MalformedMessage,     //!< a message that cannot be decoded
    OversizedMessage,     //!< a message longer than any of its type may be
    UnexpectedMessage,    //!< a known message that is not awaited (any more)
    WrongPath,            //!< a message on a path that it must not arrive on
    UnsupportedVersion,   //!< the peer speaks another version
    GroupMismatch,        //!< the peer's group is not ours
    SessionMismatch,      //!< a path claims to belong to another session
    PublicKeyLength,      //!< a public value of the wrong length
    PublicKeyNotOnCurve,  //!< a public value that is no point of the curve
    ZeroSharedSecret,     //!< a public value of low order
    ReflectedShare,       //!< the peer sent our own share back
    BindingMismatch,      //!< H does not bind what this endpoint saw
    NoCommonCipher,       //!< the peer offers no AEAD that we can do, or takes one that we cannot
    NotEncrypted,         //!< the peers of this connection have not agreed to encrypt it
    SecretShareLength,    //!< a share of a secret that has not the length of the secret
    IdentitySignature,    //!< the server's signature does not hold for this exchange
    PinMismatch,          //!< the server's long-term key is not the one that is pinned
    PinStore,             //!< our own pin store is corrupt, or cannot be read or written
    RecordAuthentication, //!< application data that does not open under the session key
    CertificateUntrusted, //!< the peer's certificate leads to no authority that is trusted
    CertificateExpired,   //!< it is not valid at this time
    CertificateName,      //!< it is for another name
    TlsAuthentication,    //!< a CertificateVerify or Finished of TLS that does not hold
    TlsMalformed,         //!< a TLS message with a value that it must not have
    TlsAlert,             //!< the peer has given the TLS connection up, by an alert
};

/** \return its name in a result record, e.g. `binding-mismatch` */
const char* NameOf(Failure failure);

/**
 * Did the endpoint find something wrong with what it received?
 *
 * The opposite are failures by absence (a timeout, or a path that was closed or reset, be it by an
 * alert of TLS, which is the peer's word that it will not go on) and our own (the pin store).
 */
bool IsDetection(Failure failure);

} // namespace smkex

#endif // SMKEX_FAILURE_H
