# SPDX-License-Identifier: GPL-2.0-only
"""Command lines: one sentence for what is wrong, and the exit codes."""

from __future__ import annotations

import argparse
import io
import sys
from typing import Callable, NoReturn

from .errors import EXIT_INTERRUPTED, EXIT_USER_ERROR, Interrupted, UserError


class Parser(argparse.ArgumentParser):
    """Refuses with one sentence instead of a page."""

    def error(self, message: str) -> NoReturn:
        """Ends the program, exit code 2."""
        raise UserError(f"{message}; see {self.prog} --help")


def run(main: Callable[[], int]) -> NoReturn:
    """Calls a program's main and ends the process as every verb does."""
    # A terminal that lacks a sign shows another instead of ending the program.
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")
    try:
        code = main()
        sys.stdout.flush()
    except UserError as error:
        print(error, file=sys.stderr)
        code = EXIT_USER_ERROR
    except (Interrupted, KeyboardInterrupt):
        print("interrupted; what was finished is stored, and the same command goes on from there",
              file=sys.stderr)
        code = EXIT_INTERRUPTED
    except BrokenPipeError:
        sys.stderr.close()
        code = EXIT_USER_ERROR
    sys.exit(code)
