"""Structures that were tried: fitted, reduced, compared, and told in a table."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from renshaw.core.errors import RenshawError
from renshaw.core.tails import chi2_sf
from renshaw.statistics.fitting.fit import Fit
from renshaw.statistics.formulas.formula import Formula, RandomTerm
from renshaw.statistics.structure.random_terms import (
    Random,
    empty,
    is_singular,
    random_words,
    rewritten,
)
from renshaw.statistics.structure.slopes import Slope

if TYPE_CHECKING:
    import pandas as pd

COLUMNS = (
    "random_terms",
    "parameters",
    "criterion",
    "aic",
    "chi_square",
    "p_value",
    "verdict",
    "chosen",
)
# Of a variance that design and data may both do without: it stays unless so large a one would be
# found by chance in this share of tables or more. Bancroft TA (1964), doi:10.2307/2527734. What
# clusters take is missing in the residual, by which their interaction is tested: they need more.
_SLOPES_BY_CHANCE = 0.25
_CLUSTERS_BY_CHANCE = 0.15

# Why a random term is absent.
NOTHING = "its variance is estimated as 0"
BOUND = "it is estimated as fully correlated with the group's intercept"
NEEDLESS = "what it explains may well be chance"
RESIDUAL = "the residual itself: beside these none is left"

Refit = Callable[[Formula], Fit]


def criterion_aic(fit: Fit) -> tuple[float, float]:
    """Return the (restricted) deviance and Akaike's criterion, as lme4 counts parameters."""
    beside = 1 if fit.generalized is None else len(fit.family.dispersion)
    beside += max(0, len(fit.spreads) - 1)
    parameters = fit.problem.p + fit.problem.n_theta + beside
    return fit.optimum.deviance, fit.optimum.deviance + 2 * parameters


def by_chance(fit: Fit, without: Fit) -> float:
    """Return the p-value of a variance, with its covariances, that can't be below 0.

    The likelihood ratio's distribution is half that of all parameters, half that of one less:
    Self SG, Liang KY (1987), doi:10.1080/01621459.1987.10478472.
    """
    more = fit.problem.n_theta - without.problem.n_theta
    ratio = without.optimum.deviance - fit.optimum.deviance
    if ratio <= 0:
        return 1.0
    both = chi2_sf(ratio, more) + (chi2_sf(ratio, more - 1) if more > 1 else 0.0)
    return float(both) / 2


def _is_better(fit: Fit, without: Fit) -> bool:
    return criterion_aic(fit)[1] < criterion_aic(without)[1]


@dataclass(frozen=True, eq=False)
class Considered:
    """What was considered beside the random terms that were written.

    Parameters
    ----------
    table : DataFrame
        A row each; the first is the one that was written.
    absent : mapping of RandomTerm to str
        Terms that the design has room for and that were left out, with the reason: `NOTHING`,
        `BOUND`, `NEEDLESS`, `RESIDUAL`, or why they were not tried.
    """

    table: pd.DataFrame
    absent: Mapping[RandomTerm, str] = field(default_factory=dict)


class Tried:
    """Fits so far, for the table of what was considered."""

    def __init__(self, asked: Fit, refit: Refit) -> None:
        self.asked: Fit = asked
        self._refit = refit
        self._rows: list[tuple[Random, Fit | None, str]] = [(asked.formula.random, asked, "")]
        self._absent: dict[RandomTerm, str] = {}

    def fit(self, random: Random) -> Fit | None:
        """Fit other random terms; None, with the reason in the table, where that fails."""
        for terms, fit, _ in self._rows:
            if set(terms) == set(random):
                return fit
        try:
            found = self._refit(rewritten(self.asked.formula, random))
        except (RenshawError, np.linalg.LinAlgError) as error:
            self.leave(random, f"not possible: {error}")
            return None
        self._rows.append((random, found, ""))
        return found

    def leave(self, random: Random, why: str) -> None:
        """Note random terms that are not fitted."""
        self._rows.append((random, None, why))
        self._absent |= dict.fromkeys(random, why)

    def settled(self, fit: Fit) -> Fit:
        """Take away what is estimated as 0, except what the formula asked for."""
        nothing = [term for term in empty(fit) if term not in self.asked.formula.random]
        if not nothing:
            return fit
        self._absent |= dict.fromkeys(nothing, NOTHING)
        left = tuple(term for term in fit.formula.random if term not in nothing)
        smaller = self.fit(left)
        return fit if smaller is None else self.settled(smaller)

    def needed(self, fit: Fit, across: Random) -> Fit:
        """Take away, one by one, clusters that the data may well do without."""
        smaller = [
            (by_chance(fit, less), less)
            for term in across
            if term in fit.formula.random
            and (less := self.fit(tuple(t for t in fit.formula.random if t != term))) is not None
        ]
        p, less = max(smaller, key=lambda each: each[0], default=(0.0, fit))
        if p < _CLUSTERS_BY_CHANCE:
            return fit
        gone = set(fit.formula.random) - set(less.formula.random)
        self._absent |= dict.fromkeys(gone, NEEDLESS)
        return self.needed(less, across)

    def held(self, fit: Fit, without: Fit, slope: Slope) -> Fit | None:
        """Return a fit with a slope as far as the data hold it, or None."""
        if not fit.optimum.converged:
            return None
        sloped = [t for t in fit.formula.random if t not in without.formula.random]
        if len(sloped) > 1:
            fit = self.settled(fit)
            left = sum(term in sloped for term in fit.formula.random)
            # Of any two levels that are compared, one at least must vary between people.
            return fit if _is_better(fit, without) and left >= len(sloped) - 1 else None
        if is_singular(fit, sloped[0]):
            gone = empty(fit)
            if not gone:
                # A slope that is there, only not apart from the group's intercept.
                chance = by_chance(fit, without) >= _SLOPES_BY_CHANCE
                self._absent[sloped[0]] = NEEDLESS if chance else BOUND
            self._absent |= dict.fromkeys(gone, NOTHING)
            return None
        if slope.levels:
            # Clusters let levels differ between people as much as slopes do, with less.
            return fit if _is_better(fit, without) else None
        if by_chance(fit, without) < _SLOPES_BY_CHANCE:
            return fit
        self._absent |= dict.fromkeys(sloped, NEEDLESS)
        return None

    def considered(self, best: Fit) -> Considered:
        """Return all that was tried, and what of it the best does without."""
        mine = best.formula.random
        absent = {term: why for term, why in self._absent.items() if term not in mine}
        return Considered(self._table(best), absent)

    def _table(self, best: Fit) -> pd.DataFrame:
        import pandas as pd

        criterion, _ = criterion_aic(self.asked)
        rows: list[list[object]] = []
        for random, fit, why in self._rows:
            words = " + ".join(map(random_words, random)) or "none"
            if fit is None:
                rows.append([words, np.nan, np.nan, np.nan, np.nan, np.nan, why, False])
                continue
            its, aic = criterion_aic(fit)
            more = fit.problem.n_theta - self.asked.problem.n_theta
            chi, p = np.nan, np.nan
            if more > 0:
                chi = max(0.0, criterion - its)
                p = float(chi2_sf(chi, more))
            verdict = _verdict(fit, best, asked=fit is self.asked)
            rows.append([words, fit.problem.n_theta, its, aic, chi, p, verdict, fit is best])
        return pd.DataFrame(rows, columns=list(COLUMNS))


def _verdict(fit: Fit, best: Fit, *, asked: bool) -> str:
    head = "as written; " if asked else ""
    if fit is best:
        return head + "what the design asks for and the data support"
    if not fit.optimum.converged:
        return f"{head}not converged: {fit.optimum.words}"
    if gone := empty(fit):
        names = ", ".join(random_words(term) for term in gone)
        return f"{head}more than the data hold: the variance of {names} is 0"
    if fit.optimum.singular:
        return f"{head}singular: the data do not hold these correlations"
    if asked:
        return "as written; it leaves out what the design asks for"
    return "not needed: what was chosen says as much with less"
