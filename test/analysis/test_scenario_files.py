# SPDX-License-Identifier: GPL-2.0-only
"""What is wrong in a scenario file is said by file and line, before anything is written."""

from __future__ import annotations

import os
import tomllib
import unittest
from typing import Any, List, Tuple

from analysis.toml_lines import TomlPath, locate

import support


def replaced(old: str, new: str) -> Tuple[str, int]:
    """The small scenario with one text replaced, and the line of the replacement."""
    assert support.SMALL.count(old) == 1, old
    return support.SMALL.replace(old, new), support.SMALL[:support.SMALL.index(old)].count(
        "\n") + 1


class BadFilesAreRefused(support.SweepTest):
    """One sentence, exit code 2, nothing written."""

    def check(self, old: str, new: str, words: str, down: int = 0) -> None:
        """Replaces a text; the complaint is `down` lines below it."""
        text, line = replaced(old, new)
        self.refused(text, line + down, words)

    def test_unknown_top_level_key(self) -> None:
        self.check("runs = 6\n", "rums = 6\n", "unknown key 'rums'")

    def test_unknown_option_in_options(self) -> None:
        self.check('cryptoCost = "none"', 'cryptocost = "none"', "unknown option 'cryptocost'")

    def test_unknown_option_in_sweep(self) -> None:
        self.check('threat = ["N", "A", "A-A"]', 'thread = ["N"]', "unknown option 'thread'")

    def test_unknown_key_in_quick(self) -> None:
        self.check("[quick]\nruns = 2", "[quick]\nrun = 2", "unknown key 'run'", down=1)

    def test_unknown_key_in_plot(self) -> None:
        self.check('rows = "threat"', 'row = "threat"', "unknown key 'row'")

    def test_value_that_the_simulator_refuses_in_sweep(self) -> None:
        self.check('protocol = ["tcp", "dh", "smkex"]',
                   'protocol = [\n  "tcp",\n  "dh",\n  "smkeks"]', "'smkeks'", down=3)

    def test_value_that_the_simulator_refuses_in_options(self) -> None:
        self.check('rtt = "20ms"', 'rtt = "20ms"\nloss = "many"', "'many'", down=1)

    def test_contradiction_names_the_line_of_the_first_option(self) -> None:
        self.check('transport = ["tcp", "tcp", "parallel-tcp"]',
                   'transport = ["parallel-tcp", "tcp", "parallel-tcp"]', "needs --transport",
                   down=-1)

    def test_mistyped_count(self) -> None:
        for value in ('"6"', "6.0", "0", "true", "-1"):
            with self.subTest(value):
                self.check("runs = 6\n", f"runs = {value}\n", "'runs' has to be a whole number")

    def test_mistyped_title(self) -> None:
        self.check('title = "Small"', "title = 3", "'title' has to be text")

    def test_missing_question(self) -> None:
        self.refused(support.SMALL.replace('question = "Does it run?"\n', ""), 1, "'question'")

    def test_option_table_as_value(self) -> None:
        self.check('rtt = "20ms"', 'rtt = { a = 1 }', "text of one line")

    def test_line_break_in_a_value(self) -> None:
        self.check('rtt = "20ms"', 'rtt = "20ms\\n--run=3"', "text of one line")

    def test_list_for_an_option_without_list(self) -> None:
        self.check('cryptoCost = "none"', 'cryptoCost = ["none", "none"]', "takes one value")

    def test_run_number_is_reserved(self) -> None:
        self.check('rtt = "20ms"', "run = 3", "'run' cannot be set here")

    def test_option_set_twice(self) -> None:
        self.check('threat = ["N", "A", "A-A"]', 'rtt = ["1ms"]', "also set in [options]")

    def test_zip_of_unequal_lengths(self) -> None:
        self.check('transport = ["tcp", "tcp", "parallel-tcp"]', 'transport = ["tcp", "tcp"]',
                   "has 2 values where 'protocol'")

    def test_empty_sweep_list(self) -> None:
        self.check('threat = ["N", "A", "A-A"]', "threat = []", "at least one value")

    def test_value_that_stands_twice(self) -> None:
        self.check('threat = ["N", "A", "A-A"]', 'threat = ["N", "A", "N"]', "stands twice")

    def test_plot_that_would_overwrite_the_summary(self) -> None:
        self.check('name = "matrix"', 'name = "summary"', "cannot be named")

    def test_quick_keeps_what_is_not_there(self) -> None:
        self.check('threat = ["N"]', 'threat = ["N", "Z"]', "'Z' is no value")

    def test_plot_of_a_column_that_is_not_swept(self) -> None:
        self.check('rows = "threat"', 'rows = "group"', "one of the sweep's columns")

    def test_plot_kind(self) -> None:
        self.check('kind = "matrix"', 'kind = "pie"', "has to be one of matrix")

    def test_syntax_error(self) -> None:
        self.check('rtt = "20ms"', 'rtt = "20ms', "no valid TOML")

    def test_no_text_at_all(self) -> None:
        path = self.scenario()
        path.write_bytes(b'title = "a"\nquestion = "\xff"\n')
        done = self.sweep(path)
        self.assertEqual((done.returncode, done.stderr), (2, f"{path}:2: is not UTF-8 text\n"))

    def test_unreadable_file(self) -> None:
        path = self.folder / "small.toml"
        path.mkdir()
        done = self.sweep(path)
        self.assertEqual(done.returncode, 2)
        self.assertIn(f"{path}:1: cannot be read", done.stderr)
        self.assertEqual(os.listdir(self.folder), [path.name])

    def test_bad_second_file_stops_the_first(self) -> None:
        good, bad = self.scenario(), self.scenario("title = 1\n", "other")
        done = self.sweep(good, f"--only={good},{bad}")
        self.assertEqual(done.returncode, 2)
        self.assertFalse((self.folder / "out").exists())


class CommandLine(support.SweepTest):
    """Options of the program itself."""

    def check(self, option: str, words: str) -> None:
        """The option is refused and nothing is written."""
        path = self.scenario()
        done = self.sweep(path, option)
        self.assertEqual(done.returncode, 2, done.stderr)
        self.assertEqual(len(done.stderr.splitlines()), 1, done.stderr)
        self.assertIn(words, done.stderr)
        self.assertFalse((self.folder / "out").exists())

    def test_jobs(self) -> None:
        for value in ("0", "x", "-1", "1e3", "99999"):
            with self.subTest(value):
                self.check(f"--jobs={value}", "--jobs")

    def test_unknown_scenario(self) -> None:
        self.check("--only=nowhere", "there is no scenario 'nowhere'")

    def test_cluster(self) -> None:
        self.check("--cluster=tcp://127.0.0.1:1", "--cluster")

    def test_unknown_option(self) -> None:
        self.check("--quickly", "--quickly")

    def test_missing_simulator(self) -> None:
        self.check("--simulator=/nonexistent/smkex-sim", "is missing")


class LinesOfToml(unittest.TestCase):
    """The scanner finds every value that tomllib finds."""

    TEXT = '''# first
a = 1
"quoted key" = """
two # no comment
lines""" # a comment
[table.inner]
b = [ 1, # one
  [2, "]"], { c = 3, d.e = 4 },
]
[[list]]
f = 'x=]'
[[list]]
f = true
[list.sub]
g = "\\"#\\\\"
[[list.deep]]
h = """a\\"""""
'''

    def paths(self, value: Any, path: TomlPath = ()) -> List[TomlPath]:
        """The ways to everything inside a parsed value."""
        items = (value.items() if isinstance(value, dict) else
                 enumerate(value) if isinstance(value, list) else ())
        found = [path] if path else []
        for key, inner in items:
            found += self.paths(inner, path + (key,))
        return found

    def test_every_path_has_its_line(self) -> None:
        lines = locate(self.TEXT)
        self.assertEqual(set(self.paths(tomllib.loads(self.TEXT))), set(lines))
        expected: List[Tuple[TomlPath, int]] = [
            (("a",), 2), (("quoted key",), 3), (("table", "inner", "b", 1), 8),
            (("table", "inner", "b", 2, "d", "e"), 8), (("list", 1, "f"), 13),
            (("list", 1, "sub", "g"), 15), (("list", 1, "deep", 0, "h"), 17)]
        for path, line in expected:
            with self.subTest(path):
                self.assertEqual(lines[path], line)


if __name__ == "__main__":
    unittest.main()
