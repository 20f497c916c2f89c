# SPDX-License-Identifier: GPL-2.0-only
"""smkex-internet: its JSON lines, its options, and what it says to files and options that make no sense."""

import bz2
import gzip
import json
import os
import pathlib
import subprocess
import tempfile
import unittest
from typing import Any

TOP = pathlib.Path(__file__).resolve().parent.parent.parent
PROGRAM = TOP / os.environ.get("SMKEX_BUILD", "build") / "smkex-internet"
SHARED_DATA = pathlib.Path(os.environ.get("SMKEX_SHARED_DATA", TOP.parent / "shared" / "data"))
CAIDA = SHARED_DATA / "as" / "20161101.as-rel.txt.bz2"

# 1 buys from 10 and 20, whose carriers 100 and 200 peer and both serve 30, who serves 5.
LINKS = "10|1|-1\n20|1|-1\n100|10|-1\n200|20|-1\n100|30|-1\n200|30|-1\n30|5|-1\n100|200|0\n"

Row = dict[str, Any]


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([PROGRAM, *arguments], capture_output=True, text=True, timeout=300, check=False)


def rows(done: subprocess.CompletedProcess[str]) -> list[Row]:
    if done.returncode != 0 or done.stderr:
        raise AssertionError(f"exit code {done.returncode}: {done.stderr}")
    return [json.loads(line) for line in done.stdout.splitlines()]


@unittest.skipUnless(PROGRAM.exists(), f"{PROGRAM} is not built")
class InternetCase(unittest.TestCase):
    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.links = self.file("links.txt", LINKS)

    def file(self, name: str, content: str | bytes) -> str:
        path = self.folder / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return str(path)


class Routes(InternetCase):
    def test_routes_are_ordered_and_have_path_and_class(self) -> None:
        found = rows(run(f"--asRel={self.links}", "--to=5,1", "--from=20,1,30"))
        self.assertEqual(
            found,
            [
                {"from": 20, "to": 1, "path": [20, 1], "route": "customer"},
                {"from": 30, "to": 1, "path": [30, 100, 10, 1], "route": "provider"},
                {"from": 1, "to": 5, "path": [1, 10, 100, 30, 5], "route": "provider"},
                {"from": 20, "to": 5, "path": [20, 200, 30, 5], "route": "provider"},
                {"from": 30, "to": 5, "path": [30, 5], "route": "customer"},
            ],
        )
        self.assertEqual(list(found[0]), ["from", "to", "path", "route"])

    def test_without_from_every_as_that_has_a_route(self) -> None:
        path = self.file("two.txt", LINKS + "70|71|-1\n100|72|0\n")
        found = rows(run(f"--asRel={path}", "--to=20"))
        self.assertEqual([row["from"] for row in found], [1, 5, 10, 30, 100, 200])
        self.assertEqual({row["route"] for row in found}, {"customer", "peer", "provider"})
        self.assertEqual(found[4], {"from": 100, "to": 20, "path": [100, 200, 20], "route": "peer"})
        self.assertEqual(run(f"--asRel={path}", "--to=70", "--from=1").stdout, "")

    def test_compressed_files_and_serial_2_give_the_same(self) -> None:
        plain = run(f"--asRel={self.links}", "--to=all")
        self.assertEqual(len(rows(plain)), 6 * 7)
        serial2 = LINKS.replace("\n", "|bgp\n")
        for name, content in (
            ("links.gz", gzip.compress(LINKS.encode())),
            ("links.bz2", bz2.compress(LINKS.encode())),
            ("odd-name", bz2.compress(serial2.encode())),
            ("serial2.txt", serial2.encode()),
        ):
            with self.subTest(name):
                self.assertEqual(run(f"--asRel={self.file(name, content)}", "--to=all").stdout, plain.stdout)

    def test_tie_break_rules(self) -> None:
        path = self.file("tie.txt", "7|5|-1\n9|5|-1\n7|1|-1\n9|1|-1\n")
        through = {
            rule: rows(run(f"--asRel={path}", "--to=1", "--from=5", f"--tieBreak={rule}"))[0]["path"][1]
            for rule in ("lowest-asn", "highest-asn", "hash")
        }
        self.assertEqual((through["lowest-asn"], through["highest-asn"]), (7, 9))
        self.assertIn(through["hash"], (7, 9))

    def test_census_counts_routes(self) -> None:
        (row,) = rows(run(f"--asRel={self.links}", "--census", "--to=5"))
        self.assertEqual(
            row,
            {
                "kind": "census",
                "to": 5,
                "customer": 3,
                "peer": 0,
                "provider": 3,
                "unreachable": 0,
                "mean_links": (1 + 2 + 2 + 3 + 3 + 4) / 6,
                "longest_links": 4,
            },
        )
        self.assertEqual(len(rows(run(f"--asRel={self.links}", "--census"))), 7)

    @unittest.skipUnless(CAIDA.exists(), f"no file {CAIDA.name} in the shared data")
    def test_caida_file(self) -> None:
        found = rows(run(f"--asRel={CAIDA}", "--to=3"))
        self.assertGreater(len(found), 55000)
        for row in found:
            self.assertEqual((row["path"][0], row["path"][-1]), (row["from"], 3))


class Exposure(InternetCase):
    def exposure(self, *arguments: str) -> dict[str, list[Row]]:
        found: dict[str, list[Row]] = {}
        for row in rows(run("--exposure", *arguments)):
            found.setdefault(row["kind"], []).append(row)
        return found

    def test_pairs_of_a_file(self) -> None:
        pairs = self.file("pairs.txt", "# client server\n1 5\n5 1\n")
        countries = self.file("countries.txt", "100|XA\n200|XA\n10|XB\n")
        coalitions = self.file("coalitions.txt", "joint 20,100\none 100\nnation XA\n")
        found = self.exposure(
            f"--asRel={self.links}", f"--pairs={pairs}", f"--countries={countries}", f"--coalitions={coalitions}"
        )
        first, second = found["pair"]
        self.assertEqual((first["client"], first["server"], first["clients"]), (1, 5, "multihomed"))
        self.assertEqual(
            first["paths"],
            [
                {"provider": 10, "exit": None, "forward": [1, 10, 100, 30, 5], "reverse": [5, 30, 100, 10, 1]},
                {"provider": 20, "exit": None, "forward": [1, 20, 200, 30, 5], "reverse": [5, 30, 200, 20, 1]},
            ],
        )
        self.assertEqual(first["exposed"], {"as": True, "country": True, "coalition": True})
        for direction in ("forward", "reverse", "either", "both"):
            self.assertEqual(first["on_both"]["as"][direction], [30])
            self.assertEqual(first["on_both"]["country"][direction], ["XA"])
            self.assertEqual(first["on_both"]["coalition"][direction], ["joint", "nation"])
        self.assertEqual((second["clients"], second["choices"]), ("single-homed", 1))
        self.assertEqual(second["paths"][0], second["paths"][1])
        self.assertEqual(found["sample"][0]["sampled"], False)
        shares = {
            (row["attacker"], row["coalition"], row["clients"], row["direction"], row["ends"]): row
            for row in found["share"]
        }
        one = shares["coalition", "one", "all", "both", "excluded"]
        self.assertEqual((one["pairs"], one["exposed"], one["share"], one["low"]), (2, 1, 0.5, None))
        self.assertEqual(shares["as", None, "multihomed", "both", "included"]["share"], 1)
        worst = found["worst-as"][0]
        self.assertEqual((worst["asn"], worst["exposed"], worst["country"]), (30, 2, None))
        self.assertEqual([row["country"] for row in found["worst-country"]], ["XA", "XB"])

    def test_unreachable_pairs_are_said_and_counted(self) -> None:
        links = self.file("parts.txt", LINKS + "70|71|-1\n")
        pairs = self.file("pairs.txt", "1 71\n1 5\n")
        found = self.exposure(f"--asRel={links}", f"--pairs={pairs}")
        self.assertEqual((found["pair"][0]["choices"], found["pair"][0]["paths"]), (0, None))
        self.assertEqual(found["sample"][0]["unreachable"], 1)
        self.assertEqual(found["share"][0]["pairs"], 1)

    def test_drawn_pairs_have_intervals_and_repeat(self) -> None:
        arguments = ("--asRel=synthetic:200", "--pairs=300", "--sensitivity", "--exitPool=3", "--worst=4")
        found = self.exposure(*arguments)
        self.assertEqual(len(found["pair"]), 300)
        for row in found["share"]:
            self.assertLessEqual(row["low"], row["share"])
            self.assertGreaterEqual(row["high"], row["share"])
            self.assertAlmostEqual(row["share"], row["exposed"] / row["pairs"])
        self.assertEqual(len(found["worst-as"]), 4)
        self.assertEqual(
            [row["tie_break"] for row in found["sensitivity"] if row["attacker"] == "as"],
            ["lowest-asn", "highest-asn", "hash"],
        )
        self.assertEqual(found["sensitivity"][0]["differing"], 0)
        self.assertGreater(sum(row["differing"] for row in found["sensitivity"]), 0)
        curve = [row for row in found["exits"] if (row["attacker"], row["clients"]) == ("as", "all")]
        for chosen in ("best", "random"):
            shares = [row["share"] for row in curve if row["chosen"] == chosen]
            self.assertEqual(len(shares), 4)
            self.assertEqual(shares, sorted(shares, reverse=True))
        self.assertEqual([len(row["exits"]) for row in curve if row["chosen"] == "best"], [0, 1, 2, 3])
        self.assertEqual(self.exposure(*arguments), found)
        self.assertNotEqual(self.exposure(*arguments, "--seed=2")["pair"], found["pair"])

    def test_best_paths_are_no_worse_and_exits_are_offered(self) -> None:
        arguments = ("--asRel=synthetic:300", "--pairs=400", "--report=shares", "--direction=either")

        def share(*more: str) -> float:
            found = self.exposure(*arguments, *more)
            self.assertEqual(set(found), {"sample", "share"})
            (row,) = (
                row
                for row in found["share"]
                if (row["attacker"], row["clients"], row["direction"], row["ends"])
                == ("as", "all", "either", "excluded")
            )
            return float(row["share"])

        best = share("--selection=best")
        self.assertLessEqual(best, share("--selection=preferred"))
        exits = ",".join(str(asn) for asn in self.best_connected())
        self.assertLess(share("--selection=best", f"--exits={exits}", "--tunnels=sealed"), best)

    def best_connected(self) -> list[int]:
        found = self.exposure("--asRel=synthetic:300", "--pairs=2", "--exitPool=5")
        return [row for row in found["exits"] if row["k"] == 5 and row["chosen"] == "best"][0]["exits"]

    def test_made_up_graph_comes_back_from_its_files(self) -> None:
        links, countries = self.folder / "links", self.folder / "countries"
        self.assertEqual(
            run("--asRel=synthetic:150", "--seed=3", f"--writeAsRel={links}", f"--writeCountries={countries}").stdout,
            "",
        )
        question = ("--exposure", "--pairs=100", "--seed=3")
        made_up = run("--asRel=synthetic:150", *question)
        self.assertEqual(len(rows(made_up)[0]["paths"]), 2)
        read = run(f"--asRel={links}", f"--countries={countries}", *question)
        self.assertEqual(read.stdout, made_up.stdout)


class Refusals(InternetCase):
    def refuses(self, says: str, *arguments: str) -> None:
        with self.subTest(arguments=arguments):
            done = run(*arguments)
            self.assertEqual((done.returncode, done.stdout), (2, ""))
            self.assertEqual(done.stderr.count("\n"), 1)
            self.assertTrue(done.stderr.startswith("smkex-internet: "), done.stderr)
            self.assertIn(says, done.stderr)

    def test_options(self) -> None:
        graph = f"--asRel={self.links}"
        pairs = f"--pairs={self.file('pairs', '1 5')}"
        self.refuses("--asRel: missing", "--to=1")
        self.refuses("--to: missing", graph)
        self.refuses("--to: missing")
        self.refuses("--nonsense: there is no such option", graph, "--nonsense=1")
        self.refuses("not an option", graph, "to=1")
        self.refuses("--to: a value is needed", graph, "--to")
        self.refuses("--to: a value is needed", graph, "--to=")
        self.refuses("--to: '0' is not an ASN", graph, "--to=0")
        self.refuses("--to: '' is not an ASN", graph, "--to=1,")
        self.refuses("--to: AS 99 is not in the AS graph", graph, "--to=1,99")
        self.refuses("--from: AS 98 is not in the AS graph", graph, "--to=1", "--from=98")
        self.refuses("--to: given twice", graph, "--to=1", "--to=5")
        self.refuses("--to: AS 1 is given twice", graph, "--to=1,1")
        self.refuses("--from: goes with --to only", graph, "--from=1")
        self.refuses("--from: does not go with --census", graph, "--census", "--from=1")
        self.refuses("--to: does not go with --exposure", graph, "--exposure", pairs, "--to=1")
        self.refuses("--pairs: goes with --exposure only", graph, "--to=1", pairs)
        self.refuses("--pairs: missing", graph, "--exposure")
        self.refuses("--pairs: '0' is not a whole number from 1", graph, "--exposure", "--pairs=0")
        self.refuses("--tieBreak: 'x' is none of lowest-asn", graph, "--to=1", "--tieBreak=x")
        self.refuses("--direction: 'x' is none of forward", graph, "--exposure", pairs, "--direction=x")
        self.refuses("--selection: 'x' is none of preferred", graph, "--exposure", pairs, "--selection=x")
        self.refuses("--tunnels: 'x' is none of plain", graph, "--exposure", pairs, "--exits=10", "--tunnels=x")
        self.refuses("--tunnels: goes with", graph, "--exposure", pairs, "--tunnels=sealed")
        self.refuses("--exits: AS 97 is not", graph, "--exposure", pairs, "--exits=97")
        self.refuses("--exitPool: '64' is not a whole number from 1 to 63", graph, "--exposure", pairs, "--exitPool=64")
        self.refuses("--exitPool: AS 97 is not", graph, "--exposure", pairs, "--exitPool=97,10")
        self.refuses("--report: 'x' is none of pairs", graph, "--exposure", pairs, "--report=pairs,x")
        self.refuses("--exposure: takes no value", graph, "--exposure=maybe", pairs)
        self.refuses("--jobs: '0' is not a whole number from 1", graph, "--to=1", "--jobs=0")
        self.refuses("--seed: '-1' is not a whole number", graph, "--to=1", "--seed=-1")
        self.refuses("--asRel: '19' is not a whole number from 20", "--asRel=synthetic:19", "--to=1")
        self.refuses("--countries: does not go with", "--asRel=synthetic", "--countries=x", "--census")
        self.refuses("--writeCountries: there are none", graph, f"--writeCountries={self.folder}/c")
        self.refuses("--writeAsRel: does not go with", graph, "--to=1", f"--writeAsRel={self.folder}/a")

    def test_files(self) -> None:
        whole = bz2.compress(LINKS.encode())
        for name, content, says in (
            ("empty", b"", "no AS relationship"),
            ("half", whole[: len(whole) // 2], "the bzip2 data end early"),
            ("damaged", whole[:-3] + bytes([whole[-3] ^ 1]) + whole[-2:], "the bzip2 data are damaged"),
            ("cut", LINKS.encode()[:-2], ":8: expected"),
            ("page", b"<html>not found</html>\n", ":1: expected 'a|b|-1'"),
            ("cycle", LINKS.encode() + b"5|100|-1\n", ":9: closes a cycle of providers"),
            ("loop", LINKS.encode() + b"5|5|0\n", ":9: AS 5 has a link to itself"),
            ("contradiction", LINKS.encode() + b"1|10|0\n", ":9: makes AS 1 a peer of AS 10, but line 1"),
        ):
            self.refuses(says, f"--asRel={self.file(name, content)}", "--to=5")
        self.refuses("cannot be opened", f"--asRel={self.folder}/none", "--to=5")
        graph = f"--asRel={self.links}"
        pairs = self.file("pairs", "1 5\n1 6\n")
        self.refuses(":2: AS 6 is not in the AS graph", graph, "--exposure", f"--pairs={pairs}")
        self.refuses("cannot be opened", graph, "--exposure", f"--pairs={self.folder}/none")
        self.refuses(":1: expected an ASN and", graph, "--census", f"--countries={self.file('c', 'RO')}")
        self.refuses(
            ":1: expected a name and members",
            graph,
            "--exposure",
            "--pairs=3",
            f"--coalitions={self.file('k', '1,2')}",
        )
        self.refuses("cannot be written", graph, f"--writeAsRel={self.folder}/no/such/folder")

    def test_help_lists_every_option(self) -> None:
        done = run("--help")
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        for option in ("--asRel", "--to", "--from", "--exposure", "--pairs", "--countries", "--tieBreak", "--jobs"):
            self.assertIn(f"  {option}", done.stdout)


if __name__ == "__main__":
    unittest.main()
