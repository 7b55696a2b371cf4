"""Efforts within a course: where each begins and ends, and whether it comes to rest between."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from renshaw.data.arrays import FloatArray
from renshaw.data.motor_units import MotorUnits
from renshaw.estimation.contractions.course import Course
from renshaw.estimation.settings import ContractionSettings

# What rises and falls by less than this part of the usual level is no effort.
_SWING = 0.1
_NOISE = 4.0
# Rest ends where lines through these parts of a rise meet it: of a straight one, and near its foot.
_LINES = ((0.25, 0.75), (0.1, 0.3))
# Within one effort, what falls by this part of its height and rises again is another peak.
_FAR = 0.35
# Discharges don't fall to nothing between contractions: a unit may go on by itself.
_REST_OF_FIRING = 0.3
# Silence of at least three units is rest; a unit or two may as well pause.
_SEVERAL_UNITS, _SILENCE_s, _PAUSE_OF_FEW_s = 3, 1.0, 3.0
# Contractions recruit their units, and let them go, over a longer time than this.
_AT_ONCE_s = 0.3
# A unit fires through a gap that is shorter than this.
_FIRES_ON_s = 1.0
_BORDER_hz = 20.0
# A unit that fires at least so often in an effort is recruited by it.
_RECRUITED = 5
# A course of at least so many cycles, so much of whose variance is that of a sinusoid and whose
# overtones are no larger than this part of it. The third of a triangle is one ninth.
_CYCLES, _SINUSOIDAL, _OVERTONE = 3, 0.9, 0.07
# Cycles whose lengths differ more than this, as a part of their mean, are those of no sinusoid.
_IRREGULAR = 0.25


@dataclass(frozen=True)
class Effort:
    """One rise and fall: from when to when (s), how high, and how often it falls far within."""

    begins_s: float
    ends_s: float
    peak: float
    peaks: int = 1

    @property
    def duration_s(self) -> float:
        """From the beginning of the rise to the end of the fall."""
        return self.ends_s - self.begins_s


def efforts_of(course: Course, units: MotorUnits, settings: ContractionSettings) -> list[Effort]:
    """Return the efforts of a course that come to rest between, in order."""
    level, fs_hz = course.level.values, course.level.fs_hz
    swing = max(_SWING * course.usual, _NOISE * course.noise)
    peaks, valleys = _turns(level, swing)
    if not peaks:
        return []
    groups = [[peaks[0]]]
    for peak, valley in zip(peaks[1:], valleys, strict=True):
        if _rests(course, units, groups[-1][-1], valley, peak, settings):
            groups.append([peak])
        else:
            groups[-1].append(peak)
    bounds = [0, *(_between(level, a[-1], b[0]) for a, b in pairwise(groups)), len(level)]
    found = []
    for group, (low, high) in zip(groups, pairwise(bounds), strict=True):
        height = float(level[group].max())
        begins = _foot(level, low + int(np.argmin(level[low : group[0] + 1])), group[0])
        ends = _foot(level, _between(level, group[-1], high - 1), group[-1])
        at_s = course.level.start_s + np.array([begins, ends]) / fs_hz
        if height < settings.height_min_pct / 100 * course.usual and not _recruits(units, *at_s):
            continue
        far = len(_turns(level[low:high], _FAR * height)[0])
        found.append(Effort(float(at_s[0]), float(at_s[1]), height, max(far, 1)))
    return found


def _recruits(units: MotorUnits, begins_s: float, ends_s: float) -> bool:
    """Whether motor units begin to fire within an effort: two of them, or one of a few."""
    new = 0
    for times_s in units:
        inside = np.flatnonzero((times_s >= begins_s - _FIRES_ON_s) & (times_s <= ends_s))
        if len(inside) >= _RECRUITED:
            first = inside[0]
            new += first == 0 or times_s[first] - times_s[first - 1] >= _FIRES_ON_s
    return new >= min(2, max(1, sum(len(times_s) > 0 for times_s in units) - 1))


def _between(level: FloatArray, one: int, other: int) -> int:
    return one + int(np.argmin(level[one : other + 1]))


def _turns(level: FloatArray, swing: float) -> tuple[list[int], list[int]]:
    """Return the peaks, and the valleys between them, of all that swings by so much."""
    peaks: list[int] = []
    valleys: list[int] = []
    low = high = 0
    rising = True
    for k, value in enumerate(level.tolist()):
        if rising:
            if value > level[high]:
                high = k
            if value < level[low] and not peaks and level[high] - level[low] < swing:
                low = high = k
            if level[high] - value >= swing and level[high] - level[low] >= swing:
                peaks.append(high)
                low, rising = k, False
        else:
            if value < level[low]:
                low = k
            if value - level[low] >= swing:
                valleys.append(low)
                high, rising = k, True
    if rising and level[high] - level[low] >= swing:
        peaks.append(high)
    return peaks, valleys[: max(len(peaks) - 1, 0)]


def _rests(
    course: Course,
    units: MotorUnits,
    left: int,
    valley: int,
    right: int,
    settings: ContractionSettings,
) -> bool:
    """Whether there is rest between two peaks."""
    level, fs_hz = course.level.values, course.level.fs_hz
    lower = float(min(level[left], level[right]))
    if course.by == "discharges":
        low = level[left : right + 1] < _REST_OF_FIRING * lower
        return _longest(low) / fs_hz >= _silence_s(units, course, left, valley, right)
    limit = max(settings.rest_level_pct / 100 * lower, 2.5 * course.noise)
    if level[valley] > limit:
        return False
    rest_s = max(
        (_foot(level, valley, right, at) - _foot(level, valley, left, at)) / fs_hz for at in _LINES
    )
    return rest_s >= settings.rest_min_s


def _silence_s(units: MotorUnits, course: Course, left: int, valley: int, right: int) -> float:
    """Return how long a silence must be, where only discharges tell of it.

    Endless where the units after it are others than before: these take turns. Units that all stop
    at once, and start again at once, are no contraction that ends, but a part that was lost.
    """
    left_s, valley_s, right_s = (
        course.level.start_s + k / course.level.fs_hz for k in (left, valley, right)
    )
    before = [t[(t >= left_s) & (t < valley_s)] for t in units]
    after = [t[(t >= valley_s) & (t <= right_s)] for t in units]
    both = [(a[-1], b[0]) for a, b in zip(before, after, strict=True) if len(a) and len(b)]
    fewer = min(sum(len(t) > 0 for t in side) for side in (before, after))
    if not both or 2 * len(both) < fewer:
        return np.inf
    at_once = float(np.ptp(both, axis=0).max()) < _AT_ONCE_s
    return _SILENCE_s if len(both) >= _SEVERAL_UNITS and not at_once else _PAUSE_OF_FEW_s


def _longest(low: NDArray[np.bool_]) -> int:
    """Return the length of the longest run of True."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], low, [False]]).astype(int)))
    return int((edges[1::2] - edges[::2]).max(initial=0))


def _foot(level: FloatArray, low: int, peak: int, at: tuple[float, float] = (0.25, 0.75)) -> float:
    """Return where the line through two parts of the height of a rise meets rest.

    Parameters
    ----------
    level : array
    low, peak : int
        The rise lies between; a peak before `low` is that of a fall.
    at : (float, float)
        The two parts.
    """
    step = 1 if peak >= low else -1
    rise = level[min(low, peak) : max(low, peak) + 1][::step]
    lower, upper = (_crossing(rise, share * float(level[peak])) for share in at)
    return low + step * max(lower - (upper - lower) * at[0] / (at[1] - at[0]), 0.0)


def _crossing(rise: FloatArray, threshold: float) -> float:
    """Return where a rise leaves a threshold for the last time, in samples and parts of them."""
    below = np.flatnonzero(rise < threshold)
    if not len(below) or below[-1] == len(rise) - 1:
        return 0.0 if not len(below) else float(below[-1])
    k = int(below[-1])
    return k + float((threshold - rise[k]) / (rise[k + 1] - rise[k]))


def border_s(units: MotorUnits, ends_s: float, begins_s: float) -> float:
    """Return where to cut between two efforts: where the fewest units fire, and longest so."""
    if begins_s <= ends_s:
        return (begins_s + ends_s) / 2
    n = max(3, int((begins_s - ends_s) * _BORDER_hz))
    at_s = np.linspace(ends_s, begins_s, n)
    fires = np.zeros(n, dtype=int)
    for times_s in units:
        if len(times_s):
            after = np.searchsorted(times_s, at_s, side="right")
            before = times_s[np.maximum(after - 1, 0)]
            later = times_s[np.minimum(after, len(times_s) - 1)]
            inside = (after > 0) & (after < len(times_s))
            fires += inside & (later - before < _FIRES_ON_s)
    edges = np.flatnonzero(np.diff(np.concatenate([[0], fires == fires.min(), [0]]).astype(int)))
    starts, ends = edges[::2], edges[1::2] - 1
    longest = int(np.argmax(ends - starts))
    return float((at_s[starts[longest]] + at_s[ends[longest]]) / 2)


def sinusoid_hz(course: Course) -> float | None:
    """Return the frequency of a course that is a sinusoid throughout, else None."""
    level, fs_hz = course.level.values, course.level.fs_hz
    peaks, _ = _turns(level, max(_SWING * course.usual, _NOISE * course.noise))
    periods = np.diff(peaks)
    if len(peaks) < _CYCLES or np.std(periods) > _IRREGULAR * np.mean(periods):
        return None
    part = level[peaks[0] : peaks[-1] + 1]
    cycles = len(peaks) - 1
    guess_hz = cycles * fs_hz / (len(part) - 1)
    fits = [(_fit(part, hz / fs_hz), hz) for hz in guess_hz * np.linspace(0.9, 1.1, 41)]
    (explained, overtone), best_hz = max(fits)
    return float(best_hz) if explained >= _SINUSOIDAL and overtone <= _OVERTONE else None


def _fit(values: FloatArray, cycles: float) -> tuple[float, float]:
    """Return how much of the variance a sinusoid explains, and how large its overtones are."""
    phase = 2 * np.pi * cycles * np.arange(len(values))
    line = [np.ones(len(values)), np.linspace(-1, 1, len(values))]
    waves = [wave(k * phase) for k in (1, 2, 3) for wave in (np.sin, np.cos)]
    terms = np.column_stack([*line, *waves])
    weights = np.linalg.lstsq(terms, values, rcond=None)[0]
    first, second, third = (float(np.hypot(*weights[k : k + 2])) for k in (2, 4, 6))
    left = values - terms[:, :2] @ weights[:2]
    rest = left - terms[:, 2:4] @ weights[2:4]
    variance = float(np.var(left))
    explained = 1 - float(np.var(rest)) / variance if variance > 0 else 0.0
    return explained, max(second, third) / first if first > 0 else np.inf
