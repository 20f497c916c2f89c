/*
 * SPDX-License-Identifier: GPL-2.0-only
 */
#include "smkex-tcpcrypt-messages.h"

#include "smkex-crypto-point.h"

#include <algorithm>
#include <utility>

namespace smkex
{

namespace
{

constexpr std::size_t INIT_HEADER_SIZE = 8;    //!< octets: magic number, length
constexpr std::size_t KEY_LENGTH_SIZE = 2;     //!< octets in front of a P-256 key
constexpr std::size_t MIN_FRAME_PLAINTEXT = 1; //!< octets: the flags
constexpr std::size_t MAX_INIT1_CIPHERS = 0xff;

void
AppendNumber(Bytes& bytes, std::uint64_t number, std::size_t size)
{
    while (size-- > 0)
    {
        bytes.push_back(static_cast<std::uint8_t>(number >> (8 * size)));
    }
}

std::uint32_t
ReadNumber(ByteView octets)
{
    std::uint32_t number = 0;
    for (const std::uint8_t octet : octets)
    {
        number = number << 8 | octet;
    }
    return number;
}

Bytes
Finish(InitKind kind, const Bytes& body)
{
    Bytes message;
    AppendNumber(message, static_cast<std::uint32_t>(kind), 4);
    AppendNumber(message, INIT_HEADER_SIZE + body.size(), 4);
    Append(message, body);
    return message;
}

/** Takes a nonce off the front of \p body, if it is there. */
bool
TakeNonce(ByteView& body, Nonce& nonce)
{
    if (body.size() < nonce.size())
    {
        return false;
    }
    std::copy_n(body.begin(), nonce.size(), nonce.begin());
    body = body.From(nonce.size());
    return true;
}

/** What stands behind the key is ignored (RFC 8548, 4.1). */
std::variant<Bytes, Failure>
DecodePublicKey(Group group, ByteView body)
{
    if (group == Group::X25519)
    {
        const std::size_t size = PublicKeySize(group);
        if (body.size() < size)
        {
            return Failure::PublicKeyLength;
        }
        return body.First(size).ToBytes();
    }
    const std::size_t size = KEY_LENGTH_SIZE + COMPRESSED_POINT_SIZE;
    if (body.size() < size || ReadNumber(body.First(KEY_LENGTH_SIZE)) != size)
    {
        return Failure::PublicKeyLength;
    }
    std::optional<Bytes> point = DecompressP256Point(body.First(size).From(KEY_LENGTH_SIZE));
    if (!point)
    {
        return Failure::PublicKeyNotOnCurve;
    }
    return std::move(*point);
}

} // namespace

Bytes
EncodePublicKey(Group group, ByteView publicKey)
{
    if (group == Group::X25519)
    {
        return publicKey.ToBytes();
    }
    Bytes encoded;
    AppendNumber(encoded, KEY_LENGTH_SIZE + COMPRESSED_POINT_SIZE, KEY_LENGTH_SIZE);
    Append(encoded, CompressP256Point(publicKey));
    return encoded;
}

Bytes
Encode(const Init1& message, Group group)
{
    const std::size_t count = std::min(message.ciphers.size(), MAX_INIT1_CIPHERS);
    Bytes body{static_cast<std::uint8_t>(count)};
    Append(body, ByteView(message.ciphers).First(count));
    Append(body, message.nonce);
    Append(body, EncodePublicKey(group, message.publicKey));
    return Finish(InitKind::Init1, body);
}

Bytes
Encode(const Init2& message, Group group)
{
    Bytes body{message.cipher};
    Append(body, message.nonce);
    Append(body, EncodePublicKey(group, message.publicKey));
    return Finish(InitKind::Init2, body);
}

std::optional<ByteView>
PeekInit(ByteView stream, InitKind kind, std::optional<Failure>& failure)
{
    Bytes magic;
    AppendNumber(magic, static_cast<std::uint32_t>(kind), 4);
    const std::size_t comparable = std::min(stream.size(), magic.size());
    if (stream.First(comparable) != ByteView(magic).First(comparable))
    {
        failure = Failure::MalformedMessage;
        return std::nullopt;
    }
    if (stream.size() < INIT_HEADER_SIZE)
    {
        return std::nullopt;
    }
    const std::uint32_t size = ReadNumber(stream.First(INIT_HEADER_SIZE).From(magic.size()));
    if (size < INIT_HEADER_SIZE || size > MAX_INIT_SIZE)
    {
        failure = size < INIT_HEADER_SIZE ? Failure::MalformedMessage : Failure::OversizedMessage;
        return std::nullopt;
    }
    return stream.size() < size ? std::nullopt : std::optional(stream.First(size));
}

std::variant<Init1, Failure>
DecodeInit1(ByteView message, Group group)
{
    ByteView body = message.From(INIT_HEADER_SIZE);
    if (body.empty() || body.size() < 1U + body[0])
    {
        return Failure::MalformedMessage;
    }
    Init1 init;
    init.ciphers = body.First(1U + body[0]).From(1).ToBytes();
    body = body.From(1 + init.ciphers.size());
    if (!TakeNonce(body, init.nonce))
    {
        return Failure::MalformedMessage;
    }
    std::variant<Bytes, Failure> key = DecodePublicKey(group, body);
    if (const auto* reason = std::get_if<Failure>(&key))
    {
        return *reason;
    }
    init.publicKey = std::move(std::get<Bytes>(key));
    return init;
}

std::variant<Init2, Failure>
DecodeInit2(ByteView message, Group group)
{
    ByteView body = message.From(INIT_HEADER_SIZE);
    if (body.empty())
    {
        return Failure::MalformedMessage;
    }
    Init2 init;
    init.cipher = body[0];
    body = body.From(1);
    if (!TakeNonce(body, init.nonce))
    {
        return Failure::MalformedMessage;
    }
    std::variant<Bytes, Failure> key = DecodePublicKey(group, body);
    if (const auto* reason = std::get_if<Failure>(&key))
    {
        return *reason;
    }
    init.publicKey = std::move(std::get<Bytes>(key));
    return init;
}

std::optional<TcpcryptFrame>
PeekTcpcryptFrame(ByteView stream, std::optional<Failure>& failure)
{
    if (stream.size() < TCPCRYPT_HEADER_SIZE)
    {
        return std::nullopt;
    }
    const std::size_t size = ReadNumber(stream.First(TCPCRYPT_HEADER_SIZE).From(1));
    if (size < MIN_FRAME_PLAINTEXT + AEAD_TAG_SIZE)
    {
        failure = Failure::MalformedMessage;
        return std::nullopt;
    }
    if (stream.size() < TCPCRYPT_HEADER_SIZE + size)
    {
        return std::nullopt;
    }
    return TcpcryptFrame{stream[0],
                         stream.From(TCPCRYPT_HEADER_SIZE).First(size),
                         TCPCRYPT_HEADER_SIZE + size};
}

SessionId
LinkOf(const Nonce& nonceA)
{
    SessionId link;
    std::copy_n(nonceA.begin(), link.size(), link.begin());
    return link;
}

std::optional<Link>
PeekTcpcryptLink(ByteView stream, std::optional<Failure>& failure)
{
    if (stream.empty())
    {
        return std::nullopt;
    }
    if (stream[0] == static_cast<std::uint8_t>(MessageType::ClientNonce))
    {
        return PeekLink(stream, failure);
    }
    const std::optional<ByteView> message = PeekInit(stream, InitKind::Init1, failure);
    if (!message)
    {
        return std::nullopt;
    }
    // The group does not matter for the nonce, but only what is a whole Init1 gets a session.
    ByteView body = message->From(INIT_HEADER_SIZE);
    Nonce nonce;
    if (body.empty() || body.size() < 1U + body[0])
    {
        failure = Failure::MalformedMessage;
        return std::nullopt;
    }
    body = body.From(1U + body[0]);
    if (!TakeNonce(body, nonce))
    {
        failure = Failure::MalformedMessage;
        return std::nullopt;
    }
    return Link{LinkOf(nonce), SHARE_PATH};
}

} // namespace smkex
