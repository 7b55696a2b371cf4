"""From a source to its discharges: peaks, the two classes they fall in, and how well they do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import scipy
from numpy.typing import NDArray

Array = NDArray[Any]

_FEWEST_PEAKS = 4
# A pulse of band-limited EMG is a few samples wide.
_FLANK = 4


@dataclass(frozen=True, eq=False)
class Pulses:
    """The discharges of one source and how far they stand out.

    Parameters
    ----------
    samples : array of int
        Windows of the extended signal in which the unit discharges.
    silhouette : float
        Distance of the discharges' peaks from the class of the other peaks, against that from
        their own class; 1 is perfect (Negro et al. 2016).
    pnr_db : float
        Mean square of the source at discharges against elsewhere (Holobar et al. 2014).
    """

    samples: Array
    silhouette: float
    pnr_db: float


NOTHING = Pulses(np.zeros(0, dtype=np.int64), 0.0, 0.0)


def found_pulses(sources: Array, distance: int) -> list[Pulses]:
    """Find the discharges of every source.

    Parameters
    ----------
    sources : array, shape (sources, windows)
    distance : int
        Fewest samples between two discharges.

    Returns
    -------
    list of Pulses
    """
    # A discharge is the highest sample around, whatever the threshold.
    width = 2 * max(1, distance) - 1
    tops = scipy.ndimage.maximum_filter1d(sources, width, axis=1, mode="nearest")
    is_peak = (sources == tops) & (sources > 0)
    return [_classified(s, np.flatnonzero(p)) for s, p in zip(sources, is_peak, strict=True)]


def _classified(source: Array, peaks: Array) -> Pulses:
    if len(peaks) < _FEWEST_PEAKS:
        return NOTHING
    heights = source[peaks].astype(float) ** 2
    threshold = split(heights)
    high = heights > threshold
    if high.all() or not high.any():
        return NOTHING
    samples = peaks[high]
    return Pulses(samples, silhouette(heights, high), pulse_to_noise_db(source, samples))


def pulse_to_noise_db(source: Array, samples: Array) -> float:
    """Return the mean square of a source at its discharges against that elsewhere (dB).

    Parameters
    ----------
    source : array, shape (windows,)
    samples : array of int
        The discharges; their flanks, a few samples wide, count neither as pulse nor as noise.
    """
    if not len(samples):
        return 0.0
    square = np.square(source, dtype=np.float64)
    elsewhere = np.ones(len(source), dtype=bool)
    for shift in range(-_FLANK, _FLANK + 1):
        elsewhere[np.clip(samples + shift, 0, len(source) - 1)] = False
    noise = float(square[elsewhere].mean()) if elsewhere.any() else 0.0
    return float(10 * np.log10(max(float(square[samples].mean()), 1e-12) / max(noise, 1e-12)))


def split(values: Array) -> float:
    """Return the threshold between two classes of numbers with the least variance within.

    The exact solution of k-means with two classes in one dimension: the best of all the places at
    which the sorted numbers can be cut.
    """
    ordered = np.sort(values)
    below = np.cumsum(ordered)[:-1]
    count = np.arange(1, len(ordered))
    above = ordered.sum() - below
    between = below**2 / count + above**2 / (len(ordered) - count)
    cut = int(np.argmax(between))
    return float(0.5 * (ordered[cut] + ordered[cut + 1]))


def silhouette(values: Array, high: Array) -> float:
    """Return (between - within) / larger of both, of the high class (Negro et al. 2016).

    Within: squared distances of the high values from their own mean; between: from the mean of the
    low ones.
    """
    own, other = values[high].mean(), values[~high].mean()
    within = float(np.sum((values[high] - own) ** 2))
    between = float(np.sum((values[high] - other) ** 2))
    largest = max(within, between)
    return (between - within) / largest if largest > 0 else 0.0


def irregularity(times: Array, silence: float, known: Array | None = None) -> float:
    """Return how much neighboring intervals differ: mean CV2, silences left out.

    Unlike the coefficient of variation it does not take a change of rate, as on a ramp, for
    irregular firing. About 0.1 to 0.3 for motor units, 1 for chance (Holt et al. 1996,
    doi:10.1152/jn.1996.75.5.1806).

    Parameters
    ----------
    times : array, shape (n,)
    silence : float
        Intervals longer than this, in the unit of `times`, are none.
    known : array of bool, shape (n - 1,), optional
        Intervals that were seen from end to end; all by default.

    Returns
    -------
    float
        Infinite where there are too few intervals to tell.
    """
    intervals = np.diff(times)
    early, late = intervals[:-1], intervals[1:]
    firing = (early <= silence) & (late <= silence)
    if known is not None:
        firing &= known[:-1] & known[1:]
    if np.count_nonzero(firing) < 2:
        return float("inf")
    early, late = early[firing], late[firing]
    return float(np.mean(2 * np.abs(late - early) / (late + early)))
