"""Samples that nobody saw, predicted from all channels around them.

An action potential that travels below a grid shows on one electrode milliseconds before the next:
what a stimulus hides for 3 ms on all channels at once is seen on some of them before it or after
it. The best linear guess is the conditional mean of a Gaussian process with the EMG's own
covariance over channels and lags.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import scipy
from numpy.typing import NDArray

from renshaw.decomposition.stretches import runs

Array = NDArray[Any]

# Samples on either side: as many as make up so many rows together with the channels.
_MOST_ROWS = 1400
_FEWEST_TAPS, _MOST_TAPS = 3, 24
# Part of the mean variance that is added to the diagonal.
_RIDGE = 0.01
# What was filled in tells the covariance of the next pass.
_PASSES = 2


class Inpainting:
    """How hidden samples follow from seen ones.

    Parameters
    ----------
    emg : array, shape (samples, channels)
        With a first guess where it is hidden.
    hidden : array of bool, shape (samples,)
    """

    def __init__(self, emg: Array, hidden: Array) -> None:
        self.hidden = hidden
        channels = emg.shape[1]
        self.taps: int = int(np.clip(_MOST_ROWS // (2 * channels), _FEWEST_TAPS, _MOST_TAPS))
        self._runs = runs(hidden)
        longest = max((end - first for first, end in self._runs), default=0)
        scaled = emg.astype(np.float32)
        self._scale = np.maximum(scaled.std(axis=0), np.finfo(np.float32).tiny)
        scaled /= self._scale
        count = len(scaled)
        lags = min(count - 1, 2 * self.taps + longest)
        self._lagged = [
            (scaled[lag:].T @ scaled[: count - lag]).astype(float) / count
            for lag in range(lags + 1)
        ]
        self._weights: dict[tuple[int, bytes], Array] = {}

    def fill(self, emg: Array, wanted: Array | None = None, hidden: Array | None = None) -> Array:
        """Return the EMG with its hidden samples predicted from the others.

        Parameters
        ----------
        emg : array, shape (samples, channels)
        wanted, hidden : array of bool, shape (samples,), optional
            Of this EMG, what to fill in, and what can't be seen; of the one that was learned from
            if not given.
        """
        hidden = self.hidden if hidden is None else hidden
        filled = np.array(emg)
        for first, end in self._runs if wanted is None else runs(wanted):
            around = np.concatenate(
                [np.arange(first - self.taps, first), np.arange(end, end + self.taps)]
            )
            seen = (around >= 0) & (around < len(emg))
            seen[seen] = ~hidden[around[seen]]
            if not seen.any():
                continue
            weights = self._weights_of(end - first, around - first, seen)
            told = (filled[around[seen]] / self._scale).ravel()
            filled[first:end] = (weights @ told).reshape(end - first, -1) * self._scale
        return filled

    def _weights_of(self, length: int, taps: Array, seen: Array) -> Array:
        key = (length, seen.tobytes())
        if key not in self._weights:
            taps = taps[seen]
            square = self._covariance(taps, taps)
            square[np.diag_indices_from(square)] += _RIDGE * np.trace(square) / len(square)
            across = self._covariance(np.arange(length), taps)
            solved = scipy.linalg.solve(square, across.T, assume_a="pos", check_finite=False)
            self._weights[key] = solved.T
        return self._weights[key]

    def _covariance(self, late: Array, early: Array) -> Array:
        channels = len(self._scale)
        out = np.empty((len(late), channels, len(early), channels))
        for i, a in enumerate(late):
            for j, b in enumerate(early):
                lag = int(a - b)
                out[i, :, j, :] = self._lagged[lag] if lag >= 0 else self._lagged[-lag].T
        return out.reshape(len(late) * channels, len(early) * channels)


def inpainted(emg: Array, hidden: Array) -> tuple[Array, Inpainting]:
    """Fill in hidden samples, and return how as well.

    Parameters
    ----------
    emg : array, shape (samples, channels)
        With a first guess where it is hidden.
    hidden : array of bool, shape (samples,)
    """
    for _ in range(_PASSES):
        how = Inpainting(emg, hidden)
        emg = how.fill(emg)
    return emg, how
