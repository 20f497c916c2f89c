# SPDX-License-Identifier: GPL-2.0-only
"""The layers of the module, and which may include which: the build and the include rule both read this."""

NS3 = "ns3"

# Layer -> what its files may include directly, besides themselves and the C++ libraries.
ALLOWED: dict[str, list[str]] = {
    "engine": [],
    "internet": [],
    "mptcp": [NS3],
    # The engine's words only: octets, path numbers, reasons.
    "transport": [NS3, "mptcp", "engine"],
    "adversary": [NS3, "engine"],
    "session": [NS3, "engine", "transport", "adversary"],
    "helper": [NS3, "engine", "internet", "mptcp", "transport", "adversary", "session"],
}

# From the lowest to the highest.
LAYERS = list(ALLOWED)


def folder(layer: str) -> str:
    """The folder of a layer, relative to the top."""
    return layer if layer == "helper" else "model/" + layer


def reachable(layer: str) -> list[str]:
    """The layer and all that its includes lead to: a header brings along what it includes itself."""
    found = [layer]
    for name in found:
        found += [below for below in ALLOWED.get(name, []) if below not in found]
    return found


def is_pure(layer: str) -> bool:
    """Whether the layer has to compile without ns-3."""
    return NS3 not in reachable(layer)
