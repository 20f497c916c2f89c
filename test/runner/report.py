# SPDX-License-Identifier: GPL-2.0-only
"""What the test processes report, and how it is read."""

import dataclasses
import re
import signal
import xml.etree.ElementTree as ElementTree
from typing import Callable, Optional

# Lines of output that are shown of a process that crashed: the first ones and the last ones.
SHOWN_LINES = 30
NS3_STOPS = "(ns-3's runner leaves out what follows the first failed case of a suite.)"


@dataclasses.dataclass
class Failure:
    """A failed case: what it said, and the command that repeats it."""

    case: str
    output: str
    repeat: str


@dataclasses.dataclass
class Outcome:
    """What came of one process."""

    suite: str
    passed: list[str] = dataclasses.field(default_factory=list)
    failures: list[Failure] = dataclasses.field(default_factory=list)
    skipped: list[tuple[str, str]] = dataclasses.field(default_factory=list)

    def fail(self, case: str, output: str, repeat: str) -> None:
        self.failures.append(Failure(case, output, repeat))

    def skip(self, case: str, reason: str) -> None:
        """A case that says so was skipped, though its runner, which has no such notion, says it passed."""
        if case in self.passed:
            self.passed.remove(case)
        self.skipped.append((case, reason))


def ending(code: int, late_s: Optional[float]) -> str:
    """How a process ended, in words."""
    if late_s is not None:
        return f"still ran after {late_s:.0f} s"
    if code < 0:
        try:
            return f"was ended by {signal.Signals(-code).name}"
        except ValueError:
            return f"was ended by signal {-code}"
    return f"ended with exit code {code}"


def shorten(text: str) -> str:
    """The beginning and the end of a long output."""
    lines = text.rstrip().splitlines()
    if len(lines) > 2 * SHOWN_LINES:
        lines[SHOWN_LINES:-SHOWN_LINES] = [f"… {len(lines) - 2 * SHOWN_LINES} lines …"]
    return "\n".join(lines)


def _leaves(element: ElementTree.Element) -> list[ElementTree.Element]:
    """The test cases below an element, and those groups that failed themselves."""
    children = element.findall("Test")
    if not children:
        return [element]
    found = [leaf for child in children for leaf in _leaves(child)]
    if element.find("FailureDetails") is not None:
        found.append(element)
    return found


def _details(element: ElementTree.Element) -> str:
    lines = []
    for failure in element.findall("FailureDetails"):
        text = {key: (failure.findtext(key) or "").strip() for key in ("File", "Line", "Message", "Condition")}
        actual, limit = failure.findtext("Actual"), failure.findtext("Limit")
        lines.append(f"{text['File']}:{text['Line']}: {text['Message']}")
        lines.append(f"  expected {text['Condition']}: actual {actual}, limit {limit}")
    return "\n".join(lines)


def _name(element: ElementTree.Element) -> str:
    return (element.findtext("Name") or "").strip()


def read_skips(outcome: Outcome, said: str) -> None:
    """Lines `SKIP SUITE CASE: REASON`; a case's own name may hold colons."""
    prefix = f"SKIP {outcome.suite} "
    for line in said.splitlines():
        if not line.startswith(prefix):
            continue
        rest = line[len(prefix):]
        known = [case for case in outcome.passed if rest.startswith(case + ": ")]
        case = max(known, key=len) if known else rest.partition(": ")[0]
        outcome.skip(case, rest[len(case):].removeprefix(": ").strip() or "no reason given")


def read_ns3(suite: str, code: int, late_s: Optional[float], said: str, xml: str, repeat: str) -> Outcome:
    """From ns-3's test runner: its XML report of one suite, its exit code and what the tests printed."""
    outcome = Outcome(suite)
    try:
        # Whatever a test put into a message, control characters included.
        root = ElementTree.fromstring(re.sub("[^\t\n\x20-\ud7ff\ue000-\ufffd]", "?", xml))
    except ElementTree.ParseError:
        outcome.fail("the whole suite", f"{shorten(said)}\nThe suite {ending(code, late_s)}.", repeat)
        return outcome
    for leaf in _leaves(root) if root.find("Test") is not None else []:
        if (leaf.findtext("Result") or "").strip() == "PASS":
            outcome.passed.append(_name(leaf))
        else:
            outcome.fail(_name(leaf), "\n".join(filter(None, [_details(leaf), shorten(said), NS3_STOPS])), repeat)
    read_skips(outcome, said)
    if (code or late_s is not None) and not outcome.failures:
        outcome.fail("the whole suite", f"{shorten(said)}\nThe suite {ending(code, late_s)}.", repeat)
    return outcome


def read_lines(suite: str, code: int, late_s: Optional[float], said: str, repeat: Callable[[str], str]) -> Outcome:
    """From lines `PASS CASE`, `FAIL CASE: WHY`, `SKIP CASE: REASON` and the exit code.

    The indented lines after a FAIL belong to it. A process that fails without such a line counts as a failed case,
    as does one that reports nothing.
    """
    outcome = Outcome(suite)
    open_failure: Optional[Failure] = None
    for line in said.splitlines():
        verdict, _, rest = line.partition(" ")
        case, _, why = rest.partition(": ")
        if open_failure and line.startswith("    "):
            open_failure.output += "\n" + line[4:]
            continue
        open_failure = None
        if verdict == "PASS":
            outcome.passed.append(rest.strip())
        elif verdict == "FAIL":
            outcome.fail(case, why, repeat(case))
            open_failure = outcome.failures[-1]
        elif verdict == "SKIP":
            outcome.skip(case, why)
    reported = outcome.passed or outcome.failures or outcome.skipped
    if late_s is not None or (code and not outcome.failures) or not reported:
        none = "" if reported else " reported no case, and"
        outcome.fail("the whole program", f"{shorten(said)}\nIt{none} {ending(code, late_s)}.", repeat(""))
    elif outcome.failures and not code:
        outcome.fail("the exit code", "It reported a failure, and ended with exit code 0.", repeat(""))
    return outcome
