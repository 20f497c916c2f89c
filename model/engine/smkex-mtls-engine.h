/*
 * SPDX-License-Identifier: GPL-2.0-only
 */
#ifndef SMKEX_MTLS_ENGINE_H
#define SMKEX_MTLS_ENGINE_H

#include "smkex-record-layer.h"
#include "smkex-tls-engine.h"

#include <array>
#include <optional>
#include <vector>

/**
 * \file
 * `mtls` (CCS 2018, figure 7): TLS 1.3 on path 1, checked over the other paths as in `smkex`.
 *
 * Path 1 carries a handshake that any TLS 1.3 peer or middlebox takes for what it is. Every other
 * path carries the messages of `smkex`: the client's nonce, the server's nonce and H, which binds
 * the key shares of the two hellos and the nonces. The session is named by the first half of the
 * client's hello random, so nothing has to be added to the hellos.
 *
 * The session key is derived as in `smkex`, with TLS's exporter (RFC 8446, 7.5) in the place of the
 * shared secret: it depends on everything that TLS has authenticated and on nonces that path 1
 * never saw. Application data travels in records under that key, and those as the application data
 * of TLS. TLS offers no way to exchange its traffic keys for others; this way the octets of path 1
 * stay plain TLS to the end, and whoever broke TLS alone can read nothing. It costs 19 octets and a
 * second encryption a record.
 */

namespace smkex
{

/** The exporter's label of the secret that `mtls` mixes with the nonces. */
extern const char* const MTLS_SECRET_LABEL;

/** \return the secret in the place of `smkex`'s shared secret; needs IsEstablished() */
Bytes ExportMtlsSecret(TlsSession& tls);

/** What the two ends of `mtls` have in common. */
class MtlsEngine : public TlsPathEngine
{
  protected:
    MtlsEngine(Processor& processor, TlsConfig::Role role, const KeyExchangeConfig& config);

    /** A message on a path other than the first, before acceptance. */
    virtual void HandleMessage(PathId path, const Message& message) = 0;

    /** Both shares are in GetTranscript() now. Comes once. */
    virtual void HandleShares() = 0;

    /** \return whether \p path, not the first, has done its part */
    virtual bool IsComplete(PathId path) const = 0;

    void AcceptIfComplete();

    Transcript& GetTranscript()
    {
        return m_transcript;
    }

    const Transcript& GetTranscript() const
    {
        return m_transcript;
    }

    bool HasShares() const
    {
        return !m_transcript.serverShare.empty();
    }

    PathId Paths() const
    {
        return m_paths;
    }

  private:
    void HandleOtherPath(PathId path, ByteView in) final;
    void HandleProgress() final;
    bool HoldsOutput() final;
    void HandleEstablished() final;
    void HandleContent(Bytes content) final;
    void HandleApplicationData(ByteView plaintext) final;
    bool NeedsPath(PathId path) const final;
    bool OtherPathsAreComplete() const;
    void ReadRecords();

    PathId m_paths;
    Transcript m_transcript;
    std::array<Bytes, MAX_PATHS> m_unread; //!< by path, no whole frame yet; path 1: TLS's content
    std::optional<RecordDirection> m_sending;
    std::optional<RecordDirection> m_receiving;
};

/**
 * Accepts once TLS is valid and H is equal on every path but the first. Its Finished leaves no
 * earlier: whoever it turns out not to trust gets none, and on Multipath TCP, which delivers in the
 * order of sending, it does not hold up N_C.
 */
class MtlsClient : public MtlsEngine
{
  public:
    MtlsClient(Processor& processor, const KeyExchangeConfig& config);

  private:
    /** What the server has said on one path other than the first. */
    struct Binding
    {
        NoncePair nonces;
        std::optional<Digest> hash;
        bool verified{false};
    };

    void HandleStart() override;
    void HandlePathUp(PathId path) override;
    void HandleMessage(PathId path, const Message& message) override;
    void HandleShares() override;
    bool IsComplete(PathId path) const override;
    void Verify(Binding& binding);

    std::vector<Binding> m_bindings; //!< by path, from the second on
};

/** Accepts once TLS is valid and a nonce has come on every path but the first. */
class MtlsServer : public MtlsEngine
{
  public:
    MtlsServer(Processor& processor, const KeyExchangeConfig& config);

  private:
    void HandleMessage(PathId path, const Message& message) override;
    void HandleShares() override;
    bool IsComplete(PathId path) const override;
    void SendBinding(const NoncePair& nonces);

    std::optional<SessionId> m_session; //!< as the first nonce named it
};

/**
 * Reads the link of `mtls` from the first octets of a connection: a ClientHello on path 1, a nonce
 * on every other path. See PeekLink().
 */
std::optional<Link> PeekMtlsLink(ByteView stream, std::optional<Failure>& failure);

} // namespace smkex

#endif // SMKEX_MTLS_ENGINE_H
