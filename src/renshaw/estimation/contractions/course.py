"""The course of effort above rest: that of the torque, or of the discharges of all units.

Torque may have an offset, drift, point downward, be noisy or hold an artifact of a few samples: it
is read in medians, rest is where it stays longest, and its direction is that in which units fire.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from renshaw.data.arrays import FloatArray, ranks_of
from renshaw.data.motor_units import MotorUnits
from renshaw.data.recording import Recording
from renshaw.data.signal import Signal

_GRID_hz = 20.0
# Each sample of the grid is the median of at most so many.
_MOST_AT_ONCE = 64
_MEDIAN_s = 0.25
_SMOOTH_TORQUE_s, _SMOOTH_FIRING_s = 0.25, 1.0
# So many discharges tell in which direction effort goes.
_TELLING = 20
# Torque that goes along with the discharges less than this is not the torque of these units.
_TOGETHER = 0.3
# Rest lies within this part of the height around a line.
_RESTING = 0.05
# It is also where torque is low and moves less than this within a second, as parts of the usual.
_LOW, _STILL = 0.3, 0.04
# Its squares must be numbers.
_ABSURD = 1e100
# Torque must be so many times as high as it is noisy.
_CLEAR = 6.0


@dataclass(frozen=True, eq=False)
class Course:
    """How effort goes over time.

    Parameters
    ----------
    level : Signal
        Above rest, upward, of about 20 Hz.
    by : {"torque", "discharges"}
        What it is the course of.
    noise : float
        How much it wavers at rest.
    usual : float
        The level at which most discharges lie, or most of the effort where there are none: that
        of the task, which a brief maximal effort does not change.
    """

    level: Signal
    by: str
    noise: float
    usual: float


def course_of(recording: Recording, asked: str = "auto") -> Course | None:
    """Return the course of effort, or None where nothing rises and falls.

    Parameters
    ----------
    recording : Recording
    asked : {"auto", "torque", "discharges"}
        What to go by; the torque first, where it may be either.
    """
    units = recording.units
    if asked in ("auto", "torque"):
        found = _of_torque(recording.torque, units)
        if found is not None or asked == "torque":
            return found
    return _of_discharges(units)


def _of_discharges(units: MotorUnits) -> Course | None:
    if not sum(map(len, units)):
        return None
    start_s, end_s = units.window_s
    n = max(1, int(np.ceil((end_s - start_s) * _GRID_hz)))
    rate = smoothed(_pooled(units, start_s, n, _GRID_hz), _SMOOTH_FIRING_s * _GRID_hz)
    level = Signal(rate, _GRID_hz, "pps", start_s)
    return Course(level, "discharges", 0.0, _usual(level, units))


def _pooled(units: MotorUnits, start_s: float, n: int, fs_hz: float) -> FloatArray:
    """Return the discharges of all units together, per second."""
    times_s = np.concatenate([np.empty(0), *units])
    at = ((times_s - start_s) * fs_hz).astype(int)
    counts = np.bincount(at[(at >= 0) & (at <= n)].clip(max=n - 1), minlength=n)
    return np.asarray(counts * fs_hz, dtype=float)


def _of_torque(torque: Signal | None, units: MotorUnits) -> Course | None:
    if torque is None or torque.values.ndim != 1:
        return None
    sampled = coarse(torque)
    if sampled is None:
        return None
    fs_hz, rough = sampled.fs_hz, sampled.values
    values = smoothed(rough, _SMOOTH_TORQUE_s * fs_hz)
    firing = _firing(sampled, units)
    together = 0.0 if firing is None else _rank_correlation(values, firing)
    if together < -_TOGETHER or (abs(together) <= _TOGETHER and _points_down(values)):
        values, rough, together = -values, -rough, -together
    if firing is not None and together <= _TOGETHER:
        return None
    line = _line_of_rest(values)
    usual = _usual(replace(sampled, values=values - line), units)
    level = replace(sampled, values=values - _still(values, line, usual, fs_hz))
    usual = _usual(level, units)
    calm = level.values[np.abs(level.values) < _LOW * usual]
    wavers = np.median(np.abs(calm - np.median(calm))) if len(calm) else 0.0
    noise = 1.4826 * float(wavers)
    if not (usual > 0 and usual > _CLEAR * noise):
        return None
    return Course(level, "torque", noise, usual)


def _firing(torque: Signal, units: MotorUnits) -> FloatArray | None:
    """Return the rate of all discharges beside the torque; None where it can't tell of it."""
    if sum(map(len, units)) < _TELLING:
        return None
    rate = _pooled(units, torque.start_s, len(torque), torque.fs_hz)
    return smoothed(rate, _SMOOTH_FIRING_s * torque.fs_hz)


def coarse(torque: Signal) -> Signal | None:
    """Return the torque about 20 times a second, in medians: single samples don't count."""
    width = max(1, round(torque.fs_hz / _GRID_hz))
    whole = len(torque) // width
    if whole < 3:
        return None
    bins = torque.values[: whole * width].reshape(whole, width)
    bins = np.where(np.isfinite(bins), bins, np.nan)[:, :: -(-width // _MOST_AT_ONCE)]
    known = np.isfinite(bins).any(axis=1)
    if known.sum() < 3:
        return None
    if not np.nanmax(np.abs(bins)) < _ABSURD:
        return None
    middle = np.interp(np.arange(whole), np.flatnonzero(known), np.nanmedian(bins[known], axis=1))
    fs_hz = torque.fs_hz / width
    return Signal(_medians(middle, _MEDIAN_s * fs_hz), fs_hz, torque.unit, torque.start_s)


def _medians(values: FloatArray, width: float) -> FloatArray:
    n = max(1, round(width)) | 1
    padded = np.pad(values, n // 2, mode="edge")
    windows = np.lib.stride_tricks.sliding_window_view(padded, n)
    return np.asarray(np.median(windows, axis=1))


def smoothed(values: FloatArray, width: float) -> FloatArray:
    n = max(1, round(width)) | 1
    window = np.hanning(n + 2)[1:-1]
    return np.convolve(np.pad(values, n // 2, mode="edge"), window / window.sum(), mode="valid")


def _rank_correlation(one: FloatArray, other: FloatArray) -> float:
    """Return Spearman's correlation: a brief maximal effort does not decide it."""
    ranks = ranks_of(one), ranks_of(other)
    if min(map(np.ptp, ranks)) == 0:
        return 0.0
    return float(np.corrcoef(*ranks)[0, 1])


def _points_down(values: FloatArray) -> bool:
    """Whether torque goes farther below what it is at its ends than above it."""
    ends = float(np.median(np.concatenate([values[:10], values[-10:]])))
    return ends - float(values.min()) > float(values.max()) - ends


def _line_of_rest(values: FloatArray) -> FloatArray:
    """Return the torque at rest: of several lines the one near which the torque stays longest."""
    lines = list(_lines_of_rest(values))
    height = max(float(np.quantile(values, 0.98) - np.quantile(values, 0.02)), 1e-12)
    stays = [float(np.mean(np.abs(values - line) < _RESTING * height)) for line in lines]
    return lines[int(np.argmax(stays))]


def _still(values: FloatArray, line: FloatArray, usual: float, fs_hz: float) -> FloatArray:
    """Return the torque at rest once more, through where it is still: what is not straight."""
    n = max(3, round(fs_hz)) | 1
    padded = np.pad(values, n // 2, mode="edge")
    windows = np.lib.stride_tricks.sliding_window_view(padded, n)
    moves = windows.max(axis=1) - windows.min(axis=1)
    low = np.abs(values - line) < _LOW * usual
    if not low.any():
        return line
    still = low & (moves < max(_STILL * usual, 1.5 * float(np.quantile(moves[low], 0.25))))
    at = np.flatnonzero(still)
    return np.interp(np.arange(len(values)), at, values[at])


def _lines_of_rest(values: FloatArray) -> Iterator[FloatArray]:
    n = len(values)
    low, high = float(np.quantile(values, 0.02)), float(np.quantile(values, 0.98))
    counts, edges = np.histogram(values, np.linspace(low, low + (high - low) / 3, 16))
    most = int(np.argmax(counts))
    yield np.full(n, (edges[most] + edges[most + 1]) / 2)
    yield _below(values)
    yield np.linspace(np.median(values[:5]), np.median(values[-5:]), n)


def _below(values: FloatArray) -> FloatArray:
    """Return the largest convex curve below: rest, where it drifts."""
    corners: list[int] = []
    for k in range(len(values)):
        while len(corners) > 1 and _is_above(values, corners[-2], corners[-1], k):
            corners.pop()
        corners.append(k)
    return np.interp(np.arange(len(values)), corners, values[corners])


def _is_above(values: FloatArray, a: int, b: int, c: int) -> bool:
    return bool((values[b] - values[a]) * (c - a) >= (values[c] - values[a]) * (b - a))


def _usual(level: Signal, units: MotorUnits) -> float:
    """Return the level of the task: that of most discharges, else that of most of the effort."""
    times_s = np.concatenate([np.empty(0), *units])
    if len(times_s) >= _TELLING:
        at = ((times_s - level.start_s) * level.fs_hz).astype(int)
        there = level.values[at[(at >= 0) & (at < len(level))]]
        if len(there):
            return float(np.median(there))
    above = level.values[level.values > _RESTING * float(level.values.max(initial=0.0))]
    return float(np.median(above)) if len(above) else 0.0
