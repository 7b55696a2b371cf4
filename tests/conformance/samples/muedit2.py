"""Archives of MUedit2."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np

from samples._units import SAMPLES as LENGTH
from samples._units import Sample, Trains


def _muedit2(path: Path, trains: Trains, fs_hz: float) -> None:
    with path.open("wb") as stream:
        np.savez(
            stream,
            schema_version=np.int64(2),
            fsamp=np.float64(fs_hz),
            total_samples=np.int64(LENGTH),
            spike_times=np.array([t for train in trains for t in train], dtype=float),
            spike_offsets=np.cumsum([0, *map(len, trains)]),
            grid_names=np.array(json.dumps(["GR08MM1305"])),
            sil=np.full(len(trains), 0.9),
        )


SAMPLES = (Sample("muedit2", _muedit2, torque=False),)
