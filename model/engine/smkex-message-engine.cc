/*
 * SPDX-License-Identifier: GPL-2.0-only
 */
#include "smkex-message-engine.h"

#include "smkex-defects.h"

#include <algorithm>

namespace smkex
{

MessageEngine::MessageEngine(Processor& processor, Role role, PathId paths)
    : Engine(processor),
      m_role(role),
      m_paths(paths)
{
}

void
MessageEngine::AcceptUnderKeys(const SessionKeys& keys)
{
    const bool isClient = m_role == Role::Client;
    m_sending.emplace(isClient ? keys.clientToServer : keys.serverToClient);
    m_receiving.emplace(isClient ? keys.serverToClient : keys.clientToServer);
    AcceptUnder(keys);
    ReadFrames(SHARE_PATH);
}

void
MessageEngine::HandleBytes(PathId path, ByteView in)
{
    if (path < 1 || path > m_paths)
    {
        GiveUp(Failure::WrongPath);
        return;
    }
    Append(m_unread[path - 1].bytes, in);
    ReadFrames(path);
}

void
MessageEngine::ReadFrames(PathId path)
{
    // Acceptance in the middle of a stream reads on in the same stream, so no view outlives a step.
    auto& [unread, head] = m_unread[path - 1];
    std::optional<Failure> failure;
    while (!HasFailed())
    {
        const std::optional<Frame> frame = PeekFrame(ByteView(unread).From(head), failure);
        if (!frame)
        {
            break;
        }
        if (frame->type == static_cast<std::uint8_t>(MessageType::Record) && !IsAccepted())
        {
            if (path != SHARE_PATH)
            {
                failure = Failure::WrongPath; // it would block the path's own messages
            }
            else if (unread.size() - head > MaxEarlyBytes())
            {
                failure = Failure::UnexpectedMessage;
            }
            break;
        }
        const std::variant<Message, Failure> decoded = Decode(*frame);
        head += frame->size;
        if (const auto* reason = std::get_if<Failure>(&decoded))
        {
            failure = *reason;
            break;
        }
        const Message& message = std::get<Message>(decoded);
        if (const auto* record = std::get_if<Record>(&message))
        {
            HandleRecord(path, record->sealed);
        }
        else if (IsAccepted() && !(path == SHARE_PATH && IsPlanted(Defect::NoncesOnPath1)))
        {
            failure = Failure::UnexpectedMessage;
            break;
        }
        else
        {
            HandleMessage(path, message);
        }
    }
    unread.erase(unread.begin(), unread.begin() + head);
    head = 0;
    if (failure && !HasFailed())
    {
        GiveUp(*failure);
    }
}

void
MessageEngine::HandleRecord(PathId path, ByteView sealed)
{
    if (path != SHARE_PATH)
    {
        GiveUp(Failure::WrongPath);
        return;
    }
    std::optional<Bytes> plaintext = m_receiving->Open(GetProcessor(), sealed);
    if (!plaintext)
    {
        GiveUp(Failure::RecordAuthentication);
        return;
    }
    DeliverData(std::move(*plaintext));
}

void
MessageEngine::HandleApplicationData(ByteView plaintext)
{
    while (!plaintext.empty())
    {
        const std::size_t size = std::min(plaintext.size(), MAX_RECORD_PLAINTEXT);
        Send(SHARE_PATH, m_sending->Seal(GetProcessor(), plaintext.First(size)));
        plaintext = plaintext.From(size);
    }
}

bool
MessageEngine::NeedsPath(PathId path) const
{
    return path >= 1 && path <= m_paths;
}

} // namespace smkex
