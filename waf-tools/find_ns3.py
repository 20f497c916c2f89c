# SPDX-License-Identifier: GPL-2.0-only
"""Finds ns-3 by pkg-config: the system's, an installed one, or a build tree."""

import glob
import os
import shlex
import subprocess
from typing import NamedTuple, Optional

# What the module uses of ns-3; each brings along what it depends on.
MODULES = ["ns3-internet", "ns3-point-to-point", "ns3-applications", "ns3-topology-read"]


class Ns3(NamedTuple):
    """Where an ns-3 is, and how to compile and link with it."""

    version: str
    include_dirs: list[str]
    library_dirs: list[str]
    libraries: list[str]
    link_flags: list[str]


class NotFound(Exception):
    """No usable ns-3; the text says what is missing where."""


def _build_tree(directory: str) -> Optional[tuple[str, list[str]]]:
    """The folder of .pc files of a build tree, and the pkg-config options that point them at it.

    ns-3 writes them for the place where it would be installed.
    """
    for cmake_dir in ("cmake-cache", "."):
        pkgconfig = os.path.join(directory, cmake_dir, "pkgconfig")
        for output in ("build", "."):
            built = os.path.join(directory, output)
            if os.path.exists(os.path.join(pkgconfig, "ns3-core.pc")) and os.path.isdir(
                os.path.join(built, "include", "ns3")
            ):
                return pkgconfig, [
                    "--define-variable=includedir=" + os.path.join(built, "include"),
                    "--define-variable=libdir=" + os.path.join(built, "lib"),
                ]
    return None


def _locate(directory: str) -> tuple[str, list[str]]:
    for pattern in ("lib/pkgconfig", "lib64/pkgconfig", "lib/*/pkgconfig", "share/pkgconfig"):
        for pkgconfig in sorted(glob.glob(os.path.join(glob.escape(directory), pattern))):
            if os.path.exists(os.path.join(pkgconfig, "ns3-core.pc")):
                return pkgconfig, []
    tree = _build_tree(directory)
    if tree:
        return tree
    raise NotFound(
        f"--ns3={directory} holds no ns-3: neither an installed one (lib/pkgconfig/ns3-core.pc) "
        "nor a build tree (cmake-cache/pkgconfig/ns3-core.pc and build/include/ns3)"
    )


def _unique(words: list[str]) -> list[str]:
    return list(dict.fromkeys(words))


def find_ns3(directory: str = "") -> Ns3:
    """The ns-3 in a directory (an installation prefix or a build tree), or the system's where none is given.

    Raises NotFound.
    """
    environment = dict(os.environ)
    options: list[str] = []
    if directory:
        pkgconfig, options = _locate(os.path.abspath(directory))
        environment["PKG_CONFIG_PATH"] = os.pathsep.join(
            filter(None, [pkgconfig, environment.get("PKG_CONFIG_PATH", "")])
        )

    def ask(*query: str) -> str:
        command = ["pkg-config", *options, *query]
        try:
            answer = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
        except FileNotFoundError:
            raise NotFound("pkg-config is missing, which knows where ns-3 is") from None
        if answer.returncode:
            raise NotFound("pkg-config finds no usable ns-3: " + answer.stderr.strip().split("\n")[0])
        return answer.stdout

    version = ask("--modversion", "ns3-core").strip()
    flags = shlex.split(ask("--cflags", "--libs", *MODULES))
    # Debian's .pc files hold a stray `-I/usr\;`, and ns-3's own list Python's and libxml2's folders, which only
    # ns-3's sources need.
    include_dirs = [flag[2:] for flag in flags if flag.startswith("-I") and not flag.endswith(";")]
    return Ns3(
        version,
        _unique([path for path in include_dirs if os.path.isdir(os.path.join(path, "ns3"))]),
        _unique([flag[2:] for flag in flags if flag.startswith("-L")]),
        _unique([flag[2:] for flag in flags if flag.startswith("-l")]),
        _unique([flag for flag in flags if flag.startswith("/") or flag.startswith("-Wl,")]),
    )
