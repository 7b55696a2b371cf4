"""Torques whose course no muscle makes: they freeze, jump, or drown in noise."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from renshaw.core.numbers import number
from renshaw.data.arrays import FloatArray
from renshaw.data.plausible.torque import one_channel
from renshaw.data.reasons import Cause
from renshaw.data.recording import Recording
from renshaw.data.rest import Rest, rest_of, without_artefacts
from renshaw.data.signal import Signal
from renshaw.data.suspicion import CHECKS, LEVEL, RETURN, Check, Suspicion, by_will

_FROZEN_S = 0.4
_FROZEN = Cause(
    "torque_frozen",
    "the torque stays at exactly {} {} from {:.1f} to {:.1f} s: samples were lost, or held",
)
# Of its range, in at most so long: the fastest contractions take 50 ms and more.
_JUMP_PART, _JUMP_S, _LOWEST_FS_HZ = 0.25, 0.01, 100.0
_JUMPS = Cause(
    "torque_jumps",
    "the torque jumps by {} {} within {:g} ms at {:.2f} s: no muscle is so fast; was the gain "
    "changed, or the force let go?",
)
# Spread at rest, as a part of how far the torque rises.
_NOISY_PART = 0.1
_NOISY = Cause("torque_noisy", "the torque wavers by {} {} at rest, {:.0f} % of how far it rises")
# So few values are steps of a digitizer, or a target that was drawn.
_FEW_VALUES, _SAMPLES_A_VALUE = 16, 20
_COARSE = Cause(
    "torque_coarse", "the torque takes but {} values: was it rounded, or is it the target?"
)


def _looks(recording: Recording) -> Iterable[Suspicion]:
    torque = one_channel(recording)
    fired = any(len(t) for t in recording.units)
    if torque is None or len(torque) < 20 or not fired or recording.simulated:
        return
    if not by_will(recording):
        return
    torque = without_artefacts(torque)
    unit = torque.unit or "a.u."
    if (frozen := _frozen(torque)) is not None:
        value, start_s, end_s = frozen
        yield Suspicion(
            why=_FROZEN(number(value), unit, start_s, end_s),
            cure="Read only what lies before or after: --window (window_s).",
            doubts=(LEVEL, RETURN),
        )
    if (jump := _jump(torque)) is not None:
        by, at_s = jump
        yield Suspicion(
            why=_JUMPS(number(by), unit, 1e3 * _JUMP_S, at_s),
            cure="Read only what lies before or after: --window (window_s).",
            doubts=(LEVEL, RETURN),
        )
    distinct = len(np.unique(torque.values[np.isfinite(torque.values)]))
    if 1 < distinct <= _FEW_VALUES and len(torque) > _SAMPLES_A_VALUE * distinct:
        yield Suspicion(
            why=_COARSE(distinct),
            cure="Export the measured torque with more digits.",
            doubts=(LEVEL, RETURN),
        )
    before, _ = rest_of(torque, recording.units)
    finite = torque.values[np.isfinite(torque.values)]
    if before is not None and len(finite):
        spread = _wavering(torque, before)
        rise = float(np.max(np.abs(finite - before.level))) - 2 * spread
        if 0 < _NOISY_PART * rise < spread:
            yield Suspicion(
                why=_NOISY(number(spread), unit, 100 * spread / rise),
                cure="Filter it (low-pass, 10 to 20 Hz, in both directions) and export it again.",
                doubts=(LEVEL, RETURN),
            )


def _wavering(torque: Signal, rest: Rest) -> float:
    """Return how far a torque at rest departs from a course that may rise or fall slowly.

    Muscles whose units were not found may pull before the first unit that was.
    """
    inside = (torque.times_s >= rest.start_s) & (torque.times_s < rest.end_s)
    inside &= np.isfinite(torque.values)
    values, at = torque.values[inside], torque.times_s[inside] - rest.start_s
    off = values - np.polyval(np.polyfit(at, values, 2), at) if len(values) > 3 else values
    return 1.4826 * float(np.median(np.abs(off - np.median(off))))


def _frozen(torque: Signal) -> tuple[float, float, float] | None:
    """Return a value that a noisy torque keeps for long, from when to when; mostly None.

    At its lowest and at 0 many amplifiers stay, and clipping at its top is another matter.
    """
    values = torque.values
    steps = np.diff(values)
    edges = np.flatnonzero(np.diff(np.concatenate([[0], (steps == 0).astype(np.int8), [0]])))
    starts, ends = edges[::2], edges[1::2]
    at = values[starts]
    inside = (at > np.nanmin(values)) & (at < np.nanmax(values)) & (at != 0)
    long = inside & (ends - starts >= _FROZEN_S * torque.fs_hz) & (ends - starts >= 10)
    # A drawn or a coarsely digitized torque holds many of its values.
    if not long.any() or np.mean(steps[~_within(len(steps), starts[long], ends[long])] == 0) > 0.1:
        return None
    k = int(np.flatnonzero(long)[np.argmax((ends - starts)[long])])
    times_s = torque.times_s
    return float(at[k]), float(times_s[starts[k]]), float(times_s[ends[k]])


def _within(
    n: int, starts: FloatArray, ends: FloatArray
) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    inside = np.zeros(n, dtype=bool)
    for start, end in zip(starts, ends, strict=True):
        inside[int(start) : int(end)] = True
    return inside


def _jump(torque: Signal) -> tuple[float, float] | None:
    """Return by how much a torque jumps and when; None where it doesn't."""
    if torque.fs_hz < _LOWEST_FS_HZ:
        return None
    values = torque.values
    width = max(1, round(_JUMP_S * torque.fs_hz))
    if len(values) < 4 * width:
        return None
    span = float(np.nanmax(values) - np.nanmin(values))
    # Means before and after, so that noise and hum are no jumps.
    sums = np.concatenate([[0.0], np.cumsum(np.nan_to_num(values, nan=float(np.nanmean(values))))])
    means = (sums[2 * width :] - sums[: -2 * width]) / (2 * width)
    by = means[3 * width :] - means[: -3 * width]
    known = np.isfinite(values)
    whole = np.convolve(known, np.ones(5 * width), "valid") == 5 * width
    by = np.where(whole, by[: len(whole)], 0.0)
    k = int(np.argmax(np.abs(by)))
    return (
        (float(by[k]), float(torque.times_s[k + 5 * width // 2]))
        if abs(by[k]) > _JUMP_PART * span
        else None
    )


COURSE = CHECKS.add(
    Check(
        "torque_course", "the torque neither freezes nor jumps, and is clear of noise", _looks, 26
    )
)
