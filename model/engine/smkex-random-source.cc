/*
 * SPDX-License-Identifier: GPL-2.0-only
 */
#include "smkex-random-source.h"

#include <cryptopp/chacha.h>

namespace smkex
{

Bytes
RandomSource::Draw(std::size_t size)
{
    Bytes octets(size);
    Fill(octets.data(), size);
    return octets;
}

class SeededRandomSource::KeyStream
{
  public:
    explicit KeyStream(const Digest& seed)
    {
        // One seed, one stream: a nonce would add nothing.
        static constexpr std::array<std::uint8_t, 12> NONCE{};
        m_cipher.SetKeyWithIV(seed.data(), seed.size(), NONCE.data(), NONCE.size());
    }

    void Fill(std::uint8_t* out, std::size_t size)
    {
        m_cipher.GenerateBlock(out, size);
    }

  private:
    CryptoPP::ChaChaTLS::Encryption m_cipher;
};

SeededRandomSource::SeededRandomSource(const Digest& seed)
    : m_keyStream(std::make_unique<KeyStream>(seed))
{
}

SeededRandomSource::~SeededRandomSource() = default;

void
SeededRandomSource::Fill(std::uint8_t* out, std::size_t size)
{
    m_keyStream->Fill(out, size);
}

} // namespace smkex
