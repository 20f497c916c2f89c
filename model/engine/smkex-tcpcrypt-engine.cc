/*
 * SPDX-License-Identifier: GPL-2.0-only
 */
#include "smkex-tcpcrypt-engine.h"

#include "smkex-public-key-check.h"

#include <algorithm>
#include <utility>

namespace smkex
{

namespace
{

void
Consume(Bytes& unread, std::size_t size)
{
    unread.erase(unread.begin(), unread.begin() + static_cast<std::ptrdiff_t>(size));
}

} // namespace

TcpcryptEngine::TcpcryptEngine(Processor& processor,
                               const KeyExchangeConfig& config,
                               InitKind awaited)
    : Engine(processor),
      m_config(config),
      m_awaited(awaited)
{
}

void
TcpcryptEngine::HandleNegotiated(PathId path, const EnoOutcome& outcome)
{
    if (path == SHARE_PATH)
    {
        m_negotiated = outcome;
    }
}

void
TcpcryptEngine::HandlePathUp(PathId path)
{
    if (path != SHARE_PATH)
    {
        HandleNoncePathUp(path);
        return;
    }
    if (!m_negotiated.IsEncrypted())
    {
        if (Paths() > SHARE_PATH)
        {
            GiveUp(Failure::NotEncrypted);
            return;
        }
        m_plain = true;
        AcceptDowngraded();
        return;
    }
    if (GroupOfTep(m_negotiated.tep) != GetGroup())
    {
        GiveUp(Failure::GroupMismatch);
        return;
    }
    m_exchange.tep = m_negotiated.tep;
    m_exchange.transcript = m_negotiated.transcript;
    BeginExchange();
}

void
TcpcryptEngine::HandleNoncePathUp(PathId)
{
}

bool
TcpcryptEngine::NeedsPath(PathId path) const
{
    return path >= 1 && path <= Paths();
}

void
TcpcryptEngine::HandleBytes(PathId path, ByteView in)
{
    if (path < 1 || path > Paths())
    {
        GiveUp(Failure::WrongPath);
        return;
    }
    if (m_plain)
    {
        DeliverData(in.ToBytes());
        return;
    }
    Append(m_unread[path - 1], in);
    if (path == SHARE_PATH)
    {
        ReadSharePath();
    }
    else
    {
        ReadNoncePath(path);
    }
}

void
TcpcryptEngine::ReadSharePath()
{
    const auto readOne = [this] {
        const Bytes& unread = m_unread[SHARE_PATH - 1];
        return !unread.empty() && (m_peerInitSeen ? ReadFrame(unread) : ReadInit(unread));
    };
    while (!HasFailed() && readOne())
    {
    }
}

bool
TcpcryptEngine::ReadInit(ByteView unread)
{
    std::optional<Failure> failure;
    const std::optional<ByteView> message = PeekInit(unread, m_awaited, failure);
    if (failure)
    {
        GiveUp(*failure);
    }
    if (!message)
    {
        return false;
    }
    m_peerInitSeen = true;
    const Bytes init = message->ToBytes();
    Consume(m_unread[SHARE_PATH - 1], init.size());
    HandleInit(init);
    return true;
}

bool
TcpcryptEngine::ReadFrame(ByteView unread)
{
    if (!m_receiving)
    {
        if (unread.size() > MAX_EARLY_BYTES)
        {
            GiveUp(Failure::UnexpectedMessage);
        }
        return false;
    }
    std::optional<Failure> failure;
    const std::optional<TcpcryptFrame> frame = PeekTcpcryptFrame(unread, failure);
    if (failure)
    {
        GiveUp(*failure);
    }
    if (!frame)
    {
        return false;
    }
    if ((frame->control & TCPCRYPT_CONTROL_REKEY) != 0 || m_peerFinished)
    {
        GiveUp(Failure::UnexpectedMessage);
        return false;
    }
    std::optional<TcpcryptPlaintext> plaintext =
        m_receiving->Open(GetProcessor(), unread.First(frame->size));
    if (!plaintext)
    {
        GiveUp(Failure::RecordAuthentication);
        return false;
    }
    Consume(m_unread[SHARE_PATH - 1], frame->size);
    m_peerFinished = plaintext->last;
    if (!plaintext->data.empty())
    {
        DeliverData(std::move(plaintext->data));
    }
    return true;
}

void
TcpcryptEngine::ReadNoncePath(PathId path)
{
    Bytes& unread = m_unread[path - 1];
    while (!HasFailed())
    {
        std::optional<Failure> failure;
        const std::optional<Frame> frame = PeekFrame(unread, failure);
        if (failure)
        {
            GiveUp(*failure);
        }
        if (!frame)
        {
            return;
        }
        const std::variant<Message, Failure> decoded = Decode(*frame);
        Consume(unread, frame->size);
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
}

bool
TcpcryptEngine::CheckPeerKey(ByteView peerKey)
{
    if (peerKey == ByteView(m_keyPair.publicKey))
    {
        GiveUp(Failure::ReflectedShare);
        return false;
    }
    return true;
}

void
TcpcryptEngine::AgreeOnKeys(ByteView peerKey)
{
    AgreementResult agreement = GetProcessor().Agree(GetGroup(), m_keyPair.privateKey, peerKey);
    if (const std::optional<Failure> failure = CheckPublicKey(agreement))
    {
        GiveUp(*failure);
        return;
    }
    m_exchange.secret = std::move(agreement.secret);
    m_keys = DeriveTcpcryptKeys(GetProcessor(), m_exchange);
}

void
TcpcryptEngine::AcceptUnderDerivedKeys()
{
    const bool active = m_awaited == InitKind::Init2;
    const TcpcryptDirection fromA(m_keys->keys.clientToServer, m_exchange.init1.size());
    const TcpcryptDirection fromB(m_keys->keys.serverToClient, m_exchange.init2.size());
    m_sending = active ? fromA : fromB;
    m_receiving = active ? fromB : fromA;
    AcceptUnder(m_keys->keys);
    ReadSharePath();
}

void
TcpcryptEngine::HandleApplicationData(ByteView plaintext)
{
    if (m_plain)
    {
        Send(SHARE_PATH, plaintext.ToBytes());
        return;
    }
    while (!plaintext.empty())
    {
        const std::size_t size = std::min(plaintext.size(), MAX_RECORD_PLAINTEXT);
        Send(SHARE_PATH, m_sending->Seal(GetProcessor(), {plaintext.First(size).ToBytes(), false}));
        plaintext = plaintext.From(size);
    }
}

} // namespace smkex
