"""Warm-up: L-type channels that were open just before open more easily.

theta_m is lower by `warm_up_mV` times w, and w follows the gate m with a time constant of seconds:
dw/dt = (m - w) / tau. In turtle motoneurons a depolarization beyond -50 mV lets the L-type current
of the next one, up to 4 s later, begin at a lower potential (Svirskis & Hounsgaard 1997,
doi:10.1152/jn.1997.78.3.1740). In people a unit that is recruited again after 1 to 2 s needs 64 %
less drive, by the rate of a lower unit, and after more than 6 s no less: the effect fades with 4.8
s (Gorassini et al. 2002).
"""

from __future__ import annotations

from renshaw.core.equations import equation


@equation
def warmed_theta_m_mV(theta_m_mV: float, warm_up_mV: float, warmth: float) -> float:
    """Return the half activation of L-type channels that are warmed up to w, 0 to 1."""
    return theta_m_mV - warm_up_mV * warmth
