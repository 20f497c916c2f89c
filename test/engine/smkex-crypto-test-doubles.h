/*
 * SPDX-License-Identifier: GPL-2.0-only
 */
#ifndef SMKEX_CRYPTO_TEST_DOUBLES_H
#define SMKEX_CRYPTO_TEST_DOUBLES_H

#include "ns3/smkex-random-source.h"

#include <functional>
#include <random>

namespace smkex
{

/** Hands out the octets it was given, and throws where there are no more. */
class ScriptedRandomSource : public RandomSource
{
  public:
    explicit ScriptedRandomSource(Bytes script)
        : m_script(std::move(script))
    {
    }

    void Fill(std::uint8_t* out, std::size_t size) override
    {
        for (std::size_t i = 0; i < size; ++i)
        {
            out[i] = m_script.at(m_used++);
        }
    }

    std::size_t GetUsed() const
    {
        return m_used;
    }

  private:
    Bytes m_script;
    std::size_t m_used{0};
};

/** Repeatable variates; counts the draws. */
class SeededNormalSource : public NormalSource
{
  public:
    explicit SeededNormalSource(std::uint64_t seed)
        : m_engine(seed)
    {
    }

    double Draw() override
    {
        ++m_draws;
        return m_normal(m_engine);
    }

    std::size_t GetDraws() const
    {
        return m_draws;
    }

  private:
    std::mt19937_64 m_engine;
    std::normal_distribution<double> m_normal;
    std::size_t m_draws{0};
};

/** The same variate for ever. */
class ConstantNormalSource : public NormalSource
{
  public:
    explicit ConstantNormalSource(double value)
        : m_value(value)
    {
    }

    double Draw() override
    {
        return m_value;
    }

  private:
    double m_value;
};

/** \return whether \p action, in a process of its own, ends it by SIGABRT */
bool Aborts(const std::function<void()>& action);

} // namespace smkex

#endif // SMKEX_CRYPTO_TEST_DOUBLES_H
