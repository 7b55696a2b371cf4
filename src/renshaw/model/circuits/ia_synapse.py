"""Ia afferents on their own motoneurons: size of a volley, and its depression by earlier ones.

A volley in all Ia afferents of a muscle excites each motoneuron by

    M_e(t) = A (t / v^2) exp(-t / v),

of area A (1e-5 S/cm2 s), v for the spread of arrivals and of the synaptic current. A volley in a
share of them brings that share. What it releases falls with what was released before, by two
depressions of the terminals, a slow one D and a fast one F: each volley moves each by a share u of
its distance from its largest, and each falls back with its own time constant T,

    released = (1 - D) (1 - F),    D after it: D + u (D_max - D),    F after it likewise.

The slow one is the post-activation depression of clinical tests. The fast one makes a reflex at 5
Hz smaller than one at 1 Hz; its largest is all of the release.

The depression after a reflex, a tap or a contraction lasts for more than eight seconds (Crone &
Nielsen 1989, doi:10.1007/BF00230683) and is much weaker after stroke and in chronic injury of the
cord (doi:10.1080/08990220.2020.1807925; Schindler-Ivens & Shields 2000,
doi:10.1007/s002210000377). Terminals that fire anyway, in a contraction, are depressed already, so
that a volley has little to add: then the depression is all but gone (Stein et al. 2007).

Where afferents fire at a rate r(t) rather than in volleys, as in a stretch, the same depressions
are

    dD/dt = -log(1 - u) r (D_max - D) - D / T,

which leaves after one discharge of each what one volley leaves.

Sizes are fitted (`strengths.toml`).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from renshaw.model.circuits.strengths import strength

FloatArray = NDArray[np.float64]

# Spread of arrivals at the motoneurons, from conduction velocities of 55 to 66 m/s (Cisi & Kohn
# 2008, doi:10.1007/s10827-008-0092-8), and time course of the current.
VOLLEY_ms: float = 1.0
# How often Ia terminals fire by themselves in a contraction: muscle spindles of contracting human
# muscles fire at some 10 pps (an order of magnitude; at rest most are silent).
CONTRACTING_pps: float = 10.0
# How much the release of all terminals together varies from volley to volley (SD of its logarithm):
# an assumption, with which resting H-reflexes vary by some 10 to 20 %, as remembered of people.
RELEASE_SD: float = 0.03


def volley_area(muscle: str) -> float:
    """Return the excitation by a volley in all Ia afferents, area of M_e (1e-5 S/cm2 s)."""
    return strength("ia_volley", muscle)


def excitation(times_s: FloatArray, at_s: FloatArray, areas: FloatArray) -> FloatArray:
    """Return the excitation M_e by volleys, averaged over evenly spaced steps.

    Parameters
    ----------
    times_s : array, shape (steps,)
        Where each step begins.
    at_s : array, shape (volleys,)
        When each arrives.
    areas : array, shape (volleys,)
        Area of each (1e-5 S/cm2 s).
    """
    step_s = float(times_s[1] - times_s[0])
    edges = np.append(times_s, times_s[-1] + step_s)
    total = np.zeros(len(edges))
    for at, area in zip(at_s, areas, strict=True):
        since = np.maximum(0.0, edges - at) / (VOLLEY_ms / 1000)
        total += area * (1.0 - (1.0 + since) * np.exp(-since))
    return np.asarray(np.diff(total) / step_s)


def weights_of_rates(delay_s: float, step_s: float) -> FloatArray:
    """Return what each discharge a second adds to M_e, by how many steps ago, for an area of 1.

    Parameters
    ----------
    delay_s : float
        From a discharge to its arrival at the motoneurons.
    step_s : float
        Rates are held for so long, and the excitation is averaged over it.
    """
    width_s = VOLLEY_ms / 1000
    edges = step_s * np.arange(-1, int(np.ceil((delay_s + 15 * width_s) / step_s)) + 2) - delay_s
    t = np.maximum(0.0, edges) / width_s
    # The course of a volley, integrated twice.
    twice = width_s * (t - 2.0 + (2.0 + t) * np.exp(-t))
    return np.asarray(np.diff(twice, 2) / step_s)


def released(
    times_s: FloatArray, fired: NDArray[np.bool_], gain: float, firing_pps: float
) -> FloatArray:
    """Return what each volley releases relative to rested terminals, shape (volleys,).

    Parameters
    ----------
    times_s : array, shape (volleys,)
        When each is given, in order.
    fired : array of bool, shape (volleys,)
        Whether each fires any afferents; those that fire are the same each time.
    gain : float
        Strength of the depression: 1 in health, 0 for none.
    firing_pps : float
        How often the terminals fire besides, 0 at rest.
    """
    left = np.ones(len(times_s))
    for kind in _depressions():
        most = kind.most(gain)
        depression = rested = _steady(most, kind.used, kind.recovery_s, firing_pps)
        for i, waited_s in enumerate(np.diff(times_s, prepend=times_s[:1])):
            # What they fire besides moves them towards their usual state as well.
            kept = np.exp(-waited_s / kind.recovery_s) * (1 - kind.used) ** (firing_pps * waited_s)
            depression = rested + (depression - rested) * kept
            left[i] *= 1.0 - depression
            depression += kind.used * (most - depression) * fired[i]
    return left


class _Depression(NamedTuple):
    """One of the depressions: its largest in health, the share a volley uses up, its recovery."""

    largest: float
    used: float
    recovery_s: float

    def most(self, gain: float) -> float:
        """Return its largest in a cord, which is never more than all of the release."""
        return min(1.0, gain * self.largest)


def _depressions() -> tuple[_Depression, _Depression]:
    return (
        _Depression(
            strength("depression"),
            strength("depression_by_a_volley"),
            strength("depression_recovery_s"),
        ),
        _Depression(1.0, strength("fast_depression"), strength("fast_depression_recovery_s")),
    )


class Terminals:
    """The Ia terminals of several persons whose afferents fire at rates.

    Parameters
    ----------
    gains : array, shape (n,)
        Strength of the depression of each: 1 in health, 0 for none.
    firing_pps : array, shape (n,)
        How often they have fired for long.
    """

    def __init__(self, gains: FloatArray, firing_pps: FloatArray) -> None:
        kinds = _depressions()
        self._most = np.array([[kind.most(float(gain)) for gain in gains] for kind in kinds])
        self._recovery_s = np.array([[kind.recovery_s] for kind in kinds])
        self._used = np.array([[-np.log1p(-min(kind.used, 1.0 - 1e-9))] for kind in kinds])
        self._depressed: FloatArray = self._towards(np.asarray(firing_pps, dtype=float))[0]

    @property
    def releasing(self) -> FloatArray:
        """What a discharge releases now, relative to rested terminals, shape (n,)."""
        return np.asarray(np.prod(1.0 - self._depressed, axis=0))

    def advance(self, rates_pps: FloatArray, step_s: float) -> FloatArray:
        """Return what a discharge releases, relative to rested terminals, in each of some steps.

        Parameters
        ----------
        rates_pps : array, shape (n, steps)
        step_s : float
        """
        released = np.empty(rates_pps.shape)
        for i, rate_pps in enumerate(rates_pps.T):
            goal, faster_per_s = self._towards(rate_pps)
            after = goal + (self._depressed - goal) * np.exp(-faster_per_s * step_s)
            released[:, i] = np.prod(1.0 - 0.5 * (self._depressed + after), axis=0)
            self._depressed = after
        return released

    def rest(self, rates_pps: FloatArray, seconds: float) -> None:
        """Let them fire at steady rates for a while."""
        self.advance(np.asarray(rates_pps, dtype=float)[:, np.newaxis], seconds)

    def _towards(self, rates_pps: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Return where each depression goes at steady rates, and how fast, shape (2, n)."""
        faster_per_s = self._used * rates_pps + 1.0 / self._recovery_s
        return self._most * self._used * rates_pps / faster_per_s, faster_per_s


def _steady(most: float, used: float, recovery_s: float, firing_pps: float) -> float:
    """Return the depression, just before a discharge, of terminals that fire at a steady rate."""
    if firing_pps == 0:
        return 0.0
    left = np.exp(-1.0 / (firing_pps * recovery_s))
    return float(most * used * left / (1.0 - (1.0 - used) * left))
