# SPDX-License-Identifier: GPL-2.0-only
"""What the tests of the sweeps share: scenario files in folders of their own, the program run."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path
from typing import Any, Dict, List, Optional

TOP = Path(__file__).resolve().parent.parent.parent
SIMULATOR = TOP / "build" / "smkex-sim"
PRETENDER = Path(__file__).resolve().parent / "pretender.py"

SMALL = """title = "Small"
question = "Does it run?"
runs = 6
sessions = 2

[options]
rtt = "20ms"
cryptoCost = "none"

[sweep]
threat = ["N", "A", "A-A"]

[[sweep.zip]]
protocol = ["tcp", "dh", "smkex"]
transport = ["tcp", "tcp", "parallel-tcp"]

[quick]
runs = 2
[quick.keep]
threat = ["N"]

[[plots]]
name = "matrix"
kind = "matrix"
title = "Matrix"
rows = "threat"
columns = "protocol"
"""


def environment() -> Dict[str, str]:
    """Only what the programs need, with modules found in this checkout.

    The commit is hidden, since it may change while a test compares two runs.
    """
    return {"PATH": "/usr/bin:/bin", "PYTHONPATH": str(TOP), "GIT_DIR": "/nonexistent",
            "HOME": os.environ.get("HOME", "/")}


class SweepTest(unittest.TestCase):
    """Runs `analysis.run` in a folder that goes away afterwards."""

    def setUp(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="smkex-sweep-"))
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)

    def scenario(self, text: str = SMALL, name: str = "small") -> Path:
        """Writes a scenario file."""
        path = self.folder / f"{name}.toml"
        path.write_text(text)
        return path

    def command(self, path: Path, *options: str, out: str = "out",
                simulator: Path = PRETENDER) -> List[str]:
        """The command line for one scenario file."""
        return [sys.executable, "-m", "analysis.run", f"--only={path}",
                f"--out={self.folder / out}", f"--simulator={simulator}", "--jobs=2", *options]

    def sweep(self, path: Path, *options: str, out: str = "out", simulator: Path = PRETENDER,
              **more: Any) -> "subprocess.CompletedProcess[str]":
        """Runs a scenario file to its end."""
        return subprocess.run(self.command(path, *options, out=out, simulator=simulator),
                              cwd=self.folder, env={**environment(), **more.pop("env", {})},
                              text=True, capture_output=True, check=False, timeout=300, **more)

    def database(self, out: str = "out", name: str = "small") -> Path:
        """Where a scenario's database is."""
        return self.folder / out / name / "results.sqlite"

    def dump(self, out: str = "out", name: str = "small") -> List[str]:
        """The whole contents of a database, in its own order."""
        with sqlite3.connect(self.database(out, name)) as database:
            lines = list(database.iterdump())
        database.close()
        return lines

    def rows(self, query: str, out: str = "out", name: str = "small") -> List[Any]:
        """The answer to a query."""
        database = sqlite3.connect(self.database(out, name))
        try:
            return database.execute(query).fetchall()
        finally:
            database.close()

    def refused(self, text: str, line: Optional[int], words: str) -> None:
        """The scenario is refused in one sentence with its line, and nothing is written."""
        path = self.scenario(text)
        done = self.sweep(path)
        self.assertEqual(done.returncode, 2, done.stderr)
        self.assertEqual(len(done.stderr.splitlines()), 1, done.stderr)
        self.assertEqual(done.stdout, "")
        if line is not None:
            self.assertTrue(done.stderr.startswith(f"{path}:{line}: "), done.stderr)
        self.assertIn(words, done.stderr)
        self.assertEqual(os.listdir(self.folder), [path.name])
