"""Which channels of a grid are bad, and why: dead, clipped, noisy or out of contact."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]

# Against the median of the grid: a channel in another order of magnitude has lost its skin.
_TOO_LOUD = 4.0
_TOO_QUIET = 0.1
# Neighbors share most of what they see; one that shares nothing sees something else.
_LEAST_SHARED = 0.15
_CLIPPED_PCT = 1.0
# Packets that were lost on the air are bridged; a channel that lacks more is left out.
_LOST_PCT = 1.0
_FEWEST = 8


def channel_faults(emg: Array, band: Array) -> tuple[str, ...]:
    """Say of every channel what is wrong with it; ``""`` for a good one.

    Parameters
    ----------
    emg : array, shape (samples, channels)
        As it was recorded.
    band : array, shape (samples, channels)
        The same, filtered.

    Returns
    -------
    tuple of str
    """
    faults = [""] * emg.shape[1]
    finite: Array = np.asarray(np.isfinite(emg).all(axis=0))
    size = np.where(finite, np.sqrt(np.mean(np.square(band), axis=0)), 0.0)
    alive = finite & (np.ptp(np.nan_to_num(emg), axis=0) > 0)
    usual = float(np.median(size[alive])) if alive.any() else 0.0
    shared = _shared(band, alive)
    for i in range(emg.shape[1]):
        if not finite[i]:
            faults[i] = "holds values that are no numbers"
        elif not alive[i]:
            faults[i] = "is flat"
        elif (clipped := _clipped_pct(emg[:, i])) > _CLIPPED_PCT:
            faults[i] = f"is clipped ({clipped:.1f} % of the samples)"
        elif alive.sum() >= _FEWEST:
            faults[i] = _odd(size[i] / usual if usual else 1.0, shared[i])
    return tuple(faults)


def bridged(emg: Array) -> Array:
    """Return the EMG with straight lines in place of the few samples that are no numbers.

    Parameters
    ----------
    emg : array, shape (samples, channels)

    Returns
    -------
    array, shape (samples, channels)
        The same where every value is a number, or too many of a channel are none.
    """
    known = np.isfinite(emg)
    lost_pct = 100 * (1 - known.mean(axis=0))
    mend = np.flatnonzero((lost_pct > 0) & (lost_pct <= _LOST_PCT))
    if not len(mend):
        return emg
    emg = emg.copy()
    at = np.arange(len(emg))
    for i in mend:
        there = known[:, i]
        emg[~there, i] = np.interp(at[~there], at[there], emg[there, i])
    return emg


def _odd(relative: float, shared: float) -> str:
    if relative > _TOO_LOUD:
        return f"is {relative:.1f} times as loud as the grid"
    if relative < _TOO_QUIET:
        return f"is {1 / max(relative, 1e-9):.0f} times as quiet as the grid"
    if shared < _LEAST_SHARED:
        return f"shares nothing with any other channel (r at most {shared:.2f})"
    return ""


def _shared(band: Array, alive: Array) -> Array:
    """Return the largest correlation of each channel with another one."""
    step = max(1, len(band) // 50_000)
    some = band[::step].astype(float)
    some = some - some.mean(axis=0)
    norm = np.sqrt(np.sum(some**2, axis=0))
    some = some / np.where(norm > 0, norm, 1.0)
    r = np.abs(some.T @ some)
    np.fill_diagonal(r, 0.0)
    r[:, ~alive] = 0.0
    return np.asarray(r.max(axis=1, initial=0.0))


def _clipped_pct(channel: Array) -> float:
    """Return which part of the samples sits at the very highest or lowest value."""
    top, bottom = channel.max(), channel.min()
    stuck = np.count_nonzero(channel == top) + np.count_nonzero(channel == bottom)
    # Ties at the extremes are rare unless the amplifier could not go further.
    return 100.0 * stuck / len(channel)
