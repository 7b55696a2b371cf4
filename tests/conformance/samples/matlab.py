"""MATLAB files of no program: a cell, zeros and ones, one struct, version 4."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import scipy.io

from samples._containers import cell, from_one, write_mat5, write_mat73
from samples._units import SAMPLES as LENGTH
from samples._units import TORQUE, Sample, Trains


def _cell(trains: Trains, fs_hz: float) -> dict[str, object]:
    """Return a struct that holds everything."""
    pulses = cell([from_one(train) for train in trains])
    return {"rec": {"my_units": pulses, "Fs": fs_hz, "Force": TORQUE.reshape(1, -1)}}


def _spikes(trains: Trains, fs_hz: float) -> dict[str, object]:
    """Return a matrix of zeros and ones."""
    fired = np.zeros((LENGTH, len(trains)))
    for unit, train in enumerate(trains):
        fired[np.asarray(train, dtype=int), unit] = 1
    return {"spike_trains": fired, "srate": fs_hz, "torque": TORQUE[:, None]}


def _version4(path: Path, trains: Trains, fs_hz: float) -> None:
    with path.open("wb") as stream:
        scipy.io.savemat(stream, _spikes(trains, fs_hz), format="4")


SAMPLES = (
    Sample("matlab", lambda p, t, f: write_mat5(_spikes(t, f), p), faults=False, silent=False),
    Sample("matlab-struct", lambda p, t, f: write_mat5(_cell(t, f), p), faults=False),
    Sample("matlab-struct73", lambda p, t, f: write_mat73(_cell(t, f), p), faults=False),
    Sample("matlab4", _version4, faults=False, silent=False),
)
