"""A whole BIDS-EMG data set, recording by recording; `read` of its ``_emg.bdf`` gives them back.

::

    dataset_description.json, participants.tsv, README
    sub-01/ses-pre/emg/sub-01_ses-pre_task-ramp_emg.bdf     EMG, torque and other signals
                       ..._emg.json, _channels.tsv, _electrodes.tsv, _coordsystem.json, _events.tsv
    derivatives/renshaw/dataset_description.json
    derivatives/renshaw/sub-01/ses-pre/emg/..._desc-decomposed_events.tsv, .json, _units.tsv

Brain Imaging Data Structure 1.11.0, electromyography. BIDS has no standard for motor units yet; the
table of discharges is that of muniverse, the table of units our own.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from renshaw.core.errors import WriteError
from renshaw.core.files import replacing, write_text
from renshaw.core.version import __version__
from renshaw.data.grid import Grid, unplaced
from renshaw.data.recording import Recording
from renshaw.data.signal import Signal
from renshaw.io.bdf_writer import Track, store_bdf
from renshaw.io.bids_beside import DESCRIPTION
from renshaw.io.limits import checked_rate
from renshaw.io.refusal import Refusal
from renshaw.io.writers import SPIKE
from renshaw.io.writing import common_losses

_VERSION = "1.11.0"
_ENTITIES = ("sub", "ses", "task", "acq", "run", "recording")
_MISSING = "n/a"
_LABEL = re.compile(r"[\x20-\x7e]{1,16}")


def write_bids(recording: Recording, dataset: str | Path, name: str) -> Path:
    """Add a recording to a BIDS-EMG data set, which is made where there is none.

    Parameters
    ----------
    recording : Recording
        With the signal ``"emg"`` of several channels.
    dataset : path
        Folder of the data set.
    name : str
        BIDS name, e.g. ``"sub-01_ses-pre_task-ramp_run-1"``: letters and digits; `sub` and
        `task` are needed.

    Returns
    -------
    Path
        The ``_emg.bdf`` file, which `read` reads with everything beside it.

    Raises
    ------
    WriteError
        A name that is none, no raw EMG, or a folder that can't be written to.
    """
    entities = _entities(name)
    root = Path(dataset)
    emg = recording.signals.get("emg")
    if emg is None or emg.values.ndim != 2 or not emg.values.size:
        raise WriteError(f"{recording.name} has no raw EMG, which a BIDS-EMG data set is of.")
    stem = "_".join(f"{key}-{value}" for key, value in entities.items())
    sub, ses = f"sub-{entities['sub']}", entities.get("ses")
    inside = Path(sub, f"ses-{ses}", "emg") if ses else Path(sub, "emg")
    try:
        checked_rate(emg.fs_hz)
        if root.is_dir() and any(root.iterdir()) and not (root / DESCRIPTION).is_file():
            raise WriteError(f"{root}: The folder is not empty, and no BIDS data set.")
        _describe(root, sub)
        (root / inside).mkdir(parents=True, exist_ok=True)
        _store_raw(recording, emg, root / inside, stem, entities["task"])
        _store_units(recording, emg, root, inside, f"{stem}_desc-decomposed")
    except Refusal as error:
        raise WriteError(f"{root}: {error}.") from None
    except OSError as error:
        where = error.filename or root
        raise WriteError(f"{where}: It can't be written: {error.strerror or error}.") from None
    return root / inside / f"{stem}_emg.bdf"


def bids_losses(recording: Recording) -> tuple[str, ...]:
    """Return what a BIDS-EMG data set can't hold of a recording, in sentences."""
    kept = [name for name, s in recording.signals.items() if name == "emg" or s.values.ndim == 1]
    lost = common_losses(recording, signals=tuple(kept), events=True)
    lost = [words for words in lost if not words.startswith(("The places", "Flags"))]
    emg = recording.signals.get("emg")
    if emg is not None and emg.values.size:
        step = 2 * float(np.nanmax(np.abs(emg.values), initial=0)) / 2**24
        lost.append(f"EMG samples are rounded to 24 bits (steps of {step:.2g} {emg.unit}).")
        if emg.start_s:
            lost.append("Times are counted from the start of the EMG.")
        ends = (emg.start_s, emg.end_s)
        if any(
            (s.start_s, s.end_s) != ends or s.fs_hz != emg.fs_hz
            for s in _others(recording).values()
        ):
            lost.append("Other signals are resampled at the times of the EMG.")
        if recording.units.window_s != ends:
            lost.append("The window of observation becomes that of the EMG.")
    return tuple(lost)


def _entities(name: str) -> dict[str, str]:
    words = re.sub(r"_emg$", "", name).split("_")
    pairs = [re.fullmatch(r"([a-z]+)-([A-Za-z0-9]{1,60})", word) for word in words]
    found = {pair[1]: pair[2] for pair in pairs if pair is not None}
    if any(pair is None for pair in pairs) or len(found) < len(pairs):
        raise WriteError(
            f"{name!r} is no BIDS name, which has letters and digits: sub-01_ses-pre_task-ramp."
        )
    for needed in ("sub", "task"):
        if needed not in found:
            raise WriteError(f"The BIDS name {name!r} lacks {needed}-, as in sub-01_task-ramp.")
    odd = [key for key in found if key not in _ENTITIES]
    if odd:
        raise WriteError(f"{odd[0]}- is no part of a BIDS-EMG name; {', '.join(_ENTITIES)} are.")
    return {key: found[key] for key in _ENTITIES if key in found}


def _describe(root: Path, sub: str) -> None:
    """Write what every data set has at its top, and keep what is there."""
    root.mkdir(parents=True, exist_ok=True)
    made = {"Name": "renshaw", "Version": __version__}
    if not (root / DESCRIPTION).exists():
        about = {"Name": root.resolve().name, "BIDSVersion": _VERSION, "DatasetType": "raw"}
        _put(root / DESCRIPTION, {**about, "GeneratedBy": [made]})
        write_text(root / "README", "High-density surface EMG, written by renshaw.\n")
    people = root / "participants.tsv"
    lines = people.read_text(encoding="utf-8").splitlines() if people.exists() else []
    lines = lines or ["participant_id"]
    if sub not in [line.split("\t")[0] for line in lines]:
        empty = [_MISSING] * lines[0].count("\t")
        write_text(people, "\n".join([*lines, "\t".join([sub, *empty])]) + "\n")


def _store_raw(recording: Recording, emg: Signal, folder: Path, stem: str, task: str) -> None:
    others = _others(recording)
    grids = _grids(recording, emg.values.shape[1])
    names = [*_names(emg), *others]
    labels = _labels(names)
    unit = emg.unit or _MISSING
    tracks = [
        Track(label, _ascii(unit), emg.values[:, i])
        for i, label in enumerate(labels[: emg.values.shape[1]])
    ]
    for label, signal in zip(labels[len(tracks) :], others.values(), strict=True):
        values = signal.at(emg.times_s)
        tracks.append(Track(label, _ascii(signal.unit or _MISSING), values))
    with replacing(folder / f"{stem}_emg.bdf") as temporary:
        store_bdf(tracks, emg.fs_hz, temporary)
    _put(folder / f"{stem}_emg.json", _sidecar(emg, task, len(tracks)))
    units = [unit] * emg.values.shape[1] + [s.unit or _MISSING for s in others.values()]
    _store_channels(folder / f"{stem}_channels.tsv", labels, names, units, grids, emg)
    _store_electrodes(folder, stem, labels, grids)
    rows = [[repr(e.onset_s - emg.start_s), repr(e.duration_s), e.label] for e in recording.events]
    _tsv(folder / f"{stem}_events.tsv", ["onset", "duration", "trial_type"], rows)


def _others(recording: Recording) -> dict[str, Signal]:
    """Return the signals of one channel, which a file of EMG can hold beside it."""
    return {
        name: signal
        for name, signal in recording.signals.items()
        if name != "emg" and signal.values.ndim == 1 and len(signal)
    }


def _grids(recording: Recording, channels: int) -> tuple[Grid, ...]:
    named = {c for grid in recording.grids for c in grid.channels}
    rest = [c for c in range(channels) if c not in named]
    return (*recording.grids, *([unplaced("EMG", rest)] if rest else []))


def _names(emg: Signal) -> list[str]:
    count = emg.values.shape[1]
    return (
        list(emg.channels) if len(emg.channels) == count else [f"EMG{i + 1}" for i in range(count)]
    )


def _labels(names: Sequence[str]) -> list[str]:
    """Return names that a header holds and that differ from each other."""
    good = [_LABEL.fullmatch(name) and name == name.strip() for name in names]
    short = [
        name if fine else f"CH{i + 1}"
        for i, (name, fine) in enumerate(zip(names, good, strict=True))
    ]
    return [n if short.count(n) == 1 else f"CH{i + 1}" for i, n in enumerate(short)]


def _ascii(unit: str) -> str:
    return unit.replace("\N{MICRO SIGN}", "u").encode("ascii", "replace").decode()[:8]


def _sidecar(emg: Signal, task: str, channels: int) -> dict[str, Any]:
    return {
        "TaskName": task,
        "SamplingFrequency": emg.fs_hz,
        "RecordingDuration": len(emg) / emg.fs_hz,
        "RecordingType": "continuous",
        "EMGPlacementScheme": "Other",
        "EMGPlacementSchemeDescription": "Places of electrodes are relative to their own grid.",
        "EMGReference": _MISSING,
        "EMGGround": _MISSING,
        "PowerLineFrequency": _MISSING,
        "SoftwareFilters": _MISSING,
        "HardwareFilters": _MISSING,
        "EMGChannelCount": emg.values.shape[1],
        "MiscChannelCount": channels - emg.values.shape[1],
    }


def _store_channels(
    path: Path,
    labels: Sequence[str],
    names: Sequence[str],
    units: Sequence[str],
    grids: Sequence[Grid],
    emg: Signal,
) -> None:
    of = {c: (grid, k) for grid in grids for k, c in enumerate(grid.channels)}
    columns = ["name", "type", "units", "sampling_frequency", "signal_electrode", "group"]
    columns += ["status", "status_description", "original_name", "grid_order"]
    rows = []
    for i, (label, name, unit) in enumerate(zip(labels, names, units, strict=True)):
        full = name if name != label else _MISSING
        if i in of:
            grid, k = of[i]
            fault = grid.faults[k]
            cells = [label, grid.name or "EMG", "bad" if fault else "good", fault or _MISSING]
            rows.append([label, "EMG", unit, repr(emg.fs_hz), *cells, full, str(k)])
        else:
            kind = "MISC"
            cells = [_MISSING, _MISSING, "good", _MISSING]
            rows.append([label, kind, unit, repr(emg.fs_hz), *cells, full, _MISSING])
    _tsv(path, columns, rows)


def _store_electrodes(
    folder: Path, stem: str, labels: Sequence[str], grids: Sequence[Grid]
) -> None:
    rows = []
    for grid in grids:
        for k, channel in enumerate(grid.channels):
            x, y = (_cell(float(axis[k])) for axis in (grid.x_mm, grid.y_mm))
            rows.append([labels[channel], x, y, grid.name or "EMG", grid.name or "EMG"])
    columns = ["name", "x", "y", "coordinate_system", "group"]
    _tsv(folder / f"{stem}_electrodes.tsv", columns, rows)
    system = {
        "EMGCoordinateSystem": "Other",
        "EMGCoordinateUnits": "mm",
        "EMGCoordinateSystemDescription": "x across, y along the rows of the grid",
    }
    systems = {grid.name or "EMG": system for grid in grids}
    _put(folder / f"{stem}_coordsystem.json", systems)


def _store_units(recording: Recording, emg: Signal, root: Path, inside: Path, stem: str) -> None:
    """Write the motor units among the derivatives; nothing where there are none."""
    units = recording.units
    if not len(units):
        return
    home = root / "derivatives" / "renshaw"
    (home / inside).mkdir(parents=True, exist_ok=True)
    made = {"Name": "renshaw", "Version": __version__}
    about = {"Name": "Motor units", "BIDSVersion": _VERSION, "DatasetType": "derivative"}
    _put(home / DESCRIPTION, {**about, "GeneratedBy": [made]})
    fired = [
        (float(t - emg.start_s), number)
        for number, train in enumerate(units.times_s, start=1)
        for t in train
    ]
    rows = [[repr(t), "0", _MISSING, str(number), SPIKE] for t, number in sorted(fired)]
    _tsv(
        home / inside / f"{stem}_events.tsv",
        ["onset", "duration", "sample", "unit_id", "event_type"],
        rows,
    )
    columns = {
        "onset": "discharge, s from the start of the EMG",
        "unit_id": "motor unit, as in the table of units",
        "event_type": SPIKE,
    }
    rate = {} if units.fs_hz is None else {"SamplingFrequency": units.fs_hz}
    steps = [step.code for step in recording.history.steps]
    described = {name: {"Description": words} for name, words in columns.items()}
    _put(home / inside / f"{stem}_events.json", {**described, **rate, "History": steps})
    quality = list(units.quality)
    table = [
        [str(i + 1), units.labels[i], units.flags[i] or _MISSING]
        + [_cell(float(units.quality[name][i])) for name in quality]
        for i in range(len(units))
    ]
    _tsv(home / inside / f"{stem}_units.tsv", ["unit_id", "label", "flag", *quality], table)


def _cell(value: float) -> str:
    return repr(value) if np.isfinite(value) else _MISSING


def _tsv(path: Path, columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    lines = [
        "\t".join(re.sub(r"\s+", " ", cell).strip() or _MISSING for cell in row)
        for row in (columns, *rows)
    ]
    write_text(path, "\n".join(lines) + "\n")


def _put(path: Path, content: dict[str, Any]) -> None:
    write_text(path, json.dumps(content, indent=2, ensure_ascii=False) + "\n")
