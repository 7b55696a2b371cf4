"""The human gastrocnemius medialis: slow units like the soleus's, fast units beyond them.

Like the soleus it is the published tibialis anterior set with as few changes as reproduce how its
units fire:

============================  ==============  ======================================================
parameter                     change          why
============================  ==============  ======================================================
climb, ``synaptic_noise``,    as thresholds,  as in the tibialis anterior
``g_L_S_per_cm2``             x 0.35,
                              x 1.006 - 0.955
``calcium_removal_ms``        90-30 to        low-threshold units fire as slowly as in the soleus
                              142-30          in weak efforts; high-threshold ones reach 20 pps
``g_KCa_S_per_cm2``           4.5e-4-6.0e-4   ... which also needs a weaker afterhyperpolarization
                              to 4.5e-4-      in the high-threshold units
                              3.3e-4
``contraction_time_ms``       110-60          mixed muscle (Cisi & Kohn 2008)
``twitch``                    1-100           exponential (Fuglevand et al. 1993)
============================  ==============  ======================================================

Target: peak discharge rates of about 10 pps in weak and 16 to 23 pps in strong efforts (means of
studies), delta F of 3 to 4 pps at 20 % MVC.
"""

from __future__ import annotations

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

ENDS: dict[str, Ends] = {
    **PUBLISHED,
    "calcium_removal_ms": (142.0, 30.0),
    "g_KCa_S_per_cm2": (4.5e-4, 3.3e-4),
}
L_TYPE_SCALE = (1.006, 0.955)
SYNAPTIC_NOISE = 0.35


def gastrocnemius_medialis(n_units: int = 20) -> Pool:
    """Return the human gastrocnemius medialis pool."""
    twitch = exponential_twitch(positions(n_units), strongest=100.0)
    times_ms = contraction_times_ms(twitch, slowest_ms=110.0, fastest_ms=60.0)
    low, high = l_type(L_TYPE_SCALE)
    return graded_pool(
        "GM", n_units, ENDS, low, high, twitch, times_ms, SYNAPTIC_NOISE, as_thresholds
    )
