"""Discharges that no motoneuron fires: two units merged, artefacts in all units, rounded times."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from renshaw.core.numbers import counted
from renshaw.data.arrays import FloatArray
from renshaw.data.pools import pools_of
from renshaw.data.reasons import Cause
from renshaw.data.recording import Recording
from renshaw.data.suspicion import CHECKS, Check, Suspicion, by_will, named

# Intervals of a motor unit vary by 10 to 20 % around their neighbors; doublets are a few per cent
# of them. Of two units in one, or of discharges that were detected twice, many are far shorter.
_SHORT_PART, _MOST_SHORT = 0.4, 0.12
_AROUND, _FEWEST = 9, 20
_MERGED = Cause(
    "irregular_intervals",
    "more than {:g} % of the intervals are shorter than {:g} times those around them, as if two "
    "units were one or discharges were detected twice, in {}",
)


def _merged(recording: Recording) -> Iterable[Suspicion]:
    if not by_will(recording):
        return
    found = [i for i, t in enumerate(recording.units) if _share_of_short(t) > _MOST_SHORT]
    if found:
        yield Suspicion(
            why=_MERGED(100 * _MOST_SHORT, _SHORT_PART, named(recording.units, found)),
            cure="Edit the decomposition before you trust these units.",
            units=tuple(found),
        )


def _share_of_short(times_s: FloatArray) -> float:
    """Return the share of intervals far shorter than the median of those around them."""
    intervals = np.diff(times_s)
    if len(intervals) < _FEWEST:
        return 0.0
    padded = np.pad(intervals, _AROUND // 2, mode="reflect")
    around = np.lib.stride_tricks.sliding_window_view(padded, _AROUND)
    # The upper quartile: of discharges detected twice, half of the intervals are short.
    return float(np.mean(intervals < _SHORT_PART * np.quantile(around, 0.75, axis=1)))


MERGED = CHECKS.add(
    Check("regular_intervals", "intervals of a unit are much like those around them", _merged, 10.5)
)

# Of units that fire at 20 pps 2 % discharge within a millisecond of another by chance.
_AT_ONCE_S, _MOST_AT_ONCE, _LEAST_UNITS = 0.001, 0.9, 5
_AT_ONCE = Cause(
    "discharges_at_once",
    "all units, or nearly all, discharge within {:g} ms of each other {} ({}), as an artefact "
    "makes them do",
)


def _artefacts(recording: Recording) -> Iterable[Suspicion]:
    if not by_will(recording):
        return
    copies = pools_of(recording).copies
    trains = [t for k, t in enumerate(recording.units) if len(t) and k not in copies]
    if len(trains) < _LEAST_UNITS:
        return
    found = _at_once(trains)
    if found:
        at = ", ".join(f"{at_s:.2f}" for at_s in found[:3]) + (" s, ..." if found[3:] else " s")
        yield Suspicion(
            why=_AT_ONCE(1e3 * _AT_ONCE_S, counted(len(found), "time"), at),
            cure="Take these discharges out of the decomposition.",
        )


def _at_once(trains: Sequence[FloatArray]) -> list[float]:
    """Return when the units that fire at a time, five or more, discharge all at once."""
    times = np.concatenate(trains)
    whose = np.repeat(np.arange(len(trains)), [len(t) for t in trains])
    order = np.argsort(times, kind="stable")
    times, whose = times[order], whose[order]
    first, last = (np.sort([t[end] for t in trains]) for end in (0, -1))
    active = np.searchsorted(first, times, side="right") - np.searchsorted(last, times, "left")
    least = np.maximum(_LEAST_UNITS, np.ceil(_MOST_AT_ONCE * active))
    ends = np.searchsorted(times, times + _AT_ONCE_S, side="right")
    found: list[float] = []
    for k in np.flatnonzero(ends - np.arange(len(times)) >= least).tolist():
        new = not found or times[k] > found[-1] + _AT_ONCE_S
        if new and len(set(whose[k : ends[k]].tolist())) >= least[k]:
            found.append(float(times[k]))
    return found


AT_ONCE = CHECKS.add(
    Check("discharges_at_once", "units don't discharge all at one instant", _artefacts, 17)
)

_COARSE_S, _TELLING = 0.005, 100
_COARSE = Cause(
    "times_rounded", "discharge times are given to {:g} ms only, which makes rates uncertain"
)


def _rounded(recording: Recording) -> Iterable[Suspicion]:
    times = np.unique(np.concatenate([np.empty(0), *recording.units]))
    if len(times) < _TELLING or recording.simulated:
        return
    step_s = float(np.diff(times).min())
    off = np.abs((times - times[0]) / step_s - np.rint((times - times[0]) / step_s)).max()
    if step_s >= _COARSE_S * (1 - 1e-6) and off < 0.01:
        yield Suspicion(
            why=_COARSE(round(1e3 * step_s, 3)), cure="Export them with more digits, if you can."
        )


ROUNDED = CHECKS.add(
    Check("times_rounded", "discharge times are given to 5 ms or better", _rounded, 18)
)
