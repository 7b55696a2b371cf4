"""Decompose one recording with emgdecomp and Negro's settings; runs in an environment of its own.

Usage: python emgdecomp_worker.py EMG.npz OUT.npz
"""

from __future__ import annotations

import resource
import sys

import numpy as np

# emgdecomp 0.1.0 uses names that numpy has dropped since.
setattr(np, "int", int)  # noqa: B010
setattr(np, "float", float)  # noqa: B010

from emgdecomp.decomposition import EmgDecomposition  # noqa: E402
from emgdecomp.parameters import EmgDecompositionParams  # noqa: E402

given = np.load(sys.argv[1])
settings = EmgDecompositionParams(
    sampling_rate=float(given["fs_hz"]),
    extension_factor=16,
    maximum_num_sources=100,
    contrast_function="square",
    sil_threshold=0.85,
)
found = EmgDecomposition(params=settings).decompose(given["emg"].astype(float).T)
used = resource.getrusage(resource.RUSAGE_SELF)
units = np.unique(found["source_idx"])
trains = [np.sort(found["discharge_samples"][found["source_idx"] == unit]) for unit in units]
np.savez(
    sys.argv[2],
    cpu_s=used.ru_utime + used.ru_stime,
    memory_gb=used.ru_maxrss / 1e6,
    version="0.1.0",
    **{f"unit{i}": train for i, train in enumerate(trains)},
)
