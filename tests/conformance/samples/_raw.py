"""Raw EMG and a force that every sample without motor units holds."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

FS_HZ = 2000.0
SAMPLES = 1024
CHANNELS = 8


@dataclass(frozen=True)
class RawSample:
    """How to make a file of one format.

    Parameters
    ----------
    name : str
        Of the sample: that of its format, and what is special about it.
    write : callable
        ``write(path)``.
    exact_uv : float
        How exactly the format holds the EMG.
    """

    name: str
    write: Callable[[Path], None]
    exact_uv: float

    @property
    def reader(self) -> str:
        """The format that must recognize it, which is the name of the file that it stands in."""
        return self.write.__module__.rpartition(".")[2]


def emg_uv(seed: int = 0) -> Any:
    """EMG of some hundred microvolts, samples x channels."""
    return np.random.default_rng(seed).normal(0, 200, (SAMPLES, CHANNELS))


def force() -> Any:
    """A ramp in volts."""
    return np.linspace(0, 2, SAMPLES)
