"""The vectorized gates are the published ones: compared over all potentials a cell can reach."""

from __future__ import annotations

from math import exp

import numpy as np
import pytest
from numba import njit

from renshaw.engine import rates
from renshaw.model.mechanisms import afterhyperpolarization as ahp
from renshaw.model.mechanisms import (
    delayed_rectifier,
    fast_sodium,
    h_current,
    l_type_calcium,
    persistent_sodium,
)

# Potentials include the removable singularities of the sodium rates and their surroundings.
POTENTIALS_mV = np.unique(
    np.concatenate(
        [
            np.linspace(-110.0, 60.0, 1701),
            fast_sodium.THETA_M_mV + np.linspace(-0.05, 0.05, 41),
            fast_sodium.THETA_H_mV + np.linspace(-0.05, 0.05, 41),
        ]
    )
).astype(np.float32)
CLOSE = {"rtol": 1e-4, "atol": 1e-7}
THETA_M_mV, THETA_H_mV = -41.0, 6.0


@njit(error_model="numpy")
def _all_rates(V, exp_theta_m, exp_theta_h, out):
    for i in range(len(V)):
        m_inf, m_rate, h_rate = rates.sodium_rates(V[i])
        h_inf, n_inf, p_inf, a_inf = rates.soma_steady_states(V[i])
        q_inf, m_L, shut_L = rates.dendrite_steady_states(V[i], exp_theta_m, exp_theta_h)
        n_rate = rates.rectifier_rate(V[i])
        out[:, i] = (
            m_inf, m_rate, h_inf, h_rate, n_inf, n_rate, p_inf, a_inf,
            q_inf, m_L, rates.ONE - shut_L,
        )  # fmt: skip


@njit(error_model="numpy")
def _gains(z, out):
    for i in range(len(z)):
        out[0, i] = rates.gain(z[i])
        out[1, i] = rates.short_gain(z[i])
        out[2, i] = rates.exp2(z[i])
        out[3, i], out[4, i] = rates.potassium_of_calcium(z[i])


@pytest.fixture(scope="module")
def vectorized() -> dict[str, np.ndarray]:
    names = [
        "m_inf",
        "m_rate",
        "h_inf",
        "h_rate",
        "n_inf",
        "n_rate",
        "p_inf",
        "a_inf",
        "q_inf",
        "m_L",
        "h_L",
    ]
    out = np.empty((len(names), len(POTENTIALS_mV)), dtype=np.float32)
    theta_m = np.float32(exp((THETA_M_mV - rates.ORIGIN_mV) / l_type_calcium.SLOPE_M_mV))
    theta_h = np.float32(exp((THETA_H_mV - rates.ORIGIN_mV) / l_type_calcium.SLOPE_H_mV))
    _all_rates(POTENTIALS_mV - np.float32(rates.ORIGIN_mV), theta_m, theta_h, out)
    return dict(zip(names, out, strict=True))


def _published(function, *more):
    return np.array([function(float(V), *more) for V in POTENTIALS_mV])


@pytest.mark.parametrize(
    ("gate", "function"),
    [
        ("m", fast_sodium.activation),
        ("h", fast_sodium.inactivation),
        ("n", delayed_rectifier.activation),
    ],
)
def test_a_gate_with_a_time_constant_is_the_published_one(vectorized, gate, function):
    steady_state, time_constant_ms = _published(function).T
    np.testing.assert_allclose(vectorized[f"{gate}_inf"], steady_state, **CLOSE)
    np.testing.assert_allclose(vectorized[f"{gate}_rate"], 1 / time_constant_ms, **CLOSE)


@pytest.mark.parametrize(
    ("gate", "function", "more"),
    [
        ("p_inf", persistent_sodium.activation, ()),
        ("a_inf", ahp.calcium_activation, ()),
        ("q_inf", h_current.activation, ()),
        ("m_L", l_type_calcium.activation, (THETA_M_mV,)),
        ("h_L", l_type_calcium.inactivation, (THETA_H_mV,)),
    ],
)
def test_a_steady_state_is_the_published_one(vectorized, gate, function, more):
    np.testing.assert_allclose(vectorized[gate], _published(function, *more), **CLOSE)


def test_gains_are_what_an_exponential_makes_up():
    z = np.linspace(0.0, 1.0, 1001).astype(np.float32)
    out = np.empty((5, len(z)), dtype=np.float32)
    _gains(z, out)
    exact = -np.expm1(-z.astype(float))
    np.testing.assert_allclose(out[0], exact, atol=3e-7)
    np.testing.assert_allclose(out[1], exact, atol=1.5e-3)
    np.testing.assert_allclose(out[1][z <= 0.25], exact[z <= 0.25], rtol=2e-6)
    np.testing.assert_allclose(out[2], 2.0**z, rtol=5e-7)
    published = [ahp.potassium_activation(ahp.RESTING_CALCIUM_mM + 1e-3 * x) for x in z]
    np.testing.assert_allclose(out[3], [inf for inf, _ in published], rtol=1e-4, atol=1e-9)
    np.testing.assert_allclose(out[4], [1 / tau for _, tau in published], rtol=1e-4)


def test_the_gain_of_a_short_step_keeps_its_digits():
    # Calcium leaves with 90 ms: over a fine step of 0.0125 ms that is one part in 7,200.
    z = np.array([0.0125 / 90], dtype=np.float32)
    out = np.empty((5, 1), dtype=np.float32)
    _gains(z, out)
    assert out[1, 0] == pytest.approx(-np.expm1(-float(z[0])), rel=3e-7)


def test_gains_of_any_size_are_fractions():
    z = np.array([0.0, 2.0, 10.0, 1e3, 1e6], dtype=np.float32)
    out = np.empty((5, len(z)), dtype=np.float32)
    _gains(z, out)
    assert np.all((out[:2] >= 0) & (out[:2] <= 1))
