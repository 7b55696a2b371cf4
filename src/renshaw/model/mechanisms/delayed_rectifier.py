"""I_K, the delayed-rectifier potassium current: g_K n^4 (V + 80).

Powers & Heckman 2017 (ModelDB 239582).
"""

from __future__ import annotations

from math import exp

from renshaw.core.equations import equation
from renshaw.model.mechanisms.gating import boltzmann

REVERSAL_mV: float = -80.0
HALF_mV: float = -21.0
SLOPE_mV: float = 20.0
SLOWEST_AT_mV: float = -39.0
BELL_SLOPE_mV: float = 5.5
FASTEST_ms: float = 0.8
BELL_ms: float = 20.0


@equation
def activation(V_mV: float) -> tuple[float, float]:
    """Return steady state and time constant (ms) of n."""
    b = exp((V_mV - SLOWEST_AT_mV) / BELL_SLOPE_mV)
    return boltzmann(V_mV, HALF_mV, SLOPE_mV), FASTEST_ms + BELL_ms * b / (1.0 + b) ** 2
