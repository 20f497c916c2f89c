/*
 * SPDX-License-Identifier: GPL-2.0-only
 */
#ifndef SMKEX_CRYPTO_POINT_H
#define SMKEX_CRYPTO_POINT_H

#include "smkex-bytes.h"

#include <optional>

namespace smkex
{

constexpr std::size_t COMPRESSED_POINT_SIZE = 33; //!< P-256, SEC 1, 2.3.3, octets

/** \return the compressed form of \p point, an uncompressed P-256 point of our own */
Bytes CompressP256Point(ByteView point);

/** \return the uncompressed form, or nothing where \p compressed is no compressed point of P-256 */
std::optional<Bytes> DecompressP256Point(ByteView compressed);

} // namespace smkex

#endif // SMKEX_CRYPTO_POINT_H
