"""The layout of NWB's core that units and a force lie in."""

from __future__ import annotations

from pathlib import Path

import h5py
import numpy as np

from samples._units import FS_HZ, TORQUE, Sample, Trains


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


SAMPLES = (Sample("nwb", _nwb),)
