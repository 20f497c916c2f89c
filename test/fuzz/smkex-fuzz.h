/*
 * SPDX-License-Identifier: GPL-2.0-only
 */
#ifndef SMKEX_FUZZ_H
#define SMKEX_FUZZ_H

#include "ns3/smkex-bytes.h"
#include "ns3/smkex-random-source.h"

#include <algorithm>
#include <functional>
#include <random>
#include <string>
#include <vector>

/**
 * \file
 * What all fuzz checks share. All draws come from seeds that are fixed, and none from the standard
 * library's distributions, whose results differ between implementations.
 */

namespace smkex
{

/** Repeatable random decisions. */
class Dice
{
  public:
    explicit Dice(std::uint64_t seed)
        : m_engine(seed)
    {
    }

    std::uint64_t Number()
    {
        return m_engine();
    }

    /** \return a number in [0, \p limit); \p limit is at least 1 */
    std::size_t Below(std::size_t limit)
    {
        return static_cast<std::size_t>(m_engine() % limit);
    }

    /** \return true once in \p times on average */
    bool OnceIn(std::size_t times)
    {
        return Below(times) == 0;
    }

    std::uint8_t Octet()
    {
        return static_cast<std::uint8_t>(m_engine());
    }

    Bytes Octets(std::size_t size)
    {
        Bytes octets(size);
        std::generate(octets.begin(), octets.end(), [this] { return Octet(); });
        return octets;
    }

    Digest Seed()
    {
        Digest seed;
        std::generate(seed.begin(), seed.end(), [this] { return Octet(); });
        return seed;
    }

  private:
    std::mt19937_64 m_engine;
};

/** Variates near zero: what they are like does not matter, as long as they repeat. */
class DiceNormalSource : public NormalSource
{
  public:
    explicit DiceNormalSource(std::uint64_t seed)
        : m_dice(seed)
    {
    }

    double Draw() override
    {
        return static_cast<double>(m_dice.Below(2001)) / 1000 - 1;
    }

  private:
    Dice m_dice;
};

/** \return \p octets with some of them changed, gone, new, repeated or cut off */
Bytes Mutate(Dice& dice, Bytes octets);

/** Cuts \p octets into pieces at random places. Empty ones are left out. */
std::vector<Bytes> Split(Dice& dice, ByteView octets);

/** One thing that has to hold. It returns what does not, or nothing. */
struct FuzzCheck
{
    std::string name;
    std::function<std::string()> run;
};

std::vector<FuzzCheck> ExchangeChecks();
std::vector<FuzzCheck> CodecChecks();
std::vector<FuzzCheck> StreamChecks();
std::vector<FuzzCheck> StrategyChecks();
std::vector<FuzzCheck> RivalChecks();

} // namespace smkex

#endif // SMKEX_FUZZ_H
