# SPDX-License-Identifier: GPL-2.0-only
"""Sweeps: the simulations of a scenario on several processes or a cluster."""

from __future__ import annotations

import contextlib
import os
import sqlite3
import sys
import tempfile
from pathlib import Path
from typing import Any, Callable, Dict, Iterator, List, Mapping, Optional, Tuple, Union

from . import _core
from ._analysis import executors, opening, records, scenario as scenarios, sweep as sweeps
from ._analysis.errors import Interrupted, UserError
from ._analysis.provenance import provenance
from ._analysis.simulator import Option, Simulator
from ._options import to_pairs

Record = Dict[str, Any]
Progress = Callable[[int, int, float], object]
Scenario = Union[str, "os.PathLike[str]", Mapping[str, Any]]

_HERE = Path(__file__).resolve().parent
_TABLES = ("options", "sweep", "quick", "plots")
_DEFAULTS = {"title": "A sweep", "question": "What do these options give?"}


class SweepError(RuntimeError):
    """Some simulations of a sweep failed.

    records   those of the simulations that succeeded
    failures  (reason, command, standard error) of each that did not
    """

    def __init__(self, good: List[Record], failures: List[Tuple[str, str, str]]) -> None:
        super().__init__(f"{len(failures)} simulations failed, the first one so: "
                         f"{failures[0][0]}: {failures[0][1]}")
        self.records = good
        self.failures = failures


class _Calls:
    """Progress that a function is told of."""

    def __init__(self, total: int, function: Progress) -> None:
        self.total, self.function = total, function

    def is_due(self) -> bool:
        return True

    def show(self, done: int, failed: int, left_s: float) -> None:
        self.function(done, self.total, left_s)

    def clear(self) -> None:
        pass


def sweep(scenario: Optional[Scenario] = None, *, runs: Optional[int] = None,
          jobs: Optional[int] = None, cluster: str = "", quick: bool = False,
          out: Optional["Union[str, os.PathLike[str]]"] = None,
          progress: Union[bool, Progress, None] = None, **options: object) -> List[Record]:
    """Runs every combination of options, several simulations at a time; one record a session.

    What to run is told in one of three ways:

    * options, of which lists are crossed: `sweep(protocol=["dh", "smkex"], threat=["A", "A-A"],
      runs=10)` has 4 points of 10 simulations. A list within a list is one value a path:
      `rtt=[["20ms", "30ms"], "50ms"]`. The same options as one dictionary do, too.
    * a scenario's name, such as "attack-matrix", or the path of a .toml file
    * a scenario as a dictionary with the keys of such a file (`options`, `sweep`, …), where lists
      in `options` are one value a path

    runs      simulations a point, each with a run number of its own (1)
    jobs      simulations at a time (the cores)
    cluster   "tcp://HOST:PORT" of a Dask scheduler, or "slurm" (needs `out`)
    quick     the thinned grid of a scenario's [quick]
    out       a folder in which `NAME/results.sqlite` is kept: the same call goes on there where
              one before was cut short. Without it nothing is left behind
    progress  True: a line on standard error; False: nothing; None: a line where that is a
              terminal; or a function of simulations done, of how many, and seconds left

    Records are those of `run`, in the order of points, runs and sessions, each with `point`, the
    value of every option as `option_NAME`, names of zipped groups as `label_NAME`, and the
    `command` that repeats its simulation. `pandas.DataFrame(records)` takes them as they are.

        >>> found = sweep(protocol=["dh", "smkex"], threat=["A", "A-A"], runs=2)
        >>> [(r["protocol"], r["threat"], r["mitm"]) for r in found if r["run"] % 2]
        [('dh', 'A', True), ('dh', 'A-A', True), ('smkex', 'A', False), ('smkex', 'A-A', True)]

    Raises ValueError for what `smkex-sim` or `./waf scenarios` would refuse, with the same
    sentence, SweepError when simulations failed, RuntimeError when files cannot be written or a
    cluster does not answer, and KeyboardInterrupt after Ctrl-C.
    """
    simulator = Simulator(_HERE / "smkex-sim")
    known = simulator.options()
    checked = _read(_document(scenario, runs, options, known), simulator, known, quick)
    count = len(os.sched_getaffinity(0)) if jobs is None else jobs
    _refuse(isinstance(count, int) and count >= 1, f"jobs is {jobs!r}, but has to be 1 or more")
    _refuse(cluster != "slurm" or out is not None,
            "cluster='slurm' needs out=, a folder that all machines of the cluster see")
    with _sentences(ValueError):
        executors.check(cluster)
    with _sentences(RuntimeError), contextlib.ExitStack() as cleaning:
        code = provenance(simulator, str(_core.version()))
        executor = executors.connect(cluster, simulator.path, code.simulator, count)
        cleaning.callback(executor.close)
        top = Path(out) if out is not None else Path(
            cleaning.enter_context(tempfile.TemporaryDirectory(prefix="smkex-")))
        directory = top / checked.name
        cleaning.callback(os.close, opening.lock(directory))
        store = opening.open_store(checked, directory, known, code)
        cleaning.callback(store.close)
        work = sweeps.Sweep(checked, simulator.path, store, checked.name)
        _show(work, progress)
        work.run(executor)
        store.finish()
        good, failures = _results(store.database)
    if failures:
        raise SweepError(good, failures)
    return good


def _refuse(condition: bool, sentence: str) -> None:
    if not condition:
        raise ValueError(sentence)


@contextlib.contextmanager
def _sentences(kind: Callable[[str], Exception]) -> Iterator[None]:
    """Turns what would end a program into exceptions."""
    try:
        yield
    except UserError as error:
        raise kind(str(error)) from None
    except Interrupted:
        raise KeyboardInterrupt() from None


def _lists(value: object) -> object:
    if isinstance(value, (list, tuple)):
        return [_lists(item) for item in value]
    return value


def _document(scenario: Optional[Scenario], runs: Optional[int], options: Mapping[str, object],
              known: List[Option]) -> Union[Path, Dict[str, Any]]:
    """A scenario's file, or what could stand in one."""
    if scenario is None or (isinstance(scenario, Mapping)
                            and not any(key in scenario for key in _TABLES)):
        both = {**(scenario or {}), **options}
        _refuse(len(both) == len(scenario or {}) + len(options), "an option is given twice")
        return _crossed(both, runs, known)
    _refuse(not options and runs is None,
            "a scenario brings its own options and runs; change them in a dictionary of it")
    if isinstance(scenario, Mapping):
        return {**_DEFAULTS, **{key: value for key, value in scenario.items()}}
    name = os.fspath(scenario)
    if name.endswith(".toml"):
        return Path(name)
    there = {path.stem: path for path in sorted((_HERE / "_scenarios").glob("*.toml"))}
    _refuse(name in there, f"there is no scenario '{name}'; there are {', '.join(there)}")
    return there[name]


def _crossed(options: Dict[str, Any], runs: Optional[int], known: List[Option]) -> Dict[str, Any]:
    """Options of which lists are crossed, as a scenario."""
    document: Dict[str, Any] = {**_DEFAULTS, "options": {}, "sweep": {}}
    if runs is not None:
        document["runs"] = runs
    names = {option.name for option in known}
    for name, value in options.items():
        if name in ("runs", "sessions"):
            _refuse(name not in document, f"{name} is given twice")
            document[name] = value
            continue
        if name not in names:
            # For the sentence that the simulator has for it.
            _core.validate(to_pairs({name: value}))
            raise ValueError(f"--{name} cannot be swept")
        crossed = isinstance(value, (list, tuple))
        document["sweep" if crossed else "options"][name] = _lists(value)
    return document


def _read(document: Union[Path, Dict[str, Any]], simulator: Simulator, known: List[Option],
          quick: bool) -> "scenarios.Scenario":
    with _sentences(ValueError):
        if isinstance(document, Path):
            return scenarios.read(document, simulator, known, quick)
        return scenarios.read(Path("sweep.toml"), simulator, known, quick, document)


def _show(work: "sweeps.Sweep", progress: Union[bool, Progress, None]) -> None:
    if callable(progress):
        work.progress = _Calls(work.total, progress)
    elif not (sys.stderr.isatty() if progress is None else progress):
        work.progress = _Calls(0, lambda done, total, left_s: None)


def _results(database: sqlite3.Connection) -> Tuple[List[Record], List[Tuple[str, str, str]]]:
    """All records with what belongs to them, and all failures."""
    def rows(query: str) -> Iterator[Dict[str, Any]]:
        cursor = database.execute(query)
        names = [column[0] for column in cursor.description]
        for values in cursor:
            yield dict(zip(names, values))
    points = {row.pop("point"): row for row in rows("SELECT * FROM points")}
    commands = {(row["point"], row["run"]): row["command"] for row in
                rows("SELECT point, run, command FROM runs")}
    good = []
    for row in rows("SELECT * FROM sessions ORDER BY point, run, session"):
        point, number = row["point"], row["run"]
        good.append({**records.restore(row), "point": point, **points[point],
                     "option_run": str(number), "command": commands[point, number]})
    failures = database.execute("SELECT reason, command, COALESCE(stderr, '') FROM runs "
                                "WHERE status != 'done' ORDER BY point, run").fetchall()
    return good, failures
