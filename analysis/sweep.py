# SPDX-License-Identifier: GPL-2.0-only
"""The simulations of a scenario: which are left to do, what they say, how long the rest takes."""

from __future__ import annotations

import shlex
import signal
import threading
from collections import deque
from pathlib import Path
from typing import Any, Deque, Dict, List, Protocol, Sequence, Set

from . import records
from .errors import Interrupted, UserError
from .progress import CostModel, Progress, Shown
from .scenario import Point, Scenario
from .store import Outcome, RunId, Store
from .worker import Answer, Task, WorkerError

#: Relative costs of a session's key exchange, next to moving its packets.
_GROUP_WEIGHT = {"x25519": 1.0, "p256": 4.0, "ffdhe2048": 4.0}


def weight(point: Point, sessions: int) -> float:
    """A guess of a simulation's duration, in units of a plain session; only ratios matter."""
    def text(name: str, default: str) -> str:
        setting = point.settings.get(name)
        return setting.text if setting else default

    def number(name: str, default: float) -> float:
        try:
            return float(text(name, ""))
        except ValueError:
            return default
    attackers = text("threat", "N").count("A") + 0.5 * text("threat", "N").count("P")
    cost = 1.0 if text("transport", "") == "tcp" else number("paths", 2)
    cost *= (1 + 0.25 * number("hops", 1)) * (1 + 20 * number("loss", 0))
    if text("protocol", "smkex") != "tcp":
        cost += _GROUP_WEIGHT.get(text("group", "x25519"), 1.0) * (1 + attackers)
    return 0.5 + cost * sessions


def tasks(scenario: Scenario) -> List[Task]:
    """Every simulation of the scenario, the expensive ones first so that no long one is last."""
    found = []
    for point in scenario.points:
        cost = weight(point, scenario.sessions)
        found += [Task(point.number, run, tuple(scenario.arguments(point, run)), cost,
                       scenario.sessions) for run in scenario.run_numbers(point)]
    return sorted(found, key=lambda task: (-task.weight, task.point, task.run))


def command(simulator: Path, arguments: Sequence[str]) -> str:
    """A command for the shell that repeats a simulation."""
    return shlex.join([str(simulator), *arguments])


def check(answer: Answer) -> Answer:
    """Reads the records of an answer; `reason` says what is wrong with them, if anything."""
    if answer.reason:
        return answer
    task = answer.task
    try:
        answer.records = [records.parse(line) for line in answer.lines]
    except records.BadRecord as error:
        answer.reason = str(error)
    else:
        numbers = {record["session"] for record in answer.records}
        if len(answer.records) != task.sessions or len(numbers) != task.sessions:
            answer.reason = (f"{len(answer.records)} records with {len(numbers)} session numbers "
                             f"where {task.sessions} were due")
        elif any(record["run"] != task.run for record in answer.records):
            answer.reason = "its records carry another run number"
    if answer.reason:
        answer.records = []
    else:
        answer.stderr = ""
    return answer


class Executor(Protocol):
    """Where simulations run."""

    def work(self, sweep: "Sweep") -> None:
        """Has everything in sweep.queue answered by sweep.take(); ends early when interrupted."""

    def close(self) -> None:
        """Lets go of what was started or connected."""


class Sweep:
    """One scenario at work; executors take tasks off `queue` and hand in answers."""

    def __init__(self, scenario: Scenario, simulator: Path, store: Store, title: str,
                 fresh: bool = False) -> None:
        kept = store.finished()
        everything = tasks(scenario)
        self.queue: Deque[Task] = deque(
            task for task in everything if (task.point, task.run) not in kept)
        self.scenario, self.simulator, self.store = scenario, simulator, store
        self.fresh = fresh
        self.kept = len(everything) - len(self.queue)
        self.done = self.failed = 0
        self.complaints: List[str] = []
        self.costs = CostModel()
        self.total = len(everything)
        self.progress: Shown = Progress(title, self.total)
        #: Simulations that run at the same time; what is left takes that much less.
        self.parallel = 1
        self.interrupted = False
        self.left: Dict[int, int] = {}
        self.weights = {task.point: task.weight for task in self.queue}
        self._due: Set[RunId] = {(task.point, task.run) for task in self.queue}
        for task in self.queue:
            self.left[task.point] = self.left.get(task.point, 0) + 1

    @property
    def directory(self) -> Path:
        """Where the scenario's results are."""
        return self.store.path.parent

    def run(self, executor: Executor) -> None:
        """Works until nothing is left; Interrupted after Ctrl-C."""
        if not self.queue:
            return
        # Only the main thread may catch signals; in others Ctrl-C never arrives.
        catches = threading.current_thread() is threading.main_thread()
        before = signal.signal(signal.SIGINT, self._interrupt) if catches else None
        try:
            executor.work(self)
            if self.interrupted:
                raise Interrupted()
        except WorkerError as error:
            raise UserError(str(error)) from None
        finally:
            self.progress.clear()
            if catches:
                signal.signal(signal.SIGINT, before)

    def _interrupt(self, number: int, frame: Any) -> None:
        self.interrupted = True

    def due(self, task: Task) -> bool:
        """Whether the task has not been answered yet."""
        return (task.point, task.run) in self._due

    def take(self, answers: Sequence[Answer]) -> None:
        """Stores answers, each task's once: a cluster may compute one again."""
        new = []
        for answer in answers:
            if self.due(answer.task):
                self._due.remove((answer.task.point, answer.task.run))
                new.append(check(answer))
        if new:
            self.store.save([Outcome(
                a.task.point, a.task.run, command(self.simulator, a.task.arguments), a.records,
                a.reason, a.stderr) for a in new])
        for answer in new:
            self.left[answer.task.point] -= 1
            if answer.reason:
                self.failed += 1
            else:
                self.done += 1
                self.costs.learn(answer.task.point, answer.task.weight, answer.seconds)
        if self.progress.is_due():
            self.progress.show(self.kept + self.done + self.failed, self.failed, self._left_s())

    def _left_s(self) -> float:
        return sum(count * self.costs.expect(point, self.weights[point])
                   for point, count in self.left.items()) / self.parallel
