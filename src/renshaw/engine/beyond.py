"""What the published pool lacks, for chunks in which any motoneuron has it.

Its equations are in `renshaw.model.mechanisms`: how L-type calcium closes and warms up, synapses at
the soma, a slow afterhyperpolarization, a delayed depolarization, fluctuations that a pool shares.
Where one is neutral it adds exact zeros and keeps gains as they are, so that a motoneuron's numbers
never depend on its neighbors in the chunk.
"""

from __future__ import annotations

from math import log2

import numpy as np

from renshaw.core.kernels import compiled
from renshaw.engine import lanes as at
from renshaw.engine.noise import UNIFORM_CENTER, UNIFORM_STEP, lower, philox
from renshaw.engine.rates import FLAGS, HALF, ONE, D_PER_mV, clipped, exp2, f32, gain, short_gain
from renshaw.engine.slow import conductance
from renshaw.engine.step import moved
from renshaw.model.mechanisms import (
    delayed_depolarization,
    l_type_calcium,
    slow_afterhyperpolarization,
)
from renshaw.model.mechanisms import fluctuating_synapse as synapse

_ZERO = f32(0.0)
_OPENING_ms = f32(l_type_calcium.ACTIVATION_ms)
_E_E = f32(synapse.EXCITATION_REVERSAL_mV - at.ORIGIN_mV)
_E_HUMP = f32(delayed_depolarization.REVERSAL_mV - at.ORIGIN_mV)
_HUMP_RATE = f32(1.0 / delayed_depolarization.HUMP_ms)
_USE_RATE = f32(1.0 / delayed_depolarization.USED_UP_BY_uM)
_E_SLOW = f32(slow_afterhyperpolarization.REVERSAL_mV - at.ORIGIN_mV)
_PER_SLOPE_M_mV = f32(-log2(np.e) / l_type_calcium.SLOPE_M_mV)
_UNIFORM_STEP = f32(UNIFORM_STEP)
_UNIFORM_CENTER = f32(UNIFORM_CENTER)

W = at.WIDTH


@compiled(forceinline=True, error_model="numpy", fastmath=FLAGS)
def fluctuate_beyond(s, name, number, noise_ms, noise_scale):
    """Move the fluctuation at the soma and the two that the pool shares, as `fluctuate` does."""
    first = name[at.FIRST_NEURON]
    trial = name[at.TRIAL]
    low = name[at.KEY_LOW]
    high = name[at.KEY_HIGH]
    w0, w1, _, _ = philox(number, trial, 0, 2, low, high)
    fast = noise_scale * _uniform(lower(w0))
    slow = noise_scale * _uniform(lower(w1))
    for i in range(W):
        w0, _, _, _ = philox(number, trial, first + i, 1, low, high)
        own = noise_scale * _uniform(lower(w0))
        lost = gain(noise_ms * s[at.SOMATIC_NOISE_RATE * W + i])
        s[at.X_SOMA * W + i] = _fluctuated(s[at.X_SOMA * W + i], lost, own)
        lost = gain(noise_ms * s[at.FAST_RATE * W + i])
        s[at.X_FAST * W + i] = _fluctuated(s[at.X_FAST * W + i], lost, fast)
        lost = gain(noise_ms * s[at.SLOW_RATE * W + i])
        x = _fluctuated(s[at.X_SLOW_FIRST * W + i], lost, slow)
        s[at.X_SLOW_FIRST * W + i] = x
        left = ONE - lost
        taken = lost * (ONE + left) / np.sqrt(ONE + left * left)
        s[at.X_SLOW * W + i] = left * s[at.X_SLOW * W + i] + taken * x


@compiled(forceinline=True, error_model="numpy", fastmath=FLAGS)
def _uniform(half):
    return (f32(half) - _UNIFORM_CENTER) * _UNIFORM_STEP


@compiled(forceinline=True, error_model="numpy", fastmath=FLAGS)
def _fluctuated(x, lost, kick):
    # 1 - decay^2 = lost (2 - lost), without the digits that decay^2 would lose.
    return x - lost * x + np.sqrt(lost * (ONE + (ONE - lost))) * kick


@compiled(forceinline=True, error_model="numpy", fastmath=FLAGS)
def add_common(s):
    """Add to the excitation of a chunk what its pool shares."""
    for i in range(W):
        M_e = s[at.EXCITATION * W + i]
        shared = s[at.FAST * W + i] * s[at.X_FAST * W + i]
        shared = shared + s[at.SLOW * W + i] * s[at.X_SLOW * W + i]
        s[at.EXCITATION * W + i] = max(_ZERO, M_e + np.sqrt(M_e) * shared)


@compiled(forceinline=True, error_model="numpy", fastmath=FLAGS)
def tune_l_type(s, j, slow_ms, m_gain):
    """Set gain and theta of m_L of one dendrite, by its potential and by how warm its channels are.

    Where both are as published, they keep their digits.
    """
    for i in range(W):
        extra = s[at.CLOSING_EXTRA_ms * W + i]
        warm_up_mV = s[at.WARM_UP_mV * W + i]
        warmth = s[(at.WARMTH + j) * W + i]
        m = s[(at.M_L + j) * W + i]
        warmth = moved(warmth, m, short_gain(slow_ms * s[at.WARM_UP_RATE * W + i]))
        s[(at.WARMTH + j) * W + i] = warmth
        lower_mV = warm_up_mV * warmth
        exp_theta = s[at.EXP_THETA_M * W + i]
        s[at.EXP_THETA * W + i] = exp_theta * exp2(lower_mV * _PER_SLOPE_M_mV)
        y = exp2((clipped(s[(at.V_D + j) * W + i]) + lower_mV) * D_PER_mV)
        y5 = y * y * (y * y) * y
        y15 = y5 * y5 * y5
        # exp(-V / 4 mV) is exp(-V / 120 mV) to the power of 30.
        steep = s[at.EXP_CLOSING * W + i] * (y15 * y15)
        tau = _OPENING_ms + extra * (steep / (ONE + steep))
        own = short_gain(slow_ms / tau)
        s[at.M_GAIN * W + i] = m_gain if extra == _ZERO else own


@compiled(forceinline=True, error_model="numpy", fastmath=FLAGS)
def _hump(s, i, slow_ms):
    """Move the delayed depolarization of a lane and return how much of it is there.

    The gate through which calcium enters is too fast for slow steps; calcium itself tells what
    entered. The hump counts as in the middle of the coming step.
    """
    before = s[at.CALCIUM_BEFORE * W + i]
    now = s[at.CALCIUM * W + i]
    left_per_ms = s[at.CALCIUM_REMOVAL_RATE * W + i] * HALF * (before + now)
    entering = max(_ZERO, (now - before) / slow_ms + left_per_ms)
    recovery = s[at.HUMP_RECOVERY_RATE * W + i]
    rate = recovery + entering * _USE_RATE
    ready_before = s[at.READY * W + i]
    ready = moved(ready_before, recovery / rate, short_gain(slow_ms * rate))
    hump = s[at.HUMP * W + i]
    setting_off = HALF * (ready_before + ready) * entering
    step = (setting_off - hump) * short_gain(slow_ms * _HUMP_RATE)
    s[at.CALCIUM_BEFORE * W + i] = now
    s[at.READY * W + i] = ready
    s[at.HUMP * W + i] = hump + step
    return hump + step + HALF * step


@compiled(forceinline=True, error_model="numpy", fastmath=FLAGS)
def pull_at_soma_beyond(s, slow_ms):
    """Add to what pulls at the soma during the next slow step.

    Its synapses, the slow afterhyperpolarization and the delayed depolarization, which move here.
    """
    for i in range(W):
        M_e = s[at.EXCITATION * W + i]
        M_i = s[at.INHIBITION * W + i]
        root = np.sqrt(M_e)
        spread_e = s[at.NOISE * W + i] * root
        spread_i = s[at.NOISE * W + i] * np.sqrt(M_i)
        e = _ZERO
        inhibition = _ZERO
        for j in range(at.DENDRITES):
            e += conductance(M_e, spread_e, s[(at.X_E + j) * W + i])
            e += s[at.VOLLEY * W + i]
            inhibition += conductance(M_i, spread_i, s[(at.X_I + j) * W + i])
        fluctuation = s[at.SOMATIC_NOISE * W + i] * root * s[at.X_SOMA * W + i]
        g_e = max(_ZERO, s[at.SOMATIC_E * W + i] * e + fluctuation)
        g_i = s[at.SOMATIC_I * W + i] * inhibition
        z_gain = short_gain(slow_ms * s[at.SLOW_AHP_RATE * W + i])
        z = moved(s[at.SLOW_CALCIUM * W + i], s[at.CALCIUM * W + i], z_gain)
        s[at.SLOW_CALCIUM * W + i] = z
        g_slow = s[at.G_SLOW * W + i] * z
        g_hump = s[at.G_HUMP * W + i] * _hump(s, i, slow_ms)
        s[at.G_SOMA * W + i] += g_e + g_i + g_slow + g_hump
        pushed = g_e * _E_E + g_i * s[at.E_INHIBITION * W + i] + g_slow * _E_SLOW
        pushed = pushed + g_hump * _E_HUMP
        s[at.B_SOMA * W + i] += pushed
