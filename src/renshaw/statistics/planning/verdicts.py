"""Which simulated studies find what is to be found."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from renshaw.data.arrays import FloatArray
from renshaw.statistics.planning.plan_settings import ALL, HOLM, JOINT, SPASMS, PlanSettings
from renshaw.statistics.planning.studies import Studies

BoolArray = NDArray[np.bool_]


def one_test(settings: PlanSettings) -> bool:
    """Whether one comparison at the full level decides."""
    return settings.treatments == 2 or settings.comparisons not in (HOLM, ALL, JOINT)


def found_it(settings: PlanSettings, studies: Studies, effect: float) -> BoolArray:
    """Return which studies find a true change, in its direction.

    Parameters
    ----------
    settings : PlanSettings
    studies : Studies
        Of no mean change; of spasms, of the given ratio.
    effect : float
        True change of the first treatment; of spasms, true ratio.
    """
    estimate, sign = studies.estimate, math.copysign(1, effect)
    if settings.outcome == SPASMS:
        sign = math.copysign(1, effect - 1)
    else:
        estimate = estimate + studies.gain * effect * np.array(settings.weights)
    if settings.treatments > 2 and settings.comparisons == JOINT:
        return _joint(studies, estimate, settings.alpha)
    with np.errstate(invalid="ignore"):
        t = sign * estimate / studies.error
    if one_test(settings):
        return np.asarray(t[:, 0] > studies.critical(settings.alpha)[:, 0])
    significant = holm(t, studies, settings.alpha) & (t > 0)
    if settings.comparisons == ALL:
        return np.asarray(significant.all(axis=1))
    return np.asarray(significant[:, 0])


def holm(t: FloatArray, studies: Studies, alpha: float) -> BoolArray:
    """Return which of several two-sided tests are significant, all of them at one level.

    Parameters
    ----------
    t : array (simulations, comparisons)
    studies : Studies
        Whose tests they are.
    alpha : float

    Notes
    -----
    Holm S (1979), Scandinavian Journal of Statistics 6:65-70.
    """
    count = t.shape[1]
    order = np.argsort(-np.abs(t), axis=1)
    largest = np.take_along_axis(np.abs(t), order, axis=1)
    levels = np.concatenate(
        [studies.critical(alpha / left) for left in range(count, 0, -1)], axis=1
    )
    passed = np.logical_and.accumulate(largest > levels, axis=1)
    found = np.empty_like(passed)
    np.put_along_axis(found, order, passed, axis=1)
    return found


def _joint(studies: Studies, estimate: FloatArray, alpha: float) -> BoolArray:
    """Return which studies find by the F test that treatments are not all alike."""
    from scipy import stats

    count = estimate.shape[1]
    solved = np.linalg.solve(
        np.broadcast_to(studies.factors, (len(estimate), count, count)), estimate[:, :, None]
    )
    f = (estimate * solved[:, :, 0]).sum(axis=1) / count / studies.variance
    kinds, place = np.unique(studies.df, return_inverse=True)
    critical = np.asarray(stats.f.isf(alpha, count, np.maximum(kinds, 1.0)))
    return np.asarray(f > critical[place])
