"""Means and medians of estimates, some of which only bound what was not seen.

A mean of which one part is at least what was seen is at least that; no other estimator is claimed.
Survival analysis (Kaplan-Meier and its kin) takes for granted that what was cut off is like what
was not. Here it is not: the units that never stop are the most excitable ones, and nothing beyond
the end of a recording tells how much longer they fire (docs/estimators.md shows by how much such
estimators err). A median is known, though, where all that is cut off lies beyond it. Of what an
unseen onset or end left without any value nothing is known, and nothing of a mean over it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
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
        NaN without any, where some are at least and others at most what was seen, and where some
        are left out because an onset or an end was not seen.
    sd : float
        Standard deviation; NaN where not all are exact.
    bound : {"exact", "at least", "at most"}
    n : int
        Of how many.
    bounded : int
        How many of them are no more than bounds.
    unseen : int
        How many more have no value, only because an onset or an end was not seen.
    of_seen : float
        What the value would be if there were none of these.
    """

    value: float
    sd: float
    bound: Bound
    n: int
    bounded: int
    unseen: int = 0
    of_seen: float = float("nan")

    def words(self, digits: int = 3) -> str:
        """Return the value as people read it: ``"4.2"``, ``"> 4.2"``, ``"unknown"``, – without any.

        Parameters
        ----------
        digits : int
            Figures that are shown.
        """
        if self.unseen:
            return "unknown"
        return shown(self.value, self.bound, digits)


def mean_of(rows: Iterable[Estimate]) -> Average:
    """Return the mean of those that pass the rules.

    Parameters
    ----------
    rows : iterable of Estimate
        Of one quantity.
    """
    rows = list(rows)
    values, bounds = _usable(rows)
    return _average(rows, values, bounds, np.mean, of_sum(bounds))


def median_of(rows: Iterable[Estimate]) -> Average:
    """Return the median of those that pass the rules; exact if no bound could move it.

    Parameters
    ----------
    rows : iterable of Estimate
        Of one quantity.
    """
    rows = list(rows)
    values, bounds = _usable(rows)
    middle = float(np.median(values)) if len(values) else np.nan
    # What is at least something beyond the median is beyond it, wherever it is.
    moves = [
        bound
        for value, bound in zip(values, bounds, strict=True)
        if (bound == "at least" and value <= middle) or (bound == "at most" and value >= middle)
    ]
    return _average(rows, values, bounds, np.median, of_sum(moves))


def _usable(rows: Sequence[Estimate]) -> tuple[FloatArray, list[Bound]]:
    good = [row for row in rows if row.ok and np.isfinite(row.value)]
    return np.array([row.value for row in good], dtype=float), [row.bound for row in good]


def _average(
    rows: Sequence[Estimate],
    values: FloatArray,
    bounds: list[Bound],
    average: Callable[[FloatArray], np.floating],
    bound: Bound | None,
) -> Average:
    n, bounded = len(values), sum(each != "exact" for each in bounds)
    unseen = sum(row.unseen for row in rows)
    of_seen = float(average(values)) if n and bound is not None else float("nan")
    sd = float(np.std(values, ddof=1)) if n > 1 and not (bounded or unseen) else float("nan")
    value = float("nan") if unseen else of_seen
    return Average(value, sd, bound or "exact", n, bounded, unseen, of_seen)
