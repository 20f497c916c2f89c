# SPDX-License-Identifier: GPL-2.0-only
"""The database of one scenario: results.sqlite.

Tables: `sessions` (one row a session, the record as printed), `runs` (one row a simulation: its
command, status, what went wrong), `points` (the value of every option, and the sweep's labels),
`provenance`, `meta`. The view `results` joins them: one row a session with all that repeats it.
Nothing in it depends on the order in which simulations finish or on the clock.
"""

from __future__ import annotations

import json
import os
import re
import sqlite3
from dataclasses import asdict, astuple, dataclass, field, fields
from pathlib import Path
from typing import Any, Dict, Iterable, List, Mapping, Optional, Sequence, Set, Tuple

from . import records
from .errors import UserError, cannot_write
from .provenance import Provenance
from .scenario import Point, Scenario, factors_levels
from .simulator import Option

_PLAIN_KEY = re.compile(r"[A-Za-z_][A-Za-z0-9_]*\Z")
SCHEMA = "1"
FILE = "results.sqlite"
_KEY = ("run", "session")
#: Where the columns of `sessions` after `point` are in records.row(): run, session, the rest, more.
_COLUMN_ORDER = ([records.NAMES.index(name) for name in _KEY]
                 + [i for i, name in enumerate(records.NAMES) if name not in _KEY]
                 + [len(records.NAMES)])
RunId = Tuple[int, int]
"""Point number and run number."""


@dataclass(frozen=True)
class Outcome:
    """What came of one simulation; `reason` is None where it succeeded."""

    point: int
    run: int
    command: str
    sessions: Sequence[Mapping[str, Any]] = field(default=())
    reason: Optional[str] = None
    stderr: str = ""


def quote(name: str) -> str:
    """An SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


def connect(path: Path, read_only: bool = False) -> sqlite3.Connection:
    """Opens a database with transactions under explicit control."""
    if read_only:
        return sqlite3.connect(f"file:{path.resolve()}?mode=ro", uri=True, isolation_level=None)
    return sqlite3.connect(path, isolation_level=None)


#: The names of what identity() finds.
_IDENTITY = ("schema", "scenario_digest", "simulator", "input_files")


def identity(scenario: Scenario, code: Provenance, inputs: Mapping[str, str]) -> Dict[str, str]:
    """What has to be equal for stored rows to be continued."""
    return {"schema": SCHEMA, "scenario_digest": scenario.digest(), "simulator": code.simulator,
            "input_files": json.dumps(inputs, sort_keys=True)}


def describe(scenario: Scenario) -> Dict[str, str]:
    """What tables and plots need to know of a scenario, to be kept beside its rows."""
    factors = [{"name": f.name, "columns": [f.name] if f.labelled else list(f.rows[0].settings)}
               for f in scenario.factors]
    labels = [factor.name for factor in scenario.factors if factor.labelled]
    return {"name": scenario.name, "title": scenario.title, "question": scenario.question,
            "scenario": scenario.text, "quick": str(int(scenario.quick)),
            "runs": str(scenario.runs), "sessions": str(scenario.sessions),
            "factors": json.dumps(factors), "labels": json.dumps(labels),
            "levels": json.dumps(factors_levels(scenario.factors)),
            "plots": json.dumps([asdict(plot) for plot in scenario.plots])}


class Store:
    """Writes results.sqlite, a transaction for what finished at the same moment."""

    def __init__(self, path: Path, code: Provenance) -> None:
        self.path = path
        self.database = connect(path)
        self.code = code
        self.code_id = 0

    def close(self) -> None:
        """Closes the database; what was not committed is not in it."""
        self.database.close()

    def _execute_all(self, statements: Iterable[Tuple[str, Sequence[Any]]]) -> None:
        try:
            self.database.execute("BEGIN IMMEDIATE")
            for statement, values in statements:
                self.database.execute(statement, values)
            self.database.execute("COMMIT")
        except (sqlite3.Error, OSError) as error:
            if self.database.in_transaction:
                self.database.execute("ROLLBACK")
            raise cannot_write(self.path, error) from None

    def create(self, scenario: Scenario, options: Sequence[Option],
               about: Mapping[str, str]) -> None:
        """Makes all tables and the points of the sweep."""
        labels = [factor.name for factor in scenario.factors if factor.labelled]
        columns = [f"option_{o.name}" for o in options] + [f"label_{name}" for name in labels]
        measured = [(n, t) for n, t in records.KEYS if n not in _KEY]
        schema = [
            "CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT) WITHOUT ROWID",
            'CREATE TABLE provenance (id INTEGER PRIMARY KEY, '
            + ", ".join(f"{quote(f.name)} TEXT" for f in fields(Provenance)) + ")",
            "CREATE TABLE points (point INTEGER PRIMARY KEY, "
            + ", ".join(f"{quote(c)} TEXT" for c in columns) + ")",
            "CREATE TABLE runs (point INTEGER, run INTEGER, command TEXT, status TEXT, "
            "reason TEXT, stderr TEXT, provenance INTEGER, PRIMARY KEY (point, run)) "
            "WITHOUT ROWID",
            "CREATE TABLE sessions (point INTEGER, run INTEGER, session INTEGER, "
            + ", ".join(f"{quote(n)} {t}" for n, t in measured)
            + ", more TEXT, PRIMARY KEY (point, run, session)) WITHOUT ROWID",
            _view(columns, ())]
        statements: List[Tuple[str, Sequence[Any]]] = [(text, ()) for text in schema]
        statements += [("INSERT INTO meta VALUES (?, ?)", item) for item in about.items()]
        marks = ", ".join("?" * (len(columns) + 1))
        statements += [(f"INSERT INTO points VALUES ({marks})",
                        [point.number, *_option_values(point, scenario, options),
                         *(point.levels[name] for name in labels)]) for point in scenario.points]
        self._execute_all(statements)

    def begin(self) -> None:
        """Prepares for many small transactions that survive the end of the process."""
        try:
            self.database.execute("PRAGMA journal_mode = WAL")
            self.database.execute("PRAGMA synchronous = NORMAL")
        except sqlite3.Error as error:
            raise cannot_write(self.path, error) from None
        names = [f.name for f in fields(Provenance)]
        same = " AND ".join(f"{quote(name)} = ?" for name in names)
        find = f"SELECT id FROM provenance WHERE {same}"
        found = self.database.execute(find, astuple(self.code)).fetchone()
        if not found:
            self._execute_all([("INSERT INTO provenance VALUES (NULL, "
                                f"{', '.join('?' * len(names))})", astuple(self.code))])
            found = self.database.execute(find, astuple(self.code)).fetchone()
        self.code_id = found[0]

    def identity(self) -> str:
        """What has to be equal for rows to belong in here, as one text."""
        about = dict(self.database.execute("SELECT key, value FROM meta"))
        return json.dumps([about.get(key) for key in _IDENTITY])

    def finished(self) -> Set[RunId]:
        """Simulations that need not be repeated."""
        return set(self.database.execute("SELECT point, run FROM runs WHERE status = 'done'"))

    def save(self, outcomes: Sequence[Outcome]) -> None:
        """Stores finished simulations: all of each or nothing of it."""
        statements: List[Tuple[str, Sequence[Any]]] = []
        insert = f"INSERT INTO sessions VALUES ({', '.join('?' * (len(_COLUMN_ORDER) + 1))})"
        for outcome in outcomes:
            statements.append((
                "INSERT OR REPLACE INTO runs VALUES (?, ?, ?, ?, ?, ?, ?)",
                (outcome.point, outcome.run, outcome.command,
                 "failed" if outcome.reason else "done", outcome.reason, outcome.stderr or None,
                 self.code_id)))
            for record in outcome.sessions:
                values = records.row(record)
                statements.append((insert, [outcome.point, *(values[i] for i in _COLUMN_ORDER)]))
        self._execute_all(statements)

    def finish(self) -> None:
        """Leaves one file, with every key the records had in the view."""
        try:
            more = sorted({key for (text,) in self.database.execute(
                "SELECT more FROM sessions WHERE more IS NOT NULL GROUP BY point")
                for key in json.loads(text) if _PLAIN_KEY.match(key)})
            columns = [row[1] for row in self.database.execute("PRAGMA table_info(points)")][1:]
            self._execute_all([("DROP VIEW results", ()), (_view(columns, more), ())])
        except sqlite3.Error as error:
            raise cannot_write(self.path, error) from None
        try:
            self.database.execute("PRAGMA journal_mode = DELETE")
        except sqlite3.OperationalError as error:
            # Somebody is reading: then the log stays beside the database for now.
            if "locked" not in str(error):
                raise cannot_write(self.path, error) from None


def _option_values(point: Point, scenario: Scenario, options: Sequence[Option]) -> List[str]:
    """The value of every option at a point; of `run` only the runs know."""
    values = []
    for option in options:
        setting = point.settings.get(option.name)
        if option.name == "sessions":
            values.append(str(scenario.sessions))
        else:
            values.append(setting.text if setting else option.default)
    return values


def _view(point_columns: Sequence[str], more: Sequence[str]) -> str:
    """One row a session with everything."""
    chosen = ["s.point"] + [f"s.{quote(name)}" for name in records.NAMES]
    for key in more:
        chosen.append(f"json_extract(s.more, '$.{key}') AS {quote(key)}")
    for column in point_columns:
        source = "CAST(s.run AS TEXT)" if column == "option_run" else f"p.{quote(column)}"
        chosen.append(f"{source} AS {quote(column)}")
    chosen.append("r.command")
    chosen += [f"v.{quote(f.name)} AS {quote('code_' + f.name if f.name != 'commit' else f.name)}"
               for f in fields(Provenance)]
    return ("CREATE VIEW results AS SELECT " + ", ".join(chosen) + " FROM sessions s "
            "JOIN runs r ON r.point = s.point AND r.run = s.run "
            "JOIN points p ON p.point = s.point JOIN provenance v ON v.id = r.provenance")


def set_aside(path: Path) -> Path:
    """Renames a database that cannot be continued, to the first free name, and returns that."""
    number = 1
    while (aside := path.with_name(f"results.before-{number}.sqlite")).exists():
        number += 1
    try:
        for suffix in ("-wal", "-shm"):
            extra = path.with_name(path.name + suffix)
            if extra.exists():
                os.replace(extra, aside.with_name(aside.name + suffix))
        os.replace(path, aside)
    except OSError as error:
        raise cannot_write(path, error) from None
    return aside


def difference(path: Path, wanted: Mapping[str, str]) -> Optional[str]:
    """Why a database cannot be continued, None where it can."""
    reasons = {"schema": "another version of this program", "scenario_digest": "another text or "
               "grid of the scenario", "simulator": "another build of the simulator",
               "input_files": "other contents of a file that an option names"}
    try:
        database = connect(path)
        try:
            found = dict(database.execute("SELECT key, value FROM meta"))
        finally:
            database.close()
    except sqlite3.DatabaseError:
        return "something else than this program"
    for key, value in wanted.items():
        if found.get(key) != value:
            return reasons[key]
    return None


def remove(path: Path) -> None:
    """Deletes a database with what belongs to it."""
    for suffix in ("", "-wal", "-shm", "-journal"):
        try:
            path.with_name(path.name + suffix).unlink(missing_ok=True)
        except OSError as error:
            raise UserError(f"{path} cannot be removed: {error.strerror}") from None
