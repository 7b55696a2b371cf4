"""Version 2 of renshaw's own file: version 1 and the grids of electrodes.

::

    ...                   everything of version 1
    /grids/0, 1, ...      channels: int64; x_mm, y_mm: float64 (channels)
    /grids/0/about        JSON text: name, faults

Recordings without grids are still written as version 1, for older readers. Files of this version
must load for good: change nothing here, write a version 3.
"""

from __future__ import annotations

import dataclasses
from typing import Any

import h5py
import numpy as np

from renshaw.data.grid import Grid
from renshaw.data.recording import Recording
from renshaw.io.budget import Budget
from renshaw.io.containers import hdf5
from renshaw.io.formats.renshaw import schema_v1
from renshaw.io.refusal import Refusal

VERSION = 2

_MOST_GRIDS = 64


def store(file: h5py.File, recording: Recording, *, packed: bool = True) -> None:
    """Write a recording into an open, empty file."""
    schema_v1.store(file, recording, packed=packed)
    group = file.create_group("grids")
    for i, grid in enumerate(recording.grids):
        entry = group.create_group(str(i))
        schema_v1.put_text(entry, {"name": grid.name, "faults": list(grid.faults)})
        entry["channels"] = np.array(grid.channels, dtype=np.int64)
        entry["x_mm"], entry["y_mm"] = grid.x_mm, grid.y_mm


def load(file: Any, budget: Budget, left_out: list[str] | None = None) -> Recording:
    """Read a recording from an open file; `left_out` as in version 1."""
    recording = schema_v1.load(file, budget, left_out)
    group = schema_v1.group_of(file, "grids")
    count = len(hdf5.names(group))
    if count > _MOST_GRIDS:
        raise Refusal(f"It claims {count} grids; it is damaged")
    grids = tuple(_grid(schema_v1.group_of(group, str(i)), budget, recording) for i in range(count))
    return dataclasses.replace(recording, grids=grids)


def _grid(group: Any, budget: Budget, recording: Recording) -> Grid:
    about = schema_v1.text_of(group, budget)
    channels = schema_v1.numbers_of(group, "channels", budget).ravel()
    faults = about.get("faults")
    emg = recording.signals.get("emg")
    width = 0 if emg is None or emg.values.ndim != 2 else emg.values.shape[1]
    if emg is not None and channels.size and not 0 <= channels.min() <= channels.max() < width:
        raise Refusal("A grid names channels that the EMG does not have; it is damaged")
    return Grid(
        str(about.get("name", "")),
        tuple(int(c) for c in channels),
        schema_v1.numbers_of(group, "x_mm", budget).ravel(),
        schema_v1.numbers_of(group, "y_mm", budget).ravel(),
        tuple(map(str, faults)) if isinstance(faults, list) else (),
    )
