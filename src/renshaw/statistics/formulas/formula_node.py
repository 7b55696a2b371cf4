"""A formula's tree: names, numbers, calls, operations and what stands in parentheses."""

from __future__ import annotations

import re
from dataclasses import dataclass

from renshaw.core.errors import SettingsError


class FormulaError(SettingsError):
    """A formula that can't be understood; the message says where and what to write instead."""

    def __init__(self, words: str) -> None:
        # A message that quotes a formula of a thousand characters helps nobody.
        super().__init__(words if len(words) < 400 else f"{words[:200]} … {words[-150:]}")


@dataclass(frozen=True)
class Node:
    """A part of a formula: a number, a name, a call, an operation or what stands in parentheses.

    Inside a call also a text, a flag (TRUE or FALSE), a list ``c(...)`` of these, and an option
    ``name = value``.
    """

    kind: str
    text: str
    parts: tuple[Node, ...] = ()

    def __str__(self) -> str:
        """Return the part as R writes it."""
        if self.kind == "name":
            return quoted(self.text)
        if self.kind in ("number", "flag"):
            return self.text
        if self.kind == "text":
            escaped = self.text.replace("\\", "\\\\").replace('"', '\\"')
            return f'"{escaped}"'
        if self.kind == "option":
            return f"{self.text} = {self.parts[0]}" if self.text else str(self.parts[0])
        if self.kind in ("call", "list"):
            return f"{self.text}({', '.join(map(str, self.parts))})"
        if self.kind == "group":
            return f"({self.parts[0]})"
        if len(self.parts) == 1:
            return f"{self.text}{self.parts[0]}"
        space = "" if self.text in (":", "^") else " "
        return f"{space.join((str(self.parts[0]), self.text, str(self.parts[1])))}"

    def names(self) -> tuple[str, ...]:
        """Return the columns that the part needs, each once."""
        if self.kind == "name":
            return (self.text,)
        return tuple(dict.fromkeys(name for part in self.parts for name in part.names()))


def quoted(name: str) -> str:
    """Return a column's name as R writes it: between backticks where it isn't a plain name."""
    plain = re.fullmatch(r"(?:[^\W\d_]|\.(?!\d))[\w.]*", name)
    return name if plain and name not in _RESERVED else f"`{name}`"


_RESERVED = {"if", "else", "repeat", "while", "function", "for", "next", "break", "in"}
_RESERVED |= {"TRUE", "FALSE", "NULL", "Inf", "NaN", "NA"}
