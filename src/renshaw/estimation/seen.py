"""Whether a recording saw a unit start and stop: what its window cut off is no onset and no end.

A unit that fires up to the end of the recording has not stopped, and one that fires from its first
moment on was recruited before. Which way a value is then wrong depends on where drive and torque
were going: a later stop is a stop at less drive only if the drive does not rise any more.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from renshaw.data.arrays import FloatArray
from renshaw.data.motor_units import MotorUnits
from renshaw.data.reasons import Cause
from renshaw.data.signal import Signal
from renshaw.estimation.settings import EndsSettings

FIRES_ON = Cause("fires_on", "still firing when the recording ends")
FIRED_BEFORE = Cause("fired_before", "already firing when the recording begins")
FIRES_ON_RISING = Cause(
    "fires_on_rising", "still firing when the recording ends, on the way up of the contraction"
)
LOST = Cause(
    "lost", "stops at once with others while the contraction goes on: lost by the decomposition?"
)


# What is compared is averaged over one part of so many.
_PARTS = 20


class Seen(NamedTuple):
    """What was seen of a unit.

    Parameters
    ----------
    start, stop : bool
        Whether it was silent before its first discharge, and after its last, for long enough.
    """

    start: bool = True
    stop: bool = True


def seen(times_s: FloatArray, window_s: tuple[float, float], settings: EndsSettings) -> Seen:
    """Return whether a unit was seen to start and to stop firing.

    Parameters
    ----------
    times_s : array, shape (discharges,)
        A unit that never fires has nothing to be missed.
    window_s : (float, float)
        Of the recording.
    settings : EndsSettings
    """
    if not len(times_s):
        return Seen()
    intervals_s = np.diff(times_s)
    first, last = intervals_s[: settings.intervals], intervals_s[-settings.intervals :]
    before_s, after_s = times_s[0] - window_s[0], window_s[1] - times_s[-1]
    return Seen(
        bool(before_s >= _long_enough_s(first, settings)),
        bool(after_s >= _long_enough_s(last, settings)),
    )


def _long_enough_s(intervals_s: FloatArray, settings: EndsSettings) -> float:
    usual_s = settings.silence_intervals * np.max(intervals_s, initial=0.0)
    return float(min(usual_s, settings.silence_s)) if len(intervals_s) else settings.silence_s


def all_seen(units: MotorUnits, settings: EndsSettings) -> tuple[Seen, ...]:
    """Return of every unit whether it was seen to start and to stop firing."""
    return tuple(seen(times_s, units.window_s, settings) for times_s in units)


def rises(values: FloatArray, settings: EndsSettings) -> bool:
    """Whether a course still rises at its end.

    Parameters
    ----------
    values : array, shape (n,)
        At even steps; those that are NaN are passed over.
    settings : EndsSettings
    """
    values = values[np.isfinite(values)]
    n = len(values)
    if n < 2:
        return False
    part = max(1, n // _PARTS)
    before = 3 * (n - part) // 4
    change = float(np.mean(values[-part:]) - np.mean(values[before : before + part]))
    return bool(change > settings.change_pct / 100 * float(np.ptp(values)))


def has_fallen(values: FloatArray, settings: EndsSettings) -> bool:
    """Whether a course has left its peak behind at its end; arguments as of `rises`."""
    values = values[np.isfinite(values)]
    if not len(values):
        return False
    last = float(np.mean(values[-max(1, len(values) // _PARTS) :]))
    return bool(float(values.max()) - last > settings.change_pct / 100 * float(np.ptp(values)))


def while_firing(torque: Signal, times_s: FloatArray) -> FloatArray:
    """Return the torque from a unit's first discharge to its last."""
    inside = (torque.times_s >= times_s[0]) & (torque.times_s <= times_s[-1])
    return np.asarray(torque.values[inside], dtype=float)


def until_last(torque: Signal, times_s: FloatArray) -> FloatArray:
    """Return the torque up to a unit's last discharge."""
    return np.asarray(torque.values[torque.times_s <= times_s[-1]], dtype=float)
