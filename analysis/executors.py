# SPDX-License-Identifier: GPL-2.0-only
"""Where simulations run, by the value of --cluster."""

from __future__ import annotations

import re
from pathlib import Path

from .errors import UserError
from .local import LocalExecutor
from .sweep import Executor

_ADDRESS = re.compile(r"tcp://[^/:\s]+:\d+\Z|tcp://\[[0-9A-Fa-f:.]+\]:\d+\Z")


def check(cluster: str) -> None:
    """Raises UserError for what --cluster does not take."""
    if cluster not in ("", "slurm") and not _ADDRESS.match(cluster):
        raise UserError(f"--cluster: '{cluster}' is neither tcp://HOST:PORT nor slurm")


def connect(cluster: str, simulator: Path, fingerprint: str, jobs: int) -> Executor:
    """An executor; `fingerprint` is of the simulator, which a cluster's machines must have too.

    Raises UserError for another address, software that is missing, and a cluster that does not
    answer.
    """
    check(cluster)
    if not cluster:
        return LocalExecutor(simulator, jobs)
    if cluster == "slurm":
        from .slurm_cluster import SlurmExecutor
        return SlurmExecutor(simulator.absolute(), fingerprint, jobs)
    from .dask_cluster import DaskExecutor
    return DaskExecutor(cluster, simulator.absolute(), fingerprint)
