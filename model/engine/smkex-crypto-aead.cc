/*
 * SPDX-License-Identifier: GPL-2.0-only
 */
#include "smkex-crypto-check.h"
#include "smkex-crypto.h"

#include <algorithm>
#include <cryptopp/aes.h>
#include <cryptopp/gcm.h>

namespace smkex
{

namespace
{

/**
 * Crypto++'s GCM with the right counter for every nonce. From the block before the first to the
 * first, Crypto++ 8.7 carries out of the counter's 32 bits into the rest of the block, which
 * SP 800-38D, 6.2 leaves as it is. That can only come up where a nonce has not 12 octets.
 */
template <class Gcm>
class CorrectedGcm : public Gcm
{
  private:
    struct Counter : public CryptoPP::GCM_Base::GCTR
    {
        static void UndoCarry(CryptoPP::GCM_Base::GCTR& counter)
        {
            const auto& before = counter.*(&Counter::m_register);
            auto& first = counter.*(&Counter::m_counterArray);
            std::copy(before.begin(), before.end() - sizeof(std::uint32_t), first.begin());
        }
    };

    void Resync(const CryptoPP::byte* nonce, std::size_t size) override
    {
        Gcm::Resync(nonce, size);
        Counter::UndoCarry(this->m_ctr);
    }
};

using SealingGcm = CorrectedGcm<CryptoPP::GCM<CryptoPP::AES>::Encryption>;
using OpeningGcm = CorrectedGcm<CryptoPP::GCM<CryptoPP::AES>::Decryption>;

void
RequireKeyAndNonce(ByteView key, ByteView nonce)
{
    Require(key.size() == AEAD_KEY_SIZE, "an AES-128 key has 16 octets");
    Require(!nonce.empty(), "a GCM nonce has at least one octet");
}

} // namespace

Bytes
SealAes128Gcm(ByteView key, ByteView nonce, ByteView additionalData, ByteView plaintext)
{
    RequireKeyAndNonce(key, nonce);
    SealingGcm cipher;
    cipher.SetKeyWithIV(key.data(), key.size(), nonce.data(), nonce.size());
    Bytes sealed(plaintext.size() + AEAD_TAG_SIZE);
    cipher.EncryptAndAuthenticate(sealed.data(),
                                  sealed.data() + plaintext.size(),
                                  AEAD_TAG_SIZE,
                                  nonce.data(),
                                  static_cast<int>(nonce.size()),
                                  additionalData.data(),
                                  additionalData.size(),
                                  plaintext.data(),
                                  plaintext.size());
    return sealed;
}

std::optional<Bytes>
OpenAes128Gcm(ByteView key, ByteView nonce, ByteView additionalData, ByteView sealed)
{
    RequireKeyAndNonce(key, nonce);
    if (sealed.size() < AEAD_TAG_SIZE)
    {
        return std::nullopt;
    }
    const std::size_t plaintextSize = sealed.size() - AEAD_TAG_SIZE;
    OpeningGcm cipher;
    cipher.SetKeyWithIV(key.data(), key.size(), nonce.data(), nonce.size());
    Bytes plaintext(plaintextSize);
    const bool fits = cipher.DecryptAndVerify(plaintext.data(),
                                              sealed.data() + plaintextSize,
                                              AEAD_TAG_SIZE,
                                              nonce.data(),
                                              static_cast<int>(nonce.size()),
                                              additionalData.data(),
                                              additionalData.size(),
                                              sealed.data(),
                                              plaintextSize);
    if (!fits)
    {
        return std::nullopt;
    }
    return plaintext;
}

} // namespace smkex
