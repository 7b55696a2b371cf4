"""How sure we are that a unit is right: a probability, fitted to decompositions of known EMG.

A unit is right if its rate of agreement with a true one is .9 or more, within 2 ms: few discharges
are missed, few are another's. What tells is how far its discharges stand out of its source, over
all and where they do least, and intervals that are twice as long as their neighbors, or half.

The coefficients are those of a logistic model of units without a flag, in simulated recordings of
three muscles at 10 to 50 % MVC, still or moving, with noise, stimulation and pops drawn by chance;
benchmarks/decomposition_confidence.py simulates them, fits, writes certainty.json, and shows how
often units of each confidence are right in recordings that were not fitted.
"""

from __future__ import annotations

import json
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]

# Each interval is held against so many before and after it.
_NEIGHBORS = 4
# One that is this much of the usual has a missed discharge in it, or is cut by one too many.
_LONG, _SHORT = 1.6, 0.62
_FEWEST = 2 * _NEIGHBORS + 1
# Closer to 1, silhouettes say the same.
_BEST = 0.995


def certainty(times_s: Array, silhouette: float, weakest: float, known: Array) -> float:
    """Return the probability that a unit without a flag is right, from 0 to 1.

    Parameters
    ----------
    times_s : array, shape (n,)
        Its discharges.
    silhouette : float
        Of its source; one that is not known counts as the worst.
    weakest : float
        That of the group of neighboring discharges that stands out least; the silhouette where it
        is not known.
    known : array of bool, shape (n - 1,)
        Which intervals are firing, and were seen from end to end.
    """
    features = features_of(times_s, silhouette, weakest, known)
    return float(1 / (1 + np.exp(-(_coefficients() @ features))))


def features_of(times_s: Array, silhouette: float, weakest: float, known: Array) -> Array:
    """Return what the model knows of a unit, shape (5,): 1, two of the source, two of intervals.

    Parameters
    ----------
    times_s, silhouette, weakest, known
        As `certainty` takes them.
    """
    silhouette = float(np.nan_to_num(silhouette, nan=0.0))
    weakest = silhouette if np.isnan(weakest) else weakest
    missed, extra = intervals_amiss(times_s, known)
    return np.array(
        [1.0, _stands_out(silhouette), _stands_out(weakest), np.sqrt(missed), np.sqrt(extra)]
    )


def intervals_amiss(times_s: Array, known: Array) -> tuple[float, float]:
    """Return which part of the intervals is about twice its neighbors, and which about half.

    Parameters
    ----------
    times_s : array, shape (n,)
    known : array of bool, shape (n - 1,)
        Which intervals are firing, and were seen from end to end.
    """
    intervals = np.diff(times_s)[known]
    if len(intervals) < _FEWEST:
        return 0.5, 0.5
    padded = np.pad(intervals, _NEIGHBORS, mode="reflect")
    around = np.lib.stride_tricks.sliding_window_view(padded, _FEWEST)
    usual = np.median(np.delete(around, _NEIGHBORS, axis=1), axis=1)
    part = intervals / usual
    return float(np.mean(part > _LONG)), float(np.mean(part < _SHORT))


def _stands_out(silhouette: float) -> float:
    return float(-np.log10(1 - np.clip(silhouette, 0.0, _BEST)))


@cache
def _coefficients() -> Array:
    text = files(__package__).joinpath("certainty.json").read_text(encoding="utf-8")
    return np.array(json.loads(text)["coefficients"])
