# SPDX-License-Identifier: GPL-2.0-only
"""The numbers behind each kind of plot; tables, plots, CSV files and answers all use these."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Dict, List, Mapping, Sequence, Tuple

import numpy as np

from . import records
from .dataset import UNREAD_MISMATCH, Dataset, quantity
from .plot_spec import PlotSpec
from .statistics import (QUANTILES, Estimate, Floats, Sample, distribution, mean, quantiles, rate)

Table = Tuple[List[str], List[List[object]]]
"""A header and its rows, as written to a CSV file."""

#: Predicates that a matrix marks besides its own value.
MARKS = ("mitm", UNREAD_MISMATCH, "detected", "denied")
_STEPS = 400


def _unit(key: str) -> str:
    return records.MEASURES.get(key, "")


def _groups(data: Dataset, spec: PlotSpec, columns: Sequence[str]
            ) -> Dict[Tuple[str, ...], List[int]]:
    """Points that share a panel and the given columns' values, in the scenario's order."""
    points = data.select(spec.where)
    keys = [spec.panels, *columns]
    groups: Dict[Tuple[str, ...], List[int]] = {}
    for point in points:
        key = tuple(data.points[point][column] if column else "" for column in keys)
        groups.setdefault(key, []).append(point)

    def order(key: Tuple[str, ...]) -> List[int]:
        return [data.levels[c].index(k) if c else 0 for c, k in zip(keys, key)]
    return {key: groups[key] for key in sorted(groups, key=order)}


def _repeat(data: Dataset, points: Sequence[int]) -> str:
    """The command of the first simulation behind a number."""
    return data.command(points[0]) or ""


@dataclass(frozen=True)
class Cell:
    """A cell of a matrix: how often its predicate holds, and how often others do."""

    panel: str
    row: str
    column: str
    successes: int
    rate: Estimate
    marks: Mapping[str, int]
    repeat: str = ""


def matrix(data: Dataset, spec: PlotSpec) -> List[Cell]:
    """Rates of a predicate by two columns of the sweep."""
    counts = data.counts()
    cells = []
    for (panel, row, column), points in _groups(data, spec, (spec.rows, spec.columns)).items():
        total = {name: sum(counts[point][name] for point in points) for name in counts[points[0]]}
        if total["n"]:
            cells.append(Cell(panel, row, column, total[spec.value],
                              rate(total[spec.value], total["n"]),
                              {mark: total[mark] for mark in MARKS}, _repeat(data, points)))
    return cells


def matrix_table(spec: PlotSpec, cells: Sequence[Cell]) -> Table:
    """Cells with Wilson intervals (95 %)."""
    header = [spec.panels or "panel", spec.rows, spec.columns, spec.value, "n", "rate",
              "rate_low", "rate_high", *MARKS]
    return header, [[c.panel, c.row, c.column, c.successes, c.rate.n, c.rate.value, c.rate.low,
                     c.rate.high, *c.marks.values()] for c in cells]


@dataclass(frozen=True)
class Curve:
    """A distribution: its sample, its quantiles, and the share of values up to each of `grid`."""

    panel: str
    line: str
    sample: Sample
    quantiles: Sequence[Estimate]
    grid: Floats
    share: Floats
    low: Floats
    high: Floats
    repeat: str = ""


def cdf(data: Dataset, spec: PlotSpec) -> List[Curve]:
    """Empirical distributions with pointwise bands over runs, in the measure's own unit."""
    curves = []
    for (panel, line), points in _groups(data, spec, (spec.lines,)).items():
        sample = data.sample(points, spec.value)
        if sample.n:
            grid = _support(sample)
            curves.append(Curve(panel, line, sample, quantiles(sample), grid,
                                *distribution(sample, grid), _repeat(data, points)))
    return curves


def _support(sample: Sample) -> Floats:
    """The values at which a distribution is drawn: all, or as many as a plot can show.

    The largest ones are all there, since a tail axis shows them one by one.
    """
    values = np.unique(sample.values)
    if len(values) <= _STEPS:
        return np.asarray(values)
    places = np.linspace(0, len(values) - 1, _STEPS * 3 // 4).astype(np.int64)
    tail = np.arange(len(values) - _STEPS // 4, len(values))
    return np.asarray(values[np.union1d(places, tail)])


def cdf_table(spec: PlotSpec, curves: Sequence[Curve]) -> Table:
    """The steps that are drawn with their 95 % bands."""
    unit = _unit(spec.value)
    header = [spec.panels or "panel", spec.lines, f"{spec.value}_{unit}".replace("_s_s", "_s"),
              "share", "share_low", "share_high", "n", "runs"]
    return header, [[c.panel, c.line, float(x), float(s), float(a), float(b), c.sample.n,
                     len(np.unique(c.sample.runs))]
                    for c in curves for x, s, a, b in zip(c.grid, c.share, c.low, c.high)]


@dataclass(frozen=True)
class Mark:
    """A point of a line: an estimate at x, both in base units (s, B)."""

    panel: str
    line: str
    level: str
    x: float
    y: Estimate
    repeat: str = ""


def _statistic(sample: Sample, name: str) -> Estimate:
    if name == "mean":
        return mean(sample)
    return quantiles(sample, (int(name[1:]) / 100,))[0]


def line(data: Dataset, spec: PlotSpec) -> List[Mark]:
    """A statistic of a measure against an option's value (path 1's where it has one a path)."""
    marks = []
    for (panel, name, level), points in _groups(data, spec, (spec.lines, spec.x)).items():
        x = quantity(level)[0]
        sample = data.sample(points, spec.value)
        if sample.n and np.isfinite(x):
            y = _statistic(sample, spec.statistic)
            if spec.per_x:
                y = Estimate(y.value / x, y.low / x, y.high / x, y.n)
            marks.append(Mark(panel, name, level, x, y, _repeat(data, points)))
    return sorted(marks, key=lambda m: (data.levels[spec.panels].index(m.panel)
                                        if spec.panels else 0,
                                        data.levels[spec.lines].index(m.line), m.x))


def line_table(spec: PlotSpec, marks: Sequence[Mark]) -> Table:
    """The points of all lines with their 95 % intervals."""
    what = f"{spec.statistic}_{spec.value}" + (f"_per_{spec.x}" if spec.per_x else "")
    header = [spec.panels or "panel", spec.lines, spec.x, f"{spec.x}_value", what, f"{what}_low",
              f"{what}_high", "n"]
    return header, [[m.panel, m.line, m.level, m.x, m.y.value, m.y.low, m.y.high, m.y.n]
                    for m in marks]


def summary(data: Dataset) -> Table:
    """One row a point: rates and quantiles with their intervals."""
    columns = list(data.columns)
    header = ["point", *columns, "runs_failed", "n"]
    for name in records.PREDICATES:
        header += [name, f"{name}_rate", f"{name}_rate_low", f"{name}_rate_high"]
    for key in ("client_setup_s", "client_compute_s"):
        header.append(f"{key}_n")
        for q in QUANTILES:
            stem = f"{key}_p{round(100 * q)}"
            header += [stem, f"{stem}_low", f"{stem}_high"]
    for key in ("plaintext_exposed_bytes", "bytes_sent"):
        header += [f"{key}_mean", f"{key}_mean_low", f"{key}_mean_high"]
    header.append("command_of_first_run")
    counts, failures = data.counts(), data.failures()
    return header, [_summary_row(data, point, columns, counts[point], failures.get(point, 0))
                    for point in data.points]


def _summary_row(data: Dataset, point: int, columns: Sequence[str], counts: Mapping[str, int],
                 failed: int) -> List[object]:
    row: List[object] = [point, *(data.points[point][c] for c in columns), failed, counts["n"]]
    for name in records.PREDICATES:
        estimate = rate(counts[name], counts["n"])
        row += [counts[name], estimate.value, estimate.low, estimate.high]
    for key in ("client_setup_s", "client_compute_s"):
        sample = data.sample([point], key)
        row.append(sample.n)
        for estimate in quantiles(sample):
            row += [estimate.value, estimate.low, estimate.high]
    for key in ("plaintext_exposed_bytes", "bytes_sent"):
        estimate = mean(data.sample([point], key))
        row += [estimate.value, estimate.low, estimate.high]
    row.append(data.command(point))
    return row
