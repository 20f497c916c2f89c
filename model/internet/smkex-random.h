/*
 * SPDX-License-Identifier: GPL-2.0-only
 */
#ifndef SMKEX_RANDOM_H
#define SMKEX_RANDOM_H

#include <cstdint>

namespace smkex
{

/** One output of SplitMix64 (G. Steele, D. Lea, C. Flood, OOPSLA 2014): a mix of 64 bits. */
constexpr std::uint64_t
Mix64(std::uint64_t value)
{
    value += 0x9e3779b97f4a7c15;
    value = (value ^ (value >> 30)) * 0xbf58476d1ce4e5b9;
    value = (value ^ (value >> 27)) * 0x94d049bb133111eb;
    return value ^ (value >> 31);
}

/**
 * A small generator for sampling and synthetic graphs: the same seed and stream give the same
 * numbers on every machine. Not for cryptography.
 */
class SampleRandom
{
  public:
    /** \param stream tells apart the variables that share a seed */
    SampleRandom(std::uint64_t seed, std::uint64_t stream)
        : m_state(Mix64(Mix64(seed) ^ stream))
    {
    }

    /** Uniform over all 64-bit values. */
    std::uint64_t Next()
    {
        m_state += 0x9e3779b97f4a7c15;
        return Mix64(m_state);
    }

    /** Uniform over 0 to bound - 1, without bias; bound > 0. */
    std::uint64_t Below(std::uint64_t bound)
    {
        const std::uint64_t excess = -bound % bound; // 2^64 mod bound
        std::uint64_t value = Next();
        while (value < excess)
        {
            value = Next();
        }
        return value % bound;
    }

    /** Uniform over [0, 1). */
    double Uniform()
    {
        return static_cast<double>(Next() >> 11) * 0x1p-53;
    }

  private:
    std::uint64_t m_state;
};

} // namespace smkex

#endif // SMKEX_RANDOM_H
