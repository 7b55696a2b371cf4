"""What a candidate does: ramps, holds and a maximal effort, each with several seeds of noise.

A task is practiced once, as by a person in a laboratory, and recorded with each seed. A dose is a
share of the healthy neuromodulation: what a drug leaves of the persistent inward current.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from renshaw.calibration.subject import Subject
from renshaw.core.seeds import derived_seed
from renshaw.data.motor_units import MotorUnits
from renshaw.data.recording import Recording
from renshaw.data.signal import Signal
from renshaw.engine.settings import EngineSettings
from renshaw.experiment.intracellular import afterhyperpolarizations
from renshaw.experiment.maximal import pool_maximal_discharges, pool_mvc_force
from renshaw.experiment.tracking import (
    Part,
    Performance,
    TORQUE_hz,
    perform,
    rehearsed,
    usual_tracking,
)
from renshaw.experiment.voltage_clamp import VoltageRampSettings, voltage_ramp
from renshaw.protocols import Ramp

FloatArray = NDArray[np.float64]


@dataclass(frozen=True)
class Task:
    """A contraction, at a dose.

    Parameters
    ----------
    ramp : Ramp
    dose : float
        Share of the healthy neuromodulation.
    """

    ramp: Ramp
    dose: float = 1.0

    @property
    def practice(self) -> int:
        """How often it is practiced."""
        return _PRACTICE if self.dose == 1.0 else _PRACTICE_OF_DOSES


# Long enough after a contraction to see whose firing outlasts it.
_REST_s = 2.0


def _triangle(pct_mvc: float) -> Ramp:
    return Ramp(peak_pct_mvc=pct_mvc, rise_s=pct_mvc / 2, fall_s=pct_mvc / 2, rest_s=_REST_s)


def _triangles(rest_s: float) -> Ramp:
    return Ramp(peak_pct_mvc=20.0, rise_s=3.0, fall_s=3.0, rest_s=rest_s, repeats=5)


DOSES = (0.6, 0.8, 0.9, 1.1)
# The numbers of a candidate hang little on a second practice of what is only one point of a curve.
_PRACTICE, _PRACTICE_OF_DOSES = 2, 1
TASKS: dict[str, Task] = {
    "triangle": Task(_triangle(20.0)),
    **{f"dose_{100 * dose:.0f}": Task(_triangle(20.0), dose) for dose in DOSES},
    "triangle_10": Task(_triangle(10.0)),
    "triangle_30": Task(_triangle(30.0)),
    "hold_30": Task(Ramp(peak_pct_mvc=30.0, rise_s=6.0, hold_s=12.0, fall_s=6.0)),
    "hold_15": Task(Ramp(peak_pct_mvc=15.0, rise_s=6.0, hold_s=12.0, fall_s=6.0)),
    "again_soon": Task(_triangles(rest_s=0.5)),
    "again_later": Task(_triangles(rest_s=10.0)),
    "hold_50": Task(Ramp(peak_pct_mvc=50.0, rise_s=8.0, hold_s=8.0, fall_s=8.0)),
}


@dataclass(frozen=True, eq=False)
class Done:
    """What came of a task.

    Parameters
    ----------
    recording : Recording
    drive : array
        Descending drive, M_e, evenly over the recording.
    ramp : Ramp
        What was to be done.
    """

    recording: Recording
    drive: FloatArray
    ramp: Ramp

    @property
    def over_s(self) -> float:
        """When the effort was to end."""
        return self.ramp.duration_s - self.ramp.rest_s


@dataclass(frozen=True, eq=False)
class Maximal:
    """A maximal effort of two seconds: what each motoneuron fired."""

    discharges_s: tuple[FloatArray, ...]


@dataclass(frozen=True)
class Impaled:
    """What an electrode in a motoneuron tells, in health.

    Parameters
    ----------
    first_nA, last_nA : float
        L-type current of the first and the last motoneuron at the peak of the PIC, inward, by a
        slow voltage ramp, on the way up, as Lee & Heckman 1998 measured PICs.
    ahp_ms : float
        Mean duration of the afterhyperpolarization, from the spike to 2 % of its depth, of the
        half of the pool that weak contractions recruit.
    """

    first_nA: float
    last_nA: float
    ahp_ms: float


def do_tasks(
    subject: Subject, names: Sequence[str], seeds: Sequence[int], engine: EngineSettings
) -> tuple[list[Mapping[str, Done]], Maximal, Impaled]:
    """Return what came of each task, one mapping a seed, the maximal effort, and the electrode.

    Raises
    ------
    SimulationError
        A motoneuron fired without end, or diverged.
    """
    force = pool_mvc_force(subject.pool, subject.cord, engine)
    found: list[dict[str, Done]] = [{} for _ in seeds]
    together: dict[tuple[float, int], list[str]] = {}
    for name in names:
        task = TASKS[name]
        together.setdefault((task.ramp.duration_s, task.practice), []).append(name)
    for (_, practice), alike in together.items():
        tracking = usual_tracking(subject.pool.edition).replace(practice=practice)
        parts = [_part(subject, TASKS[name], force) for name in alike]
        learned = rehearsed(parts, tracking, engine, threads=1)
        trials = [
            replace(part, learned=drive, seed=derived_seed(seed, "fit"))
            for part, drive in zip(parts, learned, strict=True)
            for seed in seeds
        ]
        done = iter(perform(trials, tracking, engine, threads=1))
        for name in alike:
            for of_seed in found:
                of_seed[name] = _done(subject.muscle, next(done), TASKS[name].ramp)
    fired = pool_maximal_discharges(subject.pool, subject.cord, engine)
    return list(found), Maximal(fired), _impaled(subject)


def _impaled(subject: Subject) -> Impaled:
    n = len(subject.pool)
    durations = afterhyperpolarizations(subject.pool, subject.cord)[: n // 2, 1]
    return Impaled(_l_type_nA(subject, 1), _l_type_nA(subject, n), float(np.mean(durations)))


def _l_type_nA(subject: Subject, motoneuron: int) -> float:
    asked = VoltageRampSettings(motoneuron=motoneuron, neuromodulation=subject.health)
    ramp = voltage_ramp(subject.pool, asked)
    up = ramp.ascending
    return -float(np.interp(ramp.peak_mV, ramp.command_mV[up], ramp.l_type_nA[up]))


def _part(subject: Subject, task: Task, force: float) -> Part:
    cord = subject.cord.changed(monoaminergic=task.dose, monoaminergic_per_pct_mvc=task.dose)
    return Part(cord.around(subject.pool), cord, task.ramp, force, 0)


def _done(muscle: str, performed: Performance, ramp: Ramp) -> Done:
    torque = performed.torque_pct_mvc
    trains = performed.response.spikes_s
    units = MotorUnits(trains, (0.0, len(torque) / TORQUE_hz))
    signals = {"torque": Signal(torque, TORQUE_hz, "% MVC")}
    return Done(Recording(units, signals, muscle=muscle), performed.drive, ramp)
