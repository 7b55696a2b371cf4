"""Estimated marginal means, their contrasts and type III tests, from a fitted model."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from renshaw.data.arrays import FloatArray
from renshaw.statistics.design import Variable, at_means
from renshaw.statistics.fit import Fit
from renshaw.statistics.formula import Node

if TYPE_CHECKING:
    import pandas as pd

MEAN_COLUMNS = ("term", "level", "mean", "std_error", "df", "ci_low", "ci_high")
CONTRAST_COLUMNS = (
    "term",
    "within",
    "contrast",
    "estimate",
    "std_error",
    "df",
    "statistic",
    "p_value",
    "p_adjusted",
    "ci_low",
    "ci_high",
    "standardized",
    "first",
    "second",
)
ANOVA_COLUMNS = ("term", "num_df", "den_df", "f_value", "p_value")
# Pairwise contrasts of more levels than this are more than anyone reads.
_MOST_LEVELS = 30


@dataclass(frozen=True, eq=False)
class Grid:
    """Every combination of the factors' levels, covariates at their means."""

    fit: Fit
    factors: tuple[Variable, ...]
    cells: tuple[tuple[int, ...], ...]
    rows: FloatArray

    def mean_of(self, chosen: dict[Node, int]) -> FloatArray:
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
    """Return the reference grid, or None where the model has no factor or too many cells."""
    variables = fit.design.variables
    factors = tuple(each for each in variables.values() if each.is_factor)
    count = math.prod(len(each.levels or ()) for each in factors)
    if not factors or count > 20_000:
        return None
    cells = tuple(itertools.product(*(range(len(each.levels or ())) for each in factors)))
    values: dict[Node, FloatArray] = {}
    for place, each in enumerate(factors):
        values[each.node] = np.array([cell[place] for cell in cells], dtype=float)
    for each in variables.values():
        if not each.is_factor:
            values[each.node] = np.full(len(cells), at_means(fit.table, each.node))
    return Grid(fit, factors, cells, fit.design.matrix(values))


def estimable(fit: Fit, row: FloatArray) -> FloatArray | None:
    """Return the row's weights on the estimated coefficients, None where the data can't say."""
    kept = list(fit.kept)
    if len(kept) == fit.full.shape[1]:
        return row
    known = np.linalg.lstsq(fit.full[:, kept], fit.full, rcond=None)[0]
    weights = row[kept]
    scale = max(1.0, float(np.abs(row).max()))
    return weights if np.abs(known.T @ weights - row).max() < 1e-6 * scale else None


def marginal_means(fit: Fit, confidence: float) -> pd.DataFrame:
    """Return the mean of every level, and of every combination where factors interact."""
    import pandas as pd
    from scipy import stats

    whole = grid(fit)
    rows: list[dict[str, Any]] = []
    for term in factor_terms(fit) if whole is not None else ():
        for levels in itertools.product(*(range(len(each.levels or ())) for each in term)):
            assert whole is not None
            chosen = {each.node: level for each, level in zip(term, levels, strict=True)}
            row = dict.fromkeys(MEAN_COLUMNS[2:], math.nan)
            weights = estimable(fit, whole.mean_of(chosen))
            if weights is not None:
                mean = float(weights @ fit.coefficients)
                error, df = fit.precision.standard_error(weights), fit.precision.df(weights)
                reach = float(stats.t.ppf(0.5 + confidence / 2, df)) * error
                row |= {"mean": mean, "std_error": error, "df": df}
                row |= {"ci_low": mean - reach, "ci_high": mean + reach}
            words = ", ".join(_level(v, i) for v, i in zip(term, levels, strict=True))
            rows.append({"term": ":".join(v.name for v in term), "level": words} | row)
    return pd.DataFrame(rows, columns=list(MEAN_COLUMNS))


def _level(each: Variable, place: int) -> str:
    assert each.levels is not None
    return each.levels[place]


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


def contrasts(fit: Fit, confidence: float, correction: str) -> pd.DataFrame:
    """Return all pairwise differences of the marginal means, corrected family by family.

    A family is one factor's pairs; of interacting factors, one factor's pairs at each level of the
    others (``within``). ``standardized`` is the difference over the standard deviation of a single
    value, all variance components together; ``first`` and ``second`` are the levels compared.
    """
    import pandas as pd

    whole = grid(fit)
    total = math.sqrt(fit.random_variance() + fit.sigma2)
    families = []
    if whole is not None:
        for term in factor_terms(fit):
            for place, each in enumerate(term):
                others = term[:place] + term[place + 1 :]
                if len(each.levels or ()) > _MOST_LEVELS:
                    continue
                for levels in itertools.product(*(range(len(o.levels or ())) for o in others)):
                    families.append((each, tuple(zip(others, levels, strict=True))))
    rows: list[dict[str, Any]] = []
    for each, within in families:
        assert whole is not None
        rows += _family(fit, whole, each, within, confidence, correction, total)
    return pd.DataFrame(rows, columns=list(CONTRAST_COLUMNS))


def _family(
    fit: Fit,
    whole: Grid,
    each: Variable,
    within: Sequence[tuple[Variable, int]],
    confidence: float,
    correction: str,
    total: float,
) -> list[dict[str, Any]]:
    from scipy import stats

    fixed = {other.node: level for other, level in within}
    means = [whole.mean_of({**fixed, each.node: n}) for n in range(len(each.levels or ()))]
    words = ", ".join(f"{other.name} = {_level(other, level)}" for other, level in within)
    rows: list[dict[str, Any]] = []
    for a, b in itertools.combinations(range(len(means)), 2):
        row: dict[str, Any] = dict.fromkeys(CONTRAST_COLUMNS[3:], math.nan)
        weights = estimable(fit, means[a] - means[b])
        if weights is not None:
            estimate = float(weights @ fit.coefficients)
            error, df = fit.precision.standard_error(weights), fit.precision.df(weights)
            t = estimate / error if error > 0 else math.nan
            row |= {"estimate": estimate, "std_error": error, "df": df, "statistic": t}
            row |= {"p_value": 2 * float(stats.t.sf(abs(t), df))}
            row |= {"standardized": estimate / total}
        row |= {"first": _level(each, a), "second": _level(each, b)}
        name = f"{row['first']} - {row['second']}"
        rows.append({"term": each.name, "within": words, "contrast": name} | row)
    _correct(rows, len(means), confidence, correction)
    return rows


def _correct(rows: list[dict[str, Any]], levels: int, confidence: float, correction: str) -> None:
    """Fill in adjusted p-values and simultaneous intervals; Holm's are Bonferroni's, as emmeans."""
    from scipy import stats

    known = [row for row in rows if not math.isnan(row["p_value"])]
    p = adjusted([row["p_value"] for row in known], correction)
    alpha = 1 - confidence
    for row, corrected in zip(known, p, strict=True):
        t, df = abs(row["statistic"]), row["df"]
        if correction == "tukey" and levels > 2:
            q = _tukey_quantile(confidence, levels, df)
            row["p_adjusted"] = float(stats.studentized_range.sf(t * math.sqrt(2), levels, df))
        else:
            several = len(known) if correction in ("holm", "bonferroni") else 1
            q = float(stats.t.isf(alpha / 2 / several, df))
            row["p_adjusted"] = corrected
        row["ci_low"] = row["estimate"] - q * row["std_error"]
        row["ci_high"] = row["estimate"] + q * row["std_error"]


def _tukey_quantile(confidence: float, levels: int, df: float) -> float:
    from scipy import stats

    return float(stats.studentized_range.ppf(confidence, levels, df)) / math.sqrt(2)


def adjusted(p: Sequence[float], correction: str) -> list[float]:
    """Return p-values corrected for their number by Holm's or Bonferroni's method."""
    values = np.asarray(p, dtype=float)
    m = len(values)
    if correction == "bonferroni":
        return [float(v) for v in np.minimum(1.0, m * values)]
    if correction != "holm" or not m:
        return [float(v) for v in values]
    order = np.argsort(values, kind="stable")
    stepped = np.maximum.accumulate(np.minimum(1.0, (m - np.arange(m)) * values[order]))
    back = np.empty(m)
    back[order] = stepped
    return [float(v) for v in back]


def anova(fit: Fit) -> tuple[pd.DataFrame, bool]:
    """Return type III F tests of every term, and whether the cells allow them to be unique."""
    import pandas as pd
    from scipy import stats

    kept = list(fit.kept)
    owners = np.array(fit.design.owners())[kept]
    tests, whole = _type_three(fit)
    rows = []
    for n, term in enumerate(fit.design.terms.terms, start=1):
        name = ":".join(map(str, term))
        mine = owners == n
        if not mine.any():
            rows.append((name, 0, math.nan, math.nan, math.nan))
            continue
        f, q, df = fit.precision.f_test(_basis(fit, n, tests, mine), fit.coefficients)
        p = float(stats.f.sf(f, q, df)) if np.isfinite(df) else float(stats.chi2.sf(f * q, q))
        rows.append((name, q, df, f, p))
    return pd.DataFrame(rows, columns=list(ANOVA_COLUMNS)), whole


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
    turned = np.eye(1)
    for coding in fit.design.codings[term - 1]:
        levels = coding.variable.levels
        if levels is not None and coding.contrasts:
            k = len(levels)
            each = np.vstack([np.eye(k - 1), -np.ones(k - 1)])
            turned = np.kron((each - each[0])[1:], turned)
        elif levels is not None:
            return rows
    if len(turned) != len(rows):
        return rows
    if len(fit.design.terms.terms) > 1 or not fit.design.terms.intercept:
        return np.asarray(turned @ rows, dtype=float)
    X = fit.full[:, list(fit.kept)]
    inside = X[:, mine] - X[:, ~mine] @ np.linalg.lstsq(X[:, ~mine], X[:, mine], rcond=None)[0]
    root = np.linalg.cholesky(inside.T @ inside)
    return np.asarray((root / np.diag(root)).T @ np.eye(X.shape[1])[mine], dtype=float)
