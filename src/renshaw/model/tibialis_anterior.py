"""The human tibialis anterior: the published pool, fitted to how people's units fire.

============================  ==============  ======================================================
parameter                     change          why
============================  ==============  ======================================================
climb from first to last      as thresholds   units are recruited evenly over the first 20 % MVC, as
motoneuron                    in people       Caillet et al. 2022 found (published: rank squared)
``synaptic_noise``            x 0.45          delta F of the same unit varies less from one ramp to
                                              the next, as it does in people
``g_L_S_per_cm2``             x 0.967 - 0.88  delta F of units of one person is alike, as it is in
                                              people; with the published gradient it climbs from 1
                                              to 7 pps with threshold
``calcium_removal_ms``        90-30 to        peak rates at 20 % MVC, which the changes above lower
                              80-27
============================  ==============  ======================================================

Target: young adults, triangles to 20 % MVC: delta F 4.4 pps, 1.1 within a person, peak discharge
rate 14.5 +- 2.3 pps (Orssatto et al. 2021, open data).
"""

from __future__ import annotations

import numpy as np

from renshaw.model.gradient import Ends, as_thresholds, contraction_times_ms, graded_pool, positions
from renshaw.model.pool import Pool
from renshaw.model.powers_heckman import ENDS as PUBLISHED
from renshaw.model.powers_heckman import l_type

ENDS: dict[str, Ends] = {**PUBLISHED, "calcium_removal_ms": (80.0, 27.0)}
L_TYPE_SCALE = (0.967, 0.88)
SYNAPTIC_NOISE = 0.45


def tibialis_anterior(n_units: int = 40) -> Pool:
    """Return the human tibialis anterior pool."""
    x = positions(n_units)
    # Normalized twitch force against normalized rank in the pool, Caillet et al. 2022.
    twitch = np.asarray(6.07 * (4.52 * x + 11.96 ** (x**4.66)), dtype=float)
    times_ms = contraction_times_ms(twitch, slowest_ms=110.0, fastest_ms=40.0)
    low, high = l_type(L_TYPE_SCALE)
    return graded_pool(
        "TA", n_units, ENDS, low, high, twitch, times_ms, SYNAPTIC_NOISE, as_thresholds
    )
