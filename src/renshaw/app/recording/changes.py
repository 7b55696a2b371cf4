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
    Reestimate,
    RemoveDischarges,
    Restore,
    SetAside,
)

_LONGEST_WHY = 300
_HAND: dict[str, Callable[..., Edit]] = {
    "reestimate": Reestimate,
    "accept": Accept,
    "restore": Restore,
}


def change_of(desk: Desk, case: Case, sent: Mapping[str, Any], at: str) -> Edit:
    """Return the edit that the page asks for.

    Parameters
    ----------
    desk, case
        The recording.
    sent : mapping
        ``kind``, ``unit``; ``why`` of what is set aside; ``times_s``, or ``box`` (start, end, low,
        high) of discharges to add or remove.
    at : str
        When.

    Raises
    ------
    RenshawError
        It can't be done, with the reason.
    """
    editing = editing_of(desk, case)
    kind, unit = sent.get("kind"), sent.get("unit")
    if not isinstance(unit, int) or not 1 <= unit <= len(editing.decomposed.units):
        raise RenshawError("Choose a unit first.")
    if kind == "set_aside":
        return SetAside(unit, at=at, why=str(sent.get("why") or "")[:_LONGEST_WHY].strip())
    if kind in ("add", "remove"):
        return replace(_of_discharges(editing, kind, unit, sent), at=at)
    if kind in _HAND:
        return _HAND[kind](unit, at=at)
    raise RenshawError("There is no such edit.")


def _of_discharges(editing: Editing, kind: str, unit: int, sent: Mapping[str, Any]) -> Edit:
    if "box" not in sent:
        times = sent.get("times_s")
        named = tuple(times) if isinstance(times, list) else ()
        found: Edit = (AddDischarges if kind == "add" else RemoveDischarges)(unit, times_s=named)
        return found
    box = _box(sent["box"])
    edit = editing.to_add(unit, box) if kind == "add" else editing.to_remove(unit, box)
    if edit is None:
        what = "peak of the source" if kind == "add" else "discharge"
        raise RenshawError(f"There is no {what} in the box.")
    return edit


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
    unit = f"Unit {labels[edit.unit - 1]}"
    if isinstance(edit, AddDischarges | RemoveDischarges):
        n, what = len(edit.times_s), "added" if isinstance(edit, AddDischarges) else "removed"
        first, last = edit.times_s[0], edit.times_s[-1]
        where = f"at {first:.3f} s" if n == 1 else f"from {first:.2f} to {last:.2f} s"
        return f"{unit}: {n} discharge{'s' * (n > 1)} {what} {where}"
    if isinstance(edit, SetAside):
        return f"{unit}: set aside" + (f", {edit.why}" if edit.why else "")
    words = {Reestimate: "filter estimated anew", Accept: "accepted", Restore: "judged anew"}
    return f"{unit}: {words.get(type(edit), 'edited')}"
