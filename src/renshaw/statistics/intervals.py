"""Intervals over people: of a mean by Student's t, of anything else by resampling people."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike

from renshaw.core.seeds import stream
from renshaw.data.arrays import FloatArray

_RESAMPLES = 2000


def mean_interval(values: ArrayLike) -> tuple[float, float, float]:
    """Return the mean and its 95 % interval by Student's t; NaN bounds for fewer than two."""
    from scipy.stats import t

    found = np.asarray(values, dtype=float)
    n = len(values)
    mean = float(found.mean()) if n else float("nan")
    if n < 2:
        return mean, float("nan"), float("nan")
    half = float(t.ppf(0.975, n - 1)) * float(found.std(ddof=1)) / n**0.5
    return mean, mean - half, mean + half


def resampled_interval(
    values: FloatArray, measure: Callable[[FloatArray], FloatArray]
) -> tuple[float, float, float]:
    """Return a measure of people and its 95 % percentile interval over resamples of them.

    Parameters
    ----------
    values : array, shape (people,) or (people, columns)
    measure : callable
        Takes an array of shape (resamples, people[, columns]) and returns one value a resample.
    """
    values = np.asarray(values, dtype=float)
    found = float(measure(values[None])[0])
    draws = stream(0, "intervals").integers(0, len(values), (_RESAMPLES, len(values)))
    low, high = np.percentile(measure(values[draws]), [2.5, 97.5])
    return found, float(low), float(high)
