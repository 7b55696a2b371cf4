"""How far a source's discharges stand out where they stand out least.

One silhouette of a whole recording is that of most of it. Where fibers move, or others begin to
fire, a source may lose its unit, or take up another's, in a part: the discharges are then judged
in groups of neighbors, each against the other peaks of its own time.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import scipy
from numpy.typing import NDArray

from renshaw.decomposition.pulses import silhouette

Array = NDArray[Any]

_GROUPS = 6
_FEWEST = 12
# Peaks closer than this to a discharge are its own.
_OWN_S = 0.01


def weakest_silhouette(source: Array, samples: Array, fs_hz: float) -> float:
    """Return the lowest silhouette of up to six groups of neighboring discharges.

    Parameters
    ----------
    source : array, shape (samples,)
    samples : array of int
        The discharges, at the source's peaks.
    fs_hz : float

    Returns
    -------
    float
        NaN for fewer than three discharges.
    """
    if len(samples) < 3:
        return float("nan")
    own = max(1, round(_OWN_S * fs_hz))
    top = scipy.ndimage.maximum_filter1d(source, 2 * own - 1, mode="nearest")
    peaks = np.flatnonzero((source == top) & (source > 0))
    edges = np.concatenate([[-(2**40)], samples, [2**40]])
    at = np.searchsorted(samples, peaks)
    others = peaks[np.minimum(peaks - edges[at], edges[at + 1] - peaks) > own // 2]
    lowest = 1.0
    for group in np.array_split(samples, max(1, min(_GROUPS, len(samples) // _FEWEST))):
        near = others[(others >= group[0]) & (others <= group[-1])]
        heights = np.concatenate([source[group], source[near]]).astype(float) ** 2
        high = np.arange(len(heights)) < len(group)
        if len(near) > 2:
            lowest = min(lowest, silhouette(heights, high))
    return lowest
