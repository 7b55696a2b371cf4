"""The syntax of formulas: text to a tree of names, numbers, calls and operations, as R reads it."""

from __future__ import annotations

import re
from dataclasses import dataclass

from renshaw.core.errors import SettingsError

FUNCTIONS = ("log", "log2", "log10", "log1p", "sqrt", "exp", "abs", "scale", "I")
FACTORS = ("factor", "as.factor")
OFFSET = "offset"
_DEEPEST = 60


class FormulaError(SettingsError):
    """A formula that can't be understood; the message says where and what to write instead."""

    def __init__(self, words: str) -> None:
        # A message that quotes a formula of a thousand characters helps nobody.
        super().__init__(words if len(words) < 400 else f"{words[:200]} … {words[-150:]}")


@dataclass(frozen=True)
class Node:
    """A part of a formula: a number, a name, a call, an operation or what stands in parentheses."""

    kind: str
    text: str
    parts: tuple[Node, ...] = ()

    def __str__(self) -> str:
        """Return the part as R writes it."""
        if self.kind == "name":
            return quoted(self.text)
        if self.kind == "number":
            return self.text
        if self.kind == "call":
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
_TOKEN = re.compile(
    r"\s*(?:(?P<number>\d+\.?\d*(?:[eE][-+]?\d+)?|\.\d+)"
    r"|`(?P<quoted>[^`]+)`"
    r"|(?P<name>(?:[^\W\d]|\.(?!\d))[\w.]*)"
    r"|(?P<op>\|\||[-+*/:^()|~,]))"
)


def split(text: str) -> tuple[list[tuple[str, str]], bool, list[tuple[str, str]]]:
    """Return the tokens left of ``~``, whether there is one, and the tokens right of it."""
    tokens: list[tuple[str, str]] = []
    place = 0
    end = len(text.rstrip())
    while place < end:
        found = _TOKEN.match(text, place)
        if found is None:
            rest = text[place:].strip()
            raise FormulaError(
                f"{text!r}: {rest[0]!r} is not part of a formula. Column names with spaces or "
                "signs stand between backticks: `peak rate`."
            )
        kind = str(found.lastgroup)
        tokens.append(("name" if kind == "quoted" else kind, found[kind]))
        place = found.end()
    tildes = [n for n, token in enumerate(tokens) if token == ("op", "~")]
    if len(tildes) > 1:
        raise FormulaError(f"{text!r} has more than one ~.")
    if not tildes:
        return tokens, False, []
    return tokens[: tildes[0]], True, tokens[tildes[0] + 1 :]


class Parser:
    """Tokens to a tree; precedence as in R, loosest first: | ||, + -, * /, :, unary minus, ^."""

    LEVELS = (("|", "||"), ("+", "-"), ("*", "/"), (":",))

    def __init__(self, tokens: list[tuple[str, str]], text: str) -> None:
        self._tokens, self._text, self._place, self._depth = tokens, text, 0, 0

    def whole(self) -> Node:
        """Return the tree of all tokens."""
        node = self._binary(0)
        if self._place < len(self._tokens):
            raise self._fault(f"{self._tokens[self._place][1]!r} is out of place")
        return node

    def _fault(self, why: str) -> FormulaError:
        return FormulaError(f"{self._text!r}: {why}.")

    def _next(self) -> tuple[str, str]:
        if self._place >= len(self._tokens):
            raise self._fault("something is missing, at the end or before ~")
        self._place += 1
        return self._tokens[self._place - 1]

    def _at(self, *operators: str) -> bool:
        there = self._tokens[self._place] if self._place < len(self._tokens) else ("", "")
        return there[0] == "op" and there[1] in operators

    def _binary(self, level: int) -> Node:
        if level == len(self.LEVELS):
            return self._unary()
        left = self._binary(level + 1)
        while self._at(*self.LEVELS[level]):
            operator = self._next()[1]
            left = Node("op", operator, (left, self._binary(level + 1)))
        return left

    def _unary(self) -> Node:
        if self._at("-", "+"):
            return Node("op", self._next()[1], (self._unary(),))
        base = self._atom()
        if self._at("^"):
            self._next()
            return Node("op", "^", (base, self._unary()))
        return base

    def _atom(self) -> Node:
        kind, text = self._next()
        self._depth += 1
        if self._depth > _DEEPEST * 10:
            raise self._fault("it is too deeply nested")
        if kind == "number":
            return Node("number", text)
        if kind == "name":
            if self._at("("):
                return self._call(text)
            if text == ".":
                raise self._fault("the dot for 'all columns' is not supported; name the columns")
            return Node("name", text)
        if text == "(":
            if sum(token == ("op", "(") for token in self._tokens[: self._place]) > _DEEPEST:
                raise self._fault("it has too many parentheses")
            inner = self._binary(0)
            self._close()
            return Node("group", "(", (inner,))
        raise self._fault(f"{text!r} is out of place")

    def _call(self, name: str) -> Node:
        known = (*FUNCTIONS, *FACTORS, OFFSET)
        if name not in known:
            raise self._fault(f"there is no function {name}(); there are {', '.join(known)}")
        self._next()
        argument = self._binary(1)
        self._close()
        if name in FACTORS and argument.kind != "name":
            raise self._fault(f"{name}() takes the name of a column")
        if not argument.names():
            raise self._fault(f"{name}() needs a column")
        return Node("call", name, (argument,))

    def _close(self) -> None:
        if not self._at(")"):
            raise self._fault("a parenthesis is not closed, or something follows in a function")
        self._next()
