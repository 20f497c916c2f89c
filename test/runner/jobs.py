# SPDX-License-Identifier: GPL-2.0-only
"""Finds what there is to run, and knows how each kind is called and read."""

import dataclasses
import glob
import os
import shlex
import subprocess
from typing import Callable, Optional

import report

PYTHON = "/usr/bin/python3"
EXHAUSTIVE = ("-exhaustive", "_exhaustive")
RUN_PYTHON = os.path.join(os.path.dirname(os.path.abspath(__file__)), "run_python.py")
# The first finding of a sanitizer ends the program.
SANITIZER_OPTIONS = {
    "ASAN_OPTIONS": "abort_on_error=0:exitcode=99",
    "UBSAN_OPTIONS": "halt_on_error=1:print_stacktrace=1",
}

Judge = Callable[[int, str, Optional[float]], report.Outcome]


@dataclasses.dataclass
class Job:
    """One process: its command, and the function that turns its exit code, its output and, when it was ended for
    taking too long, the seconds it was given into an outcome."""

    name: str
    command: list[str]
    judge: Judge
    environment: dict[str, str] = dataclasses.field(default_factory=dict)

    @property
    def exhaustive(self) -> bool:
        """Whether it only runs when asked for."""
        return any(part.endswith(EXHAUSTIVE) for part in self.name.removesuffix(".py").split("/"))


def _ns3_job(program: str, suite: str, scratch: str) -> Job:
    path = os.path.join(scratch, suite + ".xml")
    repeat = shlex.join([program, f"--suite={suite}", "--verbose"])

    def judge(code: int, said: str, late_s: Optional[float]) -> report.Outcome:
        xml = ""
        if os.path.exists(path):
            with open(path, encoding="utf-8", errors="replace") as file:
                xml = file.read()
        return report.read_ns3(suite, code, late_s, said, xml, repeat)

    files = os.path.join(scratch, suite)
    return Job(suite, [program, f"--suite={suite}", "--xml", f"--out={path}", f"--tempdir={files}"], judge)


def _ns3_jobs(program: str, scratch: str) -> tuple[list[Job], list[report.Outcome]]:
    """A job for each suite of a program, or the failure to list them."""
    name = os.path.basename(program)
    command = [program, "--list"]
    try:
        listing = subprocess.run(command, capture_output=True, text=True, errors="replace", check=False)
    except OSError as reason:
        outcome = report.Outcome(name)
        outcome.fail("the whole program", f"It does not start: {reason}", shlex.join(command))
        return [], [outcome]
    if listing.returncode:
        outcome = report.Outcome(name)
        said = report.shorten(listing.stdout + listing.stderr)
        how = report.ending(listing.returncode, None)
        outcome.fail("the whole program", f"{said}\nListing its suites, it {how}.", shlex.join(command))
        return [], [outcome]
    return [_ns3_job(program, suite, scratch) for suite in listing.stdout.split()], []


def _fuzz_job(program: str) -> Job:
    def judge(code: int, said: str, late_s: Optional[float]) -> report.Outcome:
        return report.read_lines("smkex-fuzz", code, late_s, said, lambda case: program)

    return Job("smkex-fuzz", [program], judge, SANITIZER_OPTIONS)


def _python_job(path: str) -> Job:
    def repeat(case: str) -> str:
        command = [PYTHON, "-m", "unittest", "discover", "-v"]
        command += ["-s", os.path.dirname(path), "-p", os.path.basename(path)]
        return shlex.join(command + (["-k", case.split()[0]] if case else []))

    def judge(code: int, said: str, late_s: Optional[float]) -> report.Outcome:
        return report.read_lines(path, code, late_s, said, repeat)

    return Job(path, [PYTHON, RUN_PYTHON, path], judge)


def find_jobs(build: str, scratch: str) -> tuple[list[Job], list[report.Outcome]]:
    """All jobs, and the failures to find some. `scratch` is a folder for what they leave behind."""
    jobs: list[Job] = []
    unlisted: list[report.Outcome] = []
    defects = glob.glob("test/defects/**/*.cc", recursive=True)
    fuzz = glob.glob("test/fuzz/**/*.cc", recursive=True)
    apart = {"test/main.cc", *defects, *fuzz, *glob.glob("test/bench/**/*.cc", recursive=True)}
    for program, sources in (
        ("smkex-test", set(glob.glob("test/**/*.cc", recursive=True)) - apart),
        ("smkex-test-defects", defects),
    ):
        if sources:
            found, failed = _ns3_jobs(os.path.join(build, program), scratch)
            jobs += found
            unlisted += failed
    if fuzz:
        jobs.append(_fuzz_job("build/sanitize/smkex-fuzz"))
    jobs += [_python_job(path) for path in sorted(glob.glob("test/**/test_*.py", recursive=True))]
    return jobs, unlisted
