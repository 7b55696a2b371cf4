"""What a list of edits makes of the units, edit by edit; `editing` says what to think of them."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from renshaw.core.errors import DataError
from renshaw.data.recording import Recording
from renshaw.decomposition.edits import (
    Accept,
    AddDischarges,
    Edit,
    Lock,
    MarkArtifact,
    Merge,
    NewUnit,
    Reestimate,
    RemoveDischarges,
    Restore,
    SetAside,
    Split,
    Unlock,
)
from renshaw.decomposition.source import part_of, settings_of, source_from
from renshaw.decomposition.trust import without_strays

Array = NDArray[Any]


@dataclass(frozen=True, eq=False)
class State:
    """A unit on its way through its edits.

    Parameters
    ----------
    times_s : array
        Its discharges.
    filter_s : array
        The discharges that its filter was estimated from.
    hand : SetAside or Accept or None
        What a person said of it.
    estimated : bool
        Whether its discharges are those that a person marked, or a filter found since; then they
        are held against a filter of half of them.
    locked : bool
        Whether it refuses edits.
    artifacts_s : tuple of (float, float)
        Stretches in which nothing is a discharge.
    grid : float
        Number of its grid, for a unit that was not there before; NaN where nobody said.
    parent : int
        The unit that it was split from; 0 for others.
    """

    times_s: Array
    filter_s: Array
    hand: Edit | None = None
    estimated: bool = False
    locked: bool = False
    artifacts_s: tuple[tuple[float, float], ...] = ()
    grid: float = np.nan
    parent: int = 0


def states_after(
    raw: Recording, decomposed: Recording, edits: Sequence[Edit], states: Sequence[State] = ()
) -> list[State]:
    """Return all units after a list of edits, those that the edits made at the end.

    Parameters
    ----------
    raw : Recording
        With the EMG, where a filter is estimated.
    decomposed : Recording
        Before all edits.
    edits : sequence of Edit
    states : sequence of State, optional
        Where to go on from; the units of `decomposed` by default.

    Raises
    ------
    DataError
        An edit that can't be done; the message counts edits from 1.
    """
    now = list(states) or [State(t, t) for t in decomposed.units.times_s]
    for number, edit in enumerate(edits, start=1):
        try:
            _do(raw, decomposed, now, edit)
        except DataError as error:
            raise DataError(f"Edit {number}: {error}") from None
    return now


def _do(raw: Recording, decomposed: Recording, states: list[State], edit: Edit) -> None:
    made = isinstance(edit, NewUnit)
    if made and edit.unit != len(states) + 1:
        raise DataError(f"a new unit would be unit {len(states) + 1}, not {edit.unit}.")
    if not made and edit.unit > len(states):
        raise DataError(f"it is of unit {edit.unit}, but there are {len(states)} units.")
    if not made and states[edit.unit - 1].locked and not isinstance(edit, Unlock):
        raise DataError(f"unit {edit.unit} is locked; unlock it first.")
    if isinstance(edit, NewUnit):
        times_s = _inside(decomposed, np.array(edit.times_s), edit.unit)
        grid = float(edit.grid or (1 if len(decomposed.grids) == 1 else np.nan))
        states.append(State(times_s, times_s, estimated=True, grid=grid))
    elif isinstance(edit, Merge):
        _merge(decomposed, states, edit)
    elif isinstance(edit, Split):
        old = states[edit.unit - 1]
        kept = _without(decomposed, old.times_s, edit)
        moved = old.times_s[~np.isin(old.times_s, kept)]
        grid = _grid_of(decomposed, states, edit.unit)
        states[edit.unit - 1] = _anew(old, kept)
        states.append(State(moved, moved, estimated=True, grid=grid, parent=edit.unit))
    else:
        states[edit.unit - 1] = _after(raw, decomposed, states[edit.unit - 1], edit)


def _after(raw: Recording, decomposed: Recording, state: State, edit: Edit) -> State:
    for kind, done in _DONE.items():
        if isinstance(edit, kind):
            return done(raw, decomposed, state, edit)
    raise DataError(f"there is no way to do {type(edit).__name__}.")


def _added(raw: Recording, decomposed: Recording, state: State, edit: AddDischarges) -> State:
    del raw
    added = _inside(decomposed, np.array(edit.times_s), edit.unit)
    if len(_outside(added, state.artifacts_s)) < len(added):
        raise DataError(
            f"a discharge of unit {edit.unit} would lie in a stretch that is marked as artifact."
        )
    times_s = np.unique(np.concatenate([state.times_s, added]))
    return dataclasses.replace(state, times_s=times_s)


def _removed(raw: Recording, decomposed: Recording, state: State, edit: RemoveDischarges) -> State:
    del raw
    return dataclasses.replace(state, times_s=_without(decomposed, state.times_s, edit))


def _reestimated(raw: Recording, decomposed: Recording, state: State, edit: Reestimate) -> State:
    """Return the unit with the discharges that its filter finds, in a window where there is one."""
    start_s, end_s = edit.window_s or (-np.inf, np.inf)
    within = (state.times_s >= start_s) & (state.times_s <= end_s)
    learned_s = _outside(state.times_s[within], state.artifacts_s)
    part = raw if edit.window_s is None else part_of(raw, start_s, end_s)
    source = source_from(part, decomposed, edit.unit, learned_s)
    gaps_s = left_out_s(decomposed, edit.unit, state.grid)
    found_s = _outside(source.redetected_s, gaps_s)
    found_s = without_strays(found_s, settings_of(decomposed).trust, gaps_s)
    first_s, last_s = decomposed.units.window_s
    found_s = found_s[(found_s >= max(first_s, start_s)) & (found_s <= min(last_s, end_s))]
    found_s = _outside(found_s, state.artifacts_s)
    times_s = np.unique(np.concatenate([state.times_s[~within], found_s]))
    filter_s = learned_s if edit.window_s is None else times_s
    return dataclasses.replace(state, times_s=times_s, filter_s=filter_s, estimated=True)


def left_out_s(decomposed: Recording, unit: int, grid: float) -> tuple[tuple[float, float], ...]:
    """Return the start and end of each stretch of time that was left out on the grid of a unit.

    Parameters
    ----------
    decomposed : Recording
    unit : int
        From 1.
    grid : float
        Number of its grid, for a unit that was not there before; NaN where nobody said.
    """
    how, grids = decomposed.decomposition, decomposed.units.quality.get("grid")
    if how is None:
        return ()
    stated = grids[unit - 1] if grids is not None and unit <= len(grids) else grid
    number = next((n for n in (stated, grid) if np.isfinite(n)), 1)
    return how.gaps_s(int(number))


def _marked(raw: Recording, decomposed: Recording, state: State, edit: MarkArtifact) -> State:
    del raw, decomposed
    artifacts_s = (*state.artifacts_s, *filter(None, [edit.window_s]))
    return dataclasses.replace(
        state,
        artifacts_s=artifacts_s,
        times_s=_outside(state.times_s, artifacts_s),
        filter_s=_outside(state.filter_s, artifacts_s),
    )


def _said(raw: Recording, decomposed: Recording, state: State, edit: Edit) -> State:
    del raw, decomposed
    return dataclasses.replace(state, hand=None if isinstance(edit, Restore) else edit)


def _locked(raw: Recording, decomposed: Recording, state: State, edit: Edit) -> State:
    del raw, decomposed
    return dataclasses.replace(state, locked=isinstance(edit, Lock))


_DONE: dict[type[Edit], Callable[[Recording, Recording, State, Any], State]] = {
    AddDischarges: _added,
    RemoveDischarges: _removed,
    Reestimate: _reestimated,
    MarkArtifact: _marked,
    SetAside: _said,
    Accept: _said,
    Restore: _said,
    Lock: _locked,
    Unlock: _locked,
}


def _merge(decomposed: Recording, states: list[State], edit: Merge) -> None:
    """Give a unit the discharges of another, which is set aside; what both saw counts once."""
    if edit.other > len(states) or edit.other == edit.unit:
        raise DataError(f"unit {edit.unit} can't be merged with unit {edit.other}.")
    one, two = states[edit.unit - 1], states[edit.other - 1]
    if two.locked:
        raise DataError(f"unit {edit.other} is locked; unlock it first.")
    refractory_s = settings_of(decomposed).refractory_s
    alone = _outside(two.times_s, [(t - refractory_s, t + refractory_s) for t in one.times_s])
    times_s = _outside(np.unique(np.concatenate([one.times_s, alone])), one.artifacts_s)
    states[edit.unit - 1] = _anew(one, times_s)
    why = f"merged into unit {edit.unit}"
    aside = SetAside(edit.other, why=why, by=edit.by, at=edit.at)
    states[edit.other - 1] = dataclasses.replace(two, hand=aside)


def _anew(state: State, times_s: Array) -> State:
    return dataclasses.replace(state, times_s=times_s, filter_s=times_s, estimated=True)


def _grid_of(decomposed: Recording, states: Sequence[State], unit: int) -> float:
    if unit > len(decomposed.units):
        return states[unit - 1].grid
    stated = decomposed.units.quality.get("grid")
    return float(stated[unit - 1]) if stated is not None else np.nan


def _inside(decomposed: Recording, times_s: Array, unit: int) -> Array:
    start_s, end_s = decomposed.units.window_s
    if times_s[0] < start_s or times_s[-1] > end_s:
        raise DataError(f"a discharge of unit {unit} would lie outside the recording.")
    return times_s


def _outside(times_s: Array, stretches_s: Sequence[tuple[float, float]]) -> Array:
    keep = np.ones(len(times_s), dtype=bool)
    for start_s, end_s in stretches_s:
        first, last = np.searchsorted(times_s, start_s), np.searchsorted(times_s, end_s, "right")
        keep[first:last] = False
    return times_s[keep]


def _without(decomposed: Recording, times_s: Array, edit: RemoveDischarges | Split) -> Array:
    """Return the discharges but for those of the edit, each of which must be there."""
    near_s = settings_of(decomposed).agreement_s
    keep = np.ones(len(times_s), dtype=bool)
    for time in edit.times_s:
        at = int(np.argmin(np.abs(times_s - time))) if len(times_s) else -1
        if at < 0 or abs(times_s[at] - time) > near_s:
            raise DataError(f"unit {edit.unit} has no discharge at {time:.4f} s to remove.")
        keep[at] = False
    return times_s[keep]
