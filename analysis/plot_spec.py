# SPDX-License-Identifier: GPL-2.0-only
"""The [[plots]] entries of a scenario, checked."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Callable, Collection, Dict, List, Mapping, NoReturn, Sequence, Tuple

from .expression import BadExpression, Expression
from .records import MEASURES, PREDICATES
from .toml_lines import TomlPath

Refuse = Callable[[TomlPath, str], NoReturn]

STATISTICS = ("p50", "p95", "p99", "mean")
_FILE = re.compile(r"[a-z][a-z0-9-]*\Z")

#: Keys of each kind: those that must be given, those that may be given.
KINDS: Dict[str, Tuple[Tuple[str, ...], Tuple[str, ...]]] = {
    "matrix": (("rows", "columns"), ("value", "panels")),
    "cdf": (("lines",), ("value", "panels")),
    "line": (("lines", "x"), ("value", "panels", "statistic", "per_x")),
    "band": (("lines", "x"), ("value", "panels", "statistic", "x_title")),
    "surface": (("x", "y"), ("value", "panels", "bound", "holds", "x_title", "y_title"))}
_COMMON = ("name", "kind", "title", "where", "table")
_DEFAULT_VALUE = {"matrix": "client_key_exposed", "cdf": "client_setup_s",
                  "line": "client_setup_s", "band": "client_key_exposed",
                  "surface": "client_key_exposed"}
_VALUES = {"matrix": PREDICATES, "surface": PREDICATES, "band": PREDICATES + tuple(MEASURES)}
SIDES = ("below", "above")


@dataclass(frozen=True)
class PlotSpec:
    """One plot: which rows of the database, and what stands along which direction."""

    name: str
    kind: str
    title: str
    value: str
    where: Mapping[str, Tuple[str, ...]]
    rows: str = ""
    columns: str = ""
    lines: str = ""
    x: str = ""
    panels: str = ""
    statistic: str = "p50"
    per_x: bool = False
    table: bool = True
    y: str = ""
    bound: str = ""
    holds: str = "below"
    x_title: str = ""
    y_title: str = ""


def read_plots(entries: Any, columns: Sequence[str], levels: Mapping[str, Sequence[str]],
               options: Collection[str], refuse: Refuse) -> List[PlotSpec]:
    """The plots of a scenario; `levels` are the values that each column of the sweep takes."""
    if not isinstance(entries, list) or not all(isinstance(e, dict) for e in entries):
        refuse(("plots",), "plots are written [[plots]]")
    specs: List[PlotSpec] = []
    for number, entry in enumerate(entries):
        spec = _read_plot(entry, ("plots", number), columns, levels, options, refuse)
        if spec.name in [other.name for other in specs]:
            refuse(("plots", number, "name"), f"two plots are named '{spec.name}'")
        specs.append(spec)
    return specs


def _read_plot(entry: Mapping[str, Any], where: TomlPath, columns: Sequence[str],
               levels: Mapping[str, Sequence[str]], options: Collection[str],
               refuse: Refuse) -> PlotSpec:
    kind = entry.get("kind")
    if not isinstance(kind, str) or kind not in KINDS:
        refuse(where + ("kind",), f"'kind' of a plot has to be one of {', '.join(KINDS)}")
    needed, optional = KINDS[kind]
    known = _COMMON + needed + optional
    for key in entry:
        if key not in known:
            refuse(where + (key,), f"unknown key '{key}' in a plot of kind {kind}; "
                   f"known are {', '.join(known)}")
    for key in ("name", "title") + needed:
        if not isinstance(entry.get(key), str) or not entry[key]:
            refuse(where + (key,), f"'{key}' of a plot of kind {kind} is missing or no text")
    if not _FILE.match(entry["name"]):
        refuse(where + ("name",), "a plot's name has lower-case letters, digits and '-': "
               "its files are named by it")
    if entry["name"] == "summary":
        refuse(where + ("name",), "a plot cannot be named 'summary': summary.csv has another use")
    for key in ("rows", "columns", "lines", "x", "y", "panels"):
        if key == "x" and kind == "band":
            continue
        if key in entry and entry[key] not in columns:
            refuse(where + (key,), f"'{key}' has to be one of the sweep's columns: "
                   f"{', '.join(columns) or 'there are none'}")
    value = entry.get("value", _DEFAULT_VALUE[kind])
    allowed = _VALUES.get(kind, tuple(MEASURES))
    if value not in allowed:
        refuse(where + ("value",), f"'value' of a plot of kind {kind} has to be one of "
               f"{', '.join(allowed)}")
    if entry.get("statistic", "p50") not in STATISTICS:
        refuse(where + ("statistic",), f"'statistic' has to be one of {', '.join(STATISTICS)}")
    if entry.get("holds", "below") not in SIDES:
        refuse(where + ("holds",), f"'holds' has to be one of {', '.join(SIDES)}")
    for key in ("x_title", "y_title"):
        if not isinstance(entry.get(key, ""), str):
            refuse(where + (key,), f"'{key}' has to be text")
    for key in ("x", "bound") if kind in ("band", "surface") else ():
        if key in entry:
            _check_expression(entry[key], where + (key,), options, refuse)
    for key in ("per_x", "table"):
        if not isinstance(entry.get(key, False), bool):
            refuse(where + (key,), f"'{key}' has to be true or false")
    return PlotSpec(
        entry["name"], kind, entry["title"], value,
        _read_where(entry.get("where", {}), where + ("where",), levels, refuse),
        entry.get("rows", ""), entry.get("columns", ""), entry.get("lines", ""),
        entry.get("x", ""), entry.get("panels", ""), entry.get("statistic", "p50"),
        entry.get("per_x", False), entry.get("table", True), entry.get("y", ""),
        entry.get("bound", ""), entry.get("holds", "below"), entry.get("x_title", ""),
        entry.get("y_title", ""))


def _check_expression(text: Any, where: TomlPath, options: Collection[str], refuse: Refuse) -> None:
    try:
        unknown = [name for name in Expression(str(text)).names if name not in options]
    except BadExpression as error:
        refuse(where, str(error))
    if unknown:
        refuse(where, f"'{unknown[0]}' is no option")


def _read_where(table: Any, where: TomlPath, levels: Mapping[str, Sequence[str]],
                refuse: Refuse) -> Dict[str, Tuple[str, ...]]:
    if not isinstance(table, dict):
        refuse(where, "'where' has to be a table, { column = \"value\" }")
    chosen = {}
    for key, value in table.items():
        if key not in levels:
            refuse(where + (key,), f"'{key}' is no column of the sweep; there are "
                   f"{', '.join(levels)}")
        values = value if isinstance(value, list) else [value]
        for item in values:
            if str(item) not in levels[key]:
                refuse(where + (key,), f"'{item}' is no value of '{key}'; there are "
                       f"{', '.join(levels[key])}")
        chosen[key] = tuple(str(item) for item in values)
    return chosen
