"""What is written down of a trial: what electrodes and a dynamometer see, and the truth behind."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from renshaw.core.history import History
from renshaw.core.seeds import derived_seed
from renshaw.data.motor_units import MotorUnits
from renshaw.data.recording import Recording, Truth
from renshaw.data.signal import Signal
from renshaw.engine.run import EngineSettings
from renshaw.experiment.electromyogram import amplitude_course, largest_amplitude
from renshaw.experiment.maximal import maximal_discharges, pool_maximal_discharges
from renshaw.experiment.simulation_step import simulation_step
from renshaw.experiment.tracking import Part, Performance, TORQUE_hz, TorqueTrackingSettings
from renshaw.experiment.trial import Trial
from renshaw.interventions import Intervention
from renshaw.model.participant import Participant
from renshaw.model.pool import Pool
from renshaw.protocols import Protocol

FloatArray = NDArray[np.float64]


def recorded(
    trial: Trial,
    part: Part,
    done: Performance,
    tracking: TorqueTrackingSettings,
    engine: EngineSettings,
) -> Recording:
    """Return the recording of a trial that was performed."""
    step = simulation_step(
        trial.participant, trial.protocol, trial.given, trial.seed, engine, tracking
    )
    who, trains = trial.participant, done.response.spikes_s
    muscles = (who.muscle,) * len(trains)
    return Recording(
        units=MotorUnits(trains, (0.0, part.protocol.duration_s), muscles=muscles),
        signals={**_seen(part.protocol, done), "emg": _electromyogram(trial, done, engine)},
        events=(*part.protocol.events(), *done.events),
        truth=_truth(part, done, engine),
        name=trial.name or _name(trial.participant, trial.given),
        history=History((step,)),
        participant=who.name if isinstance(who, Participant) else "",
        muscle=who.muscle,
    )


def _seen(protocol: Protocol, done: Performance) -> dict[str, Signal]:
    """Return what the person saw on the screen: torque and, where she was to follow it, target."""
    torque = Signal(done.torque_pct_mvc, TORQUE_hz, "% MVC")
    if not protocol.tracks_torque:
        return {"torque": torque}
    target = protocol.effort_pct_mvc(torque.times_s)
    return {"torque": torque, "target": Signal(target, TORQUE_hz, "% MVC")}


def _electromyogram(trial: Trial, done: Performance, engine: EngineSettings) -> Signal:
    """Return the amplitude of the EMG, in % of that of the untreated person's MVC.

    M-waves are left out: discharges that a stimulus to the muscle's own nerve evokes directly.
    """
    treated, pool = trial.edited[0], trial.participant
    who = treated.untreated
    if isinstance(pool, Pool):
        largest = pool_maximal_discharges(pool, who.cord, engine)
    else:
        pool, largest = who.units, maximal_discharges(who, engine)
    # The electrode stays in place: of a person, recordings differ by what she does.
    place = derived_seed(0, "electrode", who.name)
    samples = len(done.torque_pct_mvc)
    amplitude = amplitude_course(
        treated.treatment.of_muscle(pool),
        _not_evoked(done, engine),
        samples,
        TORQUE_hz,
        largest_amplitude(pool, largest, place),
        place,
    )
    return Signal(amplitude, TORQUE_hz, "% MVC")


# A shock to the motor axon evokes its discharge within that time.
_EVOKED_WITHIN_s = 0.004


def _not_evoked(done: Performance, engine: EngineSettings) -> list[FloatArray]:
    """Return the discharges that no stimulus to the motor axon evoked."""
    trains = [np.asarray(times) for times in done.response.spikes_s]
    current = done.inputs.current_nA
    if current is None or not current.any() or done.inputs.current_gain is None:
        return trains
    given = np.flatnonzero(np.diff(current, prepend=0.0) > 0) * engine.slow_ms / 1000
    for i in np.flatnonzero(done.inputs.current_gain):
        last = np.searchsorted(given, trains[i], side="right") - 1
        since = np.where(last >= 0, trains[i] - given[last], np.inf)
        trains[i] = trains[i][since > _EVOKED_WITHIN_s]
    return trains


def _truth(part: Part, done: Performance, engine: EngineSettings) -> Truth:
    save_hz = done.response.save_hz
    every = engine.save_every

    def course(values: FloatArray, unit: str) -> Signal:
        return Signal(_block_mean(values, every), save_hz, unit)

    cord, answer_pps = part.cord, done.response.renshaw_pps
    cells = {} if answer_pps is None else {"renshaw_cells": Signal(answer_pps, save_hz, "pps")}
    return Truth(
        signals={
            "drive": course(done.drive, "1e-5 S/cm2"),
            "effort": course(100.0 * done.drive / cord.largest_drive, "% of maximal drive"),
            "excitation": course(done.inputs.excitation, "1e-5 S/cm2"),
            "inhibition": course(done.inputs.inhibition, "1e-5 S/cm2"),
            "neuromodulation": course(done.inputs.neuromodulation, ""),
            "pic_current": Signal(_compact(done.response.pic_nA.T), save_hz, "nA"),
            **(cells if part.cord.recurrent_gain > 0 else {}),
        },
        parameters={
            "neuromodulation": float(done.inputs.neuromodulation[0]),
            "inhibition": cord.inhibition,
            "pic_shift_mV": cord.pic_shift_mV,
            # Recordings that name none are of the first.
            **({} if part.pool.edition == 1 else {"edition": float(part.pool.edition)}),
        },
    )


def _compact(pic_nA: FloatArray) -> Any:
    # A thousandth of a nanoampere is far below what matters, and files shrink to a third.
    return np.asarray(np.round(pic_nA * 1024) / 1024, dtype=np.float32)


def _block_mean(values: FloatArray, every: int) -> FloatArray:
    # Means, not samples: a decimated train of volleys would show beats that were never there.
    edges = np.arange(0, len(values), every)
    return np.asarray(np.add.reduceat(values, edges) / np.diff(np.append(edges, len(values))))


def _name(who: Participant | Pool, interventions: Sequence[Intervention]) -> str:
    conditions = [type(each).__name__ for each in interventions] or ["control"]
    person = who.name if isinstance(who, Participant) else who.muscle
    return f"{person} {' + '.join(conditions)}"
