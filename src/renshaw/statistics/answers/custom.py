"""Contrasts of one's own: ``late = post - pre``, ``0.5*a + 0.5*b - c``, ``time: -1, 0, 1``."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from renshaw.core.errors import SettingsError, suggestion
from renshaw.data.arrays import FloatArray
from renshaw.statistics.answers.means import Grid, Orders
from renshaw.statistics.fitting.fit import Fit
from renshaw.statistics.formulas.design import Variable
from renshaw.statistics.formulas.formula import FormulaError, Node
from renshaw.statistics.formulas.formula_tree import Parser, split

_HELP = 'Write e.g. "late = post - pre", "0.5*post + 0.5*later - pre" or "time: -1, 0, 1".'


@dataclass(frozen=True)
class Custom:
    """A contrast that was written by hand; takes the place of a `Question`.

    Parameters
    ----------
    name : str
        What stands left of ``=``, or the whole.
    term : tuple of Variable
        Whose levels are weighed.
    weights : tuple of (tuple of int, float)
        The levels of each cell, a factor each, with its weight.
    """

    name: str
    term: tuple[Variable, ...]
    weights: tuple[tuple[tuple[int, ...], float], ...]

    def cells(self) -> Iterator[tuple[float, dict[Node, int]]]:
        """Return the cells that are weighed, each with its weight."""
        for levels, weight in self.weights:
            yield weight, {f.node: n for f, n in zip(self.term, levels, strict=True)}

    def row(self, whole: Grid) -> FloatArray:
        """Return the row of the full design that answers it."""
        parts = [weight * whole.mean_of(chosen) for weight, chosen in self.cells()]
        return np.asarray(np.sum(parts, axis=0), dtype=float)


def customs(fit: Fit, orders: Orders, written: Sequence[str]) -> list[tuple[Custom, ...]]:
    """Return the contrasts that were written; those of the same factors are one family.

    Raises
    ------
    SettingsError
        One can't be understood, names a level that there is not, or does not add up to 0.
    """
    factors = tuple(each for each in fit.design.variables.values() if each.is_factor)
    if written and not factors:
        raise SettingsError("A contrast compares levels, and the formula has no factor.")
    families: dict[tuple[Variable, ...], list[Custom]] = {}
    for words in written:
        each = _custom(words, factors, orders)
        families.setdefault(each.term, []).append(each)
    return [tuple(family) for family in families.values()]


def _custom(words: str, factors: tuple[Variable, ...], orders: Orders) -> Custom:
    name, equals, right = words.partition("=")
    right = right if equals else words
    if not right.strip():
        raise SettingsError(f"The contrast {words!r} is empty. {_HELP}")
    listed = _listed(words, right, factors, orders)
    term, weights = listed or _expression(words, right, factors)
    total = sum(weights.values())
    size = sum(abs(weight) for weight in weights.values())
    if not size or not math.isfinite(size):
        raise SettingsError(f"The contrast {words!r} weighs nothing. {_HELP}")
    if abs(total) > 1e-3 * size:
        raise SettingsError(
            f"The weights of the contrast {words!r} add up to {total:g}, not to 0: that is no "
            "difference."
        )
    kept = tuple((levels, weight) for levels, weight in weights.items() if weight)
    return Custom((name if equals else right).strip(), term, kept)


_Weights = dict[tuple[int, ...], float]


def _listed(
    words: str, right: str, factors: tuple[Variable, ...], orders: Orders
) -> tuple[tuple[Variable, ...], _Weights] | None:
    """Return weights that are listed in the order of the levels: ``time: -1, 0, 1``."""
    column, colon, numbers = right.partition(":")
    try:
        weights = [float(part) for part in numbers.split(",")] if colon else []
    except ValueError:
        return None
    if not weights:
        return None
    named = column.strip().strip("`")
    factor = next((f for f in factors if named in (f.name, f.node.names()[0])), None)
    if factor is None:
        names = [f.node.names()[0] for f in factors]
        raise SettingsError(
            f"The contrast {words!r} is of {named!r}, which is no factor of the formula. "
            f"{suggestion(named, names)}"
        )
    places = orders[factor.node].places
    if len(weights) != len(places):
        levels = ", ".join((factor.levels or ())[n] for n in places)
        raise SettingsError(
            f"The contrast {words!r} has {len(weights)} weights, and {factor.name} "
            f"{len(places)} levels: {levels}."
        )
    return (factor,), {(place,): weight for place, weight in zip(places, weights, strict=True)}


def _expression(
    words: str, right: str, factors: tuple[Variable, ...]
) -> tuple[tuple[Variable, ...], _Weights]:
    """Return the weights of an expression of levels, ``post - pre``, or cells, ``post:drug``."""
    whole = {level: f for f in factors for level in f.levels or ()}
    # Labels that are no plain names are quoted where they stand as they are: 12wk, pre test.
    for level in sorted(whole, key=len, reverse=True):
        if f"`{level}`" not in right and not level.isidentifier() and not _is_number(level):
            right = right.replace(level, f"`{level}`")
    try:
        tokens, _, _ = split(right)
        linear = _linear(Parser(tokens, right).whole(), words)
    except FormulaError as error:
        raise SettingsError(
            f"The contrast {words!r} can't be understood: {error} Levels that are numbers, or "
            f"have signs, stand between backticks. {_HELP}"
        ) from None
    term: tuple[Variable, ...] = ()
    found: _Weights = {}
    for names, weight in linear.items():
        owners = tuple(_owner(name, factors, words) for name in names)
        ordered = sorted(zip(owners, names, strict=True), key=lambda pair: factors.index(pair[0]))
        mine = tuple(owner for owner, _ in ordered)
        if term and mine != term:
            raise SettingsError(
                f"The contrast {words!r} compares levels of {_and(term)} with those of "
                f"{_and(mine)}; write all cells alike, as post:drug."
            )
        term = mine
        places = tuple((owner.levels or ()).index(name) for owner, name in ordered)
        found[places] = found.get(places, 0.0) + weight
    return term, found


def _is_number(level: str) -> bool:
    return level.replace(".", "", 1).isdigit()


def _and(factors: tuple[Variable, ...]) -> str:
    return ":".join(factor.name for factor in factors)


def _owner(level: str, factors: tuple[Variable, ...], words: str) -> Variable:
    owners = [factor for factor in factors if level in (factor.levels or ())]
    if not owners:
        known = [each for factor in factors for each in factor.levels or ()]
        raise SettingsError(
            f"The contrast {words!r} names {level!r}, which is no level. "
            f"{suggestion(level, known) or 'Levels: ' + ', '.join(known[:12]) + '.'}"
        )
    if len(owners) > 1:
        names = " and ".join(factor.name for factor in owners)
        raise SettingsError(
            f"The contrast {words!r}: {level!r} is a level of {names}; give weights instead, "
            f'"{owners[0].name}: -1, 1".'
        )
    return owners[0]


def _linear(node: Node, words: str) -> dict[tuple[str, ...], float]:
    """Return the weight of each level, or cell, in an expression; () is the constant."""
    if node.kind == "number":
        return {(): float(node.text)}
    if node.kind == "name":
        return {(node.text,): 1.0}
    if node.kind == "group":
        return _linear(node.parts[0], words)
    if node.kind != "op":
        raise FormulaError(f"{node} is neither a level nor a number.")
    parts = [_linear(part, words) for part in node.parts]
    if len(parts) == 1:
        return _scaled(parts[0], -1.0 if node.text == "-" else 1.0)
    left, right = parts
    if node.text in ("+", "-"):
        sign = -1.0 if node.text == "-" else 1.0
        names = [*left, *(name for name in right if name not in left)]
        found = {name: left.get(name, 0.0) + sign * right.get(name, 0.0) for name in names}
        if () in found and len(found) > 1:
            raise FormulaError("a number stands alone.")
        return found
    if node.text == ":" and len(left) == len(right) == 1:
        return {next(iter(left)) + next(iter(right)): 1.0}
    if node.text == "/" and list(right) == [()] and right[()]:
        return _scaled(left, 1 / right[()])
    if node.text == "*" and list(left) == [()]:
        return _scaled(right, left[()])
    if node.text == "*" and list(right) == [()]:
        return _scaled(left, right[()])
    raise FormulaError(f"{node} is no sum of levels with weights.")


def _scaled(linear: dict[tuple[str, ...], float], by: float) -> dict[tuple[str, ...], float]:
    return {name: by * weight for name, weight in linear.items()}
