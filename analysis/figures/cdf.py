# SPDX-License-Identifier: GPL-2.0-only
"""Distributions: the share of sessions above, the tail on a logarithmic axis below."""

from __future__ import annotations

from typing import Any, Dict, List, Mapping, Sequence, Tuple

import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator, NullLocator, PercentFormatter

from .. import records, style
from ..answers import amount, counted
from ..numbers import Curve
from ..plot_spec import PlotSpec
from ..statistics import QUANTILES, Floats
from . import tips
from .axes import is_wide, logarithmic, plain, scale, span

#: Heights at which lines are looked at to keep labels clear of them, and a label's distance.
_HEIGHTS = np.linspace(0.0, 1.0, 201)
_GAP = 0.015
#: Width of a bold character of a label (inches).
_CHARACTER = 0.058


def draw(spec: PlotSpec, curves: Sequence[Curve], strokes: Dict[str, style.Stroke]) -> Figure:
    """A column of a paper a panel; bands are 95 % over runs, labels carry the median."""
    panels = list(dict.fromkeys(curve.panel for curve in curves))
    width = style.COLUMN if len(panels) == 1 else style.TWO_COLUMNS
    figure = Figure(figsize=(width, 3.5), constrained_layout=True)
    grid = figure.add_gridspec(2, len(panels), height_ratios=(1.5, 1))
    factor, unit = scale(records.MEASURES[spec.value])
    every = np.concatenate([curve.grid for curve in curves]) * factor
    limits = span(float(every.min()), float(every.max()), 0.08)
    for number, panel in enumerate(panels):
        mine = [curve for curve in curves if curve.panel == panel]
        upper = figure.add_subplot(grid[0, number])
        lower = figure.add_subplot(grid[1, number], sharex=upper)
        measure = records.MEASURES[spec.value]
        _body(upper, mine, strokes, factor, limits, measure)
        _tail(lower, mine, strokes, factor, limits, measure)
        upper.set_xlim(limits)
        if is_wide(limits):
            upper.set_xscale("log")
            logarithmic(lower.xaxis, *limits)
        else:
            lower.xaxis.set_major_locator(MaxNLocator(5))
            lower.xaxis.set_major_formatter(FuncFormatter(plain))
        upper.tick_params(labelbottom=False)
        lower.set_xlabel(f"{records.TITLES[spec.value]} ({unit})")
        if number == 0:
            upper.set_ylabel("sessions up to this time" if unit == "ms" else "sessions up to this")
            lower.set_ylabel("sessions above (tail)")
        if panel:
            upper.set_title(panel)
        _labels(upper, mine, strokes, measure, factor, limits)
    title = f"{spec.title}\n"
    title += f"{counted([curve.sample.n for curve in curves])} sessions a line, "
    title += f"{_runs(curves)} runs, 95 % bands over runs"
    figure.suptitle(title, x=0.01, ha="left", fontsize=7)
    return figure


def _tip(curve: Curve, unit: str) -> str:
    panel = f" ({curve.panel})" if curve.panel else ""
    found = ", ".join(
        f"p{round(100 * q)} {amount(e.value, unit)} [{amount(e.low, unit)}, {amount(e.high, unit)}]"
        for q, e in zip(QUANTILES, curve.quantiles))
    return f"{curve.line}{panel}. {found}, n = {curve.sample.n:,}. Repeat: {curve.repeat}"


def _runs(curves: Sequence[Curve]) -> str:
    counts = [len(np.unique(curve.sample.runs)) for curve in curves]
    return f"{min(counts)}" if min(counts) == max(counts) else f"{min(counts)} to {max(counts)}"


def _steps(curve: Curve, factor: float, shares: Any, limits: Sequence[float]) -> Any:
    x = np.concatenate([[limits[0], curve.grid[0] * factor], curve.grid * factor, [limits[1]]])
    return x, np.concatenate([[0, 0], shares, [1]])


def _body(axes: Any, curves: Sequence[Curve], strokes: Dict[str, style.Stroke], factor: float,
          limits: Sequence[float], unit: str) -> None:
    for curve in curves:
        tips.spot(axes, curve.quantiles[0].value * factor, QUANTILES[0], _tip(curve, unit))
        x, y = _steps(curve, factor, curve.share, limits)
        _, low = _steps(curve, factor, curve.low, limits)
        _, high = _steps(curve, factor, curve.high, limits)
        axes.fill_between(x, low, high, step="post", color=strokes[curve.line].colour, alpha=0.25,
                          linewidth=0)
        axes.step(x, y, where="post", color=strokes[curve.line].colour,
                  linestyle=strokes[curve.line].dashes)
    axes.set_ylim(0, 1.02)
    axes.yaxis.set_major_formatter(PercentFormatter(1, symbol=" %"))


def _tail(axes: Any, curves: Sequence[Curve], strokes: Dict[str, style.Stroke], factor: float,
          limits: Sequence[float], unit: str) -> None:
    least = min(1 / curve.sample.n for curve in curves)
    for curve in curves:
        for q, estimate in zip(QUANTILES, curve.quantiles):
            tips.spot(axes, estimate.value * factor, 1 - q, _tip(curve, unit))
        floor = 1e-12
        x, y = _steps(curve, factor, curve.share, limits)
        _, low = _steps(curve, factor, curve.low, limits)
        _, high = _steps(curve, factor, curve.high, limits)
        axes.fill_between(x, np.maximum(1 - high, floor), np.maximum(1 - low, floor), step="post",
                          color=strokes[curve.line].colour, alpha=0.25, linewidth=0)
        axes.step(x, np.where(y < 1 - 1e-12, 1 - y, floor), where="post",
                  color=strokes[curve.line].colour, linestyle=strokes[curve.line].dashes)
    axes.set_yscale("log")
    axes.set_ylim(least / 1.5, 1.3)
    axes.yaxis.set_minor_locator(NullLocator())
    shares = [share for share in (1.0, 0.1, 0.01, 0.001, 1e-4, 1e-5) if share >= least / 1.5]
    axes.set_yticks(shares, [f"{100 * share:g} %" for share in shares])


def _labels(axes: Any, curves: Sequence[Curve], strokes: Dict[str, style.Stroke], unit: str,
            factor: float, limits: Sequence[float]) -> None:
    """Names with their medians, each beside its own line and clear of all lines and labels."""
    lines = {curve.line: _along(np.interp(_HEIGHTS, curve.share, curve.grid) * factor, limits)
             for curve in curves}
    inches = axes.figure.get_figwidth() / len(axes.figure.axes) * 2 - 0.75
    taken: List[Tuple[float, float, float, float]] = []
    for curve in sorted(curves, key=lambda c: -c.quantiles[0].value):
        text = f"{curve.line}\n{amount(curve.quantiles[0].value, unit)}"
        size = (max(map(len, text.split("\n"))) * _CHARACTER / inches, 0.125)
        x, y, left = _free_place(lines, curve.line, size, taken)
        taken.append((x, y - size[1] / 2, x + size[0], y + size[1] / 2))
        axes.text(x if left else x + size[0], y, text, transform=axes.transAxes,
                  ha="left" if left else "right", va="center", color=strokes[curve.line].colour,
                  fontsize=6.5, fontweight="bold", linespacing=1.05)


def _along(x: Floats, limits: Sequence[float]) -> Floats:
    """Where values are on the axis, as shares of its length."""
    if is_wide(limits):
        return np.asarray(np.log(x / limits[0]) / np.log(limits[1] / limits[0]))
    return np.asarray((x - limits[0]) / (limits[1] - limits[0]))


def _free_place(lines: Mapping[str, Floats], name: str, size: Tuple[float, float],
                taken: Sequence[Tuple[float, float, float, float]]) -> Tuple[float, float, bool]:
    """Where a label's left edge and middle go (shares of the axes), and whether it is right of
    its line; the place with the least overlap, the middle heights and the right side first."""
    best: Tuple[float, float, float, bool] = (np.inf, 0.0, 0.5, True)
    for y in (0.5, 0.6, 0.4, 0.7, 0.3, 0.8, 0.2, 0.87, 0.13):
        near = np.abs(_HEIGHTS - y) <= size[1] / 2
        for right in (True, False):
            mine = lines[name][near]
            x = mine.max() + _GAP if right else mine.min() - _GAP - size[0]
            cost = 100.0 if x < 0 or x + size[0] > 1 else 0.0
            cost += sum(np.sum((line[near] > x - _GAP / 2) & (line[near] < x + size[0] + _GAP / 2))
                        for line in lines.values())
            cost += sum(20 for a, b, c, d in taken if a < x + size[0] and x < c
                        and b < y + size[1] / 2 and y - size[1] / 2 < d)
            if cost < best[0]:
                best = (cost, float(x), y, right)
    return best[1:]
