"""Hann window over the discharge rate.

The rate of each interval holds from its first to its second discharge; the curve is the
Hann-weighted mean of that staircase. Near the ends of a spell only the part of the window inside it
counts, so that the rate does not sink toward recruitment as that of smoothed impulses does.
"""

from __future__ import annotations

import numpy as np

from renshaw.data.arrays import FloatArray
from renshaw.estimation.settings import SmoothingSettings
from renshaw.estimation.smoothing.curve import Curve, silent, smoother

_BLOCK = 1024


@smoother("hann")
def hann_curve(times_s: FloatArray, settings: SmoothingSettings) -> Curve:
    """Return the Hann-weighted mean rate; nothing is smoothed across a silence."""
    window_s = settings.hann_window_s
    cuts = np.flatnonzero(silent(times_s, settings))
    firsts = np.concatenate([[0], cuts + 1])
    lasts = np.concatenate([cuts, [len(times_s) - 1]])
    many = lasts > firsts
    spells = [times_s[a : b + 1] for a, b in zip(firsts[many], lasts[many], strict=True)]
    starts_s = np.array([spell[0] for spell in spells])

    def curve(at_s: FloatArray) -> FloatArray:
        rate = np.full(len(at_s), np.nan)
        spell_of = np.searchsorted(starts_s, at_s, side="right") - 1
        for index in np.unique(spell_of[spell_of >= 0]):
            here = np.flatnonzero(spell_of == index)
            rate[here] = _weighted_mean(spells[index], at_s[here], window_s)
        return rate

    return curve


def _weighted_mean(spell_s: FloatArray, at_s: FloatArray, window_s: float) -> FloatArray:
    order = np.argsort(at_s, kind="stable")
    rate = np.empty(len(at_s))
    rates_pps = 1.0 / np.diff(spell_s)
    for first in range(0, len(at_s), _BLOCK):
        part = order[first : first + _BLOCK]
        block = at_s[part]
        low = max(int(np.searchsorted(spell_s, block[0] - window_s)) - 1, 0)
        high = int(np.searchsorted(spell_s, block[-1] + window_s)) + 1
        area = _window_area(spell_s[low:high] - block[:, np.newaxis], window_s)
        inside = area[:, -1] - area[:, 0]
        weighted = np.diff(area, axis=1) @ rates_pps[low : high - 1]
        rate[part] = np.divide(weighted, inside, out=np.full(len(part), np.nan), where=inside > 0)
    return rate


def _window_area(lag_s: FloatArray, window_s: float) -> FloatArray:
    """Return the area of the Hann window up to a lag, from 0 to 1."""
    lag = np.clip(lag_s / window_s, -0.5, 0.5)
    return np.asarray(0.5 + lag + np.sin(2 * np.pi * lag) / (2 * np.pi))
