"""Exports of Spike2: sorted spikes, and a channel a unit."""

from __future__ import annotations

from typing import Any

import numpy as np

from samples._containers import write_mat5, write_mat73
from samples._units import FS_HZ, TORQUE, Sample, Trains


def _force() -> dict[str, Any]:
    column = TORQUE[:, None]
    return {
        **{"title": "Force", "comment": "", "interval": 1 / FS_HZ, "scale": 1.0, "offset": 0.0},
        **{"units": "N", "start": 0.0, "length": float(len(TORQUE)), "values": column},
    }


def wavemark(trains: Trains, fs_hz: float) -> dict[str, Any]:
    """Return one channel of sorted spikes; 0 stands for a spike of no unit."""
    times = np.array([t for train in trains for t in train], dtype=float) / FS_HZ
    units = np.array([u for u, train in enumerate(trains, 1) for _ in train], dtype=np.uint8)
    order = np.argsort(times, kind="stable")
    codes = np.zeros((len(times), 4), dtype=np.uint8)
    codes[:, 0] = units[order]
    spikes = {
        **{"title": "nw-3", "comment": "", "resolution": 1e-5, "interval": 5e-5, "scale": 1.0},
        **{"offset": 0.0, "units": "mV", "length": float(len(times)), "items": 4.0},
        **{"times": times[order][:, None], "codes": codes, "values": np.zeros((len(times), 4))},
    }
    return {"rec_Ch1": _force(), "rec_Ch3": spikes}


def events(trains: Trains, fs_hz: float) -> dict[str, Any]:
    """Return a channel of events a unit, and one of cues."""
    channels = {"rec_Ch1": _force()}
    for unit, train in enumerate(trains, 2):
        times = np.array(train, dtype=float)[:, None] / FS_HZ
        length = float(len(train))
        channels[f"rec_Ch{unit}"] = {
            **{"title": f"MU {unit}", "comment": "", "resolution": 1e-5},
            **{"length": length, "times": times},
        }
    keys = {"title": "Keyboard", "times": np.array([[0.5]]), "length": 1.0, "resolution": 1e-5}
    return {**channels, "rec_Ch31": {**keys, "codes": np.array([[65, 0, 0, 0]], dtype=np.uint8)}}


HELD = {"rate": False, "faults": False}
SAMPLES = (
    Sample("spike2", lambda p, t, f: write_mat5(wavemark(t, f), p), silent=False, **HELD),
    Sample("spike2-73", lambda p, t, f: write_mat73(wavemark(t, f), p), silent=False, **HELD),
    Sample("spike2-events", lambda p, t, f: write_mat5(events(t, f), p), **HELD),
)
