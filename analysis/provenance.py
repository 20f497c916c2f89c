# SPDX-License-Identifier: GPL-2.0-only
"""Which code made the results: commit, simulator, libraries."""

from __future__ import annotations

import platform
import re
import subprocess
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Dict, Optional

from .simulator import Simulator

ROOT = Path(__file__).resolve().parent.parent
#: How the files of a library tell its version; ns-3 keeps the leading 3 to itself.
_LIBRARY_VERSIONS = {
    "ns3": (re.compile(r"libns3(?:-core\.so)?\.(\d+)"), "3."),
    "cryptopp": (re.compile(r"libcrypto(?:pp|\+\+)\.so\.([\d.]+)"), "")}


@dataclass(frozen=True)
class Provenance:
    """The code that rows come from."""

    commit: str
    simulator: str
    ns3: str
    cryptopp: str


def commit(root: Path = ROOT) -> str:
    """The checkout's commit, with '+changes' where tracked files differ from it."""
    def git(*arguments: str) -> str:
        return subprocess.run(["git", "-C", str(root), *arguments], text=True, check=True,
                              capture_output=True).stdout.strip()
    try:
        changed = git("status", "--porcelain", "--untracked-files=no")
        return git("rev-parse", "HEAD") + ("+changes" if changed else "")
    except (OSError, subprocess.CalledProcessError):
        return "unknown"


def provenance(simulator: Simulator, made_of: Optional[str] = None) -> Provenance:
    """What a simulator is made of; library versions from the files that it really loads.

    `made_of` is its commit where that is known, else the checkout's is taken.
    """
    versions = {name: "unknown" for name in _LIBRARY_VERSIONS}
    for library in simulator.libraries():
        for name, (pattern, prefix) in _LIBRARY_VERSIONS.items():
            found = pattern.match(library.name)
            if found:
                versions[name] = prefix + found.group(1)
    return Provenance(made_of or commit(), simulator.fingerprint(), versions["ns3"], versions["cryptopp"])


def tools() -> Dict[str, str]:
    """Versions of what analyses and draws."""
    return {"python": platform.python_version(),
            **{name: version(name) for name in ("numpy", "scipy", "matplotlib")}}
