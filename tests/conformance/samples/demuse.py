"""Files in the manner of DEMUSE."""

from __future__ import annotations

from typing import Any

import numpy as np

from samples._containers import cell, from_one, write_mat5, write_mat73
from samples._units import TORQUE, Sample, Trains


def demuse(trains: Trains, fs_hz: float) -> dict[str, Any]:
    """Return the variables of a DEMUSE-style file."""
    pulses = cell([from_one(train) for train in trains])
    return {
        "MUPulses": pulses,
        "fsamp": fs_hz,
        "ref_signal": TORQUE.reshape(1, -1),
        "PNR": np.full((1, len(trains)), 31.5),
    }


SAMPLES = (
    Sample("demuse", lambda p, t, f: write_mat5(demuse(t, f), p)),
    Sample("demuse-bare", lambda p, t, f: write_mat5(demuse(t, f), p, False)),
    Sample("demuse73", lambda p, t, f: write_mat73(demuse(t, f), p)),
)
