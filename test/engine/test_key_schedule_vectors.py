# SPDX-License-Identifier: GPL-2.0-only
"""The computation behind smkex-key-schedule-vectors.h, and that the header is what it gives."""

import os
import sys
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)

import key_schedule_vectors as vectors  # noqa: E402


class Vectors(unittest.TestCase):
    def test_header_is_what_the_script_writes(self) -> None:
        with open(os.path.join(HERE, "smkex-key-schedule-vectors.h"), encoding="ascii") as file:
            self.assertEqual(file.read(), vectors.header())

    def test_x25519_gives_the_iterated_values_of_rfc_7748(self) -> None:
        scalar = point = bytes([9]) + bytes(31)
        for iteration in range(1, 1001):
            scalar, point = vectors.x25519(scalar, point), scalar
            if iteration == 1:
                self.assertEqual(scalar.hex(), "422c8e7a6227d7bca1350b3e2bb7279f7897b87bb6854b783c60e80311ae3079")
        self.assertEqual(scalar.hex(), "684cf59ba83309552800ef566f2f4d3c1c3887c49360e3875f2eb94d99532c51")

    def test_hkdf_gives_the_first_values_of_rfc_5869(self) -> None:
        material = vectors.hkdf(bytes([0x0B] * 22), bytes(range(13)), bytes(range(0xF0, 0xFA)), 42)
        self.assertEqual(
            material.hex(),
            "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865",
        )

    def test_x25519_agrees_both_ways(self) -> None:
        base = bytes([9]) + bytes(31)
        a, b = vectors.pattern(1, 32), vectors.pattern(99, 32)
        self.assertEqual(
            vectors.x25519(a, vectors.x25519(b, base)),
            vectors.x25519(b, vectors.x25519(a, base)),
        )


if __name__ == "__main__":
    unittest.main()
