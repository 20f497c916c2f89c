# SPDX-License-Identifier: GPL-2.0-only
"""Results to one page: `python3 -m analysis.report results` writes results/report.html.

The page needs no network and no other file. It is made of the databases, plots and manifests in the
folder's folders, which it does not change; the same ones give the same bytes.
"""

from __future__ import annotations

import html
import json
import re
import sys
from pathlib import Path
from typing import Any, Dict, List, Mapping, Sequence

from . import cli, manifest, tables
from .answers import answer, counted
from .dataset import Dataset
from .errors import UserError
from .files import write
from .markup import inline_svg, table, tag, text
from .plot_spec import PlotSpec
from .store import FILE as DATABASE

FILE = "report.html"
_PAGE = Path(__file__).resolve().parent / "page"
_POLICY = ("default-src 'none'; img-src data:; style-src 'unsafe-inline'; "
           "script-src 'unsafe-inline'")
_KINDS = {"matrix": "Table of rates", "cdf": "Distribution with its tail", "line": "Lines",
          "band": "Lines with bands", "surface": "Map of rates over two options"}
_MOST_FAILURES = 20
#: Pixels an inch of a plot on the screen.
_PX_PER_INCH = 132


def _read_manifest(directory: Path) -> Dict[str, Any]:
    path = directory / manifest.FILE
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise UserError(f"{path} cannot be read: {error}") from None
    if not isinstance(content, dict):
        raise UserError(f"{path} is no manifest")
    return content


def results(folder: Path) -> List[Path]:
    """The scenarios' folders in a results folder that have all that a report needs."""
    return sorted(path.parent for path in folder.glob(f"*/{DATABASE}")
                  if (path.parent / manifest.FILE).is_file())


def _width_px(svg: str) -> int:
    found = re.search(r'<svg\b[^>]*\bwidth="([\d.]+)pt"', svg)
    return round(float(found.group(1)) / 72 * _PX_PER_INCH) if found else 0


def _figure(data: Dataset, spec: PlotSpec) -> str:
    """A plot with its caption, and its table."""
    note, grids = tables.grids(data, spec)
    note = note.replace("\n", "; ")
    path = data.directory / f"{spec.name}.svg"
    if not grids or not path.is_file():
        return text("h3", spec.title) + text("p", "No session has a value for this plot.")
    svg = path.read_text(encoding="utf-8")
    alt = (f"{_KINDS[spec.kind]}: {spec.title}. {note}. The table of these numbers follows the "
           "plot.")
    plot = tag("div", inline_svg(svg, f"{data.name}-{spec.name}-", alt, _width_px(svg)),
               class_="plot")
    caption = text("figcaption", f"{note}. Numbers drawn: {data.name}/{spec.name}.csv")
    parts = [text("h3", spec.title), tag("figure", plot + "\n" + caption)]
    numbers = "\n".join(table(
        f"{spec.title}{f', {spec.panels} {grid.panel}' if grid.panel else ''}",
        grid.header, grid.rows) for grid in grids)
    if sum(len(grid.rows) for grid in grids) > 12:
        numbers = tag("details", text("summary", f"The numbers: {spec.title}") + numbers,
                      class_="printed")
    return "\n".join(parts + [numbers])


def _points(data: Dataset) -> str:
    """Every point with the command of its first simulation."""
    counts, failures, runs = data.counts(), data.failures(), data.run_ranges()
    columns = [factor["columns"][0] for factor in data.factors]
    rows = []
    for point, values in data.points.items():
        first, last, seed = runs.get(point, ("", "", ""))
        rows.append([str(point), ", ".join(values[column] for column in columns),
                     f"{counts[point]['n']:,}", str(failures.get(point, 0)), seed,
                     f"{first} to {last}", data.command(point) or ""])
    header = ["point", ", ".join(columns), "sessions", "failed", "seed", "runs",
              "command of the first run"]
    content = (text("summary", f"How to repeat each number: {len(rows)} points with their commands")
               + text("p", "A command prints the records of one simulation; other simulations of "
                      "the point have another --run. With --pcap=PREFIX it captures the packets.",
                      class_="soft")
               + table("Points of the sweep", header, rows, codes=True, words=True))
    return tag("details", content)


def _origin(data: Dataset, about: Mapping[str, Any]) -> str:
    """The code behind the numbers, and the commands for all of them."""
    quick = " --quick" if data.quick else ""
    rows = [["scenario", f"{data.name}{' (thinned by --quick)' if data.quick else ''}"],
            ["started", str(about.get("started_utc", "unknown"))],
            ["simulations", f"{data.totals()['simulations_done']:,} done, "
             f"{data.totals()['simulations_failed']:,} failed"]]
    for code, count in data.provenances():
        rows += [[f"{name} of {count:,} simulations", value] for name, value in code.items()]
    drawn = about.get("versions", {})
    rows.append(["analysed with", ", ".join(
        f"{name} {drawn[name]}" for name in ("python", "numpy", "scipy", "matplotlib")
        if name in drawn)])
    return (text("h3", "How to repeat it")
            + tag("pre", text("code", f"./waf scenarios --only={data.name}{quick} --fresh"),
                  tabindex="0")
            + table(f"Where the numbers of {data.name} come from", ["what", "value"], rows,
                    words=True)
            + _points(data))


def _failures(data: Dataset) -> str:
    failed = data.failed()
    if not failed:
        return ""
    shown = "".join(tag("li", html.escape(reason) + ": " + text("code", command))
                    for reason, command in failed[:_MOST_FAILURES])
    more = f" The first {_MOST_FAILURES}:" if len(failed) > _MOST_FAILURES else ""
    return tag("div", text("p", f"{len(failed):,} simulations failed and are in no number.{more}")
               + tag("ul", shown), class_="failed")


def _scenario(data: Dataset, about: Mapping[str, Any]) -> str:
    n = counted([count["n"] for count in data.counts().values()])
    parts = [text("h2", data.title, id=f"{data.name}-title"),
             text("p", data.question, class_="question"),
             text("p", answer(data), class_="answer"), _failures(data),
             text("p", f"{len(data.points):,} points, {data.totals()['sessions']:,} sessions "
                  f"({n} a point). Intervals are at 95 %: Wilson's for rates, bootstrapped over "
                  "simulations for times.", class_="soft")]
    parts += [_figure(data, spec) for spec in data.plots]
    parts.append(_origin(data, about))
    return tag("section", "\n".join(part for part in parts if part), id=data.name,
               aria_labelledby=f"{data.name}-title")


def page(directories: Sequence[Path]) -> str:
    """The page on the scenarios in these folders; those that cannot be read are left out."""
    sections, entries, dates = [], [], []
    for directory in directories:
        try:
            about, data = _read_manifest(directory), Dataset(directory)
        except UserError as error:
            print(f"left out of the report: {error}", file=sys.stderr)
            continue
        dates.append(str(about.get("started_utc", "")))
        try:
            sections.append(_scenario(data, about))
            entries.append(tag("dt", text("a", data.title, href=f"#{data.name}"))
                           + text("dd", answer(data)))
        finally:
            data.close()
    span = f"{min(dates)[:10]} to {max(dates)[:10]}" if dates else ""
    span = span[:10] if span[:10] == span[-10:] else span
    style, script = ((_PAGE / name).read_text(encoding="utf-8").split("\n", 1)[1]
                     for name in ("report.css", "report.js"))
    head = ('<meta charset="utf-8">\n'
            f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">\n'
            '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
            '<link rel="icon" href="data:,">\n'
            + text("title", "smkex: what the scenarios say") + "\n" + tag("style", "\n" + style))
    body = [text("h1", "What the scenarios say"),
            text("p", f"Key exchange over several paths, simulated packet by packet. "
                 f"{len(sections)} scenarios, run {span}.", class_="soft"),
            text("p", "Point at a mark, a cell or a line of a plot for its numbers and the command "
                 "that repeats it.", class_="soft screen"),
            tag("nav", tag("dl", "\n".join(entries)), aria_label="Scenarios and their answers"),
            tag("main", "\n".join(sections)), tag("script", "\n" + script)]
    return ("<!DOCTYPE html>\n" + tag("html", tag("head", head) + "\n"
                                      + tag("body", "\n".join(body)), lang="en") + "\n")


def report(folder: Path) -> Path:
    """Writes the report on a results folder and returns its path."""
    directories = results(folder)
    if not directories:
        raise UserError(f"{folder} holds no results: run a scenario first")
    path = folder / FILE
    write(path, page(directories).encode())
    return path


def main() -> int:
    """The command line."""
    parser = cli.Parser(prog="analysis.report", description=__doc__)
    parser.add_argument("folder", nargs="?", type=Path, default=Path("results"),
                        help="where the scenarios' folders are (results)")
    print(report(parser.parse_args().folder))
    return 0


if __name__ == "__main__":
    cli.run(main)
