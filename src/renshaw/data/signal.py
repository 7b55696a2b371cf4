"""`Signal`: a regularly sampled time course with its unit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from renshaw.core.errors import DataError
from renshaw.core.fingerprint import fingerprint
from renshaw.data.arrays import FloatArray, read_only


@dataclass(frozen=True, eq=False)
class Signal:
    """A regularly sampled time course.

    Parameters
    ----------
    values : array, shape (samples,) or (samples, channels)
        float64, or float32 for wide signals such as raw EMG; NaN where nothing was measured.
    fs_hz : float
        Sampling rate.
    unit : str
        ``"% MVC"``, ``"uV"``, ``"nA"``, ``""`` where it has none or is not known.
    start_s : float
        Time of the first sample.
    channels : tuple of str
        Names of the columns of a two-dimensional signal.
    """

    values: FloatArray
    fs_hz: float
    unit: str = ""
    start_s: float = 0.0
    channels: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        kind = np.asarray(self.values).dtype
        values = read_only(self.values, np.float32 if kind == np.float32 else np.float64)
        if values.ndim not in (1, 2):
            raise DataError(f"A signal has one or two dimensions, not {values.ndim}.")
        if not np.isfinite(self.fs_hz) or self.fs_hz <= 0:
            raise DataError(f"A sampling rate of {self.fs_hz!r} Hz is impossible.")
        if not np.isfinite(self.start_s):
            raise DataError(f"A signal can't start at {self.start_s!r} s.")
        object.__setattr__(self, "values", values)
        object.__setattr__(self, "fs_hz", float(self.fs_hz))
        object.__setattr__(self, "start_s", float(self.start_s))
        object.__setattr__(self, "channels", tuple(self.channels))

    def __len__(self) -> int:
        return int(self.values.shape[0])

    def __repr__(self) -> str:
        shape = "x".join(map(str, self.values.shape))
        return f"Signal({shape}, {self.fs_hz:g} Hz, {self.unit or 'no unit'})"

    @property
    def times_s(self) -> FloatArray:
        """Time of every sample."""
        return self.start_s + np.arange(len(self)) / self.fs_hz

    @property
    def end_s(self) -> float:
        """Time just after the last sample."""
        return self.start_s + len(self) / self.fs_hz

    def at(self, times_s: ArrayLike) -> Any:
        """Return the value at the given times by linear interpolation; NaN outside the signal.

        Parameters
        ----------
        times_s : array, shape (n,)

        Returns
        -------
        array, shape (n,)
        """
        if self.values.ndim != 1:
            raise DataError("Only a signal of one channel can be read at a time.")
        times_s = np.asarray(times_s, dtype=float)
        if len(self) == 0:
            return np.full(times_s.shape, np.nan)
        return np.interp(times_s, self.times_s, self.values, left=np.nan, right=np.nan)

    def fingerprint(self) -> str:
        """Return a short hash of the content."""
        return fingerprint(self.values, self.fs_hz, self.unit, self.start_s, self.channels)
