# SPDX-License-Identifier: GPL-2.0-only
"""Tables of each plot's numbers, with intervals and n, for the terminal and for pages."""

from __future__ import annotations

from dataclasses import dataclass
from typing import List, Tuple

from . import numbers, records
from .answers import amount, counted, statistic
from .dataset import UNREAD_MISMATCH, Dataset
from .files import text_table
from .plot_spec import PlotSpec
from .statistics import QUANTILES, Estimate

_SIGNS = {UNREAD_MISMATCH: ("\u2260", "keys differ, unread"), "detected": ("\u2020", "detected"),
          "denied": ("\u2021", "denied")}


def interval(estimate: Estimate, unit: str) -> str:
    """An estimate with its interval, left out where it has no width."""
    if estimate.n == 0:
        return "-"
    if estimate.low == estimate.high:
        return amount(estimate.value, unit)
    low, high = amount(estimate.low, unit), amount(estimate.high, unit)
    return f"{amount(estimate.value, unit)} [{low.split()[0]}, {high.split()[0]}]"


@dataclass(frozen=True)
class Grid:
    """One panel's table, as text."""

    panel: str
    header: List[str]
    rows: List[List[str]]


def grids(data: Dataset, spec: PlotSpec) -> Tuple[str, List[Grid]]:
    """What the numbers of a plot are, and a table a panel; none where there is no session."""
    return _KINDS[spec.kind](data, spec)


def table(data: Dataset, spec: PlotSpec) -> str:
    """The table of one plot for the terminal."""
    note, found = grids(data, spec)
    if not found:
        return f"{spec.title}\nno session to show"
    bodies = [(f"{spec.panels} = {grid.panel}\n" if grid.panel else "")
              + text_table(grid.header, grid.rows) for grid in found]
    return f"{spec.title}\n{note}\n" + "\n\n".join(bodies)


def _matrix(data: Dataset, spec: PlotSpec) -> Tuple[str, List[Grid]]:
    cells = numbers.matrix(data, spec)
    found = []
    panels = list(dict.fromkeys(cell.panel for cell in cells))
    for panel in panels:
        mine = {(c.row, c.column): c for c in cells if c.panel == panel}
        columns = list(dict.fromkeys(column for _, column in mine))
        rows = []
        for row in dict.fromkeys(row for row, _ in mine):
            line = [row]
            for column in columns:
                cell = mine.get((row, column))
                line.append(_matrix_cell(cell) if cell else "")
            rows.append(line)
        found.append(Grid(panel, [spec.rows, *columns], rows))
    if not cells:
        return "", []
    note = (f"{records.TITLES[spec.value]}: sessions out of {counted([c.rate.n for c in cells])} "
            "a cell, Wilson interval at 95 %")
    signs = [f"{sign} {text}" for name, (sign, text) in _SIGNS.items()
             if any(cell.marks[name] for cell in cells)]
    note += f"\nin some or all sessions: {', '.join(signs)}" if signs else ""
    return note, found


def _matrix_cell(cell: numbers.Cell) -> str:
    signs = "".join(sign for name, (sign, _) in _SIGNS.items() if cell.marks[name])
    return (f"{cell.successes}/{cell.rate.n} [{100 * cell.rate.low:.1f}, "
            f"{100 * cell.rate.high:.1f}] % {signs:1}")


def _cdf(data: Dataset, spec: PlotSpec) -> Tuple[str, List[Grid]]:
    curves = numbers.cdf(data, spec)
    unit = records.MEASURES[spec.value]
    header = [spec.lines, "n", *(f"p{round(100 * q)}" for q in QUANTILES)]
    found = []
    for panel in dict.fromkeys(curve.panel for curve in curves):
        found.append(Grid(panel, header, [
            [c.line, f"{c.sample.n:,}", *(interval(e, unit) for e in c.quantiles)]
            for c in curves if c.panel == panel]))
    return f"{records.TITLES[spec.value]}, bootstrap interval over runs at 95 %", found


def _line(data: Dataset, spec: PlotSpec) -> Tuple[str, List[Grid]]:
    marks = numbers.line(data, spec)
    unit = spec.x.upper() if spec.per_x else records.MEASURES[spec.value]
    found = []
    for panel in dict.fromkeys(mark.panel for mark in marks):
        mine = {(m.level, m.line): m for m in marks if m.panel == panel}
        lines = list(dict.fromkeys(m.line for m in marks if m.panel == panel))
        levels = [m.level for m in sorted(mine.values(), key=lambda m: m.x)]
        rows = [[level, *(interval(mine[level, name].y, unit) if (level, name) in mine else ""
                          for name in lines)] for level in dict.fromkeys(levels)]
        found.append(Grid(panel, [spec.x, *lines], rows))
    if not marks:
        return "", []
    return (f"{statistic(spec.statistic)} {records.TITLES[spec.value]}, bootstrap interval over "
            f"runs at 95 %; {counted([mark.y.n for mark in marks])} a point"), found


_KINDS = {"matrix": _matrix, "cdf": _cdf, "line": _line}
