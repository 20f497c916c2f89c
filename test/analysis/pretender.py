#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""Speaks the batch protocol of smkex-sim and misbehaves on request; it simulates nothing.

Misbehaviour is asked for by --appBytes: 9001 ends the process by a signal after a word on
standard error, 9002 never answers, 9003 refuses, 9004 prints half a record, 9005 prints too few
records, 9006 ends the process with a status, 9007 ends the process that started it at the run
PRETENDER_RUN. What --trust names is a file: where it exists, 9001
behaves well.
PRETENDER_SLEEP_S slows every experiment down.
"""

from __future__ import annotations

import hashlib
import json
import os
import signal
import sys
import time
from typing import Any, Dict, List, Optional, Tuple

DEFAULTS = {
    "protocol": "smkex", "transport": "parallel-tcp", "paths": "2", "rtt": "20ms",
    "rate": "100Mbps", "loss": "0", "hops": "1", "threat": "N", "adversary": "", "group": "x25519",
    "ipVersion": "4", "cryptoCost": "measured", "trust": "", "appBytes": "1000", "sessions": "1",
    "seed": "1", "run": "1"}
LISTS = ("rtt", "rate", "loss", "adversary")


def read(arguments: List[str]) -> Tuple[Dict[str, str], Optional[str]]:
    """The options, and an objection."""
    options = dict(DEFAULTS)
    for argument in arguments:
        name, _, value = argument[2:].partition("=")
        if name not in DEFAULTS:
            return options, f"--{name}: there is no such option"
        options[name] = value
    if options["protocol"] not in ("smkex", "dh", "tcp"):
        return options, f"--protocol: '{options['protocol']}' is none of smkex, tcp, dh"
    if not all(text.replace(".", "").isdigit() for text in options["loss"].split(",")):
        return options, f"--loss: '{options['loss']}' is no probability"
    if options["protocol"] == "tcp" and options["transport"] == "parallel-tcp":
        return options, "--protocol=tcp needs --transport=tcp"
    return options, None


def number(options: Dict[str, str], session: int, what: str) -> float:
    """A value in [0, 1) that depends on nothing but the experiment."""
    text = json.dumps([sorted(options.items()), session, what])
    return int(hashlib.sha256(text.encode()).hexdigest()[:12], 16) / 16.0 ** 12


def record(options: Dict[str, str], session: int) -> Dict[str, Any]:
    """A made-up record with every key."""
    threat, protocol = options["threat"], options["protocol"]
    exposed = {"tcp": threat != "N", "dh": threat.startswith("A"),
               "smkex": threat == "A-A"}[protocol]
    detected = protocol == "smkex" and "A" in threat and not exposed
    setup = 0.02 + 0.01 * number(options, session, "setup")
    return {
        "session": session, "seed": int(options["seed"]), "run": int(options["run"]),
        "protocol": protocol, "transport": options["transport"], "threat": threat,
        "rtt_s": [0.02, 0.02], "client_accepted": not detected,
        "client_failure": "binding-mismatch" if detected else None,
        "client_setup_s": None if detected else setup, "client_compute_s": setup / 7,
        "server_accepted": True, "server_failure": None, "server_setup_s": setup,
        "client_key_exposed": exposed, "server_key_exposed": exposed, "mitm": exposed,
        "mismatch": False, "downgraded": False, "denied": False, "detected": detected,
        "detected_s": setup if detected else None,
        "plaintext_exposed_bytes": 2000 if exposed else 0, "app_bytes_received": 1000,
        "bytes_sent": 4000, "segments_sent": 20, "subflows": 2, "key_generation_s": setup / 11}


def experiment(options: Dict[str, str]) -> None:
    """Prints the records of one experiment, or fails to."""
    time.sleep(float(os.environ.get("PRETENDER_SLEEP_S", "0")))
    wish = options["appBytes"] if options["threat"] == "A" else ""
    count = int(options["sessions"])
    if wish == "9001" and not os.path.exists(options["trust"] or "/nonexistent"):
        print("a word before the end", file=sys.stderr, flush=True)
        os.kill(os.getpid(), signal.SIGSEGV)
    if wish == "9002":
        time.sleep(1000)
    if wish == "9004":
        print('{"session": 1')
    if wish == "9005":
        count -= 1
    if wish == "9007" and options["run"] == os.environ.get("PRETENDER_RUN"):
        os.kill(os.getppid(), signal.SIGKILL)
        time.sleep(1000)
    if wish == "9006":
        os._exit(7)
    for session in range(1, count + 1):
        print(json.dumps(record(options, session), separators=(",", ":")))


def main() -> None:
    """The three ways in which sweeps call a simulator."""
    if "--listOptions" in sys.argv:
        for name, default in DEFAULTS.items():
            print(json.dumps({"name": name, "default": default, "list": name in LISTS,
                              "values": ""}))
        return
    for line in sys.stdin:
        options, objection = read(line.rstrip("\n").split("\t"))
        if objection is None and "--validateOnly" not in sys.argv:
            if options["appBytes"] == "9003" and options["threat"] == "A":
                objection = "refused on request"
            else:
                experiment(options)
        print(f"#end 2 {objection}" if objection else "#end 0", flush=True)


if __name__ == "__main__":
    main()
