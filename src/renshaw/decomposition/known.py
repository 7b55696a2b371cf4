"""Peel-off without a residue: what is known is kept out of the search, with all its delays.

A unit shows in the whitened observations not in one direction but in as many as its action
potential, and the window of the extension, are long. Subtracting estimated action potentials from
the EMG leaves the misfits, which look like new sources; a search that never enters the directions
of a known unit meets neither the unit nor its misfits.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from renshaw.decomposition.extension import Extended
from renshaw.decomposition.pulses import Pulses

Array = NDArray[Any]

# Delays at which a unit's mean observation is at least this part of its strongest.
_LEAST_PART = 0.35
# Directions that add less than this to the others are noise of the mean.
_LEAST_SINGULAR = 0.1
# Something must be left to search in.
_MOST_KNOWN = 0.7


def known_directions(extended: Extended, units: Sequence[Pulses], reach: int) -> Array | None:
    """Return an orthonormal basis of the whitened observations of known units at all delays.

    Parameters
    ----------
    extended : Extended
    units : sequence of Pulses
    reach : int
        Largest delay, in samples.

    Returns
    -------
    array of float32, shape (components, directions), or None where nothing is known
    """
    if not units:
        return None
    columns = [_delayed_means(extended, unit.samples, reach) for unit in units]
    observed = np.concatenate(columns).astype(float)
    values, vectors = np.linalg.eigh(observed.T @ observed)
    keep = int(np.count_nonzero(values > _LEAST_SINGULAR**2 * values[-1]))
    keep = min(keep, int(_MOST_KNOWN * len(values)))
    return np.ascontiguousarray(vectors[:, -keep:], dtype=np.float32)


def near_known(units: Sequence[Pulses], length: int, reach: int) -> Array:
    """Return which windows lie near a discharge of a known unit, so that nothing starts there.

    Parameters
    ----------
    units : sequence of Pulses
    length : int
        Number of windows.
    reach : int
        How far the action potential of a unit shows, in samples; half of it is near.
    """
    edges = np.zeros(length + 1, dtype=np.int64)
    for unit in units:
        np.add.at(edges, np.clip(unit.samples - reach // 2, 0, length), 1)
        np.add.at(edges, np.clip(unit.samples + reach // 2 + 1, 0, length), -1)
    return np.asarray(np.cumsum(edges[:-1]) > 0)


def _delayed_means(extended: Extended, train: Array, reach: int) -> Array:
    """Return the whitened mean observation at every delay at which the unit shows."""
    copies, channels = extended.copies, extended.emg.shape[1]
    inside = train[(train >= reach) & (train + reach + copies <= len(extended.emg))]
    if not len(inside):
        return np.zeros((0, extended.whitening.shape[1]), dtype=np.float32)
    mean = np.zeros((2 * reach + copies, channels), dtype=np.float32)
    for lag in range(len(mean)):
        mean[lag] = extended.emg[inside + lag - reach].mean(axis=0)
    shape = (2 * reach + 1, copies * channels)
    delayed = np.lib.stride_tricks.as_strided(mean, shape, (mean.strides[0], mean.itemsize))
    whitened = np.ascontiguousarray(delayed) @ extended.whitening
    size = np.linalg.norm(whitened, axis=1)
    strong = size >= _LEAST_PART * size.max()
    return np.asarray(whitened[strong] / size.max())
