/*
 * SPDX-License-Identifier: GPL-2.0-only
 */
#include "smkex-processor.h"

#include <algorithm>
#include <utility>

namespace smkex
{

Processor::Processor(const CostProfile& profile, NormalSource& normal, RandomSource& random)
    : m_profile(profile),
      m_normal(normal),
      m_random(random)
{
}

void
Processor::SetObserver(Observer observer)
{
    m_observer = std::move(observer);
}

void
Processor::Begin(Instant now)
{
    m_now = std::max(m_now, now);
}

Instant
Processor::Now() const
{
    return m_now;
}

Duration
Processor::Computed() const
{
    return m_computed;
}

Bytes
Processor::DrawRandom(std::size_t size)
{
    return m_random.Draw(size);
}

KeyPair
Processor::GenerateKeyPair(Group group)
{
    Charge(group == Group::X25519 ? Operation::KeyGenerationX25519 : Operation::KeyGenerationP256);
    return smkex::GenerateKeyPair(group, m_random);
}

AgreementResult
Processor::Agree(Group group, ByteView privateKey, ByteView peerPublicKey)
{
    AgreementResult result = smkex::Agree(group, privateKey, peerPublicKey);
    if (result.error == PublicKeyError::None || result.error == PublicKeyError::ZeroSecret)
    {
        Charge(group == Group::X25519 ? Operation::AgreementX25519 : Operation::AgreementP256);
    }
    return result;
}

Digest
Processor::Sha256(std::initializer_list<ByteView> parts)
{
    std::size_t size = 0;
    for (const auto& part : parts)
    {
        size += part.size();
    }
    Charge(Operation::HashSha256, size);
    return smkex::Sha256(parts);
}

Bytes
Processor::HkdfSha256(ByteView ikm, ByteView salt, ByteView info, std::size_t size)
{
    Charge(Operation::KdfHkdfSha256, size);
    return smkex::HkdfSha256(ikm, salt, info, size);
}

Digest
Processor::HmacSha256(ByteView key, ByteView message)
{
    Charge(Operation::HashSha256, key.size() + message.size());
    return smkex::HmacSha256(key, message);
}

Bytes
Processor::HkdfExpandSha256(ByteView key, ByteView info, std::size_t size)
{
    Charge(Operation::KdfHkdfSha256, size);
    return smkex::HkdfExpandSha256(key, info, size);
}

Bytes
Processor::SignEd25519(const KeyPair& signer, ByteView message)
{
    Charge(Operation::SignEd25519, message.size());
    return smkex::SignEd25519(signer, message);
}

bool
Processor::VerifyEd25519(ByteView publicKey, ByteView message, ByteView signature)
{
    Charge(Operation::VerifyEd25519, message.size());
    return smkex::VerifyEd25519(publicKey, message, signature);
}

Bytes
Processor::SealAes128Gcm(ByteView key, ByteView nonce, ByteView additionalData, ByteView plaintext)
{
    Charge(Operation::SealAes128Gcm, additionalData.size() + plaintext.size());
    return smkex::SealAes128Gcm(key, nonce, additionalData, plaintext);
}

std::optional<Bytes>
Processor::OpenAes128Gcm(ByteView key, ByteView nonce, ByteView additionalData, ByteView sealed)
{
    Charge(Operation::OpenAes128Gcm, additionalData.size() + sealed.size());
    return smkex::OpenAes128Gcm(key, nonce, additionalData, sealed);
}

void
Processor::Charge(Operation operation, std::size_t size)
{
    const Duration duration = m_profile.Draw(operation, size, m_normal);
    if (m_observer)
    {
        m_observer(operation, m_now, duration);
    }
    m_now += duration;
    m_computed += duration;
}

} // namespace smkex
