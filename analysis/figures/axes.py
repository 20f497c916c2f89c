# SPDX-License-Identifier: GPL-2.0-only
"""Units and ticks that plots share."""

from __future__ import annotations

from typing import Any, Sequence, Tuple

import numpy as np
from matplotlib.ticker import FixedLocator, FuncFormatter, LogLocator, NullFormatter


def scale(unit: str) -> Tuple[float, str]:
    """What base units are multiplied by on an axis, and the unit there."""
    return (1e3, "ms") if unit == "s" else (1.0, unit)


def panel_title(column: str, level: str) -> str:
    """What a panel shows; a number needs its column's name, words speak for themselves."""
    return f"{column} {level}" if level[:1].isdigit() else level


def plain(value: float, _: object = None) -> str:
    """A tick without powers of ten where a short number says it."""
    return f"{value:,.6g}"


def logarithmic(axis: Any, low: float, high: float) -> None:
    """A logarithmic axis with readable numbers: more of them where the range is short."""
    decades = np.log10(high / low)
    subs: Tuple[float, ...] = (1, 2, 3, 4, 5, 6, 7, 8) if decades < 0.9 else (
        (1, 2, 5) if decades < 2.2 else (1,))

    def inside(chosen: Tuple[float, ...]) -> FixedLocator:
        values = LogLocator(subs=chosen, numticks=99).tick_values(low, high)
        return FixedLocator([value for value in values if low <= value <= high])
    axis.set_major_locator(inside(subs))
    axis.set_minor_locator(inside(tuple(range(1, 10))))
    axis.set_major_formatter(FuncFormatter(plain))
    axis.set_minor_formatter(NullFormatter())


def is_wide(limits: Sequence[float]) -> bool:
    """Whether a range is better shown on a logarithmic axis."""
    return limits[1] > 1.5 * limits[0] > 0


def span(low: float, high: float, margin: float = 0.04) -> Tuple[float, float]:
    """Limits of a logarithmic axis around values, by a share of its length."""
    if high <= low:
        return low / 1.25, high * 1.25
    factor = float((high / low) ** margin)
    return low / factor, high * factor
