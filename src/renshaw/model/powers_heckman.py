"""The published pool: the human tibialis anterior of Powers & Heckman 2017.

The 20-cell set of Powers & Heckman 2017 (doi:10.1152/jn.00850.2016, ModelDB 239582), with the
muscle units of that muscle: twitches after Caillet et al. 2022 (doi:10.7554/eLife.76489),
contraction times of 40 to 110 ms (Cisi & Kohn 2008, doi:10.1007/s10827-008-0092-8).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from renshaw.model.gradient import Ends, contraction_times_ms, graded_pool, positions
from renshaw.model.pool import Pool

# Lowest- and highest-threshold motoneuron.
ENDS: dict[str, Ends] = {
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
G_L_LOW_S_per_cm2: NDArray[np.float64] = np.array([0.85e-4, 0.95e-4, 1.0e-4, 1.15e-4])
G_L_HIGH_S_per_cm2: NDArray[np.float64] = np.array([1.18e-4, 1.28e-4, 1.38e-4, 1.53e-4])


def l_type(scale: Ends) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the L-type conductance of the four dendrites at both ends of the pool, scaled."""
    low, high = scale
    return low * G_L_LOW_S_per_cm2, high * G_L_HIGH_S_per_cm2


def powers_heckman_2017(n_units: int = 20) -> Pool:
    """Return the pool as published; 20 motoneurons are the published set.

    Parameters
    ----------
    n_units : int
        Motoneurons, spread evenly over the published range.
    """
    x = positions(n_units)
    # Normalized twitch force against normalized rank in the pool, Caillet et al. 2022.
    twitch = np.asarray(6.07 * (4.52 * x + 11.96 ** (x**4.66)), dtype=float)
    times_ms = contraction_times_ms(twitch, slowest_ms=110.0, fastest_ms=40.0)
    return graded_pool("TA", n_units, ENDS, G_L_LOW_S_per_cm2, G_L_HIGH_S_per_cm2, twitch, times_ms)
