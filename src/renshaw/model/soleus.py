"""The human soleus: the tibialis anterior's motoneurons with a longer afterhyperpolarization.

No motoneuron of a human soleus has been recorded from inside, so the published tibialis anterior
set is changed in as few parameters as reproduce how soleus units fire, and in nothing else:

============================  ==============  ======================================================
parameter                     change          why
============================  ==============  ======================================================
climb, ``synaptic_noise``,    as thresholds,  as in the tibialis anterior
``g_L_S_per_cm2``             x 0.4,
                              x 0.979 - 0.94
``calcium_removal_ms``        90-30 to        a longer afterhyperpolarization than the tibialis
                              116-38          anterior's: units fire some 4 pps slower at 20 % MVC
``contraction_time_ms``       170-110         slow muscle (Cisi & Kohn 2008)
``twitch``                    1-100           exponential (Fuglevand et al. 1993)
============================  ==============  ======================================================

Target: young adults, triangles to 20 % MVC: peak discharge rate 10.5 +- 1.8 pps, delta F 2.7 +- 1.3
pps (Orssatto et al. 2021, open data), and peak rates of 15 to 16 pps near maximal effort.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from renshaw.model.gradient import (
    Ends,
    as_thresholds,
    contraction_times_ms,
    exponential_twitch,
    graded_pool,
    positions,
)
from renshaw.model.pool import Pool
from renshaw.model.powers_heckman import ENDS as PUBLISHED
from renshaw.model.powers_heckman import l_type

ENDS: dict[str, Ends] = {**PUBLISHED, "calcium_removal_ms": (116.0, 38.0)}
L_TYPE_SCALE = (0.979, 0.94)
SYNAPTIC_NOISE = 0.4
# The first motoneurons are more excitable than the published one.
FIRST_STANDS_AT = -0.1


def _climb(x: NDArray[np.float64]) -> NDArray[np.float64]:
    return as_thresholds(x, FIRST_STANDS_AT)


def soleus(n_units: int = 20) -> Pool:
    """Return the human soleus pool."""
    twitch = exponential_twitch(positions(n_units), strongest=100.0)
    times_ms = contraction_times_ms(twitch, slowest_ms=170.0, fastest_ms=110.0)
    low, high = l_type(L_TYPE_SCALE)
    return graded_pool("SOL", n_units, ENDS, low, high, twitch, times_ms, SYNAPTIC_NOISE, _climb)
