# SPDX-License-Identifier: GPL-2.0-only
"""manifest.json: what is in a result directory and how it came about."""

from __future__ import annotations

import json
import shlex
import sys
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Dict, Sequence

from .files import write
from .provenance import Provenance, tools

FILE = "manifest.json"


@dataclass(frozen=True)
class Account:
    """One run of a scenario."""

    started: float
    wall_s: float
    jobs: int
    kept: int
    totals: Dict[str, int]
    answer: str
    files: Sequence[str]


def write_manifest(directory: Path, scenario: str, quick: bool, code: Provenance,
                   account: Account) -> None:
    """Writes manifest.json over the files of a finished run."""
    code_versions = asdict(code)
    content = {
        "scenario": scenario, "quick": quick, "answer": account.answer,
        "command": shlex.join([Path(sys.executable).name, *sys.orig_argv[1:]]),
        "commit": code_versions.pop("commit"),
        "versions": {**code_versions, **tools()},
        "started_utc": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(account.started)),
        "wall_s": round(account.wall_s, 3), "jobs": account.jobs, **account.totals,
        "simulations_kept_from_before": account.kept,
        "files": sorted(account.files)}
    write(directory / FILE, (json.dumps(content, indent=2) + "\n").encode())
