/*
 * SPDX-License-Identifier: GPL-2.0-only
 */
#include "smkex-tls-pki.h"

#include "smkex-crypto-check.h"
#include "smkex-crypto.h"
#include "smkex-tls-scope.h"

#include <ctime>
#include <gnutls/gnutls.h>
#include <gnutls/x509.h>
#include <type_traits>

namespace smkex
{

namespace
{

constexpr std::int64_t YEAR_S = 365 * 24 * 3600;

/** Failures here are none of a peer's: out of memory, or a library that lacks Ed25519. */
void
RequireSuccess(int result)
{
    Require(result >= 0, "GnuTLS makes Ed25519 keys and certificates");
}

struct KeyFreer
{
    void operator()(gnutls_x509_privkey_t key) const
    {
        gnutls_x509_privkey_deinit(key);
    }
};

struct CertificateFreer
{
    void operator()(gnutls_x509_crt_t certificate) const
    {
        gnutls_x509_crt_deinit(certificate);
    }
};

using Key = std::unique_ptr<std::remove_pointer_t<gnutls_x509_privkey_t>, KeyFreer>;
using Certificate = std::unique_ptr<std::remove_pointer_t<gnutls_x509_crt_t>, CertificateFreer>;

/** What a certificate is to say. */
struct Content
{
    std::string name;
    bool isAuthority;
    std::int64_t validFrom;  //!< seconds after the epoch
    std::int64_t validUntil; //!< likewise
    std::size_t serialSize;  //!< octets
};

/** A key and the certificate for it, as the library has them. */
struct Holder
{
    Key key;
    Certificate certificate;
};

Key
MakeKey()
{
    gnutls_x509_privkey_t key;
    RequireSuccess(gnutls_x509_privkey_init(&key));
    Key owner(key);
    RequireSuccess(gnutls_x509_privkey_generate(key, GNUTLS_PK_EDDSA_ED25519, 0, 0));
    return owner;
}

/** \p issuer signs; null: signed by its own key. */
Holder
Issue(const Content& content, RandomSource& random, const Holder* issuer)
{
    Holder holder{MakeKey(), nullptr};
    gnutls_x509_crt_t made;
    RequireSuccess(gnutls_x509_crt_init(&made));
    holder.certificate.reset(made);
    RequireSuccess(gnutls_x509_crt_set_version(made, 3));
    Bytes serial = random.Draw(content.serialSize);
    serial[0] = (serial[0] & 0x3f) | 0x40; // positive, and of the same length each time
    RequireSuccess(gnutls_x509_crt_set_serial(made, serial.data(), serial.size()));
    RequireSuccess(gnutls_x509_crt_set_dn_by_oid(made,
                                                 GNUTLS_OID_X520_COMMON_NAME,
                                                 0,
                                                 content.name.data(),
                                                 content.name.size()));
    RequireSuccess(gnutls_x509_crt_set_key(made, holder.key.get()));
    RequireSuccess(gnutls_x509_crt_set_activation_time(made, TLS_EPOCH_S + content.validFrom));
    RequireSuccess(gnutls_x509_crt_set_expiration_time(made, TLS_EPOCH_S + content.validUntil));
    if (content.isAuthority)
    {
        RequireSuccess(gnutls_x509_crt_set_basic_constraints(made, 1, 0));
        RequireSuccess(gnutls_x509_crt_set_key_usage(made, GNUTLS_KEY_KEY_CERT_SIGN));
    }
    else
    {
        RequireSuccess(gnutls_x509_crt_set_subject_alt_name(made,
                                                            GNUTLS_SAN_DNSNAME,
                                                            content.name.data(),
                                                            content.name.size(),
                                                            GNUTLS_FSAN_SET));
        RequireSuccess(gnutls_x509_crt_set_key_purpose_oid(made, GNUTLS_KP_TLS_WWW_SERVER, 0));
        RequireSuccess(gnutls_x509_crt_set_key_usage(made, GNUTLS_KEY_DIGITAL_SIGNATURE));
    }
    const Holder& signer = issuer ? *issuer : holder;
    RequireSuccess(gnutls_x509_crt_sign(made, signer.certificate.get(), signer.key.get()));
    return holder;
}

Bytes
TakeDatum(gnutls_datum_t datum)
{
    const Bytes bytes(datum.data, datum.data + datum.size);
    gnutls_free(datum.data);
    return bytes;
}

Bytes
Export(const Certificate& certificate)
{
    gnutls_datum_t der;
    RequireSuccess(gnutls_x509_crt_export2(certificate.get(), GNUTLS_X509_FMT_DER, &der));
    return TakeDatum(der);
}

Bytes
Export(const Key& key)
{
    gnutls_datum_t der;
    RequireSuccess(gnutls_x509_privkey_export2_pkcs8(key.get(),
                                                     GNUTLS_X509_FMT_DER,
                                                     nullptr,
                                                     GNUTLS_PKCS_PLAIN,
                                                     &der));
    return TakeDatum(der);
}

gnutls_certificate_credentials_t
AllocateCredentials()
{
    gnutls_certificate_credentials_t credentials;
    RequireSuccess(gnutls_certificate_allocate_credentials(&credentials));
    return credentials;
}

} // namespace

const char*
NameOf(TlsCertificate certificate)
{
    switch (certificate)
    {
    case TlsCertificate::Authentic:
        return "authentic";
    case TlsCertificate::Rogue:
        return "rogue";
    case TlsCertificate::Expired:
        return "expired";
    case TlsCertificate::WrongName:
        return "wrong-name";
    case TlsCertificate::SelfSigned:
        return "self-signed";
    }
    return "unknown";
}

void
TlsPki::Freer::operator()(gnutls_certificate_credentials_st* credentials) const
{
    gnutls_certificate_free_credentials(credentials);
}

TlsPki::TlsPki(RandomSource& random)
    : m_client(AllocateCredentials())
{
    const TlsScope scope(random, Instant(0));
    const Content authority{"Authority 1", true, -10 * YEAR_S, 250 * YEAR_S, 8};
    const Content corrupted{"Authority 2", true, -10 * YEAR_S, 250 * YEAR_S, 8};
    // Serial numbers make up for other fields: all flights of servers are to have the same length,
    // so that an attacker's fits into the place of the true one on every transport.
    const Content server{ServerName(), false, -YEAR_S, 200 * YEAR_S, 12};
    Content selfSigned = server;
    selfSigned.serialSize = 9;
    Content expired = server;
    expired.serialSize = 14;
    expired.validFrom = -3 * YEAR_S;
    expired.validUntil = -YEAR_S;
    Content other = server;
    other.name = "attacker.example";
    other.serialSize = 8;

    const Holder honestAuthority = Issue(authority, random, nullptr);
    const Holder corruptedAuthority = Issue(corrupted, random, nullptr);
    for (const Holder* trusted : {&honestAuthority, &corruptedAuthority})
    {
        gnutls_x509_crt_t certificate = trusted->certificate.get();
        RequireSuccess(gnutls_certificate_set_x509_trust(m_client.get(), &certificate, 1));
        m_authorities.push_back(Export(trusted->certificate));
    }

    const auto present = [this](TlsCertificate which, Holder holder) {
        const auto index = static_cast<std::size_t>(which);
        m_identities[index] = {Export(holder.certificate), Export(holder.key)};
        m_servers[index].reset(AllocateCredentials());
        gnutls_x509_crt_t chain = holder.certificate.get();
        RequireSuccess(
            gnutls_certificate_set_x509_key(m_servers[index].get(), &chain, 1, holder.key.get()));
    };
    present(TlsCertificate::Authentic, Issue(server, random, &honestAuthority));
    present(TlsCertificate::Rogue, Issue(server, random, &corruptedAuthority));
    present(TlsCertificate::Expired, Issue(expired, random, &honestAuthority));
    present(TlsCertificate::WrongName, Issue(other, random, &honestAuthority));
    present(TlsCertificate::SelfSigned, Issue(selfSigned, random, nullptr));
}

TlsPki::~TlsPki() = default;

std::shared_ptr<const TlsPki>
TlsPki::Default()
{
    static const std::shared_ptr<const TlsPki> pki = [] {
        SeededRandomSource random(Sha256({std::string("smkex default authorities")}));
        return std::make_shared<const TlsPki>(random);
    }();
    return pki;
}

const std::string&
TlsPki::ServerName()
{
    static const std::string name{"server.example"};
    return name;
}

const TlsIdentity&
TlsPki::Identity(TlsCertificate which) const
{
    return m_identities[static_cast<std::size_t>(which)];
}

gnutls_certificate_credentials_st*
TlsPki::ClientCredentials() const
{
    return m_client.get();
}

gnutls_certificate_credentials_st*
TlsPki::ServerCredentials(TlsCertificate which) const
{
    return m_servers[static_cast<std::size_t>(which)].get();
}

} // namespace smkex
