# SPDX-License-Identifier: GPL-2.0-only
"""smkex-sim refuses what makes no sense: one sentence that names the option, exit code 2, and nothing is written."""

import os
import pathlib
import subprocess
import tempfile
import unittest

import sim

# Option -> values that it must not take.
BAD_VALUES = {
    "protocol": ["", "SMKEX", "ssl", "smkex,dh"],
    "transport": ["", "udp", "tcp", "Parallel-TCP"],
    "ipVersion": ["", "5", "4.0", "six", "04"],
    "paths": ["", "0", "1", "9", "-1", "2.0", "two", "0x2", " 2", "99999999999999999999"],
    "rtt": ["", "20", "ms", "0ms", "-1ms", "20 ms", "20ms,", ",20ms", "1ms,2ms,3ms", "2d", "nan", "1e3ms", "90000s"],
    "rate": ["", "100", "0Mbps", "-1Mbps", "1bps", "100Mb", "2000Gbps", "fast", "1Mbps,1Mbps,1Mbps"],
    "loss": ["", "1", "-0.1", "1.5", "2%", "nan", "inf", "0.1,0.1,0.1", "half", "0x0.1"],
    "jitter": ["", "5", "-5ms", "5ms,5ms,5ms", "some"],
    "queue": ["", "0p", "100", "p", "-1p", "1.5p", "100q", "1p,1p,1p"],
    "hops": ["", "0", "33", "-1", "1.5", "many"],
    "sharedHops": ["", "2", "-1", "33", "1.0", "all"],
    "topology": ["", "ring", "/nowhere.graphml"],
    "threat": ["", "X", "a", "AA", "A-", "-A", "A-A-A", "A=A", "A--A"],
    "adversary": ["", "1:1:active", "0:1:active:x", "3:1:active:x", "1:2:active:x", "1:1:evil:x", "1:1:active:x:?"],
    "strategy": ["", "nice", "substitute,inject-binding"],
    "sideChannelDelay": ["", "5", "-5ms", "soon", "1ms,1ms"],
    "certificate": ["", "rogue", "expired", "wrong-name", "none"],
    "trust": ["", "tofu", "TOFU-FIRST", "tofu-first,tofu-match", "yes"],
    "fallback": ["", "fail-open", "open"],
    "group": ["", "ffdhe2048", "X25519", "p384"],
    "cryptoCost": ["", "free", "/no/such/file", "/"],
    "timeout": ["", "0s", "10", "-1s", "never"],
    "appBytes": ["", "-1", "1.5", "1kB", "100000001", "all"],
    "sessions": ["", "0", "-1", "1.5", "1000000001", "many"],
    "seed": ["", "0", "-1", "1.5", "4294944443", "random"],
    "run": ["", "-1", "1.5", "9223372036854775808", "first"],
    "pcap": ["/no/such/folder/prefix"],
    "trace": ["/no/such/folder/prefix"],
}

CONTRADICTIONS = {
    "--paths": [["--paths=1"], ["--paths=1", "--threat=A"], ["--protocol=secret-sharing", "--paths=1"]],
    "--threat": [
        ["--protocol=dh", "--paths=1", "--threat=A-A"],
        ["--threat=N-N-P"],
        ["--hops=2", "--sharedHops=2", "--threat=P"],
    ],
    "--sharedHops": [["--hops=1", "--sharedHops=2"], ["--sharedHops=3", "--hops=2"]],
    "--transport": [["--protocol=smkex", "--transport=tcp"], ["--protocol=secret-sharing", "--transport=tcp"]],
    "--trust": [["--protocol=tcp", "--trust=tofu-first"], ["--protocol=secret-sharing", "--trust=tofu-match"]],
    "--adversary": [
        ["--threat=N", "--adversary=1:1:active:x"],
        ["--adversary=1:1:active:x", "--threat=A"],
        ["--adversary=1:1:active:x", "--adversary=1:1:passive:y"],
        ["--sharedHops=1", "--adversary=1:1:active:x", "--adversary=2:1:active:x"],
        ["--hops=2", "--adversary=2:3:active:x"],
    ],
    "--rtt": [["--paths=3", "--rtt=1ms,2ms"], ["--protocol=dh", "--paths=1", "--rtt=1ms,2ms"]],
    "--loss": [["--paths=3", "--loss=0.1,0.2"]],
}


@unittest.skipUnless(sim.IS_BUILT, sim.NOT_BUILT)
class Refusals(unittest.TestCase):
    def assert_refused(self, arguments: list[str], name: str) -> str:
        done = sim.sim(*arguments)
        self.assertEqual((done.returncode, done.stdout), (2, ""), (arguments, done.stderr))
        self.assertEqual(done.stderr.count("\n"), 1, done.stderr)
        self.assertTrue(done.stderr.startswith(f"smkex-sim: {name} "), (arguments, done.stderr))
        checked = sim.sim("--validateOnly", *arguments)
        self.assertEqual((checked.returncode, checked.stdout, checked.stderr), (2, "", done.stderr))
        return done.stderr

    def test_every_option_has_values_that_it_refuses(self) -> None:
        listed = [line.split('"')[3] for line in sim.sim("--listOptions").stdout.splitlines()]
        self.assertEqual(sorted(BAD_VALUES), sorted(listed))
        for name, values in BAD_VALUES.items():
            for value in values:
                with self.subTest(option=name, value=value):
                    self.assert_refused([f"--{name}={value}"], f"--{name}")

    def test_what_is_not_built_is_refused_by_name(self) -> None:
        for name, value in [
            ("fallback", "fail-open"),
            ("group", "ffdhe2048"),
        ]:
            with self.subTest(name, value=value):
                said = self.assert_refused([f"--{name}={value}"], f"--{name}")
                self.assertIn(f"{value} is not available in this version", said)

    def test_contradictions(self) -> None:
        for name, cases in CONTRADICTIONS.items():
            for arguments in cases:
                with self.subTest(arguments):
                    self.assert_refused(arguments, name)

    def test_attackers_on_paths_that_nothing_uses_are_fine(self) -> None:
        for arguments in (
            ["--protocol=dh", "--transport=parallel-tcp", "--threat=P-A"],
            ["--protocol=tcp", "--threat=N-A"],
            ["--protocol=dh", "--paths=1", "--threat=A"],
        ):
            with self.subTest(arguments):
                self.assertTrue(sim.records(*arguments)[0]["client_accepted"])

    def test_unknown_and_misspelt_options(self) -> None:
        for argument, name in [
            ("--nosuch=1", "--nosuch"),
            ("--Protocol=dh", "--Protocol"),
            ("--rttt=1ms", "--rttt"),
            ("--ns3::NoSuchType::Attribute=1", "--ns3::NoSuchType::Attribute"),
            ("--ns3::TcpSocket::NoSuch=1", "--ns3::TcpSocket::NoSuch"),
            ("--ns3::TcpSocket::SegmentSize=big", "--ns3::TcpSocket::SegmentSize"),
            ("--ns3::TcpSocketBase::Sack=maybe", "--ns3::TcpSocketBase::Sack"),
            ("--ns3::TcpSocket::SegmentSize=-1", "--ns3::TcpSocket::SegmentSize"),
            ("--ns3::TcpSocket::ConnTimeout=soon", "--ns3::TcpSocket::ConnTimeout"),
            ("--ns3::TcpSocketBase::MaxSegLifetime=long", "--ns3::TcpSocketBase::MaxSegLifetime"),
            ("--ns3::PointToPointNetDevice::TxQueue=none", "--ns3::PointToPointNetDevice::TxQueue"),
            ("--ns3::SmkexClient::AppBytes=7", "--ns3::SmkexClient::AppBytes"),
            ("--SimulatorImplementationType=none", "--SimulatorImplementationType"),
            ("--ChecksumEnabled=perhaps", "--ChecksumEnabled"),
            ("--RngRun=3", "--RngRun"),
            ("--RngSeed=3", "--RngSeed"),
            ("--=1", "--"),
            ("dh", "'dh'"),
            ("-protocol=dh", "'-protocol=dh'"),
            ("", "''"),
        ]:
            with self.subTest(argument):
                self.assert_refused([argument], name)

    def test_a_missing_value(self) -> None:
        for name in BAD_VALUES:
            with self.subTest(name):
                self.assert_refused([f"--{name}"], f"--{name}")

    def test_an_option_given_twice(self) -> None:
        for name, value in [("protocol", "dh"), ("seed", "2"), ("rtt", "5ms"), ("threat", "N")]:
            with self.subTest(name):
                self.assert_refused([f"--{name}={value}", f"--{name}={value}"], f"--{name}")

    def test_a_good_option_does_not_hide_a_bad_one(self) -> None:
        self.assert_refused(["--protocol=dh", "--loss=2", "--seed=3"], "--loss")


@unittest.skipUnless(sim.IS_BUILT, sim.NOT_BUILT)
class Files(unittest.TestCase):
    def setUp(self) -> None:
        self.scratch = tempfile.TemporaryDirectory()
        self.addCleanup(self.scratch.cleanup)
        self.folder = pathlib.Path(self.scratch.name)

    def refuse(self, argument: str) -> None:
        done = sim.sim(argument)
        name = argument.split("=", maxsplit=1)[0]
        self.assertEqual((done.returncode, done.stdout), (2, ""), done.stderr)
        self.assertTrue(done.stderr.startswith(f"smkex-sim: {name} "), done.stderr)
        self.assertEqual(done.stderr.count("\n"), 1, done.stderr)

    def test_cost_files_that_are_none(self) -> None:
        good = (sim.TOP / "model/engine/profiles/measured.cost").read_text(encoding="utf-8")
        lines = [line for line in good.splitlines() if line and not line.startswith("#")]
        for what, text in {
            "empty": "",
            "prose": "cryptography is free\n",
            "one operation missing": "\n".join(lines[1:]),
            "one twice": "\n".join([*lines, lines[0]]),
            "negative": good.replace("28903 0", "-28903 0"),
            "no number": good.replace("28903 0", "fast 0"),
            "binary": "\x00\x01\x02",
        }.items():
            with self.subTest(what):
                path = self.folder / "bad.cost"
                path.write_text(text, encoding="utf-8")
                self.refuse(f"--cryptoCost={path}")

    def test_a_cost_file_is_used(self) -> None:
        text = (sim.TOP / "model/engine/profiles/measured.cost").read_text(encoding="utf-8")
        path = self.folder / "slow.cost"
        path.write_text(text.replace("agreement-x25519 28993 0 0.0123", "agreement-x25519 5e8 0 0"), encoding="utf-8")
        slow = sim.records(f"--cryptoCost={path}")[0]
        self.assertGreater(slow["client_compute_s"], 0.5)
        self.assertGreater(slow["client_setup_s"], slow["client_compute_s"])

    @unittest.skipIf(os.geteuid() == 0, "root may read and write everything")
    def test_files_without_permission(self) -> None:
        path = self.folder / "secret.cost"
        path.touch(mode=0)
        self.refuse(f"--cryptoCost={path}")
        self.folder.chmod(0o500)
        self.refuse(f"--pcap={self.folder}/x")

    def test_a_full_disk(self) -> None:
        cases: list[list[str]] = [[], ["--sessions=200"], ["--listOptions"]]
        for arguments in cases:
            with self.subTest(arguments), open("/dev/full", "w", encoding="utf-8") as full:
                done = subprocess.run(
                    [sim.PROGRAM, *arguments], stdout=full, stderr=subprocess.PIPE, text=True, timeout=60, check=False
                )
                self.assertEqual(done.returncode, 2, done.stderr)
                self.assertEqual(done.stderr.count("\n"), 1, done.stderr)
                self.assertIn("standard output cannot be written", done.stderr)

    def test_a_full_disk_in_a_batch(self) -> None:
        with open("/dev/full", "w", encoding="utf-8") as full:
            done = subprocess.run(
                [sim.PROGRAM, "--batch"],
                input="--protocol=tcp\n",
                stdout=full,
                stderr=subprocess.PIPE,
                text=True,
                timeout=60,
                check=False,
            )
        self.assertEqual(done.returncode, 2, done.stderr)
        self.assertEqual(done.stderr.count("\n"), 1, done.stderr)

    def test_a_reader_who_leaves(self) -> None:
        process = subprocess.Popen(
            [sim.PROGRAM, "--protocol=tcp", "--sessions=100000"], stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )
        assert process.stdout and process.stderr
        process.stdout.readline()
        process.stdout.close()
        said = process.stderr.read()
        process.stderr.close()
        # By the signal, as any filter in a pipe, or by the error.
        self.assertIn(process.wait(timeout=60), (2, -13), said)


if __name__ == "__main__":
    unittest.main()
