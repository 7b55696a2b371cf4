"""A whole BIDS-EMG data set, recording by recording; `read` of its ``_emg.bdf`` gives them back.

::

    dataset_description.json, participants.tsv, README
    sub-01/ses-pre/emg/sub-01_ses-pre_task-ramp_emg.bdf     EMG, torque and other signals
                       ..._emg.json, _channels.tsv, _channels.json, _events.tsv
                       sub-01_ses-pre_electrodes.tsv, _space-grid_coordsystem.json
    derivatives/renshaw/dataset_description.json, README
    derivatives/renshaw/sub-01/ses-pre/emg/sub-01_ses-pre_task-ramp_events.tsv, .json

Brain Imaging Data Structure 1.11.0, electromyography. BIDS has no standard for motor units yet:
discharges are events, with the columns of muniverse, and what is known of each unit lies in the
sidecar of the events under a key of our own.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from renshaw.core.errors import WriteError
from renshaw.core.files import alone, given_path, swept, write_text
from renshaw.core.received import NoFileError, text_of
from renshaw.core.together import Together, make_folders, together
from renshaw.core.version import __version__
from renshaw.data.grid import Grid, unplaced
from renshaw.data.recording import Recording
from renshaw.data.signal import Signal
from renshaw.io.bids.beside import BIDS_VERSION
from renshaw.io.bids.electrodes import store_electrodes
from renshaw.io.bids.inheritance import DESCRIPTION, UNFINISHED, unfinished
from renshaw.io.bids.sheet import MISSING, content_text, store_content, store_table
from renshaw.io.bids.units import store_units
from renshaw.io.formats.edf.writing import Track, store_bdf
from renshaw.io.limits import checked_rate
from renshaw.io.refusal import Refusal
from renshaw.io.writing import common_losses

_ENTITIES = ("sub", "ses", "task", "acq", "run", "recording")
_LABEL = re.compile(r"[\x20-\x7e]{1,16}")
# Others may add recordings to the same tables of people and electrodes.
_WAIT_s = 60.0
_README = """High-density surface EMG as a BIDS-EMG data set, written by renshaw.

Each recording is a BDF file: the channels of the EMG first, then torque and other signals at the
same times. What renshaw could not know (reference, ground, filters of the amplifier, frequency of
the power line) is n/a in *_emg.json: fill it in. Motor units lie in derivatives/renshaw.
"""
# What the columns of *_channels.tsv hold that the standard doesn't define.
_OWN_COLUMNS = {
    "original_name": "name of the channel in the file of the amplifier, where it is longer or "
    "was not unique",
    "grid_name": "name of the grid of electrodes, where it differs from that of the group",
    "grid_order": "place of the channel in the order of its grid, from 0",
}


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
    root = given_path("write_bids", dataset)
    emg = recording.signals.get("emg")
    if emg is None or emg.values.ndim != 2 or not emg.values.size:
        raise WriteError(f"{recording.name} has no raw EMG, which a BIDS-EMG data set is of.")
    stem = "_".join(f"{key}-{value}" for key, value in entities.items())
    sub, ses = f"sub-{entities['sub']}", entities.get("ses")
    inside = Path(sub, f"ses-{ses}", "emg") if ses else Path(sub, "emg")
    if "\0" in str(root):
        raise WriteError(f"{root}: A name can't hold the character NUL.")
    try:
        checked_rate(emg.fs_hz)
        make_folders(root)
        with alone(root, wait_s=_WAIT_s):
            if _holds_something_else(root):
                raise WriteError(f"{root}: The folder is not empty, and no BIDS data set.")
            _describe(root, sub)
            make_folders(root / inside)
            _store(recording, emg, root, inside, stem, entities)
    except Refusal as error:
        raise WriteError(f"{root}: {error}.") from None
    except OSError as error:
        where = error.filename or root
        raise WriteError(f"{where}: It can't be written: {error.strerror or error}.") from None
    return root / inside / f"{stem}_emg.bdf"


def _store(
    recording: Recording,
    emg: Signal,
    root: Path,
    inside: Path,
    stem: str,
    entities: Mapping[str, str],
) -> None:
    """Write everything about a recording in one step."""
    home = root / "derivatives" / "renshaw"
    folders = [root / inside]
    if len(recording.units):
        make_folders(home / inside)
    if (home / inside).is_dir():
        folders.append(home / inside)
    for folder in folders:
        swept(folder)
    marks = [unfinished(folder, stem) for folder in folders]
    with together(*marks, words=UNFINISHED) as files:
        _store_raw(files, recording, emg, root / inside, stem, entities)
        store_units(files, recording, emg, home, inside, stem)


def bids_losses(recording: Recording) -> tuple[str, ...]:
    """Return what a BIDS-EMG data set can't hold of a recording, in sentences."""
    kept = [name for name, s in recording.signals.items() if name == "emg" or s.values.ndim == 1]
    lost = common_losses(
        recording,
        signals=tuple(kept),
        events=True,
        grids=True,
        flags=True,
        participant=True,
        muscles=True,
    )
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


def _holds_something_else(root: Path) -> bool:
    """Whether a folder holds files, and is no data set; what renshaw began there does not count."""
    if (root / DESCRIPTION).is_file():
        return False
    return any(not re.fullmatch(r"\..*\.part|\.renshaw-lock", path.name) for path in root.iterdir())


def _describe(root: Path, sub: str) -> None:
    """Write what every data set has at its top, and keep what is there."""
    made = {"Name": "renshaw", "Version": __version__}
    if not (root / DESCRIPTION).exists():
        about = {"Name": root.resolve().name, "BIDSVersion": BIDS_VERSION, "DatasetType": "raw"}
        write_text(root / DESCRIPTION, content_text({**about, "GeneratedBy": [made]}))
        write_text(root / "README", _README)
    people = root / "participants.tsv"
    lines = _lines_of(people)
    lines = lines or ["participant_id"]
    if sub not in [line.split("\t")[0] for line in lines]:
        empty = [MISSING] * lines[0].count("\t")
        write_text(people, "\n".join([*lines, "\t".join([sub, *empty])]) + "\n")


def _lines_of(people: Path) -> list[str]:
    try:
        return text_of(people).splitlines()
    except FileNotFoundError:
        return []
    except UnicodeDecodeError:
        raise WriteError(
            f"{people} is no text in UTF-8, so nobody can be added to it. Save it as UTF-8."
        ) from None
    except NoFileError as error:
        raise WriteError(f"{people}: Nobody can be added to it, for {error}.") from None


def _store_raw(
    files: Together,
    recording: Recording,
    emg: Signal,
    folder: Path,
    stem: str,
    entities: Mapping[str, str],
) -> None:
    others = _others(recording)
    grids = _grids(recording, emg.values.shape[1])
    names = [*_names(emg), *others]
    labels = _labels(names)
    unit = emg.unit or MISSING
    tracks = [
        Track(label, _ascii(unit), emg.values[:, i])
        for i, label in enumerate(labels[: emg.values.shape[1]])
    ]
    for label, signal in zip(labels[len(tracks) :], others.values(), strict=True):
        values = signal.at(emg.times_s)
        tracks.append(Track(label, _ascii(signal.unit or MISSING), values))
    with files.replacing(folder / f"{stem}_emg.bdf") as temporary:
        store_bdf(tracks, emg.fs_hz, temporary)
    about = _sidecar(emg, entities["task"], len(tracks))
    store_content(files, folder / f"{stem}_emg.json", about)
    units = [unit] * emg.values.shape[1] + [s.unit or MISSING for s in others.values()]
    session = "_".join(f"{key}-{entities[key]}" for key in ("sub", "ses") if key in entities)
    groups = store_electrodes(files, folder, session, stem, labels, grids)
    members = {
        c: (grid, group, k)
        for grid, group in zip(grids, groups, strict=True)
        for k, c in enumerate(grid.channels)
    }
    sheet = folder / f"{stem}_channels.tsv"
    _store_channels(files, sheet, labels, names, units, members, emg.fs_hz)
    rows = [[repr(e.onset_s - emg.start_s), repr(e.duration_s), e.label] for e in recording.events]
    store_table(files, folder / f"{stem}_events.tsv", ["onset", "duration", "trial_type"], rows)


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
        "EMGReference": MISSING,
        "EMGGround": MISSING,
        "PowerLineFrequency": MISSING,
        "SoftwareFilters": MISSING,
        "HardwareFilters": MISSING,
        "EMGChannelCount": emg.values.shape[1],
        "MiscChannelCount": channels - emg.values.shape[1],
    }


def _store_channels(
    files: Together,
    path: Path,
    labels: Sequence[str],
    names: Sequence[str],
    units: Sequence[str],
    members: Mapping[int, tuple[Grid, str, int]],
    fs_hz: float,
) -> None:
    columns = ["name", "type", "units", "sampling_frequency", "signal_electrode", "group"]
    # The standard's own column, left out where nothing is known.
    muscles = ["target_muscle"] if any(grid.muscle for grid, _, _ in members.values()) else []
    columns += [*muscles, "status", "status_description", *_OWN_COLUMNS]
    rows = []
    for i, (label, name, unit) in enumerate(zip(labels, names, units, strict=True)):
        full = name if name != label else MISSING
        if i in members:
            grid, group, k = members[i]
            fault = grid.faults[k]
            over = [grid.muscle or MISSING for _ in muscles]
            cells = [label, group, *over, "bad" if fault else "good", fault or MISSING]
            own = [full, grid.name if grid.name != group else MISSING, str(k)]
            rows.append([label, "EMG", unit, repr(fs_hz), *cells, *own])
        else:
            cells = [MISSING, MISSING, *(MISSING for _ in muscles), "good", MISSING]
            rows.append([label, "MISC", unit, repr(fs_hz), *cells, full, MISSING, MISSING])
    store_table(files, path, columns, rows)
    described = {name: {"Description": words} for name, words in _OWN_COLUMNS.items()}
    store_content(files, path.with_suffix(".json"), described)
