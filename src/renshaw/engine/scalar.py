"""One motoneuron, one uniform step, double precision: the readable form of the integration.

The same functions are compiled for the reference engine and for the graphics card, and run as plain
Python. The vector kernel (`renshaw.engine.step`) computes the same in another arrangement.
"""

from __future__ import annotations

from math import exp

from renshaw.core.equations import equation
from renshaw.engine.noise import centered, lower, philox, upper
from renshaw.model.mechanisms import afterhyperpolarization as ahp
from renshaw.model.mechanisms import (
    common_input,
    delayed_depolarization,
    delayed_rectifier,
    fast_sodium,
    fluctuating_synapse,
    h_current,
    l_type_calcium,
    persistent_sodium,
    slow_afterhyperpolarization,
    somatic_synapse,
    warm_up,
)
from renshaw.model.mechanisms.gating import relaxed

SPIKE_mV: float = -20.0
DIVERGED_mV: float = 300.0

# State of a motoneuron, four values for each of the second line and for WARMTH; G_* and
# B_* are scratch.
V, M_NA, H_NA, P_NAP, N_K, A_CA, CALCIUM, N_KCA, Q_SOMA = range(9)
V_D, Q_D, M_L, H_L, X_E, X_I, G_D, B_D = range(9, 41, 4)
X_SOMA, X_FAST, X_SLOW_FIRST, X_SLOW, SLOW_CALCIUM, G_SOMA, B_SOMA = range(41, 48)
WARMTH = 48
HUMP, READY = 52, 53
STATES = 54

# Parameters of a motoneuron, in the order of `renshaw.engine.membrane.Membrane`; g_L has four.
(
    C_SOMA,
    C_DENDRITE,
    G_AXIAL,
    G_PAS_SOMA,
    G_PAS_DENDRITE,
    E_PAS,
    G_H_SOMA,
    G_H_DENDRITE,
    G_NA,
    G_NAP,
    G_K,
    G_KCA,
    G_CA,
    G_CA_DENSITY,
    CALCIUM_REMOVAL,
    G_L,
) = range(16)
THETA_M, THETA_H, DENDRITE_AREA, E_I, NOISE, CLOSING_L = range(19, 25)
SHARE_E, SHARE_I, SOMATIC_NOISE, SOMATIC_NOISE_ms = range(25, 29)
FAST, FAST_ms, SLOW, SLOW_ms = range(29, 33)
G_SLOW, SLOW_AHP_ms, WARM_UP_mV, WARM_UP_ms = range(33, 37)
G_HUMP, HUMP_RECOVERY_ms = 37, 38
PARAMETERS = 39

_activation_Na = fast_sodium.activation
_inactivation_Na = fast_sodium.inactivation
_activation_NaP = persistent_sodium.activation
_activation_K = delayed_rectifier.activation
_activation_Ca = ahp.calcium_activation
_influx = ahp.calcium_influx_mM_per_ms
_activation_KCa = ahp.potassium_activation
_activation_h = h_current.activation
_activation_L = l_type_calcium.activation
_inactivation_L = l_type_calcium.inactivation
_time_constant_L_ms = l_type_calcium.time_constant_ms
_synaptic = fluctuating_synapse.conductance_S_per_cm2
_somatic = somatic_synapse.somatic_excitation_S_per_cm2
_with_common = common_input.with_common
_excess_uM = slow_afterhyperpolarization.excess_calcium_uM
_readiness = delayed_depolarization.readiness
_warmed = warm_up.warmed_theta_m_mV
_smoothing_gain = common_input.smoothing_gain

E_NA: float = fast_sodium.REVERSAL_mV
E_K: float = delayed_rectifier.REVERSAL_mV
E_CA: float = ahp.CALCIUM_REVERSAL_mV
E_H: float = h_current.REVERSAL_mV
E_L: float = l_type_calcium.REVERSAL_mV
P_ms: float = persistent_sodium.TIME_CONSTANT_ms
A_ms: float = ahp.CALCIUM_GATE_ms
Q_ms: float = h_current.TIME_CONSTANT_ms
H_L_ms: float = l_type_calcium.INACTIVATION_ms
HUMP_ms: float = delayed_depolarization.HUMP_ms
REST_mM: float = ahp.RESTING_CALCIUM_mM
_US_PER_S = 1e6


@equation
def rest(y, p):
    """Put a motoneuron at the reversal potential of its leak, every gate in its steady state."""
    E = p[E_PAS]
    y[V] = E
    y[M_NA], _ = _activation_Na(E)
    y[H_NA], _ = _inactivation_Na(E)
    y[P_NAP] = _activation_NaP(E)
    y[N_K], _ = _activation_K(E)
    y[A_CA] = _activation_Ca(E)
    y[CALCIUM] = REST_mM
    y[N_KCA] = 0.0
    y[Q_SOMA] = _activation_h(E)
    for j in range(4):
        y[V_D + j] = E
        y[Q_D + j] = _activation_h(E)
        y[M_L + j] = _activation_L(E, p[THETA_M])
        y[H_L + j] = _inactivation_L(E, p[THETA_H])
        y[X_E + j] = 0.0
        y[X_I + j] = 0.0
        y[WARMTH + j] = y[M_L + j]
    y[HUMP] = 0.0
    y[READY] = 1.0
    for x in range(X_SOMA, SLOW_CALCIUM + 1):
        y[x] = 0.0


@equation
def fluctuate(y, number, name, decay, kick):
    """Move the eight Ornstein-Uhlenbeck processes to the step of this number of theirs."""
    w0, w1, w2, w3 = philox(number, name[1], name[0], 0, name[2], name[3])
    y[X_E] = decay * y[X_E] + kick * centered(lower(w0))
    y[X_E + 1] = decay * y[X_E + 1] + kick * centered(upper(w0))
    y[X_E + 2] = decay * y[X_E + 2] + kick * centered(lower(w1))
    y[X_E + 3] = decay * y[X_E + 3] + kick * centered(upper(w1))
    y[X_I] = decay * y[X_I] + kick * centered(lower(w2))
    y[X_I + 1] = decay * y[X_I + 1] + kick * centered(upper(w2))
    y[X_I + 2] = decay * y[X_I + 2] + kick * centered(lower(w3))
    y[X_I + 3] = decay * y[X_I + 3] + kick * centered(upper(w3))


@equation
def fluctuate_beyond(y, p, number, name, noise, interval_ms):
    """Move the fluctuation at the soma and the two that the whole pool shares, likewise.

    Random numbers of a kind 1 are the soma's; those of kind 2 name no motoneuron.
    """
    w0, _, _, _ = philox(number, name[1], name[0], 1, name[2], name[3])
    y[X_SOMA] = _fluctuated(y[X_SOMA], p[SOMATIC_NOISE_ms], lower(w0), noise, interval_ms)
    w0, w1, _, _ = philox(number, name[1], 0, 2, name[2], name[3])
    y[X_FAST] = _fluctuated(y[X_FAST], p[FAST_ms], lower(w0), noise, interval_ms)
    y[X_SLOW_FIRST] = _fluctuated(y[X_SLOW_FIRST], p[SLOW_ms], lower(w1), noise, interval_ms)
    decay = exp(-interval_ms / p[SLOW_ms])
    y[X_SLOW] = decay * y[X_SLOW] + _smoothing_gain(decay) * y[X_SLOW_FIRST]


@equation
def _fluctuated(x, time_constant_ms, half_word, noise, interval_ms):
    decay = exp(-interval_ms / time_constant_ms)
    return decay * x + noise * (1.0 - decay * decay) ** 0.5 * centered(half_word)


@equation
def move_gates(y, p, dt_ms):
    """Move every gate by one step, exactly for the potentials as they stand."""
    E = y[V]
    inf, tau = _activation_Na(E)
    y[M_NA] = relaxed(y[M_NA], inf, tau, dt_ms)
    inf, tau = _inactivation_Na(E)
    y[H_NA] = relaxed(y[H_NA], inf, tau, dt_ms)
    inf, tau = _activation_K(E)
    y[N_K] = relaxed(y[N_K], inf, tau, dt_ms)
    y[P_NAP] = relaxed(y[P_NAP], _activation_NaP(E), P_ms, dt_ms)
    y[Q_SOMA] = relaxed(y[Q_SOMA], _activation_h(E), Q_ms, dt_ms)
    # What depends on a gate sees the mean of its old and new value: its value at the instant of V.
    a = relaxed(y[A_CA], _activation_Ca(E), A_ms, dt_ms)
    influx = _influx(p[G_CA_DENSITY] * 0.5 * (a + y[A_CA]) * (E - E_CA))
    y[A_CA] = a
    y[HUMP] = relaxed(y[HUMP], y[READY] * 1e3 * influx, HUMP_ms, dt_ms)
    inf, tau = _readiness(1e3 * influx, p[HUMP_RECOVERY_ms])
    y[READY] = relaxed(y[READY], inf, tau, dt_ms)
    full_mM = REST_mM + influx * p[CALCIUM_REMOVAL]
    calcium = relaxed(y[CALCIUM], full_mM, p[CALCIUM_REMOVAL], dt_ms)
    inf, tau = _activation_KCa(0.5 * (calcium + y[CALCIUM]))
    y[CALCIUM] = calcium
    y[N_KCA] = relaxed(y[N_KCA], inf, tau, dt_ms)
    y[SLOW_CALCIUM] = relaxed(y[SLOW_CALCIUM], _excess_uM(calcium), p[SLOW_AHP_ms], dt_ms)
    for j in range(4):
        E = y[V_D + j]
        y[Q_D + j] = relaxed(y[Q_D + j], _activation_h(E), Q_ms, dt_ms)
        theta = _warmed(p[THETA_M], p[WARM_UP_mV], y[WARMTH + j])
        tau = _time_constant_L_ms(E, theta, p[CLOSING_L])
        y[WARMTH + j] = relaxed(y[WARMTH + j], y[M_L + j], p[WARM_UP_ms], dt_ms)
        y[M_L + j] = relaxed(y[M_L + j], _activation_L(E, theta), tau, dt_ms)
        y[H_L + j] = relaxed(y[H_L + j], _inactivation_L(E, p[THETA_H]), H_L_ms, dt_ms)


@equation
def move_potentials(y, p, M_e, M_i, gamma, current_nA, dt_ms):
    """Move the five potentials by one step of Crank-Nicolson, solved together."""
    g_Na = p[G_NA] * y[M_NA] ** 3 * y[H_NA] + p[G_NAP] * y[P_NAP]
    g_K = p[G_K] * y[N_K] ** 4 + p[G_KCA] * y[N_KCA]
    g_Ca = p[G_CA] * y[A_CA]
    g_h = p[G_H_SOMA] * y[Q_SOMA]
    g_axial = p[G_AXIAL]
    kept = 2.0 * p[C_SOMA] / dt_ms
    kept_d = 2.0 * p[C_DENDRITE] / dt_ms
    pull_slowly(y, p, M_e, M_i, gamma)
    left = kept + p[G_PAS_SOMA] + g_Na + g_K + g_Ca + g_h + 4.0 * g_axial + y[G_SOMA]
    right = kept * y[V] + p[G_PAS_SOMA] * p[E_PAS] + current_nA
    right += g_Na * E_NA + g_K * E_K + g_Ca * E_CA + g_h * E_H + y[B_SOMA]
    # The star of soma and dendrites: eliminate the dendrites, solve, substitute back.
    for j in range(4):
        share = g_axial / (kept_d + y[G_D + j] + g_axial)
        left -= share * g_axial
        right += share * (kept_d * y[V_D + j] + y[B_D + j])
    middle = right / left
    for j in range(4):
        pushed = kept_d * y[V_D + j] + y[B_D + j] + g_axial * middle
        y[V_D + j] = 2.0 * pushed / (kept_d + y[G_D + j] + g_axial) - y[V_D + j]
    y[V] = 2.0 * middle - y[V]


@equation
def pull_slowly(y, p, M_e, M_i, gamma):
    """Sum the conductances (uS) of each dendrite and the currents (nA) they would carry at 0 mV.

    Likewise those of the soma's synapses, slow afterhyperpolarization and delayed
    depolarization.
    """
    area = p[DENDRITE_AREA] * _US_PER_S
    g_pas = p[G_PAS_DENDRITE]
    M_e = _with_common(M_e, p[FAST] * y[X_FAST] + p[SLOW] * y[X_SLOW])
    all_e = 0.0
    all_i = 0.0
    for j in range(4):
        g_h = p[G_H_DENDRITE] * y[Q_D + j]
        g_L = gamma * p[G_L + j] * y[M_L + j] * y[H_L + j]
        e = _synaptic(M_e, p[NOISE] * y[X_E + j])
        i = _synaptic(M_i, p[NOISE] * y[X_I + j])
        g_e = area * e * (1.0 - p[SHARE_E])
        g_i = area * i * (1.0 - p[SHARE_I])
        y[G_D + j] = g_pas + g_h + g_L + g_e + g_i
        y[B_D + j] = g_pas * p[E_PAS] + g_h * E_H + g_L * E_L + g_i * p[E_I]
        all_e += e
        all_i += i
    g_e = area * _somatic(p[SHARE_E], p[SOMATIC_NOISE], M_e, all_e, y[X_SOMA])
    g_i = area * p[SHARE_I] * all_i
    g_slow = p[G_SLOW] * y[SLOW_CALCIUM]
    y[G_SOMA] = g_e + g_i + g_slow + p[G_HUMP] * y[HUMP]
    y[B_SOMA] = g_i * p[E_I] + g_slow * E_K


@equation
def persistent_inward_nA(y, p, gamma):
    """Return the L-type plus persistent sodium current, inward positive."""
    current = p[G_NAP] * y[P_NAP] * (E_NA - y[V])
    for j in range(4):
        g_L = gamma * p[G_L + j] * y[M_L + j] * y[H_L + j]
        current += g_L * (E_L - y[V_D + j])
    return current


@equation
def one_motoneuron(
    y,
    p,
    gains,
    columns,
    name,
    noise,
    step_ms,
    inner_steps,
    slow_steps,
    noise_every,
    save_every,
    slow_decay,
    spike_ms,
    pic_nA,
    soma_mV,
):
    """Integrate a motoneuron and return its number of spikes; -1: it diverged.

    `columns` (4, steps) are excitation, inhibition, neuromodulation and current, `gains` (4,) the
    share this motoneuron takes; `name` is (neuron, trial, low word and high word of the seed).
    """
    dt_ms = step_ms / inner_steps
    kick = noise * (1.0 - slow_decay * slow_decay) ** 0.5
    noise_ms = step_ms * slow_steps * noise_every
    rest(y, p)
    # Gates stand half a step before the potentials; at rest that makes no difference.
    spikes = 0
    for step in range(columns.shape[1]):
        number = step // slow_steps
        M_e = gains[0] * columns[0, step]
        M_i = gains[1] * columns[1, step]
        gamma = gains[2] * columns[2, step]
        current_nA = gains[3] * columns[3, step]
        if step % slow_steps == 0:
            if noise > 0.0 and number % noise_every == 0:
                fluctuate(y, number // noise_every, name, slow_decay, kick)
                fluctuate_beyond(y, p, number // noise_every, name, noise, noise_ms)
            if number % save_every == 0:
                if number // save_every < pic_nA.shape[0]:
                    pic_nA[number // save_every] = persistent_inward_nA(y, p, gamma)
                if number // save_every < soma_mV.shape[0]:
                    soma_mV[number // save_every] = y[V]
        for inner in range(inner_steps):
            before = y[V]
            move_gates(y, p, dt_ms)
            move_potentials(y, p, M_e, M_i, gamma, current_nA, dt_ms)
            if before < SPIKE_mV and y[V] >= SPIKE_mV:
                if spikes == spike_ms.shape[0]:
                    return spikes
                part = (SPIKE_mV - before) / (y[V] - before)
                spike_ms[spikes] = step * step_ms + (inner + part) * dt_ms
                spikes += 1
        if not abs(y[V]) < DIVERGED_mV:
            return -1
    return spikes
