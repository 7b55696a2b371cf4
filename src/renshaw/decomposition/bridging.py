"""Bad stretches bridged before anything is filtered, and channels seen through the others.

A filter spreads what it meets, so the raw EMG of a bad stretch is replaced by a straight line
first. Where only some of the channels were hit, what they would have shown is then predicted from
those that were not: the linear least-squares estimate of the rest of the recording, which loses
no discharge that the others see.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from renshaw.decomposition.stretches import Bad

Array = NDArray[Any]

# The level before and after a stretch is a mean over this.
_LEVEL_S = 0.005
# Delayed copies of the good channels that a bad one is predicted from, and how far they reach.
_REACH_S = 0.004
_MOST_COPIES, _MOST_ROWS, _MOST_SAMPLES = 9, 800, 20_000
_RIDGE = 1e-3


def lines_across(raw: Array, stretches: Sequence[Bad], fs_hz: float) -> Array:
    """Return the raw EMG with a straight line in place of each bad stretch of a channel.

    Parameters
    ----------
    raw : array, shape (samples, channels)
    stretches : sequence of Bad
    fs_hz : float
    """
    raw = np.array(raw, dtype=float)
    level = max(1, round(_LEVEL_S * fs_hz))
    for bad in stretches:
        before = raw[max(0, bad.first - level) : bad.first, bad.channels]
        after = raw[bad.end : bad.end + level, bad.channels]
        ends = [part.mean(axis=0) for part in (before, after) if len(part)]
        ends = ends or [np.zeros(int(bad.channels.sum()))]
        way = np.linspace(0, 1, bad.end - bad.first)[:, None]
        raw[bad.first : bad.end, bad.channels] = ends[0] + way * (ends[-1] - ends[0])
    return raw


def seen_through_others(band: Array, bad: Bad, good: Array, clean: Array, fs_hz: float) -> None:
    """Fill in a stretch, on the channels it hit, what the other channels say; changes `band`.

    Parameters
    ----------
    band : array, shape (samples, channels)
        Filtered.
    bad : Bad
    good : array of bool, shape (channels,)
        Channels of the grid that are not left out.
    clean : array of bool, shape (samples,)
        Samples without any bad stretch, to learn from.
    fs_hz : float
    """
    hit, others = np.flatnonzero(bad.channels & good), np.flatnonzero(~bad.channels & good)
    copies = int(np.clip(_MOST_ROWS // max(1, len(others)), 1, _MOST_COPIES))
    reach = round(_REACH_S * fs_hz)
    lags = np.unique(np.linspace(-reach, reach, copies).round().astype(int)) if copies > 1 else [0]
    learn = np.flatnonzero(clean)
    learn = learn[:: max(1, len(learn) // _MOST_SAMPLES)]

    def around(at: Array) -> Array:
        rows = [band[np.clip(at + lag, 0, len(band) - 1)][:, others] for lag in lags]
        return np.concatenate(rows, axis=1)

    seen = around(learn).astype(float)
    square = seen.T @ seen
    square[np.diag_indices_from(square)] += _RIDGE * float(np.trace(square)) / len(square)
    weights = np.linalg.solve(square, seen.T @ band[learn][:, hit])
    at = np.arange(bad.first, bad.end)
    band[bad.first : bad.end, hit] = around(at) @ weights
