# SPDX-License-Identifier: GPL-2.0-only
"""One element of a job array: `python3 -m analysis.shard FOLDER NUMBER`.

Runs the simulations in FOLDER/NUMBER.tasks and appends an answer a line to FOLDER/NUMBER.answers.
Started again, it goes on behind the last whole line.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Dict, Iterable, List, Sequence, Tuple

from .worker import Answer, Task, WorkerError, require, simulate

ABOUT = "about.json"


def write_tasks(folder: Path, number: int, tasks: Iterable[Task]) -> None:
    """Writes down what a shard has to do."""
    (folder / f"{number}.tasks").write_text("".join(json.dumps(
        [t.point, t.run, t.weight, t.sessions, *t.arguments]) + "\n" for t in tasks))


def read_tasks(folder: Path, number: int) -> List[Task]:
    """What a shard has to do."""
    found = []
    for line in (folder / f"{number}.tasks").read_text().splitlines():
        point, run, weight, sessions, *arguments = json.loads(line)
        found.append(Task(point, run, tuple(arguments), weight, sessions))
    return found


def write_about(folder: Path, program: Path, fingerprint: str, limit_s: float, identity: str
                ) -> None:
    """Writes down what all shards share; `identity` says where their answers belong."""
    (folder / ABOUT).write_text(json.dumps({
        "program": str(program), "fingerprint": fingerprint, "limit_s": limit_s,
        "identity": identity}))


def belongs(folder: Path, identity: str) -> bool:
    """Whether the shards of a folder answer what is asked now."""
    try:
        return bool(json.loads((folder / ABOUT).read_text())["identity"] == identity)
    except (OSError, ValueError, KeyError):
        return False


class Reader:
    """Reads the answers of a shard while they are being written."""

    def __init__(self, folder: Path, number: int) -> None:
        self.path = folder / f"{number}.answers"
        self.tasks: Dict[Tuple[int, int], Task] = {
            (task.point, task.run): task for task in read_tasks(folder, number)}
        self.place = 0

    def read(self) -> List[Answer]:
        """The answers since the last time; half a line waits for its other half."""
        try:
            with self.path.open("rb") as stream:
                stream.seek(self.place)
                text = stream.read()
        except FileNotFoundError:
            return []
        whole = text[:text.rfind(b"\n") + 1]
        self.place += len(whole)
        answers = []
        for line in whole.splitlines():
            point, run, lines, reason, stderr, seconds = json.loads(line)
            task = self.tasks.pop((point, run), None)
            if task:
                answers.append(Answer(task, lines, reason, stderr, seconds))
        return answers


def work(folder: Path, number: int) -> None:
    """Does what is left of a shard."""
    about = json.loads((folder / ABOUT).read_text())
    require(about["program"], about["fingerprint"])
    before = Reader(folder, number)
    before.read()
    with before.path.open("ab") as out:
        # Half a line, of a process that was ended while it wrote.
        out.truncate(before.place)
        for answer in simulate(Path(about["program"]), list(before.tasks.values()),
                               about["limit_s"]):
            out.write((json.dumps([answer.task.point, answer.task.run, answer.lines,
                                   answer.reason, answer.stderr, answer.seconds]) + "\n").encode())
            out.flush()


def main(arguments: Sequence[str]) -> int:
    """The command line that the job script has."""
    try:
        work(Path(arguments[0]), int(arguments[1]))
    except (WorkerError, OSError) as error:
        print(error, file=sys.stderr)
        return os.EX_UNAVAILABLE
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
