"""Intervals over people: of a mean by Student's t, of anything else by resampling people."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike

from renshaw.core.seeds import stream
from renshaw.core.tails import t_ppf
from renshaw.data.arrays import FloatArray

_RESAMPLES = 2000


def mean_interval(values: ArrayLike) -> tuple[float, float, float]:
    """Return the mean and its 95 % interval by Student's t; NaN bounds for fewer than two."""
    found = np.asarray(values, dtype=float)
    n = len(found)
    mean = float(found.mean()) if n else float("nan")
    if n < 2:
        return mean, float("nan"), float("nan")
    half = float(t_ppf(0.975, n - 1)) * float(found.std(ddof=1)) / n**0.5
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


def worst_mean(values: FloatArray, share: float) -> FloatArray:
    """Return the mean of the largest values along the last axis: that share of them, rounded up."""
    ordered = np.sort(np.asarray(values, dtype=float), axis=-1)
    n = ordered.shape[-1]
    many = min(n, max(1, int(np.ceil(share * n - 1e-9))))
    return np.asarray(ordered[..., n - many :].mean(axis=-1), dtype=float)
