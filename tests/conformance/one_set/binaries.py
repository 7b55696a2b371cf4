"""MATLAB files, archives, HDF5 and the other containers."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pandas as pd
from samples._containers import cell, from_one, write_mat5, write_mat73

from one_set._units import FS_HZ, LENGTH, TIMES_S, TORQUE, TRAINS, Layout, fired, rows


def _mat(variables: Mapping[str, Any], packed: bool = True) -> Callable[[Path], Path]:
    def write(folder: Path) -> Path:
        path = folder / "rec.mat"
        write_mat5(dict(variables), path, packed)
        return path

    return write


def _mat73(variables: Mapping[str, Any]) -> Callable[[Path], Path]:
    def write(folder: Path) -> Path:
        path = folder / "rec.mat"
        write_mat73(dict(variables), path)
        return path

    return write


PULSES = cell([from_one(train) for train in TRAINS])
REF = TORQUE.reshape(1, -1)
DEMUSE = {"MUPulses": PULSES, "fsamp": FS_HZ, "ref_signal": REF}


def _muedit() -> dict[str, Any]:
    signal = {
        "fsamp": FS_HZ,
        "gridname": cell(["GR08MM1305"]),
        "muscle": cell(["TA"]),
        "path": REF,
        "Pulsetrain": cell([fired().T.astype(np.float32)]),
        "Dischargetimes": PULSES,
    }
    return {"signal": signal}


def _otb() -> dict[str, Any]:
    numbers = range(1, len(TRAINS) + 1)
    names = [*(f"Decomposition of TA ({i})[a.u]" for i in numbers), "acquired data[ %(MVC)]"]
    return {
        "Data": cell([np.column_stack([fired(), TORQUE]).astype(np.float32)]),
        "Description": cell(names).T,
        "SamplingFrequency": FS_HZ,
    }


def _muedit2(folder: Path) -> Path:
    path = folder / "rec.npz"
    np.savez(
        path,
        schema_version=np.int64(2),
        fsamp=np.float64(FS_HZ),
        total_samples=np.int64(LENGTH),
        spike_times=np.concatenate(TRAINS),
        spike_offsets=np.cumsum([0, *map(len, TRAINS)]),
    )
    return path


def _openhdemg(folder: Path) -> Path:
    def table(values: Any) -> str:
        return str(pd.DataFrame(values).to_json(orient="split"))

    members = {
        "SOURCE": json.dumps("CUSTOMCSV"),
        "REF_SIGNAL": table(TORQUE),
        "MUPULSES": json.dumps([train.tolist() for train in TRAINS]),
        "FSAMP": json.dumps(FS_HZ),
        "EMG_LENGTH": json.dumps(LENGTH),
        "NUMBER_OF_MUS": json.dumps(len(TRAINS)),
    }
    path = folder / "rec.json"
    path.write_bytes(gzip.compress(json.dumps(members).encode(), mtime=0))
    return path


def _nwb(folder: Path) -> Path:
    path = folder / "rec.nwb"
    with h5py.File(path, "w") as file:
        for name in ("identifier", "session_start_time", "session_description"):
            file[name] = "x"
        file.create_group("general")
        force = file.create_group("acquisition/force")
        force["data"] = TORQUE
        force["starting_time"] = 0.0
        force["starting_time"].attrs["rate"] = FS_HZ
        units = file.create_group("units")
        units["id"] = np.arange(len(TRAINS))
        units["spike_times"] = np.concatenate(TIMES_S)
        units["spike_times_index"] = np.cumsum([len(train) for train in TRAINS])
    return path


def _bids_events(folder: Path) -> Path:
    path = folder / "sub-01_task-ramp_events.tsv"
    lines = [f"{at / FS_HZ}\t0\t{at}\t{unit}\tmotor-unit-spike" for unit, at in rows()]
    head = "onset\tduration\tsample\tunit_id\tevent_type"
    path.write_text("\n".join([head, *lines]) + "\n", encoding="utf-8")
    return path


LAYOUTS = (
    Layout("mat", _mat(DEMUSE), torque=True),
    Layout("mat-not-packed", _mat(DEMUSE, packed=False), torque=True),
    Layout("mat-7.3", _mat73(DEMUSE), torque=True),
    Layout("mat-no-torque", _mat({"MUPulses": PULSES, "fsamp": FS_HZ})),
    Layout("muedit", _mat(_muedit()), torque=True),
    Layout("muedit-7.3", _mat73(_muedit()), torque=True),
    Layout("otb", _mat(_otb()), torque=True),
    Layout("muedit2", _muedit2),
    Layout("openhdemg", _openhdemg, torque=True),
    Layout("nwb", _nwb, torque=True),
    Layout("bids-events", _bids_events),
)
