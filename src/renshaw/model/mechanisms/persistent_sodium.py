"""I_NaP, the persistent sodium current of the soma: g_NaP p (V - 50).

Powers & Heckman 2017 (ModelDB 239582).
"""

from __future__ import annotations

from renshaw.core.equations import equation
from renshaw.model.mechanisms.gating import boltzmann

REVERSAL_mV: float = 50.0
TIME_CONSTANT_ms: float = 1.0
HALF_mV: float = -52.3 + 5.0
SLOPE_mV: float = 5.0


@equation
def activation(V_mV: float) -> float:
    """Return the steady state of p."""
    return boltzmann(V_mV, HALF_mV, SLOPE_mV)
