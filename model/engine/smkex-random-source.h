/*
 * SPDX-License-Identifier: GPL-2.0-only
 */
#ifndef SMKEX_RANDOM_SOURCE_H
#define SMKEX_RANDOM_SOURCE_H

#include "smkex-bytes.h"

#include <memory>

namespace smkex
{

/**
 * Where private keys, nonces and session identifiers come from.
 *
 * It is handed in, so that a run can be repeated: nothing in the engines draws from the host.
 */
class RandomSource
{
  public:
    virtual ~RandomSource() = default;

    /** Writes \p size random octets to \p out. */
    virtual void Fill(std::uint8_t* out, std::size_t size) = 0;

    /** \return \p size random octets */
    Bytes Draw(std::size_t size);
};

/** The ChaCha20 key stream (RFC 8439) of a 32-byte seed: the same seed gives the same octets. */
class SeededRandomSource : public RandomSource
{
  public:
    explicit SeededRandomSource(const Digest& seed);
    ~SeededRandomSource() override;

    void Fill(std::uint8_t* out, std::size_t size) override;

  private:
    class KeyStream;
    std::unique_ptr<KeyStream> m_keyStream;
};

/** Standard-normal variates: where the costs of cryptography draw from. */
class NormalSource
{
  public:
    virtual ~NormalSource() = default;

    /** \return a variate of mean 0 and variance 1 */
    virtual double Draw() = 0;
};

} // namespace smkex

#endif // SMKEX_RANDOM_SOURCE_H
