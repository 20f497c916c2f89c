/*
 * SPDX-License-Identifier: GPL-2.0-only
 */
#include "smkex-tls-session.h"

#include "smkex-crypto-check.h"
#include "smkex-tls-scope.h"

#include <algorithm>
#include <cerrno>
#include <gnutls/gnutls.h>
#include <gnutls/x509.h>
#include <string>
#include <utility>

namespace smkex
{

namespace
{

constexpr std::uint8_t RECORD_APPLICATION_DATA = 23; // and every encrypted record (RFC 8446, 5.2)
constexpr std::size_t RECORD_HEADER_SIZE = 5;
constexpr std::size_t MAX_HANDSHAKE_MESSAGE = 1U << 14;
constexpr std::size_t HANDSHAKE_HEADER_SIZE = 4;
constexpr std::size_t HASH_SIZE = 32;
/** RFC 8446, 4.4.3: 64 spaces, a context of 33 characters, a zero octet, a hash. */
constexpr std::size_t SIGNED_SIZE = 64 + 33 + 1 + HASH_SIZE;

/** The compatibility mode would send its ChangeCipherSpec early when a flight comes in pieces. */
std::string
Priority(Group group)
{
    const std::string name = group == Group::X25519 ? "X25519" : "SECP256R1";
    return "NONE:+VERS-TLS1.3:+AES-128-GCM:+AEAD:+GROUP-" + name +
           ":+SIGN-EDDSA-ED25519:+CTYPE-X509:%DISABLE_TLS13_COMPAT_MODE";
}

/** What the library draws, it draws from the endpoint's own source. */
class ProcessorRandom : public RandomSource
{
  public:
    explicit ProcessorRandom(Processor& processor)
        : m_processor(processor)
    {
    }

    void Fill(std::uint8_t* out, std::size_t size) override
    {
        const Bytes drawn = m_processor.DrawRandom(size);
        std::copy(drawn.begin(), drawn.end(), out);
    }

  private:
    Processor& m_processor;
};

/** For the duration of one call into the library. */
class Call
{
  public:
    explicit Call(Processor& processor)
        : m_random(processor),
          m_scope(m_random, processor.Now())
    {
    }

  private:
    ProcessorRandom m_random;
    TlsScope m_scope;
};

void
RequireSuccess(int result)
{
    Require(result >= 0, "GnuTLS takes the configuration of a session");
}

} // namespace

/** The functions that the library calls, for whose session they were set. */
struct TlsSession::Callbacks
{
    static TlsSession& Of(gnutls_transport_ptr_t pointer)
    {
        return *static_cast<TlsSession*>(pointer);
    }

    static TlsSession& Of(gnutls_session_t session)
    {
        return Of(gnutls_session_get_ptr(session));
    }

    static ssize_t Pull(gnutls_transport_ptr_t pointer, void* out, std::size_t size)
    {
        TlsSession& self = Of(pointer);
        const std::size_t taken = self.Pull(static_cast<std::uint8_t*>(out), size);
        if (taken == 0)
        {
            gnutls_transport_set_errno(self.m_session.get(), EAGAIN);
            return -1;
        }
        return static_cast<ssize_t>(taken);
    }

    static ssize_t Push(gnutls_transport_ptr_t pointer, const void* octets, std::size_t size)
    {
        Of(pointer).Push(ByteView(static_cast<const std::uint8_t*>(octets), size));
        return static_cast<ssize_t>(size);
    }

    static int Verify(gnutls_session_t session)
    {
        return Of(session).VerifyPeer();
    }

    static int Hook(gnutls_session_t session,
                    unsigned type,
                    unsigned,
                    unsigned incoming,
                    const gnutls_datum_t* message)
    {
        Of(session).OnHandshakeMessage(type, incoming != 0, ByteView(message->data, message->size));
        return 0;
    }
};

void
TlsSession::Freer::operator()(gnutls_session_int* session) const
{
    gnutls_deinit(session);
}

TlsSession::TlsSession(Processor& processor, const TlsConfig& config)
    : m_processor(processor),
      m_config(config)
{
    const Call call(m_processor);
    const bool isClient = m_config.role == TlsConfig::Role::Client;
    gnutls_session_t session;
    RequireSuccess(gnutls_init(&session,
                               (isClient ? GNUTLS_CLIENT : GNUTLS_SERVER) | GNUTLS_NONBLOCK |
                                   GNUTLS_NO_TICKETS));
    m_session.reset(session);
    RequireSuccess(gnutls_priority_set_direct(session, Priority(m_config.group).c_str(), nullptr));
    RequireSuccess(
        gnutls_credentials_set(session,
                               GNUTLS_CRD_CERTIFICATE,
                               isClient ? m_config.pki->ClientCredentials()
                                        : m_config.pki->ServerCredentials(m_config.certificate)));
    if (isClient)
    {
        const std::string& name = TlsPki::ServerName();
        RequireSuccess(gnutls_server_name_set(session, GNUTLS_NAME_DNS, name.data(), name.size()));
        if (m_config.verifiesPeer)
        {
            gnutls_session_set_verify_function(session, &Callbacks::Verify);
        }
        if (m_config.random)
        {
            const gnutls_datum_t random{m_config.random->data(),
                                        static_cast<unsigned>(m_config.random->size())};
            RequireSuccess(gnutls_handshake_set_random(session, &random));
        }
    }
    gnutls_session_set_ptr(session, this);
    gnutls_transport_set_ptr(session, this);
    gnutls_transport_set_pull_function(session, &Callbacks::Pull);
    gnutls_transport_set_push_function(session, &Callbacks::Push);
    gnutls_handshake_set_max_packet_length(session, MAX_HANDSHAKE_MESSAGE);
    gnutls_handshake_set_hook_function(session,
                                       GNUTLS_HANDSHAKE_ANY,
                                       GNUTLS_HOOK_POST,
                                       &Callbacks::Hook);
}

TlsSession::~TlsSession() = default;

void
TlsSession::Start()
{
    const Call call(m_processor);
    Advance();
}

void
TlsSession::Receive(ByteView in)
{
    if (m_failure)
    {
        return;
    }
    Append(m_input, in);
    const Call call(m_processor);
    Advance();
    m_input.erase(m_input.begin(), m_input.begin() + m_inputRead);
    m_inputRead = 0;
}

void
TlsSession::Advance()
{
    while (!m_established && !m_failure)
    {
        const std::size_t readBefore = m_inputRead;
        const int result = gnutls_handshake(m_session.get());
        m_established = result == GNUTLS_E_SUCCESS;
        if (result < 0 && gnutls_error_is_fatal(result))
        {
            Fail(result);
        }
        else if (!m_established && m_inputRead == readBefore)
        {
            return;
        }
    }
    if (m_established)
    {
        ReceiveContent();
    }
}

void
TlsSession::ReceiveContent()
{
    std::array<std::uint8_t, 1U << 14> buffer;
    while (!m_failure)
    {
        // A message of the handshake's, such as a ticket, answers like the end of the input.
        const std::size_t readBefore = m_inputRead;
        const ssize_t result = gnutls_record_recv(m_session.get(), buffer.data(), buffer.size());
        if (result > 0)
        {
            Append(m_content, ByteView(buffer.data(), static_cast<std::size_t>(result)));
        }
        else if (result < 0 && gnutls_error_is_fatal(static_cast<int>(result)))
        {
            Fail(static_cast<int>(result));
        }
        else if (result == 0 || m_inputRead == readBefore)
        {
            return; // zero: the peer has closed, what follows is the end of the path
        }
    }
}

void
TlsSession::Send(ByteView content)
{
    const Call call(m_processor);
    while (!content.empty() && !m_failure)
    {
        const ssize_t sent = gnutls_record_send(m_session.get(), content.data(), content.size());
        if (sent > 0)
        {
            content = content.From(static_cast<std::size_t>(sent));
        }
        else
        {
            Fail(static_cast<int>(sent));
        }
    }
}

void
TlsSession::Fail(int error)
{
    m_failure = FailureOf(error);
    switch (*m_failure)
    {
    case Failure::TlsAlert:
        break;
    case Failure::CertificateExpired:
        gnutls_alert_send(m_session.get(), GNUTLS_AL_FATAL, GNUTLS_A_CERTIFICATE_EXPIRED);
        break;
    case Failure::CertificateUntrusted:
        gnutls_alert_send(m_session.get(), GNUTLS_AL_FATAL, GNUTLS_A_UNKNOWN_CA);
        break;
    default:
        gnutls_alert_send_appropriate(m_session.get(), error);
        break;
    }
}

Failure
TlsSession::FailureOf(int error) const
{
    switch (error)
    {
    case GNUTLS_E_CERTIFICATE_ERROR:
    case GNUTLS_E_CERTIFICATE_VERIFICATION_ERROR:
        if (m_peerStatus & (GNUTLS_CERT_EXPIRED | GNUTLS_CERT_NOT_ACTIVATED))
        {
            return Failure::CertificateExpired;
        }
        if (m_peerStatus & GNUTLS_CERT_UNEXPECTED_OWNER)
        {
            return Failure::CertificateName;
        }
        return Failure::CertificateUntrusted;
    case GNUTLS_E_FATAL_ALERT_RECEIVED:
        return Failure::TlsAlert;
    case GNUTLS_E_DECRYPTION_FAILED:
        return Failure::RecordAuthentication;
    case GNUTLS_E_PK_SIG_VERIFY_FAILED:
    case GNUTLS_E_ERROR_IN_FINISHED_PACKET:
        return Failure::TlsAuthentication;
    case GNUTLS_E_UNEXPECTED_PACKET:
    case GNUTLS_E_UNEXPECTED_HANDSHAKE_PACKET:
    case GNUTLS_E_TOO_MANY_HANDSHAKE_PACKETS:
    case GNUTLS_E_TOO_MANY_EMPTY_PACKETS:
        return Failure::UnexpectedMessage;
    case GNUTLS_E_RECORD_OVERFLOW:
    case GNUTLS_E_HANDSHAKE_TOO_LARGE:
        return Failure::OversizedMessage;
    case GNUTLS_E_UNSUPPORTED_VERSION_PACKET:
        return Failure::UnsupportedVersion;
    case GNUTLS_E_NO_COMMON_KEY_SHARE:
        return Failure::GroupMismatch;
    default:
        return Failure::TlsMalformed;
    }
}

Bytes
TlsSession::TakeOutput()
{
    return std::exchange(m_output, {});
}

Bytes
TlsSession::TakeContent()
{
    return std::exchange(m_content, {});
}

Bytes
TlsSession::Export(const std::string& label, std::size_t size)
{
    Bytes exported(size);
    Require(gnutls_prf_rfc5705(m_session.get(),
                               label.size(),
                               label.data(),
                               0,
                               nullptr,
                               exported.size(),
                               reinterpret_cast<char*>(exported.data())) >= 0,
            "an exporter is asked after the handshake");
    return exported;
}

std::size_t
TlsSession::Pull(std::uint8_t* out, std::size_t size)
{
    const std::size_t taken = std::min(size, m_input.size() - m_inputRead);
    const ByteView octets(m_input.data() + m_inputRead, taken);
    std::copy(octets.begin(), octets.end(), out);
    m_inputRead += taken;
    Count(m_opened, octets);
    return taken;
}

void
TlsSession::Push(ByteView octets)
{
    Append(m_output, octets);
    Count(m_sealed, octets);
}

void
TlsSession::Count(RecordCounter& counter, ByteView octets)
{
    while (!octets.empty())
    {
        if (counter.left == 0)
        {
            const std::size_t missing = RECORD_HEADER_SIZE - counter.header.size();
            const std::size_t size = std::min(missing, octets.size());
            Append(counter.header, octets.First(size));
            octets = octets.From(size);
            if (counter.header.size() < RECORD_HEADER_SIZE)
            {
                return;
            }
            counter.left = counter.header[3] << 8 | counter.header[4];
            counter.size = RECORD_HEADER_SIZE + counter.left;
        }
        const std::size_t size = std::min(counter.left, octets.size());
        counter.left -= size;
        octets = octets.From(size);
        if (counter.left == 0)
        {
            if (counter.header[0] == RECORD_APPLICATION_DATA)
            {
                m_processor.Charge(counter.operation, counter.size);
            }
            counter.header.clear();
        }
    }
}

int
TlsSession::VerifyPeer()
{
    unsigned chainSize = 0;
    const gnutls_datum_t* chain = gnutls_certificate_get_peers(m_session.get(), &chainSize);
    if (gnutls_certificate_verify_peers3(m_session.get(),
                                         TlsPki::ServerName().c_str(),
                                         &m_peerStatus) < 0)
    {
        return GNUTLS_E_CERTIFICATE_ERROR;
    }
    if (chain && !(m_peerStatus & GNUTLS_CERT_SIGNER_NOT_FOUND))
    {
        m_processor.Charge(Operation::VerifyEd25519, chain->size);
    }
    return m_peerStatus == 0 ? 0 : GNUTLS_E_CERTIFICATE_VERIFICATION_ERROR;
}

void
TlsSession::OnHandshakeMessage(unsigned type, bool incoming, ByteView body)
{
    const bool isX25519 = m_config.group == Group::X25519;
    const auto generation =
        isX25519 ? Operation::KeyGenerationX25519 : Operation::KeyGenerationP256;
    const auto agreement = isX25519 ? Operation::AgreementX25519 : Operation::AgreementP256;
    switch (type)
    {
    case GNUTLS_HANDSHAKE_CLIENT_HELLO:
        m_clientHello = ReadClientHello(body);
        if (!incoming)
        {
            m_processor.Charge(generation);
        }
        break;
    case GNUTLS_HANDSHAKE_SERVER_HELLO:
        m_serverHello = ReadServerHello(body);
        if (!incoming)
        {
            m_processor.Charge(generation);
        }
        m_processor.Charge(agreement);
        // "derived", both traffic secrets with key and IV, "derived" (RFC 8446, 7.1 and 7.3).
        ChargeKdf({HASH_SIZE, HASH_SIZE, HASH_SIZE});
        ChargeKdf({AEAD_KEY_SIZE, AEAD_NONCE_SIZE, AEAD_KEY_SIZE, AEAD_NONCE_SIZE, HASH_SIZE});
        break;
    case GNUTLS_HANDSHAKE_CERTIFICATE_VERIFY:
        m_processor.Charge(incoming ? Operation::VerifyEd25519 : Operation::SignEd25519,
                           SIGNED_SIZE);
        break;
    case GNUTLS_HANDSHAKE_FINISHED:
        ChargeFinished();
        if ((m_config.role == TlsConfig::Role::Client) == incoming)
        {
            // The server's: both application secrets with key and IV, the exporter's secret.
            ChargeKdf({HASH_SIZE, HASH_SIZE, HASH_SIZE});
            ChargeKdf({AEAD_KEY_SIZE, AEAD_NONCE_SIZE, AEAD_KEY_SIZE, AEAD_NONCE_SIZE});
        }
        break;
    default:
        break;
    }
    m_processor.Charge(Operation::HashSha256, HANDSHAKE_HEADER_SIZE + body.size());
}

void
TlsSession::ChargeKdf(std::initializer_list<std::size_t> sizes)
{
    for (const std::size_t size : sizes)
    {
        m_processor.Charge(Operation::KdfHkdfSha256, size);
    }
}

void
TlsSession::ChargeFinished()
{
    ChargeKdf({HASH_SIZE});
    m_processor.Charge(Operation::HashSha256, 2 * HASH_SIZE); // the HMAC under that key
}

} // namespace smkex
