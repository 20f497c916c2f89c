# SPDX-License-Identifier: GPL-2.0-only
"""Progress with time left on standard error: one line that moves, or a line now and then."""

from __future__ import annotations

import sys
import time
from typing import Dict, Protocol, TextIO

#: Between two updates of the moving line, and between two lines where there is no terminal (s).
_MOVING_S, _LINES_S = 0.1, 5.0


class CostModel:
    """Expected duration of simulations: a guess by weight until a point's first ones are known."""

    def __init__(self) -> None:
        self.seconds: Dict[int, float] = {}
        self.counts: Dict[int, int] = {}
        self.all_seconds = 0.0
        self.all_weight = 0.0

    def learn(self, point: int, weight: float, seconds: float) -> None:
        """Takes in one measured simulation."""
        self.seconds[point] = self.seconds.get(point, 0.0) + seconds
        self.counts[point] = self.counts.get(point, 0) + 1
        self.all_seconds += seconds
        self.all_weight += weight

    def expect(self, point: int, weight: float) -> float:
        """Expected duration of one simulation in seconds; 0 while nothing is known."""
        if point in self.counts:
            return self.seconds[point] / self.counts[point]
        return weight * self.all_seconds / self.all_weight if self.all_weight else 0.0


def duration(seconds: float) -> str:
    """A duration for people."""
    whole = int(seconds + 0.5)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60:02d} s"
    return f"{whole // 3600} h {whole % 3600 // 60:02d} min"


class Shown(Protocol):
    """Is told how far a scenario is."""

    def is_due(self) -> bool:
        """Whether it wants to be told again."""

    def show(self, done: int, failed: int, left_s: float) -> None:
        """Says how far it is. `left_s`: expected seconds left."""

    def clear(self) -> None:
        """Nothing more is to come."""


class Progress:
    """Shows how far a scenario is."""

    def __init__(self, title: str, total: int, stream: TextIO = sys.stderr) -> None:
        self.title, self.total, self.stream = title, total, stream
        self.moving = stream.isatty()
        self.shown = time.monotonic()

    def is_due(self) -> bool:
        """Whether it is time to say something again."""
        return time.monotonic() - self.shown >= (_MOVING_S if self.moving else _LINES_S)

    def show(self, done: int, failed: int, left_s: float) -> None:
        """Says how far it is. `left_s`: expected seconds left."""
        self.shown = time.monotonic()
        share = 100 * done // max(1, self.total)
        text = (f"{self.title}: {done}/{self.total} simulations, {share} %"
                + (f", {failed} failed" if failed else "")
                + (f", {duration(left_s)} left" if done else ""))
        self.stream.write(f"\r\x1b[K{text}" if self.moving else text + "\n")
        self.stream.flush()

    def clear(self) -> None:
        """Takes the moving line away."""
        if self.moving:
            self.stream.write("\r\x1b[K")
            self.stream.flush()
