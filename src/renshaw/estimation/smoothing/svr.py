"""Support vector regression of the discharge rate, as the field uses it.

Beauchamp et al. 2022, doi:10.1088/1741-2552/ac4594; the constants are those of openhdemg's
``compute_svr`` (doi:10.1016/j.jelekin.2023.102850): the instantaneous rate belongs to the second
discharge of its interval, silences included, and the ends weigh five times as much.
"""

from __future__ import annotations

import numpy as np

from renshaw.data.arrays import FloatArray
from renshaw.data.reasons import Cause
from renshaw.estimation.settings import SmoothingSettings
from renshaw.estimation.smoothing.curve import Curve, UnsmoothableError, smoother
from renshaw.estimation.smoothing.libsvm import epsilon_svr

_TOO_MANY = Cause(
    "too_many_discharges",
    "{} discharges are too many for support vector regression (at most {}); "
    "smooth by 'hann' or 'spline' instead",
    name="too many discharges for support vector regression",
)
# exp(-38) is below the last digit of a rate: support vectors farther away don't count.
_REACH = 38.0
_BLOCK = 256


@smoother("svr")
def svr_curve(times_s: FloatArray, settings: SmoothingSettings) -> Curve:
    """Return the support vector regression of the rate on time."""
    if len(times_s) > settings.discharges_max:
        raise UnsmoothableError(_TOO_MANY(len(times_s), settings.discharges_max))
    at_s, rate_pps = times_s[1:], 1.0 / np.diff(times_s)
    gamma = _gamma(at_s, settings)
    centers_s, weights, offset = epsilon_svr(
        at_s,
        rate_pps,
        gamma=gamma,
        c=settings.svr_c,
        epsilon=_epsilon(rate_pps, settings),
        weights=_weights(len(rate_pps), settings),
    )
    order = np.argsort(centers_s)
    return _kernel_sum(centers_s[order], weights[order], gamma, offset)


def _kernel_sum(centers_s: FloatArray, weights: FloatArray, gamma: float, offset: float) -> Curve:
    reach_s = np.sqrt(_REACH / gamma)

    def curve(at_s: FloatArray) -> FloatArray:
        # In order of time, a block of instants needs only the support vectors near it.
        order = np.argsort(at_s, kind="stable")
        sorted_s = at_s[order]
        rate = np.full(len(at_s), offset)
        for first in range(0, len(at_s), _BLOCK):
            block = sorted_s[first : first + _BLOCK]
            low = np.searchsorted(centers_s, block[0] - reach_s)
            high = np.searchsorted(centers_s, block[-1] + reach_s)
            exponent = block[:, np.newaxis] - centers_s[low:high]
            np.multiply(exponent, exponent, out=exponent)
            exponent *= -gamma
            np.exp(exponent, out=exponent)
            rate[order[first : first + _BLOCK]] += exponent @ weights[low:high]
        return rate

    return curve


def _gamma(at_s: FloatArray, settings: SmoothingSettings) -> float:
    if settings.svr_gamma_per_s2 is not None:
        return settings.svr_gamma_per_s2
    variance = float(np.var(at_s))
    return 1.0 / variance if variance > 0 else 1.0


def _epsilon(rate_pps: FloatArray, settings: SmoothingSettings) -> float:
    if settings.svr_epsilon_pps is not None:
        return settings.svr_epsilon_pps
    low, high = np.percentile(rate_pps, [25, 75])
    return float(high - low) / 11


def _weights(n: int, settings: SmoothingSettings) -> FloatArray:
    weights = np.ones(n)
    ends = settings.svr_end_intervals
    weights[:ends] = settings.svr_end_weight
    weights[max(n - ends, 0) :] = settings.svr_end_weight
    return weights
