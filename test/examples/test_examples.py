# SPDX-License-Identifier: GPL-2.0-only
"""Every example runs and says what its text promises."""

from __future__ import annotations

import os
import subprocess
import tempfile
import unittest
from pathlib import Path

BUILD = Path(os.environ.get("SMKEX_BUILD", "build")).resolve()

# Example and arguments -> what its output holds.
EXPECTED = {
    ("smkex-first-exchange",): ["client: failed: binding-mismatch", "server: accepted after"],
    ("smkex-first-exchange", "--attack=false"): [
        "client: accepted after +60.0", "received 1000 bytes", "server: accepted after"],
    ("smkex-own-attacker",): ["client: binding-mismatch"],
    ("mptcp-two-paths",): ["Mbps"],
}


class Examples(unittest.TestCase):
    def test_each_says_what_it_promises(self) -> None:
        for (name, *arguments), lines in EXPECTED.items():
            with self.subTest(name=name, arguments=arguments):
                with tempfile.TemporaryDirectory() as folder:  # some write files
                    answer = subprocess.run([str(BUILD / "examples" / name), *arguments], cwd=folder,
                                            capture_output=True, text=True, timeout=60, check=True)
                for line in lines:
                    self.assertIn(line, answer.stdout)

    def test_none_is_left_out(self) -> None:
        sources = {path.stem for path in Path("examples").glob("*.cc")}
        self.assertEqual(sources, {name for name, *_ in EXPECTED})


if __name__ == "__main__":
    unittest.main()
