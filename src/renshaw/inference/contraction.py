"""The contraction within a recording: when it begins, reaches its top, leaves it and ends."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from renshaw.core.errors import DataError
from renshaw.data.motor_units import MotorUnits
from renshaw.data.recording import Recording
from renshaw.data.signal import Signal
from renshaw.estimation.recorded import usable_torque

FloatArray = NDArray[np.float64]

# What is looked at is sampled this often, smoothed over that long.
_GRID_hz = 20.0
_SMOOTH_TORQUE_s, _SMOOTH_FIRING_s = 0.25, 1.0
# Effort above this part of the peak is a contraction; shorter pauses don't end it.
_WORKING, _PAUSE_s = 0.15, 1.0
# What is kept around a contraction.
_AROUND_s = 3.0
# A top that lasts less is a peak.
SHORTEST_HOLD_s: float = 0.8


@dataclass(frozen=True)
class Course:
    """The corners of a contraction (s), and its height in the unit of the torque."""

    begins_s: float
    top_s: float
    leaves_s: float
    ends_s: float
    height: float

    @property
    def rise_s(self) -> float:
        """Time from rest to the top."""
        return self.top_s - self.begins_s

    @property
    def hold_s(self) -> float:
        """Time at the top."""
        return self.leaves_s - self.top_s

    @property
    def fall_s(self) -> float:
        """Time from the top to rest."""
        return self.ends_s - self.leaves_s


@dataclass(frozen=True, eq=False)
class Contraction:
    """One contraction of a recording.

    Parameters
    ----------
    recording : Recording
        Cut to the contraction and what is around it.
    torque : Signal or None
        Above rest; None where none was recorded.
    course : Course
    others : int
        Contractions that the recording holds besides.
    lacking : str
        Why there is no torque.
    """

    recording: Recording
    torque: Signal | None
    course: Course
    others: int = 0
    lacking: str = ""


def contraction(recording: Recording) -> Contraction:
    """Return the longest contraction of a recording.

    Its corners are those of the torque; where none was recorded, the discharges of all units
    together stand in for its shape.

    Raises
    ------
    DataError
        Nothing rises and falls.
    """
    torque, why_not = usable_torque(recording)
    if torque is None:
        course = _pooled(recording.units)
        level = _smoothed(course.values, course.fs_hz, _SMOOTH_FIRING_s)
    else:
        course = _sampled(torque)
        level = _smoothed(course.values, course.fs_hz, _SMOOTH_TORQUE_s)
    rest = float(np.quantile(level, 0.05)) if len(level) else 0.0
    level = level - rest
    spells = _spells(level)
    if not spells:
        raise DataError(
            f"{recording.name} holds no contraction: neither torque nor discharges rise and fall."
        )
    spell = max(spells, key=lambda s: s[1] - s[0])
    found = _corners(level, spell, course)
    before = [b for _, b in spells if b < spell[0]]
    after = [a for a, _ in spells if a > spell[1]]
    first = (spell[0] + max(before)) / 2 / _GRID_hz if before else 0.0
    last = (spell[1] + min(after)) / 2 / _GRID_hz if after else len(level) / _GRID_hz
    window = (
        max(course.start_s + first, found.begins_s - _AROUND_s, recording.units.window_s[0]),
        min(course.start_s + last, found.ends_s + _AROUND_s, recording.units.window_s[1]),
    )
    if torque is not None:
        torque = Signal(level, _GRID_hz, torque.unit, course.start_s)
    cut = _cut(recording, window, torque)
    return Contraction(cut, torque, found, len(spells) - 1, str(why_not))


def _sampled(torque: Signal) -> Signal:
    times_s = np.arange(torque.start_s, torque.end_s, 1 / _GRID_hz)
    values = torque.values
    # Averaged within a step, so that a force sampled at kilohertz isn't read at single samples.
    width = max(1, round(torque.fs_hz / _GRID_hz))
    if width > 1 and np.isfinite(values).all():
        values = _box(values, width)
    finite = np.isfinite(values)
    return Signal(
        np.interp(times_s, torque.times_s[finite], values[finite]),
        _GRID_hz,
        torque.unit,
        torque.start_s,
    )


def _box(values: FloatArray, width: int) -> FloatArray:
    padded = np.pad(values, (width // 2, width - 1 - width // 2), mode="edge")
    total = np.cumsum(np.concatenate([[0.0], padded]))
    return np.asarray((total[width:] - total[:-width]) / width)


def _pooled(units: MotorUnits) -> Signal:
    """Return the discharges of all units together, per second."""
    start_s, end_s = units.window_s
    edges = np.arange(start_s, end_s + 1 / _GRID_hz, 1 / _GRID_hz)
    times = np.concatenate([np.empty(0), *units])
    counts, _ = np.histogram(times, edges)
    return Signal(counts * _GRID_hz, _GRID_hz, "pps", start_s)


def _smoothed(values: FloatArray, fs_hz: float, over_s: float) -> FloatArray:
    width = max(1, round(over_s * fs_hz))
    window = np.hanning(width + 2)[1:-1]
    padded = np.pad(values, (width // 2, width - 1 - width // 2), mode="edge")
    return np.convolve(padded, window / window.sum(), mode="valid")


def _spells(level: FloatArray) -> list[tuple[int, int]]:
    """Return from which to which sample there is effort, one after the other."""
    if len(level) < 3 or not level.max() > 0:
        return []
    peak = float(np.quantile(level, 0.98))
    working = np.flatnonzero(level > _WORKING * peak)
    if len(working) == 0:
        return []
    cuts = np.flatnonzero(np.diff(working) > _PAUSE_s * _GRID_hz)
    firsts = working[np.concatenate([[0], cuts + 1])]
    lasts = working[np.concatenate([cuts, [len(working) - 1]])]
    high = [level[a : b + 1].max() > peak / 2 for a, b in zip(firsts, lasts, strict=True)]
    return [(int(a), int(b)) for a, b, ok in zip(firsts, lasts, high, strict=True) if ok and b > a]


def _corners(level: FloatArray, spell: tuple[int, int], course: Signal) -> Course:
    """Return the corners: lines through a quarter and three quarters of the height, extended."""
    first, last = spell
    inside = level[first : last + 1]
    height = float(np.quantile(inside, 0.97))
    up = [_crossing(inside, share * height) for share in (0.25, 0.75)]
    down = [len(inside) - 1 - _crossing(inside[::-1], share * height) for share in (0.75, 0.25)]
    slope_up, slope_down = max(up[1] - up[0], 0.1), max(down[1] - down[0], 0.1)
    begins, top = up[0] - slope_up / 2, up[1] + slope_up / 2
    leaves, ends = down[0] - slope_down / 2, down[1] + slope_down / 2
    if leaves < top:
        top = leaves = (top + leaves) / 2
    a, b, c, d = (course.start_s + (first + k) / _GRID_hz for k in (begins, top, leaves, ends))
    return Course(a, b, c, d, height)


def _crossing(values: FloatArray, threshold: float) -> float:
    """Return where values first exceed a threshold, in samples and parts of them."""
    k = int(np.argmax(values >= threshold))
    if k == 0:
        return 0.0
    return k - 1 + float((threshold - values[k - 1]) / (values[k] - values[k - 1]))


def _cut(recording: Recording, window_s: tuple[float, float], torque: Signal | None) -> Recording:
    units = recording.units
    trains = [t[(t >= window_s[0]) & (t <= window_s[1])] for t in units]
    kept = MotorUnits(tuple(trains), window_s, units.labels, units.flags, units.fs_hz)
    signals = {} if torque is None else {"torque": torque}
    return replace(recording, units=kept, signals=signals, grids=(), truth=None)
