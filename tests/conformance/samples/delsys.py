"""What Delsys's programs export for MATLAB."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import scipy.io

from samples._raw import CHANNELS, FS_HZ, RawSample, emg_uv, force


def delsys(path: Path) -> None:
    """Write what Delsys's programs export for MATLAB."""
    data = np.vstack([emg_uv().T / 1e6, force()])
    names = np.empty(CHANNELS + 1, dtype=object)
    names[:] = [f"Galileo: EMG {i + 1}" for i in range(CHANNELS)] + ["Load cell"]
    rates = np.full(CHANNELS + 1, FS_HZ)
    scipy.io.savemat(path, {"Data": data, "Channels": names, "Fs": rates, "Time": data[:1]})


SAMPLES = (RawSample("delsys", delsys, 0.01),)
