"""Fibers that move below the electrodes while the muscle works.

Isometric is the joint, not the muscle: tendons give way, so fibers shorten and slide below the
skin. The tendon of tibialis anterior grows by 15 mm up to the maximum, its fascicles shorten from
90 to 76 mm (Ito et al. 1998, doi:10.1152/jappl.1998.85.4.1230), and more of it in the first third
of the force than in the last.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from renshaw.core.errors import DataError
from renshaw.data.recording import Recording
from renshaw.electrodes.muscle import MuscleUnits, electrode_places, muscle_units
from renshaw.electrodes.settings import ElectrodeSettings

Array = NDArray[Any]

# Action potentials are computed at stages of the movement that lie so close, and between two of
# them each is the mean of both: on the skin, some mm above the fibers, it changes slowly.
_STEP_MM = 1.0


@dataclass(frozen=True)
class Stages:
    """The action potentials of all units at stages of the movement, from 0 to 1 and evenly spaced.

    Parameters
    ----------
    units : tuple of MuscleUnits
        At least two stages.
    """

    units: tuple[MuscleUnits, ...]

    def add(self, emg: Array, starts: Array, unit: int, moved: Array) -> None:
        """Add a unit's action potential at every start, as it is once so much of the way is gone.

        Parameters
        ----------
        emg : array, shape (samples, electrodes)
            Changed.
        starts : array of int
            No two alike.
        unit : int
            From 0.
        moved : array
            For each start, from 0 to 1.
        """
        place = moved * (len(self.units) - 1)
        stage = np.minimum(place.astype(np.int64), len(self.units) - 2)
        beyond = (place - stage).astype(np.float32)[:, None]
        for number in np.unique(stage):
            now = stage == number
            before, after = (self.units[number + k].potentials[unit] for k in (0, 1))
            at, part = starts[now], beyond[now]
            for lag in range(len(before)):
                inside = (at + lag >= 0) & (at + lag < len(emg))
                mixed = (1 - part[inside]) * before[lag] + part[inside] * after[lag]
                emg[at[inside] + lag] += mixed


def stages_of(count: int, settings: ElectrodeSettings, seed: int) -> Stages | None:
    """Return the stages of the movement of some units, or None where nothing moves.

    Parameters
    ----------
    count : int
        Number of units.
    settings : ElectrodeSettings
    seed : int
    """
    x, y = electrode_places(settings)
    farthest = math.hypot(float(np.abs(x).max()), float(np.abs(y).max()))
    half = settings.fiber_mm / 2
    way_mm = (
        math.hypot(settings.shift_x_mm, settings.shift_y_mm)
        + farthest * math.radians(abs(settings.rotate_deg))
        + half * abs(settings.shorten_pct) / 100
    )
    if not way_mm:
        return None
    steps = max(1, math.ceil(way_mm / _STEP_MM))
    return Stages(
        tuple(muscle_units(count, settings, seed, moved=k / steps) for k in range(steps + 1))
    )


def moved_by(recording: Recording, settings: ElectrodeSettings, times_s: Array) -> Array:
    """Return which part of the movement is done at some times, from 0 to 1.

    Parameters
    ----------
    recording : Recording
    settings : ElectrodeSettings
    times_s : array

    Raises
    ------
    DataError
        The fibers move with a torque that was not recorded, or that never rises.
    """
    if settings.moves_with == "time":
        start_s, end_s = recording.units.window_s
        return np.clip((times_s - start_s) / (end_s - start_s), 0.0, 1.0)
    torque = recording.torque
    if torque is None or torque.values.ndim != 1:
        raise DataError(
            f"{recording.name} has no torque that its fibers could move with.",
            hint="Set moves_with to time, or give a recording with a torque.",
        )
    values = np.nan_to_num(torque.values.astype(float))
    highest = float(values.max(initial=0.0))
    if not highest > 0:
        raise DataError(f"The torque of {recording.name} never rises, so that no fiber would move.")
    now = np.interp(times_s, torque.start_s + np.arange(len(values)) / torque.fs_hz, values)
    return np.asarray(np.clip(now / highest, 0.0, 1.0))
