"""A good (or on purpose bad) file of every format that renshaw reads, made without renshaw."""

from __future__ import annotations

import csv
import gzip
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pandas as pd
import scipy.io

FS_HZ = 1000.0
SAMPLES = 3000
TORQUE = np.concatenate([np.linspace(0, 20, 1500), np.linspace(20, 0, 1500)])
# Sample indices from 0.
TRAINS = [
    list(range(200, 2700, 100)),
    list(range(500, 2400, 97)),
    list(range(900, 2000, 111)),
]
Trains = Sequence[Sequence[float]]


@dataclass(frozen=True)
class Sample:
    """How to make a file of one format.

    Parameters
    ----------
    name : str
    reader : str
        The reader that must recognize it.
    write : callable
        ``write(path, trains, fs_hz)``, trains in sample indices from 0.
    torque, rate : bool
        Whether the format holds a torque and a sampling rate.
    faults : bool
        Whether it can express faulty discharge times.
    silent : bool
        Whether it can hold a unit without discharges.
    whole : bool
        Whether a truncated file can be told from a whole one.
    """

    name: str
    reader: str
    write: Callable[[Path, Trains, float], None]
    torque: bool = True
    rate: bool = True
    faults: bool = True
    silent: bool = True
    whole: bool = True


def cell(items: Sequence[Any]) -> Any:
    """Return a MATLAB cell row."""
    row = np.empty((1, len(items)), dtype=object)
    for i, item in enumerate(items):
        row[0, i] = item
    return row


def from_one(train: Sequence[float]) -> Any:
    """Return MATLAB indices as a row."""
    return np.asarray(train, dtype=float).reshape(1, -1) + 1


def demuse(trains: Trains, fs_hz: float) -> dict[str, Any]:
    """Return the variables of a DEMUSE-style file."""
    pulses = cell([from_one(train) for train in trains])
    return {
        "MUPulses": pulses,
        "fsamp": fs_hz,
        "ref_signal": TORQUE.reshape(1, -1),
        "PNR": np.full((1, len(trains)), 31.5),
    }


def muedit(trains: Trains, fs_hz: float) -> dict[str, Any]:
    """Return the variables of a decomposed MUedit file."""
    signal = {
        "data": np.zeros((4, SAMPLES), dtype=np.float32) + np.arange(4)[:, None],
        "fsamp": fs_hz,
        "gridname": cell(["GR08MM1305"]),
        "muscle": cell(["TA"]),
        "path": TORQUE.reshape(1, -1),
        "target": TORQUE.reshape(1, -1),
        "Pulsetrain": cell([np.zeros((len(trains), SAMPLES))]),
        "Dischargetimes": cell([from_one(train) for train in trains]),
    }
    return {"signal": signal}


def muedit_edited(trains: Trains, fs_hz: float) -> dict[str, Any]:
    """Return the variables of a MUedit file with edited units, as its older versions keep them."""
    variables = muedit([[5, 6, 7]], fs_hz)
    cleaned = cell([cell([from_one(train) for train in trains])])
    return {**variables, "edition": {"Distimeclean": cleaned, "Pulsetrain": cell([])}}


def otb(trains: Trains, fs_hz: float) -> dict[str, Any]:
    """Return the variables of an OT Biolab+ export."""
    grid = "Tibialis - AUX 1 (Channel 1->1) - GR08MM1305"
    fired = np.zeros((SAMPLES, len(trains)))
    for unit, train in enumerate(trains):
        fired[np.asarray(train, dtype=int), unit] = 1
    numbers = range(1, len(trains) + 1)
    names = [
        *(f"{grid} ({i})[uV]" for i in (1, 2)),
        *(f"Decomposition of {grid} ({i})[a.u]" for i in numbers),
        *(f"Source for decomposition of {grid} ({i})[a.u]" for i in numbers),
        "acquired data[ %(MVC)]",
    ]
    sources = np.zeros((SAMPLES, len(trains)))
    emg = np.ones((SAMPLES, 2))
    data = np.column_stack([emg, fired, sources, TORQUE]).astype(np.float32)
    time = np.arange(SAMPLES)[:, None] / 1000 + 7
    description = cell(names).T
    return {
        "Data": cell([data]),
        "Description": description,
        "SamplingFrequency": fs_hz,
        "Time": cell([time]),
    }


def write_mat5(variables: dict[str, Any], path: Path, packed: bool = True) -> None:
    """Write a MATLAB file of version 5."""
    with path.open("wb") as stream:
        scipy.io.savemat(stream, variables, do_compression=packed)


def write_mat73(variables: dict[str, Any], path: Path) -> None:
    """Write a MATLAB file of version 7.3 as MATLAB lays it out."""
    with h5py.File(path, "w", userblock_size=512) as file:
        for name, value in variables.items():
            _put73(file, file, name, value)
    head = b"MATLAB 7.3 MAT-file, Platform: GLNXA64, Created on: Sun Nov 22 2026 HDF5 schema 1.00 ."
    with path.open("r+b") as stream:
        stream.write(head.ljust(124) + b"\x00\x02IM")


def _put73(file: h5py.File, group: h5py.Group, name: str, value: Any) -> None:
    if isinstance(value, dict):
        struct = group.create_group(name)
        struct.attrs["MATLAB_class"] = np.bytes_("struct")
        for key, item in value.items():
            _put73(file, struct, key, item)
        return
    if isinstance(value, str):
        codes = np.array([[ord(letter)] for letter in value], dtype=np.uint16)
        group[name] = codes
        group[name].attrs["MATLAB_class"] = np.bytes_("char")
        return
    value = np.atleast_2d(value)
    if value.dtype == object:
        references = np.empty(value.T.shape, dtype=h5py.ref_dtype)
        store = file.require_group("#refs#")
        for index in np.ndindex(references.shape):
            key = f"{name}_{'_'.join(map(str, index))}"
            _put73(file, store, key, value.T[index])
            references[index] = store[key].ref
        kind = "cell"
        group[name] = references
    else:
        kind = "double" if value.dtype == float else "single"
        group[name] = value.T if value.size else np.array(value.shape, dtype=np.uint64)
    group[name].attrs["MATLAB_class"] = np.bytes_(kind)
    if not value.size:
        group[name].attrs["MATLAB_empty"] = np.uint8(1)


def openhdemg(trains: Trains, fs_hz: float) -> dict[str, str]:
    """Return the members of an openhdemg file."""

    def table(values: Any) -> str:
        return str(pd.DataFrame(values).to_json(orient="split"))

    pulses = [[None if v != v else int(v) for v in train] for train in trains]
    return {
        "SOURCE": json.dumps("DEMUSE"),
        "FILENAME": json.dumps("a.mat"),
        "RAW_SIGNAL": table(np.ones((SAMPLES, 2))),
        "REF_SIGNAL": table(TORQUE),
        "ACCURACY": table(np.full(len(trains), 0.9)),
        "IPTS": table(np.zeros((0, len(trains)))),
        "MUPULSES": json.dumps(pulses),
        "FSAMP": json.dumps(float(fs_hz)),
        "IED": json.dumps(8.0),
        "EMG_LENGTH": json.dumps(SAMPLES),
        "NUMBER_OF_MUS": json.dumps(len(trains)),
        "BINARY_MUS_FIRING": table(np.zeros((0, len(trains)))),
        "EXTRAS": table(np.zeros((0, 1))),
    }


def _openhdemg_packed(path: Path, trains: Trains, fs_hz: float) -> None:
    path.write_bytes(gzip.compress(json.dumps(openhdemg(trains, fs_hz)).encode(), mtime=0))


def _openhdemg_plain(path: Path, trains: Trains, fs_hz: float) -> None:
    members = {key: json.loads(text) for key, text in openhdemg(trains, fs_hz).items()}
    path.write_text(json.dumps(members), encoding="utf-8")


def _muedit2(path: Path, trains: Trains, fs_hz: float) -> None:
    with path.open("wb") as stream:
        np.savez(
            stream,
            schema_version=np.int64(2),
            fsamp=np.float64(fs_hz),
            total_samples=np.int64(SAMPLES),
            spike_times=np.array([t for train in trains for t in train], dtype=float),
            spike_offsets=np.cumsum([0, *map(len, trains)]),
            grid_names=np.array(json.dumps(["GR08MM1305"])),
            sil=np.full(len(trains), 0.9),
        )


def _csv(path: Path, trains: Trains, fs_hz: float) -> None:
    with path.open("w", encoding="utf-8", newline="") as stream:
        rows = csv.writer(stream)
        rows.writerow(["unit", "time_s"])
        for unit, train in enumerate(trains, 1):
            rows.writerows([unit, index / fs_hz] for index in train or [])
            if not train:
                rows.writerow([unit, ""])


def _bids(path: Path, trains: Trains, fs_hz: float) -> None:
    with path.open("w", encoding="utf-8", newline="") as stream:
        rows = csv.writer(stream, delimiter="\t")
        rows.writerow(["onset", "duration", "sample", "unit_id", "event_type"])
        for unit, train in enumerate(trains):
            for index in train:
                cells = [round(index / fs_hz, 6), 0, index, unit, "motor-unit-spike"]
                rows.writerow(["n/a" if c != c else c for c in cells])
        rows.writerow([0.25, 0.5, "n/a", "n/a", "stimulus"])


def _renshaw(path: Path, trains: Trains, fs_hz: float) -> None:
    def about(group: Any, **content: Any) -> None:
        group["about"] = np.bytes_(json.dumps(content))

    with h5py.File(path, "w") as file:
        file.attrs["schema"] = np.bytes_("renshaw-recording")
        file.attrs["schema_version"], file.attrs["renshaw_version"] = 1, np.bytes_("0.1.0")
        about(file, name="made by hand", notes=["A note."], history=[])
        units = file.create_group("units")
        units.attrs["window_s"], units.attrs["fs_hz"] = [0.0, 3.0], fs_hz
        about(units, labels=[str(i + 1) for i in range(len(trains))], flags=[""] * len(trains))
        flat = np.array([t for train in trains for t in train], dtype=float)
        units["times_s"] = flat / FS_HZ
        units["counts"] = np.array([len(train) for train in trains], dtype=int)
        units["quality"] = np.zeros((0, len(trains)))
        torque = file.create_group("signals/0")
        torque.attrs["fs_hz"], torque.attrs["start_s"] = fs_hz, 0.0
        about(torque, name="torque", unit="% MVC", channels=[])
        torque.create_dataset("values", data=TORQUE, compression="gzip")
        events = file.create_group("events")
        about(events, labels=["stimulus"])
        events["onset_s"], events["duration_s"] = np.array([0.25]), np.array([0.5])


def _nwb(path: Path, trains: Trains, fs_hz: float) -> None:
    """Write the layout of NWB's core that units and a force lie in."""
    with h5py.File(path, "w") as file:
        for name in ("identifier", "session_start_time", "session_description"):
            file[name] = "x"
        file.create_group("general")
        force = file.create_group("acquisition/force")
        force.create_dataset("data", data=TORQUE, compression="gzip")
        force["starting_time"] = 0.0
        force["starting_time"].attrs["rate"] = fs_hz
        units = file.create_group("units")
        units["id"] = np.arange(len(trains))
        flat = np.array([t for train in trains for t in train], dtype=float)
        units["spike_times"] = flat / FS_HZ
        units["spike_times"].attrs["resolution"] = 1 / FS_HZ
        units["spike_times_index"] = np.cumsum([len(train) for train in trains], dtype=int)
        units["obs_intervals"] = np.tile([0.0, 3.0], (len(trains), 1))
        units["obs_intervals_index"] = np.arange(1, len(trains) + 1)


SAMPLES_OF = {
    sample.name: sample
    for sample in (
        Sample("openhdemg", "openhdemg", _openhdemg_packed),
        Sample("openhdemg-plain", "openhdemg", _openhdemg_plain),
        Sample("otb", "otb", lambda p, t, f: write_mat5(otb(t, f), p), faults=False),
        Sample("otb73", "otb", lambda p, t, f: write_mat73(otb(t, f), p), faults=False),
        Sample("demuse", "demuse", lambda p, t, f: write_mat5(demuse(t, f), p)),
        Sample("demuse-bare", "demuse", lambda p, t, f: write_mat5(demuse(t, f), p, False)),
        Sample("demuse73", "demuse", lambda p, t, f: write_mat73(demuse(t, f), p)),
        Sample("muedit", "muedit", lambda p, t, f: write_mat5(muedit(t, f), p)),
        Sample("muedit73", "muedit", lambda p, t, f: write_mat73(muedit(t, f), p)),
        Sample("edited", "muedit", lambda p, t, f: write_mat5(muedit_edited(t, f), p)),
        Sample("edited73", "muedit", lambda p, t, f: write_mat73(muedit_edited(t, f), p)),
        Sample("muedit2", "muedit2", _muedit2, torque=False),
        Sample("csv", "csv", _csv, torque=False, rate=False, whole=False),
        Sample("bids", "bids", _bids, torque=False, silent=False, whole=False),
        Sample("renshaw", "renshaw", _renshaw),
        Sample("nwb", "nwb", _nwb),
    )
}
