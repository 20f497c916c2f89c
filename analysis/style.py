# SPDX-License-Identifier: GPL-2.0-only
"""How every plot looks: sizes for a paper's column, colours that colour-blind people can tell."""

from __future__ import annotations

from typing import Dict, List, Sequence

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
DASHES = ("-", (0, (5, 1.5)), (0, (1.2, 1.2)), (0, (5, 1.2, 1.2, 1.2)), (0, (2.5, 1)))

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


def colours(names: Sequence[str]) -> Dict[str, str]:
    """A colour for each name: the known ones keep theirs, others take what is left."""
    chosen: Dict[str, str] = {}
    for name in names:
        word = name.split()[0] if name else ""
        if word in _KNOWN and _PALETTE[_KNOWN[word]] not in chosen.values():
            chosen[name] = _PALETTE[_KNOWN[word]]
    spare = [colour for colour in _PALETTE if colour not in chosen.values()]
    for number, name in enumerate(n for n in names if n not in chosen):
        chosen[name] = (spare or _PALETTE)[number % len(spare or _PALETTE)]
    return chosen


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
