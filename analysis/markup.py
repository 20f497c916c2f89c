# SPDX-License-Identifier: GPL-2.0-only
"""HTML pieces: texts are escaped here and nowhere else."""

from __future__ import annotations

import html
import re
from typing import Iterable, Optional, Sequence

_IDS = re.compile(r'(\bid="|href="#|url\(#)')
_HEAD = re.compile(r"<svg\b[^>]*>")
_DOCTYPE = re.compile(r"\A.*?(?=<svg\b)", re.DOTALL)
_METADATA = re.compile(r"\s*<metadata>.*?</metadata>", re.DOTALL)
_SIZE = re.compile(r'\b(?:width|height)="[^"]*"\s*')


def tag(name: str, content: str, **attributes: Optional[str]) -> str:
    """An element around ready HTML; attributes without a value are left out."""
    words = "".join(f' {key.rstrip("_").replace("_", "-")}="{html.escape(value)}"'
                    for key, value in attributes.items() if value is not None)
    return f"<{name}{words}>{content}</{name}>"


def text(name: str, content: str, **attributes: Optional[str]) -> str:
    """An element around a text."""
    return tag(name, html.escape(content), **attributes)


def table(caption: str, header: Sequence[str], rows: Iterable[Sequence[str]],
          codes: bool = False, words: bool = False) -> str:
    """A table that scrolls by itself; the last column may be commands, or all be texts."""
    def line(cells: Sequence[str]) -> str:
        parts = [text("th", cells[0], scope="row")]
        parts += [text("td", cell) for cell in cells[1:]]
        if codes:
            parts[-1] = tag("td", text("code", cells[-1]))
        return tag("tr", "".join(parts))
    head = tag("tr", "".join(text("th", cell, scope="col") for cell in header))
    content = (text("caption", caption) + tag("thead", head) + "\n"
               + tag("tbody", "\n".join(line(row) for row in rows)))
    return tag("div", tag("table", content, class_="words" if words else None), class_="scroll",
               tabindex="0", role="region", aria_label=caption)


def inline_svg(svg: str, prefix: str, name: str, most_px: int) -> str:
    """An SVG file's content as part of a page, with identifiers of its own and a name."""
    body = _METADATA.sub("", _DOCTYPE.sub("", svg, count=1), count=1)
    body = _IDS.sub(lambda found: found.group(1) + prefix, body)
    head = _HEAD.match(body)
    assert head
    opening = _SIZE.sub("", head.group(0))[:-1]
    opening += (f' role="img" aria-label="{html.escape(name)}" '
                f'style="max-width:{most_px}px" focusable="false">')
    return opening + body[head.end():]
