# SPDX-License-Identifier: GPL-2.0-only
"""Runs simulations on processes of this machine."""

from __future__ import annotations

import selectors
import threading
import time
from pathlib import Path
from typing import List

from .sweep import Sweep
from .worker import AHEAD_TASKS, Answer, Task, Worker, late

#: Work that may wait inside a worker, by its expected duration (s).
_AHEAD_S = 0.25
#: How often time limits and Ctrl-C are looked at, at least (s).
_TICK_S = 0.1


class LocalExecutor:
    """A number of worker processes, started for each sweep as needed."""

    def __init__(self, simulator: Path, jobs: int) -> None:
        self.simulator, self.jobs = simulator, jobs

    def close(self) -> None:
        """Nothing outlives a sweep."""

    def work(self, sweep: Sweep) -> None:
        """Runs what is left of a sweep."""
        sweep.parallel = max(1, min(self.jobs, len(sweep.queue)))
        crew = _Crew(self.simulator, sweep)
        try:
            crew.work()
        finally:
            crew.end()


class _Crew:
    """The workers of one sweep."""

    def __init__(self, simulator: Path, sweep: Sweep) -> None:
        self.simulator, self.sweep = simulator, sweep
        self.selector = selectors.DefaultSelector()
        self.workers: List[Worker] = []

    def work(self) -> None:
        """Until nothing is left, or Ctrl-C."""
        sweep = self.sweep
        while (sweep.queue or any(w.tasks for w in self.workers)) and not sweep.interrupted:
            self._employ()
            self._turn()
        if not sweep.interrupted:
            self._retire()

    def end(self) -> None:
        """Ends workers that are left."""
        for worker in self.workers:
            worker.kill()
        self.selector.close()

    def _employ(self) -> None:
        """Starts workers as needed and keeps each supplied."""
        queue = self.sweep.queue
        while queue and len(self.workers) < self.sweep.parallel:
            worker = Worker(self.simulator, threads=threading.active_count() > 1)
            self.workers.append(worker)
            self.selector.register(worker.stdout, selectors.EVENT_READ, worker)
            self.selector.register(worker.stderr, selectors.EVENT_READ, worker)
        for worker in sorted(self.workers, key=lambda w: len(w.tasks)):
            while queue and self._wants(worker, queue[0]):
                worker.send(queue.popleft())

    def _wants(self, worker: Worker, task: Task) -> bool:
        if not worker.tasks:
            return True
        share = len(self.sweep.queue) // (2 * self.sweep.parallel)
        if len(worker.tasks) >= min(AHEAD_TASKS, 1 + share) or not worker.has_room(task):
            return False
        costs = self.sweep.costs
        waiting = sum(costs.expect(t.point, t.weight) for t in worker.tasks)
        return costs.all_weight > 0 and waiting < _AHEAD_S

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
        now, limit_s = time.monotonic(), self.sweep.scenario.time_limit_s
        for worker in list(self.workers):
            if worker.tasks and now - worker.since > limit_s:
                worker.process.kill()
                answers += self._dismiss(worker, late(limit_s))
        self.sweep.take(answers)

    def _dismiss(self, worker: Worker, reason: str = "") -> List[Answer]:
        """A worker is dead: its task has failed, those behind it go back to the queue."""
        self.selector.unregister(worker.stdout)
        self.selector.unregister(worker.stderr)
        self.workers.remove(worker)
        answer = worker.lost(reason or None)
        self.sweep.queue.extendleft(reversed(worker.tasks))
        worker.kill()
        return [answer] if answer else []

    def _retire(self) -> None:
        """Lets the workers end by themselves, so that a failure at the very end is seen."""
        for worker in self.workers:
            complaint = worker.retire()
            if complaint:
                self.sweep.complaints.append(complaint)
        self.workers = []
