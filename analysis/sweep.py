# SPDX-License-Identifier: GPL-2.0-only
"""Runs the simulations of a scenario on a number of worker processes and stores what they say."""

from __future__ import annotations

import selectors
import shlex
import signal
import time
from collections import deque
from pathlib import Path
from typing import Any, Deque, Dict, List, Mapping, Sequence

from .errors import Interrupted
from .progress import CostModel, Progress
from .scenario import Point, Scenario
from .store import Outcome, Store
from .worker import Answer, Task, Worker

#: Work that may wait inside a worker: experiments, and their expected duration (s).
_AHEAD_TASKS, _AHEAD_S = 32, 0.25
#: How often time limits and Ctrl-C are looked at, at least (s).
_TICK_S = 0.1
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


class Sweep:
    """One scenario at work."""

    def __init__(self, scenario: Scenario, simulator: Path, store: Store, jobs: int,
                 title: str) -> None:
        kept = store.finished()
        everything = tasks(scenario)
        self.queue: Deque[Task] = deque(
            task for task in everything if (task.point, task.run) not in kept)
        self.scenario, self.simulator, self.store = scenario, simulator, store
        self.jobs = max(1, min(jobs, len(self.queue)))
        self.kept = len(everything) - len(self.queue)
        self.done = self.failed = 0
        self.complaints: List[str] = []
        self.costs = CostModel()
        self.progress = Progress(title, len(everything))
        self.selector = selectors.DefaultSelector()
        self.workers: List[Worker] = []
        self.interrupted = False
        self.left: Dict[int, int] = {}
        self.weights = {task.point: task.weight for task in self.queue}
        for task in self.queue:
            self.left[task.point] = self.left.get(task.point, 0) + 1

    def run(self) -> None:
        """Works until nothing is left; Interrupted after Ctrl-C."""
        before = signal.signal(signal.SIGINT, self._interrupt)
        try:
            while (self.queue or any(w.tasks for w in self.workers)) and not self.interrupted:
                self._employ()
                self._turn()
            if self.interrupted:
                raise Interrupted()
            self._retire()
        finally:
            for worker in self.workers:
                worker.kill()
            self.selector.close()
            self.progress.clear()
            signal.signal(signal.SIGINT, before)

    def _interrupt(self, number: int, frame: Any) -> None:
        self.interrupted = True

    def _employ(self) -> None:
        """Starts workers as needed and keeps each supplied."""
        while self.queue and len(self.workers) < self.jobs:
            worker = Worker(self.simulator)
            self.workers.append(worker)
            self.selector.register(worker.stdout, selectors.EVENT_READ, worker)
            self.selector.register(worker.stderr, selectors.EVENT_READ, worker)
        for worker in sorted(self.workers, key=lambda w: len(w.tasks)):
            while self.queue and self._wants(worker, self.queue[0]):
                worker.send(self.queue.popleft())

    def _wants(self, worker: Worker, task: Task) -> bool:
        if not worker.tasks:
            return True
        share = len(self.queue) // (2 * self.jobs)
        if len(worker.tasks) >= min(_AHEAD_TASKS, 1 + share) or not worker.has_room(task):
            return False
        waiting = sum(self.costs.expect(t.point, t.weight) for t in worker.tasks)
        return self.costs.all_weight > 0 and waiting < _AHEAD_S

    def _turn(self) -> None:
        """Takes what has arrived, stores it, sees to overdue workers."""
        answers: List[Answer] = []
        gone: List[Worker] = []
        for key, _ in self.selector.select(_TICK_S):
            worker: Worker = key.data
            if key.fileobj is worker.stderr:
                worker.listen()
            elif worker not in gone:
                found, talks = worker.read()
                answers += found
                if not talks:
                    gone.append(worker)
        for worker in gone:
            answers += self._dismiss(worker)
        now = time.monotonic()
        for worker in list(self.workers):
            if worker.tasks and now - worker.since > self.scenario.time_limit_s:
                worker.process.kill()
                answers += self._dismiss(
                    worker, f"no answer within {self.scenario.time_limit_s:g} s")
        self._keep(answers)

    def _dismiss(self, worker: Worker, reason: str = "") -> List[Answer]:
        """A worker is dead: its task has failed, those behind it go back to the queue."""
        self.selector.unregister(worker.stdout)
        self.selector.unregister(worker.stderr)
        self.workers.remove(worker)
        answer = worker.lost(reason or None)
        self.queue.extendleft(reversed(worker.tasks))
        worker.kill()
        return [answer] if answer else []

    def _keep(self, answers: Sequence[Answer]) -> None:
        if answers:
            self.store.save([Outcome(
                a.task.point, a.task.run, command(self.simulator, a.task.arguments), a.records,
                a.reason, a.stderr) for a in answers])
        for answer in answers:
            self.left[answer.task.point] -= 1
            if answer.reason:
                self.failed += 1
            else:
                self.done += 1
                self.costs.learn(answer.task.point, answer.task.weight, answer.seconds)
        if self.progress.is_due():
            self.progress.show(self.kept + self.done + self.failed, self.failed, self._left_s())

    def _left_s(self) -> float:
        points: Mapping[int, int] = self.left
        return sum(count * self.costs.expect(point, self.weights[point])
                   for point, count in points.items()) / self.jobs

    def _retire(self) -> None:
        """Lets the workers end by themselves, so that a failure at the very end is seen."""
        for worker in self.workers:
            complaint = worker.retire()
            if complaint:
                self.complaints.append(complaint)
        self.workers = []
