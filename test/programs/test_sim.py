# SPDX-License-Identifier: GPL-2.0-only
"""smkex-sim: its records, its defaults and help, the same bytes for the same command, and batches."""

import json
import pathlib
import tempfile
import unittest

import sim

DEFAULTS = {
    "protocol": "smkex",
    "transport": "parallel-tcp",
    "paths": "2",
    "rtt": "20ms",
    "rate": "100Mbps",
    "loss": "0",
    "jitter": "0ms",
    "queue": "100p",
    "hops": "1",
    "sharedHops": "0",
    "topology": "multipath",
    "threat": "N",
    "strategy": "substitute",
    "sideChannelDelay": "0ms",
    "certificate": "authentic",
    "trust": "none",
    "fallback": "fail-closed",
    "group": "x25519",
    "cryptoCost": "measured",
    "timeout": "10s",
    "appBytes": "1000",
    "sessions": "1",
    "seed": "1",
    "run": "1",
}


@unittest.skipUnless(sim.IS_BUILT, sim.NOT_BUILT)
class Records(unittest.TestCase):
    def test_keys_come_in_the_order_of_the_contract(self) -> None:
        cases: list[list[str]] = [
            [],
            ["--protocol=tcp", "--threat=A"],
            ["--threat=A"],
            ["--adversary=1:1:active:x"],
            ["--threat=A-A", "--sideChannelDelay=1s", "--timeout=500ms"],
        ]
        for arguments in cases:
            with self.subTest(arguments):
                found = list(sim.records(*arguments)[0])
                self.assertEqual(found[: len(sim.KEYS)], sim.KEYS)
                self.assertEqual(len(set(found)), len(found))

    def test_what_does_not_apply_is_null(self) -> None:
        fine = sim.records()[0]
        nothing = [key for key in sim.KEYS if fine[key] is None]
        self.assertEqual(nothing, ["client_failure", "server_failure", "detected_s"])
        detected = sim.records("--threat=A")[0]
        self.assertEqual(detected["client_failure"], "binding-mismatch")
        self.assertIsNone(detected["client_setup_s"])
        self.assertGreater(detected["detected_s"], 0.04)
        listed = sim.records("--adversary=1:1:active:x")[0]
        self.assertIsNone(listed["threat"])

    def test_one_record_a_session(self) -> None:
        found = sim.records("--sessions=7", "--seed=5", "--run=6")
        self.assertEqual([record["session"] for record in found], list(range(1, 8)))
        self.assertEqual({(record["seed"], record["run"]) for record in found}, {(5, 6)})
        self.assertEqual(len({record["client_setup_s"] for record in found}), 7)

    def test_round_trip_times_are_listed_by_path(self) -> None:
        record = sim.records("--paths=3", "--rtt=1ms,20.5ms,3s")[0]
        self.assertEqual(record["rtt_s"], [0.001, 0.0205, 3.0])
        self.assertEqual(record["subflows"], 3)

    def test_single_path_protocols_use_tcp_unless_told_otherwise(self) -> None:
        for protocol in ("tcp", "dh"):
            self.assertEqual(sim.records(f"--protocol={protocol}")[0]["transport"], "tcp")
            told = sim.records(f"--protocol={protocol}", "--transport=parallel-tcp")[0]
            self.assertEqual((told["transport"], told["subflows"]), ("parallel-tcp", 1))

    def test_the_largest_values_are_kept_whole(self) -> None:
        record = sim.records("--seed=4294944442", "--run=9223372036854775807", "--protocol=tcp")[0]
        self.assertEqual((record["seed"], record["run"]), (4294944442, 9223372036854775807))


@unittest.skipUnless(sim.IS_BUILT, sim.NOT_BUILT)
class Help(unittest.TestCase):
    def test_options_are_listed_with_their_defaults(self) -> None:
        done = sim.sim("--listOptions")
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        options = {entry["name"]: entry for entry in map(json.loads, done.stdout.splitlines())}
        for name, default in DEFAULTS.items():
            self.assertEqual(options[name]["default"], default, name)
        for name in options:
            self.assertTrue(options[name]["values"], name)
        lists = {name for name, entry in options.items() if entry["list"]}
        self.assertEqual(lists, {"rtt", "rate", "loss", "jitter", "queue"})

    def test_defaults_spelt_out_change_nothing(self) -> None:
        spelt = [f"--{name}={value}" for name, value in DEFAULTS.items()]
        self.assertEqual(sim.sim(*spelt).stdout, sim.sim().stdout)

    def test_help_names_every_option(self) -> None:
        done = sim.sim("--help")
        self.assertEqual(done.returncode, 0)
        for name in DEFAULTS:
            self.assertIn(f"--{name}:", done.stdout)
        self.assertIn("--PrintAttributes", done.stdout)

    def test_attributes_of_the_applications_are_printed(self) -> None:
        for kind, names in {
            "SmkexClient": ["Protocol", "Group", "AppBytes", "Timeout", "DataTimeout"],
            "SmkexServer": ["Port", "Paths"],
        }.items():
            # ns-3 itself lists what a type adds and what it inherits.
            done = sim.sim(f"--PrintAttributes=ns3::{kind}")
            self.assertEqual(done.returncode, 0)
            for name in names:
                self.assertIn(f"ns3::{'SmkexApplication' if kind == 'SmkexClient' else kind}::{name}", done.stdout)

    def test_validating_runs_nothing(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            done = sim.sim("--validateOnly", f"--pcap={folder}/x", f"--trace={folder}/x")
            self.assertEqual((done.returncode, done.stdout, done.stderr), (0, "", ""))
            self.assertEqual(list(pathlib.Path(folder).iterdir()), [])


EXPERIMENTS: list[list[str]] = [
    [],
    ["--threat=A-A", "--loss=0.05", "--jitter=3ms", "--sessions=5"],
    ["--ipVersion=6", "--hops=4", "--sharedHops=2", "--threat=P/A", "--seed=9"],
    ["--protocol=dh", "--group=p256", "--threat=A", "--run=77"],
    ["--protocol=tcp", "--rate=1Mbps", "--appBytes=30000", "--queue=3p"],
]


@unittest.skipUnless(sim.IS_BUILT, sim.NOT_BUILT)
class SameBytes(unittest.TestCase):
    def test_the_same_command_twice(self) -> None:
        for arguments in EXPERIMENTS:
            with self.subTest(arguments):
                first, second = sim.sim(*arguments), sim.sim(*arguments)
                self.assertEqual((first.returncode, first.stderr), (0, ""))
                self.assertEqual(first.stdout, second.stdout)

    def test_another_seed_or_run(self) -> None:
        base = sim.records()[0]
        for argument in ("--seed=2", "--run=2"):
            other = sim.records(argument)[0]
            self.assertNotEqual(base["client_setup_s"], other["client_setup_s"])
            self.assertNotEqual(base["client_compute_s"], other["client_compute_s"])

    def test_the_same_captures(self) -> None:
        found = []
        for _ in range(2):
            with tempfile.TemporaryDirectory() as folder:
                sim.records("--threat=A-A", "--loss=0.1", f"--pcap={folder}/x", f"--trace={folder}/y")
                found.append({path.name: path.read_bytes() for path in pathlib.Path(folder).iterdir()})
        self.assertEqual(found[0], found[1])
        self.assertEqual(len([name for name in found[0] if name.endswith(".pcap")]), 8)
        self.assertTrue(all(found[0].values()))

    def test_captures_change_no_record(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            for arguments in EXPERIMENTS:
                self.assertEqual(sim.sim(f"--pcap={folder}/x", *arguments).stdout, sim.sim(*arguments).stdout)


@unittest.skipUnless(sim.IS_BUILT, sim.NOT_BUILT)
class Batches(unittest.TestCase):
    def test_each_line_is_as_if_alone(self) -> None:
        order = [0, 1, 0, 2, 3, 2, 4, 1, 4, 0]
        answers = sim.batch(*[EXPERIMENTS[i] for i in order])
        self.assertEqual(len(answers), len(order))
        for i, (printed, end) in zip(order, answers):
            self.assertEqual(end, "#end 0")
            self.assertEqual("".join(line + "\n" for line in printed), sim.sim(*EXPERIMENTS[i]).stdout)

    def test_a_bad_line_is_answered_and_the_next_one_run(self) -> None:
        answers = sim.batch(["--protocol=tcp"], ["--loss=2"], ["--nosuch=1"], ["nonsense"], ["--protocol=tcp"])
        self.assertEqual([end.split()[1] for _, end in answers], ["0", "2", "2", "2", "0"])
        self.assertEqual(answers[1][0], [])
        self.assertTrue(answers[1][1].startswith("#end 2 --loss is '2'"), answers[1][1])
        self.assertEqual(answers[0], answers[4])

    def test_ns3_settings_work_and_do_not_leak(self) -> None:
        plain = ["--appBytes=20000"]
        for setting in (
            "--ns3::TcpSocket::SegmentSize=100",
            "--ns3::TcpSocket::InitialCwnd=1",
            "--ns3::TcpSocketBase::Timestamp=false",
            "--ns3::SmkexApplication::AppBytes=77",
        ):
            with self.subTest(setting):
                before, other, after = sim.batch(plain, [*plain, setting], plain)
                self.assertEqual(before, after)
                # The experiment sets its own applications up, whatever their defaults.
                if "Smkex" not in setting:
                    self.assertNotEqual(before[0], other[0])

    def test_validating_a_batch_runs_nothing(self) -> None:
        done = sim.sim("--batch", "--validateOnly", text="--protocol=tcp\n--loss=3\n\n")
        self.assertEqual(done.returncode, 0)
        ends = done.stdout.splitlines()
        self.assertEqual([end[:6] for end in ends], ["#end 0", "#end 2", "#end 0"])

    def test_an_empty_batch(self) -> None:
        done = sim.sim("--batch")
        self.assertEqual((done.returncode, done.stdout, done.stderr), (0, "", ""))


if __name__ == "__main__":
    unittest.main()
