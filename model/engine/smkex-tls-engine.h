/*
 * SPDX-License-Identifier: GPL-2.0-only
 */
#ifndef SMKEX_TLS_ENGINE_H
#define SMKEX_TLS_ENGINE_H

#include "smkex-engine.h"
#include "smkex-key-exchange.h"
#include "smkex-tls-session.h"

namespace smkex
{

/** The exporter's label (RFC 8446, 7.5) of the key by which a judge compares TLS sessions. */
extern const char* const TLS_SESSION_LABEL;

/** \return the key by which a judge compares sessions of `tls`; needs IsEstablished() */
Digest ExportTlsSessionKey(TlsSession& tls);

/** TLS on path 1: what `tls` and `mtls` have in common. */
class TlsPathEngine : public Engine
{
  protected:
    TlsPathEngine(Processor& processor, TlsConfig::Role role, const KeyExchangeConfig& config);

    /** Octets of a path other than the first. */
    virtual void HandleOtherPath(PathId path, ByteView in) = 0;

    /** There is something new to be learned from Tls(), perhaps. */
    virtual void HandleProgress();

    /** \return whether what TLS has to say waits until FlushOutput(); an alert never does */
    virtual bool HoldsOutput();

    /** Sends what TLS has to say. */
    void FlushOutput();

    /** The TLS handshake is complete and valid. Comes once. */
    virtual void HandleEstablished() = 0;

    /** Application data of TLS. */
    virtual void HandleContent(Bytes content) = 0;

    /** Sends application data of TLS. */
    void SendContent(ByteView content);

    TlsSession& Tls()
    {
        return m_tls;
    }

    bool IsClient() const
    {
        return m_isClient;
    }

    void HandleStart() override;
    void HandlePathUp(PathId path) override;

  private:
    void HandleBytes(PathId path, ByteView in) final;

    bool m_isClient;
    TlsSession m_tls;
    bool m_isUp{false};
    bool m_hasToldOfHandshake{false};
};

/**
 * `tls`: TLS 1.3 on path 1, and nothing else.
 *
 * A client accepts once the server's certificate and Finished are valid, a server with the client's
 * Finished. Keys() has the exporter's value for a judge; application data is under TLS's own keys.
 */
class TlsEngine : public TlsPathEngine
{
  public:
    TlsEngine(Processor& processor, TlsConfig::Role role, const KeyExchangeConfig& config);

  private:
    void HandleOtherPath(PathId path, ByteView in) override;
    void HandleEstablished() override;
    void HandleContent(Bytes content) override;
    void HandleApplicationData(ByteView plaintext) override;
    bool NeedsPath(PathId path) const override;
};

} // namespace smkex

#endif // SMKEX_TLS_ENGINE_H
