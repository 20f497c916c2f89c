/*
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "mptcp-crypto.h"

#include <algorithm>
#include <cryptopp/hmac.h>
#include <cryptopp/sha.h>

namespace ns3
{

namespace
{

template <typename T>
uint8_t*
PutBigEndian(uint8_t* to, T value)
{
    for (int shift = (sizeof(T) - 1) * 8; shift >= 0; shift -= 8)
    {
        *to++ = static_cast<uint8_t>(value >> shift);
    }
    return to;
}

uint64_t
GetBigEndian64(const uint8_t* from)
{
    uint64_t value = 0;
    for (int i = 0; i < 8; ++i)
    {
        value = value << 8 | from[i];
    }
    return value;
}

using Digest = std::array<uint8_t, 32>;

Digest
HashOfKey(uint64_t key)
{
    uint8_t bytes[8];
    PutBigEndian(bytes, key);
    Digest digest;
    CryptoPP::SHA256().CalculateDigest(digest.data(), bytes, sizeof(bytes));
    return digest;
}

Digest
Hmac(uint64_t firstKey, uint64_t secondKey, const uint8_t* message, std::size_t size)
{
    uint8_t key[16];
    PutBigEndian(PutBigEndian(key, firstKey), secondKey);
    Digest digest;
    CryptoPP::HMAC<CryptoPP::SHA256>(key, sizeof(key))
        .CalculateDigest(digest.data(), message, size);
    return digest;
}

} // namespace

uint32_t
MptcpToken(uint64_t key)
{
    return static_cast<uint32_t>(GetBigEndian64(HashOfKey(key).data()) >> 32);
}

uint64_t
MptcpInitialDsn(uint64_t key)
{
    return GetBigEndian64(HashOfKey(key).data() + 24);
}

std::array<uint8_t, 32>
MptcpJoinHmac(uint64_t ownKey, uint64_t peerKey, uint32_t ownNonce, uint32_t peerNonce)
{
    uint8_t message[8];
    PutBigEndian(PutBigEndian(message, ownNonce), peerNonce);
    return Hmac(ownKey, peerKey, message, sizeof(message));
}

uint64_t
MptcpJoinHmac64(const std::array<uint8_t, 32>& hmac)
{
    return GetBigEndian64(hmac.data());
}

std::array<uint8_t, 20>
MptcpJoinHmac160(const std::array<uint8_t, 32>& hmac)
{
    std::array<uint8_t, 20> left;
    std::copy_n(hmac.begin(), left.size(), left.begin());
    return left;
}

uint64_t
MptcpAddAddrHmac(uint64_t senderKey, uint64_t receiverKey, const MptcpAddAddr& option)
{
    uint8_t message[1 + 16 + 2];
    uint8_t* end = PutBigEndian(message, option.addressId);
    end = std::copy_n(option.address.begin(), option.ipv6 ? 16 : 4, end);
    end = PutBigEndian(end, option.port.value_or(0));
    return GetBigEndian64(Hmac(senderKey, receiverKey, message, end - message).data() + 24);
}

void
MptcpChecksum::Add(const uint8_t* data, uint32_t size)
{
    if (size != 0 && m_odd)
    {
        m_sum += *data++;
        --size;
        m_odd = false;
    }
    for (; size >= 2; size -= 2, data += 2)
    {
        m_sum += static_cast<uint32_t>(data[0]) << 8 | data[1];
    }
    if (size != 0)
    {
        m_sum += static_cast<uint32_t>(data[0]) << 8;
        m_odd = true;
    }
}

uint16_t
MptcpChecksum::Finish(uint64_t dsn, uint32_t ssn, uint16_t length) const
{
    uint64_t sum = m_sum + (dsn >> 48) + (dsn >> 32 & 0xffff) + (dsn >> 16 & 0xffff) +
                   (dsn & 0xffff) + (ssn >> 16) + (ssn & 0xffff) + length;
    while (sum >> 16 != 0)
    {
        sum = (sum & 0xffff) + (sum >> 16);
    }
    return static_cast<uint16_t>(~sum);
}

} // namespace ns3
