"""The medium afterhyperpolarization: calcium enters with each spike and opens potassium channels.

I_Ca = g_Ca a (V - 132.458) feeds a shell of 0.1 um from which calcium is removed with a time
constant of its own; the calcium gates I_KCa = g_KCa n (V + 80). The removal time sets how long the
afterhyperpolarization lasts, and so how slowly a unit can fire.

Powers & Heckman 2017 (ModelDB 239582).
"""

from __future__ import annotations

from renshaw.core.equations import equation
from renshaw.model.mechanisms.gating import boltzmann

CALCIUM_REVERSAL_mV: float = 132.458
POTASSIUM_REVERSAL_mV: float = -80.0
RESTING_CALCIUM_mM: float = 1e-4
CALCIUM_GATE_ms: float = 2.0
HALF_mV: float = -20.0
SLOPE_mV: float = 4.0
RATE_per_ms: float = 0.1
_FARADAY_C_per_mol = 96485.33
_SHELL_um = 0.1


@equation
def calcium_activation(V_mV: float) -> float:
    """Return the steady state of the calcium gate a."""
    return boltzmann(V_mV, HALF_mV, SLOPE_mV)


@equation
def calcium_influx_mM_per_ms(I_Ca_mA_per_cm2: float) -> float:
    """Return how fast an inward (negative) calcium current fills the shell."""
    return max(0.0, -1e4 * I_Ca_mA_per_cm2 / (2.0 * _FARADAY_C_per_mol * _SHELL_um))


@equation
def potassium_activation(calcium_mM: float) -> tuple[float, float]:
    """Return steady state and time constant (ms) of the calcium-gated n."""
    excess_uM = 1e3 * (calcium_mM - RESTING_CALCIUM_mM)
    alpha = RATE_per_ms * excess_uM * excess_uM
    time_constant_ms = 1.0 / (alpha + RATE_per_ms)
    return alpha * time_constant_ms, time_constant_ms
