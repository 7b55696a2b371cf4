"""The slow step of a chunk: synaptic fluctuations, L-type calcium and h-current.

Their time constants are 20 ms and more, so they move on a coarser grid than the potentials: gates
stand half a slow step off it, like those of the soma off theirs, and what they and the synapses
pull at soma and dendrites holds for one slow step.
"""

from __future__ import annotations

import numpy as np

from renshaw.core.kernels import compiled
from renshaw.engine import lanes as at
from renshaw.engine.noise import UNIFORM_CENTER, UNIFORM_STEP, lower, philox, upper
from renshaw.engine.rates import FLAGS, ONE, dendrite_steady_states, f32
from renshaw.engine.step import moved
from renshaw.model.mechanisms import fluctuating_synapse as synapse
from renshaw.model.mechanisms import h_current, l_type_calcium

_E_H = f32(h_current.REVERSAL_mV - at.ORIGIN_mV)
_E_L = f32(l_type_calcium.REVERSAL_mV - at.ORIGIN_mV)
_E_E = f32(synapse.EXCITATION_REVERSAL_mV - at.ORIGIN_mV)
_ZERO = f32(0.0)

_UNIFORM_STEP = f32(UNIFORM_STEP)
_UNIFORM_CENTER = f32(UNIFORM_CENTER)

W = at.WIDTH


@compiled(forceinline=True, error_model="numpy", fastmath=FLAGS)
def _uniform(half):
    return (f32(half) - _UNIFORM_CENTER) * _UNIFORM_STEP


@compiled(forceinline=True, error_model="numpy", fastmath=FLAGS)
def fluctuate(s, name, number, decay, kick):
    """Move the eight Ornstein-Uhlenbeck processes of each lane to the slow step of this number."""
    first = name[at.FIRST_NEURON]
    trial = name[at.TRIAL]
    low = name[at.KEY_LOW]
    high = name[at.KEY_HIGH]
    for i in range(W):
        w0, w1, w2, w3 = philox(number, trial, first + i, 0, low, high)
        s[at.X_E * W + i] = decay * s[at.X_E * W + i] + kick * _uniform(lower(w0))
        s[(at.X_E + 1) * W + i] = decay * s[(at.X_E + 1) * W + i] + kick * _uniform(upper(w0))
        s[(at.X_E + 2) * W + i] = decay * s[(at.X_E + 2) * W + i] + kick * _uniform(lower(w1))
        s[(at.X_E + 3) * W + i] = decay * s[(at.X_E + 3) * W + i] + kick * _uniform(upper(w1))
        s[at.X_I * W + i] = decay * s[at.X_I * W + i] + kick * _uniform(lower(w2))
        s[(at.X_I + 1) * W + i] = decay * s[(at.X_I + 1) * W + i] + kick * _uniform(upper(w2))
        s[(at.X_I + 2) * W + i] = decay * s[(at.X_I + 2) * W + i] + kick * _uniform(lower(w3))
        s[(at.X_I + 3) * W + i] = decay * s[(at.X_I + 3) * W + i] + kick * _uniform(upper(w3))


@compiled(forceinline=True, error_model="numpy", fastmath=FLAGS)
def conductance(mean, spread, fluctuation):
    """Return a fluctuating conductance in 1e-5 S/cm2, never negative."""
    return max(_ZERO, mean + spread * fluctuation)


@compiled(forceinline=True, error_model="numpy", fastmath=FLAGS)
def pull_at_soma(s, q_gain):
    """Move the h-current and gather what pulls at the soma during the next slow step."""
    for i in range(W):
        exp_theta_m = s[at.EXP_THETA_M * W + i]
        exp_theta_h = s[at.EXP_THETA_H * W + i]
        q_inf, _, _ = dendrite_steady_states(s[at.V * W + i], exp_theta_m, exp_theta_h)
        q = moved(s[at.Q_SOMA * W + i], q_inf, q_gain)
        s[at.Q_SOMA * W + i] = q
        g_h = s[at.G_H_SOMA * W + i] * q
        s[at.G_SOMA * W + i] = s[at.G_PAS_SOMA * W + i] + g_h
        s[at.B_SOMA * W + i] = s[at.B_PAS_SOMA * W + i] + g_h * _E_H + s[at.CURRENT * W + i]


@compiled(forceinline=True, error_model="numpy", fastmath=FLAGS)
def pull_at_dendrite(s, j, q_gain, h_gain):
    """Likewise for one dendrite, with its L-type calcium.

    `M_GAIN` holds what its m makes up of its distance, `EXP_THETA` what `EXP_THETA_M` does.
    """
    for i in range(W):
        q_inf, m_inf, shut_inf = dendrite_steady_states(
            s[(at.V_D + j) * W + i], s[at.EXP_THETA * W + i], s[at.EXP_THETA_H * W + i]
        )
        q = moved(s[(at.Q_D + j) * W + i], q_inf, q_gain)
        m = moved(s[(at.M_L + j) * W + i], m_inf, s[at.M_GAIN * W + i])
        shut = moved(s[(at.SHUT_L + j) * W + i], shut_inf, h_gain)
        g_h = s[at.G_H_D * W + i] * q
        g_L = s[at.GAMMA * W + i] * s[(at.G_L + j) * W + i] * m * (ONE - shut)
        M_e = s[at.EXCITATION * W + i]
        M_i = s[at.INHIBITION * W + i]
        noise = s[at.NOISE * W + i]
        e = conductance(M_e, noise * np.sqrt(M_e), s[(at.X_E + j) * W + i])
        g_e = s[at.SYNAPTIC_E * W + i] * (e + s[at.VOLLEY * W + i])
        g_i = s[at.SYNAPTIC_I * W + i] * conductance(
            M_i, noise * np.sqrt(M_i), s[(at.X_I + j) * W + i]
        )
        s[(at.Q_D + j) * W + i] = q
        s[(at.M_L + j) * W + i] = m
        s[(at.SHUT_L + j) * W + i] = shut
        s[(at.G_D + j) * W + i] = s[at.G_PAS_D * W + i] + g_h + g_L + g_e + g_i
        s[(at.B_D + j) * W + i] = (
            s[at.B_PAS_D * W + i]
            + g_h * _E_H
            + g_L * _E_L
            + g_e * _E_E
            + g_i * s[at.E_INHIBITION * W + i]
        )
