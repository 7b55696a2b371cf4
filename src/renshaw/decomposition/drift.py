"""How far a unit's action potential changed while it fired, and moved below the electrodes.

The mean EMG around the first third of the discharges is held against that around the last third.
No filter takes part in it. What other units add to such a mean by chance is not the same in the
mean of other discharges: each third is halved, and only what its halves share counts.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from renshaw.data.grid import Grid
from renshaw.decomposition.muaps import mean_around

Array = NDArray[Any]

_BEFORE_S, _AFTER_S = 0.010, 0.016
# Fewer discharges in a third, or halves less alike than this, tell nothing.
_FEWEST, _LEAST_ALIKE = 8, 0.5
# Shifts that are tried, and how far what an electrode sees resembles what lies beside it.
_FARTHEST_MM, _STEP_MM, _REACH = 16.0, 1.0, 1.2
# Of the electrodes, so many must still lie within the grid once it is shifted.
_LEAST_LEFT = 0.5
_RIDGE = 1e-3
# A shift must make the potentials so much more alike.
_LEAST_GAIN = 0.005


@dataclass(frozen=True)
class Drift:
    """How a unit's last action potentials differ from its first.

    Parameters
    ----------
    alike : float
        Correlation of the action potential of the last third with that of the first, without the
        noise of both; 1: nothing has changed. NaN where they can't be told from noise.
    shift_mm : float
        By how far the first must be shifted, along or across the grid, to be most like the last;
        NaN where the grid has no places, or nothing fits.
    """

    alike: float = float("nan")
    shift_mm: float = float("nan")


def drift_of(emg: Array, train: Array, grid: Grid, fs_hz: float) -> Drift:
    """Measure the drift of one unit.

    Parameters
    ----------
    emg : array, shape (samples, good channels)
    train : array of int
        Samples of its discharges.
    grid : Grid
        The good channels of it are those of the EMG, in this order.
    fs_hz : float
    """
    third = len(train) // 3
    if third < _FEWEST:
        return Drift()
    first, last = train[:third], train[-third:]
    window = -round(_BEFORE_S * fs_hz), round(_AFTER_S * fs_hz)
    halves = [first[::2], first[1::2], last[::2], last[1::2]]
    before, again, after, anew = mean_around(emg, halves, *window).astype(float)
    sizes = float((before * again).sum()), float((after * anew).sum())
    noisy = [float((a**2).sum() * (b**2).sum()) ** 0.5 for a, b in ((before, again), (after, anew))]
    if any(own < _LEAST_ALIKE * most for own, most in zip(sizes, noisy, strict=True)):
        return Drift()
    early, late = (before + again) / 2, (after + anew) / 2
    alike = min(1.0, float((early * late).sum()) / (sizes[0] * sizes[1]) ** 0.5)
    return Drift(alike, _shift_mm(early, late, grid))


def _shift_mm(early: Array, late: Array, grid: Grid) -> float:
    """Return the length of the shift that makes the first action potential most like the last."""
    if not grid.placed or not grid.distance_mm:
        return float("nan")
    places = np.stack([grid.x_mm, grid.y_mm], axis=1)[grid.good]
    reach = _REACH * grid.distance_mm

    def kernel(a: Array, b: Array) -> Array:
        apart = ((a[:, None] - b[None]) ** 2).sum(axis=2)
        return np.asarray(np.exp(-apart / (2 * reach**2)))

    known = np.linalg.solve(kernel(places, places) + _RIDGE * np.eye(len(places)), early)
    low, high = places.min(axis=0), places.max(axis=0)
    steps = np.arange(-_FARTHEST_MM, _FARTHEST_MM + _STEP_MM / 2, _STEP_MM)
    best, shift_mm = _LEAST_GAIN, 0.0
    still, whole = kernel(places, places) @ known, float((late**2).sum())
    # Muscles slide along or across the grid; one direction at a time is tried.
    for shift in [(0.0, step) for step in steps] + [(step, 0.0) for step in steps]:
        seen = places - shift
        inside = ((seen >= low) & (seen <= high)).all(axis=1)
        if inside.sum() < _LEAST_LEFT * len(places):
            continue
        moved = kernel(seen[inside], places) @ known
        # What the shift explains that none does not, as a part of all that was seen.
        gain = (_missed(late[inside], still[inside]) - _missed(late[inside], moved)) / whole
        if gain > best:
            best, shift_mm = gain, float(np.hypot(*shift))
    return shift_mm


def _missed(seen: Array, told: Array) -> float:
    return float(((seen - told) ** 2).sum())
