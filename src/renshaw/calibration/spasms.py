"""How much inward current an injured cord brings back, so that spasms are as people's.

Receptors that are active without serotonin have one constant: the persistent inward current that
they bring back. Spasm tests of the typical person are simulated at many sizes of it, and the size
that is nearest to the middle of people's ranges is the value.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from renshaw.calibration.arms import ARM_SOURCES, Units, key_of
from renshaw.calibration.arms_kept import Laboratory
from renshaw.calibration.effects_fit import Found, HeldRange
from renshaw.calibration.subject import SIMULATED_UNITS
from renshaw.calibration.targets import FITTED
from renshaw.core.errors import SimulationError
from renshaw.core.seeds import derived_seed
from renshaw.data.motor_units import MotorUnits
from renshaw.data.recording import Recording
from renshaw.engine.settings import COARSE
from renshaw.estimation import estimate
from renshaw.experiment.tracking import Part, Performance, perform, usual_tracking
from renshaw.model.effects import ALL
from renshaw.model.participant import Participant
from renshaw.model.second_edition.effects import Effect, SpasmRange
from renshaw.protocols import SpasmTest

FloatArray = NDArray[np.float64]

INJURY = "spinal_cord_injury.constitutive"
# Sizes that are simulated: the step is less than seeds move what comes of it.
SIZES = tuple(round(0.8 + 0.05 * k, 2) for k in range(29))
_TEST = SpasmTest(rest_before_s=3.0)
_SOURCES = (
    *ARM_SOURCES,
    "calibration/spasms.py",
    "model/conditions",
    "protocols/afferents.py",
    "protocols/spasm_test.py",
)
# A spasm shorter than this is none; its duration is known no better.
_SHORTEST_s = 0.25
# What a size may be worse than the best by, in sums of squares, to be one of nine in ten.
_NEAR = 2.7


@dataclass(frozen=True)
class SpasmArm:
    """An injured person at rest, who is touched.

    Parameters
    ----------
    condition : str
    muscle : str
    severity : float
    constitutive : float
        Persistent inward current that receptors active by themselves bring back at severity 1, as
        a share of the healthy one.
    """

    condition: str
    muscle: str
    severity: float
    constitutive: float


@dataclass(frozen=True)
class SpasmJob:
    """A person with the seeds of her noise; `key` changes whenever its numbers might."""

    arm: SpasmArm
    seeds: tuple[int, ...]

    @property
    def key(self) -> str:
        """What names it on disk."""
        return key_of(self, self.arm.muscle, _SOURCES)

    def measured(self) -> Units:
        """Simulate a touch with each seed: duration, rate and firing at rest, NaN where none."""
        arm = self.arm
        who = Participant(
            edition=2,
            muscle=arm.muscle,
            n_units=SIMULATED_UNITS,
            condition=arm.condition,
            severity=arm.severity,
        )
        cord = replace(who.cord, constitutive=arm.constitutive * arm.severity)
        part = Part(cord.around(who.units), cord, _TEST, 1.0, 0)
        parts = [replace(part, seed=derived_seed(seed, "spasms")) for seed in self.seeds]
        try:
            done = perform(parts, usual_tracking(2), COARSE, threads=1)
        except SimulationError:
            return {name: [[math.nan] for _ in self.seeds] for name in _MEASURED}
        rows = [_of_touch(arm.muscle, each) for each in done]
        return {name: [[row[name]] for row in rows] for name in _MEASURED}


_MEASURED = ("duration", "rate", "at_rest")


def _of_touch(muscle: str, done: Performance) -> dict[str, float]:
    trains = done.response.spikes_s
    units = MotorUnits(trains, (0.0, _TEST.duration_s))
    recording = Recording(units, {}, _TEST.events(), muscle=muscle)
    found = {row.quantity: row.value for row in estimate(recording).rows}
    before = [bool((times_s < _TEST.rest_before_s).any()) for times_s in trains]
    return {
        "duration": float(found["spasm_duration"]),
        "rate": float(found["spasm_mean_rate"]),
        "at_rest": float(np.mean(before)),
    }


def _arm(of: SpasmRange, constitutive: float) -> SpasmArm:
    return SpasmArm(of.condition, of.muscle, of.severity, constitutive)


def _job(laboratory: Laboratory, arm: SpasmArm, *, fresh: bool = False) -> SpasmJob:
    return SpasmJob(arm, laboratory.seeds(fresh=fresh))


def spasm_jobs(laboratory: Laboratory, wanted: Sequence[SpasmRange]) -> list[SpasmJob]:
    """Return what has to be simulated to find the constant."""
    some = [each for each in wanted if each.role == FITTED]
    return [_job(laboratory, arm) for arm in dict.fromkeys(_arm(e, s) for e in some for s in SIZES)]


def find_injury(laboratory: Laboratory, wanted: Sequence[SpasmRange], effect: Effect) -> Found:
    """Return the constant whose spasms are nearest to the middle of people's ranges.

    Parameters
    ----------
    laboratory : Laboratory
    wanted : sequence of SpasmRange
    effect : Effect
        The constant, with its bounds.
    """
    some = [each for each in wanted if each.role == FITTED]
    sizes = [size for size in SIZES if effect.low <= size <= effect.high]
    square = np.zeros(len(sizes))
    for each in some:
        rows = [
            laboratory.units(_job(laboratory, _arm(each, size)), each.quantity)[:, 0]
            for size in sizes
        ]
        square += np.mean([_off(each, row) ** 2 for row in rows], axis=1)
    best = int(np.argmin(square))
    near = np.array(sizes)[square <= square[best] + _NEAR]
    told = "fitted, at a bound" if best in (0, len(sizes) - 1) else "fitted"
    return Found(sizes[best], float(near.min()), float(near.max()), told)


def _off(wanted: SpasmRange, simulated: FloatArray) -> FloatArray:
    """Return how far values are from the middle, in half ranges; a spasm that is none, farthest."""
    low, high, values = (np.asarray(x, float) for x in (wanted.low, wanted.high, simulated))
    if wanted.quantity == "duration":
        low, high, values = (np.log(np.maximum(_SHORTEST_s, x)) for x in (low, high, values))
    off = (values - (low + high) / 2) / ((high - low) / 2)
    return np.asarray(np.where(np.isnan(off), 2.0, off), dtype=float)


def hold_spasms(
    laboratory: Laboratory, wanted: Sequence[SpasmRange], values: Mapping[tuple[str, str], Found]
) -> list[HeldRange]:
    """Return people's ranges beside what is simulated at the values, with fresh seeds.

    Parameters
    ----------
    laboratory : Laboratory
    wanted : sequence of SpasmRange
    values : mapping
        Of each constant and muscle.
    """
    jobs = {}
    for each in wanted:
        constant = f"{each.condition.replace('-', '_')}.constitutive"
        arm = _arm(each, values[constant, ALL].value)
        jobs[each] = _job(laboratory, arm, fresh=True)
    laboratory.measure(jobs.values())
    return [
        HeldRange(each, float(np.median(laboratory.units(job, each.quantity))))
        for each, job in jobs.items()
    ]
