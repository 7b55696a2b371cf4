"""Model formulas in the syntax of R's lme4, parsed by hand: nothing of a formula is ever evaluated.

``deltaf ~ time * group + (1 + time | participant) + (1 | participant:unit)`` becomes a response,
fixed terms and random terms. Names with spaces stand between backticks, as in R.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from renshaw.statistics.formulas.formula_calls import BASES, DUMMY, FACTORS, FUNCTIONS, OFFSET
from renshaw.statistics.formulas.formula_node import FormulaError, Node, quoted
from renshaw.statistics.formulas.formula_tree import Parser, split

__all__ = [
    "FACTORS",
    "FUNCTIONS",
    "Formula",
    "FormulaError",
    "Node",
    "RandomTerm",
    "Term",
    "Terms",
    "parse",
    "quoted",
]

_LONGEST = 2000
CBIND = "cbind"


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
    """A parsed formula; ``offset`` is added to the linear predictor as it is."""

    text: str
    response: Node
    fixed: Terms
    random: tuple[RandomTerm, ...] = ()
    random_text: tuple[str, ...] = field(default=())
    offset: tuple[Node, ...] = ()

    def columns(self) -> tuple[str, ...]:
        """Return every column that the formula names, each once, the response's first."""
        names = [*self._valued(), *(name for random in self.random for name in random.group)]
        return tuple(dict.fromkeys(names))

    def only_grouping(self) -> tuple[str, ...]:
        """Return the columns that only name the groups of random terms, such as people."""
        valued = self._valued()
        return tuple(name for name in self.columns() if name not in valued)

    def _valued(self) -> list[str]:
        """Return the columns whose values count: response, effects and offsets."""
        names = list(self.response.names())
        for terms in (self.fixed, *(random.effects for random in self.random)):
            names += [name for node in terms.variables() for name in node.names()]
        return names + [name for node in self.offset for name in node.names()]

    def fixed_text(self) -> str:
        """Return the formula without its random terms."""
        words = [":".join(map(str, term)) for term in self.fixed.terms]
        words += [f"{OFFSET}({node})" for node in self.offset]
        if not self.fixed.intercept:
            words.insert(0, "0")
        return f"{self.response} ~ {' + '.join(words) or '1'}"


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
    left, tilde, right = split(text)
    if not tilde:
        raise FormulaError(f"{text!r} has no ~. Write e.g. deltaf ~ time + (1|participant).")
    response = _response(left, text)
    predictor = Parser(right, text).whole()
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
    terms, offset = _without_offset(terms, text)
    if any(node.text == DUMMY for node in terms.variables()):
        raise FormulaError(f"{text!r}: {DUMMY}() stands in random terms only; write factor(x).")
    _refuse_explained_by_itself(response, terms, text)
    for term in random:
        if any(_is_offset(node) for node in term.effects.variables()):
            raise FormulaError(f"{text!r}: an offset stands outside of the random terms.")
    written = tuple(f"({bar})" for bar in bars)
    return Formula(" ".join(text.split()), response, terms, tuple(random), written, offset)


def _response(left: list[tuple[str, str]], text: str) -> Node:
    if left[:2] == [("name", CBIND), ("op", "(")] and left[-1] == ("op", ")"):
        inner = left[2:-1]
        commas = [n for n, token in enumerate(inner) if token == ("op", ",")]
        if len(commas) != 1:
            raise FormulaError(f"{text!r}: cbind takes two columns, cbind(success, failure).")
        parts = (inner[: commas[0]], inner[commas[0] + 1 :])
        return Node("call", CBIND, (Parser(parts[0], text).whole(), Parser(parts[1], text).whole()))
    response = Parser(left, text).whole()
    no_value = response.kind == "call" and response.text in (*BASES, *FACTORS, OFFSET)
    if not response.names() or response.kind not in ("name", "call") or no_value:
        raise FormulaError(
            f"{text!r}: the response, left of ~, must be a column, log(column) or "
            "cbind(success, failure)."
        )
    return response


def _refuse_explained_by_itself(response: Node, terms: Terms, text: str) -> None:
    both = set(response.names()) & {n for node in terms.variables() for n in node.names()}
    if both:
        raise FormulaError(
            f"{text!r}: {sorted(both)[0]} stands on both sides of ~; a response can't be explained "
            "by itself. Leave it out on the right."
        )


def _is_offset(node: Node) -> bool:
    return node.kind == "call" and node.text == OFFSET


def _without_offset(terms: Terms, text: str) -> tuple[Terms, tuple[Node, ...]]:
    """Return the terms that are estimated, and what is added as it is."""
    for term in terms.terms:
        if len(term) > 1 and any(_is_offset(node) for node in term):
            raise FormulaError(
                f"{text!r}: an offset is added, + offset(log(days)); it can't interact."
            )
    offset = tuple(term[0].parts[0] for term in terms.terms if _is_offset(term[0]))
    kept = tuple(term for term in terms.terms if not _is_offset(term[0]))
    return Terms(terms.intercept, kept), offset


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
