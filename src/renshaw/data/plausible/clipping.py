"""Torques that an amplifier could not follow to their top: cut off there, or flattened."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from renshaw.core.numbers import number
from renshaw.data.arrays import FloatArray
from renshaw.data.plausible.torque import one_channel
from renshaw.data.reasons import Cause
from renshaw.data.recording import Recording
from renshaw.data.rest import without_artefacts
from renshaw.data.suspicion import CHECKS, Check, Suspicion, by_will

_CURE = "Torques near its top are higher than measured."
_HELD_S, _HELD_SAMPLES = 0.1, 10
# Near its top a saturating amplifier passes on less of any change: noise, too. What people add to
# it, tremor, grows with torque. Levels are parts of the range.
_TOP, _BELOW, _AT_REST = 0.9, (0.2, 0.7), 0.1
# Of many samples a smaller difference is no chance.
_LEAST_PART, _FEWEST = 0.5, 50
_LEAST_PART_OF_MANY, _MANY = 0.75, 1000
# Noise that is no more than this many steps of the digitizer tells nothing.
_STEPS = 3.0

_CLIPPED = Cause(
    "torque_clipped",
    "the torque stays at exactly {} {} for {:.2f} s, as if the amplifier could give no more",
)
_FLATTENED = Cause(
    "torque_flattened",
    "near its top of {} {} the torque is {:.0f} % less noisy than below and at rest, as where an "
    "amplifier saturates",
)


def _looks(recording: Recording) -> Iterable[Suspicion]:
    torque = one_channel(recording)
    fired = any(len(t) for t in recording.units)
    if torque is None or len(torque) < 10 or not fired or not by_will(recording):
        return
    values = without_artefacts(torque).values
    values = np.asarray(values[np.isfinite(values)], dtype=float)
    top, unit = number(float(values.max())), torque.unit or "a.u."
    if np.ptp(values) == 0:
        return
    if held_s := _held_at_top(values, torque.fs_hz):
        yield Suspicion(why=_CLIPPED(top, unit, held_s), cure=_CURE)
    elif (part := _noise_left(values)) < 1:
        yield Suspicion(why=_FLATTENED(top, unit, 100 * (1 - part)), cure=_CURE)


def _held_at_top(values: FloatArray, fs_hz: float) -> float:
    """Return for how long (s) a noisy torque stays exactly at its top; 0 where it doesn't."""
    top = values == values.max()
    edges = np.flatnonzero(np.diff(np.concatenate([[0], top.astype(np.int8), [0]])))
    longest = int((edges[1::2] - edges[::2]).max())
    if longest < max(_HELD_SAMPLES, _HELD_S * fs_hz):
        return 0.0
    rest = values[~top]
    if len(rest) < 10:
        return 0.0
    # A drawn or a coarsely digitized torque holds its top as it holds other values.
    noisy = float(np.median(np.abs(np.diff(rest, 2)))) > 1e-7 * float(np.ptp(values))
    alike = float(np.mean(np.diff(rest) == 0))
    return longest / fs_hz if noisy and alike < 0.1 else 0.0


def _noise_left(values: FloatArray) -> float:
    """Return how noisy a torque is near its top, as a part of below or at rest; 1 if unknown.

    What may be chance is 1, too.
    """
    # How much each sample departs from a line through its neighbors.
    bends = np.abs(np.diff(values, 2))
    low, high = (float(np.quantile(values, q)) for q in (0.005, 0.995))
    if high <= low:
        return 1.0
    level = (values[1:-1] - low) / (high - low)
    where = (level > _TOP, (level > _BELOW[0]) & (level < _BELOW[1]), level < _AT_REST)
    if min(np.count_nonzero(each) for each in where) < _FEWEST:
        return 1.0
    top, below, rest = (float(np.median(bends[each])) for each in where)
    steps = np.diff(np.unique(values))
    usual = min(below, rest)
    telling = usual > 1e-7 * (high - low) and usual > _STEPS * float(steps.min())
    many = min(np.count_nonzero(each) for each in where) >= _MANY
    least = _LEAST_PART_OF_MANY if many else _LEAST_PART
    return top / usual if telling and top < least * usual else 1.0


CLIPPING = CHECKS.add(
    Check("torque_clipping", "the amplifier follows the torque to its top", _looks, 22.5)
)
