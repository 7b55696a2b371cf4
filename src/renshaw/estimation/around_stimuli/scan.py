"""The stretches of time whose discharges are most unlike usual firing (scan statistic)."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from renshaw.data.arrays import FloatArray

EXCITATION, INHIBITION = "excitation", "inhibition"


class Stretch(NamedTuple):
    """A stretch of bins, from `first` up to but without `last`, and how unlike chance it is."""

    ratio: float
    first: int
    last: int


_NOTHING = Stretch(0.0, 0, 1)


@lru_cache(maxsize=8)
def _stretches(bins: int) -> tuple[NDArray[np.intp], NDArray[np.intp], FloatArray, FloatArray]:
    """Return beginning, end, length and its logarithm of every stretch of bins."""
    first, last = np.triu_indices(bins + 1, k=1)
    length = (last - first).astype(float)
    return first, last, length, np.log(length)


def most_unlike(
    counts: FloatArray, usual: float, within: tuple[int, int] | None = None
) -> dict[str, Stretch]:
    """Return the stretch with most discharges in excess, and that with most missing.

    Parameters
    ----------
    counts : array, shape (bins,)
        Whole numbers of discharges.
    usual : float
        Discharges in a bin of usual firing.
    within : (int, int), optional
        Only stretches that share a bin with this one count.
    """
    total = np.concatenate([[0.0], np.cumsum(counts)])
    first, last, length, log_length = _stretches(len(counts))
    seen = total[last] - total[first]
    usual = max(usual, 1e-9)
    expected = usual * length
    every = np.arange(int(total[-1]) + 1, dtype=float)
    # n log n, once for each n that there may be.
    table = every * np.log(np.maximum(every, 1.0))
    off = seen - expected
    ratio = table[np.rint(seen).astype(np.intp)] - seen * (log_length + np.log(usual)) - off
    if within is not None:
        ratio = np.where((first < within[1]) & (last > within[0]), ratio, 0.0)
    found = {}
    for direction, which in ((EXCITATION, off > 0), (INHIBITION, off < 0)):
        best = int(np.argmax(np.where(which, ratio, -1.0)))
        found[direction] = (
            Stretch(float(ratio[best]), int(first[best]), int(last[best]))
            if which[best]
            else _NOTHING
        )
    return found


def begins_before(counts: FloatArray, usual: float, at: int, found: Stretch) -> bool:
    """Return whether a stretch that begins at bin `at` is more unlike chance if it begins earlier.

    Parameters
    ----------
    counts : array, shape (bins,)
        Of the whole time, also of that in which no response is looked for.
    usual : float
        Discharges in a bin of usual firing.
    at : int
        Where responses begin to be looked for.
    found : Stretch
        In bins after `at`.
    """
    if found.first > 0 or found.ratio <= 0:
        return False
    last = at + found.last
    seen = np.cumsum(counts[:last][::-1])[found.last :]
    expected = usual * np.arange(found.last + 1, last + 1)
    ratio = seen * np.log(np.maximum(seen, 1e-300) / np.maximum(expected, 1e-9)) - seen + expected
    more = counts[at:last].sum() > usual * found.last
    same = (seen > expected) == more
    return bool(np.any(same & (ratio > found.ratio)))
