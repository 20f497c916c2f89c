# SPDX-License-Identifier: GPL-2.0-only
"""A scenario file: read, checked key by key, and unfolded into points. See scenarios/README.md."""

from __future__ import annotations

import hashlib
import itertools
import json
import re
import tomllib
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Dict, Iterator, List, Mapping, NoReturn, Optional, Sequence, Tuple

from .errors import UserError
from .plot_spec import PlotSpec, read_plots
from .simulator import Option, Simulator
from .toml_lines import TomlPath, locate

DEFAULT_TIME_LIMIT_S = 60.0
_NAME = re.compile(r"[a-z][a-z0-9-]*\Z")
_COLUMN = re.compile(r"[a-z][a-z0-9_]*\Z")
_REPEATABLE = ("adversary",)
_RESERVED = {
    "run": "every simulation gets a run number of its own",
    "sessions": "write it above the tables, as `sessions = N`",
    "pcap": "add it to a point's command to capture that point",
    "trace": "add it to a point's command to trace that point"}


@dataclass(frozen=True)
class Setting:
    """An option's value as on the command line, and the line of the file that says so."""

    arguments: Tuple[str, ...]
    line: int

    @property
    def text(self) -> str:
        """The value for tables and the database."""
        return " ".join(self.arguments)


@dataclass(frozen=True)
class Row:
    """What one step of a factor sets."""

    settings: Mapping[str, Setting]
    label: Optional[str] = None

    def level(self) -> str:
        """The name of this step: its label, or its first option's value."""
        return self.label if self.label is not None else next(iter(self.settings.values())).text


@dataclass(frozen=True)
class Factor:
    """One dimension of the sweep: an option's values, or options that change together."""

    name: str
    rows: Tuple[Row, ...]
    labelled: bool = False


@dataclass(frozen=True)
class Point:
    """One combination of the sweep's values."""

    number: int
    settings: Mapping[str, Setting]
    levels: Mapping[str, str]

    def arguments(self) -> List[str]:
        """The options of this point, without those that count simulations."""
        return [f"--{name}={text}" for name, setting in self.settings.items()
                for text in setting.arguments]


@dataclass(frozen=True)
class Scenario:
    """A checked scenario."""

    name: str
    path: Path
    text: str
    title: str
    question: str
    runs: int
    sessions: int
    time_limit_s: float
    options: Mapping[str, Setting]
    factors: Tuple[Factor, ...]
    plots: Tuple[PlotSpec, ...]
    quick: bool = False
    points: Tuple[Point, ...] = field(default=())

    def digest(self) -> str:
        """Identifies the text and the mode it is run in."""
        return hashlib.sha256(f"{self.quick}\n{self.text}".encode()).hexdigest()

    def run_numbers(self, point: Point) -> range:
        """The run numbers of a point's simulations; no two points share one."""
        return range(1 + point.number * self.runs, 1 + (point.number + 1) * self.runs)

    def arguments(self, point: Point, run: int) -> List[str]:
        """The command line that repeats one simulation."""
        return [*point.arguments(), f"--sessions={self.sessions}", f"--run={run}"]


class _Reader:
    """Reads one file, or what could stand in one; refusals of a file's text name file and line."""

    def __init__(self, path: Path, options: Sequence[Option],
                 document: Optional[Mapping[str, Any]] = None) -> None:
        self.path, self.document = path, document
        self.options = {option.name: option for option in options}
        self.lines: Dict[TomlPath, int] = {}

    def refuse(self, where: TomlPath, sentence: str) -> NoReturn:
        while where and where not in self.lines:
            where = where[:-1]
        self.refuse_at(self.lines.get(where, 1), sentence)

    def refuse_at(self, line: int, sentence: str) -> NoReturn:
        place = f"{self.path}:{line}: " if self.document is None else ""
        raise UserError(place + sentence)

    def load(self) -> Tuple[str, Dict[str, Any]]:
        if self.document is not None:
            return json.dumps(self.document, sort_keys=True, default=repr), dict(self.document)
        try:
            text = self.path.read_text(encoding="utf-8")
        except OSError as error:
            raise UserError(f"{self.path}:1: cannot be read: {error.strerror}") from None
        except UnicodeDecodeError as error:
            line = error.object.count(b"\n", 0, error.start) + 1
            raise UserError(f"{self.path}:{line}: is not UTF-8 text") from None
        try:
            document = tomllib.loads(text)
        except tomllib.TOMLDecodeError as error:
            place = re.search(r"\(at line (\d+), column (\d+)\)", str(error))
            line = int(place.group(1)) if place else text.count("\n") + 1
            reason = re.sub(r"\s*\(at .*\)", "", str(error))
            raise UserError(f"{self.path}:{line}: is no valid TOML: {reason}") from None
        self.lines = locate(text)
        return text, document

    def keys(self, table: Mapping[str, Any], where: TomlPath, known: Sequence[str],
             what: str) -> None:
        for key in table:
            if key not in known:
                self.refuse(where + (key,), f"unknown key '{key}' {what}; "
                            f"known are {', '.join(known)}")

    def need(self, table: Mapping[str, Any], where: TomlPath, key: str, kind: type,
             what: str) -> Any:
        if key not in table:
            self.refuse(where, f"'{key}' is missing: it has to be {what}")
        value = table[key]
        if not isinstance(value, kind) or isinstance(value, bool) or value == "":
            self.refuse(where + (key,), f"'{key}' has to be {what}")
        return value

    def count(self, table: Mapping[str, Any], where: TomlPath, key: str, default: int) -> int:
        if key not in table:
            return default
        value: int = self.need(table, where, key, int, "a whole number, 1 or more")
        if value < 1:
            self.refuse(where + (key,), f"'{key}' has to be a whole number, 1 or more")
        return value

    def option(self, name: str, where: TomlPath) -> Option:
        if name in _RESERVED:
            self.refuse(where, f"option '{name}' cannot be set here: {_RESERVED[name]}")
        if name not in self.options:
            self.refuse(where, f"unknown option '{name}'; smkex-sim --help lists all")
        return self.options[name]

    def word(self, value: Any, where: TomlPath) -> str:
        if isinstance(value, bool):
            return "true" if value else "false"
        if isinstance(value, (int, float)):
            return repr(value)
        if isinstance(value, str) and not re.search(r"[\t\r\n\0]", value):
            return value
        self.refuse(where, "a value has to be text of one line, a number, true or false")

    def setting(self, name: str, value: Any, where: TomlPath) -> Setting:
        option = self.option(name, where)
        line = self.lines.get(where, 1)
        if not isinstance(value, list):
            return Setting((self.word(value, where),), line)
        if not (option.takes_list or name in _REPEATABLE) or not value:
            self.refuse(where, f"option '{name}' takes one value, not a list" if value else
                        f"option '{name}' has an empty list")
        words = [self.word(item, where + (i,)) for i, item in enumerate(value)]
        if name in _REPEATABLE:
            return Setting(tuple(words), line)
        return Setting((",".join(words),), line)

    def table(self, document: Mapping[str, Any], key: str) -> Mapping[str, Any]:
        value = document.get(key, {})
        if not isinstance(value, dict):
            self.refuse((key,), f"'{key}' has to be a table, [{key}]")
        return value

    def values(self, value: Any, where: TomlPath, what: str) -> List[Any]:
        if not isinstance(value, list) or not value:
            self.refuse(where, f"{what} has to be a list of at least one value")
        return value

    def factors(self, document: Mapping[str, Any]) -> List[Factor]:
        sweep = self.table(document, "sweep")
        factors = []
        for key, value in sweep.items():
            where: TomlPath = ("sweep", key)
            if key == "zip":
                if not isinstance(value, list) or not all(isinstance(g, dict) for g in value):
                    self.refuse(where, "groups that change together are written [[sweep.zip]]")
                factors += [self.group(g, where + (i,)) for i, g in enumerate(value)]
            else:
                self.option(key, where)
                rows = [Row({key: self.setting(key, item, where + (i,))}) for i, item in
                        enumerate(self.values(value, where, f"'{key}' in the sweep"))]
                for i, row in enumerate(rows):
                    if row.level() in [other.level() for other in rows[:i]]:
                        self.refuse(where + (i,), f"'{row.level()}' stands twice in '{key}'")
                factors.append(Factor(key, tuple(rows)))
        return factors

    def group(self, group: Mapping[str, Any], where: TomlPath) -> Factor:
        options = [key for key in group if key not in ("name", "label")]
        if not options:
            self.refuse(where, "a [[sweep.zip]] group needs at least one option")
        if ("name" in group) != ("label" in group):
            self.refuse(where, "'name' and 'label' of a group go together")
        columns = {}
        for key in options + (["label"] if "label" in group else []):
            columns[key] = self.values(group[key], where + (key,), f"'{key}' of a group")
            if len(columns[key]) != len(group[options[0]]):
                self.refuse(where + (key,), f"'{key}' has {len(columns[key])} values where "
                            f"'{options[0]}' of the same group has {len(group[options[0]])}")
        labels = columns.pop("label", None)
        for i, label in enumerate(labels or []):
            if not isinstance(label, str) or not label:
                self.refuse(where + ("label", i), "a label has to be text")
        if "name" in group:
            name = self.need(group, where, "name", str, "text")
            if not _COLUMN.match(name) or name in self.options:
                self.refuse(where + ("name",), "a group's name has lower-case letters, digits "
                            "and _, and is no option's name")
        rows = tuple(Row({key: self.setting(key, column[i], where + (key, i))
                          for key, column in columns.items()}, labels[i] if labels else None)
                     for i in range(len(columns[options[0]])))
        return Factor(group.get("name", options[0]), rows, labels is not None)

    def thin(self, scenario: Scenario, quick: Mapping[str, Any]) -> Scenario:
        self.keys(quick, ("quick",), ("runs", "sessions", "keep"), "in [quick]")
        keep = self.table(quick, "keep") if isinstance(quick.get("keep", {}), dict) else None
        if keep is None:
            self.refuse(("quick", "keep"), "'keep' has to be a table, [quick.keep]")
        factors = []
        for factor in scenario.factors:
            factors.append(factor)
            wanted = keep.get(factor.name)
            if wanted is None:
                continue
            where: TomlPath = ("quick", "keep", factor.name)
            names = [self.word(",".join(map(str, item)) if isinstance(item, list) else item,
                               where + (i,))
                     for i, item in enumerate(self.values(wanted, where, f"'{factor.name}'"))]
            levels = [row.level() for row in factor.rows]
            for i, name in enumerate(names):
                if name not in levels:
                    self.refuse(where + (i,), f"'{name}' is no value of '{factor.name}' in the "
                                "sweep")
            factors[-1] = replace(factor, rows=tuple(
                row for row in factor.rows if row.level() in names))
        self.keys(keep, ("quick", "keep"), [f.name for f in scenario.factors], "in [quick.keep]")
        return replace(scenario, factors=tuple(factors), quick=True,
                       runs=self.count(quick, ("quick",), "runs", scenario.runs),
                       sessions=self.count(quick, ("quick",), "sessions", scenario.sessions))

    def read(self, quick: bool) -> Scenario:
        name = self.path.stem
        if not _NAME.match(name):
            self.refuse((), "a scenario's file name has lower-case letters, digits and '-'")
        text, document = self.load()
        self.keys(document, (), ("title", "question", "runs", "sessions", "time_limit_s",
                                 "options", "sweep", "quick", "plots"), "in a scenario")
        options = {key: self.setting(key, value, ("options", key))
                   for key, value in self.table(document, "options").items()}
        factors = self.factors(document)
        self.check_once(options, factors)
        limit = document.get("time_limit_s", DEFAULT_TIME_LIMIT_S)
        if not isinstance(limit, (int, float)) or isinstance(limit, bool) or not limit > 0:
            self.refuse(("time_limit_s",), "'time_limit_s' has to be a number of seconds above 0")
        columns = list(dict.fromkeys(
            [factor.name for factor in factors]
            + [key for factor in factors for key in factor.rows[0].settings]))
        scenario = Scenario(
            name, self.path, text, self.need(document, (), "title", str, "text"),
            self.need(document, (), "question", str, "text"),
            self.count(document, (), "runs", 1), self.count(document, (), "sessions", 1),
            float(limit), options, tuple(factors),
            tuple(read_plots(document.get("plots", []), columns, factors_levels(factors),
                             self.refuse)))
        thinned = self.thin(scenario, self.table(document, "quick"))
        scenario = thinned if quick else scenario
        return replace(scenario, points=tuple(unfold(scenario)))

    def check_once(self, options: Mapping[str, Setting], factors: Sequence[Factor]) -> None:
        seen = {key: "[options]" for key in options}
        names: Dict[str, int] = {}
        for factor in factors:
            for key, setting in factor.rows[0].settings.items():
                if key in seen:
                    self.refuse_at(setting.line, f"option '{key}' is also set in {seen[key]}")
                seen[key] = "another part of the sweep"
            if factor.name in names:
                self.refuse_at(names[factor.name],
                               f"two groups of the sweep are named '{factor.name}'")
            names[factor.name] = next(iter(factor.rows[0].settings.values())).line


def factors_levels(factors: Sequence[Factor]) -> Dict[str, List[str]]:
    """For each column of the sweep the values it takes, in the file's order."""
    levels: Dict[str, List[str]] = {}
    for factor in factors:
        for key in factor.rows[0].settings:
            levels[key] = list(dict.fromkeys(row.settings[key].text for row in factor.rows))
        if factor.labelled:
            levels[factor.name] = list(dict.fromkeys(row.level() for row in factor.rows))
    return levels


def unfold(scenario: Scenario) -> Iterator[Point]:
    """Every combination of the factors' rows, the last factor changing fastest."""
    for number, rows in enumerate(itertools.product(*(f.rows for f in scenario.factors))):
        settings = dict(scenario.options)
        levels = {}
        for factor, row in zip(scenario.factors, rows):
            settings.update(row.settings)
            if factor.labelled:
                levels[factor.name] = row.level()
        yield Point(number, settings, levels)


def _blame(scenario: Scenario, point: Point, sentence: str) -> int:
    """The line of the option that the simulator's sentence is about."""
    named = [name for name in re.findall(r"--([A-Za-z]+)", sentence) if name in point.settings]
    swept = {name for factor in scenario.factors for name in factor.rows[0].settings}
    candidates = named or [name for name in point.settings if name in swept]
    return point.settings[candidates[0]].line if candidates else 1


def read(path: Path, simulator: Simulator, options: Sequence[Option], quick: bool = False,
         document: Optional[Mapping[str, Any]] = None) -> Scenario:
    """Reads and checks a scenario; UserError names file and line of what is wrong.

    With `document`, what a TOML file's text would be read as, there is no file: only the path's
    name counts, and UserError names no place.
    """
    reader = _Reader(path, options, document)
    scenario = reader.read(quick)
    commands = [[*point.arguments(), f"--sessions={scenario.sessions}"]
                for point in scenario.points]
    for point, verdict in zip(scenario.points, simulator.validate(commands)):
        if verdict is not None:
            reader.refuse_at(_blame(scenario, point, verdict), verdict)
    return scenario
