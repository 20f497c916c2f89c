# SPDX-License-Identifier: GPL-2.0-only
"""The Python package, as a user's interpreter sees it."""

from __future__ import annotations

import doctest
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
import unittest
from pathlib import Path

BUILD = Path(os.environ.get("SMKEX_BUILD", "build")).resolve()
sys.path.insert(0, str(BUILD / "python"))

import smkex  # noqa: E402
from smkex import engine  # noqa: E402

SHELL = [str(BUILD / "smkex-sim")]


class Experiments(unittest.TestCase):
    def test_records_equal_those_of_the_shell(self) -> None:
        options = ["--protocol=dh", "--threat=A", "--rtt=7ms", "--sessions=3", "--run=5"]
        shell = subprocess.run(SHELL + options, capture_output=True, text=True, check=True).stdout
        records = smkex.run(protocol="dh", threat="A", rtt="7ms", sessions=3, run=5)
        self.assertEqual([json.loads(line) for line in shell.splitlines()], records)

    def test_what_ran_before_has_no_influence(self) -> None:
        first = smkex.run(threat="A-A", loss=0.05, sessions=20)
        smkex.run(protocol="dh", ipVersion=6, **{"ns3::TcpSocket::SegmentSize": 100})
        self.assertEqual(first, smkex.run(threat="A-A", loss=0.05, sessions=20))
        self.assertNotEqual(first, smkex.run(threat="A-A", loss=0.05, sessions=20, run=2))

    def test_lists_are_one_value_a_path(self) -> None:
        self.assertEqual([0.02, 0.03], smkex.run(rtt=["20ms", "30ms"])[0]["rtt_s"])

    def test_adversaries_are_a_list_of_entries(self) -> None:
        both = ["1:1:active:x", "2:1:active:x"]
        self.assertTrue(smkex.run(adversary=both)[0]["mitm"])
        self.assertFalse(smkex.run(adversary=both[:1])[0]["mitm"])

    def test_bad_options_raise_the_sentence_of_the_shell(self) -> None:
        bad: list[dict[str, object]] = [{"protocol": "none-such"}, {"loss": 1}, {"rtt": "20"}, {"nonsense": 1},
                                        {"paths": 1, "threat": "A-A"}]
        for options in bad:
            with self.subTest(options):
                shell = subprocess.run(SHELL + [f"--{k}={v}" for k, v in options.items()],
                                       capture_output=True, text=True, check=False)
                self.assertEqual(2, shell.returncode)
                with self.assertRaises(ValueError) as caught:
                    smkex.run(**options)
                self.assertEqual(shell.stderr, f"smkex-sim: {caught.exception}\n")
                with self.assertRaises(ValueError):
                    smkex.validate(**options)

    def test_values_of_other_types_are_refused(self) -> None:
        for value in (None, True, {"a": 1}, b"x"):
            with self.subTest(value), self.assertRaises(ValueError):
                smkex.run(rtt=value)

    def test_other_threads_go_on_meanwhile_but_may_not_simulate(self) -> None:
        errors: list[str] = []
        ticks = 0
        runner = threading.Thread(target=lambda: smkex.run(sessions=3000))
        runner.start()
        while runner.is_alive():
            ticks += 1
            if not errors:
                try:
                    smkex.run()
                except RuntimeError as error:
                    errors.append(str(error))
            time.sleep(0.01)
        runner.join()
        self.assertGreater(ticks, 2)
        self.assertIn("another simulation", errors[0])
        self.assertTrue(smkex.run()[0]["client_accepted"])

    def test_ctrl_c_ends_a_run_and_leaves_the_package_usable(self) -> None:
        code = ("import smkex\n"
                "try:\n    print('go', flush=True); smkex.run(sessions=1000000)\n"
                "except KeyboardInterrupt:\n    print('ended', len(smkex.run(sessions=2)))\n")
        with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True,
                              env={**os.environ, "PYTHONPATH": str(BUILD / "python")}) as process:
            assert process.stdout is not None
            self.assertEqual("go\n", process.stdout.readline())
            time.sleep(0.3)
            process.send_signal(signal.SIGINT)
            self.assertEqual("ended 2\n", process.stdout.readline())
            self.assertEqual(0, process.wait(10))

    def test_options_are_those_of_the_shell(self) -> None:
        shell = subprocess.run(SHELL + ["--listOptions"], capture_output=True, text=True, check=True)
        listed = [json.loads(line) for line in shell.stdout.splitlines()]
        self.assertEqual([(o["name"], o["default"], o["values"]) for o in listed],
                         [tuple(option) for option in smkex.options()])

    def test_a_package_for_another_python_says_so(self) -> None:
        code = "try:\n    import smkex\nexcept ImportError as error:\n    print(error)\n"
        with tempfile.TemporaryDirectory() as folder:
            package = Path(folder, "smkex")
            shutil.copytree(BUILD / "python" / "smkex", package)
            (built,) = package.glob("_core.*.so")
            built.rename(package / "_core.cpython-39-x86_64-linux-gnu.so")
            answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True,
                                    env={**os.environ, "PYTHONPATH": folder}).stdout
        self.assertIn("smkex was built as _core.cpython-39", answer)
        self.assertIn(sys.executable, answer)


class Engines(unittest.TestCase):
    def test_both_ends_agree(self) -> None:
        for protocol, paths in (("dh", 1), ("smkex", 2), ("smkex", 4)):
            with self.subTest(protocol=protocol, paths=paths):
                client = engine.Endpoint("client", protocol, paths)
                server = engine.Endpoint("server", protocol, paths)
                engine.connect(client, server, [0.01] * paths)
                self.assertTrue(client.accepted and server.accepted)
                self.assertEqual(32, len(client.session_key or b""))
                self.assertEqual(client.session_key, server.session_key)

    def test_tampering_on_one_path_is_found_out(self) -> None:
        def flip(_: str, path: int, data: bytes) -> bytes:
            return data[:-1] + bytes([data[-1] ^ 1]) if path == 2 else data

        client, server = engine.Endpoint("client"), engine.Endpoint("server")
        engine.connect(client, server, [0.01, 0.01], tamper=flip)
        self.assertEqual("binding-mismatch", client.failure)
        self.assertIsNone(client.session_key)

    def test_seeds_decide_the_keys(self) -> None:
        def key(seed: str) -> bytes | None:
            client, server = engine.Endpoint("client", seed=seed), engine.Endpoint("server", seed=seed)
            engine.connect(client, server, [0.01, 0.01])
            return client.session_key

        self.assertEqual(key("1"), key("1"))
        self.assertNotEqual(key("1"), key("2"))

    def test_bad_arguments_raise(self) -> None:
        for arguments in ({"role": "judge"}, {"role": "client", "protocol": "quic"},
                          {"role": "client", "paths": 9}, {"role": "client", "group": "x448"},
                          {"role": "client", "costs": "none-such"}):
            with self.subTest(arguments), self.assertRaises(ValueError):
                engine.Endpoint(**arguments)  # type: ignore[arg-type]
        with self.assertRaises(ValueError):
            engine.Endpoint("client").on_path_up(0, 0)
        with self.assertRaises(ValueError):
            engine.Endpoint("client").on_start(-1)

    def test_examples_in_the_docstrings_hold(self) -> None:
        for module in (smkex, engine):
            result = doctest.testmod(module)
            self.assertGreater(result.attempted, 0)
            self.assertEqual(0, result.failed)


if __name__ == "__main__":
    unittest.main()
