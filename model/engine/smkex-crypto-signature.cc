/*
 * SPDX-License-Identifier: GPL-2.0-only
 */
#include "smkex-crypto-check.h"
#include "smkex-crypto.h"

#include <algorithm>
#include <cryptopp/donna.h>

namespace smkex
{

namespace
{

constexpr std::size_t KEY_SIZE = 32; //!< of private and of public keys, octets

/** The order of the group, 2^252 + 27742317777372353535851937790883648493, least octet first. */
constexpr Digest ORDER{0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7,
                       0xa2, 0xde, 0xf9, 0xde, 0x14, 0,    0,    0,    0,    0,    0,
                       0,    0,    0,    0,    0,    0,    0,    0,    0,    0x10};

/** 2^255 - 20, the last coordinate below the field's prime: the rest is 0xff. */
constexpr std::uint8_t LAST_COORDINATE_LOW = 0xec;

/** Is a number less than another? Both have the least octet first. */
bool
IsLess(ByteView a, ByteView b)
{
    return std::lexicographical_compare(std::make_reverse_iterator(a.end()),
                                        std::make_reverse_iterator(a.begin()),
                                        std::make_reverse_iterator(b.end()),
                                        std::make_reverse_iterator(b.begin()));
}

/**
 * Is \p point in the one form that its value has (RFC 8032, 5.1.3)? The y-coordinate is below
 * the prime, and where it is 1 or -1, x is 0 and has no negative.
 */
bool
IsCanonical(ByteView point)
{
    Digest y;
    std::copy(point.begin(), point.end(), y.begin());
    const bool negative = (y.back() & 0x80) != 0;
    y.back() &= 0x7f;

    Digest last;
    last.fill(0xff);
    last.front() = LAST_COORDINATE_LOW;
    last.back() = 0x7f;
    static constexpr Digest ONE{1};
    const bool xIsZero = y == ONE || y == last;
    return !IsLess(last, y) && !(xIsZero && negative);
}

} // namespace

KeyPair
GenerateSigningKeyPair(RandomSource& random)
{
    KeyPair pair{random.Draw(KEY_SIZE), Bytes(KEY_SIZE)};
    CryptoPP::Donna::ed25519_publickey(pair.publicKey.data(), pair.privateKey.data());
    return pair;
}

Bytes
SignEd25519(const KeyPair& signer, ByteView message)
{
    Require(signer.privateKey.size() == KEY_SIZE && signer.publicKey.size() == KEY_SIZE,
            "an Ed25519 key pair has 32 octets each");
    Bytes signature(SIGNATURE_SIZE);
    CryptoPP::Donna::ed25519_sign(message.data(),
                                  message.size(),
                                  signer.privateKey.data(),
                                  signer.publicKey.data(),
                                  signature.data());
    return signature;
}

bool
VerifyEd25519(ByteView publicKey, ByteView message, ByteView signature)
{
    if (publicKey.size() != KEY_SIZE || signature.size() != SIGNATURE_SIZE)
    {
        return false;
    }
    // Crypto++ takes the scalar and the key's coordinates modulo their limits.
    return IsLess(signature.From(KEY_SIZE), ORDER) && IsCanonical(publicKey) &&
           CryptoPP::Donna::ed25519_sign_open(message.data(),
                                              message.size(),
                                              publicKey.data(),
                                              signature.data()) == 0;
}

} // namespace smkex
