#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""Writes smkex-key-schedule-vectors.h to standard output: what an exchange has to come to, computed without the engine.

Only hashlib and hmac are used, and the curve's arithmetic (RFC 7748, section 5) is spelled out below. The header is
kept beside this file; test_key_schedule_vectors.py says when the two differ.
"""

import hashlib
import hmac

P = 2**255 - 19
X25519, P256 = 0x1D, 0x17

Pair = tuple[bytes, bytes]
Nonces = tuple[int, bytes, bytes]


def x25519(scalar: bytes, u: bytes) -> bytes:
    """The function of RFC 7748, section 5, by its Montgomery ladder."""
    k = (int.from_bytes(scalar, "little") & ~7 & (2**254 - 1)) | 2**254
    x1 = int.from_bytes(u, "little") & (2**255 - 1)
    x2, z2, x3, z3 = 1, 0, x1, 1
    for bit in reversed(range(255)):
        swap = k >> bit & 1
        if swap:
            x2, z2, x3, z3 = x3, z3, x2, z2
        a, b, c, d = x2 + z2, x2 - z2, x3 + z3, x3 - z3
        aa, bb, da, cb = a * a, b * b, d * a, c * b
        e = aa - bb
        x3, z3 = pow(da + cb, 2, P), x1 * pow(da - cb, 2, P) % P
        x2, z2 = aa * bb % P, e * (aa + 121665 * e) % P
        if swap:
            x2, z2, x3, z3 = x3, z3, x2, z2
    return (x2 * pow(z2, P - 2, P) % P).to_bytes(32, "little")


def hkdf(ikm: bytes, salt: bytes, info: bytes, size: int) -> bytes:
    """HKDF-SHA-256 (RFC 5869, section 2)."""
    prk = hmac.new(salt or bytes(32), ikm, hashlib.sha256).digest()
    material, block = b"", b""
    for i in range(1, size // 32 + 2):
        block = hmac.new(prk, block + info + bytes([i]), hashlib.sha256).digest()
        material += block
    return material[:size]


def fields(*values: bytes) -> bytes:
    return b"".join(len(value).to_bytes(2, "big") + value for value in values)


def number(value: int) -> bytes:
    return value.to_bytes(2, "big")


def pattern(first: int, size: int) -> bytes:
    return bytes((first + 7 * i) % 256 for i in range(size))


def frame(kind: int, body: bytes) -> bytes:
    return bytes([kind]) + number(len(body)) + body


def vector(name: str, group: int, session: bytes, shares: Pair, secret: bytes, nonces: list[Nonces]) -> str:
    """One entry; `nonces` are (path, N_C, N_S)."""
    g_x, g_y = shares
    hashes = [
        hashlib.sha256(
            fields(b"smkex 1 binding server", number(group), session, number(path), g_x, n_c, g_y, n_s)
        ).digest()
        for path, n_c, n_s in nonces
    ]
    seen = [number(group), session, g_x, g_y]
    for path, n_c, n_s in nonces:
        seen += [number(path), n_c, n_s]
    transcript = hashlib.sha256(fields(b"smkex 1 transcript", *seen)).digest()
    salt = b"".join(n_c + n_s for _, n_c, n_s in nonces)
    material = hkdf(secret, salt, fields(b"smkex 1 keys client server", transcript), 32 + 2 * (16 + 12))
    keys = material[:32], material[32:48], material[48:60], material[60:76], material[76:88]
    lines = [f'"{name}"', hex(group), *(f'"{v.hex()}"' for v in (session, g_x, g_y, secret))]
    paths = [f'{{{p}, "{c.hex()}", "{s.hex()}", "{h.hex()}"}}' for (p, c, s), h in zip(nonces, hashes)]
    lines += ["{" + ", ".join(paths) + "}", *(f'"{key.hex()}"' for key in keys)]
    return "{" + ", ".join(lines) + "}"


def whole_exchange() -> str:
    """A session over two paths from the two ends' random octets: the four messages and the session key."""
    session, n_c, x = pattern(1, 16), pattern(2, 32), pattern(3, 32)
    y, n_s = pattern(4, 32), pattern(5, 32)
    base = bytes([9]) + bytes(31)
    g_x, g_y = x25519(x, base), x25519(y, base)
    binding = hashlib.sha256(
        fields(b"smkex 1 binding server", number(X25519), session, number(2), g_x, n_c, g_y, n_s)
    ).digest()
    transcript = hashlib.sha256(
        fields(b"smkex 1 transcript", number(X25519), session, g_x, g_y, number(2), n_c, n_s)
    ).digest()
    key = hkdf(x25519(x, g_y), n_c + n_s, fields(b"smkex 1 keys client server", transcript), 32)
    values = [
        session + n_c + x,
        y + n_s,
        frame(1, b"\x01" + session + number(X25519) + g_x),
        frame(2, g_y),
        frame(3, b"\x01" + session + b"\x02" + n_c),
        frame(4, b"\x02" + n_s + binding),
        key,
    ]
    return "{" + ", ".join(f'"{value.hex()}"' for value in values) + "}"


def header() -> str:
    """The whole file, before it is formatted."""
    session = pattern(0xA0, 16)
    x, y, base = pattern(0x11, 32), pattern(0x22, 32), bytes([9]) + bytes(31)
    shares = x25519(x, base), x25519(y, base)
    secret = x25519(x, shares[1])
    nonces = [(path, pattern(16 * path, 32), pattern(16 * path + 8, 32)) for path in range(2, 9)]
    points = b"\x04" + pattern(0x30, 64), b"\x04" + pattern(0x40, 64)  # the key schedule looks at no curve
    vectors = [
        vector("dh over X25519", X25519, session, shares, secret, []),
        vector("two paths over X25519", X25519, session, shares, secret, nonces[:1]),
        vector("three paths over P-256", P256, session, points, pattern(0x50, 32), nonces[:2]),
        vector("eight paths over X25519", X25519, session, shares, secret, nonces),
    ]
    return f"""/*
 * SPDX-License-Identifier: GPL-2.0-only
 */
#ifndef SMKEX_KEY_SCHEDULE_VECTORS_H
#define SMKEX_KEY_SCHEDULE_VECTORS_H

#include <cstdint>
#include <string>
#include <vector>

/** \\file Written by key_schedule_vectors.py: change that. Octets are hexadecimal digits. */

namespace smkex
{{

struct PathVector
{{
    std::uint8_t path;
    std::string clientNonce;
    std::string serverNonce;
    std::string hash;
}};

struct KeyScheduleVector
{{
    std::string name;
    std::uint16_t group;
    std::string session;
    std::string clientShare;
    std::string serverShare;
    std::string secret;
    std::vector<PathVector> paths;
    std::string sessionKey;
    std::string toServerKey;
    std::string toServerIv;
    std::string toClientKey;
    std::string toClientIv;
}};

struct ExchangeVector
{{
    std::string clientRandom;
    std::string serverRandom; //!< the share arrives before the nonce
    std::string clientShare;
    std::string serverShare;
    std::string clientNonce;
    std::string serverBinding;
    std::string sessionKey;
}};

// clang-format off
const std::vector<KeyScheduleVector> KEY_SCHEDULE_VECTORS{{
    {(","+chr(10)+"    ").join(vectors)},
}};

const ExchangeVector EXCHANGE_VECTOR{whole_exchange()};
// clang-format on

}} // namespace smkex

#endif // SMKEX_KEY_SCHEDULE_VECTORS_H
"""


if __name__ == "__main__":
    print(header(), end="")
