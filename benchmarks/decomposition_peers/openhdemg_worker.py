"""Decompose one recording with openhdemg's defaults; runs in an environment of its own.

Usage: python openhdemg_worker.py EMG.npz OUT.npz
"""

from __future__ import annotations

import contextlib
import resource
import sys
import warnings

import numpy as np
import pandas as pd

warnings.simplefilter("ignore")

import openhdemg.library as emg  # noqa: E402

given = np.load(sys.argv[1])
file = {"RAW_SIGNAL": pd.DataFrame(given["emg"].astype(float)), "FSAMP": float(given["fs_hz"])}
file = {**emg.emg_from_samplefile(), **file, "EMG_LENGTH": len(given["emg"])}
with contextlib.redirect_stdout(sys.stderr):
    found = emg.EMGDecomposer().run_decomposition(file)
used = resource.getrusage(resource.RUSAGE_SELF)
trains = [np.asarray(train) for train in found.get("MUPULSES", [])]
np.savez(
    sys.argv[2],
    cpu_s=used.ru_utime + used.ru_stime,
    memory_gb=used.ru_maxrss / 1e6,
    version=emg.__version__ if hasattr(emg, "__version__") else "",
    **{f"unit{i}": train for i, train in enumerate(trains)},
)
