/*
 * SPDX-License-Identifier: GPL-2.0-only
 */
#include "smkex-record-layer.h"

namespace smkex
{

namespace
{

std::array<std::uint8_t, FRAME_HEADER_SIZE>
RecordHeader(std::size_t sealedSize)
{
    return {static_cast<std::uint8_t>(MessageType::Record),
            static_cast<std::uint8_t>(sealedSize >> 8),
            static_cast<std::uint8_t>(sealedSize)};
}

} // namespace

RecordDirection::RecordDirection(const DirectionKeys& keys)
    : m_keys(keys)
{
}

std::array<std::uint8_t, AEAD_NONCE_SIZE>
RecordDirection::NextNonce()
{
    std::array<std::uint8_t, AEAD_NONCE_SIZE> nonce = m_keys.iv;
    for (std::size_t i = 0; i < sizeof(m_number); ++i)
    {
        nonce[AEAD_NONCE_SIZE - 1 - i] ^= static_cast<std::uint8_t>(m_number >> (8 * i));
    }
    ++m_number;
    return nonce;
}

Bytes
RecordDirection::Seal(Processor& processor, ByteView plaintext)
{
    const auto header = RecordHeader(plaintext.size() + AEAD_TAG_SIZE);
    return Encode(Record{processor.SealAes128Gcm(m_keys.key, NextNonce(), header, plaintext)});
}

std::optional<Bytes>
RecordDirection::Open(Processor& processor, ByteView sealed)
{
    return processor.OpenAes128Gcm(m_keys.key, NextNonce(), RecordHeader(sealed.size()), sealed);
}

} // namespace smkex
