"""Fluctuations that all motoneurons of a pool share, added to their excitation.

M(t) = max(0, M_e + 1.2 sqrt(M_e) (c_f x_f + c_s x_s)). x_f is an Ornstein-Uhlenbeck process of
variance 1: fast, 10 to 20 ms, power up to some 15 Hz. x_s is an Ornstein-Uhlenbeck process that is
smoothed once more with the same time constant, of variance 1 again: the slow "common drive", below
3 Hz. With time constant T its power has fallen to a half at 0.64 / (2 pi T): 2 Hz for 50 ms. What
drives both is the same for all motoneurons of a pool; each may take them with a strength and a
bandwidth of its own.

The fluctuation grows with the square root of the mean, like the independent one of
`fluctuating_synapse`, and is stated in units of it. Published splits of the variance of the input:
37 % common, 13 % common noise, 50 % independent (Farina & Negro 2015,
doi:10.1249/JES.0000000000000032); more than 60 % common below 5 Hz (Negro et al. 2016,
doi:10.1113/JP271748).
"""

from __future__ import annotations

from math import sqrt

from renshaw.core.equations import equation
from renshaw.model.mechanisms.fluctuating_synapse import MEAN_S_per_cm2, SD_S_per_cm2

SD_PER_ROOT_MEAN: float = SD_S_per_cm2 / MEAN_S_per_cm2


@equation
def with_common(M_e: float, fluctuation: float) -> float:
    """Return the level of excitation with a common fluctuation, c_f x_f + c_s x_s, added."""
    return max(0.0, M_e + SD_PER_ROOT_MEAN * sqrt(max(0.0, M_e)) * fluctuation)


@equation
def smoothing_gain(decay: float) -> float:
    """Return the share of the first stage that the second takes, for a variance of 1.

    Two stages in a row, y = a y + (1 - a) x, of a first stage x of variance 1, leave a variance of
    (1 + a^2) / (1 + a)^2.
    """
    return (1.0 - decay) * (1.0 + decay) / sqrt(1.0 + decay * decay)
