"""How strongly vibration and stimulation excite, and how far people differ in it: VibStim.

Two constants: the excitation by spindle afferents in VibStim, relative to the first edition's, and
the spread of excitation by afferents between people. Typical people of the soleus are simulated at
many sizes of it; what a population would do is read from the curve through them. That people also
differ in neuromodulation is left out here.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray
from scipy.interpolate import PchipInterpolator

from renshaw.calibration.arms import ARM_SOURCES, Units, key_of
from renshaw.calibration.arms_kept import Laboratory, mean_of
from renshaw.calibration.effects_fit import Found, HeldRange
from renshaw.calibration.subject import SIMULATED_UNITS
from renshaw.calibration.targets import FITTED
from renshaw.core.errors import SimulationError
from renshaw.engine.settings import COARSE
from renshaw.estimation import estimate
from renshaw.experiment.simulate import Trial, simulate_many
from renshaw.model.effects import effect
from renshaw.model.participant import Participant
from renshaw.model.second_edition.effects import Effect, VibStimRange
from renshaw.protocols import VibStim

FloatArray = NDArray[np.float64]

EXCITATION, SPREAD = "vibstim.excitation", "population.afferents"
SIZES = (0.06, 0.12, 0.2, 0.3, 0.45, 0.7, 1.0, 1.5, 2.3, 3.5)
_SOURCES = (
    *ARM_SOURCES,
    "calibration/vibrated.py",
    "experiment/recorded.py",
    "experiment/simulate.py",
    "protocols/afferents.py",
    "protocols/nerve.py",
    "protocols/vibstim.py",
)
_MEASURED = ("torque_vib", "torque_sust", "responder")
_PLACES = np.array([NormalDist().inv_cdf((k + 0.5) / 200) for k in range(200)])
_FINE = 81
# What a pair of sizes may be worse than the best by, in sums of squares, to be one of nine in ten.
_NEAR = 4.6


@dataclass(frozen=True)
class VibStimArm:
    """A person who is vibrated.

    Parameters
    ----------
    muscle : str
    excitation : float
        By spindle afferents, relative to the first edition's.
    """

    muscle: str
    excitation: float


@dataclass(frozen=True)
class VibStimJob:
    """A person with the seeds of her noise; `key` changes whenever its numbers might."""

    arm: VibStimArm
    seeds: tuple[int, ...]

    @property
    def key(self) -> str:
        """What names it on disk."""
        return key_of(self, self.arm.muscle, _SOURCES)

    def measured(self) -> Units:
        """Simulate VibStim with each seed."""
        arm = self.arm
        afferents = arm.excitation / effect(2, EXCITATION, arm.muscle)
        who = Participant(
            edition=2, muscle=arm.muscle, n_units=SIMULATED_UNITS, afferents=afferents
        )
        trials = [Trial(who, VibStim(), seed=seed, name=str(seed)) for seed in self.seeds]
        try:
            done = simulate_many(trials, engine=COARSE, threads=1)
        except SimulationError:
            return {name: [[math.nan] for _ in self.seeds] for name in _MEASURED}
        rows = [{row.quantity: float(row.value) for row in estimate(each).rows} for each in done]
        return {name: [[row.get(name, math.nan)] for row in rows] for name in _MEASURED}


def vibstim_jobs(laboratory: Laboratory, muscle: str, *, fresh: bool = False) -> list[VibStimJob]:
    """Return what has to be simulated to know what any excitation does.

    Parameters
    ----------
    laboratory : Laboratory
    muscle : str
    fresh : bool
        With the seeds of the check.
    """
    seeds = laboratory.seeds(fresh=fresh)
    return [VibStimJob(VibStimArm(muscle, size), seeds) for size in SIZES]


class _Curve:
    """What is measured of a typical person at any excitation."""

    def __init__(self, laboratory: Laboratory, muscle: str, *, fresh: bool = False) -> None:
        jobs = vibstim_jobs(laboratory, muscle, fresh=fresh)
        laboratory.measure(jobs)
        at = np.log(SIZES)
        self._of = {
            name: PchipInterpolator(
                at, [float(mean_of(laboratory.units(job, name)[:, 0])) for job in jobs]
            )
            for name in _MEASURED
        }

    def population(self, excitation: float, spread: float) -> Mapping[str, float]:
        """Return what people do who differ so much, by the names of `VibStimRange.quantity`."""
        at = np.clip(np.log(excitation) + spread * _PLACES, *np.log(SIZES)[[0, -1]])
        vib, sust, responds = (np.maximum(0.0, self._of[name](at)) for name in _MEASURED)
        some = responds >= 0.5
        if some.sum() < 3:
            return dict.fromkeys(_QUANTITIES, math.nan) | {"responders": 100.0 * some.mean()}
        return {
            "responders": float(100.0 * some.mean()),
            "torque_vib": float(vib[some].mean()),
            "torque_vib_sd": float(vib[some].std()),
            "torque_sust": float(sust[some].mean()),
            "torque_sust_sd": float(sust[some].std()),
        }


_QUANTITIES = ("responders", "torque_vib", "torque_vib_sd", "torque_sust", "torque_sust_sd")


def find_vibstim(
    laboratory: Laboratory, wanted: Sequence[VibStimRange], effects: Mapping[str, Effect]
) -> dict[str, Found]:
    """Return both constants, whose people are nearest to the middle of people's ranges.

    Parameters
    ----------
    laboratory : Laboratory
    wanted : sequence of VibStimRange
    effects : mapping
        The constants by name, with their bounds.
    """
    some = [each for each in wanted if each.role == FITTED]
    curve = _Curve(laboratory, some[0].muscle)
    one, other = effects[EXCITATION], effects[SPREAD]
    gains = np.geomspace(max(one.low, SIZES[0]), min(one.high, SIZES[-1]), _FINE)
    spreads = np.linspace(other.low, other.high, _FINE)
    square = np.array([[_square(curve.population(g, s), some) for s in spreads] for g in gains])
    i, j = np.unravel_index(int(np.argmin(square)), square.shape)
    near = square <= square[i, j] + _NEAR
    found = {}
    for name, axis, at, along in (
        (EXCITATION, gains, i, near.any(axis=1)),
        (SPREAD, spreads, j, near.any(axis=0)),
    ):
        told = "fitted, at a bound" if at in (0, _FINE - 1) else "fitted"
        found[name] = Found(
            float(axis[at]), float(axis[along].min()), float(axis[along].max()), told
        )
    return found


def _square(simulated: Mapping[str, float], wanted: Sequence[VibStimRange]) -> float:
    """Return the sum of squares, in half ranges from their middle."""
    total = 0.0
    for each in wanted:
        off = (simulated[each.quantity] - (each.low + each.high) / 2) / ((each.high - each.low) / 2)
        total += 9.0 if math.isnan(off) else min(9.0, off**2)
    return total


def hold_vibstim(
    laboratory: Laboratory, wanted: Sequence[VibStimRange], found: Mapping[str, Found]
) -> list[HeldRange]:
    """Return people's ranges beside what is simulated at the values, with fresh seeds.

    Parameters
    ----------
    laboratory : Laboratory
    wanted : sequence of VibStimRange
    found : mapping
        Of `find_vibstim`.
    """
    held = []
    for muscle in dict.fromkeys(each.muscle for each in wanted):
        curve = _Curve(laboratory, muscle, fresh=True)
        people = curve.population(found[EXCITATION].value, found[SPREAD].value)
        held += [HeldRange(e, people[e.quantity]) for e in wanted if e.muscle == muscle]
    return held
