"""Torques that no muscle made as the file says: turned over, drifting, flat, of another rate."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from renshaw.core.numbers import counted, number
from renshaw.data.arrays import FloatArray, ranks_of
from renshaw.data.motor_units import MotorUnits
from renshaw.data.reasons import Cause
from renshaw.data.recording import Recording
from renshaw.data.rest import Rest, artefacts, rest_of, without_artefacts
from renshaw.data.signal import Signal
from renshaw.data.suspicion import CHECKS, LEVEL, RETURN, TORQUE, Check, Suspicion, by_will

PCT_MVC = "% MVC"
_OFFSET_CURE = "Take it off: --torque-offset rest (torque_offset='rest')."
_RATE_CURE = "Give its own sampling rate: --torque-fs RATE (torque_fs_hz=RATE)."


def one_channel(recording: Recording) -> Signal | None:
    """Return the torque that checks can look at; None where there is none of one channel.

    Parameters
    ----------
    recording : Recording
    """
    torque = recording.torque
    if torque is None or torque.values.ndim != 1 or not np.isfinite(torque.values).any():
        return None
    return torque


# --- another rate than the spikes' -------------------------------------------------------------

# Discharges that lie beyond the torque's end, in parts of their whole span; and where the torque
# ends, in parts of its range: a whole contraction is at rest there, a part of one mostly not.
_UNCOVERED, _BACK_PART = 0.25, 0.25
_OTHER_RATE = Cause(
    "torque_other_rate",
    "the torque lasts from {:.1f} to {:.1f} s, but units fire from {:.1f} to {:.1f} s: is it "
    "sampled at another rate than {:g} Hz?",
)
_TOO_LONG = Cause(
    "torque_outlasts",
    "the torque lasts for {:,.0f} s, {:.0f} times as long as what else was recorded: is it sampled "
    "at another rate than {:g} Hz?",
)


def _covers(recording: Recording) -> Iterable[Suspicion]:
    torque, units = one_channel(recording), recording.units
    fired = [t for t in units if len(t)]
    if torque is None or not fired:
        return
    first, last = min(float(t[0]) for t in fired), max(float(t[-1]) for t in fired)
    inside = torque.end_s - max(first, torque.start_s)
    if last > first and inside < (1 - _UNCOVERED) * (last - first) and _returns(torque):
        yield Suspicion(
            why=_OTHER_RATE(torque.start_s, torque.end_s, first, last, torque.fs_hz),
            cure=_RATE_CURE,
            doubts=(TORQUE,),
        )
        return
    others = [s.end_s for name, s in recording.signals.items() if name in ("emg", "sources")]
    if others and torque.end_s > 2 * max(*others, last):
        times = torque.end_s / max(*others, last)
        yield Suspicion(
            why=_TOO_LONG(torque.end_s, times, torque.fs_hz), cure=_RATE_CURE, doubts=(TORQUE,)
        )


def _returns(torque: Signal) -> bool:
    """Whether a torque rises and falls back within what was recorded of it."""
    values = without_artefacts(torque).values
    values = values[np.isfinite(values)]
    part = max(1, len(values) // 20)
    if len(values) < 20:
        return False
    begins, ends = float(np.median(values[:part])), float(np.median(values[-part:]))
    away = float(np.max(np.abs(values - begins)))
    return away > 0 and abs(ends - begins) < _BACK_PART * away


COVERS = CHECKS.add(
    Check("torque_covers_spikes", "the torque was measured while units fired", _covers, 20)
)

# --- artefacts ---------------------------------------------------------------------------------

_ARTEFACT = Cause(
    "torque_artefact",
    "the torque holds {}, of less than 20 ms each, the farthest of {} {} at {:.2f} s: no muscle is "
    "so fast; a straight line takes its place",
)


def _stands_out(recording: Recording) -> Iterable[Suspicion]:
    torque = one_channel(recording)
    if torque is None:
        return
    odd = np.flatnonzero(artefacts(torque))
    if not len(odd):
        return
    farthest = odd[int(np.argmax(np.abs(torque.values[odd])))]
    jumps = int(np.count_nonzero(np.diff(odd) > 1)) + 1
    words = _ARTEFACT(
        counted(jumps, "artefact"),
        number(float(torque.values[farthest])),
        torque.unit or "a.u.",
        torque.start_s + farthest / torque.fs_hz,
    )
    yield Suspicion(why=words)


STANDS_OUT = CHECKS.add(
    Check("torque_artefact", "torque changes no faster than muscle", _stands_out, 21)
)

# --- flat, or clipped --------------------------------------------------------------------------

_FLAT_NOISE = 4.0
_FLAT = Cause("torque_flat", "the torque never changes ({} {} throughout)")
_NOISE = Cause("torque_noise", "the torque holds nothing but noise of {} {}")


def _flat(recording: Recording) -> Iterable[Suspicion]:
    torque = one_channel(recording)
    # At rest, and where a stimulus brought nothing about, there is no torque, and rightly.
    fired = any(len(t) for t in recording.units)
    if torque is None or len(torque) < 10 or not fired or not by_will(recording):
        return
    values = without_artefacts(torque).values
    values = np.asarray(values[np.isfinite(values)], dtype=float)
    low, high = float(values.min()), float(values.max())
    unit = torque.unit or "a.u."
    cure = "Choose the channel of the torque, if the file has another; or leave it out."
    if high - low <= 1e-9 * max(abs(low), abs(high)):
        yield Suspicion(why=_FLAT(number(high), unit), cure=cure, doubts=(TORQUE,))
        return
    noise = _noise(values)
    slow = _averaged(values, max(1, round(0.25 * torque.fs_hz)))
    if (
        noise > 0
        and len(slow) > 4
        and float(np.ptp(slow))
        < _FLAT_NOISE
        * noise
        / np.sqrt(max(1.0, 0.25 * torque.fs_hz))
        * np.sqrt(2 * np.log(len(slow)))
    ):
        yield Suspicion(why=_NOISE(number(noise), unit), cure=cure, doubts=(TORQUE,))
        return


def _noise(values: FloatArray) -> float:
    """Return the standard deviation of what changes from sample to sample."""
    steps = np.diff(values)
    return float(1.4826 * np.median(np.abs(steps - np.median(steps))) / np.sqrt(2))


def _averaged(values: FloatArray, width: int) -> FloatArray:
    whole = len(values) // width * width
    return np.asarray(values[:whole].reshape(-1, width).mean(axis=1))


FLAT = CHECKS.add(Check("torque_moves", "the torque changes", _flat, 22))

# --- direction ---------------------------------------------------------------------------------

_GRID_HZ = 10.0
_SMOOTH_S = 1.0
_AGAINST_R = -0.4
_DOWN = Cause(
    "torque_downward",
    "the torque points downward from rest: it falls while units fire (r = {:.2f}); reverse its "
    "sign",
)
_DOWN_ALONE = Cause(
    "torque_downward_by_itself", "the torque points downward from rest: reverse its sign"
)
_SIGN_CURE = "The option is --torque-sign -1 (torque_sign=-1)."
_UNRELATED_R = 0.2
_UNRELATED = Cause(
    "torque_unrelated",
    "torque and firing hardly go together (r = {:.2f}): is the torque of another contraction, "
    "channel or rate?",
)


@dataclass(frozen=True)
class Together:
    """How torque and firing go together.

    Parameters
    ----------
    r : float
        Pearson's r of the torque with the discharges of all units a second; NaN where unknown.
    contrast : float
        Median torque while most discharges come minus that while fewest do.
    ranks: float
        As `r`, of ranks: a maximal effort before a ramp, in which few units are found, hardly
        counts in it.
    """

    r: float = np.nan
    contrast: float = np.nan
    ranks: float = np.nan


def together(torque: Signal, units: MotorUnits) -> Together:
    """Return how a torque goes with the firing of the units.

    Parameters
    ----------
    torque : Signal
        Of one channel.
    units : MotorUnits
    """
    start = max(torque.start_s, units.window_s[0])
    end = min(torque.end_s, units.window_s[1])
    bins = int((end - start) * _GRID_HZ)
    if bins < 3 * _GRID_HZ or not len(units):
        return Together()
    edges = start + np.arange(bins + 1) / _GRID_HZ
    counts, _ = np.histogram(np.concatenate([*units]), edges)
    width = round(_SMOOTH_S * _GRID_HZ)
    box = np.ones(width) / width
    rate = np.convolve(counts, box, "same")
    # The median of each bin, that one sample may not move.
    middles = (edges[:-1] + edges[1:]) / 2
    fine = torque.at(middles[:, None] + np.linspace(-0.5, 0.5, 5) / _GRID_HZ)
    level = np.sort(fine, axis=1)[:, 2]
    there = np.isfinite(level)
    if np.count_nonzero(there) < 3 * _GRID_HZ or np.ptp(rate[there]) == 0:
        return Together()
    level, rate = level[there], rate[there]
    if np.ptp(level) == 0:
        return Together()
    r = float(np.corrcoef(level, rate)[0, 1])
    ranks = float(np.corrcoef(ranks_of(level), ranks_of(rate))[0, 1])
    low, high = np.quantile(rate, [0.2, 0.8])
    contrast = float(np.median(level[rate >= high]) - np.median(level[rate <= low]))
    return Together(r, contrast, ranks)


def _direction(recording: Recording) -> Iterable[Suspicion]:
    torque = one_channel(recording)
    if torque is None:
        return
    torque = without_artefacts(torque)
    found = together(torque, recording.units)
    if np.isfinite(found.r):
        if found.r < _AGAINST_R and found.contrast < 0:
            yield Suspicion(why=_DOWN(found.r), cure=_SIGN_CURE, doubts=(TORQUE,))
        elif _unrelated(recording, found):
            yield Suspicion(why=_UNRELATED(found.r), doubts=(TORQUE,), cure=_RATE_CURE)
    elif _points_down(torque.values[np.isfinite(torque.values)]):
        yield Suspicion(why=_DOWN_ALONE(), cure=_SIGN_CURE, doubts=(TORQUE,))


def _unrelated(recording: Recording, found: Together) -> bool:
    fired = sum(len(t) for t in recording.units)
    return (
        max(found.r, found.ranks) < _UNRELATED_R
        and by_will(recording)
        and not recording.simulated
        and len(recording.units) >= 3
        and fired >= 100
    )


def _points_down(values: FloatArray) -> bool:
    """Whether torque is negative and lies nearer its top than its bottom at both ends."""
    if not len(values):
        return False
    low, high = float(values.min()), float(values.max())
    ends = min(float(values[0]), float(values[-1]))
    return low < 0 and -low > abs(high) and ends > (low + high) / 2


DIRECTION = CHECKS.add(
    Check("torque_direction", "torque rises while motor units fire", _direction, 23)
)

# --- offset and drift --------------------------------------------------------------------------

# In parts of how far the torque rises above rest, and in times of the noise at rest.
_OFFSET_PART, _DRIFT_PART, _NOISE_TIMES = 0.1, 0.1, 5.0
# A rest that is none changes more than this within itself.
_STILL_PART = 0.15
_OFFSET = Cause("torque_offset", "the torque is {} {} at rest")
_DRIFT = Cause(
    "torque_drifts",
    "the torque at rest is {} {} before the contraction and {} {} after it: it drifts, or the "
    "muscle was not at rest",
)


def _at_rest(recording: Recording) -> Iterable[Suspicion]:
    torque = one_channel(recording)
    if torque is None or recording.simulated or not len(recording.units):
        return
    torque = without_artefacts(torque)
    before, after = rest_of(torque, recording.units)
    finite = torque.values[np.isfinite(torque.values)]
    if before is None or not len(finite):
        return
    unit = torque.unit or "a.u."
    line = before.level if after is None else max(before.level, after.level)
    rise = max(float(finite.max()) - line, before.level - float(finite.min()))
    if rise <= 0 or not _still(torque, before, rise):
        return
    noise = _NOISE_TIMES * before.spread
    if after is not None and _still(torque, after, rise):
        drift = abs(after.level - before.level)
        if drift > max(_DRIFT_PART * rise, noise, _NOISE_TIMES * after.spread) and (
            by_will(recording)
        ):
            words = _DRIFT(number(before.level), unit, number(after.level), unit)
            yield Suspicion(why=words, cure=_OFFSET_CURE, doubts=(LEVEL, RETURN))
            return
    if abs(before.level) > max(_OFFSET_PART * rise, noise):
        yield Suspicion(why=_OFFSET(number(before.level), unit), cure=_OFFSET_CURE, doubts=(LEVEL,))


def _still(torque: Signal, rest: Rest, rise: float) -> bool:
    """Whether the torque stays where it is, as a drift does that is slow."""
    times_s = torque.times_s
    inside = torque.values[(times_s >= rest.start_s) & (times_s < rest.end_s)]
    inside = inside[np.isfinite(inside)]
    part = max(1, len(inside) // 3)
    return abs(float(np.median(inside[:part]) - np.median(inside[-part:]))) < _STILL_PART * rise


AT_REST = CHECKS.add(
    Check("torque_at_rest", "the torque is 0 at rest, before and after", _at_rest, 24)
)

# --- amount ------------------------------------------------------------------------------------

_LEAST_PCT, _MOST_PCT = 1.0, 150.0
_LOW_PCT = Cause(
    "torque_low_pct", "the torque never rises above {} % MVC: is it a part of 1, or V?"
)
_HIGH_PCT = Cause("torque_high_pct", "the torque reaches {} % MVC: is it in another unit?")
_UNIT_CURE = (
    "Say in which unit it is, and the MVC in that unit: --torque-unit Nm --mvc 180 "
    "(torque_unit='Nm', mvc=180)."
)


def _amount(recording: Recording) -> Iterable[Suspicion]:
    torque = one_channel(recording)
    if torque is None or torque.unit != PCT_MVC or recording.simulated:
        return
    values = without_artefacts(torque).values
    high = float(np.nanmax(np.abs(values)))
    if 0 < high < _LEAST_PCT:
        yield Suspicion(why=_LOW_PCT(number(high)), cure=_UNIT_CURE)
    elif high > _MOST_PCT:
        yield Suspicion(why=_HIGH_PCT(number(high)), cure=_UNIT_CURE)


AMOUNT = CHECKS.add(Check("torque_amount", "torque in % MVC is 1 to 150 at its top", _amount, 25))
