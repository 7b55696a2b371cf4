"""Means and medians of estimates, some of which only bound what was not seen.

A mean of which one part is at least what was seen is at least that; no other estimator is claimed.
Survival analysis (Kaplan-Meier and its kin) takes for granted that what was cut off is like what
was not. Here it is not: the units that never stop are the most excitable ones, and nothing beyond
the end of a recording tells how much longer they fire. A median is known, though, where all that
is cut off lies beyond it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import NamedTuple

import numpy as np

from renshaw.data.arrays import FloatArray
from renshaw.data.bounds import Bound, of_sum, shown
from renshaw.data.estimates import Estimate


class Average(NamedTuple):
    """A mean or median of the values that pass the rules.

    Parameters
    ----------
    value : float
        NaN without any, and where some are at least and others at most what was seen.
    sd : float
        Standard deviation; NaN where not all are exact.
    bound : {"exact", "at least", "at most"}
    n : int
        Of how many.
    bounded : int
        How many of them are no more than bounds.
    """

    value: float
    sd: float
    bound: Bound
    n: int
    bounded: int

    def words(self, digits: int = 3) -> str:
        """Return the value as people read it: ``"4.2"``, ``"> 4.2"``, – where there is none."""
        return shown(self.value, self.bound, digits)


def mean_of(rows: Iterable[Estimate]) -> Average:
    """Return the mean of those that pass the rules."""
    values, bounds = _usable(rows)
    return _average(values, bounds, np.mean, of_sum(bounds))


def median_of(rows: Iterable[Estimate]) -> Average:
    """Return the median of those that pass the rules; exact if no bound could move it."""
    values, bounds = _usable(rows)
    middle = float(np.median(values)) if len(values) else np.nan
    # What is at least something beyond the median is beyond it, wherever it is.
    moves = [
        bound
        for value, bound in zip(values, bounds, strict=True)
        if (bound == "at least" and value <= middle) or (bound == "at most" and value >= middle)
    ]
    return _average(values, bounds, np.median, of_sum(moves))


def _usable(rows: Iterable[Estimate]) -> tuple[FloatArray, list[Bound]]:
    rows = [row for row in rows if row.ok and np.isfinite(row.value)]
    return np.array([row.value for row in rows], dtype=float), [row.bound for row in rows]


def _average(
    values: FloatArray,
    bounds: list[Bound],
    average: Callable[[FloatArray], np.floating],
    bound: Bound | None,
) -> Average:
    n, bounded = len(values), sum(each != "exact" for each in bounds)
    known = n > 0 and bound is not None
    value = float(average(values)) if known else float("nan")
    sd = float(np.std(values, ddof=1)) if n > 1 and not bounded else float("nan")
    return Average(value, sd, bound or "exact", n, bounded)
