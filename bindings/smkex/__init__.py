# SPDX-License-Identifier: GPL-2.0-only
"""Key exchanges over several paths, under attack, simulated packet by packet.

    >>> import smkex
    >>> records = smkex.run(protocol="smkex", threat="A-P", rtt=["20ms", "30ms"], sessions=3)
    >>> [record["client_failure"] for record in records]
    ['binding-mismatch', 'binding-mismatch', 'binding-mismatch']

`run` does one experiment, `sweep` many at a time. Their records are dictionaries:
`pandas.DataFrame(records)` takes them as they are. `engine` has both ends of an exchange, to be
stepped through by hand without any network. `options` tells what there is to set.
"""

from __future__ import annotations

import json
from typing import Any, Dict, List, NamedTuple

try:
    from . import _core
except ImportError as reason:
    import glob as _glob
    import os as _os
    import sys as _sys

    _built = _glob.glob(_os.path.join(_os.path.dirname(__file__), "_core.*.so"))
    if not _built:
        raise ImportError("smkex is not built: run ./waf build, and use build/python") from reason
    raise ImportError(
        f"smkex was built as {_os.path.basename(_built[0])}, which this Python "
        f"{_sys.version_info[0]}.{_sys.version_info[1]} ({_sys.executable}) cannot load: {reason}"
    ) from reason

from . import engine
from ._options import to_pairs
from ._sweep import SweepError, sweep

__all__ = [
    "Option", "SweepError", "engine", "ns3_version", "options", "run", "sweep", "validate", "version"
]

Record = Dict[str, Any]


class Option(NamedTuple):
    """One option of an experiment."""

    name: str
    default: str
    help: str


def options() -> List[Option]:
    """All options of an experiment, in the order in which `smkex-sim --help` explains them."""
    return [Option(*entry) for entry in _core.list_options()]


def validate(**options: object) -> None:
    """Checks options as `run` would, without running anything.

    Raises ValueError with the sentence that `smkex-sim` prints.
    """
    _core.validate(to_pairs(options))


def run(**options: object) -> List[Record]:
    """Runs one experiment and returns one record a session.

    Options have the names and values of `smkex-sim` (see `options()`); a list is one value a path,
    numbers may be numbers: `run(protocol="smkex", paths=2, rtt=["20ms", "30ms"], loss=0.01)`.
    Attributes of ns-3 go in as `**{"ns3::TcpSocket::SegmentSize": 536}`. Records have the keys of
    `smkex-sim`'s JSON objects; times are simulated seconds.

    The same options give the same records, whatever was run before in this process. The interpreter
    lock is released while the simulation runs. Ctrl-C ends it after the session that is going on.

    Raises ValueError for options that `smkex-sim` would refuse, with the same sentence, and
    RuntimeError while another simulation is running in this process.
    """
    return [json.loads(line) for line in _core.run(to_pairs(options))]


def version() -> str:
    """The commit that this package was built from."""
    return str(_core.version())


def ns3_version() -> str:
    """The version of ns-3 that this package was built with."""
    return str(_core.ns3_version())
