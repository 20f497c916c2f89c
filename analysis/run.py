# SPDX-License-Identifier: GPL-2.0-only
"""Runs scenarios on the cores, then parses and plots them: `python3 -m analysis.run …`."""

from __future__ import annotations

import argparse
import fcntl
import os
import re
import shutil
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Dict, List, Sequence, Tuple

from . import cli
from .errors import EXIT_FAILED_POINTS, UserError, cannot_write
from .manifest import Account, write_manifest
from .progress import duration
from .provenance import ROOT, Provenance, provenance
from .scenario import Scenario, read
from .simulator import Option, Simulator, default_simulator, file_hash
from .store import FILE, Store, describe, difference, identity, remove, set_aside
from .sweep import Sweep

_MOST_JOBS = 1024


@dataclass(frozen=True)
class Setup:
    """What all scenarios of one call share."""

    simulator: Simulator
    options: Sequence[Option]
    code: Provenance
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
                        help="simulator processes at a time (the cores)")
    parser.add_argument("--out", type=Path, default=Path("results"), metavar="DIR",
                        help="where results go (results)")
    parser.add_argument("--fresh", action="store_true",
                        help="removes what there is instead of going on with it")
    parser.add_argument("--cluster", default="", metavar="ADDRESS", help="not available yet")
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


def input_files(scenario: Scenario) -> Dict[str, str]:
    """Hashes of the files that options of the scenario name."""
    texts = {text for point in scenario.points for setting in point.settings.values()
             for text in setting.arguments}
    return {text: file_hash(Path(text)) for text in sorted(texts) if Path(text).is_file()}


def lock(directory: Path) -> int:
    """Makes the directory and keeps others from writing to it; returns what holds the lock."""
    try:
        directory.mkdir(parents=True, exist_ok=True)
        handle = os.open(directory, os.O_RDONLY)
    except OSError as error:
        raise cannot_write(directory, error) from None
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(handle)
        raise UserError(f"another run is writing to {directory}") from None
    return handle


def open_store(scenario: Scenario, setup: Setup, directory: Path) -> Store:
    """The scenario's database: continued, or new with an unsuitable one kept aside."""
    path = directory / FILE
    wanted = identity(scenario, setup.code, input_files(scenario))
    if setup.fresh:
        remove(path)
    elif path.exists():
        reason = difference(path, wanted)
        if reason:
            aside = set_aside(path)
            print(f"{scenario.name}: {path} was made by {reason}; it is kept as {aside.name}",
                  file=sys.stderr)
    if not path.exists():
        partial = directory / f".{FILE}.partial"
        remove(partial)
        store = Store(partial, setup.code)
        try:
            store.create(scenario, setup.options, {**wanted, **describe(scenario)})
            store.close()
            os.replace(partial, path)
        except (UserError, OSError) as error:
            store.close()
            remove(partial)
            raise error if isinstance(error, UserError) else cannot_write(path, error) from None
    store = Store(path, setup.code)
    store.begin()
    return store


def work(scenario: Scenario, setup: Setup, title: str) -> bool:
    """Runs, parses and plots one scenario; whether nothing failed."""
    directory = setup.out / scenario.name
    handle = lock(directory)
    try:
        started, clock = time.time(), time.monotonic()
        store = open_store(scenario, setup, directory)
        try:
            sweep = Sweep(scenario, setup.simulator.path, store, setup.jobs, title)
            sweep.run()
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
    if options.cluster:
        raise UserError("--cluster: this version runs on the local cores only")
    jobs = job_count(options.jobs)
    paths = scenario_paths(options.only)
    simulator = Simulator(options.simulator)
    known = simulator.options()
    scenarios = [read(path, simulator, known, options.quick) for path in paths]
    setup = Setup(simulator, known, provenance(simulator), jobs, options.out, options.fresh)
    good = True
    for number, scenario in enumerate(scenarios, 1):
        good &= work(scenario, setup, f"[{number}/{len(scenarios)}] {scenario.name}")
    width = shutil.get_terminal_size().columns
    print("\n" + "-" * min(width, 100))
    print("\n".join(setup.answers))
    from .report import report
    print(f"report of all: {report(options.out).resolve()}")
    return 0 if good else EXIT_FAILED_POINTS


if __name__ == "__main__":
    cli.run(main)
