"""Standardized effects: an estimate over the residual standard deviation, with its interval.

As R's ``emmeans::eff_size``: the error of the standard deviation counts, by the delta method.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from renshaw.core.tails import t_isf

if TYPE_CHECKING:
    from renshaw.statistics.fitting.fit import Fit


class EffectSize(NamedTuple):
    """A standardized effect.

    Parameters
    ----------
    value, std_error, low, high : float
        In standard deviations.
    sigma : float
        The standard deviation by which was divided.
    edf : float
        Degrees of freedom by which that is known.
    of : str
        Which standard deviation it is.
    per : float
        By what the estimate was multiplied first: of a slope, the SD of its covariate.
    """

    value: float
    std_error: float
    low: float
    high: float
    sigma: float
    edf: float
    of: str = "residual SD"
    per: float = 1.0


def nothing_left(fit: Fit) -> bool:
    """Whether a model tells every value, but for rounding, so that no spread is left."""
    spread = float(np.var(fit.problem.y))
    return fit.family.normal and fit.residual_variance <= 1e-8 * spread


def residual_df(fit: Fit) -> float:
    """Return the degrees of freedom by which the residual standard deviation is known.

    Of a mixed model: what the curvature of the likelihood says of log sigma, whose variance is
    ``1 / (2 df)``. (Rows less coefficients, as R's ``df.residual``, would forget that units and
    people were estimated, too.)
    """
    known = fit.precision.parameters
    rest = fit.precision.residual_df
    if not len(known) or not known[-1, -1] > 0:
        return rest
    return min(rest, 1 / (2 * float(known[-1, -1])))


def effect_size(
    estimate: float,
    std_error: float,
    df: float,
    *,
    sigma: float,
    edf: float,
    confidence: float,
    of: str = "residual SD",
    per: float = 1.0,
) -> EffectSize:
    """Return an estimate in standard deviations.

    Parameters
    ----------
    estimate, std_error, df : float
        Of the difference.
    sigma, edf : float
        The standard deviation, and the degrees of freedom by which it is known.
    confidence : float
    of : str
    per : float
        By what the estimate is multiplied: the SD of a slope's covariate.
    """
    value = per * estimate / sigma
    error = math.sqrt((per * std_error / sigma) ** 2 + value**2 / (2 * edf))
    reach = float(t_isf((1 - confidence) / 2, df)) * error
    return EffectSize(value, error, value - reach, value + reach, sigma, edf, of, per)
