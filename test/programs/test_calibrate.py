# SPDX-License-Identifier: GPL-2.0-only
"""smkex-calibrate: the profile that it writes, and what it says to options that make no sense."""

import os
import pathlib
import subprocess
import tempfile
import unittest

TOP = pathlib.Path(__file__).resolve().parent.parent.parent
PROGRAM = TOP / os.environ.get("SMKEX_BUILD", "build") / "smkex-calibrate"

OPERATIONS = [
    "key-generation-x25519",
    "key-generation-p256",
    "agreement-x25519",
    "agreement-p256",
    "hash-sha256",
    "kdf-hkdf-sha256",
    "sign-ed25519",
    "verify-ed25519",
    "seal-aes128-gcm",
    "open-aes128-gcm",
]


def calibrate(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([PROGRAM, *arguments], capture_output=True, text=True, timeout=300, check=False)


def rows(text: str) -> list[list[str]]:
    lines = [line.split("#")[0].split() for line in text.splitlines()]
    return [line for line in lines if line]


@unittest.skipUnless(PROGRAM.exists(), f"{PROGRAM} is not built")
class Calibrate(unittest.TestCase):
    def test_writes_every_operation_once_with_positive_medians(self) -> None:
        done = calibrate("--repetitions=20")
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        found = rows(done.stdout)
        self.assertEqual([row[0] for row in found], OPERATIONS)
        for name, median, per_byte, spread in found:
            with self.subTest(name):
                self.assertGreater(float(median), 0)
                self.assertGreaterEqual(float(per_byte), 0)
                self.assertTrue(0 <= float(spread) <= 3, spread)

    def test_writes_to_a_file_and_nothing_to_standard_output(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder, "host.cost")
            path.write_text("what was there before, and longer than the comment line by line\n" * 100, encoding="utf-8")
            done = calibrate("--repetitions=20", f"--out={path}")
            self.assertEqual((done.returncode, done.stdout, done.stderr), (0, "", ""))
            text = path.read_text(encoding="utf-8")
            self.assertTrue(text.startswith("# Measured by smkex-calibrate"), text[:80])
            self.assertEqual([row[0] for row in rows(text)], OPERATIONS)

    def test_refuses_bad_options_in_one_sentence(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            cases = {
                "--reps=20": "unknown option '--reps=20'",
                "20": "unknown option '20'",
                "--repetitions": "--repetitions must be a whole number from 20 to 1000000, not ''",
                "--repetitions=19": "--repetitions must be a whole number from 20 to 1000000, not '19'",
                "--repetitions=1000001": "--repetitions must be a whole number from 20 to 1000000, not '1000001'",
                "--repetitions=2e3": "--repetitions must be a whole number from 20 to 1000000, not '2e3'",
                "--repetitions=20x": "--repetitions must be a whole number from 20 to 1000000, not '20x'",
                "--out=": "--out needs the name of a file",
                f"--out={folder}": f"--out: cannot write to '{folder}'",
                f"--out={folder}/no/file": f"--out: cannot write to '{folder}/no/file'",
            }
            for argument, sentence in cases.items():
                with self.subTest(argument):
                    done = calibrate(f"--out={folder}/kept.cost", argument)
                    self.assertEqual((done.returncode, done.stdout), (2, ""))
                    self.assertTrue(done.stderr.startswith(f"smkex-calibrate: {sentence}"), done.stderr)
                    self.assertEqual(done.stderr.count("\n"), 1)
            self.assertEqual(os.listdir(folder), [])


if __name__ == "__main__":
    unittest.main()
