"""Common input, by synchrony: how many discharges of two units coincide beyond chance.

Nordstrom et al. 1992, doi:10.1113/jphysiol.1992.sp019244: the common-input strength is the number
of synchronous discharges in excess of chance, per second. Unlike other indices of synchrony it does
not depend on how fast the units fire.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from renshaw.data.arrays import FloatArray

# Chance is what the cross-correlogram holds this far from its middle.
_CHANCE_s = (0.04, 0.10)
_FEWEST_DISCHARGES = 10


def common_input_strength(
    trains_s: Sequence[FloatArray], span_s: tuple[float, float], within_s: float = 0.005
) -> FloatArray:
    """Return the common-input strength of every pair of units.

    Parameters
    ----------
    trains_s : sequence of arrays
        Discharges, one array a unit. Those of at least ten discharges in the stretch are used.
    span_s : (float, float)
        A stretch of steady torque.
    within_s : float
        Discharges so close are synchronous.

    Returns
    -------
    array, shape (units, units)
        Synchronous discharges in excess of chance, per second; NaN on the diagonal and for units
        that are not used.
    """
    inside = [np.asarray(t)[(t >= span_s[0]) & (t <= span_s[1])] for t in trains_s]
    n = len(inside)
    found = np.full((n, n), np.nan)
    duration_s = span_s[1] - span_s[0]
    used = [i for i in range(n) if len(inside[i]) >= _FEWEST_DISCHARGES]
    low, high = _CHANCE_s
    for k, i in enumerate(used):
        for j in used[k + 1 :]:
            one, other = inside[i], inside[j]
            close = _within(one, other, within_s)
            around = _within(one, other, high) - _within(one, other, low)
            excess = close - around * within_s / (high - low)
            found[i, j] = found[j, i] = excess / duration_s
    return found


def mean_of_pairs(strength: FloatArray, units: np.ndarray | None = None) -> float:
    """Return the mean over pairs of different units; NaN where there is no pair.

    Parameters
    ----------
    strength : array, shape (units, units)
    units : array of int, optional
        Of these units only; one that is there twice counts twice.
    """
    chosen = np.arange(len(strength)) if units is None else units
    part = strength[np.ix_(chosen, chosen)]
    known = np.isfinite(part)
    return float(part[known].mean()) if known.any() else np.nan


def _within(one: FloatArray, other: FloatArray, lag_s: float) -> int:
    """Return how many pairs of discharges are no farther apart."""
    below = np.searchsorted(other, one - lag_s, side="left")
    return int((np.searchsorted(other, one + lag_s, side="right") - below).sum())
