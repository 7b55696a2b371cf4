"""Fatigue of muscle units: force is lost in proportion to the force that a unit gives.

A unit loses a share of its force in each second of fused contraction; 2.25 % in the most fatigable
units, 180 times less in the least (Potvin & Fuglevand 2017, doi:10.1371/journal.pcbi.1005581).
That contraction also slows is left out. Their model has no recovery; here it takes minutes, an
assumption: force is back five minutes after a fatiguing effort (Blazevich et al. 2024).
"""

from __future__ import annotations

from math import exp

from renshaw.core.equations import equation

RECOVERY_s: float = 120.0
# For this long at most a discharge keeps up the force by which the unit tires.
LASTS_s: float = 0.5


@equation
def capacity_left(
    capacity: float, fatigability_per_s: float, relative_force: float, interval_s: float
) -> float:
    """Return the share of its force that a unit still has at a discharge.

    `relative_force` is that of the contraction in the interval before it, 1 where it is fused.
    """
    lost = fatigability_per_s * relative_force * min(interval_s, LASTS_s)
    recovered = (1.0 - capacity) * (1.0 - exp(-interval_s / RECOVERY_s))
    return max(0.0, capacity + recovered - lost)
