"""From pools in absolute units to the lanes of the vector kernel."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from renshaw.engine import lanes as at
from renshaw.engine.lanes import ORIGIN_mV
from renshaw.engine.membrane import Membrane
from renshaw.model.mechanisms import afterhyperpolarization as ahp
from renshaw.model.mechanisms import (
    common_input,
    delayed_rectifier,
    fast_sodium,
    fluctuating_synapse,
    h_current,
    l_type_calcium,
    persistent_sodium,
    somatic_synapse,
)

Lanes = NDArray[np.float32]
_UM_PER_MM = 1e3
# Standard deviation of a conductance whose mean is 1, both in 1e-5 S/cm2.
_NOISE_SD = fluctuating_synapse.SD_S_per_cm2 / fluctuating_synapse.MEAN_S_per_cm2
_US_PER_S = 1e6


def chunks_of(n_motoneurons: int) -> int:
    """Return how many chunks hold so many motoneurons."""
    return -(-n_motoneurons // at.WIDTH)


def packed(mem: Membrane) -> Lanes:
    """Return the chunks of a pool at rest, shape (chunks, ROWS * WIDTH).

    The lanes that are left over in the last chunk repeat its last motoneuron.
    """
    n = len(mem.e_pas_mV)
    lane = np.minimum(np.arange(chunks_of(n) * at.WIDTH), n - 1)
    rows = np.zeros((at.ROWS, len(lane)))
    for row, values in {**_parameters(mem), **_rest(mem)}.items():
        rows[row] = values[lane]
    chunks = rows.reshape(at.ROWS, -1, at.WIDTH).swapaxes(0, 1)
    chunks[:, at.BEYOND] = chunks[:, at.BEYOND].max(axis=1, keepdims=True)
    return np.ascontiguousarray(chunks.reshape(len(chunks), -1), dtype=np.float32)


def named(n_motoneurons: int, seed: int, trial: int) -> NDArray[np.uint32]:
    """Return the numbers that name the random numbers of each chunk, shape (chunks, NAMES)."""
    chunks = chunks_of(n_motoneurons)
    names = np.empty((chunks, at.NAMES), dtype=np.uint32)
    names[:, at.FIRST_NEURON] = np.arange(chunks) * at.WIDTH
    names[:, at.TRIAL] = trial
    names[:, at.KEY_LOW] = seed & 0xFFFFFFFF
    names[:, at.KEY_HIGH] = seed >> 32
    return names


def in_chunks(rows: NDArray[np.float64]) -> Lanes:
    """Return rows of values, one a motoneuron, as chunks, shape (chunks, rows * WIDTH)."""
    n = rows.shape[1]
    lane = np.minimum(np.arange(chunks_of(n) * at.WIDTH), n - 1)
    chunks = rows[:, lane].reshape(len(rows), -1, at.WIDTH).swapaxes(0, 1)
    return np.ascontiguousarray(chunks.reshape(chunks.shape[0], -1), dtype=np.float32)


def _parameters(mem: Membrane) -> dict[int, NDArray[np.float64]]:
    influx_uM_per_ms = np.array(
        [
            _UM_PER_MM * ahp.calcium_influx_mM_per_ms(-g)  # for each mV of driving force
            for g in mem.g_Ca_S_per_cm2
        ]
    )
    exp_theta_m = np.exp((mem.theta_m_L_mV - ORIGIN_mV) / l_type_calcium.SLOPE_M_mV)
    synaptic = mem.dendrite_area_cm2 * _US_PER_S * fluctuating_synapse.MEAN_S_per_cm2
    rows = {
        at.C_SOMA: mem.C_soma_nF,
        at.C_DENDRITE: mem.C_dendrite_nF,
        at.G_AXIAL: mem.g_axial_uS,
        at.G_NA: mem.g_Na_uS,
        at.G_NAP: mem.g_NaP_uS,
        at.G_K: mem.g_K_uS,
        at.G_KCA: mem.g_KCa_uS,
        at.G_CA: mem.g_Ca_uS,
        at.CALCIUM_PER_DRIVE: influx_uM_per_ms * mem.calcium_removal_ms,
        at.CALCIUM_REMOVAL_RATE: 1.0 / mem.calcium_removal_ms,
        at.G_PAS_SOMA: mem.g_pas_soma_uS,
        at.B_PAS_SOMA: mem.g_pas_soma_uS * (mem.e_pas_mV - ORIGIN_mV),
        at.G_H_SOMA: mem.g_h_soma_uS,
        at.G_PAS_D: mem.g_pas_dendrite_uS,
        at.B_PAS_D: mem.g_pas_dendrite_uS * (mem.e_pas_mV - ORIGIN_mV),
        at.G_H_D: mem.g_h_dendrite_uS,
        at.EXP_THETA_M: exp_theta_m,
        at.EXP_THETA: exp_theta_m,
        at.EXP_THETA_H: np.exp((mem.theta_h_L_mV - ORIGIN_mV) / l_type_calcium.SLOPE_H_mV),
        at.NOISE: mem.synaptic_noise * _NOISE_SD,
        at.E_INHIBITION: mem.e_inhibition_mV - ORIGIN_mV,
        at.SYNAPTIC_E: synaptic * (1.0 - mem.somatic_share),
        at.SYNAPTIC_I: synaptic * (1.0 - mem.somatic_inhibition_share),
    }
    for j in range(at.DENDRITES):
        rows[at.G_L + j] = mem.g_L_uS[:, j]
    return rows | _beyond(mem, synaptic)


def _beyond(mem: Membrane, synaptic_uS: NDArray[np.float64]) -> dict[int, NDArray[np.float64]]:
    """Return the parameters of what the published pool lacks; `BEYOND` where any is not neutral."""
    closing_at_mV = mem.theta_m_L_mV - l_type_calcium.CLOSING_BELOW_mV
    rows = {
        at.CLOSING_EXTRA_ms: mem.closing_L_ms - l_type_calcium.ACTIVATION_ms,
        at.SOMATIC_E: synaptic_uS * mem.somatic_share,
        at.SOMATIC_I: synaptic_uS * mem.somatic_inhibition_share,
        at.SOMATIC_NOISE: synaptic_uS * mem.somatic_noise * somatic_synapse.DENDRITES * _NOISE_SD,
        at.FAST: mem.common_fast * common_input.SD_PER_ROOT_MEAN,
        at.SLOW: mem.common_slow * common_input.SD_PER_ROOT_MEAN,
        at.G_SLOW: mem.g_slow_ahp_uS,
        at.WARM_UP_mV: mem.warm_up_mV,
        at.G_HUMP: mem.g_hump_uS,
    }
    active = np.any(np.stack(list(rows.values())) != 0.0, axis=0)
    return rows | {
        at.BEYOND: active.astype(float),
        at.EXP_CLOSING: np.exp((closing_at_mV - ORIGIN_mV) / -l_type_calcium.CLOSING_SLOPE_mV),
        at.SOMATIC_NOISE_RATE: 1.0 / mem.somatic_noise_ms,
        at.FAST_RATE: 1.0 / mem.common_fast_ms,
        at.SLOW_RATE: 1.0 / mem.common_slow_ms,
        at.SLOW_AHP_RATE: 1.0 / mem.slow_ahp_ms,
        at.WARM_UP_RATE: 1.0 / mem.warm_up_ms,
        at.HUMP_RECOVERY_RATE: 1.0 / mem.hump_recovery_ms,
    }


def _rest(mem: Membrane) -> dict[int, NDArray[np.float64]]:
    V = mem.e_pas_mV
    rows = {
        at.V: V - ORIGIN_mV,
        at.V_BEFORE: V - ORIGIN_mV,
        at.M_NA: np.array([fast_sodium.activation(v)[0] for v in V]),
        at.H_NA: np.array([fast_sodium.inactivation(v)[0] for v in V]),
        at.P_NAP: np.array([persistent_sodium.activation(v) for v in V]),
        at.N_K: np.array([delayed_rectifier.activation(v)[0] for v in V]),
        at.A_CA: np.array([ahp.calcium_activation(v) for v in V]),
        at.READY: np.ones(len(V)),
        at.Q_SOMA: np.array([h_current.activation(v) for v in V]),
    }
    thetas = zip(V, mem.theta_m_L_mV, mem.theta_h_L_mV, strict=True)
    open_L = np.array(
        [(l_type_calcium.activation(v, m), l_type_calcium.inactivation(v, h)) for v, m, h in thetas]
    )
    for j in range(at.DENDRITES):
        rows[at.V_D + j] = V - ORIGIN_mV
        rows[at.Q_D + j] = rows[at.Q_SOMA]
        rows[at.M_L + j] = rows[at.WARMTH + j] = open_L[:, 0]
        rows[at.SHUT_L + j] = 1.0 - open_L[:, 1]
    return rows
