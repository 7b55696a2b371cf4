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
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from renshaw.core.errors import DataError
from renshaw.core.history import Step
from renshaw.core.version import __version__
from renshaw.data.decomposition import Decomposition, HandEdits
from renshaw.data.motor_units import MotorUnits
from renshaw.data.recording import Recording
from renshaw.data.signal import Signal
from renshaw.decomposition.edits import (
    Accept,
    AddDischarges,
    Edit,
    Reestimate,
    RemoveDischarges,
    Restore,
    SetAside,
    edits_from_list,
)
from renshaw.decomposition.settings import TrustSettings
from renshaw.decomposition.source import (
    Source,
    checked_unit,
    has_grid,
    peaks_of,
    settings_of,
    source_from,
)
from renshaw.decomposition.trust import certainty, judged, without_strays

Array = NDArray[Any]

_CITES = ("holobar2007", "negro2016")
_VERB = "edit"
ASIDE = "set aside by hand"


def set_aside(flag: str) -> bool:
    """Return whether a person set the unit of this flag aside."""
    return flag == ASIDE or flag.startswith(f"{ASIDE}: ")


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
class _State:
    """A unit on its way through its edits.

    Parameters
    ----------
    times_s : array
        Its discharges.
    filter_s : array
        The discharges that its filter was estimated from.
    hand : SetAside or Accept or None
        What a person said of it.
    """

    times_s: Array
    filter_s: Array
    hand: Edit | None = None


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
        for number, edit in enumerate(self.edits, start=1):
            if edit.unit > len(self.decomposed.units):
                raise DataError(
                    f"Edit {number} is of unit {edit.unit}, but {self.decomposed.name} has "
                    f"{len(self.decomposed.units)} units."
                )

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
        return replay(self.raw, self.decomposed, self.edits)

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
        return source_from(self.raw, self.decomposed, unit, state.filter_s, state.times_s)

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

    def _state(self, unit: int) -> _State:
        checked_unit(self.decomposed, unit)
        return _edited(self.raw, self.decomposed, unit, self.edits)


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
    edits = Editing(raw, decomposed, tuple(edits)).edits
    if not edits:
        return decomposed
    touched = sorted({edit.unit for edit in edits})
    states = {unit: _edited(raw, decomposed, unit, edits) for unit in touched}
    seen = {unit: _seen(raw, decomposed, unit, state) for unit, state in states.items()}
    how = decomposed.decomposition or Decomposition()
    plain = tuple(edit.to_mapping() for edit in edits)
    return dataclasses.replace(
        decomposed,
        units=_units(decomposed, states, seen),
        signals=_signals(decomposed, {u: s.signal for u, s in seen.items() if s is not None}),
        history=decomposed.history.then(_step(decomposed, edits)),
        decomposition=how.then(HandEdits(plain, _before(decomposed.units, touched))),
    )


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
    return dataclasses.replace(
        recording,
        units=units,
        history=recording.history.without(_VERB),
        decomposition=recording.decomposition.undone(),
    )


def _last_edits(recording: Recording) -> HandEdits | None:
    how = recording.decomposition
    return how.edited[-1] if how is not None and how.edited else None


def _edited(raw: Recording, decomposed: Recording, unit: int, edits: Sequence[Edit]) -> _State:
    times_s = decomposed.units[unit - 1]
    state = _State(times_s, times_s)
    for number, edit in enumerate(edits, start=1):
        if edit.unit == unit:
            try:
                state = _after(raw, decomposed, state, edit)
            except DataError as error:
                raise DataError(f"Edit {number}: {error}") from None
    return state


def _after(raw: Recording, decomposed: Recording, state: _State, edit: Edit) -> _State:
    if isinstance(edit, AddDischarges):
        start_s, end_s = decomposed.units.window_s
        if edit.times_s[0] < start_s or edit.times_s[-1] > end_s:
            raise DataError(f"a discharge of unit {edit.unit} would lie outside the recording.")
        times_s = np.unique(np.concatenate([state.times_s, edit.times_s]))
        return dataclasses.replace(state, times_s=times_s)
    if isinstance(edit, RemoveDischarges):
        return dataclasses.replace(state, times_s=_without(decomposed, state.times_s, edit))
    if isinstance(edit, Reestimate):
        source = source_from(raw, decomposed, edit.unit, state.times_s)
        times_s = without_strays(source.redetected_s, settings_of(decomposed).trust)
        start_s, end_s = decomposed.units.window_s
        times_s = times_s[(times_s >= start_s) & (times_s <= end_s)]
        return dataclasses.replace(state, times_s=times_s, filter_s=state.times_s)
    return dataclasses.replace(state, hand=None if isinstance(edit, Restore) else edit)


def _without(decomposed: Recording, times_s: Array, edit: RemoveDischarges) -> Array:
    """Return the discharges but for those of the edit, each of which must be there."""
    near_s = settings_of(decomposed).agreement_s
    keep = np.ones(len(times_s), dtype=bool)
    for time in edit.times_s:
        at = int(np.argmin(np.abs(times_s - time))) if len(times_s) else -1
        if at < 0 or abs(times_s[at] - time) > near_s:
            raise DataError(f"unit {edit.unit} has no discharge at {time:.4f} s to remove.")
        keep[at] = False
    return times_s[keep]


def _seen(raw: Recording, decomposed: Recording, unit: int, state: _State) -> Source | None:
    """Return the source of an edited unit; None where there is no EMG, or too few discharges."""
    if not has_grid(raw) or len(state.filter_s) < 2:
        return None
    return source_from(raw, decomposed, unit, state.filter_s, state.times_s)


def _units(
    decomposed: Recording, states: Mapping[int, _State], seen: Mapping[int, Source | None]
) -> MotorUnits:
    units = decomposed.units
    times, flags = list(units.times_s), list(units.flags)
    quality = {name: values.copy() for name, values in units.quality.items()}
    own = "confidence" in quality
    if not own and any(isinstance(state.hand, SetAside) for state in states.values()):
        quality["confidence"] = np.full(len(units), np.nan)
    for unit, state in states.items():
        at, source = unit - 1, seen[unit]
        times[at] = state.times_s
        fresh = _figures(decomposed, at, state, source)
        faults = fresh.pop("faults")
        if not own:
            # Another tool's unit is judged by nobody but the person.
            fresh["confidence"], faults = np.nan, flags[at]
        if isinstance(state.hand, SetAside):
            fresh["confidence"] = 0.0
            faults = f"{ASIDE}: {state.hand.why}" if state.hand.why else ASIDE
        elif isinstance(state.hand, Accept):
            fresh["confidence"], faults = fresh.pop("accepted"), ""
        flags[at] = faults
        for name in quality.keys() & fresh.keys():
            quality[name][at] = fresh[name]
    return dataclasses.replace(units, times_s=tuple(times), flags=tuple(flags), quality=quality)


def _figures(
    decomposed: Recording, at: int, state: _State, source: Source | None
) -> dict[str, Any]:
    """Return the quality of an edited unit; without a source that of its source stays."""
    rules = settings_of(decomposed).trust
    quality = decomposed.units.quality
    if source is None:
        old = [quality.get(name) for name in ("silhouette", "pnr_db")]
        figures = [float(v[at]) if v is not None else np.nan for v in old]
    else:
        figures = [source.silhouette, source.pnr_db]
    verdict = judged(
        state.times_s, figures[0], figures[1], rules, _others(decomposed.units, at, rules)
    )
    return {
        "silhouette": figures[0],
        "pnr_db": figures[1],
        "cov_isi_pct": verdict.cov_isi_pct,
        "cv2_pct": verdict.cv2_pct,
        "rate_pps": verdict.rate_pps,
        "confidence": verdict.confidence,
        "accepted": certainty(figures[0], verdict.uneven_pct, rules),
        "faults": "; ".join(verdict.faults),
    }


def _others(units: MotorUnits, at: int, rules: TrustSettings) -> list[Array]:
    """Return the trains of the other units of a unit's grid that stand out of their source."""
    grids, certain = (units.quality.get(name) for name in ("grid", "silhouette"))
    return [
        units[i]
        for i in range(len(units))
        if i != at
        and (grids is None or grids[i] == grids[at])
        and (certain is None or not certain[i] < rules.silhouette_min)
    ]


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
    return {
        str(unit): {
            "times_s": units[unit - 1].tolist(),
            "flag": units.flags[unit - 1],
            "quality": {name: float(values[unit - 1]) for name, values in units.quality.items()},
        }
        for unit in touched
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
    times, flags = list(units.times_s), list(units.flags)
    columns = next((list(was["quality"]) for was in before.values()), list(units.quality))
    quality = {name: units.quality[name].copy() for name in columns}
    for number, was in before.items():
        at = int(number) - 1
        if at < 0:
            raise IndexError(number)
        times[at], flags[at] = np.array(was["times_s"], dtype=float), str(was["flag"])
        for name in columns:
            quality[name][at] = float(was["quality"][name])
    return dataclasses.replace(units, times_s=tuple(times), flags=tuple(flags), quality=quality)
