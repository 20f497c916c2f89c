# SPDX-License-Identifier: GPL-2.0-only
"""Starts the real waf: start.py WAF ARGUMENT...

WAF is a folder that holds waflib, or the waf script itself. One waf at a time works in this folder; another
one waits. The exit code is waf's, except that Ctrl-C gives 130, as with any other program.
"""

import fcntl
import os
import runpy
import sys

INTERRUPTED_WAF = 68
INTERRUPTED = 130


def start(waf: str) -> None:
    """Hands over to waf, which ends by SystemExit when something went wrong."""
    if os.path.isdir(waf):
        sys.path.insert(0, os.path.abspath(waf))
        from waflib import Context, Scripting  # type: ignore[import]

        Scripting.waf_entry_point(os.getcwd(), Context.WAFVERSION, os.path.abspath(waf))
    else:
        sys.argv[0] = waf
        runpy.run_path(waf, run_name="__main__")


def main() -> int:
    waf = sys.argv.pop(1)
    sys.argv[0] = "waf"
    os.makedirs("build", exist_ok=True)
    with open("build/.lock", "w", encoding="ascii") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            print("smkex: waiting for another ./waf that builds in this folder", flush=True)
            fcntl.flock(lock, fcntl.LOCK_EX)
        try:
            start(waf)
        except SystemExit as end:
            return INTERRUPTED if end.code == INTERRUPTED_WAF else end.code  # type: ignore[return-value]
        except KeyboardInterrupt:
            return INTERRUPTED
    return 0


if __name__ == "__main__":
    sys.exit(main())
