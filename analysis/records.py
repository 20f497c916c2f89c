# SPDX-License-Identifier: GPL-2.0-only
"""The keys of a session's record as smkex-sim prints them, in its order."""

from __future__ import annotations

import json
from typing import Any, Dict, List, Mapping, Tuple

#: Key and SQLite type. Times are simulated seconds, sizes bytes, lists are kept as JSON text.
KEYS: Tuple[Tuple[str, str], ...] = (
    ("session", "INTEGER"), ("seed", "INTEGER"), ("run", "INTEGER"), ("protocol", "TEXT"),
    ("transport", "TEXT"), ("threat", "TEXT"), ("rtt_s", "TEXT"), ("client_accepted", "INTEGER"),
    ("client_failure", "TEXT"), ("client_setup_s", "REAL"), ("client_compute_s", "REAL"),
    ("server_accepted", "INTEGER"), ("server_failure", "TEXT"), ("server_setup_s", "REAL"),
    ("client_key_exposed", "INTEGER"), ("server_key_exposed", "INTEGER"), ("mitm", "INTEGER"),
    ("mismatch", "INTEGER"), ("downgraded", "INTEGER"), ("denied", "INTEGER"),
    ("detected", "INTEGER"), ("detected_s", "REAL"), ("plaintext_exposed_bytes", "INTEGER"),
    ("app_bytes_received", "INTEGER"), ("bytes_sent", "INTEGER"), ("segments_sent", "INTEGER"),
    ("subflows", "INTEGER"),
)

NAMES: Tuple[str, ...] = tuple(name for name, _ in KEYS)

#: Keys that are true or false, of which rates are made.
PREDICATES: Tuple[str, ...] = (
    "client_accepted", "server_accepted", "client_key_exposed", "server_key_exposed", "mitm",
    "mismatch", "downgraded", "denied", "detected")

#: Keys that are numbers, with the unit they are recorded in.
MEASURES: Dict[str, str] = {
    "client_setup_s": "s", "client_compute_s": "s", "server_setup_s": "s", "detected_s": "s",
    "plaintext_exposed_bytes": "B", "app_bytes_received": "B", "bytes_sent": "B",
    "segments_sent": "segments", "subflows": "subflows"}

#: How a key is called on tables and axes.
TITLES: Dict[str, str] = {
    "client_accepted": "client accepted", "server_accepted": "server accepted",
    "client_key_exposed": "client key exposed", "server_key_exposed": "server key exposed",
    "mitm": "man in the middle", "mismatch": "keys differ", "downgraded": "downgraded",
    "denied": "denied", "detected": "detected", "client_setup_s": "set-up time at the client",
    "client_compute_s": "computing time at the client",
    "server_setup_s": "set-up time at the server", "detected_s": "time until detection",
    "plaintext_exposed_bytes": "application bytes read", "app_bytes_received": "bytes received",
    "bytes_sent": "bytes sent", "segments_sent": "segments sent", "subflows": "subflows"}


class BadRecord(ValueError):
    """A line of the simulator is no record of the contract."""


def parse(line: str) -> Dict[str, Any]:
    """One line of smkex-sim as a record; BadRecord where a contract key is missing."""
    try:
        record = json.loads(line)
    except ValueError:
        record = None
    if not isinstance(record, dict):
        raise BadRecord(f"a line of its output is no JSON object: {line[:200]}")
    missing = [name for name in NAMES if name not in record]
    if missing:
        raise BadRecord(f"a record lacks {', '.join(missing)}")
    return record


def cell(value: Any) -> Any:
    """A JSON value as SQLite keeps it: lists and objects as JSON text, booleans as 0 and 1."""
    kind = type(value)
    if kind is bool:
        return int(value)
    if kind is list or kind is dict:
        return json.dumps(value, separators=(",", ":"))
    return value


def row(record: Mapping[str, Any]) -> List[Any]:
    """The record's contract keys in order, then the further ones as one JSON object."""
    more = {key: value for key, value in record.items() if key not in NAMES}
    return [cell(record[name]) for name in NAMES] + [
        json.dumps(more, separators=(",", ":"), sort_keys=True) if more else None]


def restore(values: Mapping[str, Any]) -> Dict[str, Any]:
    """A record as it was printed, from a row of the table `sessions`."""
    record = {name: values[name] for name in NAMES}
    for name in PREDICATES:
        if record[name] is not None:
            record[name] = bool(record[name])
    record["rtt_s"] = json.loads(record["rtt_s"])
    record.update(json.loads(values["more"]) if values["more"] else {})
    return record
