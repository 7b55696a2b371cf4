"""Exports of OT Biolab+: decomposed, and raw."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import scipy.io

from samples import _raw
from samples._containers import cell, write_mat5, write_mat73
from samples._raw import RawSample
from samples._units import SAMPLES as LENGTH
from samples._units import TORQUE, Sample, Trains


def otb(trains: Trains, fs_hz: float) -> dict[str, Any]:
    """Return the variables of an OT Biolab+ export."""
    grid = "Tibialis - AUX 1 (Channel 1->1) - GR08MM1305"
    fired = np.zeros((LENGTH, len(trains)))
    for unit, train in enumerate(trains):
        fired[np.asarray(train, dtype=int), unit] = 1
    numbers = range(1, len(trains) + 1)
    names = [
        *(f"{grid} ({i})[uV]" for i in (1, 2)),
        *(f"Decomposition of {grid} ({i})[a.u]" for i in numbers),
        *(f"Source for decomposition of {grid} ({i})[a.u]" for i in numbers),
        "acquired data[ %(MVC)]",
    ]
    sources = np.zeros((LENGTH, len(trains)))
    emg = np.ones((LENGTH, 2))
    data = np.column_stack([emg, fired, sources, TORQUE]).astype(np.float32)
    time = np.arange(LENGTH)[:, None] / 1000 + 7
    description = cell(names).T
    return {
        "Data": cell([data]),
        "Description": description,
        "SamplingFrequency": fs_hz,
        "Time": cell([time]),
    }


def raw(path: Path) -> None:
    """Write what OT Biolab+ exports for MATLAB when nothing was decomposed."""
    names = np.empty((_raw.CHANNELS + 1, 1), dtype=object)
    names[:, 0] = [f"Soleus - HD10MM0402 ({i + 1})[uV]" for i in range(_raw.CHANNELS)] + [
        "Force[V]"
    ]
    data = np.column_stack([_raw.emg_uv(), _raw.force()])
    content = {"Data": data, "Description": names, "SamplingFrequency": _raw.FS_HZ}
    scipy.io.savemat(path, content)


SAMPLES = (
    Sample("otb", lambda p, t, f: write_mat5(otb(t, f), p), faults=False),
    Sample("otb73", lambda p, t, f: write_mat73(otb(t, f), p), faults=False),
    RawSample("otb_export", raw, 0.01),
)
