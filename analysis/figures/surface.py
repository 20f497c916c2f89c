# SPDX-License-Identifier: GPL-2.0-only
"""Rates of a predicate over two options, with the line where theory has it change."""

from __future__ import annotations

import math
from typing import Any, Mapping, Sequence, Tuple

import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator

from .. import records, style
from ..answers import counted, share
from ..dataset import quantity
from ..fields import Spot
from ..plot_spec import PlotSpec
from . import tips
from .axes import is_wide, logarithmic, panel_title, plain, scale, span

_LINE = "#0072B2"
#: Height of what is below the panels (inches).
_FOOT = 0.3


#: A line of theory, in base units.
Line = Sequence[Tuple[float, float]]


def draw(spec: PlotSpec, spots: Sequence[Spot], theory: Mapping[str, Line]) -> Figure:
    """Panels side by side with the same axes. Filled: in every session; empty: in none."""
    panels = list(dict.fromkeys(spot.panel for spot in spots))
    across = min(len(panels), 3)
    down = math.ceil(len(panels) / across)
    width = style.COLUMN if across == 1 else style.TWO_COLUMNS
    height = 0.5 + 2.2 * down
    figure = Figure(figsize=(width, height), constrained_layout=True)
    figure.get_layout_engine().set(rect=(0, _FOOT / height, 1, 1 - _FOOT / height))
    axes = figure.subplots(down, across, sharex=True, sharey=True, squeeze=False).ravel()
    x_factor, x_unit = scale(quantity(spots[0].levels[0])[1])
    y_factor, y_unit = scale(quantity(spots[0].levels[1])[1])
    xs = np.array([spot.x for spot in spots]) * x_factor
    ys = np.array([spot.y for spot in spots]) * y_factor
    for place, panel in zip(axes, panels):
        _axis(place, "x", xs)
        _axis(place, "y", ys)
        place.grid(False)
        place.set_title(panel_title(spec.panels, panel))
        place.set_xlabel((spec.x_title or spec.x) + (f" ({x_unit})" if x_unit else ""))
        line = np.array(theory.get(panel, [])).reshape(-1, 2) * (x_factor, y_factor)
        place.plot(line[:, 0], line[:, 1], color=_LINE, linestyle="-", zorder=3)
        _panel(place, [s for s in spots if s.panel == panel], (x_factor, y_factor), spec)
    for place in axes[len(panels):]:
        place.set_visible(False)
    for row in range(down):
        axes[row * across].set_ylabel((spec.y_title or spec.y) + (f" ({y_unit})" if y_unit else ""))
    figure.suptitle(f"{spec.title}\n{records.TITLES[spec.value]}: "
                    f"{counted([s.rate.n for s in spots])} sessions a point", x=0.01, ha="left",
                    fontsize=7)
    _key(figure, spec, width, height)
    return figure


def _axis(axes: Any, which: str, values: Any) -> None:
    """Logarithmic where the range is wide and has no zero, else linear."""
    axis = getattr(axes, f"{which}axis")
    if values.min() > 0 and is_wide((values.min(), values.max())):
        limits = span(float(values.min()), float(values.max()), 0.08)
        getattr(axes, f"set_{which}scale")("log")
        logarithmic(axis, *limits)
    else:
        margin = 0.08 * (float(np.ptp(values)) or 1.0)
        limits = (float(values.min()) - margin, float(values.max()) + margin)
        axis.set_major_locator(MaxNLocator(5))
        axis.set_major_formatter(FuncFormatter(plain))
    getattr(axes, f"set_{which}lim")(limits)


def _panel(axes: Any, spots: Sequence[Spot], factors: Sequence[float], spec: PlotSpec) -> None:
    for spot in spots:
        x, y = spot.x * factors[0], spot.y * factors[1]
        axes.plot([x], [y], marker="s", markersize=4.5, markeredgecolor=style.INK, linestyle="",
                  markeredgewidth=0.5, markerfacecolor=_fill(spot), zorder=4)
        tips.spot(axes, x, y, _tip(spec, spot))


def _fill(spot: Spot) -> str:
    if spot.successes in (0, spot.rate.n):
        return style.EXPOSED if spot.successes else style.RESISTED
    return style.PARTLY


def _tip(spec: PlotSpec, spot: Spot) -> str:
    panel = f", {spec.panels} {spot.panel}" if spot.panel else ""
    predicted = {None: "", True: ", predicted in every one",
                 False: ", predicted in none"}[spot.predicted(spec.holds)]
    return (f"{spec.x} {spot.levels[0]}, {spec.y} {spot.levels[1]}{panel}. "
            f"{records.TITLES[spec.value]}: {spot.successes} of {spot.rate.n} sessions, "
            f"{share(spot.rate)} [{100 * spot.rate.low:.1f}, {100 * spot.rate.high:.1f}]"
            f"{predicted}. Repeat: {spot.repeat}")


def _key(figure: Figure, spec: PlotSpec, width: float, height: float) -> None:
    """What the fillings and the line mean, below the panels."""
    axes = figure.add_axes((0, 0, 1, _FOOT / height))
    axes.set_in_layout(False)
    axes.set_xlim(0, width)
    axes.set_ylim(0, _FOOT)
    axes.axis("off")
    x, y = 0.12, _FOOT / 2
    for fill, text in ((style.EXPOSED, "in every session"), (style.PARTLY, "in some"),
                       (style.RESISTED, "in none")):
        axes.plot([x], [y], marker="s", markersize=4.5, markeredgecolor=style.INK,
                  markeredgewidth=0.5, markerfacecolor=fill)
        axes.text(x + 0.08, y, text, va="center", fontsize=6)
        x += 0.2 + 0.05 * len(text)
    if spec.bound:
        axes.plot([x - 0.03, x + 0.17], [y, y], color=_LINE)
        axes.text(x + 0.22, y, f"predicted: {spec.bound}", va="center", fontsize=6, color=_LINE)
