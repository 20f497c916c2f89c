/*
 * SPDX-License-Identifier: GPL-2.0-only
 */
#include "smkex-crypto-point.h"

#include "smkex-crypto-check.h"

#include <cryptopp/eccrypto.h>
#include <cryptopp/ecp.h>
#include <cryptopp/oids.h>

namespace smkex
{

namespace
{

constexpr std::size_t UNCOMPRESSED_POINT_SIZE = 65;
constexpr std::uint8_t EVEN_Y = 0x02; //!< the first octet of a compressed point
constexpr std::uint8_t ODD_Y = 0x03;

/** Never written to; see the curve of smkex-crypto-agreement.cc. */
const CryptoPP::ECP&
Curve()
{
    static const CryptoPP::ECP curve =
        CryptoPP::DL_GroupParameters_EC<CryptoPP::ECP>(CryptoPP::ASN1::secp256r1()).GetCurve();
    return curve;
}

} // namespace

Bytes
CompressP256Point(ByteView point)
{
    Require(point.size() == UNCOMPRESSED_POINT_SIZE, "an uncompressed P-256 point has 65 octets");
    Bytes compressed{(point[UNCOMPRESSED_POINT_SIZE - 1] & 1) != 0 ? ODD_Y : EVEN_Y};
    Append(compressed, point.From(1).First(COMPRESSED_POINT_SIZE - 1));
    return compressed;
}

std::optional<Bytes>
DecompressP256Point(ByteView compressed)
{
    if (compressed.size() != COMPRESSED_POINT_SIZE ||
        (compressed[0] != EVEN_Y && compressed[0] != ODD_Y))
    {
        return std::nullopt;
    }
    const CryptoPP::Integer x(compressed.data() + 1, compressed.size() - 1);
    const CryptoPP::ECP curve(Curve());
    CryptoPP::ECP::Point point;
    if (x >= curve.FieldSize() || !curve.DecodePoint(point, compressed.data(), compressed.size()) ||
        !curve.VerifyPoint(point))
    {
        return std::nullopt;
    }
    Bytes octets(UNCOMPRESSED_POINT_SIZE);
    curve.EncodePoint(octets.data(), point, false);
    return octets;
}

} // namespace smkex
