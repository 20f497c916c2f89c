/*
 * SPDX-License-Identifier: GPL-2.0-only
 */
#include "smkex-tcpcrypt-keys.h"

#include "smkex-tcpcrypt-messages.h"

#include <algorithm>
#include <initializer_list>
#include <string>

namespace smkex
{

namespace
{

/** What a key is expanded for (RFC 8548, 4.3). */
enum class Purpose : std::uint8_t
{
    SessionIdentifier = 0x02,
    MasterKey = 0x03, //!< of the first generation, and from one to the next
    KeyOfA = 0x04,
    KeyOfB = 0x05,
};

constexpr std::size_t K_LEN = 32; //!< RFC 8548, 5, octets

const std::string FRAME_NONCE_MAGIC{"DATA"};
const std::string BINDING_LABEL{"smkex 1 tcpcrypt binding server"};

constexpr std::uint8_t FLAG_LAST = 0x01;   //!< FINp
constexpr std::uint8_t FLAG_URGENT = 0x02; //!< URGp: an urgent pointer follows the flags
constexpr std::size_t URGENT_SIZE = 2;     //!< octets

/** CPRF of RFC 8548. */
Bytes
Expand(Processor& processor, ByteView key, Purpose purpose, std::size_t size)
{
    const std::array<std::uint8_t, 1> info{static_cast<std::uint8_t>(purpose)};
    return processor.HkdfExpandSha256(key, info, size);
}

DirectionKeys
TrafficKey(Processor& processor, ByteView masterKey, Purpose purpose)
{
    const Bytes key = Expand(processor, masterKey, purpose, AEAD_KEY_SIZE);
    DirectionKeys keys{};
    std::copy(key.begin(), key.end(), keys.key.begin());
    return keys;
}

} // namespace

TcpcryptKeys
DeriveTcpcryptKeys(Processor& processor, const TcpcryptExchange& exchange)
{
    Bytes material = exchange.transcript;
    Append(material, exchange.init1);
    Append(material, exchange.init2);
    Append(material, exchange.secret);

    TcpcryptKeys derived;
    derived.keys.session = processor.HmacSha256(exchange.nonceA, material);
    const Bytes identifier =
        Expand(processor, derived.keys.session, Purpose::SessionIdentifier, K_LEN);
    derived.sessionId[0] = exchange.tep;
    std::copy(identifier.begin(), identifier.end(), derived.sessionId.begin() + 1);

    const Bytes masterKey = Expand(processor, derived.keys.session, Purpose::MasterKey, K_LEN);
    derived.keys.clientToServer = TrafficKey(processor, masterKey, Purpose::KeyOfA);
    derived.keys.serverToClient = TrafficKey(processor, masterKey, Purpose::KeyOfB);
    return derived;
}

Digest
ComputeTcpcryptBinding(Processor& processor,
                       const TcpcryptSessionId& session,
                       const NoncePair& nonces)
{
    const std::array<std::uint8_t, 1> path{nonces.path};
    Bytes fields;
    for (const ByteView field : std::initializer_list<ByteView>{BINDING_LABEL,
                                                                path,
                                                                session,
                                                                nonces.client,
                                                                nonces.server})
    {
        fields.push_back(static_cast<std::uint8_t>(field.size() >> 8));
        fields.push_back(static_cast<std::uint8_t>(field.size()));
        Append(fields, field);
    }
    return processor.Sha256({fields});
}

TcpcryptDirection::TcpcryptDirection(const DirectionKeys& keys, std::uint64_t offset)
    : m_keys(keys),
      m_offset(offset)
{
}

std::array<std::uint8_t, AEAD_NONCE_SIZE>
TcpcryptDirection::Nonce() const
{
    std::array<std::uint8_t, AEAD_NONCE_SIZE> nonce;
    std::copy(FRAME_NONCE_MAGIC.begin(), FRAME_NONCE_MAGIC.end(), nonce.begin());
    for (std::size_t i = 0; i < sizeof(m_offset); ++i)
    {
        nonce[nonce.size() - 1 - i] = static_cast<std::uint8_t>(m_offset >> (8 * i));
    }
    return nonce;
}

Bytes
TcpcryptDirection::Seal(Processor& processor, const TcpcryptPlaintext& plaintext)
{
    Bytes content{plaintext.last ? FLAG_LAST : std::uint8_t{0}};
    Append(content, plaintext.data);
    const std::size_t sealedSize = content.size() + AEAD_TAG_SIZE;
    Bytes frame{0,
                static_cast<std::uint8_t>(sealedSize >> 8),
                static_cast<std::uint8_t>(sealedSize)};
    Append(frame, processor.SealAes128Gcm(m_keys.key, Nonce(), frame, content));
    m_offset += frame.size();
    return frame;
}

std::optional<TcpcryptPlaintext>
TcpcryptDirection::Open(Processor& processor, ByteView frame)
{
    std::optional<Bytes> content = processor.OpenAes128Gcm(m_keys.key,
                                                           Nonce(),
                                                           frame.First(TCPCRYPT_HEADER_SIZE),
                                                           frame.From(TCPCRYPT_HEADER_SIZE));
    if (!content || content->empty())
    {
        return std::nullopt;
    }
    const std::uint8_t flags = content->front();
    const std::size_t before = 1 + ((flags & FLAG_URGENT) != 0 ? URGENT_SIZE : 0);
    if (content->size() < before)
    {
        return std::nullopt;
    }
    m_offset += frame.size();
    content->erase(content->begin(), content->begin() + static_cast<std::ptrdiff_t>(before));
    return TcpcryptPlaintext{std::move(*content), (flags & FLAG_LAST) != 0};
}

} // namespace smkex
