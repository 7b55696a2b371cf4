"""What a current in a mixed nerve or over a muscle excites: motor axons and spindle afferents."""

from __future__ import annotations

from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

from renshaw.core.seeds import stream
from renshaw.model.pool import Pool

FloatArray = NDArray[np.float64]

# Strength-duration: chronaxie of motor axons and of spindle afferents, and rheobase of afferents
# relative to motor axons. Afferents gain more from a wide pulse (Collins 2007). Scatter of
# thresholds: SD of their logarithm. Round values.
CHRONAXIE_MOTOR_ms: float = 0.2
CHRONAXIE_AFFERENT_ms: float = 0.45
RHEOBASE_OF_AFFERENTS = 0.65
THRESHOLD_SD = 0.3
# How much of a motor axon's threshold is its size, the rest being where it lies: an electrode over
# a muscle recruits with little regard to size (Gregory & Bickel 2005).
SIZE_MATTERS = 0.3
# Force of a fully fused contraction, for each twitch force of a unit (Fuglevand et al. 1993).
TETANUS_PER_TWITCH = 9.05

# Current that makes the soma of the largest motoneuron fire at once, and for how long.
SHOCK_nA: float = 400.0
SHOCK_s: float = 0.0012

_SEED = 0


def shocked_motoneurons(pool: Pool, torque_pct: float) -> FloatArray:
    """Return which motoneurons a current excites that evokes a given torque.

    Parameters
    ----------
    pool : Pool
    torque_pct : float
        Torque of their fused contraction, in % of what the whole muscle can do. A maximal effort of
        a healthy plantar flexor comes to that.

    Returns
    -------
    array, shape (n,)
        Share of the largest motoneuron's current that each gets: its capacitance relative to the
        largest where its axon is excited, so that the shock fits its soma, and 0 elsewhere.
    """
    chance = stream(_SEED, "motor axons").standard_normal(len(pool))
    size = np.linspace(-1.5, 1.5, len(pool)) if len(pool) > 1 else np.zeros(1)
    threshold = (1.0 - SIZE_MATTERS) * chance - SIZE_MATTERS * size
    force = 100.0 * pool.twitch / pool.twitch.sum()
    excited = np.zeros(len(pool))
    so_far = 0.0
    for unit in np.argsort(threshold):
        # A unit of a small pool stands for many: it's left out where it would be too much.
        if so_far + force[unit] / 2 <= torque_pct:
            excited[unit] = 1.0
            so_far += force[unit]
    capacitance = pool.soma_diameter_um * pool.soma_length_um * pool.C_soma_uF_per_cm2
    return np.asarray(excited * capacitance / capacitance.max(), dtype=float)


def shocks_nA(times_s: FloatArray, stimuli_s: FloatArray) -> FloatArray:
    """Return the current of all stimuli at evenly spaced times, shape of `times_s`."""
    current = np.zeros(len(times_s))
    if len(stimuli_s) == 0:
        return current
    step_s = float(times_s[1] - times_s[0])
    width = max(1, round(SHOCK_s / step_s))
    first = np.rint((stimuli_s - times_s[0]) / step_s).astype(int)
    at = (first[:, None] + np.arange(width)).ravel()
    current[at[(at >= 0) & (at < len(current))]] = SHOCK_nA
    return current


def afferents_excited(torque_pct: float, pulse_ms: float) -> float:
    """Return the share of spindle afferents that a current excites which evokes a given torque.

    The current follows from the share of motor axons that the torque takes; the wider the pulse,
    the more afferents come with it.
    """
    if torque_pct <= 0:
        return 0.0
    normal = NormalDist()
    motor = normal.inv_cdf(min(torque_pct / 100.0, 0.999))
    widened = (1 + CHRONAXIE_AFFERENT_ms / pulse_ms) / (1 + CHRONAXIE_MOTOR_ms / pulse_ms)
    return normal.cdf(motor - float(np.log(RHEOBASE_OF_AFFERENTS * widened)) / THRESHOLD_SD)
