# SPDX-License-Identifier: GPL-2.0-only
"""The numbers behind plots over option values: bands along one, surfaces over two."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Dict, List, Optional, Sequence, Tuple

import numpy as np

from . import records
from .dataset import Dataset, quantity
from .expression import Expression
from .numbers import Mark, Table, group, repeat, statistic_of
from .plot_spec import PlotSpec
from .statistics import Estimate, rate

#: Points of a line of theory, which is straight on no logarithmic axis.
_THEORY_STEPS = 100


def band(data: Dataset, spec: PlotSpec) -> List[Mark]:
    """A rate, or a statistic of a measure, against an expression's value."""
    along = Expression(spec.x)
    counts = data.counts()
    gathered: Dict[Tuple[str, str, float], List[int]] = {}
    for (panel, line), points in group(data, spec, (spec.lines,)).items():
        for point in points:
            x = along.value(data.values(point))
            if np.isfinite(x):
                gathered.setdefault((panel, line, x), []).append(point)
    marks = []
    for (panel, line, x), points in gathered.items():
        y = _estimate(data, spec, points, counts)
        if y:
            marks.append(Mark(panel, line, f"{x:.6g}", x, y, repeat(data, points)))
    lines = dict.fromkeys((mark.panel, mark.line) for mark in marks)
    order = {key: place for place, key in enumerate(lines)}
    return sorted(marks, key=lambda mark: (order[mark.panel, mark.line], mark.x))


def _estimate(data: Dataset, spec: PlotSpec, points: Sequence[int],
              counts: Dict[int, Dict[str, int]]) -> Optional[Estimate]:
    if spec.value in records.PREDICATES:
        n = sum(counts[point]["n"] for point in points)
        return rate(sum(counts[point][spec.value] for point in points), n) if n else None
    sample = data.sample(points, spec.value)
    return statistic_of(sample, spec.statistic) if sample.n else None


def band_table(spec: PlotSpec, marks: Sequence[Mark]) -> Table:
    """The points of all lines with their 95 % intervals."""
    what = (f"{spec.value}_rate" if spec.value in records.PREDICATES
            else f"{spec.statistic}_{spec.value}")
    header = [spec.panels or "panel", spec.lines, spec.x, what, f"{what}_low", f"{what}_high", "n"]
    return header, [[m.panel, m.line, m.x, m.y.value, m.y.low, m.y.high, m.y.n] for m in marks]


@dataclass(frozen=True)
class Spot:
    """A point of a surface: how often its predicate holds at (x, y), in base units (s).

    `bound` is the x at which theory has the predicate change, NaN where there is no theory.
    """

    panel: str
    x: float
    y: float
    levels: Tuple[str, str]
    successes: int
    rate: Estimate
    bound: float
    repeat: str = ""

    def predicted(self, holds: str) -> Optional[bool]:
        """Whether theory has the predicate hold here; None without a theory, and on its line."""
        if not np.isfinite(self.bound) or self.x == self.bound:
            return None
        return (self.x < self.bound) == (holds == "below")


def surface(data: Dataset, spec: PlotSpec) -> List[Spot]:
    """Rates of a predicate over two options."""
    bound = Expression(spec.bound) if spec.bound else None
    counts = data.counts()
    spots = []
    for (panel, level_x, level_y), points in group(data, spec, (spec.x, spec.y)).items():
        x, y = quantity(level_x)[0], quantity(level_y)[0]
        n = sum(counts[point]["n"] for point in points)
        if n and np.isfinite(x) and np.isfinite(y):
            hits = sum(counts[point][spec.value] for point in points)
            limit = bound.value(data.values(points[0])) if bound else float("nan")
            spots.append(Spot(panel, x, y, (level_x, level_y), hits, rate(hits, n), limit,
                              repeat(data, points)))
    return spots


def theory(data: Dataset, spec: PlotSpec) -> Dict[str, List[Tuple[float, float]]]:
    """For each panel the line (x, y) on which theory has the predicate change."""
    lines: Dict[str, List[Tuple[float, float]]] = {}
    if not spec.bound:
        return lines
    bound = Expression(spec.bound)
    for (panel,), points in group(data, spec, ()).items():
        found = [data.values(point) for point in points]
        ys = [values[spec.y] for values in found if np.isfinite(values[spec.y])]
        if ys:
            low, high = min(ys), max(ys)
            steps = (np.geomspace(low, high, _THEORY_STEPS) if low > 0
                     else np.linspace(low, high, _THEORY_STEPS))
            lines[panel] = [(bound.value({**found[0], spec.y: float(y)}), float(y)) for y in steps]
    return lines


def surface_table(spec: PlotSpec, spots: Sequence[Spot]) -> Table:
    """Points with Wilson intervals (95 %) and what theory says."""
    header = [spec.panels or "panel", spec.x, f"{spec.x}_value", spec.y, f"{spec.y}_value",
              spec.value, "n", "rate", "rate_low", "rate_high", "bound", "predicted"]
    return header, [[s.panel, s.levels[0], s.x, s.levels[1], s.y, s.successes, s.rate.n,
                     s.rate.value, s.rate.low, s.rate.high, s.bound, s.predicted(spec.holds)]
                    for s in spots]


def agreement(spec: PlotSpec, spots: Sequence[Spot]) -> Tuple[int, int]:
    """At how many points every session does what theory says, and of how many it says something."""
    told = [(s, s.predicted(spec.holds)) for s in spots]
    sure = [(s, p) for s, p in told if p is not None]
    return sum(s.successes == (s.rate.n if p else 0) for s, p in sure), len(sure)
