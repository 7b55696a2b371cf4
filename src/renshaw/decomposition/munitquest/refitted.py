"""How sure the competition is of a train without truth: by a source refitted to its discharges.

A linear filter over 12 delays of every channel is the mean of the whitened EMG at the discharges,
shifted by up to 10 ms to where the discharges stand out most.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from renshaw.decomposition.munitquest.trains import FS_HZ

Array = NDArray[Any]

_COPIES = 12
# What the scorer sets to zero at both ends, in samples.
_EDGE = 2 * _COPIES
# Shifts that are tried, in samples.
REACH = int(0.01 * FS_HZ)
# Zeros before the first sample and behind the last.
_ROOM = REACH + _COPIES
_APART = round(0.01 * FS_HZ)
_NEAR = round(0.001 * FS_HZ)
_LEAST_VARIANCE = 1e-10
_CHUNK = 8192

_SILHOUETTES = (0.9, 0.925, 0.95)
_PNRS_DB = (30.0, 33.9, 37.1)
_DISPERSIONS = (0.05, 0.197, 0.372, 0.73)
FEWEST_DISCHARGES = 10


class Refit(NamedTuple):
    """What the source of one train is like.

    Parameters
    ----------
    silhouette : float
    pnr_db : float
        Pulse-to-noise ratio of the source squared twice, as the scorer takes it: about twice that
        of others.
    dispersion : float
        Median absolute deviation of the intervals over their median.
    """

    silhouette: float
    pnr_db: float
    dispersion: float

    @property
    def points(self) -> float:
        """What a train without a match counts, from 0 to 1."""
        if self.silhouette < _SILHOUETTES[0]:
            return 0.0
        regular = (0.0, 1.0, 0.75, 0.5, 0.0)[
            int(np.searchsorted(_DISPERSIONS, self.dispersion, "right"))
        ]
        return (_step(self.silhouette, _SILHOUETTES) + _step(self.pnr_db, _PNRS_DB) + regular) / 3


def _step(value: float, edges: Sequence[float]) -> float:
    return (0.0, 0.5, 0.75, 1.0)[int(np.searchsorted(edges, value, "right"))]


@dataclass(frozen=True)
class Whitened:
    """The EMG with its delayed copies, whitened; it is made chunk by chunk, never as a whole.

    Parameters
    ----------
    emg : array, shape (samples, channels)
        In uV.
    """

    emg: Array

    def refit(self, samples: Array) -> Refit:
        """Return what the best source of these discharges is like.

        Parameters
        ----------
        samples : array of int
            At least `REACH` from both ends.
        """
        shifts = np.arange(-REACH, REACH + 1)
        filters = self._whitening @ self._means_at(samples, shifts)
        # Of an EMG that is constant there is no source: nothing stands out.
        lengths = np.linalg.norm(filters, axis=0)
        filters = self._whitening @ (filters / np.where(lengths > 0, lengths, 1.0))
        sources = np.concatenate([filters.T @ chunk for chunk in self._chunks()], axis=1)
        squared = sources * np.abs(sources)
        silhouettes = [
            _silhouette(source, samples + shift)
            for source, shift in zip(squared, shifts, strict=True)
        ]
        best = int(np.argmax(silhouettes))
        pnr_db = _pnr_db(squared[best], samples + shifts[best])
        return Refit(silhouettes[best], pnr_db, _dispersion(samples))

    @cached_property
    def _padded(self) -> Array:
        """Channels in rows, with zeros before the first sample and behind the last."""
        return np.pad(np.ascontiguousarray(self.emg.T), ((0, 0), (_ROOM, _ROOM)))

    @cached_property
    def _offsets(self) -> Array:
        """The mean of every copy, copies of a channel beside each other."""
        ends = np.cumsum(self.emg[::-1][: _COPIES - 1], axis=0)
        lost = np.concatenate([np.zeros((1, self.emg.shape[1])), ends])
        return np.asarray((self.emg.sum(axis=0) - lost) / len(self.emg)).T.reshape(-1, 1)

    def _between(self, start: int, end: int) -> Array:
        """Return all copies of these samples, shape (channels x copies, samples)."""
        copies = [self._padded[:, start - k + _ROOM : end - k + _ROOM] for k in range(_COPIES)]
        seen = np.stack(copies, axis=1).reshape(-1, end - start) - self._offsets
        times = np.arange(start, end)
        seen[:, (times < _EDGE) | (times >= len(self.emg) - _EDGE)] = 0
        return seen

    def _chunks(self) -> Iterator[Array]:
        for start in range(0, len(self.emg), _CHUNK):
            yield self._between(start, min(start + _CHUNK, len(self.emg)))

    def _means_at(self, samples: Array, shifts: Array) -> Array:
        """Return the mean of the copies at the discharges, for every shift of these."""
        reach = int(np.abs(shifts).max())
        inner = (samples >= _EDGE + reach) & (samples < len(self.emg) - _EDGE - reach)
        lags = np.arange(-reach - _COPIES + 1, reach + 1)
        average = np.stack(
            [self._padded[:, samples[inner] + lag + _ROOM].sum(axis=1) for lag in lags], axis=1
        )
        at = shifts[None, :] - np.arange(_COPIES)[:, None] - lags[0]
        total = average[:, at].reshape(-1, len(shifts)) - inner.sum() * self._offsets
        # Near the ends, where the scorer sets samples to zero, one by one.
        for sample in samples[~inner]:
            total += self._between(sample + shifts[0], sample + shifts[-1] + 1)
        return np.asarray(total / len(samples))

    @cached_property
    def _whitening(self) -> Array:
        covariance = sum(chunk @ chunk.T for chunk in self._chunks()) / (len(self.emg) - 1)
        values, vectors = np.linalg.eigh(covariance)
        noise = values[: len(values) // 2].mean()
        return np.asarray((vectors / np.sqrt(values + noise + _LEAST_VARIANCE)) @ vectors.T)


def _silhouette(squared: Array, samples: Array) -> float:
    from scipy.signal import find_peaks

    peaks = find_peaks(squared, distance=_APART)[0]
    at = np.searchsorted(samples, peaks)
    edges = np.concatenate([[-(2**40)], samples, [2**40]])
    nearest = np.minimum(np.abs(peaks - edges[at]), np.abs(edges[at + 1] - peaks))
    others = peaks[nearest > _NEAR]
    if len(samples) < 2 or not len(others):
        return 0.0
    own = squared[samples]
    within = float(np.sum((own - own.mean()) ** 2))
    between = float(np.sum((own - squared[others].mean()) ** 2))
    return (between - within) / max(between, within) if max(between, within) > 0 else 0.0


def _pnr_db(squared: Array, samples: Array) -> float:
    pulses = np.zeros(len(squared), dtype=bool)
    for aside in (-1, 0, 1):
        pulses[np.clip(samples + aside, 0, len(squared) - 1)] = True
    power = squared**2
    if pulses.all() or not power[pulses].any():
        return 0.0
    with np.errstate(divide="ignore"):
        return float(10 * np.log10(power[pulses].mean() / power[~pulses].mean()))


def _dispersion(samples: Array) -> float:
    from scipy.stats import median_abs_deviation

    intervals = np.diff(samples)
    return float(median_abs_deviation(intervals) / np.median(intervals))
