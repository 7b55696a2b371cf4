"""The functions that a formula may call, and their options as R names and matches them."""

from __future__ import annotations

from typing import NamedTuple

from renshaw.statistics.formulas.formula_node import FormulaError, Node

FUNCTIONS = ("log", "log2", "log10", "log1p", "sqrt", "exp", "abs", "scale", "I")
FACTORS = ("factor", "as.factor", "relevel")
BASES = ("poly", "ns")
# As in lme4, in random terms: 1 at a level of a factor, 0 at all others.
DUMMY = "dummy"
OFFSET = "offset"


class Option(NamedTuple):
    """An option of a function, as R calls it; ``kind`` is number, flag, text, numbers or texts."""

    name: str
    kind: str


# In R's order, in which they may be given without their names.
OPTIONS: dict[str, tuple[Option, ...]] = {
    "log": (Option("base", "number"),),
    "scale": (Option("center", "flag"), Option("scale", "flag")),
    "poly": (Option("degree", "number"), Option("raw", "flag")),
    "ns": (Option("df", "number"), Option("knots", "numbers"), Option("intercept", "flag")),
    "relevel": (Option("ref", "text"),),
    "factor": (Option("levels", "texts"),),
    DUMMY: (Option("levelsToKeep", "text"),),
}
# What R knows and we don't, and what to write instead.
INSTEAD = {
    "bs": "write ns(x, df = 4), a natural spline",
    "s": "write ns(x, df = 4), a natural spline",
    "te": "write ns(x, df = 4), a natural spline, for each column",
    "rcs": "write ns(x, df = 3), the same curve",
    "C": "write factor(x), and set the reference level in the settings",
    "cut": "add a column with the groups to the table",
    "ifelse": "add a column with its values to the table",
    "interaction": "write a:b",
    "ordered": "write factor(x), or poly(x, 2) for a column of numbers",
    "as.ordered": "write factor(x), or poly(x, 2) for a column of numbers",
    "as.character": "write factor(x)",
    "as.numeric": "write the column's name; numbers are read as numbers",
    "as.integer": "write the column's name; numbers are read as numbers",
    "center": "write scale(x, scale = FALSE)",
    "droplevels": "write factor(x); levels without rows are left out anyway",
    "fct_relevel": 'write relevel(x, ref = "...")',
    "log1m": "write log(1 - x)",
    "Error": "write (1|participant)",
    "weights": "name the column in the setting weights",
}


def check(call: Node) -> None:
    """Refuse a call whose options can't be meant."""
    _matched(call)
    if call.text == "relevel" and _option(call, "ref") is None:
        raise FormulaError(f'{call}: relevel() needs the first level: relevel(x, ref = "before").')
    if call.text == DUMMY and _option(call, "levelsToKeep") is None:
        raise FormulaError(f'{call}: {DUMMY}() needs a level: {DUMMY}(time, "before").')
    if call.text == "poly":
        degree = number(call, "degree")
        if degree is not None and degree not in range(1, 11):
            raise FormulaError(f"{call}: the degree must be a whole number from 1 to 10.")
    if call.text == "ns":
        df, knots = number(call, "df"), numbers(call, "knots")
        if df is not None and (knots is not None or df not in range(1, 21)):
            raise FormulaError(f"{call}: give df, a whole number from 1 to 20, or knots.")


def _option(call: Node, name: str) -> Node | None:
    """Return the value of a call's option, None where it isn't given."""
    for (known, _), part in zip(_matched(call), call.parts[1:], strict=True):
        if known == name:
            return part.parts[0]
    return None


def flag(call: Node, name: str, otherwise: bool) -> bool:
    """Return an option that is TRUE or FALSE."""
    found = _option(call, name)
    return otherwise if found is None else found.text.startswith("T")


def number(call: Node, name: str) -> float | None:
    """Return an option that is a number."""
    found = _option(call, name)
    return None if found is None else _number(found)


def numbers(call: Node, name: str) -> tuple[float, ...] | None:
    """Return an option that is a list of numbers, or one of them."""
    found = _option(call, name)
    if found is None:
        return None
    return tuple(map(_number, found.parts)) if found.kind == "list" else (_number(found),)


def texts(call: Node, name: str) -> tuple[str, ...] | None:
    """Return an option that is a list of levels, or one of them, as the levels are called."""
    found = _option(call, name)
    if found is None:
        return None
    return tuple(map(_level, found.parts if found.kind == "list" else (found,)))


def _level(node: Node) -> str:
    if _is_number(node):
        return f"{_number(node):.15g}"
    return (
        {"T": "TRUE", "F": "FALSE"}.get(node.text, node.text) if node.kind == "flag" else node.text
    )


def _number(node: Node) -> float:
    if node.kind == "op":
        return -_number(node.parts[0]) if node.text == "-" else _number(node.parts[0])
    return float(node.text)


def _is_number(node: Node) -> bool:
    signed = node.kind == "op" and len(node.parts) == 1 and node.text in "+-"
    return _is_number(node.parts[0]) if signed else node.kind == "number"


def _fits(kind: str, node: Node) -> bool:
    """Whether a value is of an option's kind."""
    if kind in ("numbers", "texts") and node.kind == "list":
        return bool(node.parts) and all(_fits(kind, part) for part in node.parts)
    if kind in ("number", "numbers"):
        return _is_number(node)
    if kind == "flag":
        return node.kind == "flag"
    return node.kind in ("text", "flag") or _is_number(node)


def _matched(call: Node) -> list[Option]:
    """Return which option each further argument of a call is, as R matches them.

    Raises
    ------
    FormulaError
        One is not known, given twice, or of the wrong kind.
    """
    known = {option.name: option for option in OPTIONS.get(call.text, ())}
    given = [part.text for part in call.parts[1:]]
    unnamed = iter([name for name in known if name not in given])
    found = []
    for part in call.parts[1:]:
        option = known.get(part.text or next(unnamed, ""))
        if option is None or (part.text and given.count(part.text) > 1):
            words = ", ".join(known)
            why = f"its options are {words}" if known else "it has no options"
            raise FormulaError(f"{call}: {part.text or part} is no option of {call.text}(); {why}.")
        if not _fits(option.kind, part.parts[0]):
            what = {"flag": "TRUE or FALSE", "number": "a number", "numbers": "c(number, ...)"}
            words = what.get(option.kind, 'a level such as "before"')
            raise FormulaError(f"{call}: {option.name} must be {words}, not {part.parts[0]}.")
        found.append(option)
    return found
