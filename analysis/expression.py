# SPDX-License-Identifier: GPL-2.0-only
"""Arithmetic over options in plots: `sharedHops / hops`, `timeout - 1.5 * rtt`."""

from __future__ import annotations

import ast
import math
from typing import Callable, Dict, List, Mapping, Type

_BINARY: Dict[Type[ast.operator], Callable[[float, float], float]] = {
    ast.Add: lambda a, b: a + b, ast.Sub: lambda a, b: a - b, ast.Mult: lambda a, b: a * b,
    ast.Div: lambda a, b: a / b if b else math.nan}
_FUNCTIONS: Dict[str, Callable[..., float]] = {"min": min, "max": max}


class BadExpression(ValueError):
    """Something else than +, -, *, /, min, max, numbers and names."""


class Expression:
    """A parsed expression; times are in seconds."""

    def __init__(self, text: str) -> None:
        self.text = text
        try:
            self._tree = ast.parse(text.strip(), mode="eval").body
        except (SyntaxError, ValueError):
            raise BadExpression(f"'{text}' is no arithmetic") from None
        self.names: List[str] = []
        self._evaluate(self._tree, None)

    def value(self, values: Mapping[str, float]) -> float:
        """The result for values of all names; NaN where that is undefined."""
        return self._evaluate(self._tree, values)

    def is_plain(self) -> bool:
        """Whether it is a name and nothing more."""
        return isinstance(self._tree, ast.Name)

    def _evaluate(self, node: ast.expr, values: "Mapping[str, float] | None") -> float:
        if isinstance(node, ast.Constant) and type(node.value) in (int, float):
            return float(node.value)
        if isinstance(node, ast.Name):
            if values is None:
                self.names.append(node.id)
                return 1.0
            return values[node.id]
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
            return -self._evaluate(node.operand, values)
        if isinstance(node, ast.BinOp) and type(node.op) in _BINARY:
            return _BINARY[type(node.op)](self._evaluate(node.left, values),
                                          self._evaluate(node.right, values))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and (
                node.func.id in _FUNCTIONS) and node.args and not node.keywords:
            found = [self._evaluate(part, values) for part in node.args]
            # One NaN makes the whole undefined, whatever its place.
            return _FUNCTIONS[node.func.id](found) if not any(map(math.isnan, found)) else math.nan
        raise BadExpression(f"'{self.text}' has something else than names, numbers, + - * /, "
                            "min() and max()")
