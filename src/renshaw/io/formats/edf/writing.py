"""BDF files: 24 bits a sample, each channel with its own range and rate (the BioSemi format)."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from renshaw.core.errors import WriteError

Array = np.ndarray[Any, Any]

_TOP = 2**23 - 1
# Records of about a second are usual.
_LONGEST_RECORD_S = 10.0
_MOST_CHANNELS = 4096


@dataclass(frozen=True, eq=False)
class Track:
    """One channel of a BDF file.

    Parameters
    ----------
    label : str
        Up to 16 ASCII characters.
    unit : str
        Up to 8 ASCII characters.
    values : array, shape (samples,)
    """

    label: str
    unit: str
    values: Array


def record_of(fs_hz: float) -> tuple[int, float]:
    """Return samples and seconds of a record, such that 8 characters state the rate best."""
    best, least = (1, 1.0), math.inf
    for samples in range(1, max(2, math.ceil(_LONGEST_RECORD_S * fs_hz))):
        seconds = float(_eight(samples / fs_hz))
        error = abs(samples / seconds - fs_hz) if seconds > 0 else math.inf
        if error < least * (1 - 1e-9):
            best, least = (samples, seconds), error
        if samples >= fs_hz and least <= 1e-9 * fs_hz:
            break
    samples, seconds = best
    # A whole number of the shortest exact records, of about a second.
    times = max(1, round(1.0 / seconds))
    if float(_eight(times * seconds)) == times * seconds:
        return samples * times, times * seconds
    return best


def store_bdf(tracks: Sequence[Track], fs_hz: float, path: Path) -> None:
    """Write channels of one rate and length.

    Values are rounded to 2^24 steps of each channel's range; the last record is filled up with its
    last value. What is no number becomes 0.
    """
    if not 1 <= len(tracks) <= _MOST_CHANNELS:
        raise WriteError(f"A BDF file holds 1 to {_MOST_CHANNELS} channels, not {len(tracks)}.")
    per, seconds = record_of(fs_hz)
    length = len(tracks[0].values)
    records = max(1, -(-length // per))
    ranges = [_range(track.values) for track in tracks]
    head = _head(tracks, ranges, records, per, seconds)
    with path.open("wb") as stream:
        stream.write(head)
        for first in range(0, records * per, per):
            for track, (low, high) in zip(tracks, ranges, strict=True):
                stream.write(_packed(track.values[first : first + per], low, high, per))


def _range(values: Array) -> tuple[float, float]:
    """Return a symmetric range of a channel as 8 characters can state it."""
    finite = values[np.isfinite(values)]
    largest = float(np.abs(finite).max()) if len(finite) else 0.0
    if largest == 0:
        return -1.0, 1.0
    # One digit more than 7 characters and a sign allow is rounded up.
    digits = max(0, 5 - max(0, math.floor(math.log10(largest))))
    high = math.ceil(largest * 10**digits) / 10**digits
    if len(f"-{high:g}") > 8 or float(f"{high:.6g}") < largest:
        high = 10.0 ** math.ceil(math.log10(largest) + 1e-9)
    return -float(_eight(high, 7)), float(_eight(high, 7))


def _packed(values: Array, low: float, high: float, per: int) -> bytes:
    steps = np.rint((np.nan_to_num(values.astype(float)) - low) / (high - low) * (2 * _TOP) - _TOP)
    whole = np.zeros(per, dtype="<i4")
    whole[: len(steps)] = np.clip(steps, -_TOP, _TOP)
    if 0 < len(steps) < per:
        whole[len(steps) :] = whole[len(steps) - 1]
    return whole.view(np.uint8).reshape(-1, 4)[:, :3].tobytes()


def _head(
    tracks: Sequence[Track],
    ranges: Sequence[tuple[float, float]],
    records: int,
    per: int,
    seconds: float,
) -> bytes:
    count = len(tracks)
    head = b"\xffBIOSEMI" + b"X X X X".ljust(80) + b"Startdate X X X X".ljust(80)
    # The date of a recording is not known to renshaw; this one means that.
    head += b"01.01.85" + b"00.00.00" + _column([256 * (count + 1)], 8) + b"24BIT".ljust(44)
    head += _column([records], 8) + _column([_eight(seconds)], 8) + _column([count], 4)
    head += _column([track.label for track in tracks], 16) + _column([""] * count, 80)
    head += _column([track.unit for track in tracks], 8)
    head += _column([_eight(low) for low, _ in ranges], 8)
    head += _column([_eight(high) for _, high in ranges], 8)
    head += _column([-_TOP] * count, 8) + _column([_TOP] * count, 8)
    head += _column([""] * count, 80) + _column([per] * count, 8) + _column([""] * count, 32)
    return head


def _column(values: Sequence[Any], width: int) -> bytes:
    cells = [str(value).encode("ascii", "replace")[:width].ljust(width) for value in values]
    return b"".join(cells)


def _eight(value: float, width: int = 8) -> str:
    """Return a number in at most 8 characters, as exactly as they allow."""
    for digits in range(17, 0, -1):
        text = f"{value:.{digits}g}"
        if len(text) <= width and "e" not in text:
            return text
    return f"{value:.0e}"
