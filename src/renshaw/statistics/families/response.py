"""The response as its family takes it: counts, successes of trials, shares, positive numbers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from renshaw.core.errors import DataError, SettingsError
from renshaw.data.arrays import FloatArray
from renshaw.statistics.families.families import Family
from renshaw.statistics.formulas.design import level_words, variable
from renshaw.statistics.formulas.formula import CBIND, Formula, Node

if TYPE_CHECKING:
    import pandas as pd

Flags = np.ndarray[Any, np.dtype[np.bool_]]


@dataclass(frozen=True, eq=False)
class Response:
    """The response of every row, and of how many trials it is (binomial family)."""

    y: FloatArray
    trials: FloatArray | None = None


def response(table: pd.DataFrame, formula: Formula, family: Family) -> Response:
    """Return the response of complete rows, as numbers that the family can have.

    Raises
    ------
    DataError
        A value is none that the family knows; the message names the row.
    """
    node = formula.response
    if node.kind == "call" and node.text == CBIND:
        return _successes(table, node, family)
    if family.name == "binomial" and node.kind == "name":
        return Response(_zero_one(table, node.text))
    found = variable(table, node, {})
    if found.is_factor:
        levels = found.levels or ()
        cure = "Take signs and units out of the cells."
        if len(levels) == 2:
            cure = "Two outcomes are for --family binomial."
        elif not any(character.isdigit() for level in levels for character in level):
            cure = "Grades in words can be numbered, 1, 2, 3, if their steps count as equal."
        shown = f", {levels[0]!r} for example" if levels else ""
        raise DataError(f"The response {found.name} has text{shown}; it must be numbers. {cure}")
    y = found.values
    if family.name in _NEEDS:
        words, fits, cure = _NEEDS[family.name]
        _refuse(table, y, ~fits(y), f"The {family.name} family is for {words}", found.name, cure)
    if family.name == "tweedie" and not (y == 0).any():
        raise DataError(
            f"No value of {found.name} is 0; the tweedie family is for positive numbers with "
            "exact zeros. Take the gamma family."
        )
    return Response(y)


_WHOLE = "Take the tweedie or a hurdle family for amounts, the gamma family where none is 0."
_NEEDS: Mapping[str, tuple[str, Callable[[FloatArray], Flags], str]] = {
    "poisson": ("counts", lambda y: (y >= 0) & (y == np.round(y)), _WHOLE),
    "negative-binomial": ("counts", lambda y: (y >= 0) & (y == np.round(y)), _WHOLE),
    "truncated-poisson": (
        "counts from 1 up",
        lambda y: (y >= 1) & (y == np.round(y)),
        "Take hurdle-poisson where there are zeros.",
    ),
    "truncated-negative-binomial": (
        "counts from 1 up",
        lambda y: (y >= 1) & (y == np.round(y)),
        "Take hurdle-negative-binomial where there are zeros.",
    ),
    "gamma": (
        "numbers above 0",
        lambda y: y > 0,
        "Take tweedie or hurdle-gamma where there are zeros.",
    ),
    "log-normal": (
        "numbers above 0",
        lambda y: y > 0,
        "Take tweedie or hurdle-log-normal where there are zeros.",
    ),
    "tweedie": ("numbers from 0 up", lambda y: y >= 0, "Take the normal family."),
    "beta": (
        "shares above 0 and below 1",
        lambda y: (y > 0) & (y < 1),
        "Divide percentages by 100. For successes of trials take the binomial family, with "
        "cbind(success, failure) or the setting trials; a few exact 0 and 1 can be moved inwards "
        "by (y * (n - 1) + 0.5) / n (doi:10.1037/1082-989X.11.1.54).",
    ),
    "binomial": (
        "0 and 1, or successes of trials",
        lambda y: (y == 0) | (y == 1),
        "Write cbind(success, failure) ~ ..., or give the column of trials: --trials COLUMN.",
    ),
}


def _refuse(
    table: pd.DataFrame, y: FloatArray, bad: Flags, words: str, name: str, cure: str
) -> None:
    rows = np.flatnonzero(bad)
    if len(rows):
        more = f" (and in {len(rows) - 1} more)" if len(rows) > 1 else ""
        raise DataError(
            f"{words}, and {name} is {y[rows[0]]:g} in row {table.index[rows[0]]}{more}. {cure}"
        )


def _zero_one(table: pd.DataFrame, name: str) -> FloatArray:
    """Return a column of 0/1, of true/false, or of two levels, of which the second is 1."""
    import pandas as pd

    column = table[name]
    if not pd.api.types.is_numeric_dtype(column) or pd.api.types.is_bool_dtype(column):
        levels = _levels(column)
        if len(levels) != 2:
            raise DataError(
                f"The binomial family needs two outcomes, and {name} has {len(levels)}: "
                f"{', '.join(levels[:6])}. Write a column of 0 and 1."
            )
        return np.array([float(level_words(value) == levels[1]) for value in column])
    y = column.to_numpy(dtype=float)
    words, fits, cure = _NEEDS["binomial"]
    _refuse(table, y, ~fits(y), f"The binomial family is for {words}", name, cure)
    return y


def _levels(column: pd.Series[Any]) -> list[str]:
    return sorted({level_words(value) for value in column}, key=str.casefold)


def two_levels(table: pd.DataFrame, formula: Formula) -> tuple[str, ...]:
    """Return the outcomes of a response in text, of which the second is 1; none of numbers."""
    import pandas as pd

    if formula.response.kind != "name":
        return ()
    column = table[formula.response.text]
    if pd.api.types.is_numeric_dtype(column) and not pd.api.types.is_bool_dtype(column):
        return ()
    return tuple(_levels(column))


def _successes(table: pd.DataFrame, node: Node, family: Family) -> Response:
    if family.name != "binomial":
        raise SettingsError(
            f"{node} is for the binomial family, and the family is {family.name}. "
            "Give --family binomial."
        )
    yes, no = (variable(table, part, {}) for part in node.parts)
    for each in (yes, no):
        if each.is_factor:
            raise DataError(f"{each.name} has text; successes and failures are counts.")
        # What stems from a share times its trials is whole but for rounding.
        bad = (each.values < -1e-6) | (np.abs(each.values - np.round(each.values)) > 1e-6)
        _refuse(table, each.values, bad, "Successes and failures are counts", each.name, "")
    y, rest = np.round(yes.values), np.round(no.values)
    _refuse(table, y + rest, y + rest == 0, "Each row needs a trial", f"{yes.name} + {no.name}", "")
    return Response(y, y + rest)


def with_trials(formula: Formula, table: pd.DataFrame, trials: str) -> Formula:
    """Return the formula with ``cbind(success, failure)`` for a response of so many trials.

    The response is the successes, or their share of the trials: where a value is not whole, all are
    taken for shares.

    Raises
    ------
    DataError
        There is no such column, or the values can't be told from shares.
    """
    if formula.response.text == CBIND:
        return formula
    if formula.response.kind != "name":
        raise SettingsError(f"trials goes with a column as the response, not {formula.response}.")
    name = formula.response.text
    for column in (name, trials):
        if column not in table.columns:
            raise DataError(f"There is no column {column!r}; there are {_some(table)}.")
    pair = table[[name, trials]].apply(_numbers).dropna()
    y, m = pair[name].to_numpy(dtype=float), pair[trials].to_numpy(dtype=float)
    share = bool(len(y)) and bool((y <= 1).all()) and bool((y != np.round(y)).any())
    if not share and len(y) and set(np.unique(y)) <= {0.0, 1.0} and (m > 1).any():
        raise DataError(
            f"{name} is 0 or 1 in every row, of up to {m.max():g} {trials}: a count of successes, "
            "or their share? Write cbind(success, failure) ~ ... instead."
        )
    response_, total = formula.response, Node("name", trials)
    yes = Node("op", "*", (response_, total)) if share else response_
    no = Node("op", "-", (total, yes))
    both = Node("call", CBIND, (yes, no))
    right = formula.text.partition("~")[2].strip()
    return replace(formula, text=f"{both} ~ {right}", response=both)


def _numbers(column: pd.Series[Any]) -> pd.Series[Any]:
    import pandas as pd

    return pd.Series(pd.to_numeric(column, errors="coerce"))


def _some(table: pd.DataFrame) -> str:
    return ", ".join(map(str, table.columns[:12]))
