"""The extended signal: delayed copies of every channel, never written out as a whole.

With samples in rows, the extended observation at sample t (channels at t, t+1, ..., t+R-1) is one
contiguous stretch of memory. Its covariance follows from R lagged cross-covariances of the
channels, a source from one matrix product a stretch of time.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from renshaw.decomposition.workers import in_parallel

Array = NDArray[Any]

_CHUNK = 4096
# Eigenvalues below this part of the largest are rounding.
_LEAST_EIGENVALUE = 1e-10


@dataclass(frozen=True)
class Extended:
    """An EMG and its extension.

    Parameters
    ----------
    emg : array of float32, shape (samples, channels)
        Centered, C-contiguous.
    copies : int
        R, the delayed copies of each channel.
    kept : float
        Part of the eigenvectors of the covariance that are kept.
    unseen : array of bool, shape (samples,), optional
        What was left out. Windows that reach into it see nothing: half a potential is like no
        other observation, and would draw the search like an artifact.
    guessed : array of bool, shape (samples,), optional
        What some channels would have seen was predicted from the others: discharges are found
        there, but nothing is searched for.
    """

    emg: Array
    copies: int
    kept: float
    unseen: Array | None = None
    guessed: Array | None = None

    @cached_property
    def blind(self) -> Array | None:
        """Which windows reach into what was left out; None where nothing was."""
        return self._reaching(self.unseen)

    @cached_property
    def doubtful(self) -> Array | None:
        """Which windows reach into what was predicted; None where nothing was."""
        return self._reaching(self.guessed)

    def _reaching(self, samples: Array | None) -> Array | None:
        if samples is None or not samples.any():
            return None
        count = np.concatenate([[0], np.cumsum(samples)])
        return np.asarray(count[self.copies :] > count[: -self.copies])

    @property
    def size(self) -> int:
        """Number of rows of the extended signal."""
        return int(self.emg.shape[1] * self.copies)

    @property
    def windows(self) -> Array:
        """The extended signal as a view, shape (samples - R + 1, R x channels)."""
        row = self.emg.strides[0]
        shape = (len(self.emg) - self.copies + 1, self.size)
        return np.lib.stride_tricks.as_strided(
            self.emg, shape, (row, self.emg.itemsize), writeable=False
        )

    @cached_property
    def covariance(self) -> Array:
        """Covariance of the extended signal, float64, from lagged cross-covariances."""
        n, channels = self.emg.shape
        wide = self.emg.astype(float)
        lags = in_parallel(lambda lag: wide[lag:].T @ wide[: n - lag] / n, range(self.copies))
        covariance = np.empty((self.copies, channels, self.copies, channels))
        for late in range(self.copies):
            for early in range(late + 1):
                block = lags[late - early]
                covariance[late, :, early, :] = block
                covariance[early, :, late, :] = block.T
        return covariance.reshape(self.size, self.size)

    @cached_property
    def whitening(self) -> Array:
        """Whitening matrix, float32, shape (R x channels, components)."""
        values, vectors = np.linalg.eigh(self.covariance)
        components = max(1, round(self.kept * self.size))
        values, vectors = values[-components:], vectors[:, -components:]
        sound = values > _LEAST_EIGENVALUE * values[-1]
        return np.asarray(vectors[:, sound] / np.sqrt(values[sound]), dtype=np.float32)

    @cached_property
    def inverse(self) -> Array:
        """Pseudo-inverse of the covariance, float32."""
        return np.asarray(self.whitening @ self.whitening.T)

    def projected(self, filters: Array, step: int = 1) -> Array:
        """Return the extended signal (every `step`-th sample) seen through filters.

        Parameters
        ----------
        filters : array, shape (R x channels, n)
        step : int

        Returns
        -------
        array of float32, shape (n, windows)
        """
        windows = self.windows[::step]
        filters = np.ascontiguousarray(filters.T, dtype=np.float32)
        out = np.empty((len(filters), len(windows)), dtype=np.float32)

        def fill(first: int) -> None:
            chunk = np.ascontiguousarray(windows[first : first + _CHUNK])
            out[:, first : first + _CHUNK] = filters @ chunk.T

        in_parallel(fill, range(0, len(windows), _CHUNK))
        if self.blind is not None:
            out[:, self.blind[::step]] = 0
        return out

    def filters_from(self, trains: Sequence[Array]) -> Array:
        """Return the filter of each train: its mean observation, decorrelated from all else.

        The linear minimum-mean-square-error estimator of Holobar & Zazula (2007), scaled so that
        the source has unit variance.
        """
        windows = self.windows
        means = np.stack([windows[train].mean(axis=0) for train in trains], axis=1)
        filters = self.inverse @ means
        # The source's variance is f' C f = m' C⁻ m, as the pseudo-inverse is of C itself.
        power = np.einsum("ij,ij->j", means, filters)
        return np.asarray(filters / np.sqrt(np.maximum(power, 1e-30)), dtype=np.float32)

    def sources_from(self, trains: Sequence[Array]) -> Array:
        """Return the sources of these trains, shape (trains, windows)."""
        return self.projected(self.filters_from(trains))
