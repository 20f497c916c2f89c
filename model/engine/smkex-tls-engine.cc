/*
 * SPDX-License-Identifier: GPL-2.0-only
 */
#include "smkex-tls-engine.h"

#include <algorithm>
#include <utility>

namespace smkex
{

const char* const TLS_SESSION_LABEL = "EXPORTER-smkex-session";

Digest
ExportTlsSessionKey(TlsSession& tls)
{
    Digest key;
    const Bytes exported = tls.Export(TLS_SESSION_LABEL, key.size());
    std::copy(exported.begin(), exported.end(), key.begin());
    return key;
}

TlsPathEngine::TlsPathEngine(Processor& processor,
                             TlsConfig::Role role,
                             const KeyExchangeConfig& config)
    : Engine(processor),
      m_isClient(role == TlsConfig::Role::Client),
      m_tls(processor, TlsConfig{role, config.group, config.pki ? config.pki : TlsPki::Default()})
{
}

void
TlsPathEngine::HandleProgress()
{
}

bool
TlsPathEngine::HoldsOutput()
{
    return false;
}

void
TlsPathEngine::HandleStart()
{
    if (m_isClient)
    {
        m_tls.Start(); // the ClientHello is ready when the path comes up, as the share of `dh` is
    }
}

void
TlsPathEngine::HandlePathUp(PathId path)
{
    if (path == SHARE_PATH)
    {
        m_isUp = true;
        FlushOutput();
    }
}

void
TlsPathEngine::HandleBytes(PathId path, ByteView in)
{
    if (path != SHARE_PATH)
    {
        HandleOtherPath(path, in);
        return;
    }
    m_tls.Receive(in);
    if (!HoldsOutput())
    {
        FlushOutput();
    }
    if (!m_tls.IsEstablished() && m_tls.FailureReason())
    {
        GiveUp(*m_tls.FailureReason());
        return;
    }
    HandleProgress();
    if (!HasFailed() && m_tls.IsEstablished() && !m_hasToldOfHandshake)
    {
        m_hasToldOfHandshake = true;
        HandleEstablished();
    }
    Bytes content = m_tls.TakeContent();
    if (!HasFailed() && !content.empty())
    {
        HandleContent(std::move(content));
    }
    if (!HasFailed() && m_tls.FailureReason())
    {
        GiveUp(*m_tls.FailureReason());
    }
}

void
TlsPathEngine::SendContent(ByteView content)
{
    m_tls.Send(content);
    FlushOutput();
}

void
TlsPathEngine::FlushOutput()
{
    Bytes output = m_isUp ? m_tls.TakeOutput() : Bytes();
    if (!output.empty())
    {
        Send(SHARE_PATH, std::move(output));
    }
}

TlsEngine::TlsEngine(Processor& processor, TlsConfig::Role role, const KeyExchangeConfig& config)
    : TlsPathEngine(processor, role, config)
{
}

void
TlsEngine::HandleOtherPath(PathId, ByteView)
{
    GiveUp(Failure::WrongPath);
}

void
TlsEngine::HandleEstablished()
{
    SessionKeys keys{};
    keys.session = ExportTlsSessionKey(Tls());
    AcceptUnder(keys);
}

void
TlsEngine::HandleContent(Bytes content)
{
    DeliverData(std::move(content));
}

void
TlsEngine::HandleApplicationData(ByteView plaintext)
{
    SendContent(plaintext);
}

bool
TlsEngine::NeedsPath(PathId path) const
{
    return path == SHARE_PATH;
}

} // namespace smkex
