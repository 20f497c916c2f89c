# SPDX-License-Identifier: GPL-2.0-only
"""Runs simulations as job arrays of Slurm, whose answers are merged into one database.

A sweep's folder `slurm/N` has the N-th array: its script, what each element has to do, what each
has answered so far, and its log. The folder has to be visible to all machines under the same name,
as do the simulator and this package. Where a run was cut short, its array is found again: what it
has answered is taken, and if it still runs it is waited for.
"""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
import time
from collections import deque
from pathlib import Path
from typing import Dict, List, Optional, Sequence

from .errors import UserError, cannot_write
from .shard import Reader, belongs, write_about, write_tasks
from .sweep import Sweep
from .worker import Answer, Task

_FOLDER, _JOB, _SCRIPT = "slurm", "job", "job.sh"
#: Elements of an array for each that may run at a time, so that all end at about the same time.
_SHARDS_A_JOB, _MOST_SHARDS = 4, 1000
#: Jobs that may end on a simulation before it counts as failed.
_MOST_DEATHS = 3
_TICK_S, _ASK_S, _PATIENCE_S = 0.2, 1.0, 120.0


def _slurm(*arguments: str) -> "subprocess.CompletedProcess[str]":
    try:
        return subprocess.run(arguments, text=True, capture_output=True, check=False,
                              stdin=subprocess.DEVNULL, start_new_session=True)
    except FileNotFoundError:
        raise UserError(f"--cluster=slurm: there is no {arguments[0]} here; apt-get install "
                        "--no-install-recommends slurm-client") from None


def _last_line(text: str) -> str:
    lines = text.strip().splitlines()
    return lines[-1] if lines else "no message"


class SlurmExecutor:
    """The cluster that sbatch submits to."""

    def __init__(self, simulator: Path, fingerprint: str, jobs: int) -> None:
        self.simulator, self.fingerprint, self.jobs = simulator, fingerprint, jobs
        asked = _slurm("sinfo", "--noheader")
        if asked.returncode:
            raise UserError(f"--cluster=slurm: Slurm does not answer: {_last_line(asked.stderr)}")

    def close(self) -> None:
        """Nothing is held."""

    def work(self, sweep: Sweep) -> None:
        """Runs what is left of a sweep."""
        sweep.parallel = max(1, min(self.jobs, len(sweep.queue)))
        _Work(self, sweep).work()


class _Array:
    """A job array: its folder, and its job's number while it is known to Slurm."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        path = folder / _JOB
        self.job = path.read_text().strip() if path.exists() else ""
        self.readers = [Reader(folder, int(tasks.stem)) for tasks in
                        sorted(folder.glob("*.tasks"), key=lambda path: int(path.stem))]
        self.silent_since: Optional[float] = None

    def read(self) -> List[Answer]:
        """The answers since the last time."""
        return [answer for reader in self.readers for answer in reader.read()]

    def is_active(self) -> bool:
        """Whether an element waits or runs."""
        if not self.job:
            return False
        asked = _slurm("squeue", "--noheader", f"--jobs={self.job}", "--format=%T")
        if asked.returncode == 0:
            self.silent_since = None
            return bool(asked.stdout.strip())
        if "Invalid job id" in asked.stderr:
            return False
        # The controller may be away for a moment.
        self.silent_since = self.silent_since or time.monotonic()
        if time.monotonic() - self.silent_since > _PATIENCE_S:
            raise UserError(f"--cluster=slurm: Slurm does not answer: {_last_line(asked.stderr)}; "
                            f"job {self.job} may go on, and the same command finds its results")
        return True

    def cancel(self) -> None:
        """Ends the elements that wait or run."""
        if self.job:
            _slurm("scancel", self.job)

    def log(self) -> str:
        """The last words of an element that said something."""
        texts = [path.read_text(errors="replace") for path in sorted(self.folder.glob("*.log"))]
        return next((_last_line(text) for text in texts if text.strip()), "no message")


class _Work:
    """One sweep on the cluster."""

    def __init__(self, executor: SlurmExecutor, sweep: Sweep) -> None:
        self.executor, self.sweep = executor, sweep
        self.identity = sweep.store.identity()
        self.folder = (sweep.directory / _FOLDER).absolute()
        self.deaths: Dict[Task, int] = {}

    def work(self) -> None:
        """Until nothing is left, or Ctrl-C."""
        sweep = self.sweep
        earlier = [_Array(path) for path in self._folders()]
        if sweep.fresh or not all(belongs(a.folder, self.identity) for a in earlier):
            self._discard(earlier)
            earlier = []
        for array in earlier:
            self._follow(array)
        self._forget_answered()
        while sweep.queue and not sweep.interrupted:
            before = len(sweep.queue)
            array = self._submit(list(sweep.queue))
            self._follow(array)
            self._forget_answered()
            if sweep.queue and not sweep.interrupted:
                self._blame(array, len(sweep.queue) == before)
        if not sweep.interrupted:
            self._discard([])

    def _folders(self) -> List[Path]:
        found = [path for path in self.folder.glob("*") if path.name.isdigit()]
        return sorted(found, key=lambda path: int(path.name))

    def _discard(self, arrays: Sequence[_Array]) -> None:
        for array in arrays:
            array.cancel()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _forget_answered(self) -> None:
        self.sweep.queue = deque(task for task in self.sweep.queue if self.sweep.due(task))

    def _submit(self, tasks: List[Task]) -> _Array:
        work = self.executor
        shards = min(len(tasks), _SHARDS_A_JOB * work.jobs, _MOST_SHARDS)
        number = max((int(path.name) for path in self._folders()), default=0) + 1
        folder = self.folder / str(number)
        try:
            folder.mkdir(parents=True)
            write_about(folder, work.simulator, work.fingerprint,
                        self.sweep.scenario.time_limit_s, self.identity)
            for shard in range(shards):
                write_tasks(folder, shard, tasks[shard::shards])
            (folder / _SCRIPT).write_text(self._script(folder, shards))
        except OSError as error:
            raise cannot_write(folder, error) from None
        # Account, partition and time limit come from the user's SBATCH_… variables.
        done = _slurm("sbatch", "--parsable", str(folder / _SCRIPT))
        job = re.match(r"\d+", done.stdout)
        if done.returncode or not job:
            raise UserError(f"--cluster=slurm: sbatch refused: {_last_line(done.stderr)}")
        try:
            (folder / _JOB).write_text(job.group(0))
        except OSError as error:
            _slurm("scancel", job.group(0))
            raise cannot_write(folder / _JOB, error) from None
        return _Array(folder)

    def _script(self, folder: Path, shards: int) -> str:
        package = (__package__ or "").partition(".")[0]
        home = next(parent for parent in Path(__file__).resolve().parents
                    if parent.name == package).parent
        module = f"{__package__}.shard"
        return (
            "#!/bin/sh\n"
            f"#SBATCH --job-name=smkex-{self.sweep.scenario.name}\n"
            f"#SBATCH --array=0-{shards - 1}%{self.executor.jobs}\n"
            "#SBATCH --ntasks=1 --cpus-per-task=1\n"
            f"#SBATCH --output={folder}/%a.log --open-mode=append\n"
            f"cd {shlex.quote(os.getcwd())} || exit\n"
            f"PYTHONPATH={shlex.quote(str(home))} exec {shlex.quote(sys.executable)} -m {module} "
            f'{shlex.quote(str(folder))} "$SLURM_ARRAY_TASK_ID"\n')

    def _follow(self, array: _Array) -> None:
        """Takes an array's answers until it has ended."""
        asked = 0.0
        while not self.sweep.interrupted:
            ended = False
            if time.monotonic() - asked > _ASK_S:
                ended = not array.is_active()
                asked = time.monotonic()
            self.sweep.take(array.read())
            if ended:
                return
            time.sleep(_TICK_S)
        array.cancel()
        self.sweep.take(array.read())

    def _blame(self, array: _Array, nothing_came: bool) -> None:
        """After the end of an array that left something: who ended its elements?"""
        suspects = [next(iter(reader.tasks.values())) for reader in array.readers if reader.tasks]
        for task in suspects:
            self.deaths[task] = self.deaths.get(task, 0) + 1
        guilty = [task for task in suspects if self.deaths[task] >= _MOST_DEATHS]
        if nothing_came and len(suspects) > 1 and guilty:
            raise UserError(f"--cluster=slurm: job {array.job} ended without an answer: "
                            f"{array.log()} (logs in {array.folder})")
        self.sweep.take([Answer(task, reason=f"{_MOST_DEATHS} jobs ended on it", stderr=array.log())
                         for task in guilty])
        self._forget_answered()
