# SPDX-License-Identifier: GPL-2.0-only
"""What a user did that cannot be done, told in one sentence."""

from __future__ import annotations

import errno
import sqlite3
from pathlib import Path

EXIT_FAILED_POINTS = 1
EXIT_USER_ERROR = 2
EXIT_INTERRUPTED = 130


class UserError(Exception):
    """Ends the program with this one sentence on standard error and exit code 2."""


class Interrupted(Exception):
    """Ctrl-C arrived; everything finished is stored. Exit code 130."""


def cannot_write(path: Path, cause: Exception) -> UserError:
    """The sentence for a file that could not be written (full disk, size limit, permissions)."""
    reason = str(cause)
    if isinstance(cause, OSError) and cause.errno is not None:
        reason = {errno.ENOSPC: "the disk is full", errno.EDQUOT: "the disk quota is used up",
                  errno.EFBIG: "the limit of a file's size is reached"}.get(
                      cause.errno, cause.strerror or reason)
    elif isinstance(cause, sqlite3.Error) and "full" in reason:
        reason = "the disk is full"
    return UserError(f"{path} cannot be written: {reason}; what was finished before is kept")
