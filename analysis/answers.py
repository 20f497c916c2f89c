# SPDX-License-Identifier: GPL-2.0-only
"""What the numbers say, in a sentence computed from them."""

from __future__ import annotations

from typing import List, Sequence

from . import fields, numbers, records
from .dataset import Dataset, quantity
from .plot_spec import PlotSpec
from .statistics import Estimate


def share(estimate: Estimate) -> str:
    """A rate in per cent."""
    return f"{100 * estimate.value:.3g} %"


def amount(value: float, unit: str) -> str:
    """A number with its unit; times in milliseconds, to four digits."""
    if unit == "s":
        value, unit = value * 1e3, "ms"
    if unit == "RTT":
        return f"{value:.3f} RTT"
    return f"{value:.4g} {unit}".rstrip()


def statistic(name: str) -> str:
    """What a statistic is called in words."""
    return "median" if name == "p50" else name


def counted(values: Sequence[int]) -> str:
    """Sample sizes: 'n = 200', or their range."""
    low, high = min(values), max(values)
    return f"n = {low:,}" if low == high else f"n = {low:,} to {high:,}"


def answer(data: Dataset) -> str:
    """The answer of a scenario: what its first plot shows."""
    for spec in data.plots[:1]:
        sentence = _KINDS[spec.kind](data, spec)
        if sentence:
            return sentence
    totals = data.totals()
    return f"{totals['sessions']:,} sessions at {totals['points']:,} points are stored."


# Where a plot has panels, sentences speak of the first.


def _join(words: List[str]) -> str:
    """A list in a sentence; names may have commas of their own."""
    plain = sum(word.count(",") for word in words) == 0
    return (", " if plain else "; ").join(words)


def _matrix(data: Dataset, spec: PlotSpec) -> str:
    cells = numbers.matrix(data, spec)
    if not cells:
        return ""
    cells = [cell for cell in cells if cell.panel == cells[0].panel]
    where = f" ({spec.panels} {cells[0].panel})" if spec.panels else ""
    parts = []
    for column in dict.fromkeys(cell.column for cell in cells):
        mine = [cell for cell in cells if cell.column == column]
        hit = [cell.row + ("" if cell.successes == cell.rate.n else f" ({share(cell.rate)})")
               for cell in mine if cell.successes]
        parts.append(f"{column} with {_join(hit)}" if hit else f"{column} never")
    zero = [cell.rate.high for cell in cells if not cell.successes]
    bound = f"; where never, the rate is below {100 * max(zero):.2g} % at 95 %" if zero else ""
    return (f"{records.TITLES[spec.value].capitalize()}{where}: {'; '.join(parts)} "
            f"({counted([cell.rate.n for cell in cells])} a cell{bound}).")


def _cdf(data: Dataset, spec: PlotSpec) -> str:
    curves = numbers.cdf(data, spec)
    if not curves:
        return ""
    unit = records.MEASURES[spec.value]
    first = [c for c in curves if c.panel == curves[0].panel]
    parts = [f"{c.line} {amount(c.quantiles[0].value, unit)} (p99 "
             f"{amount(c.quantiles[-1].value, unit)})" for c in first]
    return (f"Median {records.TITLES[spec.value]}: {_join(parts)}; "
            f"{counted([c.sample.n for c in first])} each.")


def _line(data: Dataset, spec: PlotSpec) -> str:
    marks = numbers.line(data, spec)
    if not marks:
        return ""
    unit = ("RTT" if spec.x == "rtt" else "") if spec.per_x else records.MEASURES[spec.value]
    first = [m for m in marks if m.panel == marks[0].panel]
    parts = []
    for name in dict.fromkeys(m.line for m in first):
        mine = [m for m in first if m.line == name]
        parts.append(f"{name} {amount(mine[0].y.value, unit)} to {amount(mine[-1].y.value, unit)}")
    x_unit = quantity(first[0].level)[1]
    where = f" ({first[0].panel})" if spec.panels else ""
    return (f"{statistic(spec.statistic).capitalize()} {records.TITLES[spec.value]} from {spec.x} "
            f"{amount(first[0].x, x_unit)} to {amount(first[-1].x, x_unit)}{where}: "
            f"{_join(parts)}; {counted([m.y.n for m in first])} a point.")


def value_text(spec: PlotSpec, value: float) -> str:
    """A value of a band: a rate in per cent, or an amount."""
    if spec.value in records.PREDICATES:
        return f"{100 * value:.3g} %"
    return amount(value, records.MEASURES[spec.value])


def _band(data: Dataset, spec: PlotSpec) -> str:
    marks = fields.band(data, spec)
    if not marks:
        return ""
    first = [m for m in marks if m.panel == marks[0].panel]
    unit = quantity(data.levels[spec.x][0])[1] if spec.x in data.levels else ""
    parts = []
    for name in dict.fromkeys(m.line for m in first):
        mine = [m for m in first if m.line == name]
        parts.append(f"{name} {value_text(spec, mine[0].y.value)} to "
                     f"{value_text(spec, mine[-1].y.value)}")
    where = f" ({first[0].panel})" if spec.panels else ""
    what = records.TITLES[spec.value]
    if spec.value not in records.PREDICATES:
        what = f"{statistic(spec.statistic)} {what}"
    return (f"{what[0].upper()}{what[1:]} from {spec.x_title or spec.x} {amount(first[0].x, unit)} "
            f"to {amount(first[-1].x, unit)}{where}: {_join(parts)}; "
            f"{counted([m.y.n for m in first])} a point.")


def _surface(data: Dataset, spec: PlotSpec) -> str:
    spots = fields.surface(data, spec)
    if not spots:
        return ""
    what = records.TITLES[spec.value].capitalize()
    n = counted([spot.rate.n for spot in spots])
    held = sum(spot.successes == spot.rate.n for spot in spots)
    never = sum(spot.successes == 0 for spot in spots)
    text = f"{what} in every session at {held} and in none at {never} of {len(spots)} points"
    if spec.bound:
        right, sure = fields.agreement(spec, spots)
        text += (f"; as predicted (where {spec.x_title or spec.x} is {spec.holds} {spec.bound}) at "
                 f"{right} of {sure}")
    return f"{text}; {n} a point."


_KINDS = {"matrix": _matrix, "cdf": _cdf, "line": _line, "band": _band, "surface": _surface}
