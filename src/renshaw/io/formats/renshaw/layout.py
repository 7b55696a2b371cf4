"""What this version knows of the layout, to name what a file of a newer version holds beside it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import h5py

from renshaw.io.budget import Budget
from renshaw.io.containers import hdf5
from renshaw.io.formats.renshaw.schema_v1 import text_of

_MOST_NAMED = 12


@dataclass(frozen=True)
class _Part:
    """What is known of a group: its attributes, its members, and the keys of its text."""

    attributes: frozenset[str]
    members: frozenset[str]
    keys: frozenset[str]


def _part(attributes: str = "", members: str = "", keys: str = "") -> _Part:
    return _Part(*(frozenset(words.split()) for words in (attributes, members, keys)))


_SIGNAL = _part("fs_hz start_s", "values", "name unit channels")
# Groups by path; those that are numbered by that of their parent.
_KNOWN = {
    "/": _part(
        "schema schema_version readable_as renshaw_version",
        "units signals events truth grids facts",
        "name notes history",
    ),
    "/units": _part("window_s fs_hz", "times_s counts quality", "labels flags quality"),
    "/events": _part("", "onset_s duration_s", "labels"),
    "/truth": _part("", "signals", "parameters"),
}
_NUMBERED = {
    "/signals": _SIGNAL,
    "/truth/signals": _SIGNAL,
    "/grids": _part("", "channels x_mm y_mm", "name faults"),
}


def unknown_parts(file: Any, budget: Budget) -> tuple[str, ...]:
    """Return the paths of what a file holds and this version does not know.

    Members are named by their path, attributes as ``/units@amplifier``, keys of a group's text as
    ``/units/about:muscle``.
    """
    found: list[str] = []
    for name in _unknown(file, budget):
        if len(found) == _MOST_NAMED:
            return (*found, "and more")
        found.append(name)
    return tuple(found)


def _unknown(file: Any, budget: Budget) -> Iterator[str]:
    for path, part in _KNOWN.items():
        group = _group(file, path)
        if group is not None:
            yield from _beside(group, path.rstrip("/"), part, budget)
    for parent, part in _NUMBERED.items():
        group = _group(file, parent)
        for name in hdf5.names(group) if group is not None else ():
            member = hdf5.member(group, name)
            if name.isdecimal() and isinstance(member, h5py.Group):
                yield from _beside(member, f"{parent}/{name}", part, budget)
            else:
                yield f"{parent}/{name}"


def _beside(group: Any, path: str, part: _Part, budget: Budget) -> Iterator[str]:
    for name in hdf5.names(group):
        if name not in part.members and name != "about":
            yield f"{path}/{name}"
    for name in group.attrs:
        if name not in part.attributes:
            yield f"{path or '/'}@{name}"
    if "about" in hdf5.names(group):
        for key in text_of(group, budget):
            if key not in part.keys:
                yield f"{path}/about:{key}"


def _group(file: Any, path: str) -> Any:
    found = file
    for name in path.strip("/").split("/"):
        found = hdf5.member(found, name) if name else found
        if not isinstance(found, h5py.Group):
            return None
    return found
