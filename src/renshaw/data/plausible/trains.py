"""Trains of discharges that no pool of motor units fires: lone discharges, copies, common stops."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from renshaw.core.numbers import counted
from renshaw.data.arrays import FloatArray
from renshaw.data.motor_units import MotorUnits
from renshaw.data.pools import SAME_GRID, delay_s, pools_of, why_kept
from renshaw.data.reasons import Cause
from renshaw.data.recording import Recording
from renshaw.data.rest import without_artefacts
from renshaw.data.signal import Signal
from renshaw.data.suspicion import CHECKS, STOP, Check, Suspicion, by_will, named

# Ten units of which nine in ten fired once are no contraction, but a table that was misread.
_MANY_UNITS, _LONE_PART = 10, 0.9
_FEWEST = 3

LONE = Cause("lone_discharges", "{:,} of {:,} motor units have no more than one discharge")


def _lone(recording: Recording) -> Iterable[Suspicion]:
    units = recording.units
    active = [len(t) for t in units if len(t)]
    if len(active) < _MANY_UNITS:
        return
    lone = sum(n == 1 for n in active)
    if lone < _LONE_PART * len(active):
        return
    yield Suspicion(
        why=LONE(lone, len(active)),
        cure="Were the columns of unit and time swapped, or does each column hold the times of a "
        "unit? Name the columns unit and time_s; if it is really so, say --time-unit s "
        "(time_unit='s').",
        impossible=not recording.simulated,
        insisted=(("time_unit", "s"),),
    )


LONE_DISCHARGES = CHECKS.add(Check("lone_discharges", "motor units fire more than once", _lone, 11))

# Less is rounding.
_TELLING_MS = 1.5
UNSEARCHED = Cause(
    "copies_unsearched",
    "{} beside too many others to be compared with all of them; only those with the same intervals "
    "were, to find what is there twice",
)
COPIES = Cause("copied_units", "{} the discharges of another unit and would count twice: {}")


def _copied(recording: Recording) -> Iterable[Suspicion]:
    units = recording.units
    # Those that two grids see are common, and counted once by estimates, which say so.
    pools = pools_of(recording)
    copies = {i: k for i, k in pools.copies.items() if why_kept(recording, i, k) == SAME_GRID}
    if copies:
        pairs = ", ".join(_is(units, i, k) for i, k in copies.items())
        yield Suspicion(
            why=COPIES(counted(len(copies), "unit repeats", "units repeat"), pairs),
            cure="They are left out of pairs and means; the first of the file is kept.",
            units=tuple(copies),
        )

    if pools.unsearched:
        yield Suspicion(
            why=UNSEARCHED(counted(pools.unsearched, "unit fires", "units fire")),
            cure="Read the units of one muscle, or of one recording, by themselves.",
        )


def _is(units: MotorUnits, copy: int, kept: int) -> str:
    later_ms = 1e3 * delay_s(units, copy, kept)
    shifted = f", {abs(later_ms):.0f} ms {'later' if later_ms > 0 else 'earlier'}"
    same = f"{units.labels[copy]} is {units.labels[kept]}"
    return same + (shifted if abs(later_ms) >= _TELLING_MS else "")


COPIED = CHECKS.add(Check("copied_units", "each unit is there once", _copied, 12))

_TOGETHER_S = 0.1
_FEWEST_TOGETHER = 3
# The torque that they were recruited at is far below that at which they stop, ...
_ABOVE_PART, _SOMEWHAT_PART = 0.15, 0.05
# ... and still is a while later: after a sudden release the torque is gone by then.
_LATER_S = 0.6
# Without torque: a unit that was recruited later fires on for long.
_OUTLASTS_S = 1.0

STOPS = Cause(
    "stop_together",
    "{} within {:g} s of each other at {:.1f} s ({}), far above their recruitment torque, as if "
    "the decomposition had lost them",
)
STOPS_AMONG = Cause(
    "stop_together_among_others",
    "{} within {:g} s of each other at {:.1f} s ({}) while units recruited after them fire on, as "
    "if the decomposition had lost them",
)


def _stops(recording: Recording) -> Iterable[Suspicion]:
    units = recording.units
    fired = [i for i, t in enumerate(units) if len(t) >= _FEWEST]
    # Stimuli, vibration and spasms stop whole pools at once, and rightly.
    if len(fired) < _FEWEST_TOGETHER or not by_will(recording):
        return
    torque = recording.torque
    torque = None if torque is None or torque.values.ndim != 1 else without_artefacts(torque)
    last = {i: float(units[i][-1]) for i in fired}
    for group in _groups(last):
        ends_s = float(np.median([last[i] for i in group]))
        if units.window_s[1] - ends_s < _LATER_S:
            continue
        early = _far_above(units, group, torque, ends_s) if torque is not None else None
        cause = STOPS
        if early is None:
            early, cause = _outlasted(units, group, fired, ends_s), STOPS_AMONG
        if len(early) >= _FEWEST_TOGETHER:
            stop = f"{len(early)} of {len(fired)} units stop"
            yield Suspicion(
                why=cause(stop, _TOGETHER_S, ends_s, named(units, sorted(early))),
                cure="Their last discharges are not their derecruitment; look at the sources "
                "there, or read only what comes before: --window (window_s).",
                doubts=(STOP,),
                units=tuple(sorted(early)),
            )


def _groups(last: dict[int, float]) -> list[list[int]]:
    """Return the units that stop together, in groups that don't overlap."""
    order = sorted(last, key=lambda i: last[i])
    groups: list[list[int]] = []
    for i in order:
        if groups and last[i] - last[groups[-1][0]] <= _TOGETHER_S:
            groups[-1].append(i)
        else:
            groups.append([i])
    return [group for group in groups if len(group) >= _FEWEST_TOGETHER]


def _far_above(
    units: MotorUnits, group: list[int], torque: Signal, ends_s: float
) -> list[int] | None:
    """Return the units recruited far below the torque they stop at; None where it is unknown."""
    values = torque.values[np.isfinite(torque.values)]
    stop, later = (float(v) for v in torque.at([ends_s, ends_s + _LATER_S]))
    if not len(values) or not np.isfinite(stop + later):
        return None
    span = float(values.max() - values.min())
    above = min(stop, later) - torque.at([float(units[i][0]) for i in group])
    # Together they are far above; those beside them that were recruited not so far below count.
    far = above[above > _SOMEWHAT_PART * span]
    if span <= 0 or len(far) < _FEWEST_TOGETHER or float(far.mean()) <= _ABOVE_PART * span:
        return []
    return [i for i, by in zip(group, above, strict=True) if by > _SOMEWHAT_PART * span]


def _outlasted(units: MotorUnits, group: list[int], fired: list[int], ends_s: float) -> list[int]:
    """Return the units of a group that two units recruited later outlast by far."""
    later = sorted(float(units[i][0]) for i in fired if float(units[i][-1]) > ends_s + _OUTLASTS_S)
    return [i for i in group if len(later) > 1 and float(units[i][0]) < later[-2]]


STOP_TOGETHER = CHECKS.add(
    Check("stop_together", "units stop one after the other as the torque falls", _stops, 13)
)

_GAP_S = 0.75
# A pool that pauses for so many of its usual intervals was not seen.
_GAP_INTERVALS = 25.0
_SAME_LEVEL = 0.25

GAP = Cause(
    "common_gap",
    "all units are silent from {:.1f} to {:.1f} s while the torque stays as it is: a part that was "
    "not decomposed?",
)


def _gaps(recording: Recording) -> Iterable[Suspicion]:
    torque = recording.torque
    if (
        torque is None
        or torque.values.ndim != 1
        or not by_will(recording)
        or len(recording.units) < 2
    ):
        return
    spikes = np.sort(np.concatenate([*recording.units]))
    if len(spikes) < 10:
        return
    intervals = np.diff(spikes)
    longest = max(_GAP_S, _GAP_INTERVALS * float(np.median(intervals)))
    torque = without_artefacts(torque)
    values = torque.values[np.isfinite(torque.values)]
    if not len(values):
        return
    span = float(values.max() - values.min())
    rest = _rest_level(torque, spikes)
    for k in np.flatnonzero(intervals > longest).tolist():
        start, end = float(spikes[k]), float(spikes[k + 1])
        during = torque.at(np.linspace(start, end, 20))
        if not np.isfinite(during).all() or span <= 0:
            continue
        level = float(during[0] + during[-1]) / 2
        steady = float(np.abs(during - level).max()) < _SAME_LEVEL * abs(level - rest)
        if steady and abs(level - rest) > _SAME_LEVEL * span:
            yield Suspicion(
                why=GAP(start, end),
                cure="Rates and ΔF across it mean nothing; read the parts: --window (window_s).",
            )


def _rest_level(torque: Signal, spikes: FloatArray) -> float:
    values = torque.values
    outside = (torque.times_s < spikes[0]) | (torque.times_s > spikes[-1])
    rest = values[outside & np.isfinite(values)]
    return float(np.median(rest)) if len(rest) else float(np.nanmin(values))


GAPS = CHECKS.add(Check("common_gap", "somebody fires as long as there is torque", _gaps, 14))

_BEYOND_S = 0.5
BEYOND = Cause(
    "signals_end_first",
    "units fire until {:.1f} s, but the signals end at {:.1f} s: do both count at the same rate?",
)


def _beyond(recording: Recording) -> Iterable[Suspicion]:
    fired = [float(t[-1]) for t in recording.units if len(t)]
    ends = [s.end_s for name, s in recording.signals.items() if name in ("torque", "emg")]
    if fired and ends and max(fired) > max(ends) + _BEYOND_S:
        yield Suspicion(
            why=BEYOND(max(fired), max(ends)),
            cure="Say the rate of the discharges, --fs (fs_hz), or of the torque, --torque-fs "
            "(torque_fs_hz).",
        )


SIGNALS_END = CHECKS.add(
    Check("signals_end_first", "signals were recorded as long as units fire", _beyond, 15)
)


# A discharge or two that a silence parts from all others of a unit.
_FEW_ASTRAY, _APART_S, _APART_INTERVALS = 2, 2.0, 10.0
ASTRAY = Cause(
    "discharges_astray",
    "single discharges lie {:g} s or more before or after all others of the unit, at less torque: "
    "{}",
)


def _astray(recording: Recording) -> Iterable[Suspicion]:
    torque = recording.torque
    if torque is None or torque.values.ndim != 1 or not by_will(recording):
        return
    torque = without_artefacts(torque)
    values = torque.values[np.isfinite(torque.values)]
    if recording.simulated or not len(values):
        return
    span = float(values.max() - values.min())
    found = [
        i
        for i, t in enumerate(recording.units)
        if _strays(t, torque, span) or _strays(t[::-1], torque, span)
    ]
    if found:
        yield Suspicion(
            why=ASTRAY(
                _APART_S,
                named(recording.units, found),
            ),
            cure="Are they errors of the decomposition? They count as recruitment or derecruitment "
            "until they are taken out.",
            units=tuple(found),
        )


def _strays(times_s: FloatArray, torque: Signal, span: float) -> bool:
    """Whether the last discharges, in the order given, are apart while torque goes on to fall."""
    intervals = np.abs(np.diff(times_s))
    if len(intervals) < 4 * _FEW_ASTRAY:
        return False
    near = max(_APART_S, _APART_INTERVALS * float(np.median(intervals)))
    for left in range(1, _FEW_ASTRAY + 1):
        if intervals[-left] >= near:
            between = torque.at(np.linspace(times_s[-left - 1], times_s[-left], 20))
            if not np.isfinite(between).all():
                return False
            # Where torque rises in between, it is another contraction.
            return bool(between.max() <= between[0] + _SOMEWHAT_PART * span)
    return False


STRAYS = CHECKS.add(
    Check(
        "discharges_astray", "a unit's first and last discharge belong to its others", _astray, 14.5
    )
)
