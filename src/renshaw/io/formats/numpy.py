"""NumPy's ``.npy`` and ``.npz``: a matrix of raw EMG or spikes, discharge times, an array a unit.

What is what is known by shape, as in any MATLAB file; samples count from 0, as in Python.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from renshaw.data.recording import Recording
from renshaw.io.containers.numpy_files import MAGIC, NumpyArchive, array_of
from renshaw.io.format import FORMATS, LAST, Format
from renshaw.io.formats.matlab.anything import read_any
from renshaw.io.probe import Probe


def recognizes(probe: Probe) -> bool:
    """Whether it is one array, or an archive of arrays."""
    if probe.head.startswith(MAGIC):
        return True
    if probe.kind != "zip":
        return False
    with NumpyArchive(probe) as archive:
        return bool(archive.names)


def read(probe: Probe) -> Recording:
    """Read whatever can be motor units, else raw EMG."""
    if probe.head.startswith(MAGIC):
        with probe.stream() as stream:
            probe.budget.spend(2 * probe.size, "The array")
            arrays = {"array": array_of(stream.read(), "array", probe.budget)}
    else:
        with NumpyArchive(probe) as archive:
            arrays = {name: archive.array(name) for name in archive.names}
    return read_any(_Arrays(arrays), probe.options, "a NumPy", first=0)


class _Arrays:
    """Arrays as the variables of a workspace, two dimensions or more as MATLAB has them."""

    def __init__(self, arrays: dict[str, Any]) -> None:
        self._arrays = arrays

    @property
    def kinds(self) -> dict[str, str]:
        """The class of every array by name."""
        named = {"U": "char", "S": "char", "O": "cell"}
        return {name: named.get(a.dtype.kind, "number") for name, a in self._arrays.items()}

    def fields(self, name: str) -> tuple[str, ...]:
        """Return nothing: arrays have no fields."""
        return ()

    def load(self, name: str) -> Any:
        """Return an array; a text as such, several as a list."""
        array = self._arrays[name]
        if array.dtype.kind not in "US":
            return np.atleast_2d(array)
        texts = [str(text) for text in np.char.asarray(array, unicode=True).ravel()]
        return texts[0] if len(texts) == 1 else texts


def sample(path: Path) -> None:
    """Write discharge times (s), a row a unit."""
    rows = np.full((2, 40), np.nan)
    rows[0] = 1 + np.cumsum(0.1 + 0.01 * np.sin(np.arange(40)))
    rows[1, :30] = 2 + np.cumsum(0.12 + 0.01 * np.cos(np.arange(30)))
    with path.open("wb") as stream:
        np.save(stream, rows)


FORMATS.add(
    Format(
        name="numpy",
        title="NumPy",
        description="NumPy .npy or .npz with discharge times, spike trains or raw EMG",
        rank=2 * LAST + 1,
        endings=(".npy", ".npz"),
        holds="units, force, raw EMG; arrays of any name",
        recognizes=recognizes,
        read=read,
        sample=sample,
    )
)
