/*
 * SPDX-License-Identifier: GPL-2.0-only
 */
#include "smkex-crypto-check.h"
#include "smkex-crypto.h"

#include <cryptopp/aes.h>
#include <cryptopp/gcm.h>

namespace smkex
{

namespace
{

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
    CryptoPP::GCM<CryptoPP::AES>::Encryption cipher;
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
    CryptoPP::GCM<CryptoPP::AES>::Decryption cipher;
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
