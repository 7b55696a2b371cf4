"""I_L, the dendritic L-type calcium current, the greater part of the persistent inward current.

I_L = gamma g_L m h (V - 80). gamma is the neuromodulation scale: serotonin and noradrenaline turn
it up (1 = published), inhibition does not touch it. Activation is slow (40 ms), inactivation very
slow (2.5 s). Powers & Heckman 2017 (ModelDB 239582).

There m closes as fast as it opens, so that hysteresis exists only where a dendrite is bistable, and
the whole current comes on within a few percent of gamma. In motoneurons L-type currents deactivate
over hundreds of milliseconds and more (Perrier et al. 2002, Brain Res Rev 40: 223-229; Li & Bennett
2007, as recalled), so closing may have a time constant of its own:

tau_m(V) = 40 + (closing - 40) / (1 + exp((V - theta_m + 5) / 4)) ms

It depends on the potential alone, as in a channel of two states. A gate that chose its time
constant by its own direction would follow the peaks of a fluctuating potential: fluctuations of 2
mV lift its mean by a fifth, this one's by a twentieth.
"""

from __future__ import annotations

from renshaw.core.equations import equation
from renshaw.model.mechanisms.gating import boltzmann

REVERSAL_mV: float = 80.0
ACTIVATION_ms: float = 40.0
INACTIVATION_ms: float = 2500.0
SLOPE_M_mV: float = 6.0
SLOPE_H_mV: float = -5.0
# Where and how sharply the time constant passes from opening to closing, below theta_m.
CLOSING_BELOW_mV: float = 5.0
CLOSING_SLOPE_mV: float = -4.0


@equation
def activation(V_mV: float, theta_m_mV: float) -> float:
    """Return the steady state of m."""
    return boltzmann(V_mV, theta_m_mV, SLOPE_M_mV)


@equation
def inactivation(V_mV: float, theta_h_mV: float) -> float:
    """Return the steady state of h."""
    return boltzmann(V_mV, theta_h_mV, SLOPE_H_mV)


@equation
def time_constant_ms(V_mV: float, theta_m_mV: float, closing_ms: float) -> float:
    """Return the time constant of m: 40 ms where channels open, `closing_ms` below that."""
    below = boltzmann(V_mV, theta_m_mV - CLOSING_BELOW_mV, CLOSING_SLOPE_mV)
    return ACTIVATION_ms + (closing_ms - ACTIVATION_ms) * below
