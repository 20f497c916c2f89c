# SPDX-License-Identifier: GPL-2.0-only
"""The program smkex-sim as seen from outside: its options, its validation, what it is made of."""

from __future__ import annotations

import json
import os
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import List, Optional, Sequence

from . import worker
from .errors import UserError


@dataclass(frozen=True)
class Option:
    """An experiment option of smkex-sim."""

    name: str
    default: str
    takes_list: bool
    help: str


class Simulator:
    """A smkex-sim executable."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def _run(self, arguments: Sequence[str], stdin: str = "") -> str:
        try:
            done = subprocess.run([str(self.path), *arguments], input=stdin, text=True,
                                  capture_output=True, check=False)
        except FileNotFoundError:
            raise UserError(f"{self.path} is missing: build it with `./waf configure build`"
                            ) from None
        except OSError as error:
            raise UserError(f"{self.path} cannot be started: {error.strerror}") from None
        if done.returncode != 0:
            words = done.stderr.strip().splitlines()
            raise UserError(f"{self.path} {' '.join(arguments)} ended with status "
                            f"{done.returncode}: {words[-1] if words else 'no message'}")
        return done.stdout

    def options(self) -> List[Option]:
        """Every experiment option, in the simulator's order."""
        found = []
        for line in self._run(["--listOptions"]).splitlines():
            entry = json.loads(line)
            found.append(Option(entry["name"], str(entry["default"]), bool(entry["list"]),
                                str(entry.get("values", ""))))
        return found

    def validate(self, experiments: Sequence[Sequence[str]]) -> List[Optional[str]]:
        """For each list of arguments the simulator's objection, None where it has none."""
        if not experiments:
            return []
        stdin = "".join("\t".join(arguments) + "\n" for arguments in experiments)
        verdicts: List[Optional[str]] = []
        for line in self._run(["--batch", "--validateOnly"], stdin).splitlines():
            if line.startswith("#end "):
                status, _, sentence = line[len("#end "):].partition(" ")
                verdicts.append(None if status == "0" else sentence or f"status {status}")
        if len(verdicts) != len(experiments):
            raise UserError(f"{self.path} --batch --validateOnly answered {len(verdicts)} of "
                            f"{len(experiments)} experiments")
        return verdicts

    def libraries(self) -> List[Path]:
        """The shared libraries of ours and of the simulator's foundations that it loads."""
        return worker.libraries(self.path)

    def fingerprint(self) -> str:
        """A hash of the program and of those libraries: equal exactly for equal code."""
        try:
            return worker.fingerprint(self.path)
        except OSError as error:
            raise UserError(f"{error.filename} cannot be read: {error.strerror}") from None


def file_hash(path: Path) -> str:
    """SHA-256 of a file, hexadecimal."""
    try:
        return worker.file_hash(path)
    except OSError as error:
        raise UserError(f"{path} cannot be read: {error.strerror}") from None


def default_simulator(root: Path) -> Path:
    """Where ./waf build leaves smkex-sim, as a path relative to the current directory if below."""
    path = root / "build" / "smkex-sim"
    try:
        return Path(os.path.relpath(path)) if path.is_relative_to(Path.cwd()) else path
    except OSError:
        return path
