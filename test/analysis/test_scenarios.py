# SPDX-License-Identifier: GPL-2.0-only
"""The scenarios that come with the project, run with the real simulator."""

from __future__ import annotations

import json
import shutil
import unittest
from pathlib import Path
from typing import Dict, List, Set

from analysis.scenario import read
from analysis.simulator import Simulator

import support

SCENARIOS = support.TOP / "scenarios"

#: Threats under which the accepted key of the client becomes known, by the protocols' definitions.
EXPOSED: Dict[str, Set[str]] = {
    "tcp": {"P", "P/P", "P-P", "A", "A/P", "A-P", "P-A", "A/A", "A-A"},
    "dh": {"A", "A/P", "A-P", "A/A", "A-A"},
    "dh pinned": set(),
    "secret-sharing": {"P-P", "A-P", "P-A", "A-A"},
    "tcpcrypt": {"A", "A/P", "A-P", "A/A", "A-A"},
    "tls": set(),
    "tls rogue": {"A", "A/P", "A-P", "A/A", "A-A"},
    "smkex": {"A-A"},
    "smkex MPTCP": {"A-A"},
    "smkex join data": {"A-A"},
    "smkex pinned": set(),
    "mtls": set(),
    "mtls rogue": {"A-A"}}
THREATS = EXPOSED["tcp"] | {"N"}
APP_BYTES = 1000


@unittest.skipUnless(support.SIMULATOR.exists(), "build/smkex-sim is not built")
class Shipped(support.SweepTest):
    """Every file in scenarios/, in a copy of the simulator that no build replaces meanwhile."""

    def setUp(self) -> None:
        super().setUp()
        self.simulator = Path(shutil.copy(support.SIMULATOR, self.folder))

    def test_all_are_accepted_whole_and_thinned(self) -> None:
        simulator = Simulator(self.simulator)
        options = simulator.options()
        paths = sorted(SCENARIOS.glob("*.toml"))
        self.assertGreaterEqual(len(paths), 3)
        for path in paths:
            with self.subTest(path.name):
                whole, quick = (read(path, simulator, options, quick=q) for q in (False, True))
                self.assertTrue(whole.plots)
                self.assertLess(len(quick.points) * quick.runs * quick.sessions,
                                len(whole.points) * whole.runs * whole.sessions)

    def test_all_run_quickly_to_their_plots(self) -> None:
        for path in sorted(SCENARIOS.glob("*.toml")):
            with self.subTest(path.name):
                done = self.sweep(path, "--quick", simulator=self.simulator)
                self.assertEqual(done.returncode, 0, done.stderr)
                self.assertTrue(list((self.folder / "out" / path.stem).glob("*.png")))

    def test_attack_matrix_is_the_one_of_the_definitions(self) -> None:
        text = (SCENARIOS / "attack-matrix.toml").read_text("utf-8")
        thinned = text.replace("runs = 200 ", "runs = 20 ")
        self.assertNotEqual(text, thinned)
        done = self.sweep(self.scenario(thinned, "attack-matrix"), simulator=self.simulator)
        self.assertEqual(done.returncode, 0, done.stderr)
        cells = self.rows(
            "SELECT label_exchange, threat, label_variant, COUNT(DISTINCT run), "
            "SUM(client_key_exposed), SUM(mitm), SUM(client_accepted), "
            "MIN(plaintext_exposed_bytes), MAX(plaintext_exposed_bytes) FROM results "
            "GROUP BY label_exchange, threat, label_variant", name="attack-matrix")
        variants: Set[str] = {cell[2] for cell in cells}
        self.assertEqual(variants, {"plain", "2 % loss", "3 hops a path", "IPv6", "P-256"})
        self.assertEqual(len(cells), len(EXPOSED) * len(THREATS) * len(variants))
        for exchange, threat, variant, n, exposed, mitm, accepted, least, most in cells:
            with self.subTest(f"{exchange} {threat} {variant}"):
                won = threat in EXPOSED[exchange]
                self.assertEqual(n, 20)
                self.assertEqual((exposed, mitm), (n, n) if won else (0, 0))
                if won:
                    self.assertEqual((least, most), (2 * APP_BYTES,) * 2)
                elif exchange != "secret-sharing":  # where a server's key may be known alone
                    self.assertEqual((least, most), (0, 0))
                if won or threat.strip("NP/-") == "":
                    self.assertEqual(accepted, n)

    def test_attackers_win_and_lose_the_same_at_every_hop(self) -> None:
        places = [(threat, hop) for threat in sorted(EXPOSED["tcp"]) for hop in (1, 2, 3)]
        text = support.SMALL.replace("runs = 6", "runs = 70")
        text = text.replace("sessions = 2", "sessions = 1")
        text = text.replace('rtt = "20ms"', 'rtt = "20ms"\nhops = 3').replace(
            'threat = ["N", "A", "A-A"]\n', "").replace('threat = ["N"]\n', "").replace(
                'rows = "threat"', 'rows = "place"')
        text += ('[[sweep.zip]]\nname = "place"\n'
                 f"label = {json.dumps([threat for threat, _ in places])}\n"
                 f"adversary = {json.dumps([entries(*place) for place in places])}\n")
        done = self.sweep(self.scenario(text), simulator=self.simulator)
        self.assertEqual(done.returncode, 0, done.stderr)
        cells = self.rows("SELECT protocol, label_place, option_adversary, COUNT(*), "
                          "SUM(client_key_exposed) FROM results GROUP BY 1, 2, 3")
        self.assertEqual(len(cells), 3 * len(places))
        for protocol, threat, entry, n, exposed in cells:
            with self.subTest(f"{protocol} {threat} {entry}"):
                self.assertEqual((n, exposed), (70, 70 if threat in EXPOSED[protocol] else 0))


def entries(threat: str, hop: int) -> List[str]:
    """A threat as the adversaries it stands for, all at one hop."""
    kinds = {"P": "passive", "A": "active"}
    coalitions = "ab" if "/" in threat else "aa"
    return [f"{path}:{hop}:{kinds[letter]}:{coalition}" for path, (letter, coalition) in
            enumerate(zip(threat.replace("/", "").replace("-", ""), coalitions), 1)]


if __name__ == "__main__":
    unittest.main()
