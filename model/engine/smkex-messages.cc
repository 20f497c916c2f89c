/*
 * SPDX-License-Identifier: GPL-2.0-only
 */
#include "smkex-messages.h"

#include <algorithm>

namespace smkex
{

namespace
{

constexpr std::size_t FIXED_BODY_CLIENT_SHARE = 1 + sizeof(SessionId) + 2;
constexpr std::size_t BODY_CLIENT_NONCE = 1 + sizeof(SessionId) + 1 + sizeof(Nonce);
constexpr std::size_t BODY_SERVER_BINDING = 1 + sizeof(Nonce) + sizeof(Digest);
constexpr std::size_t MAX_SHARE = 512;
constexpr std::size_t BODY_IDENTITY = sizeof(Digest) + SIGNATURE_SIZE;
constexpr std::size_t BODY_IDENTITY_ROTATED = 2 * BODY_IDENTITY;
constexpr std::size_t FIXED_BODY_SECRET_SHARE = 1 + sizeof(SessionId) + 1;
constexpr std::size_t MAX_SECRET_SHARE = 64;

/** \return the longest body of a type, or nothing for an unknown type */
std::optional<std::size_t>
MaxBodySize(std::uint8_t type)
{
    switch (static_cast<MessageType>(type))
    {
    case MessageType::ClientShare:
        return FIXED_BODY_CLIENT_SHARE + MAX_SHARE;
    case MessageType::ServerShare:
        return MAX_SHARE;
    case MessageType::ClientNonce:
        return BODY_CLIENT_NONCE;
    case MessageType::ServerBinding:
        return BODY_SERVER_BINDING;
    case MessageType::ServerIdentity:
        return BODY_IDENTITY_ROTATED;
    case MessageType::SecretShare:
        return FIXED_BODY_SECRET_SHARE + MAX_SECRET_SHARE;
    case MessageType::Record:
        return MAX_RECORD_PLAINTEXT + AEAD_TAG_SIZE;
    }
    return std::nullopt;
}

void
AppendUint16(Bytes& bytes, std::size_t value)
{
    bytes.push_back(static_cast<std::uint8_t>(value >> 8));
    bytes.push_back(static_cast<std::uint8_t>(value));
}

Bytes
StartFrame(MessageType type, std::size_t bodySize)
{
    Bytes frame;
    frame.reserve(FRAME_HEADER_SIZE + bodySize);
    frame.push_back(static_cast<std::uint8_t>(type));
    AppendUint16(frame, bodySize);
    return frame;
}

struct Encoder
{
    Bytes operator()(const ClientShare& m) const
    {
        Bytes frame =
            StartFrame(MessageType::ClientShare, FIXED_BODY_CLIENT_SHARE + m.share.size());
        frame.push_back(PROTOCOL_VERSION);
        Append(frame, m.session);
        AppendUint16(frame, static_cast<std::uint16_t>(m.group));
        Append(frame, m.share);
        return frame;
    }

    Bytes operator()(const ServerShare& m) const
    {
        Bytes frame = StartFrame(MessageType::ServerShare, m.share.size());
        Append(frame, m.share);
        return frame;
    }

    Bytes operator()(const ClientNonce& m) const
    {
        Bytes frame = StartFrame(MessageType::ClientNonce, BODY_CLIENT_NONCE);
        frame.push_back(PROTOCOL_VERSION);
        Append(frame, m.session);
        frame.push_back(m.path);
        Append(frame, m.nonce);
        return frame;
    }

    Bytes operator()(const ServerBinding& m) const
    {
        Bytes frame = StartFrame(MessageType::ServerBinding, BODY_SERVER_BINDING);
        frame.push_back(m.path);
        Append(frame, m.nonce);
        Append(frame, m.hash);
        return frame;
    }

    Bytes operator()(const ServerIdentity& m) const
    {
        Bytes frame = StartFrame(MessageType::ServerIdentity,
                                 m.rotation ? BODY_IDENTITY_ROTATED : BODY_IDENTITY);
        Append(frame, m.publicKey);
        Append(frame, m.signature);
        if (m.rotation)
        {
            Append(frame, m.rotation->previousKey);
            Append(frame, m.rotation->signature);
        }
        return frame;
    }

    Bytes operator()(const SecretShare& m) const
    {
        Bytes frame =
            StartFrame(MessageType::SecretShare, FIXED_BODY_SECRET_SHARE + m.share.size());
        frame.push_back(PROTOCOL_VERSION);
        Append(frame, m.session);
        frame.push_back(m.path);
        Append(frame, m.share);
        return frame;
    }

    Bytes operator()(const Record& m) const
    {
        Bytes frame = StartFrame(MessageType::Record, m.sealed.size());
        Append(frame, m.sealed);
        return frame;
    }
};

/** Takes \p out.size() octets off the front of \p body, which has them. */
template <std::size_t N>
void
Take(ByteView& body, std::array<std::uint8_t, N>& out)
{
    std::copy_n(body.begin(), N, out.begin());
    body = body.From(N);
}

std::variant<Message, Failure>
DecodeClientShare(ByteView body)
{
    if (body.size() < FIXED_BODY_CLIENT_SHARE)
    {
        return Failure::MalformedMessage;
    }
    if (body[0] != PROTOCOL_VERSION)
    {
        return Failure::UnsupportedVersion;
    }
    ClientShare message;
    body = body.From(1);
    Take(body, message.session);
    message.group = static_cast<Group>(body[0] << 8 | body[1]);
    message.share = body.From(2).ToBytes();
    return message;
}

std::variant<Message, Failure>
DecodeClientNonce(ByteView body)
{
    if (body.size() != BODY_CLIENT_NONCE)
    {
        return Failure::MalformedMessage;
    }
    if (body[0] != PROTOCOL_VERSION)
    {
        return Failure::UnsupportedVersion;
    }
    ClientNonce message;
    body = body.From(1);
    Take(body, message.session);
    message.path = body[0];
    body = body.From(1);
    Take(body, message.nonce);
    return message;
}

std::variant<Message, Failure>
DecodeServerBinding(ByteView body)
{
    if (body.size() != BODY_SERVER_BINDING)
    {
        return Failure::MalformedMessage;
    }
    ServerBinding message;
    message.path = body[0];
    body = body.From(1);
    Take(body, message.nonce);
    Take(body, message.hash);
    return message;
}

std::variant<Message, Failure>
DecodeServerIdentity(ByteView body)
{
    if (body.size() != BODY_IDENTITY && body.size() != BODY_IDENTITY_ROTATED)
    {
        return Failure::MalformedMessage;
    }
    ServerIdentity message;
    Take(body, message.publicKey);
    Take(body, message.signature);
    if (!body.empty())
    {
        KeyRotation& rotation = message.rotation.emplace();
        Take(body, rotation.previousKey);
        Take(body, rotation.signature);
    }
    return message;
}

std::variant<Message, Failure>
DecodeSecretShare(ByteView body)
{
    if (body.size() < FIXED_BODY_SECRET_SHARE)
    {
        return Failure::MalformedMessage;
    }
    if (body[0] != PROTOCOL_VERSION)
    {
        return Failure::UnsupportedVersion;
    }
    SecretShare message;
    body = body.From(1);
    Take(body, message.session);
    message.path = body[0];
    message.share = body.From(1).ToBytes();
    return message;
}

} // namespace

Bytes
Encode(const Message& message)
{
    return std::visit(Encoder{}, message);
}

std::optional<Frame>
PeekFrame(ByteView stream, std::optional<Failure>& failure)
{
    if (stream.empty())
    {
        return std::nullopt;
    }
    const std::optional<std::size_t> maxBody = MaxBodySize(stream[0]);
    if (!maxBody)
    {
        failure = Failure::MalformedMessage;
        return std::nullopt;
    }
    if (stream.size() < FRAME_HEADER_SIZE)
    {
        return std::nullopt;
    }
    const std::size_t bodySize = stream[1] << 8 | stream[2];
    if (bodySize > *maxBody)
    {
        failure = Failure::OversizedMessage;
        return std::nullopt;
    }
    if (stream.size() < FRAME_HEADER_SIZE + bodySize)
    {
        return std::nullopt;
    }
    return Frame{stream[0],
                 stream.From(FRAME_HEADER_SIZE).First(bodySize),
                 FRAME_HEADER_SIZE + bodySize};
}

std::variant<Message, Failure>
Decode(const Frame& frame)
{
    switch (static_cast<MessageType>(frame.type))
    {
    case MessageType::ClientShare:
        return DecodeClientShare(frame.body);
    case MessageType::ServerShare:
        return ServerShare{frame.body.ToBytes()};
    case MessageType::ClientNonce:
        return DecodeClientNonce(frame.body);
    case MessageType::ServerBinding:
        return DecodeServerBinding(frame.body);
    case MessageType::ServerIdentity:
        return DecodeServerIdentity(frame.body);
    case MessageType::SecretShare:
        return DecodeSecretShare(frame.body);
    case MessageType::Record:
        if (frame.body.size() < AEAD_TAG_SIZE)
        {
            return Failure::MalformedMessage;
        }
        return Record{frame.body.ToBytes()};
    }
    return Failure::MalformedMessage;
}

std::optional<Link>
PeekLink(ByteView stream, std::optional<Failure>& failure)
{
    const std::optional<Frame> frame = PeekFrame(stream, failure);
    if (!frame)
    {
        return std::nullopt;
    }
    const std::variant<Message, Failure> decoded = Decode(*frame);
    if (const auto* reason = std::get_if<Failure>(&decoded))
    {
        failure = *reason;
        return std::nullopt;
    }
    const Message& message = std::get<Message>(decoded);
    if (const auto* share = std::get_if<ClientShare>(&message))
    {
        return Link{share->session, SHARE_PATH};
    }
    if (const auto* nonce = std::get_if<ClientNonce>(&message))
    {
        if (nonce->path < FIRST_NONCE_PATH || nonce->path > MAX_PATHS)
        {
            failure = Failure::WrongPath;
            return std::nullopt;
        }
        return Link{nonce->session, nonce->path};
    }
    if (const auto* share = std::get_if<SecretShare>(&message))
    {
        if (share->path < 1 || share->path > MAX_PATHS)
        {
            failure = Failure::WrongPath;
            return std::nullopt;
        }
        return Link{share->session, share->path};
    }
    failure = Failure::UnexpectedMessage;
    return std::nullopt;
}

} // namespace smkex
