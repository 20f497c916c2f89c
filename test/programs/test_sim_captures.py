# SPDX-License-Identifier: GPL-2.0-only
"""Captures of smkex-sim, read by Wireshark: every checksum is right, behind active attackers as well."""

import collections
import pathlib
import shutil
import subprocess
import tempfile
import unittest

import sim

TSHARK = shutil.which("tshark")
FIELDS = ["tcp.checksum.status", "ip.checksum.status", "ip.version", "ipv6.version", "tcp.len", "frame.len"]
GOOD = "1"


def read(path: pathlib.Path) -> list[dict[str, str]]:
    """The frames of a capture, with the fields above as text."""
    assert TSHARK
    command = [TSHARK, "-r", str(path), "-o", "tcp.check_checksum:TRUE", "-o", "ip.check_checksum:TRUE", "-T", "fields"]
    for field in FIELDS:
        command += ["-e", field]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=True)
    return [dict(zip(FIELDS, line.split("\t"))) for line in done.stdout.splitlines()]


@unittest.skipUnless(sim.IS_BUILT, sim.NOT_BUILT)
@unittest.skipUnless(TSHARK, "tshark is not installed")
class Captures(unittest.TestCase):
    def check(self, *arguments: str) -> collections.Counter[str]:
        """Runs with captures; returns how many octets of TCP payload each file has."""
        payload: collections.Counter[str] = collections.Counter()
        with tempfile.TemporaryDirectory() as folder:
            record = sim.records(f"--pcap={folder}/x", *arguments)[0]
            self.assertEqual(record["app_bytes_received"], 2 * 5000, record)
            files = sorted(pathlib.Path(folder).iterdir())
            self.assertTrue(files)
            for path in files:
                frames = read(path)
                self.assertTrue(frames, path.name)
                for frame in frames:
                    self.assertEqual(frame["tcp.checksum.status"], GOOD, (path.name, frame))
                    if frame["ip.version"] == "4":
                        self.assertEqual(frame["ip.checksum.status"], GOOD, (path.name, frame))
                    payload[path.name] += int(frame["tcp.len"])
        return payload

    def test_checksums_without_attackers(self) -> None:
        for version in ("4", "6"):
            with self.subTest(version):
                self.check("--appBytes=5000", f"--ipVersion={version}")

    def test_checksums_behind_active_attackers(self) -> None:
        for version in ("4", "6"):
            for attack in (
                ["--protocol=dh", "--paths=1", "--threat=A"],
                ["--threat=A-A", "--hops=2", "--loss=0.05"],
                ["--threat=A-A", "--ns3::TcpSocket::SegmentSize=100"],
                ["--threat=A-A", "--ns3::TcpSocketBase::Timestamp=false", "--ns3::TcpSocketBase::Sack=false"],
            ):
                with self.subTest(version=version, attack=attack):
                    self.check("--appBytes=5000", f"--ipVersion={version}", *attack)

    def test_the_server_hears_as_much_as_the_client_said(self) -> None:
        # A man in the middle of these protocols changes octets, not lengths.
        payload = self.check("--appBytes=5000", "--threat=A-A")
        self.assertEqual(len(payload), 8)
        self.assertEqual(payload["x-0-1.pcap"], payload["x-1-1.pcap"])
        self.assertEqual(payload["x-0-2.pcap"], payload["x-1-2.pcap"])


if __name__ == "__main__":
    unittest.main()
