"""Histogram (PSTH) and frequencygram (PSF) of discharges around stimuli."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from renshaw.data.arrays import FloatArray
from renshaw.estimation.around_stimuli.settings import PeristimulusSettings

# So near below its beginning, in bins, a discharge still counts into a bin: times are rounded.
_ROUNDED = 1e-6


def edges_of(settings: PeristimulusSettings) -> FloatArray:
    before = int(np.ceil(settings.before_ms / settings.bin_ms))
    after = int(np.ceil(settings.last_ms / settings.bin_ms))
    return np.asarray(np.arange(-before, after + 1) * settings.bin_ms, dtype=float)


def _around(
    train: FloatArray, stimuli_s: FloatArray, edges_ms: FloatArray
) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Return the discharges around each stimulus, and the bin of each."""
    width_ms = edges_ms[1] - edges_ms[0]
    # Rounded times may lie a little beyond an edge.
    slack_s = _ROUNDED * width_ms / 1000
    first = np.searchsorted(train, stimuli_s + edges_ms[0] / 1000 - slack_s, "left")
    last = np.searchsorted(train, stimuli_s + edges_ms[-1] / 1000, "left")
    count = last - first
    which = np.repeat(first - (np.cumsum(count) - count), count) + np.arange(count.sum())
    delays_ms = 1000.0 * (train[which] - np.repeat(stimuli_s, count))
    bins = np.floor((delays_ms - edges_ms[0]) / width_ms + _ROUNDED).astype(np.intp)
    inside = (bins >= 0) & (bins < len(edges_ms) - 1)
    return which[inside], bins[inside]


def histogram(
    trains: Sequence[FloatArray], stimuli_s: FloatArray, edges_ms: FloatArray
) -> FloatArray:
    """Return how many discharges fall into each bin around the stimuli."""
    bins = len(edges_ms) - 1
    found = np.zeros(bins)
    for train in trains:
        found += np.bincount(_around(train, stimuli_s, edges_ms)[1], minlength=bins)
    return found


def frequencygram(
    trains: Sequence[FloatArray], stimuli_s: FloatArray, edges_ms: FloatArray
) -> FloatArray:
    """Return the mean instantaneous rate of the discharges in each bin, NaN where there is none."""
    bins = len(edges_ms) - 1
    total, count = np.zeros(bins), np.zeros(bins)
    for train in trains:
        which, at = _around(train, stimuli_s, edges_ms)
        # The first discharge ends no interval.
        which, at = which[which > 0], at[which > 0]
        total += np.bincount(at, 1.0 / (train[which] - train[which - 1]), minlength=bins)
        count += np.bincount(at, minlength=bins)
    return np.where(count > 0, total / np.maximum(count, 1), np.nan)
