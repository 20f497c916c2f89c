# SPDX-License-Identifier: GPL-2.0-only
"""smkex.sweep and the installed package, as a user's interpreter sees them."""

from __future__ import annotations

import doctest
import importlib.util
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import unittest
from pathlib import Path
from typing import Any

BUILD = Path(os.environ.get("SMKEX_BUILD", "build")).resolve()
sys.path.insert(0, str(BUILD / "python"))

import smkex  # noqa: E402
from smkex import _sweep  # noqa: E402

SHELL = str(BUILD / "smkex-sim")
SMALL: dict[str, Any] = {"protocol": ["dh", "smkex"], "threat": ["N", "A", "A-A"], "sessions": 2, "cryptoCost": "none"}


class Sweeps(unittest.TestCase):
    def setUp(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="smkex-python-"))
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)

    def test_records_are_those_of_single_runs(self) -> None:
        found = smkex.sweep(SMALL, runs=3, jobs=2)
        self.assertEqual(2 * 3 * 3 * 2, len(found))
        self.assertEqual(18, len({record["run"] for record in found}))
        for first in found[::7]:
            alone = smkex.run(protocol=first["protocol"], threat=first["threat"], sessions=2, cryptoCost="none",
                              run=first["run"])
            together = [r for r in found if r["run"] == first["run"]]
            self.assertEqual(alone, [{key: record[key] for key in alone[0]} for record in together])
            for one, other in zip(alone, together):
                # True equals 1, and 0 equals 0.0, which JSON and SQLite write for the same time.
                self.assertEqual([key for key in one if isinstance(one[key], bool)],
                                 [key for key in other if isinstance(other[key], bool)])

    def test_records_carry_options_and_a_command_that_repeats_them(self) -> None:
        found = smkex.sweep(rtt=[["20ms", "30ms"], "40ms"], loss=0.01, jobs=1)
        self.assertEqual(["20ms,30ms", "40ms"], [record["option_rtt"] for record in found])
        self.assertEqual([[0.02, 0.03], [0.04, 0.04]], [record["rtt_s"] for record in found])
        self.assertEqual({"0.01"}, {record["option_loss"] for record in found})
        self.assertEqual(["1", "2"], [record["option_run"] for record in found])
        self.assertEqual({f"option_{option.name}" for option in smkex.options()},
                         {key for key in found[0] if key.startswith("option_")})
        line = subprocess.run(found[1]["command"].split(), capture_output=True, text=True, check=True).stdout
        self.assertIn(f'"client_setup_s": {found[1]["client_setup_s"]!r}', line.replace('":', '": ').replace("  ", " "))

    def test_the_number_of_jobs_makes_no_difference(self) -> None:
        self.assertEqual(smkex.sweep(SMALL, jobs=1), smkex.sweep(SMALL, jobs=3))

    def test_a_scenario_by_name_by_path_and_as_a_dictionary(self) -> None:
        import tomllib
        path = BUILD / "python" / "smkex" / "_scenarios" / "setup-latency.toml"
        by_name = smkex.sweep("setup-latency", quick=True)
        self.assertGreater(len(by_name), 100)
        self.assertEqual(by_name, smkex.sweep(path, quick=True))
        self.assertEqual(by_name, smkex.sweep(tomllib.loads(path.read_text()), quick=True))

    def test_zipped_groups_have_labels(self) -> None:
        found = smkex.sweep({"runs": 2, "sweep": {"zip": [
            {"name": "what", "label": ["plain", "lossy"], "loss": [0, 0.02], "hops": [1, 2]}]}})
        self.assertEqual(["plain", "plain", "lossy", "lossy"], [record["label_what"] for record in found])
        self.assertEqual(["1", "1", "2", "2"], [record["option_hops"] for record in found])

    def test_bad_options_raise_the_sentence_of_the_shell(self) -> None:
        bad: list[dict[str, Any]] = [{"protocol": "none-such"}, {"loss": 1}, {"rtt": "20"}, {"nonsense": 1}]
        for options in bad:
            shell = subprocess.run([SHELL] + [f"--{k}={v}" for k, v in options.items()],
                                   capture_output=True, text=True, check=False)
            for given in (options, {key: [value] for key, value in options.items()}):
                with self.subTest(given), self.assertRaises(ValueError) as caught:
                    smkex.sweep(given)
                self.assertEqual(shell.stderr, f"smkex-sim: {caught.exception}\n")

    def test_other_mistakes_raise_too_and_leave_nothing(self) -> None:
        out = self.folder / "out"
        bad: list[tuple[Any, dict[str, Any], str]] = [
            ("no-such", {}, "there is no scenario 'no-such'; there are attack-matrix"),
            ({"run": 3}, {}, "option 'run' cannot be set here"), ({"rtt": []}, {}, "at least one value"),
            ({}, {"jobs": 0}, "jobs is 0"), ({}, {"cluster": "mosix"}, "neither tcp://HOST:PORT nor slurm"),
            ({"rtt": "1ms"}, {"rtt": "2ms"}, "twice"), ("setup-latency", {"runs": 3}, "brings its own"),
            ({"sweep": {"rtt": ["1ms"]}, "colour": 1}, {}, "unknown key 'colour'"),
            ({"rtt": [None]}, {}, "a value has to be text"), ({"threat": ["N", "N"]}, {}, "twice"),
            ({"runs": 0}, {}, "1 or more"), ({}, {"cluster": "slurm", "out": None}, "needs out=")]
        for scenario, options, words in bad:
            with self.subTest(words), self.assertRaisesRegex(ValueError, words):
                smkex.sweep(scenario, **{"out": out, **options})
        path = self.folder / "wrong.toml"
        path.write_text('title = "a"\nquestion = "b"\ncolour = 1\n')
        with self.assertRaisesRegex(ValueError, r"wrong\.toml:3: unknown key 'colour'"):
            smkex.sweep(path, out=out)
        self.assertFalse(out.exists())

    def test_a_kept_sweep_is_not_repeated(self) -> None:
        told: list[tuple[int, int]] = []
        first = smkex.sweep(SMALL, out=self.folder)
        self.assertTrue((self.folder / "sweep" / "results.sqlite").exists())
        again = smkex.sweep(SMALL, out=self.folder, cluster="", progress=lambda *now: told.append(now[:2]))
        self.assertEqual(first, again)
        self.assertEqual([], told)

    def test_progress_tells_a_function(self) -> None:
        told: list[tuple[int, int, float]] = []
        smkex.sweep(SMALL, progress=lambda *now: told.append(now))
        self.assertEqual((6, 6), told[-1][:2])
        self.assertEqual(sorted(told), sorted(told, key=lambda now: now[0]))

    def test_failed_simulations_leave_the_others(self) -> None:
        path = self.folder / "hurry.toml"
        path.write_text('title = "a"\nquestion = "b"\ntime_limit_s = 0.5\n[options]\ncryptoCost = "none"\n'
                        '[sweep]\nappBytes = [1000, 100000000]\n')
        with self.assertRaises(smkex.SweepError) as caught:
            smkex.sweep(path)
        self.assertEqual(1, len(caught.exception.failures))
        self.assertEqual("no answer within 0.5 s", caught.exception.failures[0][0])
        self.assertEqual(["1000"], [record["option_appBytes"] for record in caught.exception.records])

    def test_other_threads_can_sweep(self) -> None:
        found: list[list[dict[str, Any]]] = []
        threads = [threading.Thread(target=lambda: found.append(smkex.sweep(SMALL, jobs=1))) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(found[0], found[1])
        self.assertEqual(12, len(found[0]))

    def test_ctrl_c_keeps_what_was_finished(self) -> None:
        code = ("import smkex, sys\n"
                "def told(done, total, left_s):\n    print(done, flush=True)\n"
                "try:\n    smkex.sweep(threat=['N', 'A'], runs=100000, jobs=1, out=sys.argv[1], progress=told)\n"
                "except KeyboardInterrupt:\n    print('ended', flush=True)\n")
        with subprocess.Popen([sys.executable, "-c", code, str(self.folder)], stdout=subprocess.PIPE, text=True,
                              env={**os.environ, "PYTHONPATH": str(BUILD / "python")}) as process:
            assert process.stdout is not None
            process.stdout.readline()
            process.send_signal(signal.SIGINT)
            self.assertEqual("ended", process.stdout.read().splitlines()[-1])
        self.assertTrue((self.folder / "sweep" / "results.sqlite").exists())

    def test_pandas_takes_the_records(self) -> None:
        if not importlib.util.find_spec("pandas"):
            self.skipTest("python3-pandas is not installed")
        import pandas
        frame = pandas.DataFrame(smkex.sweep(SMALL, runs=2))
        rates = frame.groupby(["protocol", "threat"]).client_key_exposed.mean()
        self.assertEqual(1, rates["dh", "A"])
        self.assertEqual(0, rates["smkex", "A"])
        self.assertEqual(1, rates["smkex", "A-A"])

    def test_the_example_in_the_docstring_holds(self) -> None:
        result = doctest.testmod(_sweep)
        self.assertGreater(result.attempted, 1)
        self.assertEqual(0, result.failed)


class Installed(unittest.TestCase):
    """The package in a virtual environment without a network."""

    def test_it_installs_and_sweeps_elsewhere(self) -> None:
        for name in ("venv", "ensurepip", "setuptools"):
            if not importlib.util.find_spec(name):
                self.skipTest(f"python3-{'venv' if name == 'ensurepip' else name} is not installed")
        folder = Path(tempfile.mkdtemp(prefix="smkex-installed-"))
        self.addCleanup(shutil.rmtree, folder, ignore_errors=True)
        made = subprocess.run(["/usr/bin/python3", "-m", "venv", str(folder / "venv")], capture_output=True,
                              text=True, check=False)
        if made.returncode:
            self.skipTest("python3-venv is not installed")
        python = str(folder / "venv" / "bin" / "python")
        package = shutil.copytree(BUILD / "python", folder / "package", ignore=shutil.ignore_patterns("__pycache__"))
        environment = {"PATH": "/usr/bin:/bin", "HOME": str(folder)}
        done = subprocess.run([python, "-m", "pip", "install", "--no-index", "--no-build-isolation", str(package)],
                              capture_output=True, text=True, check=False, env=environment, cwd=folder)
        self.assertEqual(0, done.returncode, done.stdout + done.stderr)
        shutil.rmtree(package)
        modules = ", ".join(path.stem for path in sorted((BUILD / "python" / "smkex" / "_analysis").glob("[a-z]*.py")))
        code = (f"import smkex\nfrom smkex._analysis import {modules}\n"
                "print(smkex.__file__, len(smkex.sweep('setup-latency', quick=True)), smkex.run()[0]['subflows'])\n")
        said = subprocess.run([python, "-c", code], capture_output=True, text=True, check=False, env=environment,
                              cwd=folder)
        self.assertEqual(0, said.returncode, said.stderr)
        where, count, subflows = said.stdout.split()
        self.assertTrue(where.startswith(str(folder / "venv")), where)
        self.assertGreater(int(count), 100)
        self.assertEqual("2", subflows)

    def test_the_types_are_right_for_a_strict_checker(self) -> None:
        if not importlib.util.find_spec("mypy"):
            self.skipTest("mypy is not installed")
        folder = Path(tempfile.mkdtemp(prefix="smkex-typed-"))
        self.addCleanup(shutil.rmtree, folder, ignore_errors=True)
        good = folder / "good.py"
        good.write_text("import smkex\nfrom smkex import engine\n"
                        "found = smkex.sweep('rtt-sweep', jobs=2, quick=True)\nkeys: list[str] = list(found[0])\n"
                        "more = smkex.sweep({'rtt': ['1ms']}, progress=lambda done, total, left_s: None)\n"
                        "one = smkex.run(rtt='20ms', sessions=2)\nclient = engine.Endpoint('client')\n"
                        "key: bytes | None = client.session_key\n")
        bad = folder / "bad.py"
        bad.write_text("import smkex\nsmkex.sweep('rtt-sweep', jobs='two')\nx: int = smkex.version()\n")
        for path, errors in ((good, 0), (bad, 2)):
            with self.subTest(path.name):
                done = subprocess.run(
                    ["/usr/bin/python3", "-m", "mypy", "--strict", "--cache-dir", str(folder / "cache"), str(path)],
                    env={"PATH": "/usr/bin:/bin", "MYPYPATH": str(BUILD / "python")}, capture_output=True, text=True,
                    check=False, cwd=folder)
                mine = [line for line in done.stdout.splitlines() if "error:" in line]
                self.assertEqual(errors, len(mine), done.stdout + done.stderr)


if __name__ == "__main__":
    unittest.main()
