"""MATLAB files, archives, HDF5 and the other containers."""

from __future__ import annotations

import gzip
import json
import zlib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pandas as pd
import scipy.io
import scipy.sparse
from samples._containers import cell, from_one, write_mat5, write_mat73
from samples.r import item as r_item
from samples.r import stream as r_stream

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


def _mat4(folder: Path) -> Path:
    path = folder / "rec.mat"
    with path.open("wb") as stream:
        scipy.io.savemat(stream, {"spikes": fired(), "fs": FS_HZ, "force": REF}, format="4")
    return path


def _sync_flush(folder: Path) -> Path:
    """Write packed variables that end in a sync flush, as MATLAB itself leaves some."""
    path = _mat(DEMUSE, packed=False)(folder)
    content = path.read_bytes()
    parts, at = [content[:128]], 128
    while at < len(content):
        size = 8 + int.from_bytes(content[at + 4 : at + 8], "little")
        engine = zlib.compressobj()
        packed = engine.compress(content[at : at + size]) + engine.flush(zlib.Z_SYNC_FLUSH)
        parts += [(15).to_bytes(4, "little"), len(packed).to_bytes(4, "little"), packed]
        at += size + -size % 8
    path.write_bytes(b"".join(parts))
    return path


def _padded() -> Any:
    matrix = np.full((len(TRAINS), max(map(len, TRAINS))), np.nan)
    for row, train in zip(matrix, TRAINS, strict=True):
        row[: len(train)] = train + 1
    return matrix


def _struct_a_unit() -> Any:
    units = np.zeros((1, len(TRAINS)), dtype=[("name", object), ("firings", object)])
    for unit, times in enumerate(TIMES_S):
        units[0, unit] = (f"MU{unit + 1}", times[:, None])
    return units


def _edited(name: str) -> dict[str, Any]:
    """Return a file of MUedit whose units were edited; the others are those of before."""
    before = _muedit()["signal"] | {"Dischargetimes": cell([from_one([5, 700, 9000])])}
    cleaned = cell([PULSES]) if name != "Dischargetimes" else PULSES
    return {"signal": before, "edition": {"time": TIME, name: cleaned}}


SEPARATE = {f"MU{unit}": times[None] for unit, times in enumerate(TIMES_S, 1)}
UNIT_TIME = np.array([[unit, at / FS_HZ] for unit, at in rows()])
SLOW = REF[:, ::20]
TIME = np.arange(LENGTH)[None] / FS_HZ
COLUMNS = cell([train.T for train in PULSES[0]]).T
TWO = {"a": PULSES, "b": cell([[1, 5, 7]] * 2), "fs": FS_HZ}


def _npz(folder: Path) -> Path:
    path = folder / "rec.npz"
    ids, at = np.array(rows()).T
    np.savez(path, unit_id=ids, spike_samples=at, fs=FS_HZ, force=TORQUE)
    return path


def _npz_clusters(folder: Path) -> Path:
    path = folder / "rec.npz"
    ids, at = np.array(rows()).T
    np.savez(path, spike_clusters=ids, spike_times=at / FS_HZ)
    return path


def _npy(array: Any) -> Callable[[Path], Path]:
    def write(folder: Path) -> Path:
        path = folder / "rec.npy"
        np.save(path, array)
        return path

    return write


def _muedit2_edited(folder: Path) -> Path:
    """Write an archive and the log of its edits, which is what is read."""
    path = _muedit2(folder)
    edit = {"type": "add_spikes", "mu_uid": "g0_mu1", "spikes_added": [9]}
    log = {"mu_uids": [f"g0_mu{i}" for i in range(len(TRAINS))], "history": [edit]}
    path.with_suffix(".json").write_text(json.dumps(log), encoding="utf-8")
    return path.with_suffix(".json")


def _module(packed: bool) -> Callable[[Path], Path]:
    """Return a writer of a module folder of openhdemg."""

    def write(folder: Path) -> Path:
        home = folder / "rec"
        (home / "files").mkdir(parents=True)
        (home / ".openhdemg_module").touch()
        ending = ".bin.gz" if packed else ".bin"

        def store(name: str, content: bytes) -> dict[str, Any]:
            said = {"data_file_path": f"files\\{name}{ending}", "order": "C", "checksum": None}
            whole = gzip.compress(content, mtime=0) if packed else content
            (home / "files" / f"{name}{ending}").write_bytes(whole)
            return {**said, "compression": "gzip" if packed else None}

        kind = "<i8"
        lengths = [len(train) for train in TRAINS]
        pulses = {
            "data_type": "list_of_1D_np.ndarray",
            "lengths": lengths,
            "offsets": (8 * np.cumsum([0, *lengths[:-1]])).tolist(),
            "endian_dtypes": [kind] * len(TRAINS),
            **store("MUPULSES", np.concatenate(TRAINS).astype(kind).tobytes()),
        }
        force = {
            "data_type": "pd.DataFrame",
            "shape": [LENGTH, 1],
            "endian_dtype": "<f8",
            **store("REF_SIGNAL", TORQUE.astype("<f8").tobytes()),
        }
        manifest = {
            "_metadata": {"openhdemg_version": "0.2.0b2", "data_structure_version": "1.0"},
            "SOURCE": {"data_type": "str", "text": "OPENHDEMG"},
            "FSAMP": {"data_type": "float", "value": FS_HZ},
            "EMG_LENGTH": {"data_type": "int", "value": LENGTH},
            "REF_SIGNAL": force,
            "MUPULSES": pulses,
        }
        (home / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
        return home

    return write


def _spike2(sorted_spikes: bool) -> dict[str, Any]:
    force = {"title": "Force", "interval": 1 / FS_HZ, "units": "N", "values": TORQUE[:, None]}
    channels: dict[str, Any] = {"rec_Ch1": {**force, "start": 0.0, "length": float(LENGTH)}}
    if sorted_spikes:
        ids, at = np.array(rows()).T
        codes = np.zeros((len(ids), 4), dtype=np.uint8)
        codes[:, 0] = ids
        spikes = {"title": "nw-3", "times": at[:, None] / FS_HZ, "length": float(len(ids))}
        return {
            **channels,
            "rec_Ch3": {**spikes, "codes": codes, "values": np.zeros((len(ids), 4))},
        }
    for unit, times in enumerate(TIMES_S, 1):
        events = {"title": f"MU {unit}", "times": times[:, None], "length": float(len(times))}
        channels[f"rec_Ch{10 + unit}"] = events
    return channels


def _bids_set(folder: Path) -> Path:
    """Write events of a data set, whose rate stands in a sidecar at its root."""
    (folder / "dataset_description.json").write_text('{"Name": "x", "BIDSVersion": "1.11.0"}')
    about = {"SamplingFrequency": FS_HZ, "RecordingDuration": LENGTH / FS_HZ}
    (folder / "emg.json").write_text(json.dumps(about))
    (folder / "events.json").write_text(json.dumps({"onset": {"Description": "s"}}))
    home = folder / "sub-01" / "emg"
    home.mkdir(parents=True)
    return _bids_events(home)


def _r(value: Any) -> Callable[[Path], Path]:
    def write(folder: Path) -> Path:
        path = folder / "rec.rds"
        path.write_bytes(gzip.compress(r_stream(r_item(value)), mtime=0))
        return path

    return write


def _r_frame() -> dict[str, Any]:
    """Return a data frame with a row a discharge, units called by name."""
    ids, at = np.array(rows()).T
    return {"unit": [f"MU{unit}" for unit in ids], "time_s": at / FS_HZ}


MVC = {"ref_signal": REF * 1.8, "MVC": 180.0, "unit": "Nm"}
LAYOUTS = (
    Layout("mat", _mat(DEMUSE), torque=True),
    Layout("mat-not-packed", _mat(DEMUSE, packed=False), torque=True),
    Layout("mat-7.3", _mat73(DEMUSE), torque=True),
    Layout("mat-4", _mat4, torque=True),
    Layout("mat-sync-flush", _sync_flush, torque=True),
    Layout("mat-no-torque", _mat({"MUPulses": PULSES, "fsamp": FS_HZ})),
    Layout("mat-no-rate", _mat({"MUPulses": PULSES, "ref_signal": REF}), True, {"fs_hz": FS_HZ}),
    Layout("mat-column-cells", _mat({**DEMUSE, "MUPulses": COLUMNS}), True),
    Layout("mat-integers", _mat({**DEMUSE, "MUPulses": cell([p.astype("u2") for p in PULSES[0]])})),
    Layout("mat-seconds", _mat({**DEMUSE, "MUPulses": cell(list(TIMES_S))}), torque=True),
    Layout("mat-mvc", _mat({**DEMUSE, **MVC}), torque=True),
    Layout("mat-slow-torque", _mat({**DEMUSE, "ref_signal": SLOW}), True, {"torque_fs_hz": 100.0}),
    Layout("mat-sources", _mat({**DEMUSE, "ref_signal": SLOW, "IPTs": fired().T * 0.5}), True),
    Layout("mat-one-struct", _mat({"rec": DEMUSE}), torque=True),
    Layout("mat-one-struct-7.3", _mat73({"rec": DEMUSE}), torque=True),
    Layout("mat-free-names", _mat({"Pool": PULSES, "SamplingRate": FS_HZ, "Torque": REF.T}), True),
    Layout("mat-cells-of-grids", _mat({"PulseT": cell([PULSES]), "fs": FS_HZ})),
    Layout("mat-struct-a-unit", _mat({"units": _struct_a_unit(), "force": REF, "fs": FS_HZ}), True),
    Layout("mat-a-variable-a-unit", _mat({**SEPARATE, "force": REF, "fs": FS_HZ}), torque=True),
    Layout("mat-padded", _mat({"firings": _padded(), "fs": FS_HZ})),
    Layout("mat-padded-columns", _mat({"firings": _padded().T, "fs": FS_HZ})),
    Layout("mat-unit-and-time", _mat({"table": UNIT_TIME})),
    Layout("mat-spikes", _mat({"spike_trains": fired(), "fs": FS_HZ, "torque": REF}), torque=True),
    Layout(
        "mat-spikes-rows",
        _mat({"spike_trains": fired().T, "time": TIME}),
    ),
    Layout("mat-spikes-sparse", _mat({"s": scipy.sparse.csc_matrix(fired()), "fs": FS_HZ})),
    Layout(
        "mat-chosen",
        _mat({"a": PULSES, "b": cell([[1, 5, 7]] * 2), "fs": FS_HZ}),
        False,
        {"variable": "a"},
    ),
    Layout("muedit", _mat(_muedit()), torque=True),
    Layout("muedit-7.3", _mat73(_muedit()), torque=True),
    Layout("muedit-edited", _mat(_edited("Dischargetimes")), torque=True),
    Layout("muedit-clean", _mat(_edited("Distimeclean")), torque=True),
    Layout("muedit-distime", _mat(_edited("Distime")), torque=True),
    Layout("otb", _mat(_otb()), torque=True),
    Layout("spike2", _mat(_spike2(True)), torque=True),
    Layout("spike2-events", _mat(_spike2(False)), torque=True),
    Layout("muedit2", _muedit2),
    Layout("muedit2-edits", _muedit2_edited),
    Layout("npz", _npz, torque=True),
    Layout("npz-clusters", _npz_clusters),
    Layout("npy-spikes", _npy(fired()), options={"fs_hz": FS_HZ}),
    Layout("npy-times", _npy((_padded() - 1) / FS_HZ)),
    Layout("openhdemg", _openhdemg, torque=True),
    Layout("openhdemg-module", _module(packed=False), torque=True),
    Layout("openhdemg-module-gz", _module(packed=True), torque=True),
    Layout("nwb", _nwb, torque=True),
    Layout("r-list", _r({"units": list(TIMES_S), "fs": np.array([FS_HZ]), "force": TORQUE}), True),
    Layout("r-frame", _r(_r_frame())),
    Layout("bids-events", _bids_events),
    Layout("bids-set", _bids_set),
)
