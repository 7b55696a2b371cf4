"""Filters of a grid's units while they are used: they may follow, and do without a channel.

A unit's filter is its mean observation, decorrelated from all else. It follows by averaging the
observations of sure discharges, old ones fading. The covariance stays as it was learned: one that
follows, too, cancels every unit whose mean observation lags behind its action potential. Without a
channel the inverse of the covariance is that of the others, which follows from the one of all
without solving anything anew (Schur complement).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from renshaw.decomposition.online.learned import LearnedGrid
from renshaw.decomposition.online.settings import DecodeSettings

Array = NDArray[Any]

# A discharge is sure from this part of the way from the threshold to the usual height on, up to
# this multiple of the usual height (an artifact is higher), and not before this part of the usual
# interval has passed.
_SURE_FROM, _SURE_TO, _SURE_INTERVAL = 0.5, 1.8, 0.5
# Over how many peaks that are no discharges their height is averaged, and how many intervals.
_LOW_PEAKS, _INTERVALS = 400, 10


class Filters:
    """The filters of a grid's units.

    Parameters
    ----------
    learned : LearnedGrid
    settings : DecodeSettings
    """

    def __init__(self, learned: LearnedGrid, settings: DecodeSettings) -> None:
        self._learned, self._share = learned, 1.0 / settings.adapt_discharges
        self.adapts: bool = settings.adapt
        self._means = np.array(learned.means, dtype=np.float32)
        self._inverse = learned.inverse
        self._heights, self._low = np.array(learned.heights), np.array(learned.lows)
        self._seen: list[tuple[int, float, Array]] = []
        self._last = np.full(len(self._means), -np.inf)
        self._every = np.zeros(len(self._means))
        self.bad: Array = np.zeros(len(learned.channels), dtype=bool)
        # From which part of a unit's usual height on a peak is a discharge.
        self.thresholds: Array = np.array(learned.thresholds)
        self.filters: Array = np.zeros_like(self._means.T)
        self._solve(range(len(self._means)))

    def saw(self, unit: int, height: float, observation: Array, sample: int) -> None:
        """Take note of a discharge.

        Parameters
        ----------
        unit : int
            On the grid, from 0.
        height : float
            Of the source, as a part of the unit's usual height.
        observation : array, shape (copies x channels,)
        sample : int
            When it was.
        """
        if not self.adapts or self.bad.any():
            return
        since, self._last[unit] = sample - self._last[unit], sample
        early = since < _SURE_INTERVAL * self._every[unit]
        # What is longer than a second is a silence.
        if since < self._learned.fs_hz:
            self._every[unit] += (since - self._every[unit]) / _INTERVALS
        threshold = self.thresholds[unit]
        sure = threshold + _SURE_FROM * (1 - threshold) <= height <= _SURE_TO
        if sure and not early:
            self._seen.append((unit, height, observation.copy()))

    def passed_over(self, units: Array, heights: Array) -> None:
        """Take note of peaks that are no discharges.

        Parameters
        ----------
        units : array of int
        heights : array
        """
        if self.adapts:
            np.add.at(self._low, units, (heights - self._low[units]) / _LOW_PEAKS)

    def follow(self) -> None:
        """Let the filters follow the discharges that were seen since the last time."""
        if not self.adapts:
            return
        learned = self._learned
        part = (learned.thresholds - learned.lows) / np.maximum(1 - learned.lows, 1e-6)
        # What shows less stands out less; at rest, when nothing is high, the threshold stays.
        self.thresholds = np.maximum(learned.thresholds, self._low + part * (1 - self._low))
        for unit, height, observation in self._seen:
            self._means[unit] += self._share * (observation - self._means[unit])
            # The height is that of a filter that did not know the discharge.
            self._heights[unit] *= 1 + self._share * (height - 1)
        touched = sorted({unit for unit, _, _ in self._seen})
        self._seen = []
        if touched:
            self._solve(touched)

    def without(self, bad: Array) -> None:
        """Do without some channels.

        Parameters
        ----------
        bad : array of bool, shape (channels,)
        """
        self.bad, self._seen = np.array(bad), []
        whole = self._learned.inverse
        out = np.flatnonzero(np.tile(self.bad, self._learned.copies))
        self._inverse = whole
        if len(out):
            own = np.linalg.inv(whole[np.ix_(out, out)].astype(float)).astype(np.float32)
            self._inverse = whole - whole[:, out] @ (own @ whole[out])
            self._inverse[out] = self._inverse[:, out] = 0
        self._solve(range(len(self._means)))

    def _solve(self, units: Sequence[int]) -> None:
        units = list(units)
        means = self._means[units]
        seen = self._inverse @ means.T
        heights = self._heights[units]
        if self.bad.any():
            # A discharge shows less where fewer channels see it.
            full = np.einsum("ij,ji->i", means, self._learned.inverse @ means.T)
            left = np.einsum("ij,ji->i", means, seen)
            heights = heights * np.maximum(left, 1e-12) / np.maximum(full, 1e-12)
        self.filters[:, units] = seen / heights
