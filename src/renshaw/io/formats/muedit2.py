"""Archives of MUedit2 (``.npz``), decomposed (``*_decomp.npz``) or edited (``*_edited.npz``).

In schema 2 ``spike_times`` are the sample indices (from 0) of all units and ``spike_offsets`` where
each unit begins. Schema 1 keeps ``discharge_times``, ``grid_names`` and ``muscle`` as arrays of
objects, which `numpy_objects` reads without building any. What a person edited stands beside an
archive, in a JSON file of its name: ``mu_uids`` name the units, ``history`` lists every edit.

Source: docs/saved-files.md of MUedit2 2.1.
"""

from __future__ import annotations

import dataclasses
import itertools
import math
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from renshaw.core.made_of import seen
from renshaw.core.plain_json import read_json
from renshaw.data.decomposition import Decomposition, HandEdits
from renshaw.data.motor_units import MotorUnits
from renshaw.data.recording import Recording
from renshaw.data.signal import Signal
from renshaw.io.bids.sheet import content_of
from renshaw.io.containers import matlab
from renshaw.io.containers.numpy_files import NumpyArchive
from renshaw.io.format import FORMATS, Format
from renshaw.io.limits import MOST_UNITS
from renshaw.io.probe import Probe
from renshaw.io.refusal import Refusal
from renshaw.io.trains import float32, indices_to_times, motor_units

_TIMES = ("spike_times", "discharge_times", "pulse_trains")
_PICKLED = (
    "Its {name} are pickled Python objects ({object}), which MUedit2 does not write and renshaw "
    "never builds, because a pickle can run code. Read the *_events.tsv that MUedit2 saves among "
    "the derivatives, or the file as MUedit2 saved it"
)
# Edits of a single unit take its flag away, as in MUedit2 itself.
_OF_FLAG, _KEEPS_FLAG = "flag_mu", ("duplicate_mu",)


def recognizes(probe: Probe) -> bool:
    """Whether it is an archive with discharge times or pulse trains, or the log of its edits."""
    if probe.kind == "text":
        return _is_log(probe.text_head)
    if probe.kind != "zip":
        return False
    with NumpyArchive(probe, _PICKLED) as box:
        if "spike_times" in box.names:
            # Other programs keep spike_times, too, beside the unit of each.
            return "spike_offsets" in box.names
        return any(name in box.names for name in _TIMES)


def read(probe: Probe) -> Recording:
    """Read the discharge times, the EMG where it is there, and what was edited."""
    if probe.kind == "text":
        return _of_log(probe)
    with NumpyArchive(probe, _PICKLED) as box:
        fs_hz = matlab.rate(_atleast_2d(box.array("fsamp")), "fsamp", probe.options.fs_hz)
        trains = _trains(box)
        signals = {}
        emg = box.array("emg_data")
        if emg is not None and emg.ndim == 2 and emg.shape[1] > 1:
            signals["emg"] = Signal(float32(emg).T, fs_hz)
        pulses = box.array("pulse_trains")
        if pulses is not None and pulses.ndim == 2 and len(pulses) == len(trains) and len(trains):
            signals["sources"] = Signal(float32(pulses).T, fs_hz)
        total = box.array("total_samples")
        samples = float(total.ravel()[0]) if total is not None and total.size else 0.0
        samples = samples if math.isfinite(samples) and samples > 0 else 0.0
        units, remarks = motor_units(
            [indices_to_times(train, fs_hz, 0) for train in trains],
            length_s=max([samples, *(len(s) for s in signals.values())]) / fs_hz,
            fs_hz=fs_hz,
            labels=_labels(box, len(trains)),
            quality={"silhouette": matlab.vector(box.array("sil"))},
        )
        units = dataclasses.replace(units, muscles=_muscles(box, len(trains)))
        notes = [*_grid_notes(box), *remarks]
    log = probe.path.with_suffix(".json")
    # A saved file of that very name has no log beside it.
    said = {} if log == probe.path else content_of(log)
    edits = _edits(said, notes)
    units = _flagged(units, said, edits)
    how = Decomposition("muedit2", edited=(HandEdits(edits),)) if edits else None
    return Recording(units, signals, notes=tuple(notes), decomposition=how)


def _is_log(head: str) -> bool:
    return head.lstrip().startswith("{") and '"mu_uids"' in head


def _of_log(probe: Probe) -> Recording:
    """Return the recording whose edits a log lists: the archive of the same name beside it."""
    archive = probe.path.with_suffix(".npz")
    if not seen(archive).is_file():
        raise Refusal(
            f"It is MUedit2's list of edits, without discharge times. Those are in {archive.name}, "
            "which belongs beside it: read that"
        )
    with Probe(archive, probe.options) as beside:
        return read(beside)


def _flagged(
    units: MotorUnits, said: Mapping[str, Any], edits: Sequence[Mapping[str, Any]]
) -> MotorUnits:
    """Return the units with those flagged that a person flagged in MUedit2, and kept."""
    named = said.get("mu_uids")
    if not isinstance(named, list) or len(named) != len(units):
        return units
    flagged: dict[Any, bool] = {}
    for edit in edits:
        name, kind = str(edit.get("mu_uid")), edit.get("type")
        if kind not in _KEEPS_FLAG:
            flagged[name] = kind == _OF_FLAG and edit.get("flagged", True) is True
    flags = [
        flag or ("flagged in MUedit2" if flagged.get(str(name)) else "")
        for flag, name in zip(units.flags, named, strict=True)
    ]
    return dataclasses.replace(units, flags=tuple(flags))


def _edits(said: Mapping[str, Any], notes: list[str]) -> tuple[dict[str, Any], ...]:
    """Return what was edited, by the log beside an archive, and say it in a note."""
    history = said.get("history")
    if "mu_uids" not in said or not isinstance(history, list):
        return ()
    edits = tuple(edit for edit in history if isinstance(edit, dict))
    kinds = Counter(str(edit.get("type", "edit")).replace("_", " ") for edit in edits)
    listed = ", ".join(f"{kind} {count}" for kind, count in kinds.most_common())
    if edits:
        touched = len({str(edit["mu_uid"]) for edit in edits if "mu_uid" in edit})
        of = f"{touched} unit{'s' * (touched != 1)}"
        notes.append(f"Edited by hand in MUedit2, {len(edits)} edits of {of}: {listed}.")
    return edits


def _grid_of_units(box: NumpyArchive, count: int) -> list[int]:
    """Return the grid of each unit, from 0; nothing where the archive does not say."""
    grids = box.array("mu_grid_index")
    if grids is None or grids.size != count or grids.dtype.kind not in "iu":
        return []
    return [int(grid) for grid in grids.ravel()]


def _labels(box: NumpyArchive, count: int) -> list[str]:
    """Return ``grid.unit`` where units are of several grids."""
    grids = _grid_of_units(box, count)
    if len(set(grids)) < 2:
        return []
    seen: Counter[int] = Counter()
    labels = []
    for grid in grids:
        seen[grid] += 1
        labels.append(f"{grid + 1}.{seen[grid]}")
    return labels


def _muscles(box: NumpyArchive, count: int) -> tuple[str, ...]:
    """Return the muscle of each unit, where the archive names one a grid."""
    grids, names = _grid_of_units(box, count), _texts(box.array("muscle_names"))
    # Schema 1 calls them so.
    names = names or _texts(box.array("muscle"))
    if not any(names):
        return ()
    if len(set(names)) == 1:
        return (names[0],) * count
    known = bool(grids) and max(grids) < len(names) and min(grids) >= 0
    return tuple(names[grid] for grid in grids) if known else ()


def _trains(box: NumpyArchive) -> list[Any]:
    times, offsets = box.array("spike_times"), box.array("spike_offsets")
    if times is not None and offsets is not None:
        edges = offsets.ravel()
        sound = (
            1 <= edges.size <= MOST_UNITS + 1
            and edges.dtype.kind in "iu"
            and times.dtype.kind in "iuf"
            and edges[0] >= 0
            and edges[-1] <= times.size
            and bool(np.all(np.diff(edges.astype(np.int64)) >= 0))
        )
        if not sound:
            raise Refusal("Its spike_offsets do not fit its spike_times; it is damaged")
        flat = times.ravel()
        return [flat[a:b] for a, b in itertools.pairwise(edges.tolist())]
    discharges = box.array("discharge_times")
    if discharges is None:
        raise Refusal("It holds pulse trains but no discharge times. Save it again in MUedit2")
    return matlab.trains(_atleast_2d(discharges))


def _atleast_2d(array: Any) -> Any:
    return None if array is None else np.atleast_2d(array)


def _texts(array: Any) -> list[str]:
    """Return texts of an array: a JSON list in one text, or one text a grid."""
    if array is None or array.dtype.kind not in "UO":
        return []
    if array.dtype == object:
        return [text.strip() if isinstance(text, str) else "" for text in array.ravel()]
    if array.size != 1:
        return [str(text) for text in array.ravel()]
    try:
        listed = read_json(str(array.ravel()[0]))
    except (ValueError, RecursionError):
        listed = [str(array.ravel()[0])]
    return [str(text) for text in listed] if isinstance(listed, list) else []


def _grid_notes(box: NumpyArchive) -> list[str]:
    grids = _texts(box.array("grid_names"))
    return [f"Grids: {', '.join(grids)}."] if grids else []


FORMATS.add(
    Format(
        name="muedit2",
        title="MUedit2",
        description="MUedit2 .npz, decomposed or edited, with the edits beside it",
        rank=80,
        endings=(".npz",),
        holds="units, sources, raw EMG, silhouette, edits",
        recognizes=recognizes,
        read=read,
    )
)
