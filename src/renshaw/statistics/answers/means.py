"""Estimated marginal means and type III tests, from a fitted model."""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from renshaw.core.tails import f_sf, t_ppf
from renshaw.data.arrays import FloatArray
from renshaw.statistics.fitting.fit import Fit, offset_of
from renshaw.statistics.formulas.design import Variable, at_values
from renshaw.statistics.formulas.formula import Node
from renshaw.statistics.formulas.formula_calls import BASES
from renshaw.statistics.formulas.level_order import LevelOrder, level_order

if TYPE_CHECKING:
    import pandas as pd

MEAN_COLUMNS = ("term", "level", "mean", "std_error", "df", "ci_low", "ci_high")
ANOVA_COLUMNS = ("term", "num_df", "den_df", "f_value", "p_value")
_MOST_CELLS = 2_000


@dataclass(frozen=True, eq=False)
class Grid:
    """Every combination of the factors' levels, covariates at their means.

    Parameters
    ----------
    fit : Fit
    factors : tuple of Variable
    cells : tuple of tuple of int
        The level of each factor; one empty cell where there are none.
    rows : array (cells, columns of the full design)
        What gives a cell's mean, or the slope of a covariate in it, from the coefficients.
    offset : float
        Mean of what the formula's offsets add.
    """

    fit: Fit
    factors: tuple[Variable, ...]
    cells: tuple[tuple[int, ...], ...]
    rows: FloatArray
    offset: float = 0.0

    def mean_of(self, chosen: Mapping[Node, int]) -> FloatArray:
        """Return the row that averages, with equal weights, all cells with the chosen levels."""
        places = {each.node: n for n, each in enumerate(self.factors)}
        mine = [
            n
            for n, cell in enumerate(self.cells)
            if all(cell[places[node]] == level for node, level in chosen.items())
        ]
        row: FloatArray = self.rows[mine].mean(axis=0)
        return row


def grid(fit: Fit) -> Grid | None:
    """Return the reference grid, or None where the model has too many cells."""
    found = _cells(fit)
    if found is None:
        return None
    factors, cells = found
    offset = float(offset_of(fit.table, fit.formula).mean())
    return Grid(fit, factors, cells, _rows(fit, factors, cells, {}), offset)


def trend_grid(fit: Fit, covariate: Node, by: Node | None = None) -> Grid | None:
    """Return the grid whose rows give the slope of a covariate, as emmeans' ``emtrends``.

    The slope is that of one unit of the covariate as the formula has it, ``log(dose)``; where
    other terms are made of the same column (``rt + I(rt^2)``), it is that of the column's, at its
    mean. With ``by``, the rows give by how much the slope changes with one unit of that.
    """
    found = _cells(fit)
    if found is None:
        return None
    factors, cells = found

    def slope(more: Mapping[Node, float]) -> FloatArray:
        if not is_shared(fit, covariate):
            up = _rows(fit, factors, cells, {}, {covariate: 1.0, **more})
            return up - _rows(fit, factors, cells, {}, more)
        name = covariate.names()[0]
        values = fit.table[name].to_numpy(dtype=float)
        step, mean = 1e-3 * float(np.ptp(values)), float(values.mean())
        up, down = (_rows(fit, factors, cells, {name: mean + side}, more) for side in (step, -step))
        return np.asarray((up - down) / (2 * step), dtype=float)

    rows = slope({}) if by is None else slope({by: 1.0}) - slope({})
    return Grid(fit, factors, cells, rows)


def is_shared(fit: Fit, covariate: Node) -> bool:
    """Whether a covariate's slope is its column's: other terms, or several columns, are of it."""
    others = [node for node in numbers(fit) if set(node.names()) & set(covariate.names())]
    return others != [covariate] or covariate.text in BASES


def numbers(fit: Fit) -> tuple[Node, ...]:
    """Return the covariates of the fixed effects."""
    return tuple(each.node for each in fit.design.variables.values() if not each.is_factor)


def _cells(fit: Fit) -> tuple[tuple[Variable, ...], tuple[tuple[int, ...], ...]] | None:
    factors = tuple(each for each in fit.design.variables.values() if each.is_factor)
    if math.prod(len(each.levels or ()) for each in factors) > 20_000:
        return None
    cells = itertools.product(*(range(len(each.levels or ())) for each in factors))
    return factors, tuple(cells)


def _rows(
    fit: Fit,
    factors: tuple[Variable, ...],
    cells: tuple[tuple[int, ...], ...],
    where: Mapping[str, float],
    shifts: Mapping[Node, float] | None = None,
) -> FloatArray:
    """Return the design's rows of the cells, columns at their means or ``where`` is said."""
    if not fit.design.variables:
        return np.ones((1, fit.full.shape[1]))
    values: dict[Node, FloatArray] = {}
    for place, each in enumerate(factors):
        values[each.node] = np.array([cell[place] for cell in cells], dtype=float)
    for node in numbers(fit):
        at = at_values(fit.table, node, where) + (shifts or {}).get(node, 0.0)
        values[node] = np.full(len(cells), at)
    return fit.design.matrix(values)


Orders = Mapping[Node, LevelOrder]


def orders_of(fit: Fit, references: Mapping[str, str]) -> Orders:
    """Return the order in which each factor's levels are compared and listed.

    Parameters
    ----------
    fit : Fit
    references : mapping of str to str
        The reference level of columns for which one was named.
    """
    import pandas as pd

    found = {}
    for each in fit.design.variables.values():
        if each.levels is None:
            continue
        column = each.node.names()[0]
        kind = fit.table[column].dtype
        # `relevel(time, ref = "pre")` names its reference in the formula.
        named = each.levels[0] if each.node.text == "relevel" else references.get(column)
        found[each.node] = level_order(
            each.levels,
            column=column,
            reference=named,
            as_given=isinstance(kind, pd.CategoricalDtype),
        )
    return found


def estimable(fit: Fit, row: FloatArray) -> FloatArray | None:
    """Return the row's weights on the estimated coefficients, None where the data can't say."""
    kept = list(fit.kept)
    if len(kept) == fit.full.shape[1]:
        return row
    known = np.linalg.lstsq(fit.full[:, kept], fit.full, rcond=None)[0]
    weights = row[kept]
    scale = max(1.0, float(np.abs(row).max()))
    return weights if np.abs(known.T @ weights - row).max() < 1e-6 * scale else None


def marginal_means(fit: Fit, confidence: float, orders: Orders) -> pd.DataFrame:
    """Return the mean of every level, and of every combination where factors interact."""
    import pandas as pd

    whole = grid(fit)
    rows: list[dict[str, Any]] = []
    for term in factor_terms(fit) if whole is not None else ():
        for levels in itertools.product(*(orders[each.node].places for each in term)):
            assert whole is not None
            chosen = {each.node: level for each, level in zip(term, levels, strict=True)}
            row = dict.fromkeys(MEAN_COLUMNS[2:], math.nan)
            weights = estimable(fit, whole.mean_of(chosen))
            if weights is not None:
                mean = float(weights @ fit.coefficients) + whole.offset
                error, df = fit.precision.standard_error(weights), fit.precision.df(weights)
                reach = float(t_ppf(0.5 + confidence / 2, df)) * error
                row |= {"mean": mean, "std_error": error, "df": df}
                row |= {"ci_low": mean - reach, "ci_high": mean + reach}
            words = ", ".join(level_of(v, i) for v, i in zip(term, levels, strict=True))
            rows.append({"term": ":".join(v.name for v in term), "level": words} | row)
    return pd.DataFrame(rows, columns=list(MEAN_COLUMNS))


def level_of(each: Variable, place: int) -> str:
    """Return the name of a level."""
    assert each.levels is not None
    return each.levels[place]


def named_level(column: str, level: str) -> str:
    """Return a level that says enough by itself: ``"drug"``, of numbers ``"dose = 2"``."""
    return level if any(c.isalpha() for c in level) else f"{column} = {level}"


def factor_terms(fit: Fit) -> list[tuple[Variable, ...]]:
    """Return the factors of every term, main effects first, each set of them once."""
    found: dict[frozenset[Node], tuple[Variable, ...]] = {}
    for term in fit.design.terms.terms:
        factors = tuple(fit.design.variables[n] for n in term if fit.design.variables[n].is_factor)
        for each in factors:
            found.setdefault(frozenset([each.node]), (each,))
        if factors:
            found.setdefault(frozenset(each.node for each in factors), factors)
    return sorted(found.values(), key=len)


def anova(fit: Fit) -> tuple[pd.DataFrame, bool]:
    """Return type III F tests of every term, and whether every cell and an intercept are there.

    Where cells have no data, a term is tested by as much of its hypothesis as can be estimated, as
    joint_tests of R's emmeans does; nothing is tested where that is nothing.
    """
    import pandas as pd

    kept = list(fit.kept)
    owners = np.array(fit.design.owners())[kept]
    tests, whole = _type_three(fit)
    hypotheses = None if whole else _hypotheses(fit)
    rows = []
    for n, term in enumerate(fit.design.terms.terms, start=1):
        name = ":".join(map(str, term))
        mine = owners == n
        weights = _basis(fit, n, tests, mine) if mine.any() else np.zeros((0, len(kept)))
        if hypotheses is not None:
            weights = _testable(fit, hypotheses[np.array(fit.design.owners()) == n])
        if not len(weights):
            rows.append((name, 0, math.nan, math.nan, math.nan))
            continue
        f, q, df = fit.precision.f_test(weights, fit.coefficients)
        p = float(f_sf(f, q, df))
        rows.append((name, q, df, f, p))
    return pd.DataFrame(rows, columns=list(ANOVA_COLUMNS)), whole


def _hypotheses(fit: Fit) -> FloatArray | None:
    """Return the type III hypotheses on all columns of the design, as if every cell had data.

    None where there is no intercept, or there are too many cells.
    """
    variables = fit.design.variables
    levels = [len(each.levels) for each in variables.values() if each.levels is not None]
    if not fit.design.terms.intercept or not variables or math.prod(levels) > _MOST_CELLS:
        return None
    cells = np.array(list(itertools.product(*map(range, levels))))
    cells = cells.reshape(math.prod(levels), len(levels))
    # Numbers take the values of some rows, enough to tell their slopes apart.
    n = len(fit.full)
    rows = np.unique(np.linspace(0, n - 1, fit.full.shape[1] + 2).astype(int))
    numbers = [each for each in variables.values() if each.levels is None]
    repeats = len(rows) if numbers else 1
    values: dict[Node, FloatArray] = {
        each.node: np.repeat(cells[:, place], repeats).astype(float)
        for place, each in enumerate(v for v in variables.values() if v.levels is not None)
    }
    values |= {each.node: np.concatenate([each.values[rows]] * len(cells)) for each in numbers}
    plain, sums = fit.design.matrix(values), fit.design.matrix(values, sums=True)
    change = np.linalg.lstsq(plain, sums, rcond=None)[0]
    if np.linalg.cond(change) > 1e10 or not np.allclose(plain @ change, sums, atol=1e-6):
        return None
    return np.asarray(np.linalg.inv(change), dtype=float)


def _testable(fit: Fit, rows: FloatArray) -> FloatArray:
    """Return what can be estimated of some hypotheses, as weights on the estimated coefficients."""
    kept = list(fit.kept)
    known = np.linalg.lstsq(fit.full[:, kept], fit.full, rcond=None)[0]
    # A function of all columns can be estimated if it is what its kept columns make of it.
    missing = rows - rows[:, kept] @ known
    left, sizes, _ = np.linalg.svd(missing)
    rank = int((sizes > 1e-8 * max(1.0, float(np.abs(rows).max()))).sum())
    return np.asarray(left[:, rank:].T @ rows[:, kept], dtype=float)


def _type_three(fit: Fit) -> tuple[FloatArray, bool]:
    """Return the rows that give the coefficients of sum contrasts from those of treatment ones."""
    X = fit.full[:, list(fit.kept)]
    whole = X.shape[1] == fit.full.shape[1] and fit.design.terms.intercept
    if whole and fit.design.variables:
        sums = fit.design.matrix(sums=True)
        change = np.linalg.lstsq(X, sums, rcond=None)[0]
        if np.linalg.cond(change) < 1e10 and np.allclose(X @ change, sums, atol=1e-6):
            return np.linalg.inv(change), True
        whole = False
    return np.eye(X.shape[1]), whole


def _basis(
    fit: Fit, term: int, tests: FloatArray, mine: np.ndarray[Any, np.dtype[np.bool_]]
) -> FloatArray:
    """Return the rows of a term's hypothesis as lmerTest writes them.

    F is the same in any basis, but its denominator degrees of freedom are not quite. lmerTest takes
    differences from the first level; in a model of one term, those that the data make independent.
    """
    rows: FloatArray = tests[mine]
    turned: FloatArray = np.eye(1)
    for coding in fit.design.codings[term - 1]:
        levels = coding.variable.levels
        if levels is not None and coding.contrasts:
            k = len(levels)
            each = np.vstack([np.eye(k - 1), -np.ones(k - 1)])
            turned = np.asarray(np.kron((each - each[0])[1:], turned), dtype=float)
        elif levels is not None:
            return rows
        else:
            turned = np.asarray(np.kron(np.eye(coding.width), turned), dtype=float)
    if len(turned) != len(rows):
        return rows
    if len(fit.design.terms.terms) > 1 or not fit.design.terms.intercept:
        return np.asarray(turned @ rows, dtype=float)
    X = fit.full[:, list(fit.kept)]
    inside = X[:, mine] - X[:, ~mine] @ np.linalg.lstsq(X[:, ~mine], X[:, mine], rcond=None)[0]
    root = np.linalg.cholesky(inside.T @ inside)
    return np.asarray((root / np.diag(root)).T @ np.eye(X.shape[1])[mine], dtype=float)
