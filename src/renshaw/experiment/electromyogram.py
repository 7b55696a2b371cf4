"""The surface EMG of a simulated contraction, in percent of the EMG of a maximal one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from renshaw.core.errors import DataError
from renshaw.data.recording import Recording
from renshaw.data.signal import Signal
from renshaw.engine.run import EngineSettings
from renshaw.experiment.maximal import Discharges, MaximalEffort, maximal_discharges
from renshaw.model.participant import Participant
from renshaw.model.pool import Pool
from renshaw.muscle.emg import EmgSettings, emg_amplitude, surface_emg

FloatArray = NDArray[np.float64]

FS_hz: float = 2048.0
# The best half second counts, as for torque.
_BEST_s = 0.5
# Long recordings are made in blocks that overlap by more than potentials and windows last.
_BLOCK_s, _MARGIN_s = 60.0, 0.5


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
    signal = surface_emg(person.units, trains, end_s - start_s, settings, fs_hz=FS_hz, seed=seed)
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

    The largest over half a second, in the units of `renshaw.muscle.emg.surface_emg`.

    Parameters
    ----------
    person : Participant
        Who contracts.
    seed : int
        Of the synaptic noise.
    settings : EmgSettings, optional
        How the EMG comes about.
    engine : EngineSettings, optional
        How the pool is integrated.
    """
    return largest_amplitude(person.units, maximal_discharges(person, engine), seed, settings)


def largest_amplitude(
    pool: Pool, discharges: Discharges, seed: int, settings: EmgSettings | None = None
) -> float:
    """Return the largest amplitude (root mean square over half a second) of a maximal effort."""
    signal = surface_emg(
        pool, discharges, MaximalEffort().duration_s, settings, fs_hz=FS_hz, seed=seed
    )
    edge = round(FS_hz * _BEST_s / 2)
    amplitude = emg_amplitude(signal, FS_hz, _BEST_s)[edge:-edge]
    return max(float(amplitude.max()), 1e-12)


def amplitude_course(
    pool: Pool,
    trains: Sequence[FloatArray],
    samples: int,
    fs_hz: float,
    mvc: float,
    seed: int = 0,
    window_s: float = 0.25,
) -> FloatArray:
    """Return the amplitude of the EMG in % of the maximal one, at a low rate.

    Parameters
    ----------
    pool : Pool
    trains : sequence of arrays
        Discharge times (s), one array a motoneuron.
    samples : int
    fs_hz : float
        Of the result; the EMG itself is made at 2048 Hz, a minute at a time.
    mvc : float
        `mvc_emg`, with the same seed.
    seed : int
        Of the electrode's place.
    window_s : float
        Of the root mean square.

    Returns
    -------
    array, shape (samples,)
    """
    amplitude = np.empty(samples)
    end_s, block = samples / fs_hz, max(1, round(_BLOCK_s * fs_hz))
    for first in range(0, samples, block):
        some = np.arange(first, min(samples, first + block))
        # At a sample of the EMG, lest discharges fall between samples otherwise in each block.
        low_s = max(0.0, np.floor((some[0] / fs_hz - _MARGIN_s) * FS_hz) / FS_hz)
        high_s = min(end_s, some[-1] / fs_hz + _MARGIN_s)
        near = [times[(times >= low_s) & (times < high_s)] - low_s for times in trains]
        signal = surface_emg(pool, near, high_s - low_s, fs_hz=FS_hz, seed=seed)
        course = emg_amplitude(signal, FS_hz, window_s, mvc=mvc)
        at = np.rint((some / fs_hz - low_s) * FS_hz).astype(int)
        amplitude[some] = course[np.minimum(at, len(course) - 1)]
    return amplitude
