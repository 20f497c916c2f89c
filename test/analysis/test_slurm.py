# SPDX-License-Identifier: GPL-2.0-only
"""Sweeps as job arrays of a Slurm cluster of this one machine, started here on loopback."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import unittest
from pathlib import Path
from typing import Any, List

import support
from test_dask import free_port

PROGRAMS = ("/usr/sbin/slurmctld", "/usr/sbin/slurmd", "/usr/sbin/munged", "/usr/sbin/mungekey",
            "/usr/bin/sbatch")
CONFIGURATION = """ClusterName=test
SlurmctldHost={host}(127.0.0.1)
SlurmUser=root
AuthType=auth/munge
AuthInfo=socket={folder}/munge.socket
CryptoType=crypto/munge
CommunicationParameters=NoCtldInAddrAny,NoInAddrAny
SlurmctldPort={controller}
SlurmdPort={daemon}
StateSaveLocation={folder}/state
SlurmdSpoolDir={folder}/spool
SlurmctldPidFile={folder}/slurmctld.pid
SlurmdPidFile={folder}/slurmd.pid
SlurmctldLogFile={folder}/slurmctld.log
SlurmdLogFile={folder}/slurmd.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SelectType=select/cons_tres
SchedulerParameters=batch_sched_delay=0,sched_interval=1
MpiDefault=none
ReturnToService=2
MailProg=/bin/true
NodeName={host} NodeAddr=127.0.0.1 CPUs=2 RealMemory=500 State=UNKNOWN
PartitionName=all Nodes={host} Default=YES State=UP OverSubscribe=FORCE:2
"""


def setUpModule() -> None:
    """Without Slurm, or without the right to start it, there is nothing to test."""
    missing = [program for program in PROGRAMS if not os.path.exists(program)]
    if missing:
        raise unittest.SkipTest(f"{missing[0]} is not installed")
    if os.geteuid() != 0:
        raise unittest.SkipTest("Slurm's daemons are started as root only")


class OnSlurm(support.SweepTest):
    """One cluster for all tests here."""

    place: Path
    processes: List["subprocess.Popen[bytes]"]

    @classmethod
    def setUpClass(cls) -> None:
        # A short path: sockets' names are limited.
        cls.place = Path(tempfile.mkdtemp(prefix="smkex-slurm-"))
        cls.addClassCleanup(shutil.rmtree, cls.place, ignore_errors=True)
        cls.processes = []
        cls.addClassCleanup(cls.stop)
        for name in ("state", "spool"):
            (cls.place / name).mkdir()
        host = socket.gethostname().split(".")[0]
        (cls.place / "slurm.conf").write_text(CONFIGURATION.format(
            host=host, folder=cls.place, controller=free_port(), daemon=free_port()))
        (cls.place / "cgroup.conf").write_text("CgroupPlugin=cgroup/v1\nCgroupAutomount=no\n")
        cls.place.chmod(0o755)
        subprocess.run(["/usr/sbin/mungekey", "--create", f"--keyfile={cls.place}/munge.key"],
                       check=True)
        cls.start("/usr/sbin/munged", "--foreground", "--force",
                  f"--socket={cls.place}/munge.socket", f"--key-file={cls.place}/munge.key",
                  f"--pid-file={cls.place}/munged.pid",
                  f"--log-file={cls.place}/munged.log", f"--seed-file={cls.place}/munged.seed")
        cls.wait_until(lambda: (cls.place / "munge.socket").exists(), "socket of munged")
        cls.start("/usr/sbin/slurmctld", "-D")
        cls.start("/usr/sbin/slurmd", "-D", "-N", host)
        cls.wait_until(lambda: "idle" in cls.slurm("sinfo", "-h", "-o", "%T"), "idle node")

    @classmethod
    def environment(cls) -> Any:
        """For what talks to the cluster."""
        return {**support.environment(), "PATH": "/usr/bin:/bin:/usr/sbin:/sbin",
                "SLURM_CONF": str(cls.place / "slurm.conf")}

    @classmethod
    def start(cls, *command: str) -> None:
        """A daemon in the foreground."""
        with (cls.place / "daemons.log").open("ab") as log:
            cls.processes.append(subprocess.Popen(
                command, env=cls.environment(), cwd=cls.place, stdin=subprocess.DEVNULL,
                stdout=log, stderr=log))

    @classmethod
    def stop(cls) -> None:
        """Ends the daemons, and what still runs of their jobs."""
        cls.slurm("scancel", "--signal=KILL", "--user=root")
        for process in reversed(cls.processes):
            process.terminate()
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()

    @classmethod
    def slurm(cls, *command: str) -> str:
        """What a command of Slurm's prints."""
        return subprocess.run(command, env=cls.environment(), text=True, capture_output=True,
                              check=False, timeout=120).stdout

    @classmethod
    def wait_until(cls, holds: Any, what: str) -> None:
        """Until something is so, while the daemons live."""
        deadline = time.monotonic() + 40
        while not holds():
            dead = [p for p in cls.processes if p.poll() is not None]
            if dead or time.monotonic() > deadline:
                words = [(cls.place / name).read_text(errors="replace").splitlines()[-1:]
                         for name in ("munged.log", "slurmctld.log", "slurmd.log", "daemons.log")
                         if (cls.place / name).exists()]
                raise AssertionError(f"no {what}: {words}")
            time.sleep(0.1)

    def remote(self, path: Path, *options: str, **more: Any) -> "subprocess.CompletedProcess[str]":
        """A run on the cluster to its end."""
        return self.sweep(path, "--cluster=slurm", *options,
                          env={**self.environment(), **more.pop("env", {})}, **more)

    def start_remote(self, path: Path, **variables: str) -> "subprocess.Popen[str]":
        """A run on the cluster in the background."""
        process = subprocess.Popen(
            self.command(path, "--cluster=slurm"), cwd=self.folder, text=True,
            env={**self.environment(), **variables}, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE)
        self.addCleanup(process.communicate)
        self.addCleanup(process.kill)
        return process

    def stored(self) -> int:
        """The number of answered simulations so far."""
        try:
            return int(self.rows("SELECT COUNT(*) FROM runs")[0][0])
        except Exception:  # pylint: disable=broad-except
            return 0

    def wait_for(self, process: "subprocess.Popen[str]", count: int) -> None:
        """Until that many simulations are stored."""
        while process.poll() is None and self.stored() < count:
            time.sleep(0.02)

    def arrays(self) -> List[Path]:
        """Folders of job arrays."""
        return sorted((self.database().parent / "slurm").glob("*"))

    def test_rows_are_those_of_a_local_run(self) -> None:
        path = self.scenario()
        simulator = support.SIMULATOR if support.SIMULATOR.exists() else support.PRETENDER
        simulator = Path(shutil.copy(simulator, self.folder))
        self.assertEqual(self.sweep(path, out="local", simulator=simulator).returncode, 0)
        done = self.remote(path, simulator=simulator)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(self.dump("local"), self.dump())
        self.assertEqual(self.arrays(), [])
        self.assertEqual(self.slurm("squeue", "-h"), "")

    def test_a_killed_run_finds_its_array_again(self) -> None:
        path = self.scenario()
        self.assertEqual(self.sweep(path, out="local").returncode, 0)
        process = self.start_remote(path, PRETENDER_SLEEP_S="0.2")
        self.wait_for(process, 4)
        process.kill()
        process.wait()
        (array,) = self.arrays()
        job = (array / "job").read_text()
        self.assertIn(job, self.slurm("squeue", "-h", "-o", "%F"))
        done = self.remote(path)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(self.dump("local"), self.dump())
        # No other array was submitted.
        self.assertEqual(self.jobs_since(job), [job])

    def jobs_since(self, first: str) -> List[str]:
        """Array jobs from a number on."""
        words = self.slurm("scontrol", "--oneliner", "show", "jobs").split()
        found = {word.partition("=")[2] for word in words if word.startswith("ArrayJobId=")}
        return sorted((job for job in found if int(job) >= int(first)), key=int)

    def test_an_interrupted_run_cancels_its_array_and_goes_on_later(self) -> None:
        path = self.scenario()
        self.assertEqual(self.sweep(path, out="local").returncode, 0)
        # So slow that it would go on for a minute.
        process = self.start_remote(path, PRETENDER_SLEEP_S="2")
        self.wait_for(process, 2)
        process.send_signal(signal.SIGINT)
        _, said = process.communicate(timeout=60)
        self.assertEqual(process.returncode, 130, said)
        self.assertEqual(len(said.splitlines()), 1, said)
        kept = self.stored()
        self.assertGreaterEqual(kept, 2)
        self.wait_until(lambda: not self.slurm("squeue", "-h"), "end of the jobs")
        self.assertLess(kept, 20)
        self.assertEqual(self.remote(path).returncode, 0)
        self.assertEqual(self.dump("local"), self.dump())

    def test_a_simulation_that_ends_its_jobs_is_kept_as_failed(self) -> None:
        path = self.scenario(support.SMALL.replace(
            "[options]\n", "[options]\nappBytes = 9007\n").replace("runs = 6", "runs = 3").replace(
                '["N", "A", "A-A"]', '["N", "A"]').replace(
                    'protocol = ["tcp", "dh", "smkex"]\ntransport = ["tcp", "tcp", "parallel-tcp"]',
                    'protocol = ["dh"]\ntransport = ["tcp"]'))
        done = self.remote(path, env={"PRETENDER_RUN": "5"})
        self.assertEqual(done.returncode, 1, done.stderr)
        self.assertEqual(self.rows("SELECT point, run, reason FROM runs WHERE status != 'done'"),
                         [(1, 5, "3 jobs ended on it")])
        self.assertEqual(self.rows("SELECT COUNT(*) FROM sessions"), [(10,)])

    def test_answers_to_other_questions_are_not_taken(self) -> None:
        path = self.scenario()
        process = self.start_remote(path, PRETENDER_SLEEP_S="0.2")
        self.wait_for(process, 4)
        process.kill()
        process.wait()
        other = support.SMALL.replace('rtt = "20ms"', 'rtt = "50ms"')
        self.scenario(other)
        done = self.remote(path)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(self.sweep(path, out="local").returncode, 0)
        self.assertEqual(self.dump("local"), self.dump())
        self.assertEqual(self.slurm("squeue", "-h"), "")

    def test_refusals_are_one_sentence(self) -> None:
        path = self.scenario()
        done = self.remote(path, env={"SBATCH_PARTITION": "nowhere"})
        self.assertEqual(done.returncode, 2, done.stderr)
        self.assertEqual(len(done.stderr.splitlines()), 1, done.stderr)
        self.assertIn("sbatch refused: sbatch: error: ", done.stderr)
        done = self.sweep(path, "--cluster=slurm", env={"PATH": "/nonexistent"})
        self.assertEqual(done.returncode, 2, done.stderr)
        self.assertIn("there is no sinfo here", done.stderr)


if __name__ == "__main__":
    unittest.main()
