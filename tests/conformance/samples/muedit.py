"""Files of MUedit: decomposed, edited, and raw."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import scipy.io

from samples import _raw
from samples._containers import cell, from_one, write_mat5, write_mat73
from samples._raw import RawSample
from samples._units import SAMPLES as LENGTH
from samples._units import TORQUE, Sample, Trains


def muedit(trains: Trains, fs_hz: float) -> dict[str, Any]:
    """Return the variables of a decomposed MUedit file."""
    signal = {
        "data": np.zeros((4, LENGTH), dtype=np.float32) + np.arange(4)[:, None],
        "fsamp": fs_hz,
        "gridname": cell(["GR08MM1305"]),
        "muscle": cell(["TA"]),
        "path": TORQUE.reshape(1, -1),
        "target": TORQUE.reshape(1, -1),
        "Pulsetrain": cell([np.zeros((len(trains), LENGTH))]),
        "Dischargetimes": cell([from_one(train) for train in trains]),
    }
    return {"signal": signal}


def muedit_edited(trains: Trains, fs_hz: float) -> dict[str, Any]:
    """Return the variables of a MUedit file with edited units, as its older versions keep them."""
    variables = muedit([[5, 6, 7]], fs_hz)
    cleaned = cell([cell([from_one(train) for train in trains])])
    return {**variables, "edition": {"Distimeclean": cleaned, "Pulsetrain": cell([])}}


def raw(path: Path) -> None:
    """Write what MUedit saves before it decomposes."""
    grid = np.empty((1, 1), dtype=object)
    grid[0, 0] = "HD10MM0402"
    signal = {
        "data": _raw.emg_uv().T,
        "fsamp": _raw.FS_HZ,
        "gridname": grid,
        "path": _raw.force()[None],
    }
    scipy.io.savemat(path, {"signal": signal})


SAMPLES = (
    Sample("muedit", lambda p, t, f: write_mat5(muedit(t, f), p)),
    Sample("muedit73", lambda p, t, f: write_mat73(muedit(t, f), p)),
    Sample("edited", lambda p, t, f: write_mat5(muedit_edited(t, f), p)),
    Sample("edited73", lambda p, t, f: write_mat73(muedit_edited(t, f), p)),
    RawSample("muedit", raw, 0.01),
)
