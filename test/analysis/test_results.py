# SPDX-License-Identifier: GPL-2.0-only
"""Tables and plots draw the numbers that are in the database: golden data, worked out by hand."""

from __future__ import annotations

import csv
import math
import os
import shutil
import subprocess
import sys
import tempfile
import unittest
from dataclasses import replace
from pathlib import Path
from typing import Any, Dict, List

from analysis import answers, numbers, plot, records, style, tables
from analysis.dataset import Dataset, quantity
from analysis.parse import parse
from analysis.provenance import Provenance
from analysis.scenario import Scenario, read
from analysis.simulator import Simulator
from analysis.store import Outcome, Store, describe

import support

TEXT = """title = "Golden"
question = "Are the numbers right?"
runs = 4
sessions = 5

[sweep]
rtt = [["1ms", "2ms"], "10ms", "100ms"]

[[sweep.zip]]
protocol = ["tcp", "dh", "smkex"]
transport = ["tcp", "tcp", "parallel-tcp"]

[[sweep.zip]]
name = "where"
label = ["nobody", "everywhere"]
threat = ["N", "A-A"]

[[plots]]
name = "matrix"
kind = "matrix"
title = "Matrix"
rows = "threat"
columns = "protocol"
panels = "rtt"

[[plots]]
name = "cdf"
kind = "cdf"
title = "Distribution"
lines = "protocol"
where = { rtt = "10ms", where = "nobody" }

[[plots]]
name = "against"
kind = "line"
title = "Against"
x = "rtt"
lines = "protocol"
where = { where = "nobody" }

[[plots]]
name = "ratio"
kind = "line"
title = "Ratio"
x = "rtt"
lines = "protocol"
panels = "where"
per_x = true
statistic = "mean"
"""

SETUP_RTTS = {"tcp": 1.0, "dh": 2.0, "smkex": 3.0}


def record(options: Dict[str, str], run: int, session: int) -> Dict[str, Any]:
    """A record whose values follow from where it is.

    The set-up takes 1, 2 or 3 times path 1's RTT and a microsecond for each (session + 5 * run
    within the point); smkex on the attacked paths of 100 ms accepts in the first three sessions of
    each run only, of which the first is exposed.
    """
    rtt = quantity(options["rtt"])[0]
    attacked = options["threat"] == "A-A"
    rare = attacked and options["protocol"] == "smkex" and options["rtt"] == "100ms"
    accepted = not rare or session <= 3
    exposed = attacked and (not rare or session == 1)
    values: Dict[str, Any] = dict.fromkeys(records.NAMES)
    setup = SETUP_RTTS[options["protocol"]] * rtt + 1e-6 * (session + 5 * (run % 4))
    values.update(
        session=session, seed=1, run=run, protocol=options["protocol"],
        transport=options["transport"], threat=options["threat"], rtt_s=[rtt, rtt],
        client_accepted=accepted, client_setup_s=setup if accepted else None,
        client_compute_s=setup / 2, server_accepted=True, client_key_exposed=exposed,
        server_key_exposed=attacked, mitm=exposed, mismatch=False, downgraded=False,
        denied=rare and session == 4, detected=rare and session == 5,
        plaintext_exposed_bytes=2000 if exposed else 0, app_bytes_received=1000, bytes_sent=3000,
        segments_sent=20, subflows=2)
    return values


def fill(folder: Path) -> Scenario:
    """A database of the scenario above, complete but for one simulation that failed."""
    path = folder / "golden.toml"
    path.write_text(TEXT)
    simulator = Simulator(support.PRETENDER)
    options = simulator.options()
    scenario = read(path, simulator, options)
    store = Store(folder / "results.sqlite", Provenance("c0ffee", "5eed", "3.37", "8.7"))
    store.create(scenario, options, describe(scenario))
    store.begin()
    for point in scenario.points:
        settings = {name: setting.text for name, setting in point.settings.items()}
        settings.setdefault("threat", "N")
        for run in scenario.run_numbers(point):
            failed = (point.number, run) == (0, 1)
            store.save([Outcome(point.number, run, f"smkex-sim --run={run}", [] if failed else [
                record(settings, run, session) for session in range(1, 6)],
                "it failed" if failed else None, "because" if failed else "")])
    store.finish()
    store.close()
    return scenario


class GoldenData(unittest.TestCase):
    """One database for all tests here."""

    folder: Path

    @classmethod
    def setUpClass(cls) -> None:
        cls.folder = Path(tempfile.mkdtemp(prefix="smkex-golden-"))
        fill(cls.folder)

    @classmethod
    def tearDownClass(cls) -> None:
        shutil.rmtree(cls.folder)

    def setUp(self) -> None:
        self.data = Dataset(self.folder)
        self.addCleanup(self.data.close)
        self.specs = {spec.name: spec for spec in self.data.plots}

    def csv(self, name: str) -> List[Dict[str, str]]:
        """A CSV file as dictionaries."""
        with (self.folder / name).open(newline="") as stream:
            return list(csv.DictReader(stream))


class Numbers(GoldenData):
    """What is drawn."""

    def test_matrix(self) -> None:
        cells = {(c.panel, c.row, c.column): c for c in
                 numbers.matrix(self.data, self.specs["matrix"])}
        self.assertEqual(len(cells), 3 * 2 * 3)
        for (panel, row, column), cell in cells.items():
            rare = (panel, row, column) == ("100ms", "A-A", "smkex")
            n = 15 if (panel, row, column) == ("1ms,2ms", "N", "tcp") else 20
            expected = 4 if rare else 20 if row == "A-A" else 0
            self.assertEqual((cell.successes, cell.rate.n), (expected, n), (panel, row, column))
            self.assertEqual(cell.marks, {"mitm": expected, "mismatch_without_mitm": 0,
                                          "detected": 4 if rare else 0,
                                          "denied": 4 if rare else 0})

    def test_matrix_keeps_the_order_of_the_file(self) -> None:
        cells = numbers.matrix(self.data, self.specs["matrix"])
        self.assertEqual(list(dict.fromkeys(c.column for c in cells)), ["tcp", "dh", "smkex"])
        self.assertEqual(list(dict.fromkeys(c.panel for c in cells)), ["1ms,2ms", "10ms", "100ms"])

    def test_distribution(self) -> None:
        curves = numbers.cdf(self.data, self.specs["cdf"])
        self.assertEqual([c.line for c in curves], ["tcp", "dh", "smkex"])
        for curve in curves:
            base = SETUP_RTTS[curve.line] * 0.01
            self.assertEqual(curve.sample.n, 20)
            for step, (x, share) in enumerate(zip(curve.grid, curve.share), 1):
                self.assertAlmostEqual(x, base + 1e-6 * step, places=12)
                self.assertAlmostEqual(share, step / 20)
            found = [estimate.value for estimate in curve.quantiles]
            for value, step in zip(found, (10, 19, 20)):
                self.assertAlmostEqual(value, base + 1e-6 * step, places=12)

    def test_line(self) -> None:
        marks = {(m.line, m.level): m for m in numbers.line(self.data, self.specs["against"])}
        self.assertEqual(len(marks), 9)
        for (name, level), mark in marks.items():
            x = {"1ms,2ms": 1e-3, "10ms": 1e-2, "100ms": 1e-1}[level]
            lost = (name, level) == ("tcp", "1ms,2ms")
            self.assertAlmostEqual(mark.x, x, places=12)
            self.assertEqual(mark.y.n, 15 if lost else 20)
            # Without the run whose offset is 5, the middle of 15 values is the third of run 2.
            middle = 8 if lost else 10
            first = sorted(m for m in range(1, 21) if not (lost and 6 <= m <= 10))[middle - 1]
            self.assertAlmostEqual(mark.y.value, SETUP_RTTS[name] * x + 1e-6 * first, places=12)
            self.assertLessEqual(mark.y.low, mark.y.value)
            self.assertGreaterEqual(mark.y.high, mark.y.value)

    def test_ratio_leaves_out_sessions_without_a_time(self) -> None:
        marks = {(m.panel, m.line, m.level): m for m in
                 numbers.line(self.data, self.specs["ratio"])}
        mark = marks["everywhere", "smkex", "100ms"]
        self.assertEqual(mark.y.n, 12)
        self.assertAlmostEqual(mark.y.value, 3 + (2 + 7.5) * 1e-6 / 0.1, places=9)

    def test_answers_are_computed(self) -> None:
        self.assertEqual(
            answers.answer(self.data),
            "Client key exposed (rtt 1ms,2ms): tcp with A-A; dh with A-A; smkex with A-A (n = 15 "
            "to 20 a cell; where never, the rate is below 20 % at 95 %).")
        self.data.plots = [replace(self.specs["matrix"], where={"rtt": ("100ms",)})]
        self.assertIn("smkex with A-A (20 %) (n = 20 a cell", answers.answer(self.data))
        self.data.plots = [self.specs["cdf"]]
        self.assertIn("dh 20.01 ms (p99 20.02 ms)", answers.answer(self.data))
        self.data.plots = [self.specs["ratio"]]
        self.assertIn("from rtt 1 ms to 100 ms (nobody): tcp 1.011 RTT to 1.000 RTT",
                      answers.answer(self.data))

    def test_tables_show_counts_and_intervals(self) -> None:
        text = tables.table(self.data, self.specs["matrix"])
        self.assertIn("4/20 [8.1, 41.6] %", text)
        self.assertIn("n = 15 to 20", text)
        text = tables.table(self.data, self.specs["cdf"])
        self.assertRegex(text, r"dh +20 +20\.01 ms \[20, 20\.02\]")


class Files(GoldenData):
    """What is written."""

    def test_summary(self) -> None:
        parse(self.folder)
        rows = self.csv("summary.csv")
        self.assertEqual(len(rows), 18)
        rare = [r for r in rows if (r["protocol"], r["rtt"], r["threat"]) ==
                ("smkex", "100ms", "A-A")]
        self.assertEqual(len(rare), 1)
        row = rare[0]
        self.assertEqual((row["n"], row["client_accepted"], row["client_key_exposed"],
                          row["client_setup_s_n"], row["client_compute_s_n"]),
                         ("20", "12", "4", "12", "20"))
        self.assertAlmostEqual(float(row["client_key_exposed_rate"]), 0.2)
        z2 = 1.959963984540054 ** 2
        half = math.sqrt(z2) / (20 + z2) * math.sqrt(4 * 16 / 20 + z2 / 4)
        self.assertAlmostEqual(float(row["client_key_exposed_rate_low"]),
                               (4 + z2 / 2) / (20 + z2) - half, places=9)
        self.assertAlmostEqual(float(row["plaintext_exposed_bytes_mean"]), 400)
        self.assertEqual(row["where"], "everywhere")
        self.assertEqual([r["runs_failed"] for r in rows], ["1"] + ["0"] * 17)
        self.assertEqual(rows[0]["n"], "15")

    def test_csv_files_have_the_numbers_drawn(self) -> None:
        plot.plot(self.folder)
        cells = self.csv("matrix.csv")
        self.assertEqual(sum(int(row["client_key_exposed"]) for row in cells), 8 * 20 + 4)
        curve = [row for row in self.csv("cdf.csv") if row["protocol"] == "dh"]
        self.assertEqual([float(row["share"]) for row in curve], [i / 20 for i in range(1, 21)])
        self.assertEqual({(row["n"], row["runs"]) for row in curve}, {("20", "4")})
        marks = self.csv("against.csv")
        self.assertEqual([float(row["rtt_value"]) for row in marks if row["protocol"] == "dh"],
                         [1e-3, 1e-2, 1e-1])

    def test_the_same_database_gives_the_same_bytes(self) -> None:
        copy = self.folder / "copy"
        copy.mkdir(exist_ok=True)
        shutil.copy(self.folder / "results.sqlite", copy)
        subprocess.run([sys.executable, "-m", "analysis.plot", str(copy)], check=True,
                       cwd=support.TOP, capture_output=True)
        files = plot.plot(self.folder)
        self.assertEqual(len(files), 12)
        for image in files:
            self.assertEqual(image.read_bytes(), (copy / image.name).read_bytes(), image.name)
            self.assertNotIn(b"<dc:date>", image.read_bytes())

    def test_failed_writing_leaves_the_old_file(self) -> None:
        path = self.folder / "directory.csv"
        path.mkdir()
        from analysis.errors import UserError
        from analysis.files import write
        with self.assertRaises(UserError):
            write(path, b"new")
        self.assertEqual([n for n in os.listdir(self.folder) if "partial" in n], [])

    def test_a_point_without_any_session_is_left_out(self) -> None:
        empty = Path(tempfile.mkdtemp(prefix="smkex-empty-"))
        self.addCleanup(shutil.rmtree, empty)
        path = empty / "golden.toml"
        path.write_text(TEXT)
        simulator = Simulator(support.PRETENDER)
        scenario = read(path, simulator, simulator.options())
        store = Store(empty / "results.sqlite", Provenance("a", "b", "c", "d"))
        store.create(scenario, simulator.options(), describe(scenario))
        store.close()
        self.assertIn("no session to show", parse(empty))
        self.assertEqual([path.suffix for path in plot.plot(empty)], [".csv"] * 4)


class Layout(unittest.TestCase):
    """Labels and colours."""

    def test_labels_are_moved_apart_as_little_as_needed(self) -> None:
        placed = style.spread([1.0, 1.0, 5.0], 0.5, 0.0, 6.0)
        self.assertEqual(placed, [0.75, 1.25, 5.0])
        placed = style.spread([5.9, 5.9, 5.9], 0.5, 0.0, 6.0)
        self.assertEqual(placed, [5.0, 5.5, 6.0])

    def test_strokes_stay_with_their_names(self) -> None:
        both = style.strokes(["tcp", "smkex"])
        self.assertEqual(style.strokes(["smkex", "dh", "other"])["smkex"], both["smkex"])
        self.assertEqual(len(set(style.strokes(["smkex", "a", "b", "c"]).values())), 4)
        many = [f"line {number}" for number in range(15)] + ["smkex, MPTCP", "smkex"]
        self.assertEqual(len(set(style.strokes(many).values())), 17)
        self.assertEqual(style.strokes(many)["smkex"], both["smkex"])

    def test_quantities(self) -> None:
        for text, expected in (("20ms", (0.02, "s")), ("0.2ms,1ms", (2e-4, "s")), ("3", (3, "")),
                               ("10Gbps", (10, "Gbps")), ("2us", (2e-6, "s"))):
            with self.subTest(text):
                value, unit = quantity(text)
                self.assertAlmostEqual(value, expected[0], places=12)
                self.assertEqual(unit, expected[1])


if __name__ == "__main__":
    unittest.main()
