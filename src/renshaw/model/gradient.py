"""How properties change from the lowest- to the highest-threshold motoneuron of a pool."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import NDArray

from renshaw.model.mechanisms.fluctuating_synapse import INHIBITION_REVERSAL_mV
from renshaw.model.pool import Pool

FloatArray = NDArray[np.float64]
Ends = tuple[float, float]

# The calcium conductance of the afterhyperpolarization climbs later than the rest: by this power of
# how far the others have climbed (Powers & Heckman 2017).
LATER = {"g_Ca_S_per_cm2": 2.0}


def graded_pool(
    muscle: str,
    n_units: int,
    ends: Mapping[str, Ends],
    g_L_low_S_per_cm2: FloatArray,
    g_L_high_S_per_cm2: FloatArray,
    twitch: FloatArray,
    contraction_time_ms: FloatArray,
    synaptic_noise: float = 1.0,
    climb: Callable[[FloatArray], FloatArray] = np.square,
) -> Pool:
    """Return a pool whose parameters climb between those of its first and last motoneuron.

    Parameters
    ----------
    ends : mapping
        Parameters of `Pool` by name, of the lowest- and the highest-threshold motoneuron.
    g_L_low_S_per_cm2, g_L_high_S_per_cm2 : array, shape (4,)
        Likewise the L-type conductance of the four dendrites.
    twitch, contraction_time_ms : array, shape (n_units,)
    synaptic_noise : float
        Size of each motoneuron's own synaptic fluctuations; 1 as published.
    climb : callable
        How far parameters have climbed at a position in the pool, both from 0 to 1; its square as
        published.
    """
    x = positions(n_units)
    height = climb(x)
    values = {
        name: low + height ** LATER.get(name, 1.0) * (high - low)
        for name, (low, high) in ends.items()
    }
    height = height[:, None]
    return Pool(
        muscle=muscle,
        position=x,
        g_L_S_per_cm2=g_L_low_S_per_cm2 + height * (g_L_high_S_per_cm2 - g_L_low_S_per_cm2),
        e_inhibition_mV=np.full(n_units, INHIBITION_REVERSAL_mV),
        synaptic_noise=np.full(n_units, synaptic_noise),
        twitch=twitch,
        contraction_time_ms=contraction_time_ms,
        edition=1,
        **values,
    )


def positions(n_units: int) -> FloatArray:
    """Return where in the pool each motoneuron stands, from 0 to 1."""
    return np.linspace(0.0, 1.0, n_units) if n_units > 1 else np.zeros(1)


# Recruitment thresholds of the human tibialis anterior climb as 58.1 x + 120 ** (x ** 1.83) with
# rank x (Caillet et al. 2022, doi:10.7554/eLife.76489). The part that is proportional to rank is
# larger here: with it, units are recruited about evenly while torque rises to 20 % MVC.
_PROPORTIONAL, _STEEP, _STEEPNESS = 150.0, 120.0, 1.83


def as_thresholds(x: FloatArray, begins: float = 0.0) -> FloatArray:
    """Return how far parameters have climbed if they climb as people's recruitment thresholds do.

    Parameters
    ----------
    x : array
        Rank in the pool, from 0 to 1.
    begins : float
        Where the first motoneuron stands; below 0 it is more excitable than the published one.
    """
    climbed = _PROPORTIONAL * x + _STEEP ** (x**_STEEPNESS) - 1.0
    return np.asarray(begins + (1.0 - begins) * climbed / (_PROPORTIONAL + _STEEP - 1.0))


def exponential_twitch(x: FloatArray, strongest: float) -> FloatArray:
    """Return twitch forces, 1 for the weakest unit, that climb exponentially to the strongest.

    Fuglevand et al. 1993, doi:10.1152/jn.1993.70.6.2470.
    """
    return np.asarray(strongest**x, dtype=float)


def contraction_times_ms(twitch: FloatArray, slowest_ms: float, fastest_ms: float) -> FloatArray:
    """Return contraction times that fall as twitches grow stronger.

    Fuglevand et al. 1993: T = T_L (1 / P)^(1/c), with c such that the strongest is the fastest.
    """
    strength = twitch / twitch.min()
    if strength.max() == 1.0:
        return np.full(twitch.shape, slowest_ms)
    power = np.log(slowest_ms / fastest_ms) / np.log(strength.max())
    return np.asarray(slowest_ms * strength**-power, dtype=float)
