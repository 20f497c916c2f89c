# SPDX-License-Identifier: GPL-2.0-only
"""Runs scenarios on the cores, then parses and plots them: `python3 -m analysis.run …`."""

from __future__ import annotations

import argparse
import os
import re
import shutil
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Dict, List, Sequence, Tuple

from . import cli
from .errors import EXIT_FAILED_POINTS, UserError
from .executors import connect
from .manifest import Account, write_manifest
from .opening import lock, open_store
from .progress import duration
from .provenance import ROOT, Provenance, provenance
from .scenario import Scenario, read
from .simulator import Option, Simulator, default_simulator
from .store import FILE
from .sweep import Executor, Sweep

_MOST_JOBS = 1024


@dataclass(frozen=True)
class Setup:
    """What all scenarios of one call share."""

    simulator: Simulator
    options: Sequence[Option]
    code: Provenance
    executor: Executor
    jobs: int
    out: Path
    fresh: bool
    answers: List[str] = field(default_factory=list)


def arguments() -> argparse.Namespace:
    """The command line."""
    parser = cli.Parser(prog="analysis.run", description=__doc__)
    parser.add_argument("--only", default="", metavar="NAME[,NAME]",
                        help="names of files in scenarios/, or paths of .toml files (all)")
    parser.add_argument("--quick", action="store_true", help="the thinned grid of [quick]")
    parser.add_argument("--jobs", default=str(len(os.sched_getaffinity(0))), metavar="N",
                        help="simulations at a time here or in Slurm (the cores)")
    parser.add_argument("--out", type=Path, default=Path("results"), metavar="DIR",
                        help="where results go (results)")
    parser.add_argument("--fresh", action="store_true",
                        help="removes what there is instead of going on with it")
    parser.add_argument("--cluster", default="", metavar="ADDRESS",
                        help="tcp://HOST:PORT of a Dask scheduler, or slurm (these cores)")
    parser.add_argument("--simulator", type=Path, default=default_simulator(ROOT), metavar="FILE",
                        help="the smkex-sim to use (build/smkex-sim)")
    return parser.parse_args()


def scenario_paths(only: str) -> List[Path]:
    """The scenario files that a user means, each once."""
    there = {path.stem: path for path in sorted((ROOT / "scenarios").glob("*.toml"))}
    if not only:
        return list(there.values())
    chosen: Dict[str, Path] = {}
    for name in only.split(","):
        path = Path(name) if name.endswith(".toml") else there.get(name)
        if path is None:
            raise UserError(f"--only: there is no scenario '{name}'; there are "
                            f"{', '.join(there) or 'none'}")
        if chosen.setdefault(path.stem, path) != path:
            raise UserError(f"--only: two scenarios are named '{path.stem}'")
    return list(chosen.values())


def job_count(text: str) -> int:
    """A number of processes."""
    if not re.fullmatch(r"[0-9]+", text) or not 1 <= int(text) <= _MOST_JOBS:
        raise UserError(f"--jobs: '{text}' is no whole number from 1 to {_MOST_JOBS}")
    return int(text)


def work(scenario: Scenario, setup: Setup, title: str) -> bool:
    """Runs, parses and plots one scenario; whether nothing failed."""
    directory = setup.out / scenario.name
    handle = lock(directory)
    try:
        started, clock = time.time(), time.monotonic()
        store = open_store(scenario, directory, setup.options, setup.code, setup.fresh)
        try:
            sweep = Sweep(scenario, setup.simulator.path, store, title, setup.fresh)
            sweep.run(setup.executor)
            store.finish()
        finally:
            store.close()
        print(f"\n{scenario.title}\n{'=' * len(scenario.title)}\n{scenario.question}\n")
        return conclude(scenario, setup, sweep, started, clock)
    finally:
        os.close(handle)


def conclude(scenario: Scenario, setup: Setup, sweep: Sweep, started: float,
             clock: float) -> bool:
    """Tables, plots and manifest of what is stored; whether nothing failed."""
    # What is imported here takes a while to load, which a refused file need not wait for.
    from .dataset import Dataset
    from .parse import SUMMARY, conclusion, parse
    from .plot import plot
    directory = setup.out / scenario.name
    wall = time.monotonic() - clock
    print(parse(directory))
    files = [directory / FILE, directory / SUMMARY, *plot(directory)]
    data = Dataset(directory)
    totals, failed = data.totals(), data.failed()
    data.close()
    report_failures(directory, failed, sweep.complaints)
    answer = conclusion(directory)
    write_manifest(directory, scenario.name, scenario.quick, setup.code, Account(
        started, time.monotonic() - clock, setup.jobs, sweep.kept, totals, answer,
        [path.name for path in files]))
    speed = f" in {duration(wall)}" if sweep.done else ""
    print(f"\n{totals['sessions']:,} sessions from {totals['simulations_done']:,} simulations "
          f"at {totals['points']:,} points{speed}"
          + (f", {sweep.kept:,} simulations from before" if sweep.kept else ""), flush=True)
    setup.answers.append(f"{scenario.name}: {answer}\n  {directory.resolve()}")
    return not failed and not sweep.complaints


def report_failures(directory: Path, failed: Sequence[Tuple[str, str]],
                    complaints: Sequence[str]) -> None:
    """Says which simulations failed, the first ones with their commands."""
    for reason, command in failed[:5]:
        print(f"failed: {reason}: {command}", file=sys.stderr)
    if len(failed) > 5:
        print(f"{len(failed) - 5} more failed; table 'runs' of {directory / FILE} has their "
              "commands and standard error", file=sys.stderr)
    for complaint in complaints:
        print(f"a simulator process {complaint}", file=sys.stderr)


def main() -> int:
    """Checks everything, then works through the scenarios."""
    options = arguments()
    jobs = job_count(options.jobs)
    paths = scenario_paths(options.only)
    simulator = Simulator(options.simulator)
    known = simulator.options()
    scenarios = [read(path, simulator, known, options.quick) for path in paths]
    code = provenance(simulator)
    executor = connect(options.cluster, simulator.path, code.simulator, jobs)
    setup = Setup(simulator, known, code, executor, jobs, options.out, options.fresh)
    good = True
    try:
        for number, scenario in enumerate(scenarios, 1):
            good &= work(scenario, setup, f"[{number}/{len(scenarios)}] {scenario.name}")
    finally:
        executor.close()
    width = shutil.get_terminal_size().columns
    print("\n" + "-" * min(width, 100))
    print("\n".join(setup.answers))
    from .report import report
    print(f"report of all: {report(options.out).resolve()}")
    return 0 if good else EXIT_FAILED_POINTS


if __name__ == "__main__":
    cli.run(main)
