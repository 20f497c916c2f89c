/*
 * SPDX-License-Identifier: GPL-2.0-only
 */
#ifndef SMKEX_BYTES_H
#define SMKEX_BYTES_H

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace smkex
{

/** A string of octets that its holder owns. */
using Bytes = std::vector<std::uint8_t>;

/** A SHA-256 digest. */
using Digest = std::array<std::uint8_t, 32>;

/** Simulated time since the start of the simulation. The engines only ever get it handed in. */
using Instant = std::chrono::nanoseconds;

/** A span of simulated time. */
using Duration = std::chrono::nanoseconds;

/** Octets that somebody else owns; valid no longer than their owner. */
class ByteView
{
  public:
    constexpr ByteView() = default;

    constexpr ByteView(const std::uint8_t* data, std::size_t size)
        : m_data(data),
          m_size(size)
    {
    }

    ByteView(const Bytes& bytes)
        : ByteView(bytes.data(), bytes.size())
    {
    }

    template <std::size_t N>
    constexpr ByteView(const std::array<std::uint8_t, N>& bytes)
        : ByteView(bytes.data(), N)
    {
    }

    /** The octets of a label, without a terminating zero. */
    ByteView(const std::string& text)
        : ByteView(reinterpret_cast<const std::uint8_t*>(text.data()), text.size())
    {
    }

    constexpr const std::uint8_t* data() const
    {
        return m_data;
    }

    constexpr std::size_t size() const
    {
        return m_size;
    }

    constexpr bool empty() const
    {
        return m_size == 0;
    }

    constexpr const std::uint8_t* begin() const
    {
        return m_data;
    }

    constexpr const std::uint8_t* end() const
    {
        return m_data + m_size;
    }

    constexpr std::uint8_t operator[](std::size_t i) const
    {
        return m_data[i];
    }

    /** The first \p n octets; \p n is at most size(). */
    constexpr ByteView First(std::size_t n) const
    {
        return {m_data, n};
    }

    /** All but the first \p n octets; \p n is at most size(). */
    constexpr ByteView From(std::size_t n) const
    {
        return {m_data + n, m_size - n};
    }

    Bytes ToBytes() const
    {
        return {begin(), end()};
    }

    /** Same octets? Not in constant time: for secrets there is EqualInConstantTime(). */
    bool operator==(ByteView other) const;

    bool operator!=(ByteView other) const
    {
        return !(*this == other);
    }

  private:
    const std::uint8_t* m_data{nullptr};
    std::size_t m_size{0};
};

/** Appends \p tail to \p bytes. */
void Append(Bytes& bytes, ByteView tail);

/** Lower-case hexadecimal digits, two an octet. */
std::string ToHex(ByteView bytes);

/** The octets that an even number of hexadecimal digits stands for; empty for anything else. */
Bytes FromHex(const std::string& digits);

/** Same octets? Takes a time that depends on the lengths only. */
bool EqualInConstantTime(ByteView a, ByteView b);

} // namespace smkex

#endif // SMKEX_BYTES_H
