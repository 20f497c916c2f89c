# SPDX-License-Identifier: GPL-2.0-only
"""A statistic against an option's value, on logarithmic axes."""

from __future__ import annotations

import math
from typing import Any, Dict, List, Sequence, Tuple

import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator

from .. import records, style
from ..answers import amount, counted, statistic
from ..dataset import quantity
from ..numbers import Mark
from ..plot_spec import PlotSpec
from . import tips
from .axes import logarithmic, plain, scale, span

#: Ratios that span less than this are drawn from zero, on a linear axis.
_LINEAR_UP_TO = 20
_AXIS_TITLES = {"rtt": "round-trip time of path 1"}


def draw(spec: PlotSpec, marks: Sequence[Mark], strokes: Dict[str, style.Stroke]) -> Figure:
    """Panels side by side with the same axes; bars are 95 % intervals, names stand at the ends."""
    panels = list(dict.fromkeys(mark.panel for mark in marks))
    names = list(dict.fromkeys(mark.line for mark in marks))
    across = min(len(panels), 3)
    down = math.ceil(len(panels) / across)
    width = style.COLUMN if across == 1 else style.TWO_COLUMNS
    figure = Figure(figsize=(width, 0.5 + 2.1 * down), constrained_layout=True)
    axes = figure.subplots(down, across, sharex=True, sharey=True, squeeze=False).ravel()
    x_factor, x_unit = scale(quantity(marks[0].level)[1])
    y_factor, y_unit = _y_scale(spec)
    for place, panel in zip(axes, panels):
        mine = [mark for mark in marks if mark.panel == panel]
        _panel(place, mine, names, strokes, (x_factor, y_factor))
        for mark in mine:
            tips.spot(place, mark.x * x_factor, mark.y.value * y_factor, _tip(spec, mark))
        place.set_title(panel)
        place.set_xlabel(f"{_AXIS_TITLES.get(spec.x, spec.x)}" + (f" ({x_unit})" if x_unit else ""))
    for place in axes[len(panels):]:
        place.set_visible(False)
    x_limits = span(*_range([mark.x * x_factor for mark in marks]))
    y_low, y_high = _range([y * y_factor for mark in marks for y in (mark.y.low, mark.y.high)])
    y_limits = span(y_low, y_high, 0.08)
    room = (x_limits[1] / x_limits[0]) ** (0.16 if across == 1 else 0.24)
    for place in axes[:len(panels)]:
        place.set_xscale("log")
        place.set_xlim(x_limits[0], x_limits[1] * room)
        place.spines.bottom.set_bounds(*x_limits)
        logarithmic(place.xaxis, *x_limits)
        if spec.per_x and y_high < _LINEAR_UP_TO * y_low:
            place.set_ylim(0, 1.06 * y_high)
            place.yaxis.set_major_locator(MaxNLocator(6, steps=[1, 2, 5, 10]))
            place.yaxis.set_major_formatter(FuncFormatter(plain))
        else:
            place.set_yscale("log")
            place.set_ylim(y_limits)
            logarithmic(place.yaxis, *y_limits)
        _labels(place, [m for m in marks if m.panel == place.get_title(loc="left")], names,
                strokes, (x_factor, y_factor))
    for row in range(down):
        axes[row * across].set_ylabel(f"{statistic(spec.statistic)} {records.TITLES[spec.value]}\n"
                                      f"({y_unit})")
    figure.suptitle(f"{spec.title}\n{counted([m.y.n for m in marks])} sessions a mark, bars: "
                    "95 % over runs", x=0.01, ha="left", fontsize=7)
    return figure


def _tip(spec: PlotSpec, mark: Mark) -> str:
    unit = spec.x.upper() if spec.per_x else records.MEASURES[spec.value]
    panel = f" ({mark.panel})" if mark.panel else ""
    return (f"{mark.line}, {spec.x} {mark.level}{panel}. {statistic(spec.statistic)} "
            f"{records.TITLES[spec.value]}: {amount(mark.y.value, unit)} "
            f"[{amount(mark.y.low, unit)}, {amount(mark.y.high, unit)}], n = {mark.y.n:,}. "
            f"Repeat: {mark.repeat}")


def _y_scale(spec: PlotSpec) -> Any:
    if spec.per_x:
        return 1.0, "in round-trip times of path 1" if spec.x == "rtt" else f"per {spec.x}"
    return scale(records.MEASURES[spec.value])


def _range(values: Sequence[float]) -> Tuple[float, float]:
    good = [value for value in values if np.isfinite(value) and value > 0]
    return (min(good), max(good)) if good else (0.1, 1.0)


def _panel(axes: Any, marks: Sequence[Mark], names: Sequence[str], strokes: Dict[str, style.Stroke],
           factors: Sequence[float]) -> None:
    for name in names:
        mine = [mark for mark in marks if mark.line == name]
        x = np.array([mark.x for mark in mine]) * factors[0]
        y = np.array([mark.y.value for mark in mine]) * factors[1]
        low = np.array([mark.y.low for mark in mine]) * factors[1]
        high = np.array([mark.y.high for mark in mine]) * factors[1]
        axes.errorbar(x, y, yerr=(np.maximum(y - low, 0), np.maximum(high - y, 0)),
                      color=strokes[name].colour, linestyle=strokes[name].dashes,
                      marker=strokes[name].marker, capsize=1.5, elinewidth=0.7)


def _labels(axes: Any, marks: Sequence[Mark], names: Sequence[str],
            strokes: Dict[str, style.Stroke], factors: Sequence[float]) -> None:
    """Names at the right ends, moved apart where ends meet."""
    ends: List[Mark] = [[m for m in marks if m.line == name][-1] for name in names
                        if any(m.line == name for m in marks)]
    logarithmic_y = axes.get_yscale() == "log"

    def forth(value: float) -> float:
        return math.log(value) if logarithmic_y else value

    def back(value: float) -> float:
        return math.exp(value) if logarithmic_y else value
    low, high = (forth(limit) for limit in axes.get_ylim())
    height = axes.figure.get_figheight() * 0.62 / (1 if len(axes.figure.axes) <= 3 else 2)
    gap = 0.115 * (high - low) / height
    places = style.spread([forth(mark.y.value * factors[1]) for mark in ends], gap, low, high)
    for mark, place in zip(ends, places):
        axes.annotate(mark.line, (mark.x * factors[0], mark.y.value * factors[1]),
                      xytext=(mark.x * factors[0] * 1.25, back(place)), textcoords="data",
                      va="center", color=strokes[mark.line].colour, fontsize=6.5, fontweight="bold")
