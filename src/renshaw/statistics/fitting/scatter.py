"""Rows that scatter unlike: prior weights, and residual variances of groups, as nlme's varIdent.

Pinheiro JC, Bates DM (2000), Mixed-Effects Models in S and S-PLUS, doi:10.1007/b98882, 5.2.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from renshaw.core.errors import DataError
from renshaw.data.arrays import FloatArray
from renshaw.statistics.fitting.differences import gradient, hessian
from renshaw.statistics.fitting.optimum import Optimum, minimize
from renshaw.statistics.fitting.reml import Problem
from renshaw.statistics.fitting.satterthwaite import Precision, precision, precision_of
from renshaw.statistics.formulas.design import level_words

if TYPE_CHECKING:
    import pandas as pd

_FEWEST = 3
# Residual SDs further apart than this are no estimate: one of the groups is fitted exactly.
_MOST = math.log(1e4)


@dataclass(frozen=True)
class Scatter:
    """Columns that say how rows scatter about their means; an empty name is none.

    Parameters
    ----------
    weights : str
        A row's residual variance is ``sigma^2 / weight``.
    by : str
        Each group of this column has a residual variance of its own.
    """

    weights: str = ""
    by: str = ""

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that are named."""
        return tuple(name for name in (self.weights, self.by) if name)


class Estimated(NamedTuple):
    """A problem with its weights, where its deviance is least, and the precision there."""

    problem: Problem
    optimum: Optimum
    precision: Precision
    spreads: dict[str, float]
    """Residual SD of each group over that of the first."""


def weights_of(table: pd.DataFrame, name: str) -> FloatArray | None:
    """Return the prior weights in a column, None where it has no name.

    Raises
    ------
    DataError
        They are no positive numbers.
    """
    import pandas as pd

    if not name:
        return None
    if not pd.api.types.is_numeric_dtype(table[name]):
        raise DataError(f"The weights {name!r} have text; they must be numbers above 0.")
    found = table[name].to_numpy(dtype=float)
    bad = np.flatnonzero(~(np.isfinite(found) & (found > 0)))
    if len(bad):
        raise DataError(
            f"The weight {name!r} is {found[bad[0]]:g} in row {table.index[bad[0]]}"
            + (f" (and {len(bad) - 1} more)" if len(bad) > 1 else "")
            + "; weights must be above 0. Leave rows out of the table that are not to count."
        )
    return found


def estimated(
    problem: Problem, table: pd.DataFrame, by: str, start: FloatArray | None = None
) -> Estimated:
    """Return the least deviance of a problem, over residual variances by group where asked for.

    Parameters
    ----------
    problem : Problem
    table : DataFrame
    by : str
        The column of groups; empty where all rows scatter alike.
    start : array (k,), optional
        Where theta may be.

    Raises
    ------
    DataError
        A group has too few rows.
    """
    optimum = minimize(problem, start)
    if not by:
        return Estimated(problem, optimum, precision(problem, optimum.theta, optimum.curve), {})
    codes, names = _groups(table, by)
    rows = _Groups(problem, codes, len(names))
    logs, optimum = rows.least(optimum)
    weighted = rows.at(logs)
    words = optimum.words
    if np.abs(logs).max() > 0.99 * _MOST:
        words = f"the residual variance of one group of {by!r} vanished"
    optimum = replace(optimum, words=words, converged=not words)
    spreads = {name: float(np.exp(each)) for name, each in zip(names, [0.0, *logs], strict=True)}
    return Estimated(weighted, optimum, rows.precision(logs, optimum), spreads)


def _groups(table: pd.DataFrame, by: str) -> tuple[np.ndarray[Any, Any], list[str]]:
    import pandas as pd

    codes, levels = pd.factorize(table[by], sort=True)
    names = [level_words(each) for each in levels.tolist()]
    if len(names) < 2:
        raise DataError(f"{by!r} has one group only; its residual variance is that of all rows.")
    counts = np.bincount(codes)
    if counts.min() < _FEWEST:
        raise DataError(
            f"{by!r} has {counts.min()} rows of {names[int(counts.argmin())]!r}; a residual "
            f"variance of its own needs at least {_FEWEST}."
        )
    return codes, names


class _Groups:
    """The deviance by the logarithms of groups' residual SDs over the first's."""

    def __init__(self, problem: Problem, codes: np.ndarray[Any, Any], count: int) -> None:
        self.problem, self.codes, self.count = problem, codes, count
        self.prior = np.ones(problem.n) if problem.weights is None else problem.weights

    def at(self, logs: FloatArray) -> Problem:
        """Return the problem with the weights that residual SDs make."""
        each = np.concatenate([[0.0], logs])
        return self.problem.changed(weights=self.prior * np.exp(-2 * each[self.codes]))

    def least(self, first: Optimum) -> tuple[FloatArray, Optimum]:
        """Return where the deviance is least; theta is found anew at every step."""
        from scipy.optimize import minimize as scipy_minimize

        best = [first]

        def f(logs: FloatArray) -> float:
            found = minimize(self.at(logs), best[0].theta)
            best[0] = found
            return found.deviance

        def slope(logs: FloatArray) -> FloatArray:
            # Theta is at its best, so that its own change counts for nothing.
            theta = minimize(self.at(logs), best[0].theta).theta
            return gradient(lambda where: self.at(where).deviance(theta), logs)

        search: Any = scipy_minimize
        found = search(
            f,
            self._start(first),
            jac=slope,
            method="L-BFGS-B",
            bounds=[(-_MOST, _MOST)] * (self.count - 1),
            options={"ftol": 1e-14, "gtol": 1e-6},
        )
        logs = np.asarray(found.x, dtype=float)
        warm, cold = (minimize(self.at(logs), start) for start in (best[0].theta, None))
        return logs, min(warm, cold, key=lambda each: each.deviance)

    def _start(self, optimum: Optimum) -> FloatArray:
        _, values = self.problem.modes(optimum.theta)
        squares = (self.problem.y - values) ** 2 * self.prior
        mean = np.bincount(self.codes, squares) / np.bincount(self.codes)
        return np.asarray(np.log(np.maximum(mean[1:], 1e-8 * mean.max()) / mean[0]) / 2)

    def precision(self, logs: FloatArray, optimum: Optimum) -> Precision:
        """Return the precision, whose parameters are theta, the groups' and log sigma."""
        problem, theta, curve = self.at(logs), optimum.theta, optimum.curve
        solved = problem.solve(theta)
        sigma2 = problem.sigma2(solved)
        k, g = len(theta), len(logs)
        found = np.zeros((k + g + 1, k + g + 1))

        def held(where: FloatArray) -> float:
            there = self.at(where)
            each = there.solve(theta)
            fixed = each.log_det_fixed if there.reml else 0.0
            return each.log_det - there.log_weights + fixed + each.residual / sigma2

        def by_theta(where: FloatArray) -> FloatArray:
            there = self.at(where)
            each = there.curve(theta)
            scale = there.freedom / there.solve(theta).residual - 1 / sigma2
            return each.gradient - scale * each.residual

        residual = gradient(lambda where: self.at(where).solve(theta).residual, logs)
        found[k : k + g, k : k + g] = hessian(held, logs)
        found[k : k + g, -1] = found[-1, k : k + g] = -2 * residual / sigma2
        found[-1, -1] = 4 * problem.freedom
        slopes = [gradient(lambda where: self.at(where).solve(theta).unscaled, logs)]
        if curve is not None and k:
            found[:k, :k] = curve.at_sigma
            found[:k, -1] = found[-1, :k] = -2 * curve.residual / sigma2
            found[:k, k : k + g] = gradient(by_theta, logs)
            found[k : k + g, :k] = found[:k, k : k + g].T
            slopes.insert(0, curve.unscaled)
        return precision_of(problem, solved, found, np.concatenate(slopes, axis=2))
