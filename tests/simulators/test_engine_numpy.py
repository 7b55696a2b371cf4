"""Oracle: the same motoneurons by a slow and readable integrator in numpy, written from the paper.

Nothing here comes from renshaw but the parameters of the pool: equations and constants are written
out anew (Powers & Heckman 2017, ModelDB 239582) and integrated by Runge-Kutta at a short step.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from renshaw.engine import EngineSettings, Inputs, run
from renshaw.model.powers_heckman import powers_heckman_2017

STEP_ms = 0.025


def boltzmann(V, half, slope):
    return 1 / (1 + np.exp(-(V - half) / slope))


def linoid(x, slope):
    x = np.where(np.abs(x) < 1e-6, 1e-6, x)
    return x / (1 - np.exp(-x / slope))


def derivatives(y, pool, M_e, M_i, gamma, current_nA):
    """Return dy/dt (1/ms).

    Of V, m, h, p, n, a, [Ca], n_KCa, q, z (slow AHP), d and r (hump), then of V, q, m, h, w
    (warm-up) of 4 dendrites.
    """
    V, m, h, p, n, a, ca, k, q, z, d, r = y[:12]
    V_d, q_d, m_L, h_L, w = y[12:].reshape(5, 4, -1)
    soma_cm2 = np.pi * pool.soma_diameter_um * pool.soma_length_um * 1e-8
    dend_cm2 = np.pi * pool.dendrite_diameter_um * pool.dendrite_length_um * 1e-8
    ohm = pool.Ra_dendrite_ohm_cm * (pool.dendrite_length_um * 1e-4 / 2)
    axial_S = 1 / (ohm / (np.pi * (pool.dendrite_diameter_um * 1e-4) ** 2 / 4))

    warm = 2 ** ((37 - 24) / 10)
    alpha, beta = 0.4 * linoid(V + 29, 7.2), 0.124 * linoid(-(V + 29), 7.2)
    dm = (alpha / (alpha + beta) - m) / np.maximum(0.02, 1 / ((alpha + beta) * warm))
    sum_h = 0.03 * linoid(V + 44, 1.5) + 0.01 * linoid(-(V + 44), 1.5)
    dh = (boltzmann(V, -49, -8) - h) / np.maximum(0.5, 1 / (sum_h * warm))
    dp = (boltzmann(V, -47.3, 5) - p) / 1.0
    b = np.exp((V + 39) / 5.5)
    dn = (boltzmann(V, -21, 20) - n) / (0.8 + 20 * b / (1 + b) ** 2)
    da = (boltzmann(V, -20, 4) - a) / 2.0
    I_Ca = pool.g_Ca_S_per_cm2 * a * (V - 132.458)  # mA/cm2
    influx = np.maximum(0, -1e4 * I_Ca / (2 * 96485.33 * 0.1))
    dca = influx + (1e-4 - ca) / pool.calcium_removal_ms
    dk = 0.1 * (1e3 * (ca - 1e-4)) ** 2 * (1 - k) - 0.1 * k
    dz = (1e3 * (ca - 1e-4) - z) / pool.slow_ahp_ms
    dq = (boltzmann(V, -77, -8) - q) / 30

    I_s = pool.g_Na_S_per_cm2 * m**3 * h * (V - 50) + pool.g_NaP_S_per_cm2 * p * (V - 50)
    I_s = I_s + pool.g_K_S_per_cm2 * n**4 * (V + 80) + pool.g_KCa_S_per_cm2 * k * (V + 80) + I_Ca
    I_s = I_s + pool.g_h_S_per_cm2 * q * (V + 41) + pool.g_pas_soma_S_per_cm2 * (V - pool.e_pas_mV)
    dd = (r * 1e3 * influx - d) / 8
    dr = (1 - r) / pool.hump_recovery_ms - r * 1e3 * influx / 0.5
    I_s = I_s + pool.g_hump_S_per_cm2 * d * V
    I_s = I_s + pool.g_slow_ahp_S_per_cm2 * z * (V + 80)
    area_ratio = dend_cm2 / soma_cm2
    g_e, g_i = 4 * 1e-5 * M_e * area_ratio, 4 * 1e-5 * M_i * area_ratio
    I_s = I_s + pool.somatic_share * g_e * V + pool.somatic_inhibition_share * g_i * (V + 75)
    I_s = I_s + (axial_S * (V - V_d)).sum(axis=0) / soma_cm2 - current_nA * 1e-6 / soma_cm2
    dV = -I_s / (pool.C_soma_uF_per_cm2 * 1e-3)

    g_L = gamma * pool.g_L_S_per_cm2.T
    I_d = g_L * m_L * h_L * (V_d - 80) + pool.g_h_S_per_cm2 * q_d * (V_d + 41)
    I_d = I_d + pool.g_pas_dendrite_S_per_cm2 * (V_d - pool.e_pas_mV)
    I_d = I_d + (1 - pool.somatic_share) * 1e-5 * M_e * V_d
    I_d = I_d + (1 - pool.somatic_inhibition_share) * 1e-5 * M_i * (V_d + 75)
    I_d = I_d + axial_S * (V_d - V) / dend_cm2
    dV_d = -I_d / (pool.C_dendrite_uF_per_cm2 * 1e-3)
    dq_d = (boltzmann(V_d, -77, -8) - q_d) / 30
    theta_m = pool.theta_m_L_mV - pool.warm_up_mV * w
    below = boltzmann(V_d, theta_m - 5, -4)
    tau_m = 40 + (pool.closing_L_ms - 40) * below
    dm_L = (boltzmann(V_d, theta_m, 6) - m_L) / tau_m
    dh_L = (boltzmann(V_d, pool.theta_h_L_mV, -5) - h_L) / 2500
    dw = (m_L - w) / pool.warm_up_ms
    soma = np.stack([dV, dm, dh, dp, dn, da, dca, dk, dq, dz, dd, dr])
    return np.concatenate([soma, np.stack([dV_d, dq_d, dm_L, dh_L, dw]).reshape(20, -1)])


def at_rest(pool):
    V = pool.e_pas_mV
    alpha, beta = 0.4 * linoid(V + 29, 7.2), 0.124 * linoid(-(V + 29), 7.2)
    q = boltzmann(V, -77, -8)
    soma = [V, alpha / (alpha + beta), boltzmann(V, -49, -8), boltzmann(V, -47.3, 5)]
    soma += [
        boltzmann(V, -21, 20),
        boltzmann(V, -20, 4),
        np.full(len(V), 1e-4),
        0 * V,
        q,
        0 * V,
        0 * V,
        0 * V + 1,
    ]
    m_L = boltzmann(V, pool.theta_m_L_mV, 6)
    dendrite = [V, q, m_L, boltzmann(V, pool.theta_h_L_mV, -5), m_L]
    return np.stack(soma + [x for x in dendrite for _ in range(4)])


def integrate(pool, excitation, input_step_ms):
    """Return spike times (ms): the classical Runge-Kutta scheme."""
    y = at_rest(pool)
    spikes = [[] for _ in range(len(pool))]
    each = round(input_step_ms / STEP_ms)
    for step in range(len(excitation) * each):
        args = (pool, excitation[step // each], 1.5, 1.0, 0.0)
        k1 = derivatives(y, *args)
        k2 = derivatives(y + STEP_ms / 2 * k1, *args)
        k3 = derivatives(y + STEP_ms / 2 * k2, *args)
        k4 = derivatives(y + STEP_ms * k3, *args)
        new = y + STEP_ms / 6 * (k1 + 2 * k2 + 2 * k3 + k4)
        for i in np.flatnonzero((y[0] < -20) & (new[0] >= -20)):
            part = (-20 - y[0, i]) / (new[0, i] - y[0, i])
            spikes[i].append((step + part) * STEP_ms)
        y = new
    return spikes


PUBLISHED = powers_heckman_2017(20).select([0, 7, 14, 19])
GROWN = replace(
    PUBLISHED,
    closing_L_ms=np.array([150.0, 300.0, 400.0, 600.0]),
    somatic_share=np.array([0.1, 0.3, 0.4, 0.2]),
    somatic_inhibition_share=np.array([0.4, 0.2, 0.0, 0.5]),
    g_slow_ahp_S_per_cm2=1e-4,
    slow_ahp_ms=100.0,
    warm_up_mV=5.0,
    warm_up_ms=200.0,
    g_hump_S_per_cm2=np.array([0.0, 1e-3, 4e-3, 6e-3]),
)


@pytest.fixture(scope="module", params=[PUBLISHED, GROWN], ids=["published", "grown"])
def both_of(request):
    pool = request.param
    settings = EngineSettings(noise=0.0)
    # A ramp steep enough to recruit all four soon.
    steps = round(250 / settings.step_ms)
    excitation = np.linspace(15.0, 60.0, steps)
    inputs = Inputs(excitation, np.full(steps, 1.5), np.ones(steps))
    return pool, inputs, settings, integrate(pool, excitation, settings.step_ms)


@pytest.mark.parametrize("engine", ["cpu", "reference"])
def test_spikes_are_those_of_the_numpy_integrator(both_of, engine):
    pool, inputs, settings, expected_ms = both_of
    found = run(pool, inputs, settings.replace(engine=engine))
    for train, times_ms in zip(found.spikes_s, expected_ms, strict=True):
        assert len(times_ms) >= 2
        assert len(train) == len(times_ms)
        np.testing.assert_allclose(1000 * train, times_ms, atol=0.5 if engine == "cpu" else 0.1)
