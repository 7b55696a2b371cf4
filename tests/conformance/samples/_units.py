"""Motor units that every sample with discharge times holds."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

FS_HZ = 1000.0
SAMPLES = 3000
TORQUE = np.concatenate([np.linspace(0, 20, 1500), np.linspace(20, 0, 1500)])
# Sample indices from 0.
TRAINS = [
    list(range(200, 2700, 100)),
    list(range(500, 2400, 97)),
    list(range(900, 2000, 111)),
]
Trains = Sequence[Sequence[float]]


@dataclass(frozen=True)
class Sample:
    """How to make a file of one format.

    Parameters
    ----------
    name : str
        Of the sample: that of its format, and what is special about it.
    write : callable
        ``write(path, trains, fs_hz)``, trains in sample indices from 0.
    torque, rate : bool
        Whether the format holds a torque and a sampling rate.
    faults : bool
        Whether it can express faulty discharge times.
    silent : bool
        Whether it can hold a unit without discharges.
    whole : bool
        Whether a truncated file can be told from a whole one.
    """

    name: str
    write: Callable[[Path, Trains, float], None]
    torque: bool = True
    rate: bool = True
    faults: bool = True
    silent: bool = True
    whole: bool = True

    @property
    def reader(self) -> str:
        """The format that must recognize it, which is the name of the file that it stands in."""
        return self.write.__module__.rpartition(".")[2]
