# SPDX-License-Identifier: GPL-2.0-only
"""Opens the results of a scenario to go on with them, or begins anew."""

from __future__ import annotations

import fcntl
import os
import sys
from pathlib import Path
from typing import Dict, Sequence

from .errors import UserError, cannot_write
from .provenance import Provenance
from .scenario import Scenario
from .simulator import Option, file_hash
from .store import FILE, Store, describe, difference, identity, remove, set_aside


def input_files(scenario: Scenario) -> Dict[str, str]:
    """Hashes of the files that options of the scenario name."""
    texts = {text for point in scenario.points for setting in point.settings.values()
             for text in setting.arguments}
    return {text: file_hash(Path(text)) for text in sorted(texts) if Path(text).is_file()}


def lock(directory: Path) -> int:
    """Makes the directory and keeps others from writing to it; returns what holds the lock."""
    try:
        directory.mkdir(parents=True, exist_ok=True)
        handle = os.open(directory, os.O_RDONLY)
    except OSError as error:
        raise cannot_write(directory, error) from None
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(handle)
        raise UserError(f"another run is writing to {directory}") from None
    return handle


def open_store(scenario: Scenario, directory: Path, options: Sequence[Option], code: Provenance,
               fresh: bool = False) -> Store:
    """The scenario's database: continued, or new with an unsuitable one kept aside."""
    path = directory / FILE
    wanted = identity(scenario, code, input_files(scenario))
    if fresh:
        remove(path)
    elif path.exists():
        reason = difference(path, wanted)
        if reason:
            aside = set_aside(path)
            print(f"{scenario.name}: {path} was made by {reason}; it is kept as {aside.name}",
                  file=sys.stderr)
    if not path.exists():
        partial = directory / f".{FILE}.partial"
        remove(partial)
        store = Store(partial, code)
        try:
            store.create(scenario, options, {**wanted, **describe(scenario)})
            store.close()
            os.replace(partial, path)
        except (UserError, OSError) as error:
            store.close()
            remove(partial)
            raise error if isinstance(error, UserError) else cannot_write(path, error) from None
    store = Store(path, code)
    store.begin()
    return store
