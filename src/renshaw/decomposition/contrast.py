"""Fixed-point iterations of many sources at once: three matrix products an iteration.

Negro et al. (2016), doi:10.1088/1741-2560/13/2/026027; FastICA: Hyvärinen & Oja (1997). Each
source climbs from its own start towards a direction in which the whitened observations look
least like noise; sources do not see each other, so all of them go into one product.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from renshaw.decomposition.workers import in_parallel

Array = NDArray[Any]
Slope = Callable[[Array], tuple[Array, Array]]

# Sources in one product: wide enough for the BLAS, narrow enough for the cache.
_BLOCK = 32
# Sources that have met are looked for every so many iterations.
_STAGE = 2
# Cosine from which two sources are on their way to the same place.
_MET = 0.8


# A sample weighs no more than one this many standard deviations high. Discharges of a unit that
# fires throughout reach some 10, of one that fires twenty times in 30 s some 30: a bound of 20 cost
# two good units of a real recording, 40 none. A single artifact reaches the square root of the
# number of samples, 150 and more, and all starts would climb towards it.
_HIGHEST = 40.0


def _skew(s: Array) -> tuple[Array, Array]:
    return np.minimum(s * s, _HIGHEST**2), _twice_mean(s, -_HIGHEST)


def _rectified(s: Array) -> tuple[Array, Array]:
    return np.clip(s, 0, _HIGHEST) ** 2, _twice_mean(s, 0.0)


def _twice_mean(s: Array, lowest: float) -> Array:
    """Return the mean slope of the square where it is not bounded."""
    return np.asarray(2 * np.where((s > lowest) & (s < _HIGHEST), s, 0).mean(axis=1))


def _logcosh(s: Array) -> tuple[Array, Array]:
    # Discharges are heavier-tailed than noise, for which logcosh falls: climb the other way.
    t = np.tanh(s)
    return -t, (t * t).mean(axis=1) - 1


def _kurtosis(s: Array) -> tuple[Array, Array]:
    within = np.clip(s, -_HIGHEST, _HIGHEST)
    slope = np.where(within == s, s * s, 0)
    return within**3, 3 * slope.mean(axis=1)


# First derivative of each contrast, and the mean of the second.
SLOPES: dict[str, Slope] = {
    "skew": _skew,
    "rectified": _rectified,
    "logcosh": _logcosh,
    "kurtosis": _kurtosis,
}


def fixed_points(
    whitened: Array,
    starts: Array,
    contrast: str,
    iterations: int,
    known: Array | None = None,
) -> Array:
    """Return the separation vectors that the starts lead to; those that meet become one.

    Parameters
    ----------
    whitened : array of float32, shape (components, samples)
    starts : array of int
        Samples whose whitened observation is the first guess of a source.
    contrast : str
    iterations : int
    known : array of float32, shape (components, n), optional
        Orthonormal directions that are kept out of the search.

    Returns
    -------
    array of float32, shape (components, sources); columns of unit length
    """
    slope = SLOPES[contrast]
    vectors = _unit(_without(np.ascontiguousarray(whitened[:, starts].T), known))

    for turn in range(0, iterations, _STAGE):
        turns = min(_STAGE, iterations - turn)
        parts = [vectors[first : first + _BLOCK] for first in range(0, len(vectors), _BLOCK)]
        climbed = partial(_climbed, whitened=whitened, slope=slope, known=known, turns=turns)
        vectors = _apart(np.concatenate(in_parallel(climbed, parts)))
    return vectors.T


def _climbed(w: Array, whitened: Array, slope: Slope, known: Array | None, turns: int) -> Array:
    for _ in range(turns):
        g, curvature = slope(w @ whitened)
        w = g @ whitened.T / whitened.shape[1] - curvature[:, None] * w
        w = _unit(_without(w, known))
    return w


def _without(w: Array, known: Array | None) -> Array:
    return w if known is None else w - (w @ known) @ known.T


def _unit(w: Array) -> Array:
    return np.asarray(w / np.maximum(np.linalg.norm(w, axis=1, keepdims=True), 1e-12))


def _apart(vectors: Array) -> Array:
    """Return one vector of each bundle that has grown together; saves the rest of the climb."""
    alike = np.abs(vectors @ vectors.T) > _MET
    keep = [i for i in range(len(vectors)) if not alike[i, :i].any()]
    return np.ascontiguousarray(vectors[keep])


def places_to_start(activity: Array, count: int, apart: int, rng: np.random.Generator) -> Array:
    """Return samples to start from: the most active of equal stretches of the recording.

    Spread over the recording, because the highest peaks are all of the same few units; where a
    stretch has nothing to offer, a random peak elsewhere takes its place.

    Parameters
    ----------
    activity : array, shape (samples,)
        Power of the whitened observation; 0 where nothing shall start.
    count : int
    apart : int
        Fewest samples between two starts.
    rng : numpy Generator
    """
    bounds = np.linspace(0, len(activity), count + 1).astype(int)
    left = activity.copy()
    chosen: list[int] = []
    for first, end in pairwise(bounds.tolist()):
        if end > first and left[first:end].max() > 0:
            chosen.append(_take(left, first, end, apart))
    peaks = np.flatnonzero(left > 0)
    while len(chosen) < count and len(peaks):
        near = int(rng.choice(peaks))
        chosen.append(_take(left, max(0, near - apart), near + apart + 1, apart))
        peaks = peaks[left[peaks] > 0]
    return np.array(sorted(chosen), dtype=np.int64)


def _take(left: Array, first: int, end: int, apart: int) -> int:
    at = first + int(np.argmax(left[first:end]))
    left[max(0, at - apart) : at + apart + 1] = 0
    return at
