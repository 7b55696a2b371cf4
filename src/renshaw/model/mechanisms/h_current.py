"""I_h, the hyperpolarization-activated current of soma and dendrites: g_h q (V + 41).

Powers & Heckman 2017 (ModelDB 239582).
"""

from __future__ import annotations

from renshaw.core.equations import equation
from renshaw.model.mechanisms.gating import boltzmann

REVERSAL_mV: float = -41.0
TIME_CONSTANT_ms: float = 30.0
HALF_mV: float = -77.0
SLOPE_mV: float = -8.0


@equation
def activation(V_mV: float) -> float:
    """Return the steady state of q."""
    return boltzmann(V_mV, HALF_mV, SLOPE_mV)
