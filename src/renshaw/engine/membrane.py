"""A pool in the absolute units in which the kernel integrates: uS, nF, nA, mV, ms."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from renshaw.model.pool import Pool

_CM2_PER_UM2 = 1e-8
_US_PER_S = 1e6
_NF_PER_UF = 1e3

Column = NDArray[np.float64]


class Membrane(NamedTuple):
    """Parameters of every motoneuron; one value a motoneuron, four for `g_L_uS`."""

    C_soma_nF: Column
    C_dendrite_nF: Column
    g_axial_uS: Column
    g_pas_soma_uS: Column
    g_pas_dendrite_uS: Column
    e_pas_mV: Column
    g_h_soma_uS: Column
    g_h_dendrite_uS: Column
    g_Na_uS: Column
    g_NaP_uS: Column
    g_K_uS: Column
    g_KCa_uS: Column
    g_Ca_uS: Column
    g_Ca_S_per_cm2: Column
    calcium_removal_ms: Column
    g_L_uS: Column
    theta_m_L_mV: Column
    theta_h_L_mV: Column
    dendrite_area_cm2: Column
    e_inhibition_mV: Column
    synaptic_noise: Column
    closing_L_ms: Column
    somatic_share: Column
    somatic_inhibition_share: Column
    somatic_noise: Column
    somatic_noise_ms: Column
    common_fast: Column
    common_fast_ms: Column
    common_slow: Column
    common_slow_ms: Column
    g_slow_ahp_uS: Column
    slow_ahp_ms: Column
    warm_up_mV: Column
    warm_up_ms: Column
    g_hump_uS: Column
    hump_recovery_ms: Column


def membrane(pool: Pool) -> Membrane:
    """Turn densities into absolute values for soma and dendrites (cylinders, pi d L)."""
    soma_cm2 = np.pi * pool.soma_diameter_um * pool.soma_length_um * _CM2_PER_UM2
    dendrite_cm2 = np.pi * pool.dendrite_diameter_um * pool.dendrite_length_um * _CM2_PER_UM2
    # Half a dendrite lies between its middle and the soma; the soma's own resistance is negligible.
    half_length_cm = pool.dendrite_length_um * 1e-4 / 2
    section_cm2 = np.pi * (pool.dendrite_diameter_um * 1e-4) ** 2 / 4
    soma_uS = soma_cm2 * _US_PER_S
    dendrite_uS = dendrite_cm2 * _US_PER_S
    return Membrane(
        C_soma_nF=pool.C_soma_uF_per_cm2 * soma_cm2 * _NF_PER_UF,
        C_dendrite_nF=pool.C_dendrite_uF_per_cm2 * dendrite_cm2 * _NF_PER_UF,
        g_axial_uS=_US_PER_S * section_cm2 / (pool.Ra_dendrite_ohm_cm * half_length_cm),
        g_pas_soma_uS=pool.g_pas_soma_S_per_cm2 * soma_uS,
        g_pas_dendrite_uS=pool.g_pas_dendrite_S_per_cm2 * dendrite_uS,
        e_pas_mV=pool.e_pas_mV.copy(),
        g_h_soma_uS=pool.g_h_S_per_cm2 * soma_uS,
        g_h_dendrite_uS=pool.g_h_S_per_cm2 * dendrite_uS,
        g_Na_uS=pool.g_Na_S_per_cm2 * soma_uS,
        g_NaP_uS=pool.g_NaP_S_per_cm2 * soma_uS,
        g_K_uS=pool.g_K_S_per_cm2 * soma_uS,
        g_KCa_uS=pool.g_KCa_S_per_cm2 * soma_uS,
        g_Ca_uS=pool.g_Ca_S_per_cm2 * soma_uS,
        g_Ca_S_per_cm2=pool.g_Ca_S_per_cm2.copy(),
        calcium_removal_ms=pool.calcium_removal_ms.copy(),
        g_L_uS=pool.g_L_S_per_cm2 * dendrite_uS[:, None],
        theta_m_L_mV=pool.theta_m_L_mV.copy(),
        theta_h_L_mV=pool.theta_h_L_mV.copy(),
        dendrite_area_cm2=dendrite_cm2,
        e_inhibition_mV=pool.e_inhibition_mV.copy(),
        synaptic_noise=pool.synaptic_noise.copy(),
        closing_L_ms=pool.closing_L_ms.copy(),
        somatic_share=pool.somatic_share.copy(),
        somatic_inhibition_share=pool.somatic_inhibition_share.copy(),
        somatic_noise=pool.somatic_noise.copy(),
        somatic_noise_ms=pool.somatic_noise_ms.copy(),
        common_fast=pool.common_fast.copy(),
        common_fast_ms=pool.common_fast_ms.copy(),
        common_slow=pool.common_slow.copy(),
        common_slow_ms=pool.common_slow_ms.copy(),
        g_slow_ahp_uS=pool.g_slow_ahp_S_per_cm2 * soma_uS,
        slow_ahp_ms=pool.slow_ahp_ms.copy(),
        warm_up_mV=pool.warm_up_mV.copy(),
        warm_up_ms=pool.warm_up_ms.copy(),
        g_hump_uS=pool.g_hump_S_per_cm2 * soma_uS,
        hump_recovery_ms=pool.hump_recovery_ms.copy(),
    )
