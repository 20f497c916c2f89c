# SPDX-License-Identifier: GPL-2.0-only
"""A rate or a statistic along an option's value, with bands."""

from __future__ import annotations

import math
from typing import Any, Dict, List, Sequence

import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator, PercentFormatter

from .. import records, style
from ..answers import counted, statistic, value_text
from ..numbers import Mark
from ..plot_spec import PlotSpec
from . import tips
from .axes import panel_title, plain, scale

#: Height of a label (inches).
_LABEL = 0.115


def draw(spec: PlotSpec, marks: Sequence[Mark], x_unit: str, strokes: Dict[str, style.Stroke]
         ) -> Figure:
    """Panels side by side with the same linear axes; bands are 95 %, names at the right ends."""
    panels = list(dict.fromkeys(mark.panel for mark in marks))
    names = list(dict.fromkeys(mark.line for mark in marks))
    across = min(len(panels), 3)
    down = math.ceil(len(panels) / across)
    width = style.COLUMN if across == 1 else style.TWO_COLUMNS
    figure = Figure(figsize=(width, 0.5 + 2.1 * down), constrained_layout=True)
    axes = figure.subplots(down, across, sharex=True, sharey=True, squeeze=False).ravel()
    x_factor, x_unit = scale(x_unit)
    is_rate = spec.value in records.PREDICATES
    y_factor, y_unit = (1.0, "") if is_rate else scale(records.MEASURES[spec.value])
    xs = np.array([mark.x for mark in marks]) * x_factor
    room = 0.3 if across == 1 else 0.42
    span = float(np.ptp(xs)) or 1.0
    top = 1.0 if is_rate else 1.05 * max(mark.y.high for mark in marks) * y_factor
    for place, panel in zip(axes, panels):
        place.set_title(panel_title(spec.panels, panel))
        place.set_xlim(xs.min() - 0.03 * span, xs.max() + room * span)
        place.set_ylim(-0.03 * top, 1.03 * top)
        place.spines.bottom.set_bounds(xs.min(), xs.max())
        place.xaxis.set_major_locator(_inside(xs))
        place.xaxis.set_major_formatter(FuncFormatter(plain))
        if is_rate:
            place.yaxis.set_major_formatter(PercentFormatter(1, symbol=" %"))
        place.set_xlabel((spec.x_title or spec.x) + (f" ({x_unit})" if x_unit else ""))
        _panel(place, [m for m in marks if m.panel == panel], names, strokes, (x_factor, y_factor),
               spec)
    for place in axes[len(panels):]:
        place.set_visible(False)
    what = records.TITLES[spec.value]
    label = what if is_rate else f"{statistic(spec.statistic)} {what} ({y_unit})"
    for row in range(down):
        axes[row * across].set_ylabel(label)
    how = "Wilson" if is_rate else "over runs"
    figure.suptitle(f"{spec.title}\n{counted([m.y.n for m in marks])} sessions a mark, bands: "
                    f"95 % {how}", x=0.01, ha="left", fontsize=7)
    return figure


def _inside(xs: Any) -> Any:
    """Ticks at round values that lie where there is data."""
    class Inside(MaxNLocator):  # type: ignore[misc]
        def tick_values(self, low: float, high: float) -> Any:
            slack = 1e-9 * (float(np.ptp(xs)) or 1.0)
            ticks = super().tick_values(xs.min(), xs.max())
            return [t for t in ticks if xs.min() - slack <= t <= xs.max() + slack]
    return Inside(5, steps=[1, 2, 2.5, 5, 10])


def _panel(axes: Any, marks: Sequence[Mark], names: Sequence[str],
           strokes: Dict[str, style.Stroke], factors: Sequence[float], spec: PlotSpec) -> None:
    ends: List[Mark] = []
    for name in names:
        mine = [mark for mark in marks if mark.line == name]
        if not mine:
            continue
        ends.append(mine[-1])
        x = np.array([mark.x for mark in mine]) * factors[0]
        y, low, high = (np.array([getattr(mark.y, key) for mark in mine]) * factors[1]
                        for key in ("value", "low", "high"))
        axes.fill_between(x, low, high, color=strokes[name].colour, alpha=0.2, linewidth=0)
        axes.plot(x, y, color=strokes[name].colour, linestyle=strokes[name].dashes,
                  marker=strokes[name].marker)
        for mark in mine:
            tips.spot(axes, mark.x * factors[0], mark.y.value * factors[1], _tip(spec, mark))
    bottom, top = axes.get_ylim()
    gap = _LABEL * (top - bottom) / (1.35 if len(axes.figure.axes) <= 3 else 1.2)
    places = style.spread([mark.y.value * factors[1] for mark in ends], gap, bottom, top)
    offset = 0.03 * (axes.get_xlim()[1] - axes.get_xlim()[0])
    for mark, place in zip(ends, places):
        axes.text(mark.x * factors[0] + offset, place, mark.line, va="center",
                  color=strokes[mark.line].colour, fontsize=6.5, fontweight="bold")


def _tip(spec: PlotSpec, mark: Mark) -> str:
    panel = f" ({mark.panel})" if mark.panel else ""
    return (f"{mark.line}, {spec.x_title or spec.x} {mark.level}{panel}. "
            f"{records.TITLES[spec.value]}: {value_text(spec, mark.y.value)} "
            f"[{value_text(spec, mark.y.low)}, {value_text(spec, mark.y.high)}], "
            f"n = {mark.y.n:,}. Repeat: {mark.repeat}")
