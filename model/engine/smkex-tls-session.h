/*
 * SPDX-License-Identifier: GPL-2.0-only
 */
#ifndef SMKEX_TLS_SESSION_H
#define SMKEX_TLS_SESSION_H

#include "smkex-processor.h"
#include "smkex-tls-hello.h"
#include "smkex-tls-pki.h"

#include <memory>
#include <optional>
#include <string>

struct gnutls_session_int;

namespace smkex
{

/** What one end of a TLS connection is set up with. */
struct TlsConfig
{
    enum class Role : std::uint8_t
    {
        Client,
        Server,
    };

    Role role;
    Group group; //!< the only one offered or taken
    std::shared_ptr<const TlsPki> pki;
    TlsCertificate certificate{TlsCertificate::Authentic}; //!< that a server presents
    bool verifiesPeer{true};           //!< a client's check of chain, name and time
    std::optional<TlsRandom> random{}; //!< a client's hello random; drawn unless given
};

/**
 * One end of a TLS 1.3 connection (RFC 8446), by GnuTLS: octets in, octets out, no socket.
 *
 * Full handshakes with TLS_AES_128_GCM_SHA256 and Ed25519 certificates, one group, no tickets.
 * Randomness and the time come from the processor. Its cryptography is charged to the processor
 * operation by operation, as the handshake reaches it: a key pair and an agreement an end; the
 * transcript's hash message by message; every HKDF expansion of RFC 8446, 7.1, with the extraction
 * before it, if any; Finished as a hash; a server's signature; a client's two verifications, of
 * CertificateVerify and of the certificate under its authority; every encrypted record.
 *
 * Nothing a peer sends makes a call throw or abort: it ends in FailureReason().
 */
class TlsSession
{
  public:
    /** \p processor is kept by reference. */
    TlsSession(Processor& processor, const TlsConfig& config);
    ~TlsSession();

    TlsSession(const TlsSession&) = delete;
    TlsSession& operator=(const TlsSession&) = delete;

    /** A client makes its ClientHello. */
    void Start();

    /** The next octets from the peer. */
    void Receive(ByteView in);

    /** Application data for the peer; only once IsEstablished(). */
    void Send(ByteView content);

    /** \return the octets for the peer that have been made since the last call */
    Bytes TakeOutput();

    /** \return the application data that has come since the last call */
    Bytes TakeContent();

    /** \return whether the handshake was completed and valid, whatever has gone wrong since */
    bool IsEstablished() const
    {
        return m_established;
    }

    /** \return why the connection is given up; the alert that says so is among the output */
    std::optional<Failure> FailureReason() const
    {
        return m_failure;
    }

    /**
     * The exporter (RFC 8446, 7.5), without a context; only once IsEstablished(). Not charged.
     *
     * \param label ASCII, starting with `EXPORTER`
     * \param size of the result, octets
     */
    Bytes Export(const std::string& label, std::size_t size);

    /** \return the ClientHello, once sent or received */
    const std::optional<TlsHello>& ClientHello() const
    {
        return m_clientHello;
    }

    /** \return the ServerHello, likewise */
    const std::optional<TlsHello>& ServerHello() const
    {
        return m_serverHello;
    }

  private:
    struct Callbacks;

    struct Freer
    {
        void operator()(gnutls_session_int* session) const;
    };

    /** Follows the records in a stream of octets, to charge their encryption. */
    struct RecordCounter
    {
        Operation operation;
        Bytes header;
        std::size_t left{0}; //!< octets of the present record that are still to come
        std::size_t size{0}; //!< of the present record, with its header
    };

    void Advance();
    void ReceiveContent();
    void Fail(int error);
    Failure FailureOf(int error) const;

    std::size_t Pull(std::uint8_t* out, std::size_t size);
    void Push(ByteView octets);
    void Count(RecordCounter& counter, ByteView octets);
    int VerifyPeer();
    void OnHandshakeMessage(unsigned type, bool incoming, ByteView body);
    void ChargeKdf(std::initializer_list<std::size_t> sizes);
    void ChargeFinished();

    Processor& m_processor;
    TlsConfig m_config;
    std::unique_ptr<gnutls_session_int, Freer> m_session;
    Bytes m_input;
    std::size_t m_inputRead{0};
    Bytes m_output;
    Bytes m_content;
    RecordCounter m_opened{Operation::OpenAes128Gcm, {}, 0, 0};
    RecordCounter m_sealed{Operation::SealAes128Gcm, {}, 0, 0};
    std::optional<TlsHello> m_clientHello;
    std::optional<TlsHello> m_serverHello;
    bool m_established{false};
    unsigned m_peerStatus{0}; //!< what is wrong with the peer's certificate, in GnuTLS's bits
    std::optional<Failure> m_failure;
};

} // namespace smkex

#endif // SMKEX_TLS_SESSION_H
