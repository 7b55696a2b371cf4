"""Does the answer hinge on one person? Everyone is left out in turn.

With the ratios of the variances held, leaving a person out is arithmetic on the parts of the
normal equations that each person adds. For the few who matter most, the model is fitted anew.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from renshaw.core.errors import RenshawError
from renshaw.core.tails import t_isf, t_sf
from renshaw.data.arrays import FloatArray
from renshaw.statistics.answers.joint import main_answer
from renshaw.statistics.answers.resampling import Clusters, clusters, components
from renshaw.statistics.fitting.fit import Fit, Refitted, fitted, references_of, refitted

if TYPE_CHECKING:
    from renshaw.statistics.answers.answer import Answer
    from renshaw.statistics.settings import MixedModelSettings
    from renshaw.statistics.structure.layout import Layout

_REFITTED = 2
_MOST = 400


class Without(NamedTuple):
    """The answer without one person.

    Parameters
    ----------
    person : str
    estimate, low, high : float
        On the scale of the model.
    p_value : float
        Corrected, as the interval is, by the factor that the answer itself was corrected by.
    refitted : bool
        Whether the model was fitted anew; otherwise its variance ratios are held.
    """

    person: str
    estimate: float
    low: float
    high: float
    p_value: float
    refitted: bool = False


class Influence(NamedTuple):
    """The main answer without each person in turn, and over resamples of people.

    Parameters
    ----------
    without : tuple of Without
        Empty where people can't be told apart, or are too few.
    all_of : Without or None
        The same with everybody, for comparison.
    draws : array (b,) or None
        The answer in resamples of people, on the scale of the model.
    boot_low, boot_high : float
        Their percentile interval.
    reason : str
        Why there is nothing.
    """

    without: tuple[Without, ...] = ()
    all_of: Without | None = None
    draws: FloatArray | None = None
    boot_low: float = math.nan
    boot_high: float = math.nan
    reason: str = ""

    def turning(self, alpha: float) -> tuple[Without, ...]:
        """Return the people without whom the answer turns from found to not found, or back."""
        if self.all_of is None:
            return ()
        found = self.all_of.p_value < alpha
        return tuple(each for each in self.without if (each.p_value < alpha) != found)


def influence(
    fit: Fit,
    answers: Sequence[Answer],
    layout: Layout,
    settings: MixedModelSettings,
    draws: FloatArray | None = None,
) -> Influence:
    """Return what the main answer would be without each person.

    Parameters
    ----------
    fit : Fit
    answers : sequence of Answer
        The main one is looked at.
    layout : Layout
        Says who was measured.
    settings : MixedModelSettings
    draws : array (b, p), optional
        Coefficients of resamples of people.
    """
    if not answers:
        return Influence(reason="the model answers nothing")
    known = clusters(fit)
    if isinstance(known, str):
        return Influence(reason=known)
    answer = main_answer(answers)
    weights, df = answer.weights, answer.df
    labels, _ = components(fit)
    m = len(known.gram)
    if m > _MOST:
        return Influence(reason=f"there are more than {_MOST} independent groups")
    names = _names(fit, labels, m, layout)
    alpha = 1 - settings.confidence
    level = _Level(alpha, _factor(answer))
    all_of = _tested("", float(weights @ fit.coefficients), answer.std_error, df, level)
    without = []
    held = _Held(fit, known, weights, all_of.estimate, answer.std_error)
    for n, name in enumerate(names):
        found = held.without(n)
        one = None if found is None else _tested(name, *found, df, level)
        if one is not None and math.isfinite(one.p_value):
            without.append(one)
    without = _refitted(fit, without, names, labels, all_of, weights, df, settings, level)
    low = high = math.nan
    values = None
    if draws is not None and len(draws) >= 20:
        values = draws @ weights
        low, high = (float(v) for v in np.quantile(values, [alpha / 2, 1 - alpha / 2]))
    return Influence(tuple(without), all_of, values, low, high)


def _names(fit: Fit, labels: np.ndarray, m: int, layout: Layout) -> list[str]:
    from renshaw.statistics.formulas.design import level_words

    columns = layout.person or min(fit.groups, key=lambda g: g.block.levels).term.group
    first = np.unique(labels, return_index=True)[1]
    rows = fit.table[list(columns)].iloc[first[:m]]
    return [":".join(map(level_words, row)) for row in rows.itertuples(index=False)]


class _Held:
    """An answer without one cluster, the ratios of the variances held.

    A family other than normal is taken by its linear model at the fit's end; Laplace's coefficients
    are a little apart from that model's, so that what leaving out changes there is changed here.
    """

    def __init__(
        self, fit: Fit, known: Clusters, weights: FloatArray, estimate: float, error: float
    ) -> None:
        self._fit, self._known, self._weights = fit, known, weights
        self._gram, self._right = known.gram.sum(axis=0), known.right.sum(axis=0)
        linear = None if fit.family.normal else self._solved(None)
        self._shift = 0.0 if linear is None else estimate - linear[0]
        self._stretch = 1.0 if linear is None or not linear[1] > 0 else error / linear[1]

    def without(self, n: int) -> tuple[float, float] | None:
        """Return estimate and standard error; None where a level loses its data."""
        found = self._solved(n)
        return None if found is None else (found[0] + self._shift, found[1] * self._stretch)

    def _solved(self, n: int | None) -> tuple[float, float] | None:
        """Solve for the linear model's coefficients; the size of all variances is found anew."""
        known, weights = self._known, self._weights
        gram, right, left = self._gram, self._right, np.ones(len(known.rows))
        if n is not None:
            gram, right, left[n] = gram - known.gram[n], right - known.right[n], 0.0
        scale = np.sqrt(np.clip(np.diag(gram), 0, None))
        if (scale <= 0).any():
            return None
        alike = gram / scale[:, None] / scale[None, :]
        if np.linalg.eigvalsh(alike)[0] < 1e-10:
            return None
        solved = np.linalg.solve(alike, right / scale) / scale
        sigma2 = self._fit.sigma2
        if self._fit.family.normal:
            rest = float(left @ known.square - right @ solved)
            freedom = float(left @ known.rows) - len(right)
            sigma2 = rest / freedom if freedom > 0 else sigma2
        scaled = weights / scale
        variance = sigma2 * float(scaled @ np.linalg.solve(alike, scaled))
        return float(weights @ solved), math.sqrt(max(0.0, variance))


class _Level(NamedTuple):
    """The level of tests, and the factor by which p-values are corrected."""

    alpha: float
    factor: float


def _factor(answer: Answer) -> float:
    """Return what correction made of an answer's p-value, as a factor."""
    return answer.p_adjusted / answer.p_value if 0 < answer.p_value <= answer.p_adjusted else 1.0


def _tested(
    person: str, estimate: float, error: float, df: float, level: _Level, refitted: bool = False
) -> Without:
    if not error > 0:
        return Without(person, estimate, math.nan, math.nan, math.nan, refitted)
    reach = float(t_isf(level.alpha / level.factor / 2, df)) * error
    p = min(1.0, level.factor * 2 * float(t_sf(abs(estimate) / error, df)))
    return Without(person, estimate, estimate - reach, estimate + reach, p, refitted)


def _refitted(
    fit: Fit,
    without: list[Without],
    names: Sequence[str],
    labels: np.ndarray,
    all_of: Without,
    weights: FloatArray,
    given: float,
    settings: MixedModelSettings,
    level: _Level,
) -> list[Without]:
    """Return the same with the model fitted anew for those whom the answer hangs on most."""
    found = all_of.p_value < level.alpha
    # Those who come nearest to turning the answer, and who moves it most: an outlier hides behind
    # the variance that it makes.
    by_p = sorted(without, key=lambda each: each.p_value, reverse=found)[:_REFITTED]
    by_size = sorted(without, key=lambda each: -abs(each.estimate - all_of.estimate))[:1]
    done = {each.person: each for each in without}
    for each in dict.fromkeys([*by_p, *by_size]):
        rows = labels != names.index(each.person)
        try:
            other = _anew(fit, rows, settings)
        except (RenshawError, np.linalg.LinAlgError):
            continue
        if other is None:
            continue
        estimate = float(weights @ other.coefficients)
        error = other.precision.standard_error(weights)
        # Families other than normal have the degrees of freedom that people allow.
        df = other.precision.df(weights) if fit.family.normal else given
        done[each.person] = _tested(each.person, estimate, error, df, level, True)
    return list(done.values())


def _anew(fit: Fit, rows: np.ndarray, settings: MixedModelSettings) -> Refitted | None:
    """Return the model of some rows, None where it lacks one of the coefficients."""
    if fit.family.normal and not fit.scatter.by:
        return refitted(fit, rows)
    other = fitted(
        fit.table[rows],
        fit.formula,
        reml=settings.reml,
        references=references_of(settings.references),
        family=fit.family,
        scatter=fit.scatter,
        df=settings.df,
    )
    same = other.names == fit.names
    return Refitted(other.coefficients, other.precision) if same else None
