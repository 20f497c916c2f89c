# SPDX-License-Identifier: GPL-2.0-only
"""Sweeps that are cut short, fail, or run on several workers leave the same database."""

from __future__ import annotations

import errno
import fcntl
import json
import os
import random
import resource
import shutil
import signal
import sqlite3
import subprocess
import time
import unittest
from dataclasses import replace
from pathlib import Path
from typing import List

from analysis.opening import open_store
from analysis.provenance import commit, provenance
from analysis.scenario import read
from analysis.simulator import Simulator
from analysis.sweep import Sweep
from analysis.worker import simulate

import support

POINTS = 9
SIMULATIONS = 6 * POINTS


class Resuming(support.SweepTest):
    """What was finished is neither lost nor repeated."""

    def start(self, path: Path, sleep_s: float, out: str, simulator: Path = support.PRETENDER
              ) -> "subprocess.Popen[str]":
        """A run in the background, slowed down so that it can be caught in the act."""
        return subprocess.Popen(
            self.command(path, out=out, simulator=simulator), cwd=self.folder, text=True,
            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
            env={**support.environment(), "PRETENDER_SLEEP_S": str(sleep_s)})

    def stored(self, out: str) -> int:
        """The number of finished simulations in a database, 0 while there is none."""
        if not self.database(out).exists():
            return 0
        try:
            return int(self.rows("SELECT COUNT(*) FROM runs", out)[0][0])
        except sqlite3.OperationalError:
            return 0

    def wait_for(self, process: "subprocess.Popen[str]", count: int, out: str) -> None:
        """Until that many simulations are stored."""
        while process.poll() is None and self.stored(out) < count:
            time.sleep(0.005)

    def test_killed_at_random_moments_gives_the_uninterrupted_rows(self) -> None:
        path = self.scenario()
        self.assertEqual(self.sweep(path, out="whole").returncode, 0)
        dice = random.Random(7)
        killed = 0
        for _ in range(10):
            process = self.start(path, 0.03, "cut")
            before = self.stored("cut")
            self.wait_for(process, min(SIMULATIONS - 1, before + dice.randint(1, 5)), "cut")
            time.sleep(dice.random() * 0.03)
            process.kill()
            process.communicate()
            killed += process.returncode == -signal.SIGKILL
            self.assertGreaterEqual(self.stored("cut"), before)
        self.assertGreaterEqual(killed, 5)
        done = self.sweep(path, out="cut")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(self.dump("whole"), self.dump("cut"))
        self.assertNotIn("results.before-1.sqlite", os.listdir(self.database("cut").parent))

    def test_a_finished_run_is_not_repeated(self) -> None:
        path = self.scenario()
        self.sweep(path)
        before = self.dump()
        done = self.sweep(path, env={"PRETENDER_SLEEP_S": "60"})
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn(f"{SIMULATIONS} simulations from before", done.stdout)
        self.assertEqual(before, self.dump())

    def test_interrupt_says_one_sentence_and_keeps_everything(self) -> None:
        path = self.scenario()
        process = self.start(path, 0.05, "out")
        self.wait_for(process, 5, "out")
        process.send_signal(signal.SIGINT)
        _, said = process.communicate(timeout=60)
        self.assertEqual(process.returncode, 130)
        self.assertEqual(len(said.splitlines()), 1, said)
        self.assertIn("interrupted", said)
        kept = self.stored("out")
        self.assertGreaterEqual(kept, 5)
        self.assertLess(kept, SIMULATIONS)
        self.assertEqual(self.sweep(path).returncode, 0)
        self.assertEqual(self.sweep(path, out="whole").returncode, 0)
        self.assertEqual(self.dump("whole"), self.dump())

    def test_workers_end_with_a_killed_run(self) -> None:
        path = self.scenario()
        process = self.start(path, 1000, "out")
        listed = Path(f"/proc/{process.pid}/task/{process.pid}/children")
        while not self.database().exists() or len(children := listed.read_text().split()) < 2:
            self.assertIsNone(process.poll())
            time.sleep(0.01)
        time.sleep(0.2)
        process.kill()
        process.communicate()
        deadline = time.monotonic() + 60
        while any(_lives(int(child)) for child in children):
            self.assertLess(time.monotonic(), deadline)
            time.sleep(0.01)


def _lives(process: int) -> bool:
    try:
        state = Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"


class Twice:
    """Computes everything twice, as a cluster may."""

    def work(self, sweep: Sweep) -> None:
        """Hands each answer in at once and again later."""
        for _ in range(2):
            for answer in simulate(support.PRETENDER, list(sweep.queue), 60):
                sweep.take([answer, replace(answer)])

    def close(self) -> None:
        """Nothing is held."""


class Workers(support.SweepTest):
    """The number of workers leaves no trace."""

    def test_one_two_and_four_workers_store_the_same(self) -> None:
        path = self.scenario()
        dumps = []
        for jobs in (1, 2, 4):
            done = self.sweep(path, f"--jobs={jobs}", out=f"jobs{jobs}")
            self.assertEqual(done.returncode, 0, done.stderr)
            dumps.append(self.dump(f"jobs{jobs}"))
        self.assertEqual(dumps[0], dumps[1])
        self.assertEqual(dumps[0], dumps[2])

    def test_an_answer_that_comes_twice_is_stored_once(self) -> None:
        path = self.scenario()
        self.assertEqual(self.sweep(path, out="once").returncode, 0)
        simulator = Simulator(support.PRETENDER)
        options = simulator.options()
        scenario = read(path, simulator, options)
        directory = self.folder / "out" / "small"
        directory.mkdir(parents=True)
        store = open_store(scenario, directory, options, provenance(simulator, "unknown"))
        work = Sweep(scenario, simulator.path, store, "twice")
        work.run(Twice())
        store.finish()
        store.close()
        self.assertEqual((work.done, work.failed), (SIMULATIONS, 0))
        self.assertEqual(self.dump("once"), self.dump())

    def test_rows_carry_options_records_versions_and_command(self) -> None:
        path = self.scenario()
        self.assertEqual(self.sweep(path).returncode, 0)
        database = sqlite3.connect(self.database())
        database.row_factory = sqlite3.Row
        rows = [dict(row) for row in database.execute("SELECT * FROM results")]
        database.close()
        self.assertEqual(len(rows), 2 * SIMULATIONS)
        self.assertEqual(len({(row["run"], row["session"]) for row in rows}), len(rows))
        self.assertEqual(len({row["run"] for row in rows}), SIMULATIONS)
        for row in rows:
            self.assertEqual(row["option_protocol"], row["protocol"])
            self.assertEqual(row["option_group"], "x25519")
            self.assertEqual(row["option_run"], str(row["run"]))
            self.assertEqual(row["option_sessions"], "2")
            self.assertIn(f"--run={row['run']}", row["command"].split())
            self.assertEqual(row["commit"], "unknown")
            self.assertEqual(len(row["code_simulator"]), 64)
            self.assertEqual(json.loads(row["rtt_s"]), [0.02, 0.02])
            self.assertGreater(row["key_generation_s"], 0)

    @unittest.skipUnless(shutil.which("git"), "git is not installed")
    def test_rows_carry_the_commit(self) -> None:
        repository = self.folder / "repository"
        git = ["git", "-c", "user.name=a", "-c", "user.email=a", "-C", str(repository)]
        subprocess.run(["git", "init", "-q", str(repository)], check=True)
        (repository / "file").write_text("one")
        subprocess.run([*git, "add", "file"], check=True)
        subprocess.run([*git, "commit", "-q", "-m", "one"], check=True)
        first = commit(repository)
        self.assertRegex(first, "^[0-9a-f]{40}$")
        (repository / "file").write_text("two")
        self.assertEqual(commit(repository), first + "+changes")
        self.assertEqual(commit(self.folder), "unknown")

    def test_files_and_manifest_agree(self) -> None:
        self.assertEqual(self.sweep(self.scenario(), "--quick").returncode, 0)
        folder = self.database().parent
        manifest = json.loads((folder / "manifest.json").read_text())
        self.assertEqual(sorted(manifest["files"] + ["manifest.json"]),
                         sorted(os.listdir(folder)))
        self.assertEqual((manifest["points"], manifest["simulations_done"],
                          manifest["simulations_failed"], manifest["sessions"]), (3, 6, 0, 12))
        self.assertIn("--quick", manifest["command"])

    def test_a_terminal_without_daggers(self) -> None:
        done = subprocess.run(
            self.command(self.scenario()), cwd=self.folder, check=False, capture_output=True,
            env={**support.environment(), "PYTHONIOENCODING": "ascii"})
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn(b"in some or all sessions: ? detected", done.stdout)

    def test_somebody_who_reads_does_not_stop_it(self) -> None:
        path = self.scenario()
        self.sweep(path, "--quick")
        path.write_text(path.read_text().replace("[quick]\nruns = 2", "[quick]\nruns = 3"))
        process = subprocess.Popen(
            self.command(path), cwd=self.folder, stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE, text=True,
            env={**support.environment(), "PRETENDER_SLEEP_S": "0.02"})
        aside = self.database().with_name("results.before-1.sqlite")
        while process.poll() is None and not (aside.exists() and self.database().exists()):
            time.sleep(0.005)
        reader = sqlite3.connect(self.database())
        reader.execute("SELECT COUNT(*) FROM meta").fetchall()
        _, said = process.communicate(timeout=120)
        reader.close()
        self.assertEqual(process.returncode, 0, said)
        self.assertEqual(self.rows("SELECT COUNT(*) FROM runs"), [(SIMULATIONS,)])

    def test_quick_runs_the_thinned_grid(self) -> None:
        path = self.scenario()
        self.assertEqual(self.sweep(path, "--quick").returncode, 0)
        self.assertEqual(self.rows("SELECT COUNT(*) FROM runs"), [(2 * 3,)])

    def test_two_runs_do_not_write_to_one_place(self) -> None:
        path = self.scenario()
        folder = self.database().parent
        folder.mkdir(parents=True)
        handle = os.open(folder, os.O_RDONLY)
        fcntl.flock(handle, fcntl.LOCK_EX)
        done = self.sweep(path)
        os.close(handle)
        self.assertEqual(done.returncode, 2)
        self.assertIn("another run is writing", done.stderr)
        self.assertEqual(os.listdir(folder), [])


class Failures(support.SweepTest):
    """A failing simulation is kept with its command; the others go on."""

    def failing(self, wish: int, *lines: str) -> Path:
        """The small scenario in which every simulation with threat A misbehaves."""
        extra = "".join(f"{line}\n" for line in lines)
        return self.scenario(extra + support.SMALL.replace("runs = 6", "runs = 2").replace(
            'rtt = "20ms"', f'rtt = "20ms"\nappBytes = {wish}'))

    def check(self, wish: int, reason: str, *lines: str) -> List[str]:
        """All failures have this reason, everything else is there; returns their messages."""
        done = self.sweep(self.failing(wish, *lines))
        self.assertEqual(done.returncode, 1, done.stderr)
        failed = self.rows("SELECT reason, command, stderr FROM runs WHERE status = 'failed'")
        self.assertEqual(len(failed), 2 * 3)
        self.assertEqual(self.rows("SELECT COUNT(*) FROM runs WHERE status = 'done'"), [(12,)])
        self.assertEqual(self.rows("SELECT COUNT(*) FROM sessions"), [(24,)])
        for text, command, _ in failed:
            self.assertIn(reason, text)
            self.assertIn("--threat=A ", command)
            self.assertIn(f"--appBytes={wish}", command)
        manifest = json.loads((self.database().parent / "manifest.json").read_text())
        self.assertEqual(manifest["simulations_failed"], 6)
        self.assertEqual(manifest["simulations_done"], 12)
        return [stderr or "" for _, _, stderr in failed]

    def test_ended_by_a_signal(self) -> None:
        for said in self.check(9001, "SIGSEGV"):
            self.assertEqual(said, "a word before the end\n")

    def test_ended_with_a_status(self) -> None:
        self.check(9006, "status 7")

    def test_no_answer_within_the_time_limit(self) -> None:
        self.check(9002, "no answer within 0.3 s", "time_limit_s = 0.3")

    def test_refused(self) -> None:
        self.check(9003, "refused on request")

    def test_half_a_record(self) -> None:
        self.check(9004, "no JSON object")

    def test_too_few_records(self) -> None:
        self.check(9005, "1 records")

    def test_failed_ones_are_tried_again(self) -> None:
        cure = self.folder / "cure"
        text = support.SMALL.replace('rtt = "20ms"', 'rtt = "20ms"\nappBytes = 9001\n'
                                     f'trust = "{cure}"')
        path = self.scenario(text)
        self.assertEqual(self.sweep(path).returncode, 1)
        self.assertEqual(self.rows("SELECT COUNT(*) FROM sessions"), [(2 * 6 * 6,)])
        os.symlink("/dev/null", cure)
        done = self.sweep(path)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(self.rows("SELECT COUNT(*) FROM sessions"), [(2 * 6 * 9,)])
        self.assertEqual(self.rows("SELECT COUNT(*) FROM runs WHERE stderr NOT NULL"), [(0,)])


class OtherCode(support.SweepTest):
    """A database made by something else is said and kept."""

    def check(self, words: str, *options: str) -> None:
        """The old database is kept under another name, the new one is complete."""
        before = self.dump()
        done = self.sweep(self.folder / "small.toml", *options)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn(words, done.stderr)
        self.assertIn("kept as results.before-1.sqlite", done.stderr)
        aside = self.database().with_name("results.before-1.sqlite")
        with sqlite3.connect(aside) as database:
            self.assertEqual(list(database.iterdump()), before)
        database.close()

    def test_another_scenario_text(self) -> None:
        path = self.scenario()
        self.sweep(path)
        path.write_text(support.SMALL + "# changed\n")
        self.check("another text or grid")

    def test_another_grid(self) -> None:
        self.sweep(self.scenario())
        self.check("another text or grid", "--quick")

    def test_another_simulator(self) -> None:
        self.sweep(self.scenario())
        other = self.folder / "other.py"
        other.write_text(support.PRETENDER.read_text() + "# changed\n")
        other.chmod(0o755)
        self.check("another build of the simulator", f"--simulator={other}")

    def test_no_database_at_all(self) -> None:
        path = self.scenario()
        self.database().parent.mkdir(parents=True)
        self.database().write_text("something else\n" * 100)
        done = self.sweep(path)
        self.assertEqual(done.returncode, 0, done.stderr)
        aside = self.database().with_name("results.before-1.sqlite")
        self.assertEqual(aside.read_text(), "something else\n" * 100)

    def test_fresh_starts_anew(self) -> None:
        path = self.scenario()
        self.sweep(path)
        done = self.sweep(path, "--fresh")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertNotIn("from before", done.stdout)
        self.assertFalse(self.database().with_name("results.before-1.sqlite").exists())


class FullDisk(support.SweepTest):
    """One sentence, exit code 2, nothing half-written, and it goes on once there is room."""

    def limited(self, size: int, path: Path) -> "subprocess.CompletedProcess[str]":
        """Runs with a limit on the size of files (bytes)."""
        return self.sweep(path, preexec_fn=lambda: resource.setrlimit(
            resource.RLIMIT_FSIZE, (size, size)))

    def check(self, size: int) -> None:
        """Fails within the limit, then completes without it."""
        path = self.scenario()
        done = self.limited(size, path)
        self.assertEqual(done.returncode, 2, done.stderr)
        self.assertEqual(len(done.stderr.splitlines()), 1, done.stderr)
        self.assertIn("cannot be written", done.stderr)
        left = os.listdir(self.database().parent) if self.database().parent.exists() else []
        self.assertEqual([name for name in left if name.startswith(".")], [])
        if self.database().exists():
            self.assertEqual(self.rows("PRAGMA integrity_check"), [("ok",)])
            self.assertEqual(self.rows("SELECT COUNT(*) FROM sessions"),
                             self.rows("SELECT 2 * COUNT(*) FROM runs"))
        self.assertEqual(self.sweep(path).returncode, 0)
        self.assertEqual(self.sweep(path, out="whole").returncode, 0)
        self.assertEqual(self.dump("whole"), self.dump())

    def test_no_room_for_the_empty_database(self) -> None:
        self.check(2000)

    def test_room_for_some_rows(self) -> None:
        self.check(50_000)

    def test_room_for_the_rows_but_not_for_the_plots(self) -> None:
        path = self.scenario()
        self.assertEqual(self.sweep(path).returncode, 0)
        folder = self.database().parent
        plot = folder / "matrix.png"
        limit = plot.stat().st_size - 1000
        old = b"an older plot"
        plot.write_bytes(old)
        done = self.limited(limit, path)
        self.assertEqual(done.returncode, 2, done.stderr)
        self.assertRegex(done.stderr, r"^\S+matrix\.png cannot be written: the limit .*\n$")
        self.assertEqual(plot.read_bytes(), old)
        self.assertEqual([name for name in os.listdir(folder) if name.startswith(".")], [])

    def test_a_file_system_without_room(self) -> None:
        mount = self.folder / "tiny"
        mount.mkdir()
        made = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64k", "none", str(mount)],
                              capture_output=True, check=False)
        if made.returncode != 0:
            self.skipTest("cannot mount a small file system here")
        try:
            done = self.sweep(self.scenario(), out="tiny")
            self.assertEqual(done.returncode, 2, done.stderr)
            self.assertEqual(len(done.stderr.splitlines()), 1, done.stderr)
            self.assertIn("full", done.stderr)
        finally:
            subprocess.run(["umount", str(mount)], check=True)

    def test_errors_of_the_system_are_told_in_words(self) -> None:
        from analysis.errors import cannot_write
        sentence = str(cannot_write(Path("a"), OSError(errno.ENOSPC, "No space left")))
        self.assertIn("a cannot be written: the disk is full", sentence)


@unittest.skipUnless(support.SIMULATOR.exists(), "build/smkex-sim is not built")
class WithTheSimulator(support.SweepTest):
    """The same with what the sweeps are for, in a copy that no build replaces meanwhile."""

    def setUp(self) -> None:
        super().setUp()
        self.simulator = Path(shutil.copy(support.SIMULATOR, self.folder))

    def test_killed_and_resumed_equals_uninterrupted(self) -> None:
        text = support.SMALL.replace("runs = 6", "runs = 40")
        path = self.scenario(text)
        whole = self.sweep(path, out="whole", simulator=self.simulator)
        self.assertEqual(whole.returncode, 0, whole.stderr)
        dice = random.Random(11)
        for _ in range(10):
            process = subprocess.Popen(
                self.command(path, out="cut", simulator=self.simulator), cwd=self.folder,
                env=support.environment(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            time.sleep(0.4 + dice.random() * 0.8)
            process.kill()
            process.wait()
        done = self.sweep(path, out="cut", simulator=self.simulator)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(self.dump("whole"), self.dump("cut"))

    def test_one_and_two_workers_store_the_same(self) -> None:
        path = self.scenario()
        for jobs in (1, 2):
            done = self.sweep(path, f"--jobs={jobs}", out=f"jobs{jobs}",
                              simulator=self.simulator)
            self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(self.dump("jobs1"), self.dump("jobs2"))

    def test_the_stored_command_repeats_its_record(self) -> None:
        path = self.scenario()
        self.assertEqual(self.sweep(path, simulator=self.simulator).returncode, 0)
        (command,), = self.rows("SELECT command FROM runs WHERE point = 7 LIMIT 1")
        lines = subprocess.run(command.split(), capture_output=True, text=True,
                               check=True).stdout.splitlines()
        stored = self.rows("SELECT session, client_setup_s, client_key_exposed, bytes_sent FROM "
                           "sessions WHERE point = 7 AND run = "
                           "(SELECT MIN(run) FROM runs WHERE point = 7) ORDER BY session")
        printed = [json.loads(line) for line in lines]
        self.assertEqual(stored, [(r["session"], r["client_setup_s"], r["client_key_exposed"],
                                   r["bytes_sent"]) for r in printed])


if __name__ == "__main__":
    unittest.main()
