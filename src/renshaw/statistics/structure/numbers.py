"""Numbers that may be names: is 0, 1, 2 a trend, or three conditions?"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from renshaw.core.errors import RenshawError
from renshaw.core.numbers import p_equals
from renshaw.core.tails import f_sf
from renshaw.data.arrays import FloatArray
from renshaw.statistics.fitting.fit import Fit
from renshaw.statistics.formulas.design import level_words
from renshaw.statistics.formulas.formula import Formula, Node, Terms
from renshaw.statistics.structure.advice import Remark
from renshaw.statistics.structure.who import listed

if TYPE_CHECKING:
    import pandas as pd

_MOST_VALUES = 6
_MOST_CODES = 4
_ALPHA = 0.05


def two_valued(table: pd.DataFrame, formula: Formula) -> tuple[str, ...]:
    """Return the numbers of the fixed effects that have two values: 0 and 1, or two doses.

    A line through two points is their difference, so that a factor is the same model; but where
    numbers interact, each effect is that where the others are 0, and not their average. R's emmeans
    takes them as factors, too. Not where a factor would be another model: without an intercept, in
    an interaction without its parts, in a function, or as a slope apart from its intercept.
    """
    import pandas as pd

    if not formula.fixed.intercept:
        return ()
    terms = {frozenset(term) for term in formula.fixed.terms}
    elsewhere = {name for node in formula.offset for name in node.names()}
    elsewhere |= {
        name
        for random in formula.random
        if not random.effects.intercept
        for node in random.effects.variables()
        for name in node.names()
    }
    elsewhere |= {
        name for node in formula.fixed.variables() if node.kind != "name" for name in node.names()
    }

    def is_whole(node: Node) -> bool:
        return all(len(term) == 1 or term - {node} in terms for term in terms if node in term)

    found = []
    for node in formula.fixed.variables():
        name = node.text
        if node.kind != "name" or name in elsewhere or name not in table:
            continue
        column = table[name]
        number = pd.api.types.is_numeric_dtype(column) and not pd.api.types.is_bool_dtype(column)
        if number and column.nunique() == 2 and is_whole(node):
            found.append(name)
    return tuple(found)


def as_conditions(table: pd.DataFrame, names: tuple[str, ...]) -> pd.DataFrame:
    """Return a table in which some columns of numbers are conditions, the smaller one first."""
    import pandas as pd

    return table.assign(**{name: pd.Categorical(table[name]) for name in names})


def condition_remarks(table: pd.DataFrame, names: tuple[str, ...]) -> list[Remark]:
    """Say which numbers are taken as conditions, and how to have it otherwise."""
    if not names:
        return []
    said = listed(
        f"{name} ({', '.join(level_words(value) for value in table[name].cat.categories)})"
        for name in names
    )
    verb = "has two values and is" if len(names) == 1 else "have two values and are"
    it = "it as a number" if len(names) == 1 else "them as numbers"
    return [Remark(f"{said} {verb} compared as conditions; structure = written takes {it}.")]


def trend_remarks(fit: Fit, refit: Callable[[Formula], Fit]) -> list[Remark]:
    """Say which numbers of few values are taken as a trend, and whether their means are on a line.

    Parameters
    ----------
    fit : Fit
    refit : function
        Fits another formula to the same rows in the same way.
    """
    found = []
    for each in fit.design.variables.values():
        values = np.unique(each.values)
        if each.levels is not None or each.node.kind != "name":
            continue
        if not 2 <= len(values) <= _MOST_VALUES:
            continue
        words = f"{each.name} is taken as a number, one slope over its {len(values)} values."
        factor = Node("call", "factor", (each.node,))
        p = _off_the_line(fit, factor, refit) if len(values) > 2 else None
        if p is None:
            words += f" If they are conditions, write {factor}."
        elif p < _ALPHA:
            words += (
                f" Their means are not on a line ({p_equals(p)}): write {factor} to compare them."
            )
        else:
            words += (
                f" No departure of their means from a line is seen ({p_equals(p)}); {factor} "
                "compares them as conditions."
            )
        found.append(Remark(words, _are_codes(values) or (p is not None and p < _ALPHA)))
    return found


def _are_codes(values: FloatArray) -> bool:
    """Return whether numbers are likelier names than amounts: 1, 2, 3."""
    first = float(values[0])
    consecutive = np.array_equal(values, first + np.arange(len(values)))
    return len(values) <= _MOST_CODES and first in (0.0, 1.0) and consecutive


def _off_the_line(fit: Fit, factor: Node, refit: Callable[[Formula], Fit]) -> float | None:
    """Return the p-value of what the values' means differ by beyond a line, None if unknown."""
    fixed = fit.formula.fixed
    terms = Terms(fixed.intercept, (*fixed.terms, (factor,)))
    try:
        curved = refit(replace(fit.formula, fixed=terms))
    except (RenshawError, np.linalg.LinAlgError):
        return None
    place = len(terms.terms)
    owners = np.array(curved.design.owners())[list(curved.kept)]
    weights = np.eye(len(owners))[owners == place]
    if not len(weights):
        return None
    f, q, df = curved.precision.f_test(weights, curved.coefficients)
    p = f_sf(f, q, df)
    return float(p)
