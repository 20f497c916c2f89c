# SPDX-License-Identifier: GPL-2.0-only
"""How reports of test processes are counted."""

import os
import sys
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import report  # noqa: E402


def suite_xml(*cases: str) -> str:
    return "<Test><Name>smkex-x</Name><Result>PASS</Result>" + "".join(cases) + "</Test>"


def passed(name: str) -> str:
    return f"<Test><Name>{name}</Name><Result>PASS</Result></Test>"


def failed(name: str, message: str) -> str:
    return (
        f"<Test><Name>{name}</Name><Result>FAIL</Result><FailureDetails><Condition>a == b</Condition><Actual>1</Actual>"
        f"<Limit>2</Limit><Message>{message}</Message><File>x.cc</File><Line>7</Line></FailureDetails></Test>"
    )


def read_ns3(xml: str, code: int = 0, said: str = "", late_s: float | None = None) -> report.Outcome:
    return report.read_ns3("smkex-x", code, late_s, said, xml, "again")


def read_lines(said: str, code: int = 0, late_s: float | None = None) -> report.Outcome:
    return report.read_lines("fuzz", code, late_s, said, lambda case: f"again {case}".strip())


class Ns3Report(unittest.TestCase):
    def test_every_case_is_counted(self) -> None:
        outcome = read_ns3(suite_xml(passed("A"), passed("B"), failed("C", "no")), code=1)
        self.assertEqual(outcome.passed, ["A", "B"])
        self.assertEqual([failure.case for failure in outcome.failures], ["C"])
        self.assertIn("x.cc:7: no", outcome.failures[0].output)

    def test_cases_of_groups_are_counted_and_groups_are_not(self) -> None:
        group = "<Test><Name>G</Name><Result>PASS</Result>" + passed("A") + passed("B") + "</Test>"
        self.assertEqual(read_ns3(suite_xml(group)).passed, ["A", "B"])

    def test_a_skipped_case_is_not_a_passed_one(self) -> None:
        outcome = read_ns3(suite_xml(passed("A: b"), passed("C")), said="noise\nSKIP smkex-x A: b: no root: here\n")
        self.assertEqual(outcome.passed, ["C"])
        self.assertEqual(outcome.skipped, [("A: b", "no root: here")])

    def test_a_crash_without_report_counts_as_failed(self) -> None:
        outcome = read_ns3("", code=-11, said="last words")
        self.assertEqual(len(outcome.failures), 1)
        self.assertIn("last words", outcome.failures[0].output)
        self.assertIn("SIGSEGV", outcome.failures[0].output)

    def test_a_crash_after_the_report_counts_as_failed(self) -> None:
        outcome = read_ns3(suite_xml(passed("A")), code=-6)
        self.assertEqual((len(outcome.passed), len(outcome.failures)), (1, 1))

    def test_a_suite_that_hangs_counts_as_failed(self) -> None:
        self.assertIn("still ran after 5 s", read_ns3("", code=-9, late_s=5.0).failures[0].output)

    def test_control_characters_in_a_message_do_no_harm(self) -> None:
        outcome = read_ns3(suite_xml(failed("A", "byte \x01")), code=1)
        self.assertIn("byte ?", outcome.failures[0].output)


class LineReport(unittest.TestCase):
    def test_every_line_is_counted(self) -> None:
        outcome = read_lines("PASS A\nFAIL B: why: so\n    more\nSKIP C: not here\nother\n", code=1)
        self.assertEqual(outcome.passed, ["A"])
        failures = [(one.case, one.output, one.repeat) for one in outcome.failures]
        self.assertEqual(failures, [("B", "why: so\nmore", "again B")])
        self.assertEqual(outcome.skipped, [("C", "not here")])

    def test_a_crash_counts_as_failed(self) -> None:
        self.assertEqual(len(read_lines("PASS A\n", code=-6).failures), 1)

    def test_silence_counts_as_failed(self) -> None:
        self.assertEqual(len(read_lines("").failures), 1)

    def test_a_failure_that_ends_with_zero_counts_twice(self) -> None:
        self.assertEqual(len(read_lines("FAIL A: why\n", code=0).failures), 2)


if __name__ == "__main__":
    unittest.main()
