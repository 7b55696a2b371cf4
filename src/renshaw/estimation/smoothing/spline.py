"""Cubic smoothing spline of the discharge rate.

The penalty is given as the width of the spline's equivalent kernel (Silverman 1984,
doi:10.1214/aos/1176346710), which means the same for slow and fast units.
"""

from __future__ import annotations

import numpy as np

from renshaw.data.arrays import FloatArray
from renshaw.data.reasons import Cause
from renshaw.estimation.settings import SmoothingSettings
from renshaw.estimation.smoothing.curve import (
    Curve,
    UnsmoothableError,
    intervals_fired_through,
    smoother,
)

_LEAST_INTERVALS = 5
_TOO_FEW = Cause(
    "spline_intervals",
    "only {} intervals; a smoothing spline needs {}",
    name="too few intervals for a smoothing spline",
)


@smoother("spline")
def spline_curve(times_s: FloatArray, settings: SmoothingSettings) -> Curve:
    """Return the smoothing spline of the rate on time; silences are left out."""
    from scipy.interpolate import make_smoothing_spline

    at_s, rate_pps = intervals_fired_through(times_s, settings)
    if len(at_s) < _LEAST_INTERVALS:
        raise UnsmoothableError(_TOO_FEW(len(at_s), _LEAST_INTERVALS))
    density_hz = len(at_s) / (at_s[-1] - at_s[0])
    spline = make_smoothing_spline(at_s, rate_pps, lam=density_hz * settings.spline_width_s**4)

    def curve(at_s: FloatArray) -> FloatArray:
        return np.asarray(spline(at_s), dtype=float)

    return curve
