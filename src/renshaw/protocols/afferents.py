"""Afferents and what they bring: spindle afferents that vibration entrains, and lasting reflexes.

A primary spindle afferent fires once a cycle while vibration is slow enough for it, and once every
second or third cycle when it is too fast (Burke et al. 1976, doi:10.1113/jphysiol.1976.sp011580),
so that the cord receives a volley at each cycle, larger or smaller. Each volley is a short
conductance in the motoneurons. Part of it goes through interneurons, which build it up and let it
fall over seconds: that is why the reflex to vibration climbs slowly and outlasts it (Matthews
1984). The terminals tire: the more often they have fired, the less they release.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from renshaw.core.seeds import stream

FloatArray = NDArray[np.float64]

# The fastest vibration that an afferent follows cycle by cycle: median, and SD of its logarithm.
FOLLOWED_hz: float = 95.0
FOLLOWED_SD: float = 0.35
# Release: what one volley uses up of what a terminal has, and how fast that is refilled. At 80 pps
# in the long run 40 % are left. The sizes are assumptions.
RELEASED: float = 0.02
REFILLED_s: float = 1.0
# Conductance of a volley: rise and fall, widened by unequal conduction times.
VOLLEY_s: float = 0.002
# Mean excitation M_e (1e-5 S/cm2) of one discharge a second in every afferent, before they tire.
EXCITATION_PER_PPS = 0.135

_AFFERENTS = 60
_SEED = 0


@dataclass(frozen=True, eq=False)
class Volleys:
    """Discharges of all afferents together.

    Parameters
    ----------
    times_s : array, shape (volleys,)
    released : array, shape (volleys,)
        Share of all afferents that fire, each weighed by what its terminals release.
    """

    times_s: FloatArray
    released: FloatArray

    def excitation(self, times_s: FloatArray, slow_share: float, slow_s: float) -> FloatArray:
        """Return the excitation at evenly spaced times, M_e (1e-5 S/cm2).

        Parameters
        ----------
        times_s : array, shape (times,)
        slow_share : float
            Share that goes through interneurons.
        slow_s : float
            Time constant of these.
        """
        from scipy.signal import lfilter

        step_s = float(times_s[1] - times_s[0])
        impulses = np.zeros(len(times_s))
        at = np.rint((self.times_s - times_s[0]) / step_s).astype(int)
        inside = (at >= 0) & (at < len(times_s))
        np.add.at(impulses, at[inside], EXCITATION_PER_PPS * self.released[inside] / step_s)
        fast, slow = np.exp(-step_s / VOLLEY_s), np.exp(-step_s / slow_s)
        # Two equal filters in a row: t exp(-t).
        short = lfilter([(1 - fast) ** 2], [1.0, -2 * fast, fast**2], impulses)
        long = lfilter([1 - slow], [1.0, -slow], impulses)
        return np.asarray((1.0 - slow_share) * short + slow_share * long, dtype=float)


def volleys(
    vibration_hz: float,
    vibration_s: tuple[float, float],
    vibrated: float,
    stimuli_s: FloatArray,
    stimulated: float,
) -> Volleys:
    """Return what spindle afferents send while a tendon vibrates and a nerve is stimulated.

    Parameters
    ----------
    vibration_hz : float
    vibration_s : (start, end)
    vibrated, stimulated : float
        Share of the afferents that vibration and the current reach, from 0 to 1.
    stimuli_s : array, shape (stimuli,)
        Times of the stimuli to the nerve.
    """
    chance = stream(_SEED, "spindle afferents")
    followed_hz = FOLLOWED_hz * np.exp(FOLLOWED_SD * chance.standard_normal(_AFFERENTS))
    every = np.maximum(1, np.ceil(vibration_hz / followed_hz)).astype(int)
    turn = chance.integers(0, every)
    feels = _share(vibrated, chance)
    shocked = _share(stimulated, chance)
    cycles_s = np.arange(vibration_s[0], vibration_s[1], 1.0 / vibration_hz)
    cycle = np.arange(len(cycles_s))[:, None]
    vibration = feels * ((cycle - turn) % every == 0)
    stimulation = np.broadcast_to(shocked, (len(stimuli_s), _AFFERENTS))
    times_s = np.concatenate([cycles_s, stimuli_s])
    order = np.argsort(times_s, kind="stable")
    fired = np.concatenate([vibration, stimulation])[order]
    return Volleys(times_s[order], _released(times_s[order], fired))


def _share(share: float, chance: np.random.Generator) -> FloatArray:
    """Return 1 for that share of the afferents and 0 for the others; one of them is between."""
    place = np.argsort(np.argsort(chance.random(_AFFERENTS)))
    return np.clip(share * _AFFERENTS - place, 0.0, 1.0)


def _released(times_s: FloatArray, fired: FloatArray) -> FloatArray:
    """Return the mean release of each volley; terminals that have just fired have less to give."""
    full = np.ones(_AFFERENTS)
    released = np.empty(len(times_s))
    refilled = np.exp(-np.diff(times_s, prepend=times_s[:1]) / REFILLED_s)
    for i, each in enumerate(fired):
        full = 1.0 - (1.0 - full) * refilled[i]
        released[i] = np.mean(each * full)
        full = full * (1.0 - RELEASED * each)
    return released


def lasting(
    times_s: FloatArray, onset_s: float, duration_s: float, strength: float, decay_s: float
) -> FloatArray:
    """Return a reflex that begins at once and outlasts its cause, shape of `times_s`."""
    since_s = np.asarray(times_s) - onset_s
    fallen = np.exp(-np.maximum(0.0, since_s - duration_s) / decay_s)
    return np.where(since_s < 0, 0.0, strength * fallen)
