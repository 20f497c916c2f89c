# SPDX-License-Identifier: GPL-2.0-only
"""A long-lived simulator process that is fed experiments and answers with records."""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import time
from collections import deque
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Deque, Dict, List, Optional, Tuple

from . import records
from .errors import UserError

#: Kept of a process's standard error (bytes).
_STDERR_KEPT = 8192
#: Unanswered text that fits into a pipe for certain, so that writing never blocks (bytes).
_MAX_UNANSWERED = 32768
_PR_SET_PDEATHSIG = 1


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
    records: List[Dict[str, Any]] = field(default_factory=list)
    reason: Optional[str] = None
    stderr: str = ""
    seconds: float = 0.0


def _die_with_parent() -> None:
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


class Worker:
    """One process; `tasks` are those it was sent and has not answered, the oldest at work."""

    def __init__(self, simulator: Path) -> None:
        path = str(simulator) if simulator.is_absolute() else os.path.join(".", str(simulator))
        try:
            self.process = subprocess.Popen(
                [path, "--batch"], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                stderr=subprocess.PIPE, bufsize=0, start_new_session=True,
                preexec_fn=_die_with_parent)
        except (OSError, subprocess.SubprocessError) as error:
            raise UserError(f"{simulator} cannot be started: {error}") from None
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
        if status != "0":
            answer.reason = f"refused: {status.partition(' ')[2] or status}"
            return answer
        try:
            answer.records = [records.parse(line) for line in lines]
        except records.BadRecord as error:
            answer.reason = str(error)
            return answer
        numbers = {record["session"] for record in answer.records}
        if len(answer.records) != answer.task.sessions or len(numbers) != answer.task.sessions:
            answer.reason = (f"{len(answer.records)} records with {len(numbers)} session numbers "
                             f"where {answer.task.sessions} were due")
        elif any(record["run"] != answer.task.run for record in answer.records):
            answer.reason = "its records carry another run number"
        else:
            answer.stderr = ""
        if answer.reason:
            answer.records = []
        return answer

    def _take(self) -> Answer:
        """The oldest task leaves the queue, with what was printed for it."""
        self.listen()
        now = time.monotonic()
        if not self.tasks:
            raise UserError("the simulator answered more experiments than it was sent")
        task = self.tasks.popleft()
        answer = Answer(task, stderr=self._said.decode(errors="replace"),
                        seconds=now - self.since)
        self.unanswered -= len(task.line())
        self._lines = []
        self._said = b""
        self.since = now
        return answer

    def lost(self, reason: Optional[str] = None) -> Optional[Answer]:
        """After the end of the process: the answer for the task it was at, if any."""
        status = self.process.wait()
        if not self.tasks:
            return None
        answer = self._take()
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


def _ending(status: int) -> str:
    if status < 0:
        return f"the simulator was ended by {signal.Signals(-status).name}"
    return f"the simulator ended with status {status} before it answered"
