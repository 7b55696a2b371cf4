"""MATLAB files of AcqKnowledge."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import scipy.io

from samples._raw import CHANNELS, FS_HZ, RawSample, emg_uv, force


def acqknowledge(path: Path) -> None:
    """Write a matrix of samples and channels."""
    content = {
        "data": np.column_stack([emg_uv() / 1000, force()]),
        "labels": np.array([f"EMG {i + 1}" for i in range(CHANNELS)] + ["Torque"]),
        "units": np.array(["mV"] * CHANNELS + ["Nm"]),
        "isi": 1000 / FS_HZ,
        "isi_units": "ms",
        "start_sample": 0.0,
    }
    with path.open("wb") as stream:
        scipy.io.savemat(stream, content)


SAMPLES = (RawSample("acqknowledge", acqknowledge, 0.01),)
