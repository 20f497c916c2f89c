#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""Known answers for tcpcrypt, computed apart from the module: other language, other libraries, own curves and cipher.

Prints smkex-tcpcrypt-vectors.h, which the C++ tests include. test_tcpcrypt_vectors.py tells when the two differ.
"""

import hashlib
import hmac
import struct

# X25519 (RFC 7748, 5)

P25519 = 2**255 - 19


def x25519(scalar: bytes, u_coordinate: bytes) -> bytes:
    k = int.from_bytes(scalar, "little") & ~7 & (2**255 - 1) | 2**254
    u = int.from_bytes(u_coordinate, "little") & (2**255 - 1)
    x2, z2, x3, z3 = 1, 0, u, 1
    for bit in range(254, -1, -1):
        swap = k >> bit & 1
        if swap:
            x2, x3, z2, z3 = x3, x2, z3, z2
        a, b, c, d = x2 + z2, x2 - z2, x3 + z3, x3 - z3
        aa, bb, da, cb = a * a, b * b, d * a, c * b
        x3, z3 = (da + cb) ** 2 % P25519, u * (da - cb) ** 2 % P25519
        e = aa - bb
        x2, z2 = aa * bb % P25519, e * (aa + 121665 * e) % P25519
        if swap:
            x2, x3, z2, z3 = x3, x2, z3, z2
    return (x2 * pow(z2, -1, P25519) % P25519).to_bytes(32, "little")


# P-256 (FIPS 186-4, D.1.2.3), affine

P256 = 2**256 - 2**224 + 2**192 + 2**96 - 1
G256 = (
    0x6B17D1F2E12C4247F8BCE6E563A440F277037D812DEB33A0F4A13945D898C296,
    0x4FE342E2FE1A7F9B8EE7EB4A7C0F9E162BCE33576B315ECECBB6406837BF51F5,
)

Point = tuple[int, int]


def add256(p: Point | None, q: Point | None) -> Point | None:
    if p is None or q is None:
        return p or q
    if p[0] == q[0] and (p[1] + q[1]) % P256 == 0:
        return None
    slope = (3 * p[0] ** 2 - 3) * pow(2 * p[1], -1, P256) if p == q else (q[1] - p[1]) * pow(q[0] - p[0], -1, P256)
    x = (slope**2 - p[0] - q[0]) % P256
    return x, (slope * (p[0] - x) - p[1]) % P256


def multiply256(scalar: bytes, point: Point) -> Point:
    result: Point | None = None
    for bit in bin(int.from_bytes(scalar, "big"))[2:]:
        result = add256(result, result)
        if bit == "1":
            result = add256(result, point)
    assert result is not None
    return result


# AES-128-GCM (FIPS 197, SP 800-38D)


def double(x: int) -> int:
    return x << 1 ^ (0x11B if x & 0x80 else 0)


def gf256(a: int, b: int) -> int:
    product = 0
    while b:
        product ^= a if b & 1 else 0
        a, b = double(a), b >> 1
    return product


def substitute(x: int) -> int:
    inverse = next((y for y in range(256) if gf256(x, y) == 1), 0)
    bits = inverse
    for shift in range(1, 5):
        bits ^= (inverse << shift | inverse >> (8 - shift)) & 0xFF
    return bits ^ 0x63


SBOX = [substitute(x) for x in range(256)]


def aes128(key: bytes, block: bytes) -> bytes:
    words = [list(key[i : i + 4]) for i in range(0, 16, 4)]
    constant = 1
    for i in range(4, 44):
        word = words[-1]
        if i % 4 == 0:
            word = [SBOX[x] for x in word[1:] + word[:1]]
            word[0] ^= constant
            constant = double(constant)
        words.append([a ^ b for a, b in zip(words[-4], word)])
    rounds = [[x for word in words[i : i + 4] for x in word] for i in range(0, 44, 4)]
    state = [a ^ b for a, b in zip(block, rounds[0])]
    for number in range(1, 11):
        state = [SBOX[state[(i + 4 * (i % 4)) % 16]] for i in range(16)]
        if number < 10:
            mixed = []
            for i in range(0, 16, 4):
                column = state[i : i + 4]
                for j in range(4):
                    a, b, c, d = (column[(j + k) % 4] for k in range(4))
                    mixed.append(double(a) ^ double(b) ^ b ^ c ^ d)
            state = mixed
        state = [a ^ b for a, b in zip(state, rounds[number])]
    return bytes(state)


def ghash(h: int, data: bytes) -> int:
    y = 0
    for i in range(0, len(data), 16):
        x = y ^ int.from_bytes(data[i : i + 16], "big")
        y = 0
        v = h
        for bit in range(127, -1, -1):
            y ^= v if x >> bit & 1 else 0
            v = v >> 1 ^ (0xE1 << 120 if v & 1 else 0)
    return y


def padded(data: bytes) -> bytes:
    return data + bytes(-len(data) % 16)


def seal(key: bytes, nonce: bytes, additional: bytes, plaintext: bytes) -> bytes:
    def stream(counter: int) -> bytes:
        return aes128(key, nonce + struct.pack(">I", counter))

    keys = b"".join(stream(2 + i) for i in range(len(plaintext) // 16 + 1))
    ciphertext = bytes(a ^ b for a, b in zip(plaintext, keys))
    lengths = struct.pack(">QQ", 8 * len(additional), 8 * len(ciphertext))
    h = int.from_bytes(aes128(key, bytes(16)), "big")
    tag = ghash(h, padded(additional) + padded(ciphertext) + lengths) ^ int.from_bytes(stream(1), "big")
    return ciphertext + tag.to_bytes(16, "big")


# tcpcrypt (RFC 8548)


def expand(key: bytes, constant: int, size: int) -> bytes:
    """HKDF-Expand; one block is enough for all that is needed here."""
    assert size <= 32
    return hmac.new(key, bytes([constant, 1]), hashlib.sha256).digest()[:size]


def frame(key: bytes, offset: int, flags: int, data: bytes) -> bytes:
    header = struct.pack(">BH", 0, 1 + len(data) + 16)
    return header + seal(key, b"DATA" + struct.pack(">Q", offset), header, bytes([flags]) + data)


def pattern(first: int, size: int = 32) -> bytes:
    return bytes((first + 7 * i) % 256 for i in range(size))


def exchange(tep: int) -> dict[str, bytes]:
    private_a, private_b = pattern(0x11), pattern(0x52)
    nonce_a, nonce_b = pattern(0x83), pattern(0xC4)
    if tep == 0x23:
        base = (9).to_bytes(32, "little")
        public_a, public_b = x25519(private_a, base), x25519(private_b, base)
        secret = x25519(private_a, public_b)
        assert secret == x25519(private_b, public_a)
    else:
        points = [multiply256(private, G256) for private in (private_a, private_b)]
        secret = multiply256(private_a, points[1])[0].to_bytes(32, "big")
        public_a, public_b = (
            struct.pack(">HB", 35, 2 + point[1] % 2) + point[0].to_bytes(32, "big") for point in points
        )
    body_a = b"\x01\x01" + nonce_a + public_a
    body_b = b"\x01" + nonce_b + public_b
    init1 = struct.pack(">II", 0x15101A0E, 8 + len(body_a)) + body_a
    init2 = struct.pack(">II", 0x097105E0, 8 + len(body_b)) + body_b
    transcript = bytes([69, 3, tep, 69, 4, 1, tep])
    ss0 = hmac.new(nonce_a, transcript + init1 + init2 + secret, hashlib.sha256).digest()
    session_id = bytes([tep]) + expand(ss0, 0x02, 32)
    mk0 = expand(ss0, 0x03, 32)
    key_a, key_b = expand(mk0, 0x04, 16), expand(mk0, 0x05, 16)
    frame_a = frame(key_a, len(init1), 0, b"request")
    fields = [b"smkex 1 tcpcrypt binding server", b"\x02", session_id, pattern(0x25), pattern(0x66)]
    return {
        "privateA": private_a,
        "privateB": private_b,
        "nonceA": nonce_a,
        "nonceB": nonce_b,
        "transcript": transcript,
        "init1": init1,
        "init2": init2,
        "secret": secret,
        "sessionSecret": ss0,
        "sessionId": session_id,
        "keyA": key_a,
        "keyB": key_b,
        "frameA": frame_a,
        "lastFrameA": frame(key_a, len(init1) + len(frame_a), 1, b"more"),
        "frameB": frame(key_b, len(init2), 0, b"a response of more than one block"),
        "nonceC": pattern(0x25),
        "nonceS": pattern(0x66),
        "binding": hashlib.sha256(b"".join(struct.pack(">H", len(f)) + f for f in fields)).digest(),
    }


def header() -> str:
    vectors = {tep: exchange(tep) for tep in (0x23, 0x21)}
    lines = [
        "/*",
        " * SPDX-License-Identifier: GPL-2.0-only",
        " */",
        "#ifndef SMKEX_TCPCRYPT_VECTORS_H",
        "#define SMKEX_TCPCRYPT_VECTORS_H",
        "",
        "/** \\file As tcpcrypt_vectors.py prints it. */",
        "",
        "// clang-format off",
        "",
        "namespace smkex",
        "{",
        "",
        "/** One exchange, octets in hexadecimal digits. */",
        "struct TcpcryptVector",
        "{",
        "    unsigned tep;",
        *(f"    const char* {name};" for name in vectors[0x23]),
        "};",
        "",
        "constexpr TcpcryptVector TCPCRYPT_VECTORS[]{",
    ]
    for tep, vector in vectors.items():
        lines.append(f"    {{{tep:#04x},")
        lines += [f'     "{value.hex()}",' for value in vector.values()]
        lines[-1] = lines[-1][:-1] + "},"
    lines += ["};", "", "} // namespace smkex", "", "// clang-format on", "", "#endif // SMKEX_TCPCRYPT_VECTORS_H"]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    print(header(), end="")
