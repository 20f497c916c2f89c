# SPDX-License-Identifier: GPL-2.0-only
"""Runs simulations on the workers of a Dask scheduler.

Dask computes at least once: what a dead worker had finished may be computed again, and a task whose
worker died repeatedly ends as KilledWorker. Results are therefore stored by the task they belong
to, the first one only, and let go of at once.
"""

from __future__ import annotations

import hashlib
import importlib
import logging
import queue
import time
from collections import deque
from pathlib import Path
from typing import Any, Deque, Dict, List

from . import worker
from .errors import UserError
from .sweep import Sweep
from .worker import Answer, Task, WorkerError

#: What a worker is given at once: expected duration (s), and simulations at most.
_CHUNK_S, _CHUNK_TASKS = 1.0, 256
#: Simulations in a chunk while nothing is known of their durations.
_FIRST_TASKS = 4
#: Chunks given out for each thread of the cluster, so that none waits for the network.
_AHEAD = 2
_TICK_S, _PATIENCE_S = 0.1, 60.0


class DaskExecutor:
    """A connection to a scheduler."""

    def __init__(self, address: str, simulator: Path, fingerprint: str) -> None:
        try:
            cloudpickle: Any = importlib.import_module("cloudpickle")
            distributed: Any = importlib.import_module("distributed")
        except ImportError:
            raise UserError("--cluster=tcp://…: Dask is missing; apt-get install "
                            "--no-install-recommends python3-distributed") from None
        logging.getLogger("distributed").setLevel(logging.CRITICAL)
        # The cluster's Python need not have these modules.
        cloudpickle.register_pickle_by_value(worker)
        self.address, self.simulator, self.fingerprint = address, simulator, fingerprint
        self.killed: Any = distributed.KilledWorker
        try:
            self.client: Any = distributed.Client(address, timeout=10, set_as_default=False)
        except (OSError, TimeoutError):
            raise UserError(f"--cluster: no Dask scheduler answers at {address}") from None

    def close(self) -> None:
        """Disconnects."""
        self.client.close()

    def threads(self) -> int:
        """Threads of all workers; UserError where none turns up."""
        try:
            self.client.wait_for_workers(1, timeout=_PATIENCE_S)
            return max(1, sum(int(count) for count in self.client.nthreads().values()))
        except (OSError, TimeoutError):
            raise UserError(f"--cluster: the scheduler at {self.address} has no worker, after "
                            f"{_PATIENCE_S:g} s") from None

    def work(self, sweep: Sweep) -> None:
        """Runs what is left of a sweep."""
        sweep.parallel = self.threads()
        _Work(self, sweep).work()


class _Work:
    """One sweep on the cluster."""

    def __init__(self, executor: DaskExecutor, sweep: Sweep) -> None:
        self.executor, self.sweep = executor, sweep
        self.out: Dict[Any, List[Task]] = {}
        self.ended: "queue.SimpleQueue[Any]" = queue.SimpleQueue()
        #: Simulations that were on a worker when it died.
        self.suspects: Deque[Task] = deque()
        self.heard = time.monotonic()

    def work(self) -> None:
        """Until nothing is left, or Ctrl-C."""
        sweep = self.sweep
        try:
            while (sweep.queue or self.suspects or self.out) and not sweep.interrupted:
                while sweep.queue and len(self.out) < _AHEAD * sweep.parallel:
                    self._submit(self._next())
                if not self.out and self.suspects:
                    # Alone on the cluster, so that nobody else is blamed if it kills its worker.
                    self._submit([self.suspects.popleft()])
                self._collect()
        finally:
            self.executor.client.cancel(list(self.out), force=True)

    def _next(self) -> List[Task]:
        """As many simulations as take about a second, fewer towards the end."""
        waiting, costs = self.sweep.queue, self.sweep.costs
        most = max(1, min(_CHUNK_TASKS, len(waiting) // (_AHEAD * self.sweep.parallel)))
        if not costs.all_weight:
            most = min(most, _FIRST_TASKS)
        chosen = [waiting.popleft()]
        expected = costs.expect(chosen[0].point, chosen[0].weight)
        while waiting and len(chosen) < most and expected < _CHUNK_S:
            chosen.append(waiting.popleft())
            expected += costs.expect(chosen[-1].point, chosen[-1].weight)
        return chosen

    def _submit(self, tasks: List[Task]) -> None:
        work = self.executor
        plain = [(task.run, task.arguments, task.weight, task.sessions) for task in tasks]
        text = repr((str(work.simulator), work.fingerprint, plain))
        future = work.client.submit(
            worker.chunk, str(work.simulator), work.fingerprint, plain,
            self.sweep.scenario.time_limit_s,
            key=f"smkex-{hashlib.sha256(text.encode()).hexdigest()[:32]}")
        self.out[future] = tasks
        future.add_done_callback(self.ended.put)

    def _collect(self) -> None:
        """Takes results that have come in and lets go of them."""
        try:
            future = self.ended.get(timeout=_TICK_S)
        except queue.Empty:
            if time.monotonic() - self.heard > _PATIENCE_S:
                self.executor.threads()
                self.heard = time.monotonic()
            return
        self.heard = time.monotonic()
        tasks = self.out.get(future)
        if tasks is None:
            return
        if future.status == "cancelled" or self.executor.client.status != "running":
            raise UserError(f"--cluster: the scheduler at {self.executor.address} is gone; what "
                            "was finished is stored, and the same command goes on from there")
        try:
            answers = [Answer(tasks[number], *rest)
                       for number, *rest in future.result(timeout=1)]
        except TimeoutError:
            # Its worker has died meanwhile: it is being computed again.
            self.ended.put(future)
            return
        except WorkerError as error:
            raise UserError(f"--cluster: {error}") from None
        except self.executor.killed:
            answers = self._killed(tasks)
        del self.out[future]
        future.release()
        self.sweep.take(answers)

    def _killed(self, tasks: List[Task]) -> List[Answer]:
        if len(tasks) > 1 or self.out.keys() - {f for f, t in self.out.items() if t is tasks}:
            self.suspects.extend(tasks)
            return []
        return [Answer(tasks[0], reason="the workers that it was given to ended")]
