"""From what a file holds to `MotorUnits`: windows, flags and the words for what was done."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from renshaw.data.arrays import FloatArray
from renshaw.data.motor_units import MotorUnits, clean_times
from renshaw.io.limits import FEWEST_DISCHARGES, LONGEST_RECORDING_S, MOST_UNITS
from renshaw.io.options import spelled
from renshaw.io.refusal import Refusal

# More discharges than these beyond the end of the signals are no stray ones; farther away than
# twice the recording they are damage.
_FEW, _STRAY, _FARTHEST = 3, 0.01, 2.0
_ROUNDING_S = 0.01
NO_UNITS = "The file holds no motor units."
NO_LENGTH = "No signal tells how long the recording was; the window ends at the last discharge."
# What begins anew goes back by so much of the whole, and has so many discharges before and after.
_FEWEST_OF_PART, _RESTART_PART = 8, 0.2


def motor_units(
    times_s: Sequence[ArrayLike],
    *,
    length_s: float | None = None,
    window_s: tuple[float, float] | None = None,
    fs_hz: float | None = None,
    labels: Sequence[str] = (),
    quality: Mapping[str, ArrayLike] | None = None,
) -> tuple[MotorUnits, list[str]]:
    """Make motor units of the discharge times of a file, faulty ones flagged in words.

    Parameters
    ----------
    times_s : sequence of arrays
        One a unit, in whatever state the file has them.
    length_s : float or None
        Length of the recorded signals; without one the window ends at the last discharge.
    window_s : (float, float) or None
        The window, where the file states one.
    fs_hz : float or None
    labels, quality
        As in `MotorUnits`; a quality of the wrong length is left out.

    Returns
    -------
    units : MotorUnits
    notes : list of str
    """
    if len(times_s) > MOST_UNITS:
        raise Refusal(f"It claims more than {MOST_UNITS:,} motor units")
    trains = [np.asarray(train, dtype=float).ravel() for train in times_s]
    notes: list[str] = []
    if not trains:
        notes.append(NO_UNITS)
    _refuse_clock(trains)
    _refuse_restart(trains)
    window = holding(window_s or _window(trains, length_s, notes), trains, notes)
    cleaned = [clean_times(train, window) for train in trains]
    fitting = {
        name: np.asarray(values, dtype=float).ravel()
        for name, values in (quality or {}).items()
        if np.size(values) == len(trains)
    }
    units = MotorUnits(
        times_s=tuple(times for times, _ in cleaned),
        window_s=window,
        labels=_distinct(labels),
        flags=tuple(_flag(len(times), fault) for times, fault in cleaned),
        fs_hz=fs_hz,
        quality=fitting,
    )
    flagged = sum(bool(fault) for _, fault in cleaned)
    if flagged:
        few = f"{flagged} units have" if flagged > 1 else "1 unit has"
        notes.append(f"{few} faulty discharge times; see the flags.")
    return units, notes


def _refuse_clock(trains: Sequence[FloatArray]) -> None:
    """Refuse times of which most lie months away, before they are left out as damage."""
    times = np.concatenate([np.zeros(0), *trains])
    times = times[np.isfinite(times)]
    if times.size > _FEW and np.median(np.abs(times)) > LONGEST_RECORDING_S:
        raise Refusal(
            f"Its discharges come around {np.median(times):,.0f} s, over a month. Are "
            f"the times in us: {spelled('time_unit', 'us')}? If they are clock times, subtract the "
            "start of the recording"
        )


def _refuse_restart(trains: Sequence[FloatArray]) -> None:
    """Refuse units whose times begin anew: two recordings, or two units, in one list.

    Times that are merely out of order go back often, or by little.
    """
    long = [t[np.isfinite(t)] for t in trains if len(t) >= 2 * _FEWEST_OF_PART]
    if sum(map(_restarts, long)) * 2 <= len(long) or not long:
        return
    raise Refusal(
        "The discharge times of most units go up, and begin anew once or more. Are several "
        "recordings in one file, or several units of one name? Save each recording in a file of "
        "its own, and give each unit a name of its own"
    )


def _restarts(times_s: FloatArray) -> bool:
    back = np.flatnonzero(np.diff(times_s) < 0)
    parts = np.diff([0, *(back + 1), len(times_s)])
    if not len(back) or parts.min() < _FEWEST_OF_PART:
        return False
    # One time that is damaged goes back by itself.
    return bool((times_s[back] - times_s[back + 2] > _RESTART_PART * np.ptp(times_s)).all())


def holding(
    window_s: tuple[float, float], trains: Sequence[FloatArray], notes: list[str]
) -> tuple[float, float]:
    """Return a window that holds all discharges but for stray ones, which are flagged.

    A file that counts discharges and signals at different rates, or in different units, has many
    of them beyond its window; none of these is lost, and it is told.

    Parameters
    ----------
    window_s : (float, float)
        As the file states it, or as its signals last.
    trains : sequence of array
        Discharge times (s).
    notes : list of str
        Is told what was done.
    """
    times = np.concatenate([np.zeros(0), *trains])
    times = times[np.isfinite(times) & (np.abs(times) <= LONGEST_RECORDING_S)]
    start, end = window_s
    outside = _outside(times, window_s)
    if np.count_nonzero(outside) * 2 <= times.size:
        # What lies farther away is damage.
        reach = _FARTHEST * (end - start)
        times = times[(times > start - reach) & (times < end + reach)]
        outside = _outside(times, window_s)
        if np.count_nonzero(outside) <= max(_FEW, _STRAY * times.size):
            return window_s
    wide = (min(start, float(times.min())), max(end, float(times.max())))
    notes.append(
        f"{np.count_nonzero(outside):,} of {times.size:,} discharges lie outside of what was "
        f"recorded, {start:g} to {end:g} s; the window is from {wide[0]:g} to {wide[1]:g} s, which "
        "holds them all."
    )
    return wide


def _outside(times: FloatArray, window_s: tuple[float, float]) -> NDArray[np.bool_]:
    """Return which discharges lie outside a window by more than rounding and a first index of 0."""
    return (times < window_s[0] - _ROUNDING_S) | (times > window_s[1] + _ROUNDING_S)


def _window(
    trains: Sequence[FloatArray], length_s: float | None, notes: list[str]
) -> tuple[float, float]:
    plausible = [t[np.isfinite(t) & (t >= 0) & (t <= LONGEST_RECORDING_S)] for t in trains]
    times = np.concatenate([np.zeros(0), *plausible])
    last_s = float(times.max()) if times.size else 0.0
    if not length_s:
        notes.append(NO_LENGTH)
        return 0.0, last_s
    if length_s > LONGEST_RECORDING_S:
        raise Refusal(f"Its signals claim to last {length_s / 86_400:,.0f} days; it is damaged")
    if times.size and np.count_nonzero(times > length_s) * 2 > times.size:
        notes.append(
            f"The signals end after {length_s:g} s, before most discharges; "
            "the window ends at the last discharge."
        )
        return 0.0, last_s
    return 0.0, float(length_s)


def _flag(count: int, fault: str) -> str:
    few = ""
    if count < FEWEST_DISCHARGES:
        few = "no discharges" if count == 0 else f"only {count} discharge{'s' * (count > 1)}"
    return "; ".join(part for part in (few, fault) if part)


def _distinct(labels: Sequence[str]) -> tuple[str, ...]:
    """Return labels of which no two are the same."""
    seen: dict[str, int] = {}
    distinct = []
    for label in labels:
        seen[label] = seen.get(label, 0) + 1
        distinct.append(label if seen[label] == 1 else f"{label} ({seen[label]})")
    return tuple(distinct)


def indices_to_times(indices: ArrayLike, fs_hz: float, first: int) -> FloatArray:
    """Return the times (s) of sample indices that count from `first`."""
    with np.errstate(all="ignore"):
        return (np.asarray(indices, dtype=float).ravel() - first) / fs_hz


def float32(values: Any) -> np.ndarray[Any, Any]:
    """Return values as float32, which is what amplifiers resolve; too large ones become inf."""
    with np.errstate(all="ignore"):
        return np.asarray(values, dtype=np.float32)
