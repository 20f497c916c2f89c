/*
 * SPDX-License-Identifier: GPL-2.0-only
 */
#include "smkex-crypto-check.h"
#include "smkex-crypto.h"

#include <algorithm>
#include <cryptopp/donna.h>
#include <cryptopp/eccrypto.h>
#include <cryptopp/ecp.h>
#include <cryptopp/oids.h>

namespace smkex
{

namespace
{

constexpr std::size_t SCALAR_SIZE = 32;             //!< private values of both groups, octets
constexpr std::size_t COORDINATE_SIZE = 32;         //!< P-256
constexpr std::size_t UNCOMPRESSED_POINT_SIZE = 65; //!< P-256, SEC 1, 2.3.3
constexpr std::uint8_t UNCOMPRESSED_POINT = 0x04;

/**
 * What every computation on P-256 shares. It is never written to after it has been made, since a
 * process may run several threads; Crypto++'s curves keep intermediate results in themselves, so
 * that each computation works on its own copy of one.
 */
struct P256Domain
{
    P256Domain()
    {
        const CryptoPP::DL_GroupParameters_EC<CryptoPP::ECP> parameters(
            CryptoPP::ASN1::secp256r1());
        order = parameters.GetSubgroupOrder();
        curve = parameters.GetCurve();
        precomputation.SetCurve(curve);
        base.SetBase(precomputation, parameters.GetSubgroupGenerator());
        // As measured: fewer multiples of the base point are slower, and so are more.
        base.Precompute(precomputation, order.BitCount(), 32);
    }

    CryptoPP::Integer order;
    CryptoPP::ECP curve;
    CryptoPP::EcPrecomputation<CryptoPP::ECP> precomputation;
    CryptoPP::DL_FixedBasePrecomputationImpl<CryptoPP::ECP::Point> base;
};

const P256Domain&
P256()
{
    static const P256Domain domain;
    return domain;
}

Bytes
EncodeCoordinate(const CryptoPP::Integer& coordinate)
{
    Bytes octets(COORDINATE_SIZE);
    coordinate.Encode(octets.data(), octets.size());
    return octets;
}

KeyPair
GenerateP256(RandomSource& random)
{
    const P256Domain& domain = P256();
    KeyPair pair;
    CryptoPP::Integer scalar;
    do
    {
        pair.privateKey = random.Draw(SCALAR_SIZE);
        scalar.Decode(pair.privateKey.data(), pair.privateKey.size());
    } while (scalar.IsZero() || scalar >= domain.order);

    const CryptoPP::EcPrecomputation<CryptoPP::ECP> precomputation(domain.precomputation);
    const CryptoPP::ECP::Point point = domain.base.Exponentiate(precomputation, scalar);
    pair.publicKey.reserve(UNCOMPRESSED_POINT_SIZE);
    pair.publicKey.push_back(UNCOMPRESSED_POINT);
    Append(pair.publicKey, EncodeCoordinate(point.x));
    Append(pair.publicKey, EncodeCoordinate(point.y));
    return pair;
}

AgreementResult
AgreeP256(ByteView privateKey, ByteView peerPublicKey)
{
    const P256Domain& domain = P256();
    const CryptoPP::Integer scalar(privateKey.data(), privateKey.size());
    Require(!scalar.IsZero() && scalar < domain.order, "a P-256 private key is in [1, order)");

    if (peerPublicKey[0] != UNCOMPRESSED_POINT)
    {
        return {PublicKeyError::NotOnCurve, {}};
    }
    const ByteView coordinates = peerPublicKey.From(1);
    const CryptoPP::ECP::Point point(
        CryptoPP::Integer(coordinates.data(), COORDINATE_SIZE),
        CryptoPP::Integer(coordinates.data() + COORDINATE_SIZE, COORDINATE_SIZE));
    const CryptoPP::ECP curve(domain.curve);
    if (!curve.VerifyPoint(point))
    {
        return {PublicKeyError::NotOnCurve, {}};
    }
    // The group has no cofactor: a point on the curve times a scalar in range is no identity.
    return {PublicKeyError::None, EncodeCoordinate(curve.ScalarMultiply(point, scalar).x)};
}

KeyPair
GenerateX25519(RandomSource& random)
{
    KeyPair pair{random.Draw(SCALAR_SIZE), Bytes(PublicKeySize(Group::X25519))};
    CryptoPP::Donna::curve25519_mult(pair.publicKey.data(), pair.privateKey.data());
    return pair;
}

AgreementResult
AgreeX25519(ByteView privateKey, ByteView peerPublicKey)
{
    AgreementResult result{PublicKeyError::None, Bytes(SCALAR_SIZE)};
    CryptoPP::Donna::curve25519_mult(result.secret.data(), privateKey.data(), peerPublicKey.data());
    static constexpr Digest ZERO{};
    if (EqualInConstantTime(result.secret, ZERO))
    {
        result.error = PublicKeyError::ZeroSecret;
    }
    return result;
}

} // namespace

const char*
NameOf(Group group)
{
    return group == Group::X25519 ? "x25519" : "p256";
}

std::size_t
PublicKeySize(Group group)
{
    return group == Group::X25519 ? 32 : UNCOMPRESSED_POINT_SIZE;
}

KeyPair
GenerateKeyPair(Group group, RandomSource& random)
{
    return group == Group::X25519 ? GenerateX25519(random) : GenerateP256(random);
}

AgreementResult
Agree(Group group, ByteView privateKey, ByteView peerPublicKey)
{
    Require(privateKey.size() == SCALAR_SIZE, "a private key has 32 octets");
    if (peerPublicKey.size() != PublicKeySize(group))
    {
        return {PublicKeyError::WrongLength, {}};
    }
    return group == Group::X25519 ? AgreeX25519(privateKey, peerPublicKey)
                                  : AgreeP256(privateKey, peerPublicKey);
}

} // namespace smkex
