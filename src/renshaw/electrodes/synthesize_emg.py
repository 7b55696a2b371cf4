"""The verb `electrodes`: what a grid on the skin records of motor units that fire below it."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from renshaw.core.errors import DataError, needs
from renshaw.core.history import Step
from renshaw.core.seeds import checked_seed, stream
from renshaw.core.settings import settings_for
from renshaw.core.version import __version__
from renshaw.data.grid import Grid
from renshaw.data.recording import Recording
from renshaw.data.signal import Signal
from renshaw.electrodes.movement import moved_by, stages_of
from renshaw.electrodes.muscle import MuscleUnits, electrode_places, muscle_units
from renshaw.electrodes.settings import ElectrodeSettings

Array = NDArray[Any]
Progress = Callable[[int, int, str], None]

_CITES = ("farina2001", "fuglevand1993")
_CROSSTALK_PPS = (8.0, 14.0)
_CROSSTALK_COV = 0.15
_MOST_VALUES = 400_000_000


def synthesize_emg(
    recording: Recording,
    settings: ElectrodeSettings | None = None,
    *,
    seed: int = 0,
    progress: Progress | None = None,
) -> Recording:
    """Add the EMG that a grid of electrodes would have recorded of these motor units.

    Parameters
    ----------
    recording : Recording
        Its units are motor units of one muscle in the order of recruitment, as `simulate` gives
        them; later ones are made larger and faster.
    settings : ElectrodeSettings, optional
    seed : int
        Seed of anatomy, noise and crosstalk.
    progress : callable, optional
        Told (done, total, what).

    Returns
    -------
    Recording
        The same with ``signals["emg"]`` (uV) and a grid. `units.quality` gains depth_mm, fibers,
        velocity_m_s and peak_uv, the largest value of the unit's action potential on the grid;
        where fibers move, that before they do.

    Raises
    ------
    DataError
        No units, too long a recording, or fibers that move with a torque that was not recorded.

    References
    ----------
    Farina & Merletti (2001), doi:10.1109/10.923782.
    """
    needs("synthesize_emg", recording, Recording, made_by="rs.read")
    settings = settings_for("synthesize_emg", settings, ElectrodeSettings)
    checked_seed(seed)
    _refuse(recording, settings)
    own = muscle_units(len(recording.units), settings, seed)
    stages = stages_of(len(recording.units), settings, seed)
    start_s, end_s = recording.units.window_s
    samples = max(1, round((end_s - start_s) * settings.sampling_hz))
    # The same muscle in another recording meets other noise.
    rng = stream(seed, "electrodes", "noise", recording.fingerprint())
    emg = rng.standard_normal((samples, settings.rows * settings.columns), dtype=np.float32)
    emg *= np.float32(settings.noise_uv)
    for unit, times_s in enumerate(recording.units):
        if progress is not None:
            progress(unit, len(recording.units), "synthesizing EMG")
        at = np.rint((times_s - start_s) * settings.sampling_hz).astype(np.int64)
        if stages is None:
            _add(emg, at - own.first, own.potentials[unit])
        else:
            stages.add(emg, at - own.first, unit, moved_by(recording, settings, times_s))
    _add_crosstalk(emg, recording, settings, seed)
    if progress is not None:
        progress(len(recording.units), len(recording.units), "EMG synthesized")
    return _finished(recording, settings, own, emg, seed)


def _refuse(recording: Recording, settings: ElectrodeSettings) -> None:
    if not len(recording.units):
        raise DataError(f"{recording.name} has no motor units that electrodes could see.")
    values = recording.units.duration_s * settings.sampling_hz * settings.rows * settings.columns
    if values > _MOST_VALUES:
        raise DataError(
            f"{recording.name} would give {values / 1e6:,.0f} million values of EMG, more than "
            f"{_MOST_VALUES / 1e6:,.0f} million. Cut it, or use fewer electrodes."
        )


def _add(emg: Array, starts: Array, potential: Array) -> None:
    """Add an action potential at every start, cut at the ends of the recording."""
    for lag in range(len(potential)):
        at = starts + lag
        # One unit never discharges twice in a sample, so plain indexing adds each.
        emg[at[(at >= 0) & (at < len(emg))]] += potential[lag]


def _add_crosstalk(
    emg: Array, recording: Recording, settings: ElectrodeSettings, seed: int
) -> None:
    trains = crosstalk_trains(recording, settings, seed)
    if not trains:
        return
    far = muscle_units(
        len(trains), settings, seed, aside_mm=settings.crosstalk_mm, name="crosstalk"
    )
    start_s = recording.units.window_s[0]
    for unit, times_s in enumerate(trains):
        at = np.unique(np.rint((times_s - start_s) * settings.sampling_hz).astype(np.int64))
        _add(emg, at - far.first, far.potentials[unit])


def crosstalk_trains(recording: Recording, settings: ElectrodeSettings, seed: int) -> list[Array]:
    """Return the discharges (s) of a muscle aside that fires, each unit at its pace, meanwhile.

    Parameters
    ----------
    recording : Recording
        Before its EMG was synthesized.
    settings : ElectrodeSettings
    seed : int
    """
    firing = np.concatenate([np.zeros(0), *recording.units.times_s])
    if not settings.crosstalk_units or not len(firing):
        return []
    trains = []
    first_s, last_s = float(firing.min()), float(firing.max())
    for unit in range(settings.crosstalk_units):
        rng = stream(seed, "electrodes", "crosstalk", recording.fingerprint(), unit)
        rate = rng.uniform(*_CROSSTALK_PPS)
        count = int((last_s - first_s) * rate * 1.5) + 2
        intervals = rng.gamma(1 / _CROSSTALK_COV**2, _CROSSTALK_COV**2 / rate, count)
        times_s = first_s + np.cumsum(intervals)
        trains.append(times_s[times_s <= last_s])
    return trains


def _finished(
    recording: Recording, settings: ElectrodeSettings, own: MuscleUnits, emg: Array, seed: int
) -> Recording:
    x, y = electrode_places(settings)
    name = f"{settings.rows} x {settings.columns}, {settings.distance_mm:g} mm"
    grid = Grid(name, tuple(range(len(x))), x - x.min(), y - y.min(), muscle=recording.muscle)
    quality = {
        **recording.units.quality,
        "depth_mm": own.depth_mm,
        "fibers": own.fibers,
        "velocity_m_s": own.velocity_m_s,
        "peak_uv": np.abs(own.potentials).max(axis=(1, 2)).astype(float),
    }
    step = Step(
        verb="synthesize_emg",
        code=f"recording = rs.synthesize_emg(recording, {settings.as_python()}, seed={seed})",
        settings=settings.to_mapping(),
        seed=seed,
        input=recording.fingerprint(),
        cites=_CITES,
        version=__version__,
    )
    start_s = recording.units.window_s[0]
    signals = {**recording.signals, "emg": Signal(emg, settings.sampling_hz, "uV", start_s)}
    return dataclasses.replace(
        recording,
        units=dataclasses.replace(recording.units, quality=quality),
        signals=signals,
        grids=(grid,),
        history=recording.history.then(step),
    )
