"""The surface EMG of a simulated contraction, in percent of the EMG of a maximal one."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from renshaw.core.errors import DataError
from renshaw.data.recording import Recording
from renshaw.data.signal import Signal
from renshaw.engine.run import EngineSettings
from renshaw.experiment.maximal import MaximalEffort, mvc_force
from renshaw.experiment.tracking import Part, TrackingSettings, intervals_of, perform
from renshaw.model.participant import Participant
from renshaw.muscle.emg import EmgSettings, emg, emg_amplitude

FS_hz = 2048.0
# The best half second counts, as for torque.
_BEST_s = 0.5


@dataclass(frozen=True, eq=False)
class Electromyogram:
    """A surface EMG and its amplitude.

    Parameters
    ----------
    raw : Signal
        In multiples of the root mean square of the maximal contraction.
    amplitude : Signal
        Root mean square in % of the maximal contraction.
    """

    raw: Signal
    amplitude: Signal


def electromyogram(
    recording: Recording,
    person: Participant,
    *,
    seed: int = 0,
    window_s: float = 0.25,
    settings: EmgSettings | None = None,
    engine: EngineSettings | None = None,
) -> Electromyogram:
    """Return the EMG of a simulated recording.

    Parameters
    ----------
    recording : Recording
        Of this person, with one unit a motoneuron.
    person : Participant
        The untreated person, whose maximal contraction was measured before.
    seed : int
        Of the person: the same in every recording of that person, as the electrode stays in place.
    window_s : float
        Of the root mean square.
    settings : EmgSettings, optional
    engine : EngineSettings, optional
        For the maximal contraction.

    Raises
    ------
    DataError
        The recording is not of this person.
    """
    units = recording.units
    if len(units) != len(person.units):
        raise DataError(
            f"{recording.name} has {len(units)} units, the person {len(person.units)} motoneurons; "
            "the EMG needs the discharges of all."
        )
    start_s, end_s = units.window_s
    trains = [np.asarray(times) - start_s for times in units]
    signal = emg(person.units, trains, end_s - start_s, FS_hz, seed, settings=settings)
    mvc = mvc_emg(person, seed=seed, settings=settings, engine=engine)
    amplitude = emg_amplitude(signal, FS_hz, window_s, mvc=mvc)
    return Electromyogram(
        Signal(signal / mvc, FS_hz, "x MVC", start_s), Signal(amplitude, FS_hz, "% MVC", start_s)
    )


def mvc_emg(
    person: Participant,
    *,
    seed: int = 0,
    settings: EmgSettings | None = None,
    engine: EngineSettings | None = None,
) -> float:
    """Return the amplitude (root mean square) of the EMG in a person's maximal contraction.

    The largest over half a second, in the units of `renshaw.muscle.emg.emg`.
    """
    engine = (engine or EngineSettings()).replace(engine="cpu")
    effort = MaximalEffort()
    part = Part(person.pool, person.cord, effort, mvc_force(person, engine), 0)
    largest = np.full(intervals_of(part, engine), person.cord.largest_drive)
    done = perform([replace(part, learned=largest)], TrackingSettings(), engine)[0]
    signal = emg(
        person.units, done.response.spikes_s, effort.duration_s, FS_hz, seed, settings=settings
    )
    edge = round(FS_hz * _BEST_s / 2)
    amplitude = emg_amplitude(signal, FS_hz, _BEST_s)[edge:-edge]
    return max(float(amplitude.max()), 1e-12)
