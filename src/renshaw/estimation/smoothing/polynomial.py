"""Polynomial of the discharge rate, of 5th order by custom.

Gorassini et al. 2002, doi:10.1152/jn.00024.2001.
"""

from __future__ import annotations

import numpy as np
from numpy.polynomial import Chebyshev

from renshaw.data.arrays import FloatArray
from renshaw.data.reasons import Cause
from renshaw.estimation.settings import SmoothingSettings
from renshaw.estimation.smoothing.curve import (
    Curve,
    UnsmoothableError,
    intervals_fired_through,
    smoother,
)

_TOO_FEW = Cause(
    "polynomial_intervals",
    "only {} intervals; a polynomial of degree {} needs {}",
    name="too few intervals for the polynomial",
)


@smoother("polynomial")
def polynomial_curve(times_s: FloatArray, settings: SmoothingSettings) -> Curve:
    """Return the least-squares polynomial of the rate on time; silences are left out."""
    at_s, rate_pps = intervals_fired_through(times_s, settings)
    degree = settings.polynomial_degree
    if len(at_s) < degree + 2:
        raise UnsmoothableError(_TOO_FEW(len(at_s), degree, degree + 2))
    # Chebyshev terms on the unit's own span stay well conditioned where powers of time don't.
    center_s, half_s = (at_s[0] + at_s[-1]) / 2, (at_s[-1] - at_s[0]) / 2
    terms = np.polynomial.chebyshev.chebvander((at_s - center_s) / half_s, degree)
    coefficients = np.linalg.lstsq(terms, rate_pps, rcond=None)[0]
    series = Chebyshev(coefficients)

    def curve(at_s: FloatArray) -> FloatArray:
        return np.asarray(series((at_s - center_s) / half_s), dtype=float)

    return curve
