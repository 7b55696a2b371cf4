"""Muscle units: what each discharge adds to the force, as it happens (Fuglevand 1993).

A unit's twitch is P t/T exp(1 - t/T), the response of two equal filters in a row; so its force at
any later time follows exactly from two numbers. The faster a unit fires relative to its contraction
time T, the less each discharge adds. doi:10.1152/jn.1993.70.6.2470

Activity potentiates and fatigues a unit (`potentiation`, `fatigue`), drugs uncouple excitation from
contraction (`uncoupling`) or silence fibers; where nothing of it is so, twitches are Fuglevand's.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from renshaw.core.equations import equation
from renshaw.core.kernels import kept
from renshaw.model.pool import Pool
from renshaw.muscle import fatigue, potentiation, uncoupling
from renshaw.muscle.fatigue import capacity_left
from renshaw.muscle.potentiation import potentiated, twitch_growth
from renshaw.muscle.uncoupling import force_left

FloatArray = NDArray[np.float64]
Ratio = TypeVar("Ratio", float, FloatArray)

_FUSION_BEGINS = 0.4


@equation
def fusing_twitch(x: Ratio) -> Ratio:
    """Return the size of a twitch in an ever more fused contraction, x = T / interval."""
    size: Ratio = -np.expm1(-2.0 * x**3) / x
    return size


_UNFUSED = fusing_twitch(_FUSION_BEGINS)


def fusion_gain(contraction_per_interval: FloatArray) -> FloatArray:
    """Return the size of a twitch relative to a single one, given T / inter-spike interval."""
    x = np.maximum(contraction_per_interval, _FUSION_BEGINS)
    return np.asarray(fusing_twitch(x) / _UNFUSED, dtype=float)


class Twitches:
    """The muscle units of a pool in the middle of a contraction.

    Parameters
    ----------
    pool : Pool
    step_s : float
        Interval between values of the force.
    """

    def __init__(self, pool: Pool, step_s: float = 0.005) -> None:
        self._twitch = pool.twitch * pool.fibers
        self._contraction_s = pool.contraction_time_ms / 1000
        self._step_s = step_s
        self._steps = 0
        self._state = np.zeros((len(pool), 2))
        self._last_s = np.full(len(pool), -np.inf)
        self._potentiation = pool.potentiation
        self._fatigability_per_s = pool.fatigability_per_s
        self._uncoupled = pool.uncoupled
        # How far potentiation is, and the share of force that fatigue has left.
        self._history = np.array([[0.0, 1.0]] * len(pool))

    def advance(self, spikes_s: Sequence[FloatArray], steps: int) -> FloatArray:
        """Return the force during the next steps, in twitch units, shape (steps,).

        Parameters
        ----------
        spikes_s : sequence of arrays
            Times of the discharges in these steps, one array a motoneuron.
        steps : int
        """
        counts = np.array([len(times) for times in spikes_s])
        times = np.concatenate([np.empty(0), *spikes_s])
        force = np.zeros(steps)
        _add_twitches(
            self._state,
            self._last_s,
            times,
            counts,
            self._twitch,
            self._contraction_s,
            self._potentiation,
            self._fatigability_per_s,
            self._uncoupled,
            self._history,
            self._steps,
            self._step_s,
            force,
        )
        self._steps += steps
        return force


@kept(nogil=True)
def _add_twitches(
    state: FloatArray,
    last_s: FloatArray,
    times_s: FloatArray,
    counts: NDArray[np.int64],
    twitch: FloatArray,
    contraction_s: FloatArray,
    largest_growth: FloatArray,
    fatigability_per_s: FloatArray,
    uncoupled: FloatArray,
    history: FloatArray,
    first: int,
    step_s: float,
    force: FloatArray,
) -> None:
    spike = 0
    for unit in range(len(counts)):
        T = contraction_s[unit]
        f, rise = state[unit]
        grown, capacity = history[unit]
        end = spike + counts[unit]
        now = first * step_s
        for i in range(len(force)):
            then = (first + i + 1) * step_s
            while spike < end and times_s[spike] <= then:
                at = max(times_s[spike], now)
                left = np.exp((now - at) / T)
                f, rise = (f + rise * (at - now)) * left, rise * left
                interval = times_s[spike] - last_s[unit]
                x = max(T / interval, _FUSION_BEGINS)
                size = twitch[unit] * (fusing_twitch(x) / _UNFUSED)
                grown = potentiated(grown, interval)
                size *= twitch_growth(largest_growth[unit], grown, 1.0 / interval)
                size *= force_left(uncoupled[unit], 1.0 / interval)
                # Force relative to that of a fused contraction, as in Fuglevand's twitch gain.
                relative = x * fusing_twitch(x)
                capacity = capacity_left(capacity, fatigability_per_s[unit], relative, interval)
                rise += size * capacity * np.e / T
                now = at
                last_s[unit] = times_s[spike]
                spike += 1
            left = np.exp((now - then) / T)
            f, rise = (f + rise * (then - now)) * left, rise * left
            now = then
            force[i] += f
        spike = end
        state[unit, 0] = f
        state[unit, 1] = rise
        history[unit, 0] = grown
        history[unit, 1] = capacity


# Compiled anew when one of its equations changes.
_add_twitches.kept_with(sys.modules[__name__], fatigue, potentiation, uncoupling)
