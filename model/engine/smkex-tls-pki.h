/*
 * SPDX-License-Identifier: GPL-2.0-only
 */
#ifndef SMKEX_TLS_PKI_H
#define SMKEX_TLS_PKI_H

#include "smkex-bytes.h"
#include "smkex-random-source.h"

#include <array>
#include <memory>
#include <string>
#include <vector>

struct gnutls_certificate_credentials_st;

namespace smkex
{

/** A certificate that an end of a TLS connection may present. */
enum class TlsCertificate : std::uint8_t
{
    Authentic,  //!< the server's own
    Rogue,      //!< the server's name with an attacker's key, by a corrupted authority: all valid
    Expired,    //!< the server's name, by an authority, but valid in the past only
    WrongName,  //!< by an authority, but for another name
    SelfSigned, //!< the server's name, by nobody that a client trusts
};

constexpr std::size_t TLS_CERTIFICATE_COUNT = 5;

/** \return `authentic`, `rogue`, `expired`, `wrong-name` or `self-signed` */
const char* NameOf(TlsCertificate certificate);

/** A certificate and the private key that it is for. */
struct TlsIdentity
{
    Bytes certificate; //!< X.509, DER
    Bytes privateKey;  //!< Ed25519 (RFC 8410), DER: PKCS #8
};

/**
 * The authorities that clients trust, the server's certificate and those of attackers, all of them
 * Ed25519 (RFC 8410, RFC 8446 4.2.3).
 *
 * Two authorities: one honest, which issues for whoever owns a name, and one corrupted. Validity is
 * counted from TLS_EPOCH_S; what is not expired is valid for 200 years. Serves any number of
 * sessions, also of several threads.
 */
class TlsPki
{
  public:
    /** \param random all keys are drawn from it, within this call */
    explicit TlsPki(RandomSource& random);
    ~TlsPki();

    TlsPki(const TlsPki&) = delete;
    TlsPki& operator=(const TlsPki&) = delete;

    /** \return the one that experiments use: made once a process, and the same in every process */
    static std::shared_ptr<const TlsPki> Default();

    /** \return the name that clients expect in the server's certificate */
    static const std::string& ServerName();

    const TlsIdentity& Identity(TlsCertificate which) const;

    /** \return the certificates of the trusted authorities, DER */
    const std::vector<Bytes>& Authorities() const
    {
        return m_authorities;
    }

    /** \return GnuTLS credentials of a client: trusts the authorities, has no certificate */
    gnutls_certificate_credentials_st* ClientCredentials() const;

    /** \return GnuTLS credentials of whoever presents this certificate */
    gnutls_certificate_credentials_st* ServerCredentials(TlsCertificate which) const;

  private:
    struct Freer
    {
        void operator()(gnutls_certificate_credentials_st* credentials) const;
    };

    using Credentials = std::unique_ptr<gnutls_certificate_credentials_st, Freer>;

    std::vector<Bytes> m_authorities;
    std::array<TlsIdentity, TLS_CERTIFICATE_COUNT> m_identities;
    Credentials m_client;
    std::array<Credentials, TLS_CERTIFICATE_COUNT> m_servers;
};

} // namespace smkex

#endif // SMKEX_TLS_PKI_H
