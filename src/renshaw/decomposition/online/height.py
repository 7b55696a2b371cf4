"""How high the source of one unit is: at discharges that its filter does not know, and elsewhere.

A filter that is made of few discharges is higher at these than at any that come later, and a
threshold from them would miss units online. What is learned of a discharge's height therefore never
knows that discharge: each is seen through the mean of all the others.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from renshaw.core.errors import DataError
from renshaw.decomposition.extension import Extended
from renshaw.decomposition.refinement import Rules
from renshaw.decomposition.source import peaks_of

Array = NDArray[Any]

FEWEST_DISCHARGES = 10
# Where the window of an observation begins, before and after the discharge, in lengths of it or
# of an action potential, whichever is longer; and in how many parts that is tried.
_EARLIEST, _LATEST, _PARTS = -1.5, 0.5, 8
_POTENTIAL_S = 0.008
# An earlier window is worth so much of the silhouette: it tells of the discharge sooner.
_SOONER = 0.002
# Of the largest eigenvalue; less is rounding.
_LEAST_RIDGE = 1e-9


def regularized(extended: Extended) -> Array:
    """Return a whitening of the covariance, raised by the largest eigenvalue that offline drops.

    All directions stay, so that channels can be taken out of the inverse later.

    Parameters
    ----------
    extended : Extended

    Returns
    -------
    array of float32, shape (copies x channels, copies x channels)
    """
    values, vectors = np.linalg.eigh(extended.covariance)
    ridge = float(values[max(0, len(values) - round(extended.kept * len(values)))])
    ridge = max(ridge, _LEAST_RIDGE * float(values[-1]))
    return np.asarray(vectors / np.sqrt(np.maximum(values, 0) + ridge), dtype=np.float32)


def best_starts(extended: Extended, trains: Sequence[Array], rules: Rules) -> list[int]:
    """Return of each unit where the window shows its discharges best, the sooner the better.

    Parameters
    ----------
    extended : Extended
    trains : sequence of arrays of int
        Discharges in samples of it.
    rules : Rules

    Raises
    ------
    DataError
        Of one of them there are too few.
    """
    reach = max(extended.copies, round(_POTENTIAL_S * rules.fs_hz))
    step = max(1, reach // _PARTS)
    tried: list[list[tuple[float, int]]] = [[] for _ in trains]
    # A window that ends before the discharge would tell of what has not happened.
    earliest = max(round(_EARLIEST * reach), -extended.copies)
    for start in range(earliest, round(_LATEST * reach) + 1, step):
        moved = [_moved(train, start, extended) for train in trains]
        if any(len(train) < FEWEST_DISCHARGES for train in moved):
            continue
        sources = extended.sources_from(moved)
        for own, train, source in zip(tried, moved, sources, strict=True):
            own.append((_stands_out(source, train, rules.refractory), start))
    best = []
    for own in tried:
        if not own:
            raise DataError("Too few discharges lie within the EMG to learn a unit's filter.")
        most = max(value for value, _ in own)
        best.append(min(start for value, start in own if value >= most - _SOONER))
    return best


def _moved(train: Array, start: int, extended: Extended) -> Array:
    moved = train + start
    moved = moved[(moved >= 0) & (moved < len(extended.windows))]
    return moved if extended.blind is None else moved[~extended.blind[moved]]


def _away(peaks: Array, train: Array, distance: int) -> Array:
    """Return the peaks that are so far from every discharge."""
    after = np.clip(np.searchsorted(train, peaks), 1, len(train) - 1)
    near = np.minimum(np.abs(peaks - train[after]), np.abs(peaks - train[after - 1]))
    return np.asarray(peaks[near >= distance])


def _stands_out(source: Array, train: Array, distance: int) -> float:
    """Return by how many of their own standard deviations discharges lie above other peaks."""
    others = source[_away(peaks_of(source, distance), train, distance)]
    if not len(others):
        return 0.0
    high = source[train]
    spread = np.sqrt(0.5 * (high.var() + others.var()))
    return float((high.mean() - others.mean()) / max(spread, 1e-12))


def learned_unit(
    extended: Extended, whitening: Array, train: Array, start: int, rules: Rules
) -> tuple[Array, float, float, float]:
    """Return mean observation and height of a unit, and as parts of that threshold and noise.

    Parameters
    ----------
    extended : Extended
    whitening : array
        As `regularized` gives it.
    train : array of int
    start : int
        Where the window begins, in samples after the discharge.
    rules : Rules
    """
    train = _moved(train, start, extended)
    seen = extended.windows[train]
    n, mean = len(train), seen.mean(axis=0, dtype=float)
    whitened = seen @ whitening
    itself = np.einsum("ij,ij->i", whitened, whitened)
    heights = whitened @ (mean @ whitening)
    # Each discharge as a filter of all the others sees it.
    heights = (n * heights - itself) / (n - 1)
    source = extended.projected((whitening @ (whitening.T @ mean))[:, None])[0]
    others = source[_away(peaks_of(source, rules.refractory), train, rules.refractory)]
    height = float(np.mean(heights))
    if height <= 0:
        return mean, 1.0, np.inf, 0.0
    threshold = best_threshold(heights / height, others / height)
    return mean, height, threshold, float(others.mean()) / height if len(others) else 0.0


def best_threshold(high: Array, low: Array) -> float:
    """Return the threshold between discharges and other peaks with the fewest errors (F1).

    Parameters
    ----------
    high, low : array
        Heights of either.
    """
    values = np.concatenate([high, low])
    order = np.argsort(values)
    values, is_high = values[order], (np.arange(len(values)) < len(high))[order]
    missed = np.concatenate([[0], np.cumsum(is_high)])
    false = len(low) - np.concatenate([[0], np.cumsum(~is_high)])
    caught = len(high) - missed
    f1 = 2 * caught / np.maximum(2 * caught + false + missed, 1)
    best = np.flatnonzero(f1 >= f1.max() - 1e-12)
    cut = int(best[len(best) // 2])
    edges = values[max(0, cut - 1)], values[min(cut, len(values) - 1)]
    return float(0.5 * (edges[0] + edges[1]))
