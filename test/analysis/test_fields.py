# SPDX-License-Identifier: GPL-2.0-only
"""Bands and surfaces draw the numbers that are in the database: golden data, worked out by hand."""

from __future__ import annotations

import csv
import math
import shutil
import tempfile
import unittest
from dataclasses import replace
from pathlib import Path
from typing import Any, Dict, List

from analysis import answers, fields, plot, records, tables
from analysis.dataset import Dataset
from analysis.expression import BadExpression, Expression
from analysis.provenance import Provenance
from analysis.scenario import read
from analysis.simulator import Simulator
from analysis.store import Outcome, Store, describe

import support

TEXT = """title = "Fields"
question = "Are the numbers right?"
runs = 5
sessions = 4

[options]
appBytes = 4

[sweep]
rtt = ["10ms", "100ms"]
hops = [2, 4]
loss = [0, 0.1, 0.2]
protocol = ["dh", "smkex"]

[[plots]]
name = "surface"
kind = "surface"
title = "Surface"
x = "loss"
y = "hops"
panels = "rtt"
value = "mitm"
bound = "0.05 * hops - 10 * (rtt - 0.01) / 9"
where = { protocol = "smkex" }

[[plots]]
name = "rates"
kind = "band"
title = "Rates"
x = "hops / appBytes"
x_title = "share"
lines = "protocol"
panels = "rtt"
value = "mitm"

[[plots]]
name = "times"
kind = "band"
title = "Times"
x = "loss"
lines = "protocol"
statistic = "mean"
value = "client_setup_s"
"""


def record(point: Dict[str, str], run: int, session: int) -> Dict[str, Any]:
    """smkex has a man in the middle exactly below the bound of the surface; dh in the first
    session of each run. A set-up takes 1 s, or 2 s with 4 hops."""
    hops, loss, far = int(point["hops"]), float(point["loss"]), point["rtt"] == "100ms"
    below = loss < 0.05 * hops - 0.1 * far
    values: Dict[str, Any] = dict.fromkeys(records.NAMES)
    for name in records.PREDICATES:
        values[name] = False
    values.update(session=session, seed=1, run=run, protocol=point["protocol"], rtt_s=[1],
                  client_setup_s=hops / 2.0,
                  mitm=below if point["protocol"] == "smkex" else session == 1)
    return values


class GoldenFields(unittest.TestCase):
    """One database for all tests here."""

    folder: Path

    @classmethod
    def setUpClass(cls) -> None:
        cls.folder = Path(tempfile.mkdtemp(prefix="smkex-fields-"))
        path = cls.folder / "fields.toml"
        path.write_text(TEXT)
        simulator = Simulator(support.PRETENDER)
        options = simulator.options()
        scenario = read(path, simulator, options)
        store = Store(cls.folder / "results.sqlite", Provenance("a", "b", "c", "d"))
        store.create(scenario, options, describe(scenario))
        store.begin()
        for point in scenario.points:
            settings = {name: setting.text for name, setting in point.settings.items()}
            store.save([Outcome(point.number, run, f"smkex-sim --run={run}", [
                record(settings, run, session) for session in range(1, 5)])
                for run in scenario.run_numbers(point)])
        store.finish()
        store.close()

    @classmethod
    def tearDownClass(cls) -> None:
        shutil.rmtree(cls.folder)

    def setUp(self) -> None:
        self.data = Dataset(self.folder)
        self.addCleanup(self.data.close)
        self.specs = {spec.name: spec for spec in self.data.plots}

    def rows(self, name: str) -> List[Dict[str, str]]:
        """A CSV file as dictionaries."""
        plot.plot(self.folder)
        with (self.folder / name).open(newline="") as stream:
            return list(csv.DictReader(stream))

    def test_surface(self) -> None:
        spots = fields.surface(self.data, self.specs["surface"])
        self.assertEqual(len(spots), 2 * 2 * 3)
        found = {(s.panel, s.levels[1], s.levels[0]): s for s in spots}
        for (panel, hops, loss), spot in found.items():
            bound = {("10ms", "2"): 0.1, ("10ms", "4"): 0.2, ("100ms", "2"): 0.0,
                     ("100ms", "4"): 0.1}[panel, hops]
            self.assertAlmostEqual(spot.bound, bound, places=12)
            self.assertEqual((spot.x, spot.y), (float(loss), float(hops)))
            expected = 20 if spot.x < bound - 1e-9 else 0
            self.assertEqual((spot.successes, spot.rate.n), (expected, 20))
        self.assertEqual(sum(s.successes == 20 for s in spots), 4)

    def test_agreement_with_theory_is_counted(self) -> None:
        spec = self.specs["surface"]
        spots = fields.surface(self.data, spec)
        sure = sum(s.predicted("below") is not None for s in spots)
        self.assertEqual(fields.agreement(spec, spots), (sure, sure))
        self.assertIn(f"as predicted (where loss is below {spec.bound}) at {sure} of {sure}; "
                      "n = 20 a point.", answers.answer(self.data))
        turned = replace(spec, holds="above")
        self.assertEqual(fields.agreement(turned, spots), (0, sure))
        shifted = replace(spec, bound="0.15")
        right, of = fields.agreement(shifted, fields.surface(self.data, shifted))
        # Below 0.15 are 8 of the points, at 4 of which it holds; above are 4, at none of which.
        self.assertEqual((right, of), (4 + 4, 12))

    def test_the_line_of_theory_is_drawn_between_the_points_too(self) -> None:
        lines = fields.theory(self.data, self.specs["surface"])
        self.assertEqual(list(lines), ["10ms", "100ms"])
        for panel, shift in (("10ms", 0.0), ("100ms", 0.1)):
            self.assertAlmostEqual(lines[panel][0][1], 2)
            self.assertAlmostEqual(lines[panel][-1][1], 4)
            for x, y in lines[panel]:
                self.assertAlmostEqual(x, 0.05 * y - shift, places=12)
        self.assertEqual(fields.theory(self.data, replace(self.specs["surface"], bound="")), {})

    def test_a_point_on_the_line_is_not_judged(self) -> None:
        spots = fields.surface(self.data, replace(self.specs["surface"], bound="0.1"))
        self.assertEqual({s.predicted("below") for s in spots if s.x == 0.1}, {None})
        self.assertEqual({s.predicted("below") for s in spots if s.x == 0}, {True})
        nothing = fields.surface(self.data, replace(self.specs["surface"], bound=""))
        self.assertEqual({s.predicted("below") for s in nothing}, {None})

    def test_rates_along_an_expression(self) -> None:
        marks = {(m.panel, m.line, m.x): m for m in fields.band(self.data, self.specs["rates"])}
        self.assertEqual(len(marks), 2 * 2 * 2)
        # A mark gathers 3 losses of 20 sessions each.
        expected = {("10ms", 0.5): 20, ("10ms", 1.0): 40, ("100ms", 0.5): 0, ("100ms", 1.0): 20}
        z2 = 1.959963984540054 ** 2
        for (panel, line, x), mark in marks.items():
            hits = expected[panel, x] if line == "smkex" else 15
            self.assertEqual(mark.y.n, 60)
            self.assertAlmostEqual(mark.y.value, hits / 60, places=12)
            half = math.sqrt(z2) / (60 + z2) * math.sqrt(hits * (60 - hits) / 60 + z2 / 4)
            self.assertAlmostEqual(mark.y.high, (hits + z2 / 2) / (60 + z2) + half, places=9)

    def test_statistics_of_measures(self) -> None:
        marks = fields.band(self.data, self.specs["times"])
        self.assertEqual([(m.line, m.x) for m in marks],
                         [(line, x) for line in ("dh", "smkex") for x in (0.0, 0.1, 0.2)])
        for mark in marks:
            self.assertEqual(mark.y.n, 80)
            self.assertAlmostEqual(mark.y.value, 1.5)
            self.assertLess(1, mark.y.low)
            self.assertLess(mark.y.high, 2)

    def test_files_have_the_numbers_drawn(self) -> None:
        rows = self.rows("surface.csv")
        self.assertEqual(sum(int(row["mitm"]) for row in rows), 80)
        self.assertEqual({row["predicted"] for row in rows} - {"True", "False", ""}, set())
        rows = self.rows("rates.csv")
        self.assertEqual([float(r["mitm_rate"]) for r in rows if (r["rtt"], r["protocol"]) ==
                          ("10ms", "smkex")], [20 / 60, 40 / 60])
        for name in ("surface", "rates", "times"):
            svg = (self.folder / f"{name}.svg").read_bytes()
            self.assertIn(b"Repeat: smkex-sim --run=", svg)
            self.assertTrue((self.folder / f"{name}.png").stat().st_size > 10000)

    def test_tables_and_answers(self) -> None:
        text = tables.table(self.data, self.specs["surface"])
        self.assertRegex(text, r"rtt = 10ms\nhops \\ loss +0 +0\.1 +0\.2\n-.*\n"
                               r"2 +20/20 +0/20 +0/20")
        text = tables.table(self.data, self.specs["rates"])
        self.assertRegex(text, r"share +dh +smkex\n-.*\n0\.5 +25 % \[15\.8, 37\.2\] +33\.3 % \[22")
        self.data.plots = [self.specs["rates"]]
        self.assertEqual(answers.answer(self.data),
                         "Man in the middle from share 0.5 to 1 (10ms): dh 25 % to 25 %, smkex "
                         "33.3 % to 66.7 %; n = 60 a point.")
        self.data.plots = [self.specs["times"]]
        self.assertIn("Mean set-up time at the client from loss 0 to 0.2: dh 1500 ms to 1500 ms",
                      answers.answer(self.data))


class Refusals(support.SweepTest):
    """What a plot cannot be made of is told by file and line."""

    def plotted(self, *lines: str) -> str:
        """The small scenario with another plot."""
        return (support.SMALL.replace("threat = [", "loss = [0, 0.1]\nthreat = [", 1)
                + '[[plots]]\nname = "more"\ntitle = "More"\n' + "\n".join(lines) + "\n")

    def test_bad_keys_of_bands_and_surfaces(self) -> None:
        band = ('kind = "band"', 'lines = "protocol"')
        surface = ('kind = "surface"', 'x = "loss"', 'y = "threat"')
        for lines, words in (
                ((*band,), "'x' of a plot of kind band is missing"),
                ((*band, 'x = "nonsense / 2"'), "'nonsense' is no option"),
                ((*band, 'x = "loss ** 2"'), "something else than names"),
                ((*band, 'x = "loss +"'), "is no arithmetic"),
                ((*band, 'x = "loss"', 'value = "protocol"'), "'value' of a plot of kind band"),
                ((*surface, 'bound = "open(1)"'), "something else than names"),
                ((*surface, 'holds = "left"'), "'holds' has to be one of below, above"),
                ((*surface, 'x_title = 3'), "'x_title' has to be text"),
                (('kind = "surface"', 'x = "loss"', 'y = "hops"'), "one of the sweep's columns")):
            with self.subTest(words):
                self.refused(self.plotted(*lines), None, words)

    def test_good_ones_are_drawn(self) -> None:
        path = self.scenario(self.plotted('kind = "band"', 'lines = "protocol"',
                                          'x = "loss / (hops + 1)"'))
        done = self.sweep(path)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertTrue((self.folder / "out" / "small" / "more.png").exists())


class Expressions(unittest.TestCase):
    """Arithmetic and nothing else."""

    def test_values(self) -> None:
        values = {"a": 6.0, "b": 4.0, "zero": 0.0, "nan": math.nan}
        for text, expected in (("a", 6), ("a - b - 1", 1), ("a / b * 2", 3), ("-(a + 2) / 4", -2),
                               ("min(a, b, 5)", 4), ("max(b, 2 * b) - .5", 7.5)):
            with self.subTest(text):
                self.assertAlmostEqual(Expression(text).value(values), expected)
        for text in ("a / zero", "nan + 1", "min(1, nan)", "max(nan, 1)"):
            with self.subTest(text):
                self.assertTrue(math.isnan(Expression(text).value(values)))

    def test_names(self) -> None:
        self.assertEqual(Expression("a - 2 * max(b, a)").names, ["a", "b", "a"])

    def test_nothing_else(self) -> None:
        for text in ("", "a b", "a.b", "a[0]", "a ** b", "__import__('os')", "min()", "'a'", "True",
                     "lambda: 1", "a if b else c", "min(a, key=b)", "x := 1", "1j", "a < b",
                     "f(a)"):
            with self.subTest(text), self.assertRaises(BadExpression):
                Expression(text)


if __name__ == "__main__":
    unittest.main()
