# SPDX-License-Identifier: GPL-2.0-only
"""Reads results.sqlite for tables and plots; nothing here writes."""

from __future__ import annotations

import json
import re
import sqlite3
from pathlib import Path
from typing import Any, Dict, Iterable, List, Mapping, Optional, Sequence, Tuple

import numpy as np

from . import records
from .errors import UserError
from .plot_spec import PlotSpec
from .statistics import Sample
from .store import FILE, connect, quote

_TIME_UNITS = {"min": 60.0, "s": 1.0, "ms": 1e-3, "us": 1e-6, "ns": 1e-9, "h": 3600.0}
_QUANTITY = re.compile(r"([-+]?\d+\.?\d*(?:e[-+]?\d+)?)\s*([A-Za-z%/]*)\Z")

UNREAD_MISMATCH = "mismatch_without_mitm"


def quantity(text: str) -> Tuple[float, str]:
    """A value of an option as a number on an axis: path 1's, times in seconds; and its unit."""
    found = _QUANTITY.match(text.split(",")[0])
    if not found:
        return float("nan"), ""
    number, unit = float(found.group(1)), found.group(2)
    if unit in _TIME_UNITS:
        return number * _TIME_UNITS[unit], "s"
    return number, unit


class Dataset:
    """The results of one scenario."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        path = directory / FILE
        if not path.is_file():
            raise UserError(f"{path} is missing: run the scenario first")
        try:
            self.database = connect(path, read_only=True)
            meta = dict(self.database.execute("SELECT key, value FROM meta"))
            self._read(meta)
        except (sqlite3.DatabaseError, KeyError, TypeError, ValueError) as error:
            raise UserError(f"{path} is no database of this program: {error}") from None

    def _read(self, meta: Mapping[str, str]) -> None:
        self.name, self.title, self.question = meta["name"], meta["title"], meta["question"]
        self._options: Dict[int, Dict[str, float]] = {}
        self.quick = meta["quick"] == "1"
        self.runs, self.sessions = int(meta["runs"]), int(meta["sessions"])
        self.levels: Dict[str, List[str]] = json.loads(meta["levels"])
        self.factors: List[Dict[str, Any]] = json.loads(meta["factors"])
        self.plots = []
        for entry in json.loads(meta["plots"]):
            entry["where"] = {key: tuple(value) for key, value in entry["where"].items()}
            self.plots.append(PlotSpec(**entry))
        labels = json.loads(meta["labels"])
        self.columns = {column: (f"label_{column}" if column in labels else f"option_{column}")
                        for column in self.levels}
        chosen = "".join(f", {quote(column)}" for column in self.columns.values())
        self.points: Dict[int, Dict[str, str]] = {
            row[0]: dict(zip(self.columns, row[1:])) for row in
            self.database.execute(f"SELECT point{chosen} FROM points ORDER BY point")}

    def values(self, point: int) -> Dict[str, float]:
        """Every option's value at a point as a number, NaN where it is none."""
        if not self._options:
            cursor = self.database.execute("SELECT * FROM points")
            names = [column[0].removeprefix("option_") for column in cursor.description]
            for row in cursor:
                entry = dict(zip(names, row))
                number = entry.pop("point")
                self._options[number] = {name: quantity(str(text))[0]
                                         for name, text in entry.items()}
        return self._options[point]

    def close(self) -> None:
        """Lets go of the database."""
        self.database.close()

    def select(self, where: Mapping[str, Iterable[str]]) -> List[int]:
        """Points at which each column has one of the given values."""
        return [point for point, values in self.points.items()
                if all(values[column] in chosen for column, chosen in where.items())]

    def present(self, column: str, points: Sequence[int]) -> List[str]:
        """The values of a column at these points, in the scenario's order."""
        found = {self.points[point][column] for point in points}
        return [level for level in self.levels[column] if level in found]

    def sample(self, points: Sequence[int], key: str) -> Sample:
        """All values of a measure at these points; sessions without one are left out."""
        rows: List[Tuple[float, int]] = []
        for point in points:
            rows += self.database.execute(
                f"SELECT {quote(key)}, run FROM sessions WHERE point = ? "
                f"AND {quote(key)} IS NOT NULL ORDER BY run, session", (point,)).fetchall()
        table = np.array(rows, dtype=np.float64).reshape(-1, 2)
        return Sample(table[:, 0].copy(), table[:, 1].astype(np.int64))

    def counts(self) -> Dict[int, Dict[str, int]]:
        """For each point the number of sessions `n`, and of those where a predicate holds.

        One more counts where the ends' keys differ and no one in the middle holds both.
        """
        sums = "".join(f", TOTAL({name})" for name in records.PREDICATES)
        sums += ", TOTAL(mismatch AND NOT mitm)"
        names = ("n",) + records.PREDICATES + (UNREAD_MISMATCH,)
        found = {point: dict.fromkeys(names, 0) for point in self.points}
        for row in self.database.execute(
                f"SELECT point, COUNT(*){sums} FROM sessions GROUP BY point"):
            found[row[0]] = dict(zip(names, map(int, row[1:])))
        return found

    def failures(self) -> Dict[int, int]:
        """For each point the number of simulations that failed."""
        return dict(self.database.execute(
            "SELECT point, COUNT(*) FROM runs WHERE status != 'done' GROUP BY point"))

    def totals(self) -> Dict[str, int]:
        """Numbers of points, simulations done and failed, and sessions."""
        def count(query: str) -> int:
            return int(self.database.execute(query).fetchone()[0])
        return {"points": len(self.points),
                "simulations_done": count("SELECT COUNT(*) FROM runs WHERE status = 'done'"),
                "simulations_failed": count("SELECT COUNT(*) FROM runs WHERE status != 'done'"),
                "sessions": count("SELECT COUNT(*) FROM sessions")}

    def run_ranges(self) -> Dict[int, Tuple[str, str, str]]:
        """For each point its first and last run number and its seed."""
        return {point: (str(first), str(last), seed) for point, first, last, seed in
                self.database.execute(
                    "SELECT r.point, MIN(r.run), MAX(r.run), p.option_seed FROM runs r "
                    "JOIN points p ON p.point = r.point GROUP BY r.point")}

    def provenances(self) -> List[Tuple[Dict[str, str], int]]:
        """The code of the simulations that are done, and how many each code made."""
        rows = self.database.execute(
            'SELECT v."commit", v.simulator, v.ns3, v.cryptopp, COUNT(*) FROM provenance v '
            "JOIN runs r ON r.provenance = v.id WHERE r.status = 'done' GROUP BY v.id "
            "ORDER BY v.id").fetchall()
        names = ("commit", "simulator (SHA-256)", "ns-3", "Crypto++")
        return [(dict(zip(names, row[:-1])), row[-1]) for row in rows]

    def failed(self) -> List[Tuple[str, str]]:
        """Reason and command of every simulation that failed."""
        return self.database.execute("SELECT reason, command FROM runs WHERE status != 'done' "
                                     "ORDER BY point, run").fetchall()

    def command(self, point: int) -> Optional[str]:
        """The command of a point's first simulation."""
        row = self.database.execute("SELECT command FROM runs WHERE point = ? ORDER BY run "
                                    "LIMIT 1", (point,)).fetchone()
        return str(row[0]) if row else None
