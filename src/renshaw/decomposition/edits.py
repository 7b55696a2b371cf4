"""Edits: what a person changes in a decomposition, as values that replay and go into JSON."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from typing import Any

from renshaw.core.errors import DataError, suggestion
from renshaw.core.plain_json import read_json, why_no_json

_MOST_EDITS = 100_000
_MOST_TIMES = 1_000_000


@dataclass(frozen=True)
class Edit:
    """One change of one unit.

    Parameters
    ----------
    unit : int
        Which unit, from 1. Edits never reorder units or take them out of a recording.
    by, at : str
        Who did it and when, where that is kept.

    Raises
    ------
    DataError
        A unit that is no number from 1 on.
    """

    unit: int
    by: str = ""
    at: str = ""

    def __post_init__(self) -> None:
        if isinstance(self.unit, bool) or not isinstance(self.unit, int) or self.unit < 1:
            raise DataError(f"An edit of unit {self.unit!r}: units are counted from 1.")
        if not isinstance(self.by, str) or not isinstance(self.at, str):
            raise DataError(f"An edit of unit {self.unit}: by and at must be texts.")

    def to_mapping(self) -> dict[str, Any]:
        """Return plain values, fit for JSON; what is empty or not said is left out."""
        values = {f.name: getattr(self, f.name) for f in fields(self)}
        said = {k: v for k, v in values.items() if v is not None and v != ""}
        plain = {k: list(v) if isinstance(v, tuple) else v for k, v in said.items()}
        return {"kind": _NAMES[type(self)], **plain}


@dataclass(frozen=True)
class _OfDischarges(Edit):
    """An edit that names discharges.

    Parameters
    ----------
    times_s : tuple of float
    """

    times_s: tuple[float, ...] = ()

    def __post_init__(self) -> None:
        super().__post_init__()
        try:
            times = tuple(sorted({float(t) for t in self.times_s}))
        except (TypeError, ValueError):
            times = ()
        if not 0 < len(times) <= _MOST_TIMES or not all(map(math.isfinite, times)):
            raise DataError(f"An edit of unit {self.unit} must name its discharges, in seconds.")
        object.__setattr__(self, "times_s", times)


@dataclass(frozen=True)
class AddDischarges(_OfDischarges):
    """Add discharges at these times.

    Parameters
    ----------
    unit : int
        Counted from 1.
    by : str
        Who did it.
    at : str
        When, as ISO 8601 writes it.
    times_s : tuple of float
        Of the discharges.
    """


@dataclass(frozen=True)
class RemoveDischarges(_OfDischarges):
    """Remove the discharges at these times.

    Parameters
    ----------
    unit : int
        Counted from 1.
    by : str
        Who did it.
    at : str
        When, as ISO 8601 writes it.
    times_s : tuple of float
        Of the discharges.
    """


@dataclass(frozen=True)
class Split(_OfDischarges):
    """Split a unit: these of its discharges become a unit of their own, counted last.

    Parameters
    ----------
    unit : int
        Counted from 1.
    by : str
        Who did it.
    at : str
        When, as ISO 8601 writes it.
    times_s : tuple of float
        Of the discharges that go.
    """


@dataclass(frozen=True)
class NewUnit(_OfDischarges):
    """Make a unit of discharges that a person marked.

    Parameters
    ----------
    unit : int
        The number that it gets: one more than there are units.
    by : str
        Who did it.
    at : str
        When, as ISO 8601 writes it.
    times_s : tuple of float
        Of the discharges.
    grid : int
        Number of the grid in which it was seen, from 1; 0: any.
    """

    grid: int = 0

    def __post_init__(self) -> None:
        super().__post_init__()
        if isinstance(self.grid, bool) or not isinstance(self.grid, int) or self.grid < 0:
            raise DataError(f"An edit of unit {self.unit}: grids are counted from 1.")


@dataclass(frozen=True)
class Merge(Edit):
    """Give a unit the discharges of another one, which is set aside.

    Discharges of both within the refractory time are one, that of the first unit.

    Parameters
    ----------
    unit : int
        Counted from 1.
    by : str
        Who did it.
    at : str
        When, as ISO 8601 writes it.
    other : int
        The unit that goes into it.
    """

    other: int = 0

    def __post_init__(self) -> None:
        super().__post_init__()
        if isinstance(self.other, bool) or not isinstance(self.other, int) or self.other < 1:
            raise DataError(f"An edit of unit {self.unit}: merged with {self.other!r}, no unit.")


@dataclass(frozen=True)
class _OfStretch(Edit):
    """An edit of a stretch of time.

    Parameters
    ----------
    start_s, end_s : float or None
    """

    start_s: float | None = None
    end_s: float | None = None

    def __post_init__(self) -> None:
        super().__post_init__()
        for name in ("start_s", "end_s"):
            value = getattr(self, name)
            if value is None:
                continue
            if isinstance(value, bool) or not isinstance(value, int | float):
                value = math.nan
            object.__setattr__(self, name, float(value))
        ends = [self.start_s, self.end_s]
        said = [end for end in ends if end is not None]
        if len(said) == 1 or not all(map(math.isfinite, said)) or said != sorted(set(said)):
            raise DataError(
                f"An edit of unit {self.unit}: a stretch has a start and a later end, in seconds."
            )

    @property
    def window_s(self) -> tuple[float, float] | None:
        """The stretch, or None for the whole recording."""
        if self.start_s is None or self.end_s is None:
            return None
        return self.start_s, self.end_s


@dataclass(frozen=True)
class Reestimate(_OfStretch):
    """Estimate the unit's filter anew from its discharges, and find its discharges anew.

    Parameters
    ----------
    unit : int
        Counted from 1.
    by : str
        Who did it.
    at : str
        When, as ISO 8601 writes it.
    start_s, end_s : float, optional
        Only in this stretch: its filter is of the EMG and the discharges within it, and those
        outside stay.
    """


@dataclass(frozen=True)
class MarkArtifact(_OfStretch):
    """Mark a stretch in which nothing is a discharge of the unit, now and when it is re-estimated.

    Parameters
    ----------
    unit : int
        Counted from 1.
    by : str
        Who did it.
    at : str
        When, as ISO 8601 writes it.
    start_s, end_s : float
        The stretch.
    """

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.start_s is None:
            raise DataError(f"An edit of unit {self.unit}: an artifact has a start and an end.")


@dataclass(frozen=True)
class Lock(Edit):
    """Lock the unit: it refuses edits until it is unlocked.

    Parameters
    ----------
    unit : int
        Counted from 1.
    by : str
        Who did it.
    at : str
        When, as ISO 8601 writes it.
    """


@dataclass(frozen=True)
class Unlock(Edit):
    """Take back `Lock`.

    Parameters
    ----------
    unit : int
        Counted from 1.
    by : str
        Who did it.
    at : str
        When, as ISO 8601 writes it.
    """


@dataclass(frozen=True)
class SetAside(Edit):
    """Set the unit aside: it keeps its discharges, but is not trusted.

    Parameters
    ----------
    why : str
    unit : int
        Counted from 1.
    by : str
        Who did it.
    at : str
        When, as ISO 8601 writes it.
    """

    why: str = ""

    def __post_init__(self) -> None:
        super().__post_init__()
        if not isinstance(self.why, str):
            raise DataError(f"An edit of unit {self.unit}: why must be a text.")


@dataclass(frozen=True)
class Accept(Edit):
    """Accept the unit in spite of what speaks against it.

    Parameters
    ----------
    unit : int
        Counted from 1.
    by : str
        Who did it.
    at : str
        When, as ISO 8601 writes it.
    """


@dataclass(frozen=True)
class Restore(Edit):
    """Take back `SetAside` or `Accept`: the unit is judged by its source and its firing again.

    Parameters
    ----------
    unit : int
        Counted from 1.
    by : str
        Who did it.
    at : str
        When, as ISO 8601 writes it.
    """


KINDS: dict[str, type[Edit]] = {
    "add": AddDischarges,
    "remove": RemoveDischarges,
    "reestimate": Reestimate,
    "merge": Merge,
    "split": Split,
    "new_unit": NewUnit,
    "artifact": MarkArtifact,
    "lock": Lock,
    "unlock": Unlock,
    "set_aside": SetAside,
    "accept": Accept,
    "restore": Restore,
}
_NAMES = {kind: name for name, kind in KINDS.items()}


def edit_from_mapping(plain: Any) -> Edit:
    """Make an edit of what `Edit.to_mapping` gave.

    Raises
    ------
    DataError
        It is no edit; the message says why.
    """
    if not isinstance(plain, Mapping):
        raise DataError(f"An edit must be a table of entries, not {str(plain)[:40]!r}.")
    values = dict(plain)
    name = values.pop("kind", None)
    if not isinstance(name, str) or name not in KINDS:
        raise DataError(
            f"There is no edit of kind {name!r}.",
            code="data.unknown",
            name="kind",
            value=name,
            hint=suggestion(str(name), KINDS),
        )
    kind = KINDS[name]
    known = [f.name for f in fields(kind)]
    for entry in values:
        if entry not in known:
            raise DataError(
                f"An edit of kind {name!r} has no entry {entry!r}.",
                code="data.unknown",
                owner=name,
                name=str(entry),
                hint=suggestion(str(entry), known),
            )
    if isinstance(values.get("times_s"), list):
        values["times_s"] = tuple(values["times_s"])
    return kind(**{"unit": 0, **values})


def edits_to_json(edits: Iterable[Edit]) -> str:
    """Return a list of edits as JSON text, from which `edits_from_json` makes them again.

    Parameters
    ----------
    edits : iterable of Edit
        In the order in which they were made.
    """
    return json.dumps([edit.to_mapping() for edit in edits], indent=1)


def edits_from_json(text: str | bytes) -> tuple[Edit, ...]:
    """Make the edits that `edits_to_json` wrote.

    Parameters
    ----------
    text : str or bytes
        JSON.

    Raises
    ------
    DataError
        Not JSON, no list, or an edit that is none; the message counts edits from 1.
    """
    try:
        plain = read_json(text)
    except (ValueError, RecursionError) as error:
        raise DataError(f"The list of edits can't be read: {why_no_json(error)}.") from None
    return edits_from_list(plain)


def edits_from_list(plain: Any) -> tuple[Edit, ...]:
    """Make edits of a list of plain values."""
    if not isinstance(plain, list) or len(plain) > _MOST_EDITS:
        raise DataError(f"Edits must be a list of at most {_MOST_EDITS:,} edits.")
    edits = []
    for number, entry in enumerate(plain, start=1):
        try:
            edits.append(edit_from_mapping(entry))
        except DataError as error:
            raise DataError(f"Edit {number}: {error}") from None
    return tuple(edits)
