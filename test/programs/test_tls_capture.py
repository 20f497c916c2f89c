# SPDX-License-Identifier: GPL-2.0-only
"""What Wireshark makes of the TLS in captures: the library's own key log lets it look inside."""

import os
import pathlib
import shutil
import subprocess
import tempfile
import unittest

TOP = pathlib.Path(__file__).resolve().parent.parent.parent
PROGRAM = TOP / os.environ.get("SMKEX_BUILD", "build") / "smkex-sim"

CLIENT, CLIENT_HELLO, SERVER_FLIGHT, FINISHED = "10.1.0.1", "1", "2,8,11,15,20", "20"
# ServerHello, EncryptedExtensions, Certificate, CertificateVerify, Finished: RFC 8446, 4.
TLS_1_3 = "0x0304"


class Capture:
    """The captures of one run, as lists of fields of the frames that a filter lets through."""

    def __init__(self, folder: str, *options: str) -> None:
        self.prefix = pathlib.Path(folder, "x")
        self.keys = pathlib.Path(folder, "keys")
        environment = {**os.environ, "SSLKEYLOGFILE": str(self.keys)}
        command = [str(PROGRAM), "--cryptoCost=none", f"--pcap={self.prefix}", *options]
        subprocess.run(command, env=environment, check=True, capture_output=True, timeout=60)

    def fields(self, node: int, path: int, display_filter: str, *names: str) -> list[list[str]]:
        command = ["tshark", "-r", f"{self.prefix}-{node}-{path}.pcap", "-o", f"tls.keylog_file:{self.keys}"]
        command += ["-d", "tcp.port==4433,tls", "-Y", display_filter, "-T", "fields"]
        for name in names:
            command += ["-e", name]
        done = subprocess.run(command, check=True, capture_output=True, text=True, timeout=60)
        return [line.split("\t") for line in done.stdout.splitlines()]


@unittest.skipUnless(PROGRAM.exists(), f"{PROGRAM} is not built")
@unittest.skipUnless(shutil.which("tshark"), "there is no tshark")
class TlsCapture(unittest.TestCase):
    def check_handshake(self, capture: Capture, node: int) -> None:
        handshake = capture.fields(node, 1, "tls.handshake", "ip.src", "tls.handshake.type")
        self.assertEqual([types for _, types in handshake], [CLIENT_HELLO, SERVER_FLIGHT, FINISHED])
        self.assertEqual([source == CLIENT for source, _ in handshake], [True, False, True])
        versions = capture.fields(node, 1, "tls.handshake.type <= 2", "tls.handshake.extensions.supported_version")
        self.assertEqual(versions, [[TLS_1_3], [TLS_1_3]])
        names = capture.fields(node, 1, "tls.handshake.certificate", "x509ce.dNSName")
        self.assertEqual(names, [["server.example"]])
        self.assertEqual(capture.fields(node, 1, "_ws.malformed || tls.alert_message", "frame.number"), [])
        self.assertEqual(len(capture.fields(node, 1, "tls.app_data", "frame.number")), 2)

    def test_handshakes_are_tls_1_3_with_the_messages_of_a_full_one(self) -> None:
        for options in (["--protocol=tls"], ["--protocol=mtls"], ["--protocol=tls", "--group=p256"]):
            with self.subTest(options), tempfile.TemporaryDirectory() as folder:
                capture = Capture(folder, *options)
                self.check_handshake(capture, 0)

    def test_who_has_a_rogue_certificate_makes_two_handshakes_that_are_in_order(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            capture = Capture(folder, "--protocol=tls", "--certificate=rogue", "--threat=A")
            # Node 2 is the router with the attacker: its devices face the client and the server.
            self.check_handshake(capture, 0)
            key_shares = ("tls.handshake.type <= 2", "tls.handshake.extensions_key_share_key_exchange")
            shares = [capture.fields(2, device, *key_shares) for device in (1, 2)]
            self.assertEqual([len(share) for share in shares], [2, 2])
            self.assertNotEqual(shares[0], shares[1])

    def test_a_refusal_is_an_alert(self) -> None:
        # certificate_expired, bad_certificate, unknown_ca (RFC 8446, 6.2).
        for certificate, description in (("expired", "45"), ("wrong-name", "42"), ("authentic", "48")):
            with self.subTest(certificate), tempfile.TemporaryDirectory() as folder:
                capture = Capture(folder, "--protocol=tls", f"--certificate={certificate}", "--threat=A")
                alerts = capture.fields(0, 1, "tls.alert_message", "ip.src", "tls.alert_message.desc")
                self.assertEqual(alerts, [[CLIENT, description]])

    def test_path_2_of_mtls_is_no_tls(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            capture = Capture(folder, "--protocol=mtls")
            self.assertEqual(capture.fields(0, 2, "tls.handshake", "frame.number"), [])


if __name__ == "__main__":
    unittest.main()
