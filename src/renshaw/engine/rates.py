"""The gates of the soma and the dendrites in single precision, made to be vectorized.

The equations and every constant are those of `renshaw.model.mechanisms`; here they are only
arranged for speed. Exponentials are a polynomial without branches, gates whose slopes are whole
fractions of one slope share one exponential, and rates take the place of time constants. Potentials
count from `ORIGIN_mV`, where a motoneuron spends its time and single precision resolves finest.
"""

from __future__ import annotations

from math import exp, log2

import numpy as np

from renshaw.core.kernels import compiled
from renshaw.engine.lanes import ORIGIN_mV
from renshaw.model.mechanisms import afterhyperpolarization as ahp
from renshaw.model.mechanisms import (
    delayed_rectifier,
    fast_sodium,
    h_current,
    persistent_sodium,
)

# "reassoc" would undo the rounding trick of exp2, "nnan" the guards around removable singularities.
FLAGS = {"contract", "nsz", "afn", "arcp"}

f32 = np.float32
_E = log2(np.e)
ONE = f32(1.0)
HALF = f32(0.5)
_ROUND = f32(1.5 * 2**23)
# 2**f for |f| <= 1/2, minimax, relative error 9e-8.
_C1 = f32(0.6931469775975257)
_C2 = f32(0.24022242082492534)
_C3 = f32(0.05550733744512088)
_C4 = f32(0.009671512824084945)
_C5 = f32(0.0013264727334709031)
_23 = np.int32(23)

# Beyond these potentials every gate has come to its end.
_LOWEST_mV = f32(-150.0 - ORIGIN_mV)
_HIGHEST_mV = f32(100.0 - ORIGIN_mV)

# exp(-V / 40 mV) to the power of 2, 8, 10 and 5 serves n, p, a and h.
_PER_mV = f32(-_E / 40.0)
_N_HALF = f32(exp((delayed_rectifier.HALF_mV - ORIGIN_mV) / delayed_rectifier.SLOPE_mV))
_P_HALF = f32(exp((persistent_sodium.HALF_mV - ORIGIN_mV) / persistent_sodium.SLOPE_mV))
_A_HALF = f32(exp((ahp.HALF_mV - ORIGIN_mV) / ahp.SLOPE_mV))
_H_HALF = f32(exp((fast_sodium.HALF_H_mV - ORIGIN_mV) / fast_sodium.STEADY_SLOPE_H_mV))

_WARMING = f32(fast_sodium.WARMING)
_M_OPENING = f32(fast_sodium.OPENING_M_per_ms_per_mV)
_M_CLOSING = f32(fast_sodium.CLOSING_M_per_ms_per_mV)
_M_THETA = f32(fast_sodium.THETA_M_mV - ORIGIN_mV)
_M_PER_mV = f32(-_E / fast_sodium.SLOPE_M_mV)
_M_SLOPE = f32(fast_sodium.SLOPE_M_mV)
_M_FASTEST = f32(1.0 / fast_sodium.FASTEST_M_ms)
_H_OPENING = f32(fast_sodium.OPENING_H_per_ms_per_mV)
_H_CLOSING = f32(fast_sodium.CLOSING_H_per_ms_per_mV)
_H_THETA = f32(fast_sodium.THETA_H_mV - ORIGIN_mV)
_H_PER_mV = f32(-_E / fast_sodium.SLOPE_H_mV)
_H_SLOPE = f32(fast_sodium.SLOPE_H_mV)
_H_FASTEST = f32(1.0 / fast_sodium.FASTEST_H_ms)
_NEAR_THETA_mV = f32(0.02)
_B_SLOWEST = f32(delayed_rectifier.SLOWEST_AT_mV - ORIGIN_mV)
_B_PER_mV = f32(_E / delayed_rectifier.BELL_SLOPE_mV)
_N_FASTEST = f32(delayed_rectifier.FASTEST_ms)
_N_BELL = f32(delayed_rectifier.BELL_ms)
_CA_RATE = f32(ahp.RATE_per_ms)

# exp(-V / 120 mV) to the power of 15, 20 and 24 serves q, m_L and h_L.
D_PER_mV = f32(-_E / 120.0)
_Q_HALF = f32(exp((h_current.HALF_mV - ORIGIN_mV) / h_current.SLOPE_mV))

_12 = f32(12.0)
_FIFTH = f32(0.2)
_PER_M_SLOPE = f32(1.0 / fast_sodium.SLOPE_M_mV)
_MINUS_E = f32(-_E)
_SIXTH = f32(1 / 6)
_24TH = f32(1 / 24)
_120TH = f32(1 / 120)
_LONGEST = f32(1.5)
_FAR = f32(-120.0)


@compiled(forceinline=True, error_model="numpy", fastmath=FLAGS)
def exp2(x):
    """Return 2**x in float32 for -126 < x < 127."""
    shifted = x + _ROUND
    f = x - (shifted - _ROUND)
    p = np.float32(((((_C5 * f + _C4) * f + _C3) * f + _C2) * f + _C1) * f + ONE)
    exponent = np.float32(shifted).view(np.int32) << _23
    return np.int32(p.view(np.int32) + exponent).view(np.float32)


@compiled(forceinline=True, error_model="numpy", fastmath=FLAGS)
def clipped(V):
    """Return a potential within those at which every gate has come to its end."""
    return min(max(V, _LOWEST_mV), _HIGHEST_mV)


@compiled(forceinline=True, error_model="numpy", fastmath=FLAGS)
def gain(z):
    """Return 1 - exp(-z) for z >= 0 of any size."""
    return ONE - exp2(max(z * _MINUS_E, _FAR))


@compiled(forceinline=True, error_model="numpy", fastmath=FLAGS)
def short_gain(z):
    """Return 1 - exp(-z) for 0 <= z < 1 with an error below z**6 / 720; between 0 and 1 always.

    Not exp(-z) itself, which single precision holds too coarsely when a step is short.
    """
    w = min(z, _LONGEST)
    return w * (ONE - w * (HALF - w * (_SIXTH - w * (_24TH - w * _120TH))))


@compiled(forceinline=True, error_model="numpy", fastmath=FLAGS)
def _linoid(x, slope, exponential):
    # x / (1 - exp(-x / slope)), with its removable singularity at 0 removed.
    far = x / (ONE - exponential)
    near = slope + HALF * x
    return near if abs(x) < _NEAR_THETA_mV else far


@compiled(forceinline=True, error_model="numpy", fastmath=FLAGS)
def sodium_rates(V):
    """Return steady state and rate (1/ms) of m, then of h."""
    v = clipped(V)
    x = v - _M_THETA
    e = exp2(x * _M_PER_mV)
    both = _M_OPENING + _M_CLOSING * e
    m_inf = _M_OPENING / both
    m_rate = min(_M_FASTEST, _WARMING * both * _linoid(x, _M_SLOPE, e))
    x = v - _H_THETA
    e = exp2(x * _H_PER_mV)
    h_rate = _WARMING * (_H_OPENING + _H_CLOSING * e) * _linoid(x, _H_SLOPE, e)
    return m_inf, m_rate, min(_H_FASTEST, h_rate)


@compiled(forceinline=True, error_model="numpy", fastmath=FLAGS)
def leading(m_inf, z, slope, span):
    """Return the steady state of m for the potential some way ahead.

    Over a step of z time constants, a gate that sees the potential of the middle of the step lags
    behind the true one by span (1/2 + 1/(exp(z) - 1) - 1/z), which is z / (12 + z**2 / 5) nearly.
    m alone is so fast that this matters: the potential that it sees is moved ahead by as much.
    """
    ahead_mV = slope * span * z / (_12 + _FIFTH * z * z)
    return m_inf + m_inf * (ONE - m_inf) * _PER_M_SLOPE * ahead_mV


@compiled(forceinline=True, error_model="numpy", fastmath=FLAGS)
def soma_steady_states(V):
    """Return the steady states of h, n, p and a."""
    v = clipped(V)
    y = exp2(v * _PER_mV)
    y2 = y * y
    y4 = y2 * y2
    y5 = y4 * y
    h_inf = y5 / (y5 + _H_HALF)
    n_inf = ONE / (ONE + _N_HALF * y2)
    p_inf = ONE / (ONE + _P_HALF * (y4 * y4))
    a_inf = ONE / (ONE + _A_HALF * (y5 * y5))
    return h_inf, n_inf, p_inf, a_inf


@compiled(forceinline=True, error_model="numpy", fastmath=FLAGS)
def rectifier_rate(V):
    """Return the rate (1/ms) of n."""
    v = clipped(V)
    b = exp2((v - _B_SLOWEST) * _B_PER_mV)
    square = (ONE + b) * (ONE + b)
    return square / (_N_FASTEST * square + _N_BELL * b)


@compiled(forceinline=True, error_model="numpy", fastmath=FLAGS)
def potassium_of_calcium(calcium_uM):
    """Return steady state and rate (1/ms) of the gate of I_KCa for calcium above rest."""
    alpha = _CA_RATE * calcium_uM * calcium_uM
    rate = alpha + _CA_RATE
    return alpha / rate, rate


@compiled(forceinline=True, error_model="numpy", fastmath=FLAGS)
def dendrite_steady_states(V, exp_theta_m, exp_theta_h):
    """Return the steady states of q, m_L and 1 - h_L.

    `exp_theta_m` is exp(theta_m / 6 mV), `exp_theta_h` is exp(-theta_h / 5 mV), both counted from
    the origin.
    """
    v = clipped(V)
    y = exp2(v * D_PER_mV)
    y2 = y * y
    y4 = y2 * y2
    y5 = y4 * y
    y10 = y5 * y5
    y15 = y10 * y5
    y20 = y10 * y10
    y24 = y20 * y4
    q_inf = y15 / (y15 + _Q_HALF)
    m_inf = ONE / (ONE + exp_theta_m * y20)
    shut_inf = exp_theta_h / (y24 + exp_theta_h)
    return q_inf, m_inf, shut_inf
