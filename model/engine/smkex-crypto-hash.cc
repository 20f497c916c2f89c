/*
 * SPDX-License-Identifier: GPL-2.0-only
 */
#include "smkex-crypto-check.h"
#include "smkex-crypto.h"

#include <algorithm>
#include <cryptopp/sha.h>

namespace smkex
{

namespace
{

/**
 * HMAC-SHA-256 whose keyed states are computed once and copied for each message. CryptoPP::HMAC
 * hashes the padded key anew for every message and keeps its buffers on the heap, which makes
 * HKDF take half as long again.
 */
class KeyedHmac
{
  public:
    explicit KeyedHmac(ByteView key)
    {
        std::array<std::uint8_t, CryptoPP::SHA256::BLOCKSIZE> block{};
        if (key.size() <= block.size())
        {
            std::copy(key.begin(), key.end(), block.begin());
        }
        else
        {
            CryptoPP::SHA256().CalculateDigest(block.data(), key.data(), key.size());
        }
        for (auto& octet : block)
        {
            octet ^= 0x36;
        }
        m_inner.Update(block.data(), block.size());
        for (auto& octet : block)
        {
            octet ^= 0x36 ^ 0x5c;
        }
        m_outer.Update(block.data(), block.size());
    }

    Digest Mac(std::initializer_list<ByteView> parts) const
    {
        Digest digest;
        CryptoPP::SHA256 inner(m_inner);
        for (const auto& part : parts)
        {
            inner.Update(part.data(), part.size());
        }
        inner.Final(digest.data());
        CryptoPP::SHA256 outer(m_outer);
        outer.Update(digest.data(), digest.size());
        outer.Final(digest.data());
        return digest;
    }

  private:
    CryptoPP::SHA256 m_inner;
    CryptoPP::SHA256 m_outer;
};

} // namespace

Digest
Sha256(std::initializer_list<ByteView> parts)
{
    Digest digest;
    CryptoPP::SHA256 hash;
    for (const auto& part : parts)
    {
        hash.Update(part.data(), part.size());
    }
    hash.Final(digest.data());
    return digest;
}

Digest
HmacSha256(ByteView key, ByteView message)
{
    return KeyedHmac(key).Mac({message});
}

Bytes
HkdfSha256(ByteView ikm, ByteView salt, ByteView info, std::size_t size)
{
    return HkdfExpandSha256(KeyedHmac(salt).Mac({ikm}), info, size);
}

Bytes
HkdfExpandSha256(ByteView key, ByteView info, std::size_t size)
{
    Require(size <= 255 * std::tuple_size<Digest>::value, "HKDF yields at most 8160 octets");
    const KeyedHmac pseudorandomKey(key);
    Bytes output;
    output.reserve(size);
    Digest block;
    ByteView previous;
    for (std::uint8_t counter = 1; output.size() < size; ++counter)
    {
        block = pseudorandomKey.Mac({previous, info, ByteView(&counter, 1)});
        previous = block;
        Append(output, previous.First(std::min(block.size(), size - output.size())));
    }
    return output;
}

} // namespace smkex
