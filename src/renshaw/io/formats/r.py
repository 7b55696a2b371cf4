"""R's ``.rds``, ``.rda`` and ``.RData``: data frames, lists of discharge times, matrices.

What is what is known by shape, as in any MATLAB file: a list with one vector a unit, a data frame
of unit and time, a matrix of zeros and ones. Samples count from 1, as in R.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from renshaw.data.recording import Recording
from renshaw.io.containers import rdata
from renshaw.io.format import FORMATS, LAST, Format
from renshaw.io.formats.matlab.anything import read_any
from renshaw.io.probe import Probe


def recognizes(probe: Probe) -> bool:
    """Whether it begins as R's files do."""
    return rdata.recognizes(probe)


def read(probe: Probe) -> Recording:
    """Read whatever can be motor units, else raw EMG."""
    return read_any(_Objects(rdata.variables(probe)), probe.options, "an R")


class _Objects:
    """R's objects as the variables of a workspace."""

    def __init__(self, objects: dict[str, Any]) -> None:
        self._objects = {name: _numbered(value) for name, value in objects.items()}

    @property
    def kinds(self) -> dict[str, str]:
        """The class of every object by name."""
        return {name: _kind(value) for name, value in self._objects.items()}

    def fields(self, name: str) -> tuple[str, ...]:
        """Return the columns of a data frame or the names of a list."""
        value = self._objects[name]
        return tuple(value) if isinstance(value, dict) else ()

    def load(self, name: str) -> Any:
        """Return an object."""
        return self._objects[name]


def _kind(value: Any) -> str:
    if isinstance(value, dict):
        return "struct"
    if isinstance(value, np.ndarray):
        return "cell" if value.dtype == object else "number"
    return "char"


def _numbered(value: Any) -> Any:
    """Return a value in which a column of texts that repeat, such as units, is one of numbers."""
    if isinstance(value, dict):
        return {name: _numbered(part) for name, part in value.items()}
    if isinstance(value, list) and 0 < len(set(value)) <= len(value) // 3:
        order = {text: number for number, text in enumerate(dict.fromkeys(value), start=1)}
        return np.array([[float(order[text]) for text in value]])
    if isinstance(value, list) and len(value) == 1:
        return value[0]
    return value


FORMATS.add(
    Format(
        name="r",
        title="R",
        description="R .rds, .rda or .RData with discharge times, spike trains or raw EMG",
        rank=2 * LAST + 2,
        endings=(".rds", ".rda", ".rdata"),
        holds="units, force, raw EMG; objects of any name",
        recognizes=recognizes,
        read=read,
    )
)
