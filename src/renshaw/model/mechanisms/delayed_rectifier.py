"""I_K, the delayed-rectifier potassium current: g_K n^4 (V + 80).

Powers & Heckman 2017 (ModelDB 239582).
"""

from __future__ import annotations

from math import exp

from renshaw.model.mechanisms.compiled import equation
from renshaw.model.mechanisms.gating import boltzmann

REVERSAL_mV = -80.0


@equation
def activation(V_mV: float) -> tuple[float, float]:
    """Return steady state and time constant (ms) of n."""
    b = exp((V_mV + 39.0) / 5.5)
    return boltzmann(V_mV, -21.0, 20.0), 0.8 + 20.0 * b / (1.0 + b) ** 2
