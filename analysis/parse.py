# SPDX-License-Identifier: GPL-2.0-only
"""Results to summary.csv and tables: `python3 -m analysis.parse results/NAME …`."""

from __future__ import annotations

from pathlib import Path

from . import cli, tables
from .answers import answer
from .dataset import Dataset
from .files import write_csv
from .numbers import summary

SUMMARY = "summary.csv"


def parse(directory: Path) -> str:
    """Writes summary.csv beside a database and returns the tables for the terminal."""
    data = Dataset(directory)
    try:
        write_csv(directory / SUMMARY, summary(data))
        return "\n\n".join(tables.table(data, spec) for spec in data.plots if spec.table)
    finally:
        data.close()


def conclusion(directory: Path) -> str:
    """The answer of a scenario in one sentence, from its database."""
    data = Dataset(directory)
    try:
        return answer(data)
    finally:
        data.close()


def main() -> int:
    """The command line."""
    parser = cli.Parser(prog="analysis.parse", description=__doc__)
    parser.add_argument("directory", nargs="+", type=Path, help="where a results.sqlite is")
    for directory in parser.parse_args().directory:
        print(parse(directory))
        print(conclusion(directory))
    return 0


if __name__ == "__main__":
    cli.run(main)
