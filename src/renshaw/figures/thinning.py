"""Fewer points that look the same: every renderer thins, the figure keeps all it has."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from renshaw.data.arrays import FloatArray
from renshaw.figures.marks import Area, Line, Mark, Points, Ticks

# Strokes that lie nearer to each other than a 4000th of the width can't be told apart.
_PLACES = 4000


def thin(times_s: FloatArray, values: FloatArray, most: int = 900) -> tuple[FloatArray, FloatArray]:
    """Return a trace of at most about ``most`` points that looks the same on paper.

    Every stretch keeps its lowest and highest value, so that no peak is lost.
    """
    keep = _kept(values, most)
    return times_s[keep], values[keep]


def in_sight(mark: Mark, low: float, high: float, most: int) -> Mark:
    """Return a mark as it is seen between two places of the x axis: cut off, and thinned.

    Parameters
    ----------
    mark : Mark
    low, high : float
    most : int
        Points of a line.
    """
    if isinstance(mark, Line):
        part = _within(mark.x, low, high)
        x, y = thin(mark.x[part], mark.y[part], most)
        return replace(mark, x=x, y=y)
    if isinstance(mark, Area):
        part = _within(mark.x, low, high)
        keep = _kept(mark.high[part], most)
        cut = {name: getattr(mark, name)[part][keep] for name in ("x", "low", "high")}
        return replace(mark, **cut)
    if isinstance(mark, Ticks):
        x = mark.x[(mark.x >= low) & (mark.x <= high)]
        return replace(mark, x=x if len(x) <= _PLACES else x[_apart(x, low, high)])
    if isinstance(mark, Points) and len(mark.x) > _PLACES and not mark.keys and not mark.words:
        seen = (mark.x >= low) & (mark.x <= high)
        x, y = mark.x[seen], mark.y[seen]
        lowest, highest = (np.nanmin(y), np.nanmax(y)) if len(y) else (0.0, 1.0)
        rows = np.nan_to_num(np.floor((y - lowest) / (highest - lowest or 1.0) * 400))
        columns = np.floor((x - low) / (high - low or 1.0) * _PLACES)
        keep = np.sort(np.unique(columns * 401 + rows, return_index=True)[1])
        return replace(mark, x=x[keep], y=y[keep])
    return mark


def _within(x: FloatArray, low: float, high: float) -> slice:
    """Return the stretch of a course between two places, with a point beyond each."""
    if len(x) == 0 or (x[0] >= low and x[-1] <= high) or np.any(np.diff(x) < 0):
        return slice(None)
    first, last = np.searchsorted(x, [low, high])
    return slice(max(int(first) - 1, 0), int(last) + 1)


def _apart(x: FloatArray, low: float, high: float) -> FloatArray:
    places = np.floor((x - low) / (high - low or 1.0) * _PLACES)
    return np.asarray(np.unique(places, return_index=True)[1])


def _kept(values: FloatArray, most: int) -> FloatArray | slice:
    n = len(values)
    if n <= most:
        return slice(None)
    edges = np.linspace(0, n, most // 2 + 1).astype(int)
    # Whole stretches at once; those of gaps only keep their first point.
    bins = np.repeat(np.arange(len(edges) - 1), np.diff(edges))
    gap = np.isnan(values)
    low, high = np.where(gap, np.inf, values), np.where(gap, -np.inf, values)
    starts = edges[:-1]
    lowest = np.minimum.reduceat(low, starts)[bins]
    highest = np.maximum.reduceat(high, starts)[bins]
    return np.union1d(_firsts(low == lowest, bins), _firsts(high == highest, bins))


def _firsts(hit: NDArray[np.bool_], bins: NDArray[Any]) -> NDArray[Any]:
    """Return the first place of each bin where something holds."""
    at = np.flatnonzero(hit)
    return np.asarray(at[np.unique(bins[at], return_index=True)[1]])
