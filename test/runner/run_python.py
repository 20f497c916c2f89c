# SPDX-License-Identifier: GPL-2.0-only
"""Runs the unittest cases of one file, and reports each by a line: PASS CASE, FAIL CASE: WHY, SKIP CASE: REASON.

A failure's traceback follows its line, indented by four blanks. Exit code 1 when a case failed.
"""

import importlib
import os
import sys
import traceback
import unittest
from typing import Any

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))


class Lines(unittest.TestResult):
    """Keeps one report line a case, to print them when all have run."""

    def __init__(self, module: str) -> None:
        super().__init__()
        self.module = module
        self.lines: list[str] = []
        self.failed = False
        self.failed_here = False

    def _name(self, test: Any) -> str:
        return test.id().removeprefix(self.module + ".").replace(": ", ":")

    def _fail(self, test: Any, error: Any) -> None:
        self.failed = True
        self.failed_here = True
        why = str(error[1]).strip().split("\n")[0]
        text = "".join(traceback.format_exception(*error)).rstrip().splitlines()
        self.lines.append(f"FAIL {self._name(test)}: {why}")
        self.lines += ["    " + line for line in text]

    def startTest(self, test: Any) -> None:
        super().startTest(test)
        self.failed_here = False

    def addSuccess(self, test: Any) -> None:
        # unittest calls this too for a case of which only some subtests failed, up to Python 3.10.
        if not self.failed_here:
            self.lines.append(f"PASS {self._name(test)}")

    def addFailure(self, test: Any, err: Any) -> None:
        self._fail(test, err)

    def addError(self, test: Any, err: Any) -> None:
        self._fail(test, err)

    def addSubTest(self, test: Any, subtest: Any, err: Any) -> None:
        if err is not None:
            self._fail(subtest, err)

    def addSkip(self, test: Any, reason: str) -> None:
        self.lines.append(f"SKIP {self._name(test)}: {reason}")

    def addExpectedFailure(self, test: Any, err: Any) -> None:
        self.lines.append(f"PASS {self._name(test)}")

    def addUnexpectedSuccess(self, test: Any) -> None:
        self.failed = True
        self.lines.append(f"FAIL {self._name(test)}: passed, though it is marked as an expected failure")


def main(path: str) -> int:
    folder, name = os.path.split(os.path.abspath(path))
    # Like `python3 -m unittest discover -s FOLDER` in the top folder.
    sys.path[0:1] = [folder, TOP]
    try:
        module = importlib.import_module(os.path.splitext(name)[0])
    except unittest.SkipTest as reason:
        print(f"SKIP {name}: {reason}")
        return 0
    result = Lines(module.__name__)
    unittest.defaultTestLoader.loadTestsFromModule(module).run(result)
    sys.stdout.flush()
    print("\n" + "\n".join(result.lines))
    return 1 if result.failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
