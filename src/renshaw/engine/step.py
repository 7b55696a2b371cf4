"""One step of a chunk of motoneurons: the gates of the soma, then the five potentials together.

Gates are integrated exactly for a constant potential and stand half a step off the potentials;
the potentials are solved by Crank-Nicolson. That makes the step second order: Hines 1984; NEURON's
``secondorder=2``. A lane that changes its length of step says with `AGE` how old its gates are.
"""

from __future__ import annotations

import numpy as np

from renshaw.core.kernels import compiled
from renshaw.engine import lanes as at
from renshaw.engine.rates import (
    FLAGS,
    HALF,
    ONE,
    f32,
    gain,
    leading,
    potassium_of_calcium,
    rectifier_rate,
    short_gain,
    sodium_rates,
    soma_steady_states,
)
from renshaw.model.mechanisms import afterhyperpolarization as ahp
from renshaw.model.mechanisms import delayed_rectifier, fast_sodium, persistent_sodium

SPIKE_mV: np.float32 = f32(-20.0 - at.ORIGIN_mV)
TWO = f32(2.0)
FOUR = f32(4.0)

_E_NA = f32(fast_sodium.REVERSAL_mV - at.ORIGIN_mV)
_E_K = f32(delayed_rectifier.REVERSAL_mV - at.ORIGIN_mV)
_E_CA = f32(ahp.CALCIUM_REVERSAL_mV - at.ORIGIN_mV)
_P_RATE = f32(1.0 / persistent_sodium.TIME_CONSTANT_ms)
_A_RATE = f32(1.0 / ahp.CALCIUM_GATE_ms)
_NOWHERE = f32(-1.0)

W = at.WIDTH


@compiled(forceinline=True, error_model="numpy", fastmath=FLAGS)
def moved(gate, steady_state, gain):
    """Return a gate after it has made up `gain` of its distance to the steady state."""
    return gate + (steady_state - gate) * gain


@compiled(forceinline=True, error_model="numpy", fastmath=FLAGS)
def step(s, per_half_step, half_step, lead):
    """Advance the fast state of a chunk by one step, in place.

    Parameters
    ----------
    s : array of float32, shape (ROWS * WIDTH,)
    per_half_step : float32
        2 / step (1/ms).
    half_step : float32
        step / 2 (ms).
    lead : float32
        1 to move ahead the potential that m sees, as a coarse step needs; 0 not to.
    """
    for i in range(W):
        V = s[at.V * W + i]
        span = s[at.AGE * W + i] + half_step
        m_inf, m_rate, h_rate = sodium_rates(V)
        h_inf, n_inf, p_inf, a_inf = soma_steady_states(V)
        z = span * m_rate
        m_inf = leading(m_inf, z, lead * s[at.SLOPE * W + i], span)
        m = moved(s[at.M_NA * W + i], m_inf, gain(z))
        h = moved(s[at.H_NA * W + i], h_inf, short_gain(span * h_rate))
        n = moved(s[at.N_K * W + i], n_inf, short_gain(span * rectifier_rate(V)))
        p = moved(s[at.P_NAP * W + i], p_inf, short_gain(span * _P_RATE))
        # What depends on a gate sees the mean of its old and its new value, which is its value at
        # the instant of V. Without that, lanes that enter a spike by fine steps and leave it by
        # coarse ones gain less calcium than they should.
        a_before = s[at.A_CA * W + i]
        a = moved(a_before, a_inf, short_gain(span * _A_RATE))
        a_now = HALF * (a_before + a)
        calcium_before = s[at.CALCIUM * W + i]
        calcium = moved(
            calcium_before,
            s[at.CALCIUM_PER_DRIVE * W + i] * a_now * (_E_CA - V),
            short_gain(span * s[at.CALCIUM_REMOVAL_RATE * W + i]),
        )
        k_inf, k_rate = potassium_of_calcium(HALF * (calcium_before + calcium))
        k = moved(s[at.N_KCA * W + i], k_inf, short_gain(span * k_rate))

        g_Na = s[at.G_NA * W + i] * (m * m * m) * h + s[at.G_NAP * W + i] * p
        n2 = n * n
        g_K = s[at.G_K * W + i] * (n2 * n2) + s[at.G_KCA * W + i] * k
        g_Ca = s[at.G_CA * W + i] * a
        kept = s[at.C_SOMA * W + i] * per_half_step
        left = kept + s[at.LEFT * W + i] + g_Na + g_K + g_Ca
        right = kept * V + s[at.B_SOMA * W + i] + g_Na * _E_NA + g_K * _E_K + g_Ca * _E_CA

        # The star of soma and dendrites: eliminate the dendrites, solve, substitute back.
        g_axial = s[at.G_AXIAL * W + i]
        D0 = s[at.V_D * W + i]
        D1 = s[(at.V_D + 1) * W + i]
        D2 = s[(at.V_D + 2) * W + i]
        D3 = s[(at.V_D + 3) * W + i]
        u0 = s[at.KEEP_D * W + i] * D0 + s[at.PUSH_D * W + i]
        u1 = s[(at.KEEP_D + 1) * W + i] * D1 + s[(at.PUSH_D + 1) * W + i]
        u2 = s[(at.KEEP_D + 2) * W + i] * D2 + s[(at.PUSH_D + 2) * W + i]
        u3 = s[(at.KEEP_D + 3) * W + i] * D3 + s[(at.PUSH_D + 3) * W + i]
        middle = (right + g_axial * (u0 + u1 + u2 + u3)) / left
        s[at.V_D * W + i] = TWO * (u0 + s[at.PULL_D * W + i] * middle) - D0
        s[(at.V_D + 1) * W + i] = TWO * (u1 + s[(at.PULL_D + 1) * W + i] * middle) - D1
        s[(at.V_D + 2) * W + i] = TWO * (u2 + s[(at.PULL_D + 2) * W + i] * middle) - D2
        s[(at.V_D + 3) * W + i] = TWO * (u3 + s[(at.PULL_D + 3) * W + i] * middle) - D3
        s[at.V * W + i] = TWO * middle - V
        s[at.SLOPE * W + i] = (middle - V) * per_half_step
        s[at.V_BEFORE * W + i] = V
        s[at.M_NA * W + i] = m
        s[at.H_NA * W + i] = h
        s[at.N_K * W + i] = n
        s[at.P_NAP * W + i] = p
        s[at.A_CA * W + i] = a
        s[at.CALCIUM * W + i] = calcium
        s[at.N_KCA * W + i] = k
        s[at.AGE * W + i] = half_step


@compiled(forceinline=True, error_model="numpy", fastmath=FLAGS)
def eliminate_dendrites(s, per_half_step):
    """Prepare the solution of the five potentials for one length of step."""
    for i in range(W):
        kept = s[at.C_DENDRITE * W + i] * per_half_step
        g_axial = s[at.G_AXIAL * W + i]
        r0 = ONE / (kept + s[at.G_D * W + i] + g_axial)
        r1 = ONE / (kept + s[(at.G_D + 1) * W + i] + g_axial)
        r2 = ONE / (kept + s[(at.G_D + 2) * W + i] + g_axial)
        r3 = ONE / (kept + s[(at.G_D + 3) * W + i] + g_axial)
        s[at.KEEP_D * W + i] = r0 * kept
        s[(at.KEEP_D + 1) * W + i] = r1 * kept
        s[(at.KEEP_D + 2) * W + i] = r2 * kept
        s[(at.KEEP_D + 3) * W + i] = r3 * kept
        s[at.PUSH_D * W + i] = r0 * s[at.B_D * W + i]
        s[(at.PUSH_D + 1) * W + i] = r1 * s[(at.B_D + 1) * W + i]
        s[(at.PUSH_D + 2) * W + i] = r2 * s[(at.B_D + 2) * W + i]
        s[(at.PUSH_D + 3) * W + i] = r3 * s[(at.B_D + 3) * W + i]
        s[at.PULL_D * W + i] = r0 * g_axial
        s[(at.PULL_D + 1) * W + i] = r1 * g_axial
        s[(at.PULL_D + 2) * W + i] = r2 * g_axial
        s[(at.PULL_D + 3) * W + i] = r3 * g_axial
        pulled = g_axial * g_axial * (r0 + r1 + r2 + r3)
        s[at.LEFT * W + i] = s[at.G_SOMA * W + i] + FOUR * g_axial - pulled


@compiled(forceinline=True, error_model="numpy", fastmath=FLAGS)
def mark_spikes(s, part):
    """Note in `CROSSED` where in the last step a lane rose through the spike threshold.

    `part` is the number of that step; `CROSSED` becomes it plus the fraction of the step.
    """
    for i in range(W):
        before = s[at.V_BEFORE * W + i]
        after = s[at.V * W + i]
        crossed = s[at.CROSSED * W + i]
        where = part + (SPIKE_mV - before) / (after - before)
        rose = (before < SPIKE_mV) & (after >= SPIKE_mV)
        s[at.CROSSED * W + i] = where if rose else crossed


@compiled(forceinline=True)
def forget_spikes(s):
    """Set `CROSSED` to nowhere."""
    for i in range(W):
        s[at.CROSSED * W + i] = _NOWHERE
