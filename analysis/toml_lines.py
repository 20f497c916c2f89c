# SPDX-License-Identifier: GPL-2.0-only
"""On which line of a TOML file each key and each array element stands.

Python's tomllib checks the syntax and gives the values, but no positions; messages about a scenario
need them. This scanner reads only text that tomllib has accepted.
"""

from __future__ import annotations

import re
from typing import Dict, List, Tuple, Union

#: The way to a value: keys by name, array elements and tables of an array by index.
TomlPath = Tuple[Union[str, int], ...]

_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")
_SCALAR = re.compile(r"[^,\]}\s#]+")


class _Scanner:
    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.lines: Dict[TomlPath, int] = {}
        self.tables: Dict[TomlPath, int] = {}

    def line(self) -> int:
        return self.text.count("\n", 0, self.at) + 1

    def peek(self, what: str) -> bool:
        return self.text.startswith(what, self.at)

    def skip(self, blanks: str = " \t\r\n") -> None:
        while self.at < len(self.text):
            if self.text[self.at] in blanks:
                self.at += 1
            elif self.peek("#"):
                end = self.text.find("\n", self.at)
                self.at = len(self.text) if end < 0 else end
            else:
                return

    def string(self) -> str:
        start = self.at
        for quote in ('"""', "'''", '"', "'"):
            if self.peek(quote):
                break
        self.at += len(quote)
        while self.at < len(self.text) and not self.peek(quote):
            self.at += 2 if quote[0] == '"' and self.peek("\\") else 1
        self.at += len(quote)
        while len(quote) == 3 and self.peek(quote[0]):
            self.at += 1
        return self.text[start + len(quote):self.at - len(quote)]

    def key(self) -> List[str]:
        parts: List[str] = []
        while True:
            self.skip(" \t")
            bare = _BARE_KEY.match(self.text, self.at)
            if bare:
                parts.append(bare.group())
                self.at = bare.end()
            else:
                parts.append(self.string())
            self.skip(" \t")
            if not self.peek("."):
                return parts
            self.at += 1

    def value(self, path: TomlPath) -> None:
        self.skip()
        self.lines[path] = self.line()
        if self.peek("["):
            self.array(path)
        elif self.peek("{"):
            self.inline_table(path)
        elif self.peek('"') or self.peek("'"):
            self.string()
        else:
            scalar = _SCALAR.match(self.text, self.at)
            self.at = scalar.end() if scalar else self.at + 1

    def array(self, path: TomlPath) -> None:
        self.at += 1
        index = 0
        self.skip()
        while self.at < len(self.text) and not self.peek("]"):
            if self.peek(","):
                self.at += 1
            else:
                self.value(path + (index,))
                index += 1
            self.skip()
        self.at += 1

    def inline_table(self, path: TomlPath) -> None:
        self.at += 1
        self.skip()
        while self.at < len(self.text) and not self.peek("}"):
            if self.peek(","):
                self.at += 1
            else:
                self.assignment(path)
            self.skip()
        self.at += 1

    def assignment(self, table: TomlPath) -> None:
        line = self.line()
        path = table
        for part in self.key():
            path += (part,)
            self.lines.setdefault(path, line)
        self.at = self.text.index("=", self.at) + 1
        self.value(path)
        self.lines[path] = line

    def header(self) -> TomlPath:
        line = self.line()
        array = self.peek("[[")
        self.at += 2 if array else 1
        path: TomlPath = ()
        parts = self.key()
        for number, part in enumerate(parts):
            path += (part,)
            self.lines.setdefault(path, line)
            if array and number == len(parts) - 1:
                self.tables[path] = self.tables.get(path, 0) + 1
            if path in self.tables:
                path += (self.tables[path] - 1,)
                self.lines.setdefault(path, line)
        self.at = self.text.index("]", self.at) + (2 if array else 1)
        return path

    def scan(self) -> Dict[TomlPath, int]:
        table: TomlPath = ()
        self.skip()
        while self.at < len(self.text):
            if self.peek("["):
                table = self.header()
            else:
                self.assignment(table)
            self.skip()
        return self.lines


def locate(text: str) -> Dict[TomlPath, int]:
    """Lines, counted from 1, of every table, key and array element of valid TOML."""
    return _Scanner(text).scan()
