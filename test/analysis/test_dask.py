# SPDX-License-Identifier: GPL-2.0-only
"""Sweeps on a Dask scheduler with workers, started here as processes on loopback."""

from __future__ import annotations

import importlib.util
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import unittest
from pathlib import Path
from typing import Dict, List, Tuple

import support


def free_port() -> int:
    """A port of loopback that nobody listens at."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def setUpModule() -> None:
    """Without Dask there is nothing to test."""
    if not importlib.util.find_spec("distributed"):
        raise unittest.SkipTest("python3-distributed is not installed")


class OnDask(support.SweepTest):
    """A scheduler a test, whose processes end with it."""

    def setUp(self) -> None:
        super().setUp()
        self.address = f"tcp://127.0.0.1:{free_port()}"
        self.workers: List["subprocess.Popen[bytes]"] = []

    def start(self, module: str, *arguments: str, **variables: str) -> "subprocess.Popen[bytes]":
        """A process of Dask's that listens on loopback only; it does not find this project."""
        environment = {**support.environment(), "PYTHONPATH": "", **variables}
        log = (self.folder / f"{module}-{len(self.workers)}.log").open("wb")
        self.addCleanup(log.close)
        process = subprocess.Popen(
            [sys.executable, "-m", f"distributed.cli.{module}", *arguments, "--host", "127.0.0.1",
             "--dashboard-address", "127.0.0.1:0", "--no-dashboard"],
            cwd=self.folder, env=environment, stdout=log, stderr=log)
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        return process

    def start_scheduler(self, **variables: str) -> "subprocess.Popen[bytes]":
        """A scheduler that answers."""
        port = self.address.rpartition(":")[2]
        scheduler = self.start("dask_scheduler", "--port", port, **variables)
        deadline = time.monotonic() + 60
        while True:
            try:
                socket.create_connection(("127.0.0.1", int(port)), 1).close()
                return scheduler
            except OSError:
                self.assertIsNone(scheduler.poll())
                self.assertLess(time.monotonic(), deadline)
                time.sleep(0.05)

    def start_worker(self, **variables: str) -> None:
        """A worker of one thread."""
        self.workers.append(self.start("dask_worker", self.address, "--no-nanny", "--nthreads", "1",
                                       "--local-directory", str(self.folder), **variables))

    def remote(self) -> Tuple[str, ...]:
        """The option that sends simulations there."""
        return (f"--cluster={self.address}",)

    def stored(self) -> int:
        """The number of answered simulations so far."""
        try:
            return int(self.rows("SELECT COUNT(*) FROM runs")[0][0])
        except Exception:  # pylint: disable=broad-except
            return 0

    def test_a_worker_killed_in_the_middle_leaves_the_rows_of_a_local_run(self) -> None:
        path = self.scenario()
        self.assertEqual(self.sweep(path, out="local").returncode, 0)
        self.start_scheduler()
        for _ in range(2):
            self.start_worker(PRETENDER_SLEEP_S="0.05")
        process = subprocess.Popen(self.command(path, *self.remote()), cwd=self.folder, text=True,
                                   env=support.environment(), stdout=subprocess.PIPE,
                                   stderr=subprocess.PIPE)
        self.addCleanup(process.kill)
        while process.poll() is None and self.stored() < 8:
            time.sleep(0.01)
        killed_at = self.stored()
        self.workers[0].kill()
        self.workers[0].wait()
        said, errors = process.communicate(timeout=120)
        self.assertEqual(process.returncode, 0, errors)
        self.assertLess(killed_at, 54)
        self.assertIn("108 sessions from 54 simulations", said)
        self.assertEqual(self.dump("local"), self.dump())

    def test_a_simulation_that_ends_its_worker_is_kept_as_failed(self) -> None:
        path = self.scenario(support.SMALL.replace(
            '[options]\n', '[options]\nappBytes = 9007\n').replace("runs = 6", "runs = 3").replace(
                '["N", "A", "A-A"]', '["N", "A"]').replace(
                    'protocol = ["tcp", "dh", "smkex"]\ntransport = ["tcp", "tcp", "parallel-tcp"]',
                    'protocol = ["dh"]\ntransport = ["tcp"]'))
        self.start_scheduler(DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES="0")
        for _ in range(6):
            self.start_worker(PRETENDER_RUN="5")
        done = self.sweep(path, *self.remote())
        self.assertEqual(done.returncode, 1, done.stderr)
        self.assertEqual(self.rows("SELECT point, run, status, reason FROM runs WHERE status != "
                                   "'done'"),
                         [(1, 5, "failed", "the workers that it was given to ended")])
        self.assertEqual(self.rows("SELECT COUNT(*) FROM sessions"), [(10,)])
        self.assertGreaterEqual(sum(w.poll() == -signal.SIGKILL for w in self.workers), 1)

    def test_failures_of_simulations_are_told_as_on_this_machine(self) -> None:
        path = self.scenario(support.SMALL.replace("[options]\n", "[options]\nappBytes = 9001\n"))
        local = self.sweep(path, out="local")
        self.start_scheduler()
        self.start_worker()
        done = self.sweep(path, *self.remote())
        self.assertEqual((done.returncode, local.returncode), (1, 1), done.stderr)
        self.assertEqual(self.dump("local"), self.dump())

    def test_another_simulator_on_the_workers_is_refused(self) -> None:
        path = self.scenario()
        simulator = Path(shutil.copy(support.PRETENDER, self.folder))
        late = self.folder / "late.py"
        late.write_text("import pathlib, sys\n"
                        "program = pathlib.Path(sys.argv[1])\n"
                        "program.write_text(program.read_text() + '# another\\n')\n")
        self.start_scheduler()
        process = subprocess.Popen(
            self.command(path, *self.remote(), simulator=simulator), cwd=self.folder, text=True,
            env=support.environment(), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        self.addCleanup(process.kill)
        while not self.database().exists():
            self.assertIsNone(process.poll())
            time.sleep(0.01)
        subprocess.run([sys.executable, str(late), str(simulator)], check=True)
        self.start_worker()
        _, said = process.communicate(timeout=120)
        self.assertEqual(process.returncode, 2, said)
        self.assertRegex(said, r"^--cluster: \S+ has another build of \S+pretender.py, or other "
                               r"libraries\n$")

    def test_an_interrupted_run_goes_on(self) -> None:
        path = self.scenario()
        self.assertEqual(self.sweep(path, out="local").returncode, 0)
        self.start_scheduler()
        self.start_worker(PRETENDER_SLEEP_S="0.05")
        process = subprocess.Popen(self.command(path, *self.remote()), cwd=self.folder, text=True,
                                   env=support.environment(), stdout=subprocess.DEVNULL,
                                   stderr=subprocess.PIPE)
        self.addCleanup(process.kill)
        while process.poll() is None and self.stored() < 8:
            time.sleep(0.01)
        process.send_signal(signal.SIGINT)
        _, said = process.communicate(timeout=60)
        self.assertEqual(process.returncode, 130, said)
        self.assertIn("interrupted", said)
        self.assertGreaterEqual(self.stored(), 8)
        self.assertEqual(self.sweep(path, *self.remote()).returncode, 0)
        self.assertEqual(self.dump("local"), self.dump())

    @unittest.skipUnless(support.SIMULATOR.exists(), "build/smkex-sim is not built")
    def test_the_simulator_gives_the_rows_of_a_local_run(self) -> None:
        simulator = Path(shutil.copy(support.SIMULATOR, self.folder))
        path = self.scenario()
        self.assertEqual(self.sweep(path, out="local", simulator=simulator).returncode, 0)
        self.start_scheduler()
        self.start_worker()
        self.start_worker()
        done = self.sweep(path, *self.remote(), simulator=simulator)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(self.dump("local"), self.dump())


class Addresses(support.SweepTest):
    """What is no scheduler is told in one sentence before anything is written."""

    def test_bad_addresses(self) -> None:
        cases: Dict[str, str] = {
            "nonsense": "neither tcp://HOST:PORT nor slurm", "tcp://127.0.0.1": "neither tcp://",
            f"tcp://127.0.0.1:{free_port()}": "no Dask scheduler answers"}
        path = self.scenario()
        for address, words in cases.items():
            with self.subTest(address):
                done = self.sweep(path, f"--cluster={address}")
                self.assertEqual(done.returncode, 2, done.stderr)
                self.assertEqual(len(done.stderr.splitlines()), 1, done.stderr)
                self.assertIn(words, done.stderr)
                self.assertEqual(os.listdir(self.folder), [path.name])


if __name__ == "__main__":
    unittest.main()
