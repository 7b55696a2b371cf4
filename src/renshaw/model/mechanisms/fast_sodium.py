"""I_Na, the sodium current of the action potential: g_Na m^3 h (V - 50).

Powers & Heckman 2017 (ModelDB 239582); slow inactivation is off in the published pool.
"""

from __future__ import annotations

from renshaw.core.equations import equation
from renshaw.model.mechanisms.gating import boltzmann, linoid

REVERSAL_mV: float = 50.0
_SHIFT_mV = 1.0
OPENING_M_per_ms_per_mV: float = 0.4
CLOSING_M_per_ms_per_mV: float = 0.124
THETA_M_mV: float = -30.0 + _SHIFT_mV
SLOPE_M_mV: float = 7.2
OPENING_H_per_ms_per_mV: float = 0.03
CLOSING_H_per_ms_per_mV: float = 0.01
THETA_H_mV: float = -45.0 + _SHIFT_mV
SLOPE_H_mV: float = 1.5
HALF_H_mV: float = -50.0 + _SHIFT_mV
STEADY_SLOPE_H_mV: float = -8.0
# Rates were measured at 24 degrees; the model runs at 37.
WARMING = 2.0 ** ((37.0 - 24.0) / 10.0)
FASTEST_M_ms: float = 0.02
FASTEST_H_ms: float = 0.5


@equation
def activation(V_mV: float) -> tuple[float, float]:
    """Return steady state and time constant (ms) of m."""
    x = V_mV - THETA_M_mV
    alpha = OPENING_M_per_ms_per_mV * linoid(x, SLOPE_M_mV)
    beta = CLOSING_M_per_ms_per_mV * linoid(-x, SLOPE_M_mV)
    total = alpha + beta
    return alpha / total, max(FASTEST_M_ms, 1.0 / (total * WARMING))


@equation
def inactivation(V_mV: float) -> tuple[float, float]:
    """Return steady state and time constant (ms) of h."""
    x = V_mV - THETA_H_mV
    opening = OPENING_H_per_ms_per_mV * linoid(x, SLOPE_H_mV)
    total = opening + CLOSING_H_per_ms_per_mV * linoid(-x, SLOPE_H_mV)
    steady_state = boltzmann(V_mV, HALF_H_mV, STEADY_SLOPE_H_mV)
    return steady_state, max(FASTEST_H_ms, 1.0 / (total * WARMING))
