# SPDX-License-Identifier: GPL-2.0-only
"""Options as Python values, turned into the text that the simulator reads."""

from __future__ import annotations

from typing import List, Mapping, Tuple

Pairs = List[Tuple[str, str]]

_REPEATABLE = ("adversary",)


def _text(name: str, value: object) -> str:
    if isinstance(value, bool) or not isinstance(value, (str, int, float)):
        raise ValueError(f"--{name} is {value!r}, but has to be a text, a number, or a list of these")
    return str(value)


def to_pairs(options: Mapping[str, object]) -> Pairs:
    """(name, text) for each option; options that may be repeated take a list of values."""
    pairs: Pairs = []
    for name, value in options.items():
        values = list(value) if isinstance(value, (list, tuple)) else [value]
        texts = [_text(name, item) for item in values]
        if name in _REPEATABLE:
            pairs += [(name, text) for text in texts]
        else:
            pairs.append((name, ",".join(texts)))
    return pairs
