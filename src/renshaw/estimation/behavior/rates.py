"""How fast units fire in a stretch of time, and how that goes with their threshold."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from renshaw.data.arrays import FloatArray

QUARTERS = 4
# Fewer intervals are no rate of a stretch.
_FEWEST = 3


def rate_in(times_s: FloatArray, span_s: tuple[float, float], pause_s: float = 0.4) -> float:
    """Return the mean rate of a unit in a stretch: intervals over the time that they take.

    Parameters
    ----------
    times_s : array, shape (n,)
        Discharges.
    span_s : (float, float)
    pause_s : float
        Longer intervals are pauses and don't count.

    Returns
    -------
    float
        In pps; NaN where there are fewer than three intervals.
    """
    inside = times_s[(times_s >= span_s[0]) & (times_s <= span_s[1])]
    intervals_s = np.diff(inside)
    intervals_s = intervals_s[intervals_s <= pause_s]
    return float(1 / np.mean(intervals_s)) if len(intervals_s) >= _FEWEST else np.nan


def quarters_of(thresholds: FloatArray) -> list[np.ndarray]:
    """Return the units of each quarter of recruitment threshold, the first recruited first.

    Parameters
    ----------
    thresholds : array, shape (units,)
        NaN where it is not known: such a unit is in no quarter.

    Returns
    -------
    list of four arrays of int
        As even as the number of units allows; empty ones where there are fewer than four.
    """
    order = np.argsort(thresholds, kind="stable")
    return np.array_split(order[: int(np.isfinite(thresholds).sum())], QUARTERS)


def both_known(one: FloatArray, other: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return two values of each unit, NaN for a unit of which either is not known."""
    known = np.isfinite(one) & np.isfinite(other)
    return np.where(known, one, np.nan), np.where(known, other, np.nan)


def rates_in(
    trains_s: Sequence[FloatArray], span_s: tuple[float, float], pause_s: float = 0.4
) -> FloatArray:
    """Return `rate_in` of every unit, shape (units,)."""
    return np.array([rate_in(times_s, span_s, pause_s) for times_s in trains_s], dtype=float)
