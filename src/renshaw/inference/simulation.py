"""The training simulations: a person contracts before and after her cord has changed.

As `renshaw.simulate` does it, with three savings: practice is done by a smaller pool of the same
person, the changed cord starts from the drive that was learned before, and steps are longer
(`docs/engine.md`: recruitment within 0.3 ms, rates within 0.1 %, delta F within 0.05 pps).
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from renshaw.core.seeds import derived_seed
from renshaw.engine.settings import EngineSettings
from renshaw.experiment.maximal import pool_mvc_force
from renshaw.experiment.tracking import (
    Part,
    Performance,
    TORQUE_hz,
    TorqueTrackingSettings,
    perform,
    practiced,
    rehearsed,
)
from renshaw.inference.prior import Case
from renshaw.model.participant import Participant
from renshaw.model.pool import Pool
from renshaw.protocols import NerveStimulation, Protocol, stimulated

FloatArray = NDArray[np.float64]

ENGINE = EngineSettings(step_ms=0.2, inner_steps=8, slow_steps=2, fine_slope_mV_per_ms=0.5)
PRACTICE_UNITS = 16
_PRACTICE = TorqueTrackingSettings(practice=1)
# What is kept: torque and drive at these rates.
KEPT_hz: float = 50.0
DRIVE_hz: float = 20.0


@dataclass(frozen=True, eq=False)
class Contraction:
    """What happened in one contraction.

    Parameters
    ----------
    spikes_s : tuple of arrays
        One a motoneuron.
    torque_pct_mvc : array
        At `KEPT_hz`.
    drive : array
        M_e (1e-5 S/cm2) at `DRIVE_hz`.
    added_inhibition : float
        Mean of what stimulation added during the contraction, M_i (1e-5 S/cm2).
    """

    spikes_s: tuple[FloatArray, ...]
    torque_pct_mvc: FloatArray
    drive: FloatArray
    added_inhibition: float


def contractions(case: Case, seed: int) -> tuple[Contraction, Contraction]:
    """Return the contraction before and the one after."""
    before, after = _states(case)
    learned = rehearsed([_part(case, before, PRACTICE_UNITS)], _PRACTICE, ENGINE, threads=1)[0]
    both = [_part(case, state, PRACTICE_UNITS) for state in (before, after)]
    both = [replace(part, learned=learned) for part in both]
    drives = practiced(both, _PRACTICE, ENGINE, threads=1)
    parts = []
    for k, (state, drive) in enumerate(zip((before, after), drives, strict=True)):
        noise = derived_seed(seed, "inference", "noise", case.number, k)
        part = _part(case, state, case.participant.n_units)
        parts.append(replace(part, seed=noise, learned=drive))
    done = perform(parts, TorqueTrackingSettings(), ENGINE, threads=1)
    first, second = (_kept(part, d) for part, d in zip(parts, done, strict=True))
    return first, second


def _states(case: Case) -> tuple[tuple[Participant, Protocol], tuple[Participant, Protocol]]:
    who = case.participant
    changed = who.replace(
        neuromodulation=who.neuromodulation + case.neuromodulation_change,
        inhibition=max(0.0, who.inhibition + case.inhibition_change),
    )
    protocol: Protocol = case.ramp
    if case.pulses_hz > 0:
        pulses = NerveStimulation(frequency_hz=case.pulses_hz, strength=case.pulse_strength)
        protocol = stimulated(case.ramp, pulses)
    return (who, case.ramp), (changed, protocol)


def _part(case: Case, state: tuple[Participant, Protocol], n_units: int) -> Part:
    person, protocol = state
    units = _noisy(person.replace(n_units=n_units).units, case.synaptic_noise)
    untreated = _noisy(case.participant.replace(n_units=n_units).units, case.synaptic_noise)
    force = pool_mvc_force(untreated, case.participant.cord, ENGINE)
    return Part(person.cord.around(units), person.cord, protocol, force, 0)


def _noisy(pool: Pool, factor: float) -> Pool:
    return pool.scaled(synaptic_noise=factor)


def _kept(part: Part, done: Performance) -> Contraction:
    every = round(TORQUE_hz / KEPT_hz)
    torque = done.torque_pct_mvc[: len(done.torque_pct_mvc) // every * every]
    steps = round(1000 / DRIVE_hz / ENGINE.slow_ms)
    drive = done.drive[: len(done.drive) // steps * steps]
    own = part.cord.inhibition + part.cord.inhibition_per_drive * done.drive
    working = done.drive > 0
    added = done.inputs.inhibition - np.maximum(0.0, own)
    return Contraction(
        tuple(np.asarray(times) for times in done.response.spikes_s),
        torque.reshape(-1, every).mean(axis=1),
        drive.reshape(-1, steps).mean(axis=1),
        float(added[working].mean()) if working.any() else 0.0,
    )
