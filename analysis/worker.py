# SPDX-License-Identifier: GPL-2.0-only
"""A long-lived simulator process that is fed experiments and answers with lines.

Machines of a cluster are sent this module as it is, so it needs nothing but Python itself.
"""

from __future__ import annotations

import ctypes
import hashlib
import os
import re
import select
import signal
import socket
import subprocess
import time
from collections import deque
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Deque, Dict, Iterator, List, Optional, Sequence, Tuple

#: Kept of a process's standard error (bytes).
_STDERR_KEPT = 8192
#: Unanswered text that fits into a pipe for certain, so that writing never blocks (bytes).
_MAX_UNANSWERED = 32768
#: Experiments that may wait inside a worker.
AHEAD_TASKS = 32
_PR_SET_PDEATHSIG = 1
#: Shared libraries whose change means another simulator.
_LIBRARIES = re.compile(r"lib(ns3|crypto\+\+|cryptopp|gnutls)")
#: Programs that were found to be the right ones, by path and fingerprint.
_RIGHT: Dict[Tuple[str, str], bool] = {}


class WorkerError(Exception):
    """A worker cannot be used, which is no failure of the experiments that it was given."""


@dataclass(frozen=True)
class Task:
    """One simulation to run: its arguments and what `ahead` may weigh it by."""

    point: int
    run: int
    arguments: Tuple[str, ...]
    weight: float
    sessions: int

    def line(self) -> bytes:
        """How the task is sent."""
        return ("\t".join(self.arguments) + "\n").encode()


@dataclass
class Answer:
    """What the worker said to a task; `reason` is None where it succeeded."""

    task: Task
    lines: List[str] = field(default_factory=list)
    reason: Optional[str] = None
    stderr: str = ""
    seconds: float = 0.0
    records: List[Dict[str, Any]] = field(default_factory=list)


def libraries(program: Path) -> List[Path]:
    """The shared libraries of ours and of the simulator's foundations that it loads."""
    try:
        listed = subprocess.run(["ldd", str(program)], text=True, capture_output=True,
                                check=False).stdout
    except OSError:
        return []
    paths = [Path(word) for word in listed.split() if word.startswith("/")]
    home = program.resolve().parent
    return sorted({path.resolve() for path in paths
                   if _LIBRARIES.match(path.name) or home in path.resolve().parents})


def file_hash(path: Path) -> str:
    """SHA-256 of a file, hexadecimal; OSError where it cannot be read."""
    digest = hashlib.sha256()
    with path.open("rb") as stream:
        for block in iter(lambda: stream.read(1 << 20), b""):
            digest.update(block)
    return digest.hexdigest()


def fingerprint(program: Path) -> str:
    """A hash of a program and of those libraries: equal exactly for equal code."""
    digest = hashlib.sha256()
    for path in [program, *libraries(program)]:
        digest.update(path.name.encode() + b"\0" + file_hash(path).encode() + b"\n")
    return digest.hexdigest()


def require(program: str, wanted: str) -> None:
    """WorkerError where this machine has another simulator, or none."""
    if (program, wanted) in _RIGHT:
        return
    try:
        found = fingerprint(Path(program))
    except OSError as error:
        raise WorkerError(f"{socket.gethostname()} has no {program}: {error.strerror}") from None
    if found != wanted:
        raise WorkerError(f"{socket.gethostname()} has another build of {program}, or other "
                          "libraries")
    _RIGHT[program, wanted] = True


def _die_with_parent() -> None:
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


class Worker:
    """One process; `tasks` are those it was sent and has not answered, the oldest at work."""

    def __init__(self, simulator: Path, threads: bool = False) -> None:
        """Starts it; `threads`: in a process with several, where it cannot be tied to this one."""
        path = str(simulator) if simulator.is_absolute() else os.path.join(".", str(simulator))
        try:
            self.process = subprocess.Popen(
                [path, "--batch"], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                stderr=subprocess.PIPE, bufsize=0, start_new_session=True,
                preexec_fn=None if threads else _die_with_parent)
        except (OSError, subprocess.SubprocessError) as error:
            raise WorkerError(f"{simulator} cannot be started: {error}") from None
        assert self.process.stdin and self.process.stdout and self.process.stderr
        self.stdin, self.stdout = self.process.stdin, self.process.stdout
        self.stderr = self.process.stderr
        os.set_blocking(self.stderr.fileno(), False)
        self.tasks: Deque[Task] = deque()
        self.unanswered = 0
        self.since = time.monotonic()
        self._pending = b""
        self._lines: List[str] = []
        self._said = b""
        self._said_before = b""

    def has_room(self, task: Task) -> bool:
        """Whether sending the task cannot block."""
        return self.unanswered + len(task.line()) <= _MAX_UNANSWERED

    def send(self, task: Task) -> None:
        """Queues a task; a process that is gone shows when it is read from."""
        if not self.tasks:
            self.since = time.monotonic()
        self.tasks.append(task)
        self.unanswered += len(task.line())
        try:
            self.stdin.write(task.line())
        except BrokenPipeError:
            pass

    def listen(self) -> None:
        """Takes what is on standard error, of which the end is kept."""
        try:
            while text := os.read(self.stderr.fileno(), 65536):
                self._said = (self._said + text)[-_STDERR_KEPT:]
        except BlockingIOError:
            pass

    def read(self) -> Tuple[List[Answer], bool]:
        """The answers that have arrived, and whether the process still talks."""
        text = os.read(self.stdout.fileno(), 1 << 18)
        *lines, self._pending = (self._pending + text).split(b"\n")
        answers = []
        for line in lines:
            if line.startswith(b"#end "):
                answers.append(self._answer(line.decode(errors="replace")[len("#end "):]))
            else:
                self._lines.append(line.decode(errors="replace"))
        return answers, bool(text)

    def _answer(self, status: str) -> Answer:
        lines = self._lines
        answer = self._take()
        if status == "0":
            answer.lines = lines
        else:
            answer.reason = f"refused: {status.partition(' ')[2] or status}"
        return answer

    def _take(self) -> Answer:
        """The oldest task leaves the queue, with what was printed for it."""
        self.listen()
        now = time.monotonic()
        if not self.tasks:
            raise WorkerError("the simulator answered more experiments than it was sent")
        task = self.tasks.popleft()
        answer = Answer(task, stderr=self._said.decode(errors="replace"),
                        seconds=now - self.since)
        self.unanswered -= len(task.line())
        self._lines = []
        self._said, self._said_before = b"", self._said
        self.since = now
        return answer

    def lost(self, reason: Optional[str] = None) -> Optional[Answer]:
        """After the end of the process: the answer for the task it was at, if any."""
        status = self.process.wait()
        if not self.tasks:
            return None
        said_before = self._said_before
        answer = self._take()
        # Last words may have been read before the end of the experiment in front of it was.
        answer.stderr = answer.stderr or said_before.decode(errors="replace")
        answer.reason = reason or _ending(status)
        return answer

    def retire(self, patience_s: float = 5.0) -> Optional[str]:
        """No more tasks: closes the input, waits; what went wrong at the very end, if anything."""
        self.stdin.close()
        try:
            status = self.process.wait(patience_s)
        except subprocess.TimeoutExpired:
            self.kill()
            return f"did not end within {patience_s:g} s after its last experiment"
        self.listen()
        said = self._said.decode(errors="replace").strip()
        self._close()
        return f"{_ending(status)} after its last experiment: {said}" if status else None

    def kill(self) -> None:
        """Ends the process at once."""
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        self._close()

    def _close(self) -> None:
        for pipe in (self.stdin, self.stdout, self.stderr):
            try:
                pipe.close()
            except BrokenPipeError:
                pass


def late(limit_s: float) -> str:
    """Why a simulation that took too long has failed."""
    return f"no answer within {limit_s:g} s"


def _ending(status: int) -> str:
    if status < 0:
        return f"the simulator was ended by {signal.Signals(-status).name}"
    return f"the simulator ended with status {status} before it answered"


def simulate(simulator: Path, tasks: Sequence[Task], limit_s: float, threads: bool = False
             ) -> Iterator[Answer]:
    """Runs tasks one after another on a worker, a new one after each that has died."""
    waiting = deque(tasks)
    worker: Optional[Worker] = None
    try:
        while waiting or (worker and worker.tasks):
            worker = worker or Worker(simulator, threads)
            while waiting and len(worker.tasks) < AHEAD_TASKS and (
                    not worker.tasks or worker.has_room(waiting[0])):
                worker.send(waiting.popleft())
            left_s = worker.since + limit_s - time.monotonic()
            ready = select.select([worker.stdout, worker.stderr], [], [], max(0.0, left_s))[0]
            talks = True
            if worker.stderr in ready:
                worker.listen()
            if worker.stdout in ready:
                answers, talks = worker.read()
                yield from answers
            overdue = bool(worker.tasks) and time.monotonic() - worker.since > limit_s
            if not talks or overdue:
                if overdue:
                    worker.process.kill()
                answer = worker.lost(late(limit_s) if overdue else None)
                waiting.extendleft(reversed(worker.tasks))
                worker.kill()
                worker = None
                if answer:
                    yield answer
    finally:
        if worker:
            worker.kill()


Plain = Tuple[int, List[str], Optional[str], str, float]
"""Number of a task in its chunk, lines, reason, standard error, seconds."""


def chunk(program: str, wanted: str, tasks: Sequence[Tuple[int, Tuple[str, ...], float, int]],
          limit_s: float) -> List[Plain]:
    """What a machine of a cluster is asked to do, in values that all of them understand.

    `wanted` is the program's fingerprint; tasks are run, arguments, weight and sessions.
    """
    require(program, wanted)
    mine = [Task(number, *rest) for number, rest in enumerate(tasks)]
    return [(answer.task.point, answer.lines, answer.reason, answer.stderr, answer.seconds)
            for answer in simulate(Path(program), mine, limit_s, threads=True)]
