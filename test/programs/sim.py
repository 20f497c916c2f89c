# SPDX-License-Identifier: GPL-2.0-only
"""What the tests of smkex-sim share: running it, and reading what it printed."""

import json
import os
import pathlib
import subprocess
from typing import Any

TOP = pathlib.Path(__file__).resolve().parent.parent.parent
PROGRAM = TOP / os.environ.get("SMKEX_BUILD", "build") / "smkex-sim"
IS_BUILT = PROGRAM.exists()
NOT_BUILT = f"{PROGRAM} is not built"

# The keys of the contract, in its order; further ones come behind.
KEYS = [
    "session",
    "seed",
    "run",
    "protocol",
    "transport",
    "threat",
    "rtt_s",
    "client_accepted",
    "client_failure",
    "client_setup_s",
    "client_compute_s",
    "server_accepted",
    "server_failure",
    "server_setup_s",
    "client_key_exposed",
    "server_key_exposed",
    "mitm",
    "mismatch",
    "downgraded",
    "denied",
    "detected",
    "detected_s",
    "plaintext_exposed_bytes",
    "app_bytes_received",
    "bytes_sent",
    "segments_sent",
    "subflows",
]


def sim(*arguments: str, text: str = "") -> subprocess.CompletedProcess[str]:
    """Runs smkex-sim with `text` on standard input."""
    return subprocess.run([PROGRAM, *arguments], input=text, capture_output=True, text=True, timeout=300, check=False)


def records(*arguments: str) -> list[dict[str, Any]]:
    """The records of a run that has to succeed."""
    done = sim(*arguments)
    if done.returncode or done.stderr:
        raise AssertionError(f"{arguments}: exit code {done.returncode}, {done.stderr}")
    return [json.loads(line) for line in done.stdout.splitlines()]


def batch(*lines: list[str]) -> list[tuple[list[str], str]]:
    """Runs experiments in one process. For each: the lines that it printed, and its end line."""
    done = sim("--batch", text="".join("\t".join(line) + "\n" for line in lines))
    if done.returncode or done.stderr:
        raise AssertionError(f"batch: exit code {done.returncode}, {done.stderr}")
    answers = []
    printed: list[str] = []
    for line in done.stdout.splitlines():
        if line.startswith("#end"):
            answers.append((printed, line))
            printed = []
        else:
            printed.append(line)
    if printed:
        raise AssertionError("output behind the last end line")
    return answers
