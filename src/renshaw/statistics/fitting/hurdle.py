"""Hurdle models: how many values are above 0, and how large those are; then both together.

The two parts share no parameter, so that each is a model of its own, and their likelihoods add up.
Mullahy J (1986), doi:10.1016/0304-4076(86)90002-3.
"""

from __future__ import annotations

import itertools
import math
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from renshaw.core.errors import DataError, SettingsError
from renshaw.core.tails import t_ppf, t_sf
from renshaw.data.arrays import FloatArray
from renshaw.statistics.answers.means import Grid, Orders, estimable, factor_terms, grid, level_of
from renshaw.statistics.fitting.fit import Fit
from renshaw.statistics.formulas.formula import Formula, Node

if TYPE_CHECKING:
    import pandas as pd

MEAN_COLUMNS = ("term", "level", "any", "amount", "mean", "mean_low", "mean_high")
RATIO_COLUMNS = ("term", "within", "contrast", "ratio", "ci_low", "ci_high", "p_value")
_STEP = 1e-4


class Parts(NamedTuple):
    """The two models of a hurdle: whether there is any, and how much, each with its rows."""

    any_table: pd.DataFrame
    any_formula: Formula
    amount_table: pd.DataFrame
    amount_formula: Formula


class Overall(NamedTuple):
    """Both parts together: means with their zeros, and the ratios of those."""

    means: pd.DataFrame
    ratios: pd.DataFrame


def parts(table: pd.DataFrame, formula: Formula) -> Parts:
    """Return the tables and formulas of a hurdle's two parts.

    Raises
    ------
    DataError
        The response has no zero, or is negative somewhere.
    """
    import pandas as pd

    name = formula.response.text
    if formula.response.kind != "name":
        raise SettingsError(f"A hurdle takes a column as the response, not {formula.response}.")
    if formula.offset:
        raise SettingsError(
            "A hurdle takes no offset: the time that was counted changes how many have any in "
            "another way than how much. Take the negative-binomial or the tweedie family."
        )
    if name not in table.columns or not pd.api.types.is_numeric_dtype(table[name]):
        return Parts(table, formula, table, formula)
    y = table[name].to_numpy(dtype=float)
    below = np.flatnonzero(y < 0)
    if len(below):
        raise DataError(
            f"A hurdle is for values from 0 up, and {name} is {y[below[0]]:g} in row "
            f"{table.index[below[0]]}."
        )
    if not (y == 0).any():
        raise DataError(
            f"No value of {name} is 0, so that there is no hurdle. Take the family of its amounts "
            "alone: gamma, log-normal, or a truncated count."
        )
    said = _free_name(f"any {name}", table)
    some = pd.Series(np.where(np.isnan(y), np.nan, (y > 0) * 1.0), index=table.index)
    response = Node("name", said)
    right = formula.text.partition("~")[2].strip()
    any_formula = replace(formula, text=f"{response} ~ {right}", response=response)
    others = table if name in any_formula.columns() else table.drop(columns=name)
    return Parts(others.assign(**{said: some}), any_formula, table[y != 0], formula)


def _free_name(name: str, table: pd.DataFrame) -> str:
    while name in table.columns:
        name += "_"
    return name


def overall(some: Fit, amount: Fit, orders: Orders, confidence: float) -> Overall:
    """Return means of a typical person with zeros included, and their ratios.

    Intervals are by the delta method on the logarithm; the two parts are independent.
    """
    import pandas as pd

    means: list[tuple[object, ...]] = []
    ratios: list[tuple[object, ...]] = []
    first, second = grid(some), grid(amount)
    for term in factor_terms(some) if first is not None and second is not None else ():
        assert first is not None and second is not None
        name = ":".join(each.name for each in term)
        places = [orders[each.node].places for each in term]
        cells = {}
        for levels in itertools.product(*places):
            chosen = {each.node: level for each, level in zip(term, levels, strict=True)}
            words = ", ".join(level_of(v, i) for v, i in zip(term, levels, strict=True))
            cell = cells[levels] = _cell(some, amount, first, second, chosen)
            if cell is None:
                means.append((name, words, *[math.nan] * 5))
                continue
            error, df = cell.error(some, amount), cell.df(some, amount)
            reach = float(t_ppf(0.5 + confidence / 2, df)) * error
            ends = (math.exp(cell.log + side * reach) for side in (-1, 1))
            means.append((name, words, cell.chance, cell.amount, math.exp(cell.log), *ends))
        for n, each in enumerate(term):
            others = [places[k] for k in range(len(term)) if k != n]
            for rest in itertools.product(*others):
                within = ", ".join(
                    f"{v.name} = {level_of(v, level)}"
                    for v, level in zip((*term[:n], *term[n + 1 :]), rest, strict=True)
                )
                for a, b in itertools.combinations(places[n], 2):
                    early, late = (cells[(*rest[:n], level, *rest[n:])] for level in (a, b))
                    if early is None or late is None:
                        continue
                    what = f"{level_of(each, b)} / {level_of(each, a)}"
                    change = late.less(early)
                    error, df = change.error(some, amount), change.df(some, amount)
                    p = 2 * float(t_sf(abs(change.log) / error, df)) if error > 0 else math.nan
                    reach = float(t_ppf(0.5 + confidence / 2, df)) * error
                    ends = (math.exp(change.log + side * reach) for side in (-1, 1))
                    ratios.append((each.name, within, what, math.exp(change.log), *ends, p))
    return Overall(
        pd.DataFrame(means, columns=list(MEAN_COLUMNS)),
        pd.DataFrame(ratios, columns=list(RATIO_COLUMNS)),
    )


class _Cell(NamedTuple):
    """The logarithm of a mean, or of a ratio, and its slopes by both parts' coefficients."""

    log: float
    chance: float
    amount: float
    by_some: FloatArray
    by_amount: FloatArray

    def error(self, some: Fit, amount: Fit) -> float:
        """Return the standard error of the logarithm."""
        return math.hypot(
            some.precision.standard_error(self.by_some),
            amount.precision.standard_error(self.by_amount),
        )

    def df(self, some: Fit, amount: Fit) -> float:
        """Return the degrees of freedom of both parts together (Welch and Satterthwaite)."""
        parts = [(some.precision, self.by_some), (amount.precision, self.by_amount)]
        variances = [each.standard_error(weights) ** 2 for each, weights in parts]
        spread = sum(
            variance**2 / each.df(weights)
            for variance, (each, weights) in zip(variances, parts, strict=True)
            if variance > 0
        )
        return sum(variances) ** 2 / spread if spread > 0 else math.inf

    def less(self, other: _Cell) -> _Cell:
        """Return the logarithm of the ratio to another cell."""
        return _Cell(
            self.log - other.log,
            self.chance / other.chance,
            self.amount / other.amount,
            self.by_some - other.by_some,
            self.by_amount - other.by_amount,
        )


def _cell(
    some: Fit, amount: Fit, first: Grid, second: Grid, chosen: dict[Node, int]
) -> _Cell | None:
    one, two = estimable(some, first.mean_of(chosen)), estimable(amount, second.mean_of(chosen))
    if one is None or two is None:
        return None
    eta, mu = float(one @ some.coefficients), float(two @ amount.coefficients)
    chance = float(some.family.inverse(eta))
    log = _log_amount(amount, mu)
    slope = (_log_amount(amount, mu + _STEP) - _log_amount(amount, mu - _STEP)) / (2 * _STEP)
    by_chance = float(some.family.slope(eta)) / chance
    return _Cell(math.log(chance) + log, chance, math.exp(log), by_chance * one, slope * two)


def _log_amount(fit: Fit, eta: float) -> float:
    if fit.generalized is None:
        # The mean of values, not their geometric mean: that is what a chance can be taken of.
        return eta + fit.sigma2 / 2
    known = fit.generalized
    return math.log(float(known.density.mean_of_one(np.array([eta]), known.solution.free)[0]))
