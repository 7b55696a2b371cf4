"""What of a recording an estimator can use: its torque, and how far each unit is to be trusted."""

from __future__ import annotations

import numpy as np

from renshaw.data.arrays import FloatArray
from renshaw.data.motor_units import MotorUnits
from renshaw.data.reasons import NO_REASONS, Cause, Reason, Reasons, without_numbers
from renshaw.data.recording import Recording
from renshaw.data.rest import without_artefacts
from renshaw.data.signal import Signal
from renshaw.data.suspicion import TORQUE, doubts

NO_TORQUE = Cause("no_torque", "no torque was recorded")
SEVERAL_CHANNELS = Cause("torque_channels", "the torque has several channels")
_NO_NUMBERS = Cause("torque_empty", "the torque holds no numbers")


def usable_torque(recording: Recording) -> tuple[Signal | None, Reasons]:
    """Return the torque when it can be read at any time and be believed, else None and why not.

    Artefacts are bridged by a straight line.
    """
    torque = recording.torque
    if torque is None:
        return None, NO_TORQUE()
    if torque.values.ndim != 1:
        return None, SEVERAL_CHANNELS()
    if not np.isfinite(torque.values).any():
        return None, _NO_NUMBERS()
    if doubtful := doubts(recording, TORQUE):
        return None, doubtful
    return without_artefacts(torque), NO_REASONS


def confidence_of(units: MotorUnits) -> FloatArray:
    """Return how sure a decomposition was of each unit, from 0 to 1; 1 where nobody said."""
    stated = units.quality.get("confidence")
    if stated is None:
        return np.ones(len(units))
    return np.asarray(np.clip(np.nan_to_num(stated, nan=1.0), 0.0, 1.0), dtype=float)


def flag_of(units: MotorUnits, unit: int, what: str = "reader") -> Reasons:
    """Return what the reader of the file had to say of a unit, counted from 0; mostly nothing."""
    flag = units.flags[unit]
    said = Reasons((Reason("reader_flag", flag, without_numbers(flag)),)) if flag else NO_REASONS
    return said.of(what)
