"""The muscles that renshaw knows: each a pool with its constants.

The human tibialis anterior is the 20-cell set of Powers & Heckman 2017 (ModelDB 239582), with the
muscle units of that muscle: twitches after Caillet et al. 2022 (doi:10.7554/eLife.76489),
contraction times of 40 to 110 ms (Cisi & Kohn 2008, doi:10.1007/s10827-008-0092-8).
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from renshaw.core.errors import SettingsError, did_you_mean
from renshaw.model.pool import Pool

# Lowest- and highest-threshold motoneuron.
_TIBIALIS_ANTERIOR = {
    "soma_diameter_um": (22.0, 30.0),
    "soma_length_um": (2952.0, 3665.0),
    "dendrite_diameter_um": (8.73071, 11.9055),
    "dendrite_length_um": (1794.13, 2226.91),
    "Ra_dendrite_ohm_cm": (51.038, 40.755),
    "C_soma_uF_per_cm2": (1.35546, 1.87853),
    "C_dendrite_uF_per_cm2": (0.867781, 0.880407),
    "g_pas_soma_S_per_cm2": (8.109e-5, 3.7667e-4),
    "g_pas_dendrite_S_per_cm2": (7.93445e-5, 1.7509e-4),
    "e_pas_mV": (-71.0, -72.0),
    "g_h_S_per_cm2": (3e-5, 2.3e-4),
    "g_Na_S_per_cm2": (0.010, 0.022),
    "g_NaP_S_per_cm2": (2.6e-5, 2.0e-5),
    "g_K_S_per_cm2": (0.015, 0.020),
    "g_KCa_S_per_cm2": (4.5e-4, 6.0e-4),
    "g_Ca_S_per_cm2": (6.4e-6, 1.05e-5),
    "calcium_removal_ms": (90.0, 30.0),
    "theta_m_L_mV": (-42.0, -39.0),
    "theta_h_L_mV": (10.0, -10.0),
}
_G_L_LOW_S_per_cm2 = np.array([0.85e-4, 0.95e-4, 1.0e-4, 1.15e-4])
_G_L_HIGH_S_per_cm2 = np.array([1.18e-4, 1.28e-4, 1.38e-4, 1.53e-4])
# How a parameter climbs from the first to the last motoneuron: (i / (n - 1)) ** exponent.
_EXPONENT = 2.0
_EXPONENT_G_CA = 4.0


def tibialis_anterior(n_units: int = 20) -> Pool:
    """Return the human tibialis anterior pool; 20 motoneurons are the published set."""
    x = np.linspace(0.0, 1.0, n_units) if n_units > 1 else np.zeros(1)
    climb = x**_EXPONENT
    values = {name: low + climb * (high - low) for name, (low, high) in _TIBIALIS_ANTERIOR.items()}
    low, high = _TIBIALIS_ANTERIOR["g_Ca_S_per_cm2"]
    values["g_Ca_S_per_cm2"] = low + x**_EXPONENT_G_CA * (high - low)
    g_L = _G_L_LOW_S_per_cm2 + climb[:, None] * (_G_L_HIGH_S_per_cm2 - _G_L_LOW_S_per_cm2)
    twitch = _tibialis_twitch(x)
    return Pool(
        muscle="TA",
        position=x,
        g_L_S_per_cm2=g_L,
        twitch=twitch,
        contraction_time_ms=_contraction_time_ms(twitch, slowest_ms=110.0, fastest_ms=40.0),
        **values,
    )


def _tibialis_twitch(x: NDArray[np.float64]) -> NDArray[np.float64]:
    # Normalized twitch force against normalized rank in the pool, Caillet et al. 2022.
    return np.asarray(6.07 * (4.52 * x + 11.96 ** (x**4.66)), dtype=float)


def _contraction_time_ms(
    twitch: NDArray[np.float64], slowest_ms: float, fastest_ms: float
) -> NDArray[np.float64]:
    # Fuglevand 1993: T = T_L (1 / P)^(1/c), with c such that the strongest unit is the fastest.
    strength = twitch / twitch.min()
    if strength.max() == 1.0:
        return np.full(twitch.shape, slowest_ms)
    power = np.log(slowest_ms / fastest_ms) / np.log(strength.max())
    return np.asarray(slowest_ms * strength**-power, dtype=float)


MUSCLES: dict[str, Callable[[int], Pool]] = {"TA": tibialis_anterior}
LARGEST_POOL = 1000


def muscle_pool(muscle: str, n_units: int = 20) -> Pool:
    """Return the pool of a muscle.

    Parameters
    ----------
    muscle : str
        ``"TA"`` (tibialis anterior).
    n_units : int
        Number of motoneurons, 1 to 1,000.

    Raises
    ------
    SettingsError
        An unknown muscle or an impossible number.
    """
    if muscle not in MUSCLES:
        raise SettingsError(f"There is no muscle {muscle!r}.{did_you_mean(muscle, MUSCLES)}")
    if not 1 <= n_units <= LARGEST_POOL:
        raise SettingsError(f"n_units = {n_units}: a pool has 1 to {LARGEST_POOL} motoneurons.")
    return MUSCLES[muscle](n_units)
