# SPDX-License-Identifier: GPL-2.0-only
"""Rates of a predicate as a table of filled and empty cells."""

from __future__ import annotations

import math
from typing import Any, Dict, List, Sequence, Tuple

from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from .. import records, style
from ..answers import counted, share
from ..dataset import UNREAD_MISMATCH
from ..numbers import Cell
from ..plot_spec import PlotSpec
from . import tips

_CELL_HEIGHT, _SMALL_CELL_HEIGHT = 0.29, 0.17
_NAMES_WIDTH = 0.42
#: What a cell says besides its count, in the order of numbers.MARKS.
_MARKS = {"mitm": "both ends read", UNREAD_MISMATCH: "keys differ", "detected": "detected",
          "denied": "denied"}
#: More columns than this are narrow: names on two lines, marks in smaller print.
_MANY_COLUMNS = 8
#: Short forms in small panels.
_SIGNS = {UNREAD_MISMATCH: "\u2260", "detected": "\u2020", "denied": "\u2021"}


def draw(spec: PlotSpec, cells: Sequence[Cell]) -> Figure:
    """A panel, or small panels side by side. Filled: the predicate holds; empty: it never does."""
    panels = list(dict.fromkeys(cell.panel for cell in cells))
    rows = list(dict.fromkeys(cell.row for cell in cells))
    columns = list(dict.fromkeys(cell.column for cell in cells))
    small = len(panels) > 1
    narrow = len(columns) > _MANY_COLUMNS
    side_by_side = 1 if narrow else 3 if len(columns) <= 4 else 2
    across = min(len(panels), side_by_side) if small else 1
    down = math.ceil(len(panels) / across)
    width = style.TWO_COLUMNS if small or len(columns) > 4 else style.COLUMN
    height = len(rows) * (_SMALL_CELL_HEIGHT if small else _CELL_HEIGHT)
    head = (0.34 if small else 0.2) + (0.1 if narrow else 0)
    total = down * (height + head) + 0.3 + _foot(spec)
    figure = Figure(figsize=(width, total))
    for number, panel in enumerate(panels):
        left = number % across / across
        top = 1 - (0.3 + (number // across) * (height + head) + head) / total
        axes = figure.add_axes((left + _NAMES_WIDTH / width, top - height / total,
                                1 / across - (_NAMES_WIDTH + 0.08) / width, height / total))
        _panel(axes, [c for c in cells if c.panel == panel], rows, columns, small,
               spec.value)
        if small:
            axes.text(0, 1 + (head - 0.1) / height, panel, transform=axes.transAxes, fontsize=7,
                      fontweight="bold", ha="left", va="center")
    title = records.TITLES[spec.value]
    figure.text(0.06 / width, 1 - 0.06 / total, spec.title, fontsize=7.5, fontweight="bold",
                va="top")
    figure.text(0.06 / width, 1 - 0.2 / total,
                f"{title}: sessions out of {counted([c.rate.n for c in cells])} a cell",
                va="top", color=style.SOFT, fontsize=6.2)
    _key(figure, spec, width, total, cells)
    return figure


def _foot(spec: PlotSpec) -> float:
    """Height of what is below the panels (inches)."""
    return 0.38 if spec.rows == "threat" else 0.26


def _key(figure: Figure, spec: PlotSpec, width: float, total: float,
         cells: Sequence[Cell]) -> None:
    """What filled and empty mean, and how threats are written, below the panels."""
    foot = _foot(spec)
    axes = figure.add_axes((0, 0, 1, foot / total))
    axes.set_xlim(0, width)
    axes.set_ylim(0, foot)
    axes.axis("off")
    y = foot - 0.16
    partly = any(0 < cell.successes < cell.rate.n for cell in cells)
    fills = [(style.EXPOSED, "in every session"), (style.RESISTED, "in none")]
    x = 0.08
    for fill, text in fills + ([(style.PARTLY, "in some")] if partly else []):
        axes.add_patch(Rectangle((x, y - 0.05), 0.13, 0.1, facecolor=fill, edgecolor=style.SOFT,
                                 linewidth=0.5))
        axes.text(x + 0.18, y, text, va="center", fontsize=6)
        x += 0.3 + 0.05 * len(text)
    signs = [f"{sign} {_MARKS[mark]}" for mark, sign in _SIGNS.items()
             if spec.panels and any(cell.marks[mark] for cell in cells)]
    axes.text(x, y, "   ".join(signs), va="center", fontsize=6)
    if spec.rows == "threat":
        axes.text(0.08, y - 0.14, "path by path: N no attacker, P passive, A active; "
                  "- in one coalition, / apart", va="center", fontsize=5.6, color=style.SOFT)


def _panel(axes: Any, cells: Sequence[Cell], rows: Sequence[str], columns: Sequence[str],
           small: bool, value: str) -> None:
    axes.set_xlim(0, len(columns))
    axes.set_ylim(len(rows), 0)
    axes.grid(False)
    for spine in axes.spines.values():
        spine.set_visible(False)
    axes.tick_params(length=0, top=False, labeltop=True, labelbottom=False, pad=2)
    narrow = len(columns) > _MANY_COLUMNS
    names = [_on_two_lines(name) if narrow else name for name in columns]
    print_size = {"fontsize": 5.6} if narrow else {}
    axes.set_xticks([i + 0.5 for i in range(len(columns))], names, **print_size)
    axes.set_yticks([i + 0.5 for i in range(len(rows))], rows)
    places: Dict[Tuple[str, str], Cell] = {(c.row, c.column): c for c in cells}
    for y, row in enumerate(rows):
        for x, column in enumerate(columns):
            cell = places.get((row, column))
            if cell:
                _cell(axes, x, y, cell, small, narrow)
                tips.area(axes, x, y, 1, 1, _tip(cell, value))


def _tip(cell: Cell, value: str) -> str:
    marks = "".join(f", {_MARKS[mark]}: {cell.marks[mark]}" for mark in _marks(cell))
    panel = f" ({cell.panel})" if cell.panel else ""
    return (f"{cell.row}, {cell.column}{panel}. {records.TITLES[value]}: {cell.successes} of "
            f"{cell.rate.n} sessions, {share(cell.rate)} [{100 * cell.rate.low:.1f}, "
            f"{100 * cell.rate.high:.1f}]{marks}. Repeat: {cell.repeat}")


def _on_two_lines(name: str) -> str:
    """A name broken at its first gap, or behind its first hyphen."""
    return name.replace(" ", "\n", 1) if " " in name else name.replace("-", "-\n", 1)


def _cell(axes: Any, x: int, y: int, cell: Cell, small: bool, narrow: bool) -> None:
    every, some = cell.successes == cell.rate.n, cell.successes > 0
    fill = style.EXPOSED if every else style.PARTLY if some else style.RESISTED
    ink = "white" if every else style.INK
    axes.add_patch(Rectangle((x + 0.02, y + 0.04), 0.96, 0.92, facecolor=fill,
                             edgecolor=style.SOFT, linewidth=0.5))
    weight = "bold" if some else "normal"
    number = f"{cell.successes}/{cell.rate.n}"
    marks = _marks(cell)
    if small:
        # A panel that repeats a larger plot's cells keeps the count and a sign a mark.
        letters = "".join(" " + _SIGNS[mark] for mark in marks if mark in _SIGNS)
        axes.text(x + 0.5, y + 0.53, number + letters, ha="center", va="center", color=ink,
                  fontsize=6, fontweight=weight)
        return
    middle = 0.52 if not marks else 0.33
    axes.text(x + 0.5, y + middle, number, ha="center", va="center", color=ink, fontsize=7,
              fontweight=weight)
    if marks:
        text = (",\n" if narrow else ", ").join(
            _MARKS[m] + ("" if cell.marks[m] == cell.rate.n else f" {cell.marks[m]}")
            for m in marks)
        size = 5.4 if not narrow else 4.4 if len(marks) == 1 else 3.4
        axes.text(x + 0.5, y + 0.73, text, ha="center", va="center", color=ink, fontsize=size,
                  linespacing=0.9)


def _marks(cell: Cell) -> List[str]:
    return [mark for mark in _MARKS if cell.marks.get(mark)]
