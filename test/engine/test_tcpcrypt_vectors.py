# SPDX-License-Identifier: GPL-2.0-only
"""The known answers for tcpcrypt: of known building blocks, and what the C++ tests compare with."""

import pathlib
import sys
import unittest

FOLDER = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(FOLDER))

import tcpcrypt_vectors as vectors  # noqa: E402


class TcpcryptVectors(unittest.TestCase):
    def test_x25519_as_in_rfc_7748_section_6_1(self) -> None:
        alice = bytes.fromhex("77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a")
        bob_public = bytes.fromhex("de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f")
        shared = "4a5d9d5ba4ce2de1728e3bf480350f25e07e21c947d19e3376f09b3c1e161742"
        self.assertEqual(vectors.x25519(alice, bob_public).hex(), shared)

    def test_p256_base_point_times_the_order_less_one_is_its_negative(self) -> None:
        order = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
        x, y = vectors.multiply256((order - 1).to_bytes(32, "big"), vectors.G256)
        self.assertEqual((x, vectors.P256 - y), vectors.G256)

    def test_aes_as_in_fips_197_appendix_c_1(self) -> None:
        block = vectors.aes128(bytes(range(16)), bytes.fromhex("00112233445566778899aabbccddeeff"))
        self.assertEqual(block.hex(), "69c4e0d86a7b0430d8cdb78070b4c55a")

    def test_gcm_of_one_zero_block_under_the_zero_key(self) -> None:
        sealed = vectors.seal(bytes(16), bytes(12), b"", bytes(16))
        self.assertEqual(sealed.hex(), "0388dace60b6a392f328c2b971b2fe78ab6e47d42cec13bdf53a67b21257bddf")

    def test_the_header_of_the_cpp_tests_is_what_the_script_prints(self) -> None:
        header = (FOLDER / "smkex-tcpcrypt-vectors.h").read_text(encoding="ascii")
        self.assertEqual(header, vectors.header())


if __name__ == "__main__":
    unittest.main()
