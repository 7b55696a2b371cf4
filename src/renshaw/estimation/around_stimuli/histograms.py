"""Histogram (PSTH) and frequencygram (PSF) of discharges around stimuli."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from renshaw.data.arrays import FloatArray
from renshaw.estimation.around_stimuli.settings import PeristimulusSettings

# So near below its beginning, in bins, a discharge still counts into a bin: times are rounded.
_ROUNDED = 1e-6


class Discharges(NamedTuple):
    """Discharges around stimuli: the bin, the stimulus and the rate (pps) of each.

    The rate is one over the interval that a discharge ends, NaN for the first of a unit.
    """

    bins: NDArray[np.intp]
    stimuli: NDArray[np.intp]
    rates_pps: FloatArray


def edges_of(settings: PeristimulusSettings) -> FloatArray:
    before = int(np.ceil(settings.before_ms / settings.bin_ms))
    after = int(np.ceil(settings.last_ms / settings.bin_ms))
    return np.asarray(np.arange(-before, after + 1) * settings.bin_ms, dtype=float)


def _around(
    train: FloatArray, stimuli_s: FloatArray, edges_ms: FloatArray
) -> tuple[NDArray[np.intp], NDArray[np.intp], NDArray[np.intp]]:
    """Return the discharges around each stimulus, and the bin and the stimulus of each."""
    width_ms = edges_ms[1] - edges_ms[0]
    # Rounded times may lie a little beyond an edge.
    slack_s = _ROUNDED * width_ms / 1000
    first = np.searchsorted(train, stimuli_s + edges_ms[0] / 1000 - slack_s, "left")
    last = np.searchsorted(train, stimuli_s + edges_ms[-1] / 1000, "left")
    count = last - first
    which = np.repeat(first - (np.cumsum(count) - count), count) + np.arange(count.sum())
    stimuli = np.repeat(np.arange(len(stimuli_s)), count)
    delays_ms = 1000.0 * (train[which] - stimuli_s[stimuli])
    bins = np.floor((delays_ms - edges_ms[0]) / width_ms + _ROUNDED).astype(np.intp)
    inside = (bins >= 0) & (bins < len(edges_ms) - 1)
    return which[inside], bins[inside], stimuli[inside]


def histogram(train: FloatArray, stimuli_s: FloatArray, edges_ms: FloatArray) -> FloatArray:
    """Return how many discharges fall into each bin around the stimuli."""
    bins = _around(train, stimuli_s, edges_ms)[1]
    return np.bincount(bins, minlength=len(edges_ms) - 1).astype(float)


def discharges_around(
    trains: Sequence[FloatArray], stimuli_s: FloatArray, edges_ms: FloatArray
) -> Discharges:
    """Return every discharge of these units around the stimuli."""
    bins = [np.zeros(0, dtype=np.intp)]
    stimuli, rates = list(bins), [np.zeros(0)]
    for train in trains:
        which, at, whose = _around(train, stimuli_s, edges_ms)
        own_pps = np.full(len(train), np.nan)
        own_pps[1:] = 1.0 / np.diff(train)
        bins.append(at)
        stimuli.append(whose)
        rates.append(own_pps[which])
    return Discharges(np.concatenate(bins), np.concatenate(stimuli), np.concatenate(rates))


def frequencygram(around: Discharges, bins: int) -> FloatArray:
    """Return the mean instantaneous rate of the discharges in each bin, NaN where there is none."""
    known = np.isfinite(around.rates_pps)
    at = around.bins[known]
    total = np.bincount(at, around.rates_pps[known], minlength=bins)
    count = np.bincount(at, minlength=bins)
    return np.where(count > 0, total / np.maximum(count, 1), np.nan)
