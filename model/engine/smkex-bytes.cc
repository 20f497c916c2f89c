/*
 * SPDX-License-Identifier: GPL-2.0-only
 */
#include "smkex-bytes.h"

#include <algorithm>

namespace smkex
{

namespace
{

/** \return the value of a hexadecimal digit, or -1 */
int
DigitValue(char digit)
{
    if (digit >= '0' && digit <= '9')
    {
        return digit - '0';
    }
    if (digit >= 'a' && digit <= 'f')
    {
        return digit - 'a' + 10;
    }
    if (digit >= 'A' && digit <= 'F')
    {
        return digit - 'A' + 10;
    }
    return -1;
}

} // namespace

bool
ByteView::operator==(ByteView other) const
{
    return std::equal(begin(), end(), other.begin(), other.end());
}

void
Append(Bytes& bytes, ByteView tail)
{
    bytes.insert(bytes.end(), tail.begin(), tail.end());
}

std::string
ToHex(ByteView bytes)
{
    static constexpr char DIGITS[] = "0123456789abcdef";
    std::string digits;
    digits.reserve(2 * bytes.size());
    for (const std::uint8_t octet : bytes)
    {
        digits += DIGITS[octet >> 4];
        digits += DIGITS[octet & 0x0f];
    }
    return digits;
}

Bytes
FromHex(const std::string& digits)
{
    if (digits.size() % 2 != 0)
    {
        return {};
    }
    Bytes bytes;
    bytes.reserve(digits.size() / 2);
    for (std::size_t i = 0; i < digits.size(); i += 2)
    {
        const int high = DigitValue(digits[i]);
        const int low = DigitValue(digits[i + 1]);
        if (high < 0 || low < 0)
        {
            return {};
        }
        bytes.push_back(static_cast<std::uint8_t>(high << 4 | low));
    }
    return bytes;
}

bool
EqualInConstantTime(ByteView a, ByteView b)
{
    if (a.size() != b.size())
    {
        return false;
    }
    // Volatile, so that the compiler does not turn the sum into an early exit.
    volatile std::uint8_t difference = 0;
    for (std::size_t i = 0; i < a.size(); ++i)
    {
        difference = difference | (a[i] ^ b[i]);
    }
    return difference == 0;
}

} // namespace smkex
