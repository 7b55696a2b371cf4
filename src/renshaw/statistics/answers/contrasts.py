"""Linear functions of a model's coefficients, tested one by one and as families; all pairs."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from renshaw.core.tails import t_sf
from renshaw.data.arrays import FloatArray
from renshaw.statistics.answers.means import Grid, Orders, estimable, factor_terms, grid, level_of
from renshaw.statistics.answers.multiplicity import (
    adjusted,
    error_rates,
    p_of_range,
    reach,
    reach_of_range,
)
from renshaw.statistics.fitting.fit import Fit
from renshaw.statistics.formulas.design import Variable

if TYPE_CHECKING:
    import pandas as pd

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
# Pairwise contrasts of more levels than this are more than anyone reads.
MOST_LEVELS = 30


class Tested(NamedTuple):
    """A linear function of the coefficients and its test; NaN where the data can't say.

    Parameters
    ----------
    weights : array (p,) or None
        On the estimated coefficients.
    estimate, std_error, df, statistic, p_value : float
        On the scale of the model.
    """

    weights: FloatArray | None
    estimate: float = math.nan
    std_error: float = math.nan
    df: float = math.nan
    statistic: float = math.nan
    p_value: float = math.nan


class Together(NamedTuple):
    """What a family of tests makes of one of them."""

    p_adjusted: float
    low: float
    high: float


def tested(fit: Fit, row: FloatArray) -> Tested:
    """Return the test of a row of the full design."""
    weights = estimable(fit, row)
    if weights is None:
        return Tested(None)
    estimate = float(weights @ fit.coefficients)
    error, df = fit.precision.standard_error(weights), fit.precision.df(weights)
    t = estimate / error if error > 0 else math.nan
    return Tested(weights, estimate, error, df, t, 2 * float(t_sf(abs(t), df)))


def together(
    tests: Sequence[Tested], confidence: float, correction: str, levels: int = 0
) -> list[Together]:
    """Return adjusted p-values, and intervals that agree; a family of one is not corrected.

    Parameters
    ----------
    tests : sequence of Tested
    confidence : float
    correction : str
        ``tukey`` holds for all pairs of ``levels``; other families get Holm's in its place.
    levels : int
        Of how many levels the tests are all the pairs, 0 where they are not.
    """
    if correction == "tukey" and levels > 2:
        return [
            _together(
                each,
                p_of_range(each.statistic, levels, each.df),
                reach_of_range(confidence, levels, each.df),
            )
            for each in tests
        ]
    method = "holm" if correction == "tukey" else correction
    p = [each.p_value for each in tests]
    corrected = adjusted(p, method)
    rates = error_rates(p, corrected, method, 1 - confidence)
    return [
        _together(each, its, reach(rate, each.df))
        for each, its, rate in zip(tests, corrected, rates, strict=True)
    ]


def _together(each: Tested, p_adjusted: float, errors: float) -> Together:
    """Return a test among others; ``errors`` is by how many standard errors it reaches."""
    if math.isnan(each.p_value):
        return Together(math.nan, math.nan, math.nan)
    half = errors * each.std_error
    return Together(p_adjusted, each.estimate - half, each.estimate + half)


def contrasts(fit: Fit, confidence: float, correction: str, orders: Orders) -> pd.DataFrame:
    """Return all pairwise differences of the marginal means, corrected family by family.

    A family is one factor's pairs; of interacting factors, one factor's pairs at each level of the
    others (``within``). Differences go from the reference, or the earlier level, to the later:
    ``post - pre``. ``standardized`` is the difference over the residual standard deviation;
    ``first`` and ``second`` are the levels compared, first less second.
    """
    import pandas as pd

    whole = grid(fit)
    rows: list[dict[str, Any]] = []
    for term in factor_terms(fit) if whole is not None else ():
        for place, each in enumerate(term):
            others = term[:place] + term[place + 1 :]
            if len(each.levels or ()) > MOST_LEVELS:
                continue
            for levels in itertools.product(*(orders[o.node].places for o in others)):
                assert whole is not None
                within = tuple(zip(others, levels, strict=True))
                rows += _pairs(fit, whole, each, within, confidence, correction, orders)
    return pd.DataFrame(rows, columns=list(CONTRAST_COLUMNS))


def within_words(within: Sequence[tuple[Variable, int]]) -> str:
    """Return at which levels of other factors something is compared: ``"group = drug"``."""
    return ", ".join(f"{other.name} = {level_of(other, level)}" for other, level in within)


def _pairs(
    fit: Fit,
    whole: Grid,
    each: Variable,
    within: Sequence[tuple[Variable, int]],
    confidence: float,
    correction: str,
    orders: Orders,
) -> list[dict[str, Any]]:
    fixed = {other.node: level for other, level in within}
    places = orders[each.node].places
    means = {n: whole.mean_of({**fixed, each.node: n}) for n in places}
    pairs = list(itertools.combinations(places, 2))
    tests = [tested(fit, means[later] - means[earlier]) for earlier, later in pairs]
    rows = []
    for (earlier, later), test, all_of in zip(
        pairs, tests, together(tests, confidence, correction, len(places)), strict=True
    ):
        first, second = level_of(each, later), level_of(each, earlier)
        rows.append(
            {
                "term": each.name,
                "within": within_words(within),
                "contrast": f"{first} - {second}",
                "estimate": test.estimate,
                "std_error": test.std_error,
                "df": test.df,
                "statistic": test.statistic,
                "p_value": test.p_value,
                "p_adjusted": all_of.p_adjusted,
                "ci_low": all_of.low,
                "ci_high": all_of.high,
                "standardized": test.estimate / math.sqrt(fit.residual_variance),
                "first": first,
                "second": second,
            }
        )
    return rows
