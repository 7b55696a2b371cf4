"""Edits as the page sends them, and in words."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from renshaw.app.recording.analysis import editing_of
from renshaw.app.recording.case import Case
from renshaw.app.recording.desk import Desk
from renshaw.core.errors import DataError, RenshawError
from renshaw.decomposition.editing import Box, Editing
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

_LONGEST_WHY = 300
_HAND: dict[str, Callable[..., Edit]] = {
    "reestimate": Reestimate,
    "accept": Accept,
    "restore": Restore,
    "lock": Lock,
    "unlock": Unlock,
}
_IN_BOX = ("add", "remove", "split", "new_unit")


def changes_of(desk: Desk, case: Case, sent: Mapping[str, Any], at: str) -> tuple[Edit, ...]:
    """Return the edits that the page asks for: one, or one for each unit that is a duplicate.

    Parameters
    ----------
    desk, case
        The recording.
    sent : mapping
        ``kind``, ``unit``; ``why`` of what is set aside; ``times_s``, or ``box`` (start, end, low,
        high) of discharges to add, remove, split off or make a unit of; ``box`` of a stretch;
        ``other``, the unit that is merged into this one.
    at : str
        When.

    Raises
    ------
    RenshawError
        It can't be done, with the reason.
    """
    editing = editing_of(desk, case)
    kind, unit = sent.get("kind"), sent.get("unit")
    if not isinstance(unit, int) or not 1 <= unit <= editing.count:
        raise RenshawError("Choose a unit first.")
    if kind == "duplicates":
        aside = editing.to_set_duplicates_aside()
        if not aside:
            raise RenshawError("No two units are the same.")
        return tuple(replace(each, at=at) for each in aside)
    return (replace(_change(editing, kind, unit, sent), at=at),)


def _change(editing: Editing, kind: Any, unit: int, sent: Mapping[str, Any]) -> Edit:
    if kind == "set_aside":
        return SetAside(unit, why=str(sent.get("why") or "")[:_LONGEST_WHY].strip())
    if kind in _IN_BOX:
        return _of_discharges(editing, kind, unit, sent)
    if kind in ("artifact", "reestimate") and "box" in sent:
        box = _box(sent["box"])
        made = MarkArtifact if kind == "artifact" else Reestimate
        return made(unit, start_s=box.start_s, end_s=box.end_s)
    if kind == "merge":
        other = sent.get("other")
        if not isinstance(other, int) or not 1 <= other <= editing.count:
            raise RenshawError("Choose a unit to merge with.")
        return Merge(unit, other=other)
    if kind == "outliers":
        outliers = editing.to_remove_outliers(unit)
        if outliers is None:
            raise RenshawError("No discharge of the unit comes much too soon.")
        return outliers
    if kind in _HAND:
        return _HAND[kind](unit)
    raise RenshawError("There is no such edit.")


def _of_discharges(editing: Editing, kind: str, unit: int, sent: Mapping[str, Any]) -> Edit:
    if "box" not in sent:
        times = sent.get("times_s")
        named = tuple(times) if isinstance(times, list) else ()
        found: Edit = (AddDischarges if kind == "add" else RemoveDischarges)(unit, times_s=named)
        return found
    box, of_peaks = _box(sent["box"]), kind in ("add", "new_unit")
    edit = editing.to_add(unit, box) if of_peaks else editing.to_remove(unit, box)
    if edit is None:
        what = "peak of the source that is no discharge" if of_peaks else "discharge"
        raise RenshawError(f"There is no {what} in the box.")
    if kind == "new_unit":
        return NewUnit(editing.count + 1, times_s=edit.times_s)
    return Split(unit, times_s=edit.times_s) if kind == "split" else edit


def _box(sent: Any) -> Box:
    try:
        start, end, low, high = (float(edge) for edge in sent)
    except (TypeError, ValueError):
        raise DataError("A box has a start, an end, a lower and an upper edge.") from None
    if any(map(math.isnan, (start, end, low, high))):
        raise DataError("A box has a start, an end, a lower and an upper edge.")
    return Box(start, end, low, high)


def spoken(edit: Edit, labels: Sequence[str]) -> str:
    """Return an edit in words."""

    def named(unit: int) -> str:
        return labels[unit - 1] if unit <= len(labels) else str(unit)

    unit = f"Unit {named(edit.unit)}"
    if isinstance(edit, AddDischarges | RemoveDischarges | Split | NewUnit):
        n, done = len(edit.times_s), _DONE[type(edit)]
        first, last = edit.times_s[0], edit.times_s[-1]
        where = f"at {first:.3f} s" if n == 1 else f"from {first:.2f} to {last:.2f} s"
        return f"{unit}: {n} discharge{'s' * (n > 1)} {done} {where}"
    if isinstance(edit, SetAside):
        return f"{unit}: set aside" + (f", {edit.why}" if edit.why else "")
    if isinstance(edit, Merge):
        return f"{unit}: merged with unit {named(edit.other)}"
    words = _WORDS.get(type(edit), "edited")
    window = edit.window_s if isinstance(edit, Reestimate | MarkArtifact) else None
    within = "" if window is None else f" from {window[0]:.2f} to {window[1]:.2f} s"
    return f"{unit}: {words}{within}"


_DONE: dict[type[Edit], str] = {
    AddDischarges: "added",
    RemoveDischarges: "removed",
    Split: "split off",
    NewUnit: "made a unit",
}
_WORDS: dict[type[Edit], str] = {
    Reestimate: "filter estimated anew",
    MarkArtifact: "artifact",
    Accept: "accepted",
    Restore: "judged anew",
    Lock: "locked",
    Unlock: "unlocked",
}
