"""Fit of the effects on the second edition's person: triangles under a few sizes of each.

The typical person stands for the studies' people; seeds of noise are common to the arms with and
without an effect, so that changes are of the same units in the same noise.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from renshaw.calibration.evaluation import PERSON_SOURCES, sources_fingerprint
from renshaw.calibration.subject import SIMULATED_UNITS
from renshaw.core.errors import SimulationError
from renshaw.core.fingerprint import fingerprint
from renshaw.core.seeds import derived_seed
from renshaw.core.settings import Settings, setting
from renshaw.data.motor_units import MotorUnits
from renshaw.data.recording import Recording
from renshaw.data.signal import Signal
from renshaw.engine.settings import COARSE
from renshaw.estimation import FiringSettings, firing
from renshaw.experiment.maximal import pool_mvc_force
from renshaw.experiment.tracking import (
    Part,
    Performance,
    TORQUE_hz,
    perform,
    rehearsed,
    usual_tracking,
)
from renshaw.interventions import AntagonistVibration, ReciprocalInhibition
from renshaw.model.ageing import OLDER_years, YOUNG_years, aged_pool
from renshaw.model.muscles import muscle_pool
from renshaw.model.participant import Participant
from renshaw.model.second_edition.table import values_of
from renshaw.protocols import NerveStimulation, Protocol, Ramp, VibrationTrain, stimulated

# Inhibition by stimuli of the antagonist, M_i in 1e-5 S/cm2 where a pathway is 1.
STIMULI = {"vibration": AntagonistVibration().strength, "nerve": ReciprocalInhibition().strength}
# Sizes of an effect that are simulated, by what it changes.
SIZES: dict[str, tuple[float, ...]] = {
    "neuromodulation": (0.06, 0.2, 0.4),
    "ahp": (0.12, 0.3),
    "inhibition": (0.4, 1.2, 2.4),
    "vibration": (1.5, 6.0, 12.0),
    "nerve": (0.4, 3.0, 8.0),
}
# What decides an arm's numbers.
ARM_SOURCES = (
    *PERSON_SOURCES,
    "calibration/arms.py",
    "interventions/antagonist_vibration.py",
    "interventions/reciprocal_inhibition.py",
    "model/ageing.py",
    "model/participant.py",
    "protocols/antagonist_vibration.py",
    "protocols/nerve_stimulation.py",
)
MEASURED = ("delta_f", "peak_rate", "recruitment", "derecruitment")


@dataclass(frozen=True, kw_only=True)
class EffectsFitSettings(Settings):
    """How surely the effects are told."""

    seeds: int = setting(4, "seeds of synaptic noise for each size of an effect", ge=3, le=1000)
    fresh_seeds: int = setting(4, "fresh seeds of the check", ge=3, le=1000)
    resamples: int = setting(200, "draws of seeds and data for the ranges", ge=20, le=100_000)


@dataclass(frozen=True)
class Arm:
    """A person and what is done to her, in a triangle at 2 % MVC a second.

    Parameters
    ----------
    muscle : str
    pct_mvc : float
        Peak of the triangle.
    older : bool
        Of 70 years; else of 29.
    base : tuple of float
        What age has left: share of neuromodulation, length of the afterhyperpolarization.
    neuromodulation, ahp : float
        Relative to the base.
    inhibition : float
        Added, M_i in 1e-5 S/cm2.
    vibration, nerve : float
        Pathway of `antagonist_vibration` and `reciprocal_inhibition`.
    """

    muscle: str
    pct_mvc: float
    older: bool = False
    base: tuple[float, float] = (1.0, 1.0)
    neuromodulation: float = 1.0
    ahp: float = 1.0
    inhibition: float = 0.0
    vibration: float = 0.0
    nerve: float = 0.0

    def under(self, changes: Mapping[str, float]) -> Arm:
        """Return the person under changes, by axis: added to what she has."""
        return replace(self, **{axis: getattr(self, axis) + by for axis, by in changes.items()})


def key_of(job: object, muscle: str, sources: Sequence[str]) -> str:
    """Return what names a simulation on disk: it changes whenever its numbers might.

    Parameters
    ----------
    job : object
        A dataclass that says who is simulated, and with which seeds.
    muscle : str
        Whose pool it is.
    sources : sequence of str
        Files and folders of the package that decide.
    """
    pool = sorted(values_of(muscle).items())
    return fingerprint(job, pool, COARSE, SIMULATED_UNITS, sources_fingerprint(sources))


@dataclass(frozen=True)
class ArmJob:
    """An arm with its seeds; `key` changes whenever its numbers might."""

    arm: Arm
    seeds: tuple[int, ...]

    @property
    def key(self) -> str:
        """What names it on disk."""
        return key_of(self, self.arm.muscle, ARM_SOURCES)

    def measured(self) -> Units:
        """Simulate it: `measure_arm`."""
        return measure_arm(self)


# Of each quantity one row a seed, one column a motoneuron, NaN where there is none.
Units = dict[str, list[list[float]]]


def measure_arm(job: ArmJob) -> Units:
    """Simulate an arm with each seed, and measure every unit: NaN where she can't do the task."""
    try:
        return _measured(job)
    except SimulationError:
        return {name: [[math.nan] for _ in job.seeds] for name in MEASURED}


def _measured(job: ArmJob) -> Units:
    arm = job.arm
    typical = Participant(edition=2, muscle=arm.muscle, n_units=SIMULATED_UNITS)
    pool = aged_pool(
        muscle_pool(arm.muscle, SIMULATED_UNITS, 2), OLDER_years if arm.older else YOUNG_years
    )
    untreated = typical.cord.changed(monoaminergic=arm.base[0], ahp_scale=arm.base[1])
    cord = untreated.changed(
        monoaminergic=arm.neuromodulation,
        monoaminergic_per_pct_mvc=arm.neuromodulation,
        ahp_scale=arm.ahp,
    )
    cord = replace(cord, inhibition=cord.inhibition + arm.inhibition)
    protocol: Protocol = Ramp(
        peak_pct_mvc=arm.pct_mvc, rise_s=arm.pct_mvc / 2, fall_s=arm.pct_mvc / 2
    )
    for axis in STIMULI:
        if (size := getattr(arm, axis)) > 0:
            protocol = stimulated(protocol, train_of(axis, size))
    tracking = usual_tracking(2)
    force = pool_mvc_force(pool, untreated, COARSE)
    part = Part(cord.around(pool), cord, protocol, force, 0)
    (learned,) = rehearsed([part], tracking, COARSE, threads=1)
    trials = [
        replace(part, learned=learned, seed=derived_seed(seed, "effects")) for seed in job.seeds
    ]
    rows: Units = {name: [] for name in MEASURED}
    for done in perform(trials, tracking, COARSE, threads=1):
        for name, values in _units(arm.muscle, done).items():
            rows[name].append(values)
    return rows


def train_of(axis: str, pathway: float) -> NerveStimulation | VibrationTrain:
    """Return the usual stimulation of the antagonist, through a pathway of that strength."""
    strength = STIMULI[axis] * pathway
    if axis == "vibration":
        return VibrationTrain(**{**AntagonistVibration().to_mapping(), "strength": strength})
    settings = {**ReciprocalInhibition().to_mapping(), "strength": strength}
    del settings["timing"]
    return NerveStimulation(**settings)


def _units(muscle: str, done: Performance) -> dict[str, list[float]]:
    torque, trains = done.torque_pct_mvc, done.response.spikes_s
    signals = {"torque": Signal(torque, TORQUE_hz, "% MVC")}
    units = MotorUnits(trains, (0.0, len(torque) / TORQUE_hz))
    found = firing(Recording(units, signals, muscle=muscle), FiringSettings(splits=2, resamples=0))
    known = found.contractions[0].units.known
    at = np.arange(len(torque)) / TORQUE_hz
    ends = [(t[0], t[-1]) if len(t) > 4 else (np.nan, np.nan) for t in trains]
    levels = np.interp(np.array(ends), at, torque)
    return {
        "delta_f": list(map(float, known["delta_f"])),
        "peak_rate": list(map(float, known["peak_rate"])),
        "recruitment": list(map(float, levels[:, 0])),
        "derecruitment": list(map(float, levels[:, 1])),
    }
