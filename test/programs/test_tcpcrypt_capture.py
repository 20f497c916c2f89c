# SPDX-License-Identifier: GPL-2.0-only
"""What tshark makes of captured tcpcrypt sessions: the ENO options, and nothing that it complains about."""

import os
import pathlib
import shutil
import subprocess
import tempfile
import unittest

TOP = pathlib.Path(__file__).resolve().parent.parent.parent
PROGRAM = TOP / os.environ.get("SMKEX_BUILD", "build") / "smkex-sim"
TSHARK = shutil.which("tshark")

FIELDS = ["tcp.flags", "tcp.option_kind", "tcp.options.unknown.payload", "tcp.len", "tcp.checksum.status"]
SYN, SYN_ACK, ACK = "0x0002", "0x0012", "0x0010"
CHECKSUM_GOOD = "1"


@unittest.skipUnless(PROGRAM.exists(), f"{PROGRAM} is not built")
@unittest.skipUnless(TSHARK, "tshark is not installed")
class TcpcryptCapture(unittest.TestCase):
    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.prefix = os.path.join(folder.name, "capture")

    def capture(self, device: str, *options: str) -> list[dict[str, str]]:
        """Runs a session. Returns the fields of each TCP segment that the device saw."""
        command = [str(PROGRAM), "--protocol=tcpcrypt", "--cryptoCost=none", f"--pcap={self.prefix}", *options]
        subprocess.run(command, check=True, capture_output=True, timeout=60)
        return self.dissect(f"{self.prefix}-{device}.pcap", "tcp", *FIELDS)

    def dissect(self, file: str, wanted: str, *fields: str) -> list[dict[str, str]]:
        command = [str(TSHARK), "-r", file, "-o", "tcp.check_checksum:TRUE", "-Y", wanted, "-T", "fields"]
        for field in fields:
            command += ["-e", field]
        done = subprocess.run(command, check=True, capture_output=True, text=True, timeout=60)
        return [dict(zip(fields, line.split("\t"))) for line in done.stdout.splitlines()]

    def eno_of(self, segments: list[dict[str, str]]) -> list[tuple[str, str]]:
        """Flags and suboptions of the segments with an ENO option."""
        return [
            (segment["tcp.flags"], segment["tcp.options.unknown.payload"])
            for segment in segments
            if "69" in segment["tcp.option_kind"].split(",")
        ]

    def test_eno_on_syn_synack_and_until_the_server_is_heard(self) -> None:
        for group, tep in (("x25519", "23"), ("p256", "21")):
            for version in ("4", "6"):
                with self.subTest(group=group, ip=version):
                    segments = self.capture("0-1", f"--group={group}", f"--ipVersion={version}")
                    self.assertEqual(self.eno_of(segments), [(SYN, tep), (SYN_ACK, "01" + tep), (ACK, ""), (ACK, "")])
                    lengths = [int(segment["tcp.len"]) for segment in segments]
                    self.assertEqual(lengths[:4], [0, 0, 0, 74 if group == "x25519" else 77])
                    self.assertEqual({segment["tcp.checksum.status"] for segment in segments}, {CHECKSUM_GOOD})

    def test_nothing_is_malformed(self) -> None:
        self.capture("0-1")
        self.assertEqual(self.dissect(f"{self.prefix}-0-1.pcap", "_ws.malformed", "frame.number"), [])
        self.assertEqual(self.dissect(f"{self.prefix}-0-1.pcap", "tcp.option.len.invalid", "frame.number"), [])

    def test_stripped_option_arrives_nowhere_and_checksums_hold(self) -> None:
        before = self.capture("0-1", "--threat=A", "--strategy=strip-eno")
        after = self.dissect(f"{self.prefix}-1-1.pcap", "tcp", *FIELDS)
        self.assertEqual(self.eno_of(before), [(SYN, "23")])
        self.assertEqual(self.eno_of(after), [])
        self.assertEqual({segment["tcp.checksum.status"] for segment in after}, {CHECKSUM_GOOD})


if __name__ == "__main__":
    unittest.main()
