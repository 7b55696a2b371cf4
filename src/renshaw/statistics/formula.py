"""Model formulas in the syntax of R's lme4, parsed by hand: nothing of a formula is ever evaluated.

``deltaf ~ time * group + (1 + time | participant) + (1 | participant:unit)`` becomes a response,
fixed terms and random terms. Names with spaces stand between backticks, as in R.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from renshaw.core.errors import SettingsError

FUNCTIONS = ("log", "log2", "log10", "log1p", "sqrt", "exp", "abs", "scale", "I")
FACTORS = ("factor", "as.factor")
_LONGEST = 2000
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


Term = tuple[Node, ...]


@dataclass(frozen=True)
class Terms:
    """Terms of a linear predictor, in R's order: intercept, main effects, interactions."""

    intercept: bool = True
    terms: tuple[Term, ...] = ()

    def variables(self) -> tuple[Node, ...]:
        """Return the variables of all terms, each once."""
        return tuple(dict.fromkeys(node for term in self.terms for node in term))


@dataclass(frozen=True)
class RandomTerm:
    """``(effects | group)``: effects that vary between the levels of the grouping columns."""

    effects: Terms
    group: tuple[str, ...]
    label: str


@dataclass(frozen=True)
class Formula:
    """A parsed formula."""

    text: str
    response: Node
    fixed: Terms
    random: tuple[RandomTerm, ...] = ()
    random_text: tuple[str, ...] = field(default=())

    def columns(self) -> tuple[str, ...]:
        """Return every column that the formula names, each once, the response's first."""
        names = list(self.response.names())
        for terms in (self.fixed, *(random.effects for random in self.random)):
            names += [name for node in terms.variables() for name in node.names()]
        names += [name for random in self.random for name in random.group]
        return tuple(dict.fromkeys(names))

    def fixed_text(self) -> str:
        """Return the formula without its random terms."""
        words = [":".join(map(str, term)) for term in self.fixed.terms]
        if not self.fixed.intercept:
            words.insert(0, "0")
        return f"{self.response} ~ {' + '.join(words) or '1'}"


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


def parse(text: str) -> Formula:
    """Parse a formula.

    Raises
    ------
    FormulaError
        It isn't one, or uses what is not supported.
    """
    if not isinstance(text, str) or not text.strip():
        raise FormulaError("The formula is empty. Write e.g. deltaf ~ time + (1|participant).")
    if len(text) > _LONGEST:
        raise FormulaError(f"The formula is longer than {_LONGEST} characters.")
    left, tilde, right = _split(text)
    if not tilde:
        raise FormulaError(f"{text!r} has no ~. Write e.g. deltaf ~ time + (1|participant).")
    response = _Parser(left, text).whole()
    if not response.names() or response.kind not in ("name", "call"):
        raise FormulaError(f"{text!r}: the response, left of ~, must be a column or log(column).")
    predictor = _Parser(right, text).whole()
    fixed, bars = _separated(predictor, text)
    random = [term for bar in bars for term in _random(bar, text)]
    seen: set[str] = set()
    for term in random:
        key = f"{term.effects}{sorted(term.group)}"
        if key in seen:
            raise FormulaError(f"{text!r}: the random effects of {term.label} stand there twice.")
        seen.add(key)
    # The chain of terms left of the bars may be empty, as in y ~ (1|participant).
    terms = _expanded(fixed, text) if fixed is not None else Terms()
    written = tuple(f"({bar})" for bar in bars)
    return Formula(" ".join(text.split()), response, terms, tuple(random), written)


def _split(text: str) -> tuple[list[tuple[str, str]], bool, list[tuple[str, str]]]:
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


class _Parser:
    """Precedence as in R, loosest first: | ||, + -, * /, :, unary minus, ^."""

    LEVELS = (("|", "||"), ("+", "-"), ("*", "/"), (":",))

    def __init__(self, tokens: list[tuple[str, str]], text: str) -> None:
        self._tokens, self._text, self._place, self._depth = tokens, text, 0, 0

    def whole(self) -> Node:
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
        known = (*FUNCTIONS, *FACTORS)
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


def _separated(node: Node, text: str) -> tuple[Node | None, list[Node]]:
    """Return the fixed part of a sum, and the bars in it."""
    if node.kind == "group" and _is_bar(node.parts[0]):
        return None, [node.parts[0]]
    if node.kind == "op" and node.text == "+" and len(node.parts) == 2:
        left, bars = _separated(node.parts[0], text)
        right, more = _separated(node.parts[1], text)
        both = [part for part in (left, right) if part is not None]
        if len(both) == 2:
            return Node("op", "+", (both[0], both[1])), bars + more
        return (both[0] if both else None), bars + more
    if node.kind == "op" and node.text == "-" and len(node.parts) == 2:
        left, bars = _separated(node.parts[0], text)
        if not _has_bar(node.parts[1]):
            minus = Node("op", "-", (left or Node("number", "1"), node.parts[1]))
            return minus, bars
    if _has_bar(node):
        raise FormulaError(
            f"{text!r}: a random term stands in parentheses of its own and is added: "
            "+ (1|participant)."
        )
    return node, []


def _is_bar(node: Node) -> bool:
    return node.kind == "op" and node.text in ("|", "||")


def _has_bar(node: Node) -> bool:
    return _is_bar(node) or any(_has_bar(part) for part in node.parts)


def _random(bar: Node, text: str) -> list[RandomTerm]:
    effects_node, group_node = bar.parts
    if _has_bar(effects_node) or _has_bar(group_node):
        raise FormulaError(f"{text!r}: one bar a random term.")
    effects = _expanded(effects_node, text)
    if not effects.intercept and not effects.terms:
        raise FormulaError(f"{text!r}: ({bar}) has no effect left of the bar; write (1|...).")
    parts = [effects]
    if bar.text == "||":
        parts = [Terms(True, ())] if effects.intercept else []
        parts += [Terms(False, (term,)) for term in effects.terms]
    return [
        RandomTerm(part, group, label)
        for group, label in _groups(group_node, text)
        for part in parts
    ]


def _groups(node: Node, text: str) -> list[tuple[tuple[str, ...], str]]:
    """Return the grouping columns and lme4's name of each grouping, outermost first."""
    if node.kind == "group":
        return _groups(node.parts[0], text)
    if node.kind == "name":
        return [((node.text,), quoted(node.text))]
    if node.kind == "call" and node.text in FACTORS:
        return [(node.parts[0].names(), str(node))]
    if node.kind == "op" and node.text == "/" and len(node.parts) == 2:
        outer = _groups(node.parts[0], text)
        inner = _groups(node.parts[1], text)
        columns, label = outer[-1]
        nested = [(columns + more, f"{name}:{label}") for more, name in inner]
        return outer + nested
    if node.kind == "op" and node.text == ":" and len(node.parts) == 2:
        left, right = (_groups(part, text) for part in node.parts)
        if len(left) == len(right) == 1:
            return [(left[0][0] + right[0][0], f"{left[0][1]}:{right[0][1]}")]
    raise FormulaError(
        f"{text!r}: right of the bar stands a column, nested columns a/b or an interaction a:b, "
        f"not {node}."
    )


def _expanded(node: Node, text: str) -> Terms:
    intercept, terms = _algebra(node, text, True)
    ordered = sorted(dict.fromkeys(terms), key=len)
    if len(ordered) > 500:
        raise FormulaError(f"{text!r} has {len(ordered)} terms; that is too many.")
    return Terms(intercept, tuple(ordered))


def _algebra(node: Node, text: str, intercept: bool) -> tuple[bool, list[Term]]:
    if node.kind == "group":
        return _algebra(node.parts[0], text, intercept)
    if node.kind == "number":
        if node.text not in ("0", "1"):
            raise FormulaError(f"{text!r}: of the numbers only 0 and 1 can be terms.")
        return node.text == "1", []
    if node.kind in ("name", "call"):
        return intercept, [(node,)]
    if len(node.parts) == 1:
        if node.text == "+":
            return _algebra(node.parts[0], text, intercept)
        return _without(intercept, [], node.parts[0], text)
    left, right = node.parts
    if node.text == "^":
        return _power(left, right, text, intercept)
    intercept, first = _algebra(left, text, intercept)
    if node.text == "-":
        return _without(intercept, first, right, text)
    if node.text == "+":
        intercept, second = _algebra(right, text, intercept)
        return intercept, [*first, *second]
    _, second = _algebra(right, text, intercept)
    if not first or not second:
        raise FormulaError(f"{text!r}: {left} {node.text} {right} needs a column on both sides.")
    if node.text == ":":
        return intercept, _crossed(first, second)
    if node.text == "*":
        return intercept, [*first, *second, *_crossed(first, second)]
    every = tuple(dict.fromkeys(part for term in first for part in term))
    return intercept, [*first, *_crossed([every], second)]


def _without(intercept: bool, terms: list[Term], taken: Node, text: str) -> tuple[bool, list[Term]]:
    if taken.kind == "number":
        return taken.text == "0", terms
    _, gone = _algebra(taken, text, True)
    away = {frozenset(term) for term in gone}
    return intercept, [term for term in terms if frozenset(term) not in away]


def _power(base: Node, power: Node, text: str, intercept: bool) -> tuple[bool, list[Term]]:
    if power.kind != "number" or power.text not in tuple("123456"):
        raise FormulaError(
            f"{text!r}: ^ takes a whole number from 1 to 6; I(x^2) squares a column."
        )
    intercept, first = _algebra(base, text, intercept)
    terms = first
    for _ in range(int(power.text) - 1):
        terms = _distinct([*terms, *_crossed(terms, first)])
        if len(terms) > 500:
            raise FormulaError(f"{text!r} has more than 500 terms; that is too many.")
    return intercept, terms


def _crossed(first: Iterable[Term], second: Iterable[Term]) -> list[Term]:
    second = list(second)
    return _distinct([tuple(dict.fromkeys(a + b)) for a in first for b in second])


def _distinct(terms: Iterable[Term]) -> list[Term]:
    found: dict[frozenset[Node], Term] = {}
    for term in terms:
        found.setdefault(frozenset(term), term)
    return list(found.values())
