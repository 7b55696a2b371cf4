"""Decompose one recording with renshaw's defaults, measured like its peers.

Usage: python renshaw_worker.py EMG.npz OUT.npz
"""

from __future__ import annotations

import resource
import sys

import numpy as np

import renshaw as rs

given = np.load(sys.argv[1])
fs_hz = float(given["fs_hz"])
signal = rs.Signal(given["emg"], fs_hz, "uV")
window = (0.0, len(given["emg"]) / fs_hz)
recording = rs.Recording(rs.MotorUnits((), window), {"emg": signal})
found = rs.decompose(recording)
used = resource.getrusage(resource.RUSAGE_SELF)
good = [t for t, flag in zip(found.units.times_s, found.units.flags, strict=True) if not flag]
np.savez(
    sys.argv[2],
    cpu_s=used.ru_utime + used.ru_stime,
    memory_gb=used.ru_maxrss / 1e6,
    version=rs.__version__,
    **{f"unit{i}": np.rint(t * fs_hz).astype(int) for i, t in enumerate(good)},
)
