"""The compiled kernel: one motoneuron of soma and four dendrites after another, in parallel.

Time runs in outer steps, in which the inputs, their fluctuations and the slow dendritic gates move,
and in inner steps for everything that shapes a spike. Gates are integrated exactly for a constant
potential and stand half a step off the potentials; the five potentials are solved together by
Crank-Nicolson. That makes the scheme second order: Hines 1984; NEURON's ``secondorder=2``.
"""

from __future__ import annotations

from math import exp, sqrt

import numpy as np
from numba import njit, prange

from renshaw.engine.noise import centered, philox
from renshaw.model.mechanisms import (
    afterhyperpolarization as ahp,
)
from renshaw.model.mechanisms import (
    delayed_rectifier,
    fast_sodium,
    fluctuating_synapse,
    h_current,
    l_type_calcium,
    persistent_sodium,
)
from renshaw.model.mechanisms.gating import relaxed

SPIKE_mV = -20.0
# A motoneuron that fires faster than this for a whole trial has left physiology.
FASTEST_pps = 400.0
DIVERGED_mV = 300.0

_ahp_calcium = ahp.calcium_activation
_ahp_influx = ahp.calcium_influx_mM_per_ms
_ahp_potassium = ahp.potassium_activation
_m_Na = fast_sodium.activation
_h_Na = fast_sodium.inactivation
_p_NaP = persistent_sodium.activation
_n_K = delayed_rectifier.activation
_q_h = h_current.activation
_m_L = l_type_calcium.activation
_h_L = l_type_calcium.inactivation
_synaptic = fluctuating_synapse.conductance_S_per_cm2

E_NA_mV = fast_sodium.REVERSAL_mV
E_K_mV = delayed_rectifier.REVERSAL_mV
E_CA_mV = ahp.CALCIUM_REVERSAL_mV
E_H_mV = h_current.REVERSAL_mV
E_L_mV = l_type_calcium.REVERSAL_mV
E_I_mV = fluctuating_synapse.INHIBITION_REVERSAL_mV


@njit(cache=True, parallel=True, error_model="numpy")
def integrate(
    membrane,
    excitation,
    inhibition,
    neuromodulation,
    current_nA,
    key,
    noise_scale,
    step_ms,
    inner_steps,
    save_every,
    spike_ms,
    pic_nA,
    soma_mV,
):
    """Integrate every motoneuron of a pool and return how many spikes each fired; -1: it diverged.

    Parameters
    ----------
    membrane : Membrane
    excitation, inhibition, neuromodulation : array, shape (steps,)
        M_e, M_i and the scale of the L-type conductance at each outer step.
    current_nA : array, shape (steps,)
        Current injected into the soma.
    key : (int, int)
        Two words of 32 bits: the seed.
    noise_scale : float
        1 for the published fluctuations, 0 for none.
    step_ms : float
        Outer step.
    inner_steps : int
        Inner steps in an outer one.
    save_every : int
        Outer steps between saved values of the traces.
    spike_ms : array, shape (n, most spikes)
        Filled with spike times.
    pic_nA, soma_mV : array, shape (n, saved) or (n, 0)
        Filled with the L-type plus persistent sodium current (inward positive) and the potential.
    """
    n_neurons = membrane.e_pas_mV.shape[0]
    counts = np.zeros(n_neurons, dtype=np.int64)
    for i in prange(n_neurons):
        counts[i] = _one_motoneuron(
            i,
            membrane,
            excitation,
            inhibition,
            neuromodulation,
            current_nA,
            key,
            noise_scale,
            step_ms,
            inner_steps,
            save_every,
            spike_ms[i],
            pic_nA[i],
            soma_mV[i],
        )
    return counts


@njit(cache=True, error_model="numpy")
def _one_motoneuron(
    i,
    mem,
    excitation,
    inhibition,
    neuromodulation,
    current_nA,
    key,
    noise_scale,
    step_ms,
    inner_steps,
    save_every,
    spike_ms,
    pic_nA,
    soma_mV,
):
    dt = step_ms / inner_steps
    C_s = 2.0 * mem.C_soma_nF[i] / dt
    C_d = 2.0 * mem.C_dendrite_nF[i] / dt
    g_ax = mem.g_axial_uS[i]
    e_pas = mem.e_pas_mV[i]
    uS_per_density = 1e6 * mem.dendrite_area_cm2[i]
    decay = exp(-step_ms / fluctuating_synapse.TIME_CONSTANT_ms)
    kick = noise_scale * sqrt(1.0 - decay * decay)
    p_decay = exp(-dt / persistent_sodium.TIME_CONSTANT_ms)
    a_decay = exp(-dt / ahp.CALCIUM_GATE_ms)
    Ca_decay = exp(-dt / mem.calcium_removal_ms[i])
    q_decay = exp(-step_ms / h_current.TIME_CONSTANT_ms)
    m_L_decay = exp(-step_ms / l_type_calcium.ACTIVATION_ms)
    h_L_decay = exp(-step_ms / l_type_calcium.INACTIVATION_ms)

    V = e_pas
    m, _ = _m_Na(V)
    h, _ = _h_Na(V)
    p = _p_NaP(V)
    n, _ = _n_K(V)
    a = _ahp_calcium(V)
    Ca = ahp.RESTING_CALCIUM_mM
    n_KCa = 0.0
    q = _q_h(V)
    V_d = np.full(4, e_pas)
    q_d = np.full(4, q)
    m_L = np.full(4, _m_L(V, mem.theta_m_L_mV[i]))
    h_L = np.full(4, _h_L(V, mem.theta_h_L_mV[i]))
    x_e = np.zeros(4)
    x_i = np.zeros(4)
    G_d = np.empty(4)
    B_d = np.empty(4)
    g_L = np.empty(4)

    spikes = 0
    for step in range(excitation.shape[0]):
        gamma = neuromodulation[step]
        if noise_scale > 0.0:
            w0, w1, w2, w3 = philox(step, step >> 32, i, 0, key[0], key[1])
            x_e[0] = decay * x_e[0] + kick * centered(w0, 0)
            x_e[1] = decay * x_e[1] + kick * centered(w0, 1)
            x_e[2] = decay * x_e[2] + kick * centered(w1, 0)
            x_e[3] = decay * x_e[3] + kick * centered(w1, 1)
            x_i[0] = decay * x_i[0] + kick * centered(w2, 0)
            x_i[1] = decay * x_i[1] + kick * centered(w2, 1)
            x_i[2] = decay * x_i[2] + kick * centered(w3, 0)
            x_i[3] = decay * x_i[3] + kick * centered(w3, 1)
        q_inf = _q_h(V)
        q = q_inf + (q - q_inf) * q_decay
        for j in range(4):
            q_inf = _q_h(V_d[j])
            q_d[j] = q_inf + (q_d[j] - q_inf) * q_decay
            m_inf = _m_L(V_d[j], mem.theta_m_L_mV[i])
            m_L[j] = m_inf + (m_L[j] - m_inf) * m_L_decay
            h_inf = _h_L(V_d[j], mem.theta_h_L_mV[i])
            h_L[j] = h_inf + (h_L[j] - h_inf) * h_L_decay
            g_e = _synaptic(excitation[step], x_e[j]) * uS_per_density
            g_i = _synaptic(inhibition[step], x_i[j]) * uS_per_density
            g_h = mem.g_h_dendrite_uS[i] * q_d[j]
            g_L[j] = gamma * mem.g_L_uS[i, j] * m_L[j] * h_L[j]
            G_d[j] = mem.g_pas_dendrite_uS[i] + g_h + g_L[j] + g_e + g_i
            B_d[j] = (
                mem.g_pas_dendrite_uS[i] * e_pas + g_h * E_H_mV + g_L[j] * E_L_mV + g_i * E_I_mV
            )
        for inner in range(inner_steps):
            m_inf, tau = _m_Na(V)
            m = relaxed(m, m_inf, tau, dt)
            h_inf, tau = _h_Na(V)
            h = relaxed(h, h_inf, tau, dt)
            n_inf, tau = _n_K(V)
            n = relaxed(n, n_inf, tau, dt)
            p_inf = _p_NaP(V)
            p = p_inf + (p - p_inf) * p_decay
            a_inf = _ahp_calcium(V)
            a = a_inf + (a - a_inf) * a_decay
            influx = _ahp_influx(mem.g_Ca_S_per_cm2[i] * a * (V - E_CA_mV))
            Ca_inf = ahp.RESTING_CALCIUM_mM + influx * mem.calcium_removal_ms[i]
            Ca = Ca_inf + (Ca - Ca_inf) * Ca_decay
            n_inf, tau = _ahp_potassium(Ca)
            n_KCa = relaxed(n_KCa, n_inf, tau, dt)

            g_Na = mem.g_Na_uS[i] * m * m * m * h + mem.g_NaP_uS[i] * p
            g_K = mem.g_K_uS[i] * n * n * n * n + mem.g_KCa_uS[i] * n_KCa
            g_Ca = mem.g_Ca_uS[i] * a
            g_h = mem.g_h_soma_uS[i] * q
            G = mem.g_pas_soma_uS[i] + g_Na + g_K + g_Ca + g_h
            B = mem.g_pas_soma_uS[i] * e_pas + g_Na * E_NA_mV + g_K * E_K_mV
            B += g_Ca * E_CA_mV + g_h * E_H_mV + current_nA[step]

            # The star of soma and dendrites: eliminate the dendrites, solve, substitute back.
            left = C_s + G + 4.0 * g_ax
            right = C_s * V + B
            for j in range(4):
                ratio = g_ax / (C_d + G_d[j] + g_ax)
                left -= ratio * g_ax
                right += ratio * (C_d * V_d[j] + B_d[j])
            V_mid = right / left
            for j in range(4):
                mid = (C_d * V_d[j] + B_d[j] + g_ax * V_mid) / (C_d + G_d[j] + g_ax)
                V_d[j] = 2.0 * mid - V_d[j]
            V_new = 2.0 * V_mid - V
            if V < SPIKE_mV <= V_new and spikes < spike_ms.shape[0]:
                part = (SPIKE_mV - V) / (V_new - V)
                spike_ms[spikes] = step * step_ms + (inner + part) * dt
                spikes += 1
            V = V_new
        if not abs(V) < DIVERGED_mV:
            return -1
        if step % save_every == 0:
            saved = step // save_every
            if saved < pic_nA.shape[0]:
                current = mem.g_NaP_uS[i] * p * (E_NA_mV - V)
                for j in range(4):
                    current += g_L[j] * (E_L_mV - V_d[j])
                pic_nA[saved] = current
            if saved < soma_mV.shape[0]:
                soma_mV[saved] = V
    return spikes
