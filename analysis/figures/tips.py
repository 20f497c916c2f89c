# SPDX-License-Identifier: GPL-2.0-only
"""What a reader who points at a part of a plot is told; SVG only, a PNG is the same without."""

from __future__ import annotations

import re
from typing import Any

from matplotlib.patches import Rectangle

_PREFIX = "tip:"
_GROUP = re.compile(rb'<g id="tip:([^"]*)">')


def attach(artist: Any, text: str) -> None:
    """A visible part of the plot explains itself."""
    artist.set_gid(_PREFIX + " ".join(text.split()))


def spot(axes: Any, x: float, y: float, text: str) -> None:
    """A place around a mark, larger than the mark and unseen."""
    attach(axes.plot([x], [y], marker="o", markersize=8, color="black", markeredgewidth=0, alpha=0,
                     zorder=10)[0], text)


def area(axes: Any, x: float, y: float, width: float, height: float, text: str) -> None:
    """An unseen rectangle above what is drawn there, in the axes' units."""
    patch = Rectangle((x, y), width, height, facecolor="white", linewidth=0, alpha=0, zorder=10)
    attach(patch, text)
    axes.add_patch(patch)


def told(svg: bytes) -> bytes:
    """The bytes of an SVG file with the texts as titles, which browsers show."""
    return _GROUP.sub(rb'<g class="tip"><title>\1</title>', svg)
