"""Discharges that fit the torque far better if they are counted in another unit of time."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import numpy as np

from renshaw.data.plausible.rates import median_rates
from renshaw.data.plausible.torque import one_channel, together
from renshaw.data.reasons import Cause
from renshaw.data.recording import Recording
from renshaw.data.rest import without_artefacts
from renshaw.data.suspicion import CHECKS, TORQUE, Check, Suspicion, by_will

# Pearson's r of torque and firing, as read and as they would be in ms.
_MISFIT_R, _FIT_R = 0.6, 0.85
_LIKELY_PPS = (2.0, 50.0)
_FEWEST = 100
_IN_MS = Cause(
    "counted_in_ms",
    "as samples at {:g} Hz the discharges don't go with the torque (r = {:.2f}), as milliseconds "
    "they do (r = {:.2f})",
)


def _looks(recording: Recording) -> Iterable[Suspicion]:
    torque, units = one_channel(recording), recording.units
    fired = sum(len(t) for t in units)
    if torque is None or not units.fs_hz or fired < _FEWEST or not by_will(recording):
        return
    scale = units.fs_hz / 1000.0
    rates = median_rates(units) / scale
    if not any(_LIKELY_PPS[0] < rate < _LIKELY_PPS[1] for rate in rates):
        return
    torque = without_artefacts(torque)
    as_read = together(torque, units).r
    # Where the files of a format count from 1, a millisecond more or less is no matter here.
    end_s = max(units.window_s[1], torque.end_s, scale * max(float(t[-1]) for t in units if len(t)))
    window_s = (units.window_s[0], end_s)
    in_ms = replace(units, times_s=tuple(scale * t for t in units), window_s=window_s)
    as_ms = together(torque, in_ms).r
    if not (as_read < _MISFIT_R and as_ms > _FIT_R):
        return
    yield Suspicion(
        why=_IN_MS(units.fs_hz, as_read, as_ms),
        cure="Do they count ms: --time-unit ms (time_unit='ms')? If they are samples all the same: "
        "--time-unit samples (time_unit='samples').",
        impossible=not recording.simulated,
        insisted=(("time_unit", "samples"),),
    )


# Torque follows firing by some 100 ms; units that sustain themselves fire on as it falls.
_LATE_S, _EARLY_S, _FARTHEST_S, _STEP_S = 0.8, 2.0, 8.0, 0.2
_BETTER_R, _GOOD_R = 0.02, 0.85
# Few units do not fire along the whole contraction, and a slightly better fit is no proof.
_FEWEST_UNITS, _LEFT_PART = 3, 0.5
_SHIFTED = Cause(
    "torque_shifted",
    "the torque would go with the firing better if it came {:.1f} s {} (r = {:.2f} for {:.2f}): "
    "did both recordings begin at once?",
)


def _shifts(recording: Recording) -> Iterable[Suspicion]:
    torque, units = one_channel(recording), recording.units
    fired = sum(len(t) for t in units)
    if torque is None or fired < _FEWEST or recording.simulated or not by_will(recording):
        return
    if sum(len(t) > 0 for t in units) < _FEWEST_UNITS:
        return
    torque = without_artefacts(torque)
    as_read = together(torque, units).r
    if not as_read + _BETTER_R < 1:
        return
    tried = np.arange(-_FARTHEST_S, _FARTHEST_S + _STEP_S / 2, _STEP_S)
    found = [together(replace(torque, start_s=torque.start_s - by), units).r for by in tried]
    best = int(np.argmax(np.nan_to_num(found, nan=-1.0)))
    # Of what goes to and fro several shifts are alike: the least of them.
    alike = np.flatnonzero(np.array(found) > found[best] - _BETTER_R / 2)
    late_s = float(tried[alike[np.argmin(np.abs(tried[alike]))]])
    far = late_s > _LATE_S or late_s < -_EARLY_S
    better = as_read + max(_BETTER_R, (1 - _LEFT_PART) * (1 - as_read))
    if far and found[best] > max(_GOOD_R, better):
        way = "earlier" if late_s > 0 else "later"
        yield Suspicion(
            why=_SHIFTED(abs(late_s), way, found[best], as_read),
            cure="Align them in the program that recorded them, and export both again.",
            doubts=(TORQUE,),
        )


SHIFT = CHECKS.add(Check("torque_shifted", "torque follows firing at once", _shifts, 27))

CLOCK = CHECKS.add(Check("clock", "discharges and torque count time in the same unit", _looks, 16))
