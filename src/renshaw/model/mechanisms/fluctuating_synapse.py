"""Synaptic conductances that fluctuate: an Ornstein-Uhlenbeck process around a moving mean.

g(t) = max(0, M(t) 1e-5 + x(t)) S/cm2, where x has a time constant of 20 ms and a standard deviation
of 1.2e-5 sqrt(M). M is the number by which Powers & Heckman (2017) state synaptic input. Destexhe
et al. 2001, doi:10.1016/S0306-4522(01)00344-X.
"""

from __future__ import annotations

from math import sqrt

from renshaw.core.equations import equation

EXCITATION_REVERSAL_mV: float = 0.0
INHIBITION_REVERSAL_mV: float = -75.0
TIME_CONSTANT_ms: float = 20.0
MEAN_S_per_cm2: float = 1e-5
SD_S_per_cm2: float = 1.2e-5


@equation
def conductance_S_per_cm2(M: float, fluctuation: float) -> float:
    """Return the conductance for a mean level M and a unit-variance fluctuation."""
    if M <= 0.0:
        return 0.0
    return max(0.0, MEAN_S_per_cm2 * M + SD_S_per_cm2 * sqrt(M) * fluctuation)
