# SPDX-License-Identifier: GPL-2.0-only
"""Results to plots: `python3 -m analysis.plot results/NAME …`.

Each plot is written as PNG and SVG, with a CSV file of the numbers drawn. The same database gives
the same bytes.
"""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any, List, Optional, Tuple

from . import cli, fields, numbers, style
from .dataset import Dataset, quantity
from .figures import band, cdf, line, matrix, surface, tips
from .files import write, write_csv
from .numbers import Table
from .plot_spec import PlotSpec

import matplotlib  # noqa: I100  (after style, which chooses the backend)


def figure(data: Dataset, spec: PlotSpec) -> Tuple[Optional[Any], Table]:
    """A plot and its numbers; no plot where there is nothing to draw."""
    if spec.kind == "matrix":
        cells = numbers.matrix(data, spec)
        return (matrix.draw(spec, cells) if cells else None), numbers.matrix_table(spec, cells)
    # All plots of a scenario give the same line the same stroke, whichever lines they show.
    strokes = style.strokes(data.levels[spec.lines]) if spec.lines else {}
    if spec.kind == "cdf":
        curves = numbers.cdf(data, spec)
        drawn = cdf.draw(spec, curves, strokes) if curves else None
        return drawn, numbers.cdf_table(spec, curves)
    if spec.kind == "band":
        along = fields.band(data, spec)
        unit = quantity(data.levels[spec.x][0])[1] if spec.x in data.levels else ""
        drawn = band.draw(spec, along, unit, strokes) if along else None
        return drawn, fields.band_table(spec, along)
    if spec.kind == "surface":
        spots = fields.surface(data, spec)
        drawn = surface.draw(spec, spots, fields.theory(data, spec)) if spots else None
        return drawn, fields.surface_table(spec, spots)
    marks = numbers.line(data, spec)
    return (line.draw(spec, marks, strokes) if marks else None), numbers.line_table(spec, marks)


def render(drawn: Any, kind: str) -> bytes:
    """The bytes of a PNG or SVG file, without dates and random names."""
    metadata = {"Software": None} if kind == "png" else {"Date": None, "Creator": None}
    content = io.BytesIO()
    drawn.savefig(content, format=kind, metadata=metadata, dpi=style.DPI)
    return tips.told(content.getvalue()) if kind == "svg" else content.getvalue()


def plot(directory: Path) -> List[Path]:
    """Draws all plots of a database beside it; returns the files written."""
    data = Dataset(directory)
    files = []
    try:
        with matplotlib.rc_context(style.RC):
            for spec in data.plots:
                drawn, table = figure(data, spec)
                files.append(directory / f"{spec.name}.csv")
                write_csv(files[-1], table)
                for kind in ("png", "svg") if drawn else ():
                    files.append(directory / f"{spec.name}.{kind}")
                    write(files[-1], render(drawn, kind))
    finally:
        data.close()
    return files


def main() -> int:
    """The command line."""
    parser = cli.Parser(prog="analysis.plot", description=__doc__)
    parser.add_argument("directory", nargs="+", type=Path, help="where a results.sqlite is")
    for directory in parser.parse_args().directory:
        for path in plot(directory):
            print(path)
    return 0


if __name__ == "__main__":
    cli.run(main)
