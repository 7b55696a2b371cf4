"""`Grid`: where the electrodes of a recording's EMG lie, and which of them are good."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from renshaw.core.errors import DataError
from renshaw.core.fingerprint import fingerprint
from renshaw.data.arrays import FloatArray, read_only

# OT Bioelettronica: rows, columns, distance (mm). Names start GR or HD.
_CODE = re.compile(r"\b(?:GR|HD)(04|05|08|10)(?:MM)(13|08|16)(05|04|08)\b", re.I)


@dataclass(frozen=True, eq=False)
class Grid:
    """A grid of electrodes over one muscle.

    Parameters
    ----------
    name : str
        Code of the grid or name of the muscle.
    channels : sequence of int
        Columns of the recording's ``"emg"`` that belong to it, from 0.
    x_mm, y_mm : array, shape (channels,)
        Place of each electrode, x across and y along the rows of the grid; NaN where not known.
    faults : tuple of str
        What is wrong with each channel, in words; ``""`` for a good one.
    muscle : str
        The muscle that it lies over; ``""`` where it is not known.

    Raises
    ------
    DataError
        Lists of unequal length, or a channel named twice.
    """

    name: str
    channels: tuple[int, ...]
    x_mm: FloatArray
    y_mm: FloatArray
    faults: tuple[str, ...] = ()
    muscle: str = ""

    def __post_init__(self) -> None:
        channels = tuple(int(c) for c in self.channels)
        faults = tuple(self.faults) or ("",) * len(channels)
        x_mm, y_mm = read_only(self.x_mm), read_only(self.y_mm)
        if not len(channels) == len(faults) == len(x_mm) == len(y_mm):
            raise DataError(f"Grid {self.name}: channels, places and faults differ in number.")
        if len(set(channels)) != len(channels) or min(channels, default=0) < 0:
            raise DataError(f"Grid {self.name}: its channels must be distinct and counted from 0.")
        for name, value in (
            ("channels", channels),
            ("faults", faults),
            ("x_mm", x_mm),
            ("y_mm", y_mm),
        ):
            object.__setattr__(self, name, value)

    def __len__(self) -> int:
        return len(self.channels)

    def __repr__(self) -> str:
        return f"Grid({self.name!r}, {len(self)} channels, {int(self.good.sum())} good)"

    @property
    def good(self) -> NDArray[np.bool_]:
        """Which channels have no fault."""
        return np.array([not fault for fault in self.faults], dtype=bool)

    @property
    def placed(self) -> bool:
        """Whether the place of every electrode is known."""
        return bool(len(self) and np.isfinite(self.x_mm).all() and np.isfinite(self.y_mm).all())

    @property
    def distance_mm(self) -> float:
        """Smallest distance between two electrodes; NaN where places are not known."""
        if not self.placed or len(self) < 2:
            return float("nan")
        away = np.hypot(self.x_mm[:, None] - self.x_mm, self.y_mm[:, None] - self.y_mm)
        return float(away[~np.eye(len(self), dtype=bool)].min())

    def table(self, values: Any) -> FloatArray:
        """Return one value a channel as rows and columns of the grid; NaN where none is.

        Parameters
        ----------
        values : array, shape (channels,)

        Returns
        -------
        array, shape (rows, columns)
        """
        if not self.placed:
            return np.asarray(values, dtype=float)[:, None]
        rows, row = np.unique(np.round(self.y_mm, 3), return_inverse=True)
        columns, column = np.unique(np.round(self.x_mm, 3), return_inverse=True)
        table = np.full((len(rows), len(columns)), np.nan)
        table[row, column] = values
        return table

    def with_faults(self, faults: Sequence[str]) -> Grid:
        """Return the grid with other faults.

        Parameters
        ----------
        faults : sequence of str
            One a channel: why it is bad, ``""`` for a good one.
        """
        return replace(self, faults=tuple(faults))

    def over(self, muscle: str) -> Grid:
        """Return the grid over a muscle.

        Parameters
        ----------
        muscle : str
            E.g. ``"TA"``.
        """
        return replace(self, muscle=muscle)

    def fingerprint(self) -> str:
        """Return a short hash of the content (what the muscle is called doesn't count)."""
        return fingerprint(self.name, self.channels, self.x_mm, self.y_mm, self.faults)


def otb_grid(code: str, channels: Sequence[int]) -> Grid:
    """Return a grid of OT Bioelettronica by its code, ``GR08MM1305`` and the like.

    Grids of 13 x 5 lack the first corner; their channels run down the first column, up the second
    and so on. Grids of 8 x 8 and 8 x 4 run down every column. A code of another kind, or another
    number of channels, gives a grid of unknown places.

    Parameters
    ----------
    code : str
    channels : sequence of int
        Columns of the EMG, in the order of the amplifier.
    """
    found = _CODE.search(code)
    if found:
        distance, rows, columns = (float(found[1]), int(found[2]), int(found[3]))
        missing = rows * columns - len(channels)
        if missing in (0, 1):
            return Grid(
                found[0].upper(),
                tuple(channels),
                *_serpentine(rows, columns, distance, skip_first=missing == 1),
            )
    return unplaced(code or "EMG", channels)


def unplaced(name: str, channels: Sequence[int]) -> Grid:
    """Return a grid whose electrodes lie nobody knows where."""
    nowhere = np.full(len(channels), np.nan)
    return Grid(name, tuple(channels), nowhere, nowhere)


def rectangular(name: str, channels: Sequence[int], rows: int, columns: int, mm: float) -> Grid:
    """Return a full grid whose channels run down the columns."""
    if rows * columns != len(channels):
        raise DataError(f"{rows} x {columns} electrodes, but {len(channels)} channels.")
    x, y = np.meshgrid(np.arange(columns) * mm, np.arange(rows) * mm)
    return Grid(name, tuple(channels), x.T.ravel(), y.T.ravel())


def _serpentine(
    rows: int, columns: int, mm: float, *, skip_first: bool
) -> tuple[FloatArray, FloatArray]:
    """Return x and y of channels that run down one column and up the next where a corner lacks."""
    places = []
    for column in range(columns):
        down = list(range(rows))
        if skip_first and column % 2:
            down.reverse()
        if skip_first and column == 0:
            down = down[1:]
        places += [(column * mm, row * mm) for row in down]
    x, y = np.array(places, dtype=float).T
    return x, y
