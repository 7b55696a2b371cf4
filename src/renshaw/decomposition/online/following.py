"""Filters of a grid's units while they are used: they may follow, and do without a channel.

A unit's filter is its mean observation, decorrelated from all else. It follows by averaging the
observations of sure discharges, old ones fading; the covariance, which is that of the muscle as a
whole, stays. Without a channel the inverse of the covariance is that of the others, which follows
from the one of all without solving anything anew (Schur complement).
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from renshaw.decomposition.online.learned import LearnedGrid
from renshaw.decomposition.online.settings import DecodeSettings

Array = NDArray[Any]

# A discharge is sure from this part of the way from the threshold to the usual height on, and up
# to this multiple of the usual height: an artifact is higher.
_SURE_FROM, _SURE_TO = 0.5, 1.8
# What a channel that is left out had to say is resolved to this part of its largest eigenvalue.
_RESOLVED = 1e-6


class Filters:
    """The filters of a grid's units.

    Parameters
    ----------
    learned : LearnedGrid
    settings : DecodeSettings
    """

    def __init__(self, learned: LearnedGrid, settings: DecodeSettings) -> None:
        self._learned, self._share = learned, 1.0 / settings.adapt_discharges
        self.adapts = settings.adapt
        self._means = np.array(learned.means, dtype=np.float32)
        self._inverse = learned.inverse
        self._heights = np.array(learned.heights)
        self._seen: list[tuple[int, float, Array]] = []
        self.bad = np.zeros(len(learned.channels), dtype=bool)
        self.filters = np.zeros_like(self._means.T)
        self._solve(range(len(self._means)))

    def saw(self, unit: int, height: float, observation: Array) -> None:
        """Take note of a discharge.

        Parameters
        ----------
        unit : int
            On the grid, from 0.
        height : float
            Of the source, as a part of the unit's usual height.
        observation : array, shape (copies x channels,)
        """
        if not self.adapts or self.bad.any():
            return
        threshold = self._learned.thresholds[unit]
        if threshold + _SURE_FROM * (1 - threshold) <= height <= _SURE_TO:
            self._seen.append((unit, height, observation.copy()))

    def follow(self) -> None:
        """Let the filters follow the discharges that were seen since the last time."""
        if not self._seen:
            return
        for unit, height, observation in self._seen:
            self._means[unit] += self._share * (observation - self._means[unit])
            # The height is that of a filter that did not know the discharge.
            self._heights[unit] *= 1 + self._share * (height - 1)
        before = self._heights.copy()
        touched = sorted({unit for unit, _, _ in self._seen})
        self._seen = []
        self._heights = before
        self._solve(touched)

    def without(self, bad: Array) -> None:
        """Do without some channels.

        Parameters
        ----------
        bad : array of bool, shape (channels,)
        """
        self.bad = np.array(bad)
        self._seen = []
        whole = self._learned.inverse
        out = np.flatnonzero(np.tile(self.bad, self._learned.copies))
        self._inverse = whole
        if len(out):
            values, vectors = np.linalg.eigh(whole[np.ix_(out, out)].astype(float))
            sound = values > _RESOLVED * values[-1]
            half = whole[:, out] @ (vectors[:, sound] / np.sqrt(values[sound]))
            self._inverse = np.asarray(whole - half @ half.T, dtype=np.float32)
        self._solve(range(len(self._means)))

    def _solve(self, units: Any) -> None:
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
