# SPDX-License-Identifier: GPL-2.0-only
"""How every plot looks: sizes for a paper's column, strokes that all people can tell."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import Any, Dict, List, Sequence, Tuple

import matplotlib

matplotlib.use("Agg")

#: Widths of one and of two columns (inches).
COLUMN, TWO_COLUMNS = 3.5, 7.16
DPI = 300

INK, SOFT, FAINT = "#1a1a1a", "#5f5f5f", "#d9d9d9"
EXPOSED, RESISTED, PARTLY = "#2f2f2f", "#ffffff", "#b5b5b5"

#: Okabe and Ito's colours without the yellow one, which is too light for lines on white.
_PALETTE = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#56B4E9", "#E69F00", "#1a1a1a")
#: What appears in several plots has one colour in all of them.
_KNOWN = {"smkex": 0, "dh": 1, "tcp": 2, "tls": 3, "tcpcrypt": 4, "mtls": 5, "secret-sharing": 6}
_DASHES: Tuple[Any, ...] = (
    "-", (0, (5, 1.5)), (0, (1.2, 1.2)), (0, (5, 1.2, 1.2, 1.2)), (0, (2.5, 1)),
    (0, (8, 1, 1.2, 1, 1.2, 1)), (0, (3, 2)))
_MARKERS = "o^sDvPx"

RC: Dict[str, object] = {
    "font.family": "DejaVu Sans", "font.size": 7, "axes.titlesize": 7.5, "axes.labelsize": 7,
    "xtick.labelsize": 6.5, "ytick.labelsize": 6.5, "text.color": INK, "axes.labelcolor": INK,
    "axes.edgecolor": SOFT, "xtick.color": SOFT, "ytick.color": SOFT, "xtick.labelcolor": INK,
    "ytick.labelcolor": INK, "axes.linewidth": 0.6, "xtick.major.width": 0.6,
    "ytick.major.width": 0.6, "xtick.minor.width": 0.4, "ytick.minor.width": 0.4,
    "axes.spines.top": False, "axes.spines.right": False, "axes.grid": True, "grid.color": FAINT,
    "grid.linewidth": 0.4, "axes.axisbelow": True, "lines.linewidth": 1.3, "lines.markersize": 3,
    "figure.facecolor": "white", "savefig.dpi": DPI, "svg.hashsalt": "smkex",
    "svg.fonttype": "path", "axes.titlelocation": "left", "hatch.linewidth": 0.4}


@dataclass(frozen=True)
class Stroke:
    """How one line is drawn; colour, dashes and marker each tell it from the others."""

    colour: str
    dashes: Any
    marker: str


def strokes(names: Sequence[str]) -> Dict[str, Stroke]:
    """A stroke for each name: the known ones keep theirs, others take what is left.

    Where there are more names than colours, a colour comes again with other dashes and marker.
    """
    chosen: Dict[str, int] = {}
    for name in names:
        known = _KNOWN.get(name)
        if known is not None:
            chosen[name] = known
    for name in names:
        known = _KNOWN.get(name.split()[0] if name else "")
        if name not in chosen and known is not None and known not in chosen.values():
            chosen[name] = known
    spare = (i for i in itertools.count() if i not in chosen.values())
    for name in names:
        if name not in chosen:
            chosen[name] = next(spare)
    return {name: _stroke(i) for name, i in chosen.items()}


def _stroke(number: int) -> Stroke:
    turn, colour = divmod(number, len(_PALETTE))
    shape = (colour + 3 * turn) % len(_PALETTE)
    return Stroke(_PALETTE[colour], _DASHES[shape], _MARKERS[shape])


def spread(wanted: Sequence[float], gap: float, low: float, high: float) -> List[float]:
    """Moves label positions apart by at least `gap`, each as little as needed, within a range."""
    order = sorted(range(len(wanted)), key=lambda i: wanted[i])
    blocks: List[List[float]] = []  # each: sum of (wanted - offset), members
    for i in order:
        blocks.append([wanted[i], 1])
        while len(blocks) > 1 and (blocks[-2][0] / blocks[-2][1] + blocks[-2][1] * gap
                                   > blocks[-1][0] / blocks[-1][1]):
            total, count = blocks.pop()
            blocks[-1][0] += total - count * blocks[-1][1] * gap
            blocks[-1][1] += count
    placed: List[float] = []
    for total, count in blocks:
        placed += [total / count + k * gap for k in range(int(count))]
    for k in range(len(placed)):
        placed[k] = max(placed[k], low + k * gap)
    for k in range(len(placed) - 1, -1, -1):
        placed[k] = min(placed[k], high - (len(placed) - 1 - k) * gap)
    result = [0.0] * len(wanted)
    for k, i in enumerate(order):
        result[i] = placed[k]
    return result
