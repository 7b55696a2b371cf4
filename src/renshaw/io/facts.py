"""What is known of a recording beside its numbers, as plain values: who, which muscle, how found.

renshaw's own files hold it as one JSON text that readers of before simply pass over, and that may
hold more than this version knows. Files of before it have none: what they say of it stands in their
history, from which it is read here and nowhere else.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, fields, replace
from typing import Any

from renshaw.core.version import __version__, of_other_version
from renshaw.data.decomposition import DECOMPOSED, OBSERVED, Decomposition, HandEdits, Stretch
from renshaw.data.recording import Recording

_KNOWN = ("participant", "muscle", "sources", "muscles", "grid_muscles", "decomposition")


def facts_of(recording: Recording) -> dict[str, Any]:
    """Return what is known, as plain values fit for JSON; what is not known is left out."""
    how = recording.decomposition
    facts = {
        "participant": recording.participant,
        "muscle": recording.muscle,
        "sources": list(recording.sources),
        "muscles": list(recording.units.muscles) if any(recording.units.muscles) else [],
        "grid_muscles": [g.muscle for g in recording.grids] if _over(recording) else [],
        "decomposition": None if how is None else _plain(how),
    }
    return {**recording.others, **{name: value for name, value in facts.items() if value}}


def with_facts(
    recording: Recording, facts: Any, written_by: str = "", left_out: Sequence[str] = ()
) -> Recording:
    """Return a recording of whom and of what its file says.

    Parameters
    ----------
    recording : Recording
    facts : mapping or None
        What `facts_of` gave, perhaps in another version; None for a file of before there was such.
    written_by : str
        Version of renshaw that wrote the file.
    left_out : sequence of str
        What else is in the file that this version does not know, by its path.

    Returns
    -------
    Recording
        What this version does not know stands in `others`; a note says so.
    """
    if not isinstance(facts, Mapping):
        said = (*recording.notes, *_unknown({}, written_by, left_out))
        return _of_history(replace(recording, notes=said))
    muscles, over = _texts(facts.get("muscles")), _texts(facts.get("grid_muscles"))
    units, grids = recording.units, recording.grids
    if len(muscles) == len(units):
        units = replace(units, muscles=muscles)
    if len(over) == len(grids):
        grids = tuple(grid.over(muscle) for grid, muscle in zip(grids, over, strict=True))
    others = {str(name): value for name, value in facts.items() if name not in _KNOWN}
    return replace(
        recording,
        units=units,
        grids=grids,
        participant=str(facts.get("participant") or ""),
        muscle=str(facts.get("muscle") or ""),
        sources=_texts(facts.get("sources")),
        decomposition=_decomposition(facts.get("decomposition")),
        others=others,
        notes=(*recording.notes, *_unknown(others, written_by, left_out)),
    )


def _unknown(others: Mapping[str, Any], written_by: str, left_out: Sequence[str]) -> list[str]:
    """Return what another version wrote and this one does not know, in one sentence or none."""
    # What this version kept of another, and wrote again, was said when it was first read.
    again = written_by == __version__
    shown = () if again else tuple(f"{name} = {str(v)[:80]}" for name, v in others.items())
    said = of_other_version(written_by, shown, left_out)
    return [said] if said else []


def _over(recording: Recording) -> bool:
    return any(grid.muscle for grid in recording.grids)


def _plain(how: Decomposition) -> dict[str, Any]:
    edited = [
        {"edits": [dict(edit) for edit in each.edits], "before": dict(each.before)}
        for each in how.edited
    ]
    plain: dict[str, Any] = {"by": how.by, "settings": dict(how.settings), "edited": edited}
    if how.stretches:
        plain["stretches"] = [
            {**asdict(each), "channels": list(each.channels)} for each in how.stretches
        ]
    return plain


def _decomposition(plain: Any) -> Decomposition | None:
    if not isinstance(plain, Mapping):
        return None
    edited = plain.get("edited")
    rounds = [_edits(each) for each in edited] if isinstance(edited, list) else []
    by, settings = str(plain.get("by", "")), _mapping(plain.get("settings"))
    return Decomposition(by, settings, tuple(rounds), _stretches(plain.get("stretches")))


def _stretches(plain: Any) -> tuple[Stretch, ...]:
    """Return the stretches that a file names; what is none of these is passed over."""
    known = {field.name for field in fields(Stretch)}
    found = []
    for each in plain if isinstance(plain, list) else []:
        said = {name: value for name, value in _mapping(each).items() if name in known}
        try:
            said |= {name: float(said[name]) for name in ("start_s", "end_s")}
            found.append(Stretch(**{**said, "grid": int(said.get("grid", 1))}))
        except (KeyError, TypeError, ValueError):
            continue
    return tuple(found)


def _edits(plain: Any) -> HandEdits:
    said = _mapping(plain)
    edits = said.get("edits")
    listed = tuple(edits) if isinstance(edits, list) else ()
    return HandEdits(listed, _mapping(said.get("before")))


def _of_history(recording: Recording) -> Recording:
    """Return what a file of before says of itself: each verb left its facts in its step."""
    who: Mapping[str, Any] = {}
    sources: list[str] = []
    how: Decomposition | None = None
    for step in recording.history.steps:
        if step.verb == "simulate":
            who = who or _mapping(step.settings.get("participant"))
        elif step.verb == "read" and isinstance(step.settings.get("path"), str):
            sources.append(step.settings["path"])
        elif step.verb == "observed":
            how = Decomposition(OBSERVED, step.settings)
        elif step.verb == "decompose":
            how = Decomposition(DECOMPOSED, step.settings)
        elif step.verb == "edit":
            how = (how or Decomposition()).then(_edits(step.settings))
    muscle = str(who.get("muscle") or "")
    return replace(
        recording,
        units=replace(recording.units, muscles=(muscle,) * len(recording.units)),
        grids=tuple(grid.over(muscle) for grid in recording.grids),
        participant=str(who.get("name") or ""),
        muscle=muscle,
        sources=tuple(sources),
        decomposition=how,
    )


def _texts(values: Any) -> tuple[str, ...]:
    listed = values if isinstance(values, Sequence) and not isinstance(values, str) else ()
    return tuple(str(value) for value in listed)


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}
