# SPDX-License-Identifier: GPL-2.0-only
"""Rules of this project that no common tool knows: which layer includes which, licence lines, and file length."""

import os
import re
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "waf-tools"))

import layers  # noqa: E402

MAX_LINES = 600
LICENCE = "SPDX-License-Identifier: GPL-2.0-only"
# Kinds of files that carry a licence line near their beginning.
LICENSED = (".cc", ".h", ".py", ".pyi", ".sh", ".toml", ".cmake", "CMakeLists.txt", "wscript", "waf", ".ci/run")
LICENCE_WITHIN_LINES = 4

_INCLUDE = re.compile(r'\s*#\s*include\s+(["<])([^">]+)[">]')
_OWN_HEADER = re.compile(r"ns3/(smkex|mptcp)-[^/]*\.h$")
_UMBRELLA = re.compile(r"ns3/[a-z0-9-]+-module\.h$")


def layer_of(path: str) -> str:
    """The layer that a file belongs to, or an empty string for programs, tests and the like."""
    return next((name for name in layers.LAYERS if path.startswith(layers.folder(name) + "/")), "")


def check_includes(path: str, lines: list[str], header_layers: dict[str, str]) -> list[str]:
    """Findings about the includes of one C++ file; `header_layers` maps each own header's base name to its layer."""
    findings = []
    layer = layer_of(path)
    allowed = [layer, *layers.ALLOWED[layer]] if layer else [layers.NS3, *layers.LAYERS]
    for number, line in enumerate(lines, 1):
        match = _INCLUDE.match(line)
        if not match:
            continue
        target = match.group(2)
        where = f"{path}:{number}:"
        if _UMBRELLA.match(target):
            findings.append(f"{where} {target} is an umbrella: name the single headers")
        elif target.startswith("ns3/"):
            owner = header_layers.get(os.path.basename(target))
            if owner is None and _OWN_HEADER.match(target):
                findings.append(f"{where} {target} is no header of this module")
            elif (owner or layers.NS3) not in allowed:
                findings.append(f"{where} the layer {layer} must not include {target}, of {owner or 'ns-3'}")
        elif ".." in target.split("/") and layer:
            findings.append(f"{where} {target}: another layer's header is included as \"ns3/NAME.h\"")
        elif match.group(1) == '"' and layer:
            beside = os.path.join(os.path.dirname(path), target)
            if not os.path.exists(beside):
                findings.append(f"{where} there is no {target} beside this file")
    return findings


def check_licence(path: str, lines: list[str]) -> list[str]:
    if path.endswith(LICENSED) and not any(LICENCE in line for line in lines[:LICENCE_WITHIN_LINES]):
        return [f"{path}:1: the line '{LICENCE}' is missing"]
    return []


def check_length(path: str, lines: list[str]) -> list[str]:
    if path.endswith(LICENSED) and len(lines) > MAX_LINES:
        return [f"{path}:{MAX_LINES + 1}: {len(lines)} lines; more than {MAX_LINES} need a split"]
    return []


def check(paths: list[str]) -> list[str]:
    """Findings about all files, as FILE:LINE: TEXT."""
    findings = []
    headers = {os.path.basename(path): layer_of(path) for path in paths if path.endswith(".h") and layer_of(path)}
    for path in paths:
        if not path.endswith(LICENSED):
            continue
        with open(path, encoding="utf-8", errors="replace") as file:
            lines = file.read().splitlines()
        findings += check_licence(path, lines) + check_length(path, lines)
        if path.endswith((".cc", ".h")):
            findings += check_includes(path, lines, headers)
    return findings
