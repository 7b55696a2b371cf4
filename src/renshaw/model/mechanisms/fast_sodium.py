"""I_Na, the sodium current of the action potential: g_Na m^3 h (V - 50).

Powers & Heckman 2017 (ModelDB 239582); slow inactivation is off in the published pool.
"""

from __future__ import annotations

from renshaw.model.mechanisms.compiled import equation
from renshaw.model.mechanisms.gating import boltzmann, linoid

REVERSAL_mV = 50.0
_SHIFT_mV = 1.0
_THETA_M_mV = -30.0 + _SHIFT_mV
_THETA_H_mV = -45.0 + _SHIFT_mV
# Rates were measured at 24 degrees; the model runs at 37.
_WARMING = 2.0 ** ((37.0 - 24.0) / 10.0)
_FASTEST_M_ms = 0.02
_FASTEST_H_ms = 0.5


@equation
def activation(V_mV: float) -> tuple[float, float]:
    """Return steady state and time constant (ms) of m."""
    x = V_mV - _THETA_M_mV
    alpha = 0.4 * linoid(x, 7.2)
    beta = 0.124 * linoid(-x, 7.2)
    total = alpha + beta
    return alpha / total, max(_FASTEST_M_ms, 1.0 / (total * _WARMING))


@equation
def inactivation(V_mV: float) -> tuple[float, float]:
    """Return steady state and time constant (ms) of h."""
    x = V_mV - _THETA_H_mV
    total = 0.03 * linoid(x, 1.5) + 0.01 * linoid(-x, 1.5)
    return boltzmann(V_mV, -50.0 + _SHIFT_mV, -8.0), max(_FASTEST_H_ms, 1.0 / (total * _WARMING))
