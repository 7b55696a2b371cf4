"""What of a recording an estimator can use: its torque, and how far each unit is to be trusted."""

from __future__ import annotations

import dataclasses

import numpy as np

from renshaw.data.arrays import FloatArray
from renshaw.data.motor_units import MotorUnits
from renshaw.data.reasons import NO_REASONS, Cause, Reason, Reasons, without_numbers
from renshaw.data.recording import Recording
from renshaw.data.signal import Signal

NO_TORQUE = Cause("no_torque", "no torque was recorded")
SEVERAL_CHANNELS = Cause("torque_channels", "the torque has several channels")
_NO_NUMBERS = Cause("torque_empty", "the torque holds no numbers")
_DOWNWARD = Cause("torque_downward", "the torque points downward from rest: reverse its sign")


def usable_torque(recording: Recording) -> tuple[Signal | None, Reasons]:
    """Return the torque when it can be read at any time, else None and why not."""
    torque = recording.torque
    if torque is None:
        return None, NO_TORQUE()
    if torque.values.ndim != 1:
        return None, SEVERAL_CHANNELS()
    finite = np.isfinite(torque.values)
    if not finite.any():
        return None, _NO_NUMBERS()
    if _points_down(torque.values[finite]):
        return None, _DOWNWARD()
    if np.isinf(torque.values).any():
        torque = dataclasses.replace(torque, values=np.where(finite, torque.values, np.nan))
    return torque, NO_REASONS


def _points_down(values: FloatArray) -> bool:
    """Whether torque is negative and lies nearer its top than its bottom at both ends."""
    low, high = float(values.min()), float(values.max())
    ends = min(float(values[0]), float(values[-1]))
    return low < 0 and -low > abs(high) and ends > (low + high) / 2


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
