/*
 * SPDX-License-Identifier: GPL-2.0-only
 */
#ifndef SMKEX_CRYPTO_COST_H
#define SMKEX_CRYPTO_COST_H

#include "smkex-bytes.h"
#include "smkex-random-source.h"

#include <array>
#include <string>

namespace smkex
{

/**
 * The cryptographic operations that take time. Operations whose time depends on the algorithm have
 * one entry an algorithm.
 */
enum class Operation : std::uint8_t
{
    KeyGenerationX25519,
    KeyGenerationP256,
    AgreementX25519,
    AgreementP256,
    HashSha256,
    KdfHkdfSha256,
    SignEd25519,
    VerifyEd25519,
    SealAes128Gcm,
    OpenAes128Gcm,
};

constexpr std::size_t OPERATION_COUNT = 10;

/** \return its name in a profile, e.g. `key-generation-x25519` */
const char* NameOf(Operation operation);

/**
 * How long one operation takes: log-normal around its median.
 *
 * A draw is (median + perByte · size) · exp(spread · z) with z standard-normal.
 */
struct OperationCost
{
    double medianNs{0};  //!< nanoseconds, for an empty input; 0 to 10^12
    double perByteNs{0}; //!< nanoseconds for each further octet of input; 0 to 10^9
    double spread{0};    //!< standard deviation of the logarithm; 0 (all draws the same) to 3
};

/**
 * What cryptography costs on some host.
 *
 * Its text form has one line an operation, `NAME MEDIAN_NS PER_BYTE_NS SPREAD`, and comments
 * behind `#`. All operations have to be there, each once.
 */
class CostProfile
{
  public:
    /** Every operation takes no time. */
    CostProfile() = default;

    /**
     * Reads the text form.
     *
     * \param text the profile
     * \param [out] error one sentence with the number of the offending line, on failure
     * \return false where the text is no profile; the profile is then unchanged
     */
    bool Parse(const std::string& text, std::string& error);

    /** \return the text form, which Parse() reads back to the same profile */
    std::string ToText() const;

    const OperationCost& Of(Operation operation) const
    {
        return m_costs[static_cast<std::size_t>(operation)];
    }

    void Set(Operation operation, const OperationCost& cost)
    {
        m_costs[static_cast<std::size_t>(operation)] = cost;
    }

    /**
     * Draws the time that one operation takes, rounded to whole nanoseconds; 10^15 at most.
     *
     * \param operation the operation
     * \param size octets of input (0 where the time does not depend on it)
     * \param normal drawn from once an operation, unless the operation costs nothing
     */
    Duration Draw(Operation operation, std::size_t size, NormalSource& normal) const;

  private:
    std::array<OperationCost, OPERATION_COUNT> m_costs{};
};

} // namespace smkex

#endif // SMKEX_CRYPTO_COST_H
