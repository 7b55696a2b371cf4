"""Motor units among the derivatives of a BIDS-EMG data set: discharges as events, units beside."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from renshaw.core.together import Together
from renshaw.core.version import __version__
from renshaw.data.motor_units import MotorUnits
from renshaw.data.recording import Recording
from renshaw.data.signal import Signal
from renshaw.io.bids.beside import BIDS_VERSION, UNITS
from renshaw.io.bids.inheritance import DESCRIPTION
from renshaw.io.bids.sheet import MISSING, store_content, store_table
from renshaw.io.formats.bids import SPIKE

_README = """Motor units of the recordings of the data set above, written by renshaw.

Each row of *_events.tsv is a discharge (onset in s from the start of the EMG, unit_id). MotorUnits
in *_events.json has the label of each motor unit, its flag where it is not to be trusted, and its
figures of quality. BIDS has no standard for motor units yet.
"""
_COLUMNS = {
    "sample": "not stated: the onset is exact",
    "unit_id": f"motor unit, as in {UNITS}",
    "event_type": SPIKE,
}
# Files of the first layout, which would be found before those of this one.
_EARLIER = (
    "desc-decomposed_events.tsv",
    "desc-decomposed_events.json",
    "desc-decomposed_units.tsv",
)


def store_units(
    files: Together, recording: Recording, emg: Signal, home: Path, inside: Path, stem: str
) -> None:
    """Write the motor units among the derivatives; where there are none, none stay there either.

    Parameters
    ----------
    files : Together
        Into which they are written.
    recording : Recording
    emg : Signal
        Its EMG; times are counted from its start.
    home : Path
        Folder of the derivatives.
    inside : Path
        Folder of the recording within it.
    stem : str
        What the names of the recording's files begin with.
    """
    stale: tuple[str, ...] = _EARLIER
    if len(recording.units):
        _store(files, recording, emg.start_s, home, inside, stem)
    else:
        stale = ("events.tsv", "events.json", *_EARLIER)
    for ending in stale:
        files.remove(home / inside / f"{stem}_{ending}")


def _store(
    files: Together, recording: Recording, start_s: float, home: Path, inside: Path, stem: str
) -> None:
    units = recording.units
    made = {"Name": "renshaw", "Version": __version__}
    about = {"Name": "Motor units", "BIDSVersion": BIDS_VERSION, "DatasetType": "derivative"}
    store_content(files, home / DESCRIPTION, {**about, "GeneratedBy": [made]})
    files.write_text(home / "README", _README)
    fired = [
        (float(t - start_s), number)
        for number, train in enumerate(units.times_s, start=1)
        for t in train
    ]
    rows = [[repr(t), "0", MISSING, str(number), SPIKE] for t, number in sorted(fired)]
    columns = ["onset", "duration", "sample", "unit_id", "event_type"]
    store_table(files, home / inside / f"{stem}_events.tsv", columns, rows)
    described = {name: {"Description": words} for name, words in _COLUMNS.items()}
    rate = {} if units.fs_hz is None else {"SamplingFrequency": units.fs_hz}
    said = {**described, **rate, "History": recording.history.codes, UNITS: _said_of(units)}
    store_content(files, home / inside / f"{stem}_events.json", said)


def _said_of(units: MotorUnits) -> list[dict[str, Any]]:
    """Return what is known of each unit; a figure that is none is null."""
    return [
        {
            name: value if np.isfinite(value := float(values[i])) else None
            for name, values in units.quality.items()
        }
        | {"unit_id": str(i + 1), "label": units.labels[i], "flag": units.flags[i]}
        | ({"muscle": units.muscles[i]} if any(units.muscles) else {})
        for i in range(len(units))
    ]
