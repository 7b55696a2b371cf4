"""Any MATLAB file: its motor units are known by their shape, whatever the variables are called.

A cell of rising numbers, a padded matrix, a matrix of zeros and ones, columns of unit and time, a
variable or a struct a unit: whatever there is one of is read. Of several the person chooses, by
`ReadOptions.variable`. The sampling rate, the torque and the EMG go by the names that laboratories
give them. What only MATLAB can open is named.
"""

from __future__ import annotations

from dataclasses import replace

from renshaw.data.recording import Recording
from renshaw.io.format import FORMATS, LAST, Format
from renshaw.io.formats.matlab import trains
from renshaw.io.formats.matlab.reading import raw_of, recording_of
from renshaw.io.formats.matlab.workspace import Workspace
from renshaw.io.options import ReadOptions, spelled
from renshaw.io.probe import Probe
from renshaw.io.refusal import Refusal

_SAVE = {
    "table": "table2struct({name}, 'ToScalar', true)",
    "timetable": "table2struct(timetable2table({name}), 'ToScalar', true)",
    "string": "cellstr({name})",
    "categorical": "cellstr({name})",
    "datetime": "posixtime({name})",
    "duration": "seconds({name})",
    "containers.Map": "values({name})",
}


def recognizes(probe: Probe) -> bool:
    """Whether it is a MATLAB file of any version."""
    return probe.kind in ("mat4", "mat5", "mat73")


def read(probe: Probe) -> Recording:
    """Read whatever can be motor units, else raw EMG."""
    workspace, options = Workspace(probe.matlab), probe.options
    if options.variable is not None:
        return _chosen(workspace, options.variable, options)
    candidates = trains.found(workspace)
    if len(candidates) > 1:
        raise trains.ambiguous(candidates)
    if candidates:
        recording = recording_of(candidates[0], workspace, options)
        note = f"The motor units are the file's {candidates[0]}."
        return replace(recording, notes=(note, *recording.notes))
    raw = raw_of(workspace, options)
    if raw is None:
        raise _nothing(workspace)
    return raw


def _chosen(workspace: Workspace, name: str, options: ReadOptions) -> Recording:
    """Return what a variable holds that a person named: motor units, or raw EMG."""
    path = workspace.path(name)
    if path is None:
        raise Refusal(f"It has no variable {name}. It holds: {_content(workspace)}")
    found = trains.named(path, workspace[path])
    if found is not None:
        return recording_of(found, workspace, options)
    raw = raw_of(workspace, options, path)
    if raw is None:
        held = _content(workspace)
        raise Refusal(f"Its {path} holds no motor units and no EMG. It holds: {held}")
    return raw


def _nothing(workspace: Workspace) -> Refusal:
    """Return the refusal of a file in which nothing is found, with what there is."""
    shut = workspace.only_matlab
    said = "It is a MATLAB file without motor units that renshaw knows"
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


def _content(workspace: Workspace, leaving: object = ()) -> str:
    """Return the variables of a file, each with what it is."""
    left = [path for path in workspace if path not in leaving]  # type: ignore[operator]
    words = [f"{path} ({_shape(workspace[path])})" for path in left[:12]]
    return ", ".join(words) + (f" and {len(left) - 12} more" if len(left) > 12 else "")


def _shape(value: object) -> str:
    if isinstance(value, str | list):
        return "text"
    shape = getattr(value, "shape", None)
    if not shape:
        return getattr(value, "kind", "empty")
    size = " x ".join(map(str, shape))
    return f"{size} cell" if value.dtype == object else size  # type: ignore[attr-defined]


FORMATS.add(
    Format(
        name="matlab",
        title="MATLAB",
        description="any other MATLAB .mat with discharge times, spike trains or raw EMG, "
        "v4, v5 or v7.3",
        # After plug-ins too: whoever knows a file better comes first.
        rank=2 * LAST,
        endings=(".mat",),
        holds="units, force, raw EMG; variables of any name, in structs too",
        recognizes=recognizes,
        read=read,
    )
)
