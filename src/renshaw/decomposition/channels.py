"""Which channels of a grid are bad, and why: dead, clipped, noisy or out of contact."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from renshaw.data.grid import Grid

Array = NDArray[Any]

# Against its neighbors: small muscles are loud below a part of their grid only, but a channel in
# another order of magnitude than those beside it has lost its skin.
_TOO_LOUD = 4.0
_TOO_QUIET = 0.1
# Against the whole grid nothing that muscles do is so loud.
_NEVER_SO_LOUD = 30.0
# Electrodes beside and across are neighbors; of a grid without places, those that see most alike.
_BESIDE = 1.6
_MOST_ALIKE = 6
# Neighbors share most of what they see; one that shares nothing sees something else.
_LEAST_SHARED = 0.15
_CLIPPED_PCT = 1.0
# Packets that were lost on the air are bridged; a channel that lacks more is left out.
_LOST_PCT = 1.0
_FEWEST = 8


def channel_faults(emg: Array, band: Array, grid: Grid) -> tuple[str, ...]:
    """Say of every channel what is wrong with it; ``""`` for a good one.

    Parameters
    ----------
    emg : array, shape (samples, channels)
        As it was recorded.
    band : array, shape (samples, channels)
        The same, filtered.
    grid : Grid
        Where the channels lie.

    Returns
    -------
    tuple of str
    """
    faults = [""] * emg.shape[1]
    finite: Array = np.asarray(np.isfinite(emg).all(axis=0))
    size = np.where(finite, np.sqrt(np.mean(np.square(band), axis=0)), 0.0)
    alive = finite & (np.ptp(np.nan_to_num(emg), axis=0) > 0)
    alike = _alike(band, alive)
    loud, quiet = _against_neighbors(size, alive, alike, grid)
    for i in range(emg.shape[1]):
        if not finite[i]:
            faults[i] = "holds values that are no numbers"
        elif not alive[i]:
            faults[i] = "is flat"
        elif (clipped := _clipped_pct(emg[:, i])) > _CLIPPED_PCT:
            faults[i] = f"is clipped ({clipped:.1f} % of the samples)"
        elif alive.sum() >= _FEWEST:
            faults[i] = _odd(loud[i], quiet[i], float(alike[i].max()))
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


def _odd(loud: float, quiet: float, shared: float) -> str:
    if loud > _TOO_LOUD:
        return f"is {loud:.1f} times as loud as its neighbors"
    if quiet < _TOO_QUIET:
        return f"is {1 / max(quiet, 1e-9):.0f} times as quiet as its neighbors"
    if shared < _LEAST_SHARED:
        return f"shares nothing with any other channel (r at most {shared:.2f})"
    return ""


def _against_neighbors(size: Array, alive: Array, alike: Array, grid: Grid) -> tuple[Array, Array]:
    """Return each channel's size against the loud ones and the middle of its neighbors."""
    loud, quiet = np.ones(len(size)), np.ones(len(size))
    if alive.sum() < _FEWEST:
        return loud, quiet
    usual = float(np.median(size[alive])) or 1.0
    for i in map(int, np.flatnonzero(alive)):
        beside = size[_neighbors(i, alive, alike, grid)]
        # One or two of them may be bad themselves.
        most, middle = np.quantile(beside, [0.75, 0.5], method="lower")
        among_all = size[i] / usual
        loud[i] = min(size[i] / most if most else 1.0, among_all)
        if among_all > _NEVER_SO_LOUD:
            loud[i] = among_all
        quiet[i] = size[i] / middle if middle else 1.0
    return loud, quiet


def _neighbors(channel: int, alive: Array, alike: Array, grid: Grid) -> Array:
    """Return the live channels beside one; where places don't say, those that see most alike."""
    others = alive.copy()
    others[channel] = False
    if grid.placed and grid.distance_mm > 0:
        away = np.hypot(grid.x_mm - grid.x_mm[channel], grid.y_mm - grid.y_mm[channel])
        near = np.flatnonzero(others & (away < _BESIDE * grid.distance_mm))
        if len(near) >= 3:
            return near
    ranked = np.argsort(np.where(others, -alike[channel], 1.0), kind="stable")
    return ranked[: min(_MOST_ALIKE, int(others.sum()))]


def _alike(band: Array, alive: Array) -> Array:
    """Return how much each channel shares with each other one, |r|; nothing with itself."""
    step = max(1, len(band) // 50_000)
    some = band[::step].astype(float)
    some = some - some.mean(axis=0)
    norm = np.sqrt(np.sum(some**2, axis=0))
    some = some / np.where(norm > 0, norm, 1.0)
    r = np.abs(some.T @ some)
    np.fill_diagonal(r, 0.0)
    r[:, ~alive] = 0.0
    return np.asarray(r)


def _clipped_pct(channel: Array) -> float:
    """Return which part of the samples sits at the very highest or lowest value."""
    top, bottom = channel.max(), channel.min()
    stuck = np.count_nonzero(channel == top) + np.count_nonzero(channel == bottom)
    # Ties at the extremes are rare unless the amplifier could not go further.
    return 100.0 * stuck / len(channel)
