"""Primary, secondary and tertiary range: the f-I relation of a motoneuron in straight lines.

Between threshold and the onset of the persistent inward current (PIC) the rate climbs with the
primary gain; while the current comes on it climbs steeply (secondary range); once the current is
fully on the rate climbs slowly again (tertiary range). Li, Gorassini & Bennett 2004,
doi:10.1152/jn.00788.2003.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]

_CANDIDATES = 24
_LEAST_INTERVALS = 12
LINEAR, CLOCKWISE, SUSTAINED, COUNTERCLOCKWISE = (
    "linear",
    "clockwise",
    "linear, self-sustained",
    "counter-clockwise",
)
# As Bennett, Li & Siu 2001 sort them, doi:10.1152/jn.2001.86.4.1955.
SHAPES = (LINEAR, CLOCKWISE, SUSTAINED, COUNTERCLOCKWISE)


@dataclass(frozen=True)
class FiringRanges:
    """Gains of the ranges that are there, and where one ends; NaN for what is not there.

    Parameters
    ----------
    primary, secondary, tertiary : float
        Gain (pps/nA) below the onset of the PIC, while it comes on, and when it is on.
    onset_nA, full_nA : float
        Current at which the secondary range begins and ends.
    """

    primary: float = np.nan
    secondary: float = np.nan
    tertiary: float = np.nan
    onset_nA: float = np.nan
    full_nA: float = np.nan


def firing_ranges(current_nA: FloatArray, rate_pps: FloatArray, steeper: float) -> FiringRanges:
    """Fit one to three joined straight lines to the f-I relation of an ascending ramp.

    Parameters
    ----------
    current_nA, rate_pps : array, shape (intervals,)
        Current and rate of each interval between spikes, in order.
    steeper : float
        The secondary range must be this many times as steep as its neighbors.

    Returns
    -------
    FiringRanges
        All NaN with fewer than 12 intervals.
    """
    if len(current_nA) < _LEAST_INTERVALS or np.ptp(current_nA) == 0:
        return FiringRanges()
    knots = np.quantile(current_nA, np.linspace(0, 1, _CANDIDATES + 2)[1:-1])
    three = _best(current_nA, rate_pps, combinations(knots, 2))
    first, middle, last = three.slopes
    if middle >= steeper * max(first, last, 0.0):
        return FiringRanges(first, middle, last, *three.knots)
    two = _best(current_nA, rate_pps, ((knot,) for knot in knots))
    low, high = two.slopes
    knot = two.knots[0]
    if high >= steeper * max(low, 0.0):
        return FiringRanges(low, high, np.nan, knot, np.nan)
    if low >= steeper * max(high, 0.0):
        # The current came on with the first spikes: no primary range.
        return FiringRanges(np.nan, low, high, float(current_nA[0]), knot)
    return FiringRanges(primary=float(np.polyfit(current_nA, rate_pps, 1)[0]))


@dataclass(frozen=True)
class _Lines:
    knots: tuple[float, ...]
    slopes: tuple[float, ...]
    misfit: float


def _best(x: FloatArray, y: FloatArray, choices: Iterable[tuple[float, ...]]) -> _Lines:
    return min((_joined(x, y, choice) for choice in choices), key=lambda lines: lines.misfit)


def _joined(x: FloatArray, y: FloatArray, knots: tuple[float, ...]) -> _Lines:
    columns = [np.ones(len(x)), x, *(np.maximum(0.0, x - knot) for knot in knots)]
    design = np.stack(columns, axis=1)
    coefficients = np.linalg.lstsq(design, y, rcond=None)[0]
    misfit = float(np.sum((y - design @ coefficients) ** 2))
    slopes = np.cumsum(coefficients[1:])
    return _Lines(
        tuple(float(knot) for knot in knots), tuple(float(slope) for slope in slopes), misfit
    )


def rate_difference_pps(
    up_nA: FloatArray, up_pps: FloatArray, down_nA: FloatArray, down_pps: FloatArray
) -> float:
    """Return by how much the descending rates exceed the ascending ones at the same current.

    The mean over the currents at which the motoneuron fires both on the way up and down; NaN where
    there are none.
    """
    if len(up_nA) < 2 or len(down_nA) < 2:
        return float(np.nan)
    low = max(up_nA.min(), down_nA.min())
    high = min(up_nA.max(), down_nA.max())
    if low >= high:
        return float(np.nan)
    at = np.linspace(low, high, 200)
    up, down = np.argsort(up_nA), np.argsort(down_nA)
    rising = np.interp(at, up_nA[up], up_pps[up])
    falling = np.interp(at, down_nA[down], down_pps[down])
    return float(np.mean(falling - rising))


def hysteresis_type(
    difference_pps: float, sustained_nA: float, least_pps: float, least_nA: float
) -> str:
    """Return the shape of the f-I loop: one of `SHAPES`, empty where there is no loop.

    Parameters
    ----------
    difference_pps : float
        Descending minus ascending rate, from `rate_difference_pps`.
    sustained_nA : float
        Current at recruitment minus that at derecruitment.
    least_pps, least_nA : float
        Differences that count.
    """
    if not np.isfinite(difference_pps):
        return ""
    if difference_pps > least_pps:
        return COUNTERCLOCKWISE
    if difference_pps < -least_pps:
        return CLOCKWISE
    return SUSTAINED if sustained_nA > least_nA else LINEAR
