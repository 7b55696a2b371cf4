"""The syntax of formulas: text to a tree, as R reads it."""

from __future__ import annotations

import re

from renshaw.statistics.formulas.formula_calls import (
    BASES,
    DUMMY,
    FACTORS,
    FUNCTIONS,
    INSTEAD,
    OFFSET,
    check,
)
from renshaw.statistics.formulas.formula_node import FormulaError, Node

_DEEPEST = 60
_TOKEN = re.compile(
    r"\s*(?:(?P<number>\d+\.?\d*(?:[eE][-+]?\d+)?|\.\d+)"
    r"|`(?P<quoted>[^`]+)`"
    r"|\"(?P<double>(?:[^\"\\]|\\.)*)\"|'(?P<single>(?:[^'\\]|\\.)*)'"
    r"|(?P<name>(?:[^\W\d]|\.(?!\d))[\w.]*)"
    r"|(?P<op>\|\||[-+*/:^()|~,=]))"
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
        tokens.append(_token(kind, found[kind]))
        place = found.end()
    tildes = [n for n, token in enumerate(tokens) if token == ("op", "~")]
    if len(tildes) > 1:
        raise FormulaError(f"{text!r} has more than one ~.")
    if not tildes:
        return tokens, False, []
    return tokens[: tildes[0]], True, tokens[tildes[0] + 1 :]


def _token(kind: str, words: str) -> tuple[str, str]:
    if kind in ("double", "single"):
        return "text", re.sub(r"\\(.)", r"\1", words)
    return ("name", words) if kind == "quoted" else (kind, words)


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
        return FormulaError(f"{self._text!r}: {why}.{self._spaced()}")

    def _spaced(self) -> str:
        """Return what to write where words stand side by side, as in a column's name."""
        kinds = [kind for kind, _ in self._tokens]
        for n, kind in enumerate(kinds):
            if kind != "name" or kinds[n + 1 : n + 2] not in (["name"], ["number"]):
                continue
            end = next(
                (m for m in range(n, len(kinds)) if kinds[m] not in ("name", "number")), None
            )
            column = " ".join(words for _, words in self._tokens[n:end])
            return f" If {column!r} is one column, write it between backticks: `{column}`."
        return ""

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
        known = (*FUNCTIONS, *FACTORS, *BASES, OFFSET, DUMMY)
        if name not in known:
            if name in INSTEAD:
                raise self._fault(f"there is no function {name}(); {INSTEAD[name]}")
            raise self._fault(f"there is no function {name}(); there are {', '.join(known)}")
        self._next()
        argument, options = self._binary(1), []
        while self._at(","):
            self._next()
            options.append(self._option())
        self._close()
        of_factor = name == "relevel" and argument.text in ("factor", "as.factor")
        if name in (*FACTORS, DUMMY) and argument.kind != "name" and not of_factor:
            raise self._fault(f"{name}() takes the name of a column")
        if not argument.names():
            raise self._fault(f"{name}() needs a column")
        call = Node("call", name, (argument, *options))
        check(call)
        return call

    def _option(self) -> Node:
        start = self._place
        name = self._next()
        if name[0] == "name" and self._at("="):
            self._next()
            return Node("option", name[1], (self._value(),))
        self._place = start
        return Node("option", "", (self._value(),))

    def _value(self) -> Node:
        """Return a text, a number, TRUE, FALSE or a list of them; nothing else is an option."""
        kind, text = self._next()
        if kind in ("text", "number"):
            return Node(kind, text)
        if (kind, text) in (("op", "-"), ("op", "+")):
            return Node("op", text, (self._value(),))
        if kind == "name" and text in ("TRUE", "FALSE", "T", "F"):
            return Node("flag", text)
        if kind == "name" and text == "c" and self._at("("):
            self._next()
            parts = [self._value()]
            while self._at(","):
                self._next()
                parts.append(self._value())
            self._close()
            return Node("list", "c", tuple(parts))
        raise self._fault(f'{text!r} can\'t be an option; write a number, a "text", TRUE or FALSE')

    def _close(self) -> None:
        if not self._at(")"):
            raise self._fault("a parenthesis is not closed, or something follows in a function")
        self._next()
