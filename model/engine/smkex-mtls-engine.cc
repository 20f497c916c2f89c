/*
 * SPDX-License-Identifier: GPL-2.0-only
 */
#include "smkex-mtls-engine.h"

#include <algorithm>

namespace smkex
{

namespace
{

constexpr std::size_t SECRET_SIZE = 32;
/** Content of TLS that comes ahead of the acceptance waits, up to this many octets. */
constexpr std::size_t MAX_EARLY_BYTES = 1U << 16;
constexpr std::uint8_t TLS_HANDSHAKE_RECORD = 22;

} // namespace

const char* const MTLS_SECRET_LABEL = "EXPORTER-smkex-mtls";

Bytes
ExportMtlsSecret(TlsSession& tls)
{
    return tls.Export(MTLS_SECRET_LABEL, SECRET_SIZE);
}

MtlsEngine::MtlsEngine(Processor& processor, TlsConfig::Role role, const KeyExchangeConfig& config)
    : TlsPathEngine(processor, role, config),
      m_paths(config.paths)
{
    m_transcript.group = config.group;
}

void
MtlsEngine::HandleOtherPath(PathId path, ByteView in)
{
    if (path < FIRST_NONCE_PATH || path > m_paths)
    {
        GiveUp(Failure::WrongPath);
        return;
    }
    Bytes& unread = m_unread[path - 1];
    Append(unread, in);
    std::optional<Failure> failure;
    while (!HasFailed())
    {
        const std::optional<Frame> frame = PeekFrame(unread, failure);
        if (!frame)
        {
            break;
        }
        const std::variant<Message, Failure> decoded = Decode(*frame);
        unread.erase(unread.begin(), unread.begin() + frame->size);
        if (const auto* reason = std::get_if<Failure>(&decoded))
        {
            GiveUp(*reason);
        }
        else if (IsAccepted())
        {
            GiveUp(Failure::UnexpectedMessage);
        }
        else
        {
            HandleMessage(path, std::get<Message>(decoded));
        }
    }
    if (failure && !HasFailed())
    {
        GiveUp(*failure);
    }
}

void
MtlsEngine::HandleProgress()
{
    const std::optional<TlsHello>& client = Tls().ClientHello();
    const std::optional<TlsHello>& server = Tls().ServerHello();
    if (HasShares() || !client || !server)
    {
        return;
    }
    const Bytes* clientShare = client->Share(m_transcript.group);
    const Bytes* serverShare = server->Share(m_transcript.group);
    if (clientShare && serverShare)
    {
        m_transcript.session = TlsSessionId(client->random);
        m_transcript.clientShare = *clientShare;
        m_transcript.serverShare = *serverShare;
        HandleShares();
    }
}

bool
MtlsEngine::HoldsOutput()
{
    return IsClient() && Tls().IsEstablished() && !IsAccepted();
}

void
MtlsEngine::HandleEstablished()
{
    AcceptIfComplete();
}

void
MtlsEngine::AcceptIfComplete()
{
    if (HasFailed() || IsAccepted() || !HasShares() || !Tls().IsEstablished() ||
        !OtherPathsAreComplete())
    {
        return;
    }
    GetProcessor().Charge(Operation::KdfHkdfSha256, SECRET_SIZE);
    GetProcessor().Charge(Operation::KdfHkdfSha256, SECRET_SIZE);
    const SessionKeys keys =
        DeriveSessionKeys(GetProcessor(), m_transcript, ExportMtlsSecret(Tls()));
    m_sending.emplace(IsClient() ? keys.clientToServer : keys.serverToClient);
    m_receiving.emplace(IsClient() ? keys.serverToClient : keys.clientToServer);
    FlushOutput();
    AcceptUnder(keys);
    ReadRecords();
}

void
MtlsEngine::HandleContent(Bytes content)
{
    Bytes& unread = m_unread[SHARE_PATH - 1];
    Append(unread, content);
    if (IsAccepted())
    {
        ReadRecords();
    }
    else if (unread.size() > MAX_EARLY_BYTES)
    {
        GiveUp(Failure::UnexpectedMessage);
    }
}

void
MtlsEngine::ReadRecords()
{
    Bytes& unread = m_unread[SHARE_PATH - 1];
    std::optional<Failure> failure;
    while (!failure)
    {
        const std::optional<Frame> frame = PeekFrame(unread, failure);
        if (!frame)
        {
            break;
        }
        const std::variant<Message, Failure> decoded = Decode(*frame);
        unread.erase(unread.begin(), unread.begin() + frame->size);
        if (const auto* reason = std::get_if<Failure>(&decoded))
        {
            failure = *reason;
            break;
        }
        const auto* record = std::get_if<Record>(&std::get<Message>(decoded));
        if (!record)
        {
            failure = Failure::WrongPath;
            break;
        }
        std::optional<Bytes> plaintext = m_receiving->Open(GetProcessor(), record->sealed);
        if (!plaintext)
        {
            failure = Failure::RecordAuthentication;
            break;
        }
        DeliverData(std::move(*plaintext));
    }
    if (failure)
    {
        GiveUp(*failure);
    }
}

void
MtlsEngine::HandleApplicationData(ByteView plaintext)
{
    while (!plaintext.empty())
    {
        const std::size_t size = std::min(plaintext.size(), MAX_RECORD_PLAINTEXT);
        SendContent(m_sending->Seal(GetProcessor(), plaintext.First(size)));
        plaintext = plaintext.From(size);
    }
}

bool
MtlsEngine::NeedsPath(PathId path) const
{
    return path == SHARE_PATH || (path >= FIRST_NONCE_PATH && path <= m_paths && !IsComplete(path));
}

bool
MtlsEngine::OtherPathsAreComplete() const
{
    for (PathId path = FIRST_NONCE_PATH; path <= m_paths; ++path)
    {
        if (!IsComplete(path))
        {
            return false;
        }
    }
    return true;
}

std::optional<Link>
PeekMtlsLink(ByteView stream, std::optional<Failure>& failure)
{
    if (stream.empty() || stream[0] != TLS_HANDSHAKE_RECORD)
    {
        const std::optional<Link> link = PeekLink(stream, failure);
        if (link && link->path == SHARE_PATH)
        {
            failure = Failure::WrongPath;
            return std::nullopt;
        }
        return link;
    }
    const std::optional<TlsHello> hello = PeekTlsHello(stream, failure);
    return hello ? std::optional(Link{TlsSessionId(hello->random), SHARE_PATH}) : std::nullopt;
}

} // namespace smkex
