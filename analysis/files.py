# SPDX-License-Identifier: GPL-2.0-only
"""Writes whole files or none: to a temporary name first, then renamed."""

from __future__ import annotations

import csv
import io
import os
from pathlib import Path
from typing import Sequence

from .errors import cannot_write
from .numbers import Table


def write(path: Path, content: bytes) -> None:
    """Replaces a file's content; where that fails the old one is as it was."""
    partial = path.with_name(f".{path.name}.partial")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            with partial.open("wb") as stream:
                stream.write(content)
            os.replace(partial, path)
        finally:
            partial.unlink(missing_ok=True)
    except OSError as error:
        raise cannot_write(path, error) from None


def _cell(value: object) -> object:
    if isinstance(value, float):
        return "" if value != value else repr(value)
    return "" if value is None else value


def write_csv(path: Path, table: Table) -> None:
    """Writes a table; floats unrounded, what is not known empty."""
    header, rows = table
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(header)
    writer.writerows([_cell(value) for value in row] for row in rows)
    write(path, text.getvalue().encode())


def text_table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A table for the terminal: first column left, the others right."""
    lines = [list(header), *[list(row) for row in rows]]
    widths = [max(len(line[i]) for line in lines) for i in range(len(header))]
    lines.insert(1, ["-" * width for width in widths])
    return "\n".join("  ".join(
        cell.ljust(width) if i == 0 else cell.rjust(width)
        for i, (cell, width) in enumerate(zip(line, widths))).rstrip() for line in lines)
