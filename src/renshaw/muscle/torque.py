"""From spikes to torque: twitches whose size falls as they fuse (Fuglevand 1993).

A unit's twitch is P t/T exp(1 - t/T). The faster a unit fires relative to its contraction time, the
less each discharge adds. doi:10.1152/jn.1993.70.6.2470
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.signal import fftconvolve

from renshaw.model.pool import Pool

FloatArray = NDArray[np.float64]

# Mean discharge rate of young adults between 80 and 100 % MVC, from which maximal torque follows
# (means of studies in the open data of Orssatto et al.'s review of discharge rates and age).
MVC_RATE_pps = {"TA": 40.9, "SOL": 16.3, "GM": 22.6}
_FINE_hz = 1000.0
_FUSION_BEGINS = 0.4


def fusion_gain(contraction_per_interval: FloatArray) -> FloatArray:
    """Return the size of a twitch relative to a single one, given T / inter-spike interval."""
    x = np.maximum(contraction_per_interval, _FUSION_BEGINS)

    def shape(x: FloatArray | float) -> FloatArray:
        return np.asarray(-np.expm1(-2.0 * np.asarray(x) ** 3) / x, dtype=float)

    return np.asarray(shape(x) / shape(_FUSION_BEGINS), dtype=float)


def mvc_force(pool: Pool) -> float:
    """Return the mean force (in twitch units) when every unit fires at its maximal rate."""
    rate_pps = MVC_RATE_pps[pool.muscle]
    contraction_s = pool.contraction_time_ms / 1000
    area = pool.twitch * contraction_s * np.e
    return float(np.sum(rate_pps * area * fusion_gain(contraction_s * rate_pps)))


def torque_pct_mvc(
    pool: Pool, spikes_s: Sequence[FloatArray], duration_s: float, fs_hz: float = 200.0
) -> FloatArray:
    """Return the torque that the spikes bring about.

    Parameters
    ----------
    pool : Pool
    spikes_s : sequence of arrays
        Spike times, one array a motoneuron of the pool.
    duration_s : float
    fs_hz : float
        Sampling rate of the result; must divide 1,000.

    Returns
    -------
    array, shape (duration_s * fs_hz,)
        Torque in % MVC.
    """
    n = round(duration_s * _FINE_hz)
    force = np.zeros(n)
    for times, twitch, contraction_ms in zip(
        spikes_s, pool.twitch, pool.contraction_time_ms, strict=True
    ):
        if len(times):
            force += _unit_force(times, float(twitch), float(contraction_ms) / 1000, n)
    every = round(_FINE_hz / fs_hz)
    return np.asarray(100.0 * force[::every] / mvc_force(pool), dtype=float)


def _unit_force(times_s: FloatArray, twitch: float, contraction_s: float, n: int) -> FloatArray:
    intervals = np.diff(times_s, prepend=-np.inf)
    impulses = np.zeros(n)
    at = np.minimum((times_s * _FINE_hz).astype(int), n - 1)
    np.add.at(impulses, at, twitch * fusion_gain(contraction_s / intervals))
    t = np.arange(0.0, 10 * contraction_s, 1 / _FINE_hz) / contraction_s
    return np.asarray(fftconvolve(impulses, t * np.exp(1.0 - t))[:n], dtype=float)
