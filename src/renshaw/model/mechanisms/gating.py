"""How a gate moves: exactly, while the membrane potential stands still (Rush & Larsen 1978)."""

from __future__ import annotations

from math import exp

from renshaw.core.equations import equation


@equation
def relaxed(gate: float, steady_state: float, time_constant_ms: float, step_ms: float) -> float:
    """Return the gate one step later, exact for a constant potential.

    Rush & Larsen 1978, doi:10.1109/TBME.1978.326270.
    """
    return steady_state + (gate - steady_state) * exp(-step_ms / time_constant_ms)


@equation
def boltzmann(V_mV: float, half_mV: float, slope_mV: float) -> float:
    """Return 1 / (1 + exp(-(V - half) / slope)); a negative slope makes it fall with V."""
    return 1.0 / (1.0 + exp(-(V_mV - half_mV) / slope_mV))


@equation
def linoid(x_mV: float, slope_mV: float) -> float:
    """Return x / (1 - exp(-x / slope)), continued through its removable singularity at x = 0."""
    if abs(x_mV) < 1e-6:
        return slope_mV + 0.5 * x_mV
    return x_mV / (1.0 - exp(-x_mV / slope_mV))
