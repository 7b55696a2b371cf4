"""Files of renshaw's schema 1."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import h5py
import numpy as np

from samples._units import FS_HZ, TORQUE, Sample, Trains


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


SAMPLES = (Sample("renshaw", _renshaw),)
