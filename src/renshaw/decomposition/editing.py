"""Editing a decomposition: a list of edits that replays to the same numbers, and can be undone.

::

    editing = rs.edit.Editing(raw, decomposed)
    editing = editing.then(rs.edit.Reestimate(3), rs.edit.SetAside(5, why="motion artifact"))
    editing = editing.undone()
    editing.recording.save("edited.h5")

A saved recording can be edited further: `Editing.resumed` finds the edits, and what was there
before them, in its `decomposition`.
"""

from __future__ import annotations

import dataclasses
import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from renshaw.core.errors import DataError
from renshaw.core.history import Step
from renshaw.core.version import __version__
from renshaw.data.agreement import distinct
from renshaw.data.decomposition import Decomposition, HandEdits
from renshaw.data.motor_units import MotorUnits
from renshaw.data.recording import Recording
from renshaw.data.signal import Signal
from renshaw.decomposition.edits import (
    AddDischarges,
    Edit,
    Merge,
    NewUnit,
    RemoveDischarges,
    SetAside,
    Split,
    edits_from_list,
)
from renshaw.decomposition.rejudged import judged_anew
from renshaw.decomposition.source import (
    Source,
    checked_unit,
    found_again,
    has_grid,
    peaks_of,
    settings_of,
    source_from,
)
from renshaw.decomposition.states import State, states_after

Array = NDArray[Any]

_CITES = ("holobar2007", "negro2016")
_VERB = "edit"
# Rates beyond the mean by so many standard deviations are outliers, of so many discharges or more.
_OUTLYING, _FEWEST_FOR_OUTLIERS = 3.0, 10
# Two tools, or grids, time a discharge at different parts of the action potential.
_SHIFT_S = 0.01
# Where nobody says the rate.
_FS_HZ = 2048.0


@dataclass(frozen=True)
class Box:
    """A part of a source.

    Parameters
    ----------
    start_s, end_s : float
    low, high : float
        Heights of the source.
    """

    start_s: float
    end_s: float
    low: float = -np.inf
    high: float = np.inf


@dataclass(frozen=True, eq=False)
class Editing:
    """A decomposition and what a person changes in it.

    Parameters
    ----------
    raw : Recording
        With the signal ``"emg"``. The decomposed recording itself, where it has the EMG; without
        any EMG discharges can be added and removed, but no source is shown or estimated anew.
    decomposed : Recording
        As it was before the edits, from renshaw or another tool.
    edits : tuple of Edit
        Oldest first.

    Raises
    ------
    DataError
        An edit of a unit that is not there.
    """

    raw: Recording
    decomposed: Recording
    edits: tuple[Edit, ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "edits", tuple(self.edits))
        there = len(self.decomposed.units)
        for number, edit in enumerate(self.edits, start=1):
            if edit.unit > there + isinstance(edit, NewUnit):
                raise DataError(
                    f"Edit {number} is of unit {edit.unit}, but {self.decomposed.name} has "
                    f"{there} units."
                )
            there += isinstance(edit, NewUnit | Split)

    @classmethod
    def resumed(cls, recording: Recording, raw: Recording | None = None) -> Editing:
        """Return the editing that a recording came from, so that it can go on or be undone.

        Parameters
        ----------
        recording : Recording
            Edited or not.
        raw : Recording, optional
            The recording with the EMG, where `recording` has none.
        """
        return cls(raw or recording, unedited(recording), edits_of(recording))

    def then(self, *edits: Edit) -> Editing:
        """Return the editing with further edits.

        Parameters
        ----------
        *edits : Edit
            In order.
        """
        return Editing(self.raw, self.decomposed, (*self.edits, *edits))

    def undone(self, count: int = 1) -> Editing:
        """Return the editing without the last edits.

        Parameters
        ----------
        count : int
            How many of the last.
        """
        kept = max(0, len(self.edits) - count)
        return Editing(self.raw, self.decomposed, self.edits[:kept])

    @cached_property
    def recording(self) -> Recording:
        """The edited recording: `replay`."""
        return _replayed(self.raw, self.decomposed, self.edits, self._states)

    @property
    def count(self) -> int:
        """How many units there are after the edits."""
        made = sum(isinstance(edit, NewUnit | Split) for edit in self.edits)
        return len(self.decomposed.units) + made

    def is_locked(self, unit: int) -> bool:
        """Whether `unit`, counted from 1, refuses edits."""
        return self._state(unit).locked

    @cached_property
    def _states(self) -> list[State]:
        return states_after(self.raw, self.decomposed, self.edits)

    def source(self, unit: int) -> Source:
        """Return the source of a unit (from 1) as it is after the edits.

        Parameters
        ----------
        unit : int
            Counted from 1.

        Raises
        ------
        DataError
            No such unit, no EMG, or too few discharges.
        """
        state = self._state(unit)
        return source_from(
            self.raw, self.decomposed, unit, state.filter_s, state.times_s, state.grid
        )

    def found_again(self, unit: int) -> float:
        """Return how well a filter of half of a unit's discharges finds the other half.

        Parameters
        ----------
        unit : int
            Counted from 1.

        Returns
        -------
        float
            F1 of the discharges held out, from 0 to 1; NaN where there are too few.

        Raises
        ------
        DataError
            No such unit, or no EMG.
        """
        state = self._state(unit)
        return found_again(self.raw, self.decomposed, unit, state.times_s, state.grid)

    def to_add(self, unit: int, box: Box) -> AddDischarges | None:
        """Return the edit that makes discharges of the source's peaks in a box; None without.

        Peaks within the refractory time of a discharge are none.

        Parameters
        ----------
        unit : int
            Counted from 1.
        box : Box
            A stretch of time and of heights.
        """
        source = self.source(unit)
        distance = settings_of(self.decomposed).refractory_s
        values, signal = source.signal.values, source.signal
        peaks = peaks_of(values, max(1, round(distance * signal.fs_hz)))
        times = signal.start_s + peaks / signal.fs_hz
        inside = (times >= box.start_s) & (times <= box.end_s)
        inside &= (values[peaks] >= box.low) & (values[peaks] <= box.high)
        far = [bool(np.all(np.abs(source.times_s - t) >= distance)) for t in times[inside]]
        chosen = times[inside][far]
        return AddDischarges(unit, times_s=tuple(chosen.tolist())) if len(chosen) else None

    def to_remove(self, unit: int, box: Box) -> RemoveDischarges | None:
        """Return the edit that removes the discharges in a box of the source; None without.

        Without EMG the heights of the box don't count.

        Parameters
        ----------
        unit : int
            Counted from 1.
        box : Box
            A stretch of time and of heights.
        """
        state = self._state(unit)
        inside = (state.times_s >= box.start_s) & (state.times_s <= box.end_s)
        if has_grid(self.raw) and inside.any():
            signal = self.source(unit).signal
            near = np.rint((state.times_s - signal.start_s) * signal.fs_hz).astype(int)
            heights = signal.values[np.clip(near, 0, len(signal) - 1)]
            inside &= (heights >= box.low) & (heights <= box.high)
        chosen = state.times_s[inside]
        return RemoveDischarges(unit, times_s=tuple(chosen.tolist())) if len(chosen) else None

    def to_remove_outliers(self, unit: int) -> RemoveDischarges | None:
        """Return the edit that removes discharges that come much too soon; None without any.

        Of two discharges whose rate lies beyond the mean by three standard deviations, or that lie
        within the refractory time, the one is removed at which the source is lower; without EMG the
        later one.

        Parameters
        ----------
        unit : int
            Counted from 1.
        """
        state = self._state(unit)
        times_s = state.times_s
        heights = -np.arange(len(times_s), dtype=float)
        if has_grid(self.raw) and len(times_s) > 1:
            heights = self.source(unit).heights
        if len(times_s) < _FEWEST_FOR_OUTLIERS or len(heights) != len(times_s):
            return None
        rates = 1 / np.diff(times_s)
        firing = rates >= 1 / settings_of(self.decomposed).trust.silence_s
        fastest = np.mean(rates[firing]) + _OUTLYING * np.std(rates[firing]) if firing.any() else 0
        soonest_s = max(settings_of(self.decomposed).refractory_s, 1 / fastest if fastest else 0)
        gone = [
            times_s[at if heights[at] < heights[at + 1] else at + 1]
            for at in np.flatnonzero(np.diff(times_s) < soonest_s)
        ]
        return RemoveDischarges(unit, times_s=tuple(map(float, gone))) if gone else None

    def to_set_duplicates_aside(self) -> tuple[SetAside, ...]:
        """Return the edits that set aside all but one of the units that are the same.

        They agree by more than the decomposition's limit, at whatever shift. The first of a pair
        stays that is not set aside, and stands out of its source the most; locked units stay.
        """
        settings, states = settings_of(self.decomposed), self._states
        fs_hz = self.decomposed.units.fs_hz or _FS_HZ
        asked = [i for i, s in enumerate(states) if not isinstance(s.hand, SetAside)]
        certain = self.recording.units.quality.get("silhouette", np.zeros(len(states)))
        keep = distinct(
            [np.rint(states[i].times_s * fs_hz).astype(np.int64) for i in asked],
            [float(np.nan_to_num(certain[i])) + states[i].locked for i in asked],
            settings.agreement_max,
            max(1, round(settings.agreement_s * fs_hz)),
            round(_SHIFT_S * fs_hz),
        )
        stay = {asked[i] for i in keep}
        return tuple(
            SetAside(i + 1, why="the same unit as another")
            for i in asked
            if i not in stay and not states[i].locked
        )

    def _state(self, unit: int) -> State:
        if not 1 <= unit <= len(self._states):
            checked_unit(self.decomposed, unit)
        return self._states[unit - 1]


def replay(raw: Recording, decomposed: Recording, edits: Sequence[Edit]) -> Recording:
    """Do a list of edits; the same edits give the same recording, bit by bit.

    Parameters
    ----------
    raw : Recording
        With the EMG; see `Editing`.
    decomposed : Recording
        Before the edits.
    edits : sequence of Edit

    Returns
    -------
    Recording
        The edited units with quality, flags and sources of today. Its `decomposition` holds the
        edits and what they changed, so that they can be undone. Without edits the recording as it
        was.

    Raises
    ------
    DataError
        A unit or discharge that is not there, or an estimate without EMG; the message says which
        edit it was.
    """
    return Editing(raw, decomposed, tuple(edits)).recording


def _replayed(
    raw: Recording, decomposed: Recording, edits: Sequence[Edit], after: Sequence[State]
) -> Recording:
    if not edits:
        return decomposed
    there = len(decomposed.units)
    touched = {edit.unit for edit in edits} | {e.other for e in edits if isinstance(e, Merge)}
    states = {
        unit: after[unit - 1] for unit in sorted({*touched, *range(there + 1, len(after) + 1)})
    }
    decomposed, before = _with_room(decomposed, after), decomposed
    seen = {unit: _seen(raw, decomposed, unit, state) for unit, state in states.items()}
    how = decomposed.decomposition or Decomposition()
    plain = tuple(edit.to_mapping() for edit in edits)
    return dataclasses.replace(
        decomposed,
        units=judged_anew(raw, decomposed, states, seen),
        signals=_signals(decomposed, {u: s.signal for u, s in seen.items() if s is not None}),
        history=decomposed.history.then(_step(before, edits)),
        decomposition=how.then(HandEdits(plain, _before(before.units, list(states)))),
    )


def _with_room(decomposed: Recording, states: Sequence[State]) -> Recording:
    """Return a recording with a place for each unit that edits made, which nothing is known of."""
    units, made = decomposed.units, states[len(decomposed.units) :]
    if not made:
        return decomposed
    taken, labels, muscles = set(units.labels), list(units.labels), list(units.muscles)
    for state in made:
        number = next(n for n in itertools.count(len(labels) + 1) if str(n) not in taken)
        taken.add(str(number))
        labels.append(str(number))
        muscles.append(muscles[state.parent - 1] if state.parent else "")
    quality = {
        name: np.r_[values, [s.grid if name == "grid" else np.nan for s in made]]
        for name, values in units.quality.items()
    }
    signals, sources = dict(decomposed.signals), decomposed.signals.get("sources")
    if sources is not None and sources.values.shape[1:] == (len(units),):
        room = np.zeros((len(sources), len(made)), sources.values.dtype)
        signals["sources"] = dataclasses.replace(
            sources, values=np.hstack([sources.values, room]), channels=()
        )
    more = dataclasses.replace(
        units,
        times_s=(*units.times_s, *(state.times_s for state in made)),
        labels=tuple(labels),
        muscles=tuple(muscles),
        flags=(*units.flags, *("" for _ in made)),
        quality=quality,
    )
    return dataclasses.replace(decomposed, units=more, signals=signals)


def edits_of(recording: Recording) -> tuple[Edit, ...]:
    """Return the edits that led to a recording; none where it was not edited.

    Parameters
    ----------
    recording : Recording
        Edited or not.

    Raises
    ------
    DataError
        They were tampered with.
    """
    last = _last_edits(recording)
    return () if last is None else edits_from_list(list(last.edits))


def unedited(recording: Recording) -> Recording:
    """Return a recording as it was before its edits.

    Its units, flags and quality are exactly those of then. The sources of edited units are left as
    they are, for `replay` makes them anew.

    Parameters
    ----------
    recording : Recording
        Edited or not.
    """
    last = _last_edits(recording)
    if last is None or recording.decomposition is None:
        return recording
    try:
        units = _units_before(recording.units, last.before)
    except (TypeError, ValueError, KeyError, IndexError, AttributeError):
        raise DataError(
            f"What {recording.name} was before its edits is damaged: they can't be undone."
        ) from None
    signals, sources = dict(recording.signals), recording.signals.get("sources")
    if sources is not None and sources.values.shape[1:] == (len(recording.units),):
        signals["sources"] = dataclasses.replace(
            sources, values=sources.values[:, : len(units)], channels=sources.channels[: len(units)]
        )
    return dataclasses.replace(
        recording,
        units=units,
        signals=signals,
        history=recording.history.without(_VERB),
        decomposition=recording.decomposition.undone(),
    )


def _last_edits(recording: Recording) -> HandEdits | None:
    how = recording.decomposition
    return how.edited[-1] if how is not None and how.edited else None


def _seen(raw: Recording, decomposed: Recording, unit: int, state: State) -> Source | None:
    """Return the source of an edited unit; None where there is no EMG, or too few discharges."""
    if not has_grid(raw) or len(state.filter_s) < 2:
        return None
    return source_from(raw, decomposed, unit, state.filter_s, state.times_s, state.grid)


def _signals(decomposed: Recording, fresh: Mapping[int, Signal]) -> dict[str, Signal]:
    """Return the signals with the new sources in place of the old ones, where they are kept."""
    signals = dict(decomposed.signals)
    old = signals.get("sources")
    if not fresh or old is None or old.values.shape[1:] != (len(decomposed.units),):
        return signals
    values = old.values.copy()
    for unit, signal in fresh.items():
        values[:, unit - 1] = np.interp(old.times_s, signal.times_s, signal.values, 0.0, 0.0)
    signals["sources"] = dataclasses.replace(old, values=values)
    return signals


def _before(units: MotorUnits, touched: Sequence[int]) -> dict[str, Any]:
    """Return the touched units as they were, as plain values."""
    made = {str(unit): {"made": True} for unit in touched if unit > len(units)}
    return made | {
        str(unit): {
            "times_s": units[unit - 1].tolist(),
            "flag": units.flags[unit - 1],
            "quality": {name: float(values[unit - 1]) for name, values in units.quality.items()},
        }
        for unit in touched
        if unit <= len(units)
    }


def _step(decomposed: Recording, edits: Sequence[Edit]) -> Step:
    listed = ", ".join(f"rs.edit.{edit!r}" for edit in edits)
    return Step(
        verb=_VERB,
        code=f"recording = rs.edit.replay(recording, recording, [{listed}])",
        settings={"edits": [edit.to_mapping() for edit in edits]},
        input=decomposed.fingerprint(),
        cites=_CITES,
        version=__version__,
    )


def _units_before(units: MotorUnits, before: Mapping[str, Any]) -> MotorUnits:
    made = [int(number) for number, was in before.items() if was.get("made")]
    count = min([len(units) + 1, *made]) - 1
    times, flags = list(units.times_s[:count]), list(units.flags[:count])
    touched = {int(number) - 1: was for number, was in before.items() if not was.get("made")}
    columns = next((list(was["quality"]) for was in touched.values()), list(units.quality))
    quality = {name: units.quality[name][:count].copy() for name in columns}
    for at, was in touched.items():
        if at < 0:
            raise IndexError(at)
        times[at], flags[at] = np.array(was["times_s"], dtype=float), str(was["flag"])
        for name in columns:
            quality[name][at] = float(was["quality"][name])
    return dataclasses.replace(
        units,
        times_s=tuple(times),
        labels=units.labels[:count],
        flags=tuple(flags),
        muscles=units.muscles[:count],
        quality=quality,
    )
