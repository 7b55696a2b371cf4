"""A recording of any workspace: whatever in it can be motor units, else raw EMG, else a refusal."""

from __future__ import annotations

from collections.abc import Container
from dataclasses import replace
from typing import Any

import numpy as np

from renshaw.data.recording import Recording
from renshaw.io.containers.matlab import MatFile
from renshaw.io.formats.matlab import trains
from renshaw.io.formats.matlab.reading import raw_of, recording_of
from renshaw.io.formats.matlab.trains import Trains
from renshaw.io.formats.matlab.workspace import Workspace
from renshaw.io.options import ReadOptions, spelled
from renshaw.io.refusal import Refusal

# What makes, in MATLAB, of its own objects what others can open.
_SAVE = {
    "table": "table2struct({name}, 'ToScalar', true)",
    "timetable": "table2struct(timetable2table({name}), 'ToScalar', true)",
    "string": "cellstr({name})",
    "categorical": "cellstr({name})",
    "datetime": "posixtime({name})",
    "duration": "seconds({name})",
    "containers.Map": "values({name})",
}


def read_any(
    file: MatFile, options: ReadOptions, program: str, first: int | None = None
) -> Recording:
    """Return the recording in the variables of a file, whatever they are called.

    Parameters
    ----------
    file : MatFile
    options : ReadOptions
    program : str
        Whose file it is, with its article, for a refusal: ``"a MATLAB"``.
    first : int, optional
        The first index of a sample, where the program counts from 0 or 1 by custom.
    """
    workspace = Workspace(file)
    if options.variable is not None:
        return _chosen(workspace, options.variable, options, first)
    candidates = trains.found(workspace)
    if len(candidates) > 1:
        raise trains.ambiguous(candidates)
    if candidates:
        recording = recording_of(_from(candidates[0], first), workspace, options)
        note = f"The motor units are the file's {candidates[0]}."
        return replace(recording, notes=(note, *recording.notes))
    raw = raw_of(workspace, options)
    if raw is None:
        raise _nothing(workspace, program)
    return raw


def _from(found: Trains, first: int | None) -> Trains:
    return found if first is None or found.samples else replace(found, first=first)


def _chosen(workspace: Workspace, name: str, options: ReadOptions, first: int | None) -> Recording:
    """Return what a variable holds that a person named: motor units, or raw EMG."""
    path = workspace.path(name)
    if path is None:
        raise Refusal(f"It has no variable {name}. It holds: {_content(workspace)}")
    found = trains.named(path, workspace[path])
    if found is not None:
        return recording_of(_from(found, first), workspace, options)
    raw = raw_of(workspace, options, path)
    if raw is None:
        held = _content(workspace)
        raise Refusal(f"Its {path} holds no motor units and no EMG. It holds: {held}")
    return raw


def _nothing(workspace: Workspace, program: str) -> Refusal:
    """Return the refusal of a file in which nothing is found, with what there is."""
    shut = workspace.only_matlab
    said = f"It is {program} file without motor units that renshaw knows"
    if not workspace:
        return Refusal(f"{said} (variables: none). Save the variables with the motor units")
    if shut:
        names = ", ".join(f"{path} ({kind})" for path, kind in list(shut.items())[:8])
        steps = "; ".join(
            f"{path.replace('.', '_')} = {_SAVE[kind].format(name=path)}"
            for path, kind in list(shut.items())[:4]
            if kind in _SAVE
        )
        cure = f"In MATLAB: {steps}; then save them again" if steps else "Save numbers and cells"
        rest = _content(workspace, leaving=shut)
        others = f" Its other variables are {rest}." if rest else ""
        return Refusal(f"{said}. Only MATLAB can open {names}.{others} {cure}")
    return Refusal(
        f"{said} (variables: {_content(workspace)}). Motor units are a cell of discharge times, "
        f"one a unit, or a matrix of zeros and ones; if they are there, name them: "
        f"{spelled('variable', 'NAME')}"
    )


def _content(workspace: Workspace, leaving: Container[str] = ()) -> str:
    """Return the variables of a file, each with what it is."""
    left = [path for path in workspace if path not in leaving]
    words = [f"{path} ({_shape(workspace[path])})" for path in left[:12]]
    return ", ".join(words) + (f" and {len(left) - 12} more" if len(left) > 12 else "")


def _shape(value: Any) -> str:
    if isinstance(value, str | list):
        return "text"
    if not isinstance(value, np.ndarray):
        return str(getattr(value, "kind", "empty"))
    size = " x ".join(map(str, value.shape))
    return f"{size} cell" if value.dtype == object else size
