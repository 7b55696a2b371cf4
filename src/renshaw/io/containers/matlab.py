"""What every MATLAB reader needs: both file versions as one, and sizes brought into shape."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import prod
from typing import Any, Protocol

import numpy as np

from renshaw.data.arrays import FloatArray
from renshaw.io.budget import Budget
from renshaw.io.limits import MOST_UNITS, checked_rate
from renshaw.io.options import spelled as option
from renshaw.io.refusal import Refusal

RATE_NAMES = (
    *("fsamp", "fs", "samplingfrequency", "sampling_frequency", "samplerate", "fsample"),
    *("samplingrate", "sampling_rate", "sample_rate", "samplefreq", "sampling_freq", "srate"),
    *("sfreq", "fs_hz", "fsamp_hz", "fs_emg", "emg_fs", "fsemg", "f_s", "sf", "sr"),
)
_FEWEST_SAMPLES = 50
# A letter on its way from a number of eight bytes to one of a text; what a text takes beside them.
_LETTER_BYTES, _WORD_BYTES = 32, 80
FROM_ONE = "Discharge times were MATLAB indices from 1 and were converted."


@dataclass(frozen=True)
class OnlyMatlab:
    """A value that only MATLAB can rebuild: a table, a string, a date, a function.

    Parameters
    ----------
    kind : str
        Its class, as MATLAB calls it.
    """

    kind: str


class MatFile(Protocol):
    """Variables of a MATLAB file of any version."""

    @property
    def kinds(self) -> dict[str, str]:
        """The class of every variable by name."""
        ...

    def fields(self, name: str) -> tuple[str, ...]:
        """Return the (first) fields of a struct; none for anything else."""
        ...

    def load(self, name: str) -> Any:
        """Return the value of a variable."""
        ...


def spelled(names: Iterable[str], *wanted: str) -> str | None:
    """Return the first wanted name that is there, whatever its capitals, as it is spelled there."""
    by_lower = {name.lower(): name for name in reversed(list(names))}
    return next((by_lower[w.lower()] for w in wanted if w.lower() in by_lower), None)


def load(file: MatFile, *wanted: str) -> Any:
    """Return the value of the first wanted variable that is there, else None."""
    name = spelled(file.kinds, *wanted)
    return None if name is None else file.load(name)


def field(struct: Mapping[str, Any], *wanted: str) -> Any:
    """Return the value of the first wanted field that is there, else None."""
    name = spelled(struct, *wanted)
    return None if name is None else struct[name]


def rate(value: Any, what: str, given_hz: float | None = None) -> float:
    """Return a sampling rate in Hz from whatever it was stored as.

    Parameters
    ----------
    value : object
    what : str
        What the file calls it.
    given_hz : float, optional
        What the person says it is (`ReadOptions.fs_hz`), which goes before the file.
    """
    if given_hz is not None:
        return checked_rate(given_hz)
    numbers = vector(value)
    if not numbers.size:
        raise no_rate(what)
    return checked_rate(numbers[0], f"The sampling rate ({what})")


def rate_of_axis(value: Any) -> FloatArray | None:
    """Return the sampling rate (Hz) that an axis of time (s) tells, as a file would state it.

    Parameters
    ----------
    value : object
        None, with which it is returned, where it is no axis: short, falling or irregular.
    """
    times = vector(value)
    steps = np.diff(times)
    if times.size < _FEWEST_SAMPLES or not np.isfinite(times).all():
        return None
    if not steps.mean() > 0 or np.ptp(steps) > 0.1 * steps.mean():
        return None
    rate = (times.size - 1) / (times[-1] - times[0])
    # Times are rounded; rates are whole numbers, nearly always.
    return np.array([float(round(rate)) if abs(rate - round(rate)) < 1e-3 else rate])


def no_rate(name: str, what: str = "discharge indices") -> Refusal:
    """Return the refusal of a file that states no sampling rate, with what cures it."""
    return Refusal(
        f"It has no sampling rate ({name}), so {what} can't become times. Say it: "
        f"{option('fs_hz', '2048')}, or add {name} in Hz to the file"
    )


def letters(codes: np.ndarray[Any, Any], budget: Budget, what: str) -> Any:
    """Return the text in an array of codes, or a list of one a row."""
    table = np.atleast_2d(codes)
    if len(table) > 1:
        budget.count(len(table), what)
    rows = [word_of(row, budget, what) for row in table]
    return rows[0] if len(rows) == 1 else [row.rstrip() for row in rows]


def word_of(codes: np.ndarray[Any, Any], budget: Budget, what: str) -> str:
    """Return the text that codes of letters stand for."""
    charge_letters(codes.size, 1, budget, what)
    with np.errstate(all="ignore"):
        whole = np.clip(np.nan_to_num(codes.ravel().astype(float)), 0, 0xFFFF)
    return bytes(whole.astype("<u4")).decode("utf-32-le", "surrogatepass")


def charge_letters(count: int, words: int, budget: Budget, what: str) -> None:
    """Take the bytes of letters before they become texts; each text takes some besides."""
    budget.spend(_LETTER_BYTES * count + _WORD_BYTES * words, what)


def dense(
    rows: Any, starts: Any, values: Any, shape: Sequence[int], budget: Budget, what: str
) -> np.ndarray[Any, Any]:
    """Return the whole of a sparse matrix, column by column as MATLAB keeps it.

    Parameters
    ----------
    rows, values : array
        Row (from 0) and value of each number.
    starts : array
        Where each column begins among them, and the end.
    shape : sequence of int
    budget : Budget
    what : str
    """
    if len(shape) != 2 or len(starts) != shape[1] + 1:
        raise Refusal(f"{what} is damaged: its columns do not fit its dimensions")
    budget.spend(prod(shape) * 8, what)
    counts = np.diff(np.asarray(starts, dtype=np.int64))
    used = int(counts.sum())
    places = np.asarray(rows, dtype=np.int64)[:used]
    sound = (counts >= 0).all() and used <= min(len(rows), len(values)) and int(starts[0]) == 0
    if not sound or np.any((places < 0) | (places >= shape[0])):
        raise Refusal(f"{what} is damaged: its rows do not fit its dimensions")
    whole = np.zeros(tuple(shape))
    columns = np.searchsorted(np.cumsum(counts), np.arange(used), side="right")
    whole[places, columns] = np.asarray(values, dtype=float)[:used]
    return whole


def vector(value: Any) -> FloatArray:
    """Return the numbers in a value as a flat array; texts and empty cells give none."""
    if isinstance(value, np.ndarray) and value.dtype == object:
        parts = [vector(part) for part in value.ravel(order="F")]
        return np.concatenate(parts) if parts else np.zeros(0)
    if isinstance(value, np.ndarray) and value.dtype.kind in "biuf":
        return value.astype(float).ravel(order="F")
    if isinstance(value, str):
        try:
            return np.array([float(value)])
        except ValueError:
            pass
    return np.zeros(0)


def cells(value: Any) -> list[Any]:
    """Return the cells of a cell array as a list; anything else is one cell."""
    if isinstance(value, np.ndarray) and value.dtype == object:
        return list(value.ravel(order="F"))
    return [] if value is None else [value]


def texts(value: Any) -> list[str]:
    """Return the texts in a value: a char array, its rows, or a cell array of either."""
    if isinstance(value, str):
        return [value]
    if isinstance(value, list):
        return [str(row) for row in value]
    if isinstance(value, np.ndarray) and value.dtype == object:
        return [text for part in value.ravel(order="F") for text in (texts(part) or [""])]
    return []


def trains(value: Any) -> list[FloatArray]:
    """Return one array of indices a unit from a cell array, a vector or a padded matrix.

    A file with a single unit holds its bare vector; some programs pad a matrix of units with zeros
    or NaN.
    """
    if isinstance(value, np.ndarray) and value.dtype != object:
        if value.size == 0:
            return []
        if min(value.shape) == 1:
            return [vector(value)]
        rows = value.astype(float)
        units = [row[np.isfinite(row) & (row != 0)] for row in rows[: MOST_UNITS + 1]]
    else:
        units = [vector(cell) for cell in cells(value)]
    if len(units) > MOST_UNITS:
        raise Refusal(f"It claims more than {MOST_UNITS:,} motor units")
    return units


def time_course(value: Any) -> tuple[FloatArray, int]:
    """Return a signal's first channel and how many channels there were, longest dimension first."""
    if isinstance(value, np.ndarray) and value.dtype == object:
        filled = [cell for cell in cells(value) if vector(cell).size]
        return time_course(filled[0]) if filled else (np.zeros(0), 0)
    if not isinstance(value, np.ndarray) or value.dtype.kind not in "biuf" or value.ndim != 2:
        return vector(value), int(vector(value).size > 0)
    if value.size == 0:
        return np.zeros(0), 0
    channels = value if value.shape[0] <= value.shape[1] else value.T
    return channels[0].astype(float), channels.shape[0]
