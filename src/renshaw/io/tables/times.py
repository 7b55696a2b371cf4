"""From the numbers of a column to seconds: what its head says, what the options say, or a question.

A column of whole numbers whose head names no unit may count samples, or milliseconds: which, nobody
can see, so it is asked.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from renshaw.io.limits import checked_rate
from renshaw.io.options import IN_SECONDS, ReadOptions, spelled
from renshaw.io.refusal import Refusal

_WORDS = {"ms": "ms", "us": "us", "min": "minutes"}
# Whole numbers that tell that times are not in seconds: no unit fires at whole seconds only.
_FEWEST_WHOLE = 5
# Times of a clock that runs from the start of the recording are earlier than a time of day.
_HOUR_S = 3600.0
_LONGEST_BY_CLOCK_S = 12 * _HOUR_S


def seconds(
    values: Sequence[Any], measure: str, options: ReadOptions, name: str
) -> tuple[list[Any], list[str]]:
    """Return times in seconds, and what was done.

    Parameters
    ----------
    values : sequence of arrays
        One a unit, as the file has them.
    measure : str
        What the head says that they are counted in; ``""`` if it doesn't.
    options : ReadOptions
    name : str
        Of the column or columns, for the refusal.
    """
    stated = options.time_unit
    unit = stated or measure
    if not unit:
        if counted(values):
            raise Refusal(
                f"The times in {name} are whole numbers, and nothing says what they count. If they "
                f"are samples, give their rate: {spelled('fs_hz', '2048')} and "
                f"{spelled('time_unit', 'samples')}; if they are milliseconds: "
                f"{spelled('time_unit', 'ms')}"
            )
        unit = "s"
    if unit == "samples":
        fs_hz = rate_needed(options, f"{name} counts samples")
        said = [f"Samples were counted from 0 at {fs_hz:g} Hz."]
        return [np.asarray(train, dtype=float) / fs_hz for train in values], said
    said = [f"Times were in {_WORDS[unit]} and were converted."] if unit != "s" else []
    return [np.asarray(train, dtype=float) * IN_SECONDS[unit] for train in values], said


def of_clock(values: Sequence[Any], clocks: int, name: str) -> tuple[list[Any], list[str]]:
    """Return clock times as seconds of the recording, and what was done.

    Parameters
    ----------
    values : sequence of arrays
        Seconds since some midnight, one array a unit.
    clocks : int
        How many of them were clock times.
    name : str
        Of the column.

    Raises
    ------
    Refusal
        Some of the column are numbers, or midnight lies between two of them.
    """
    trains = [np.asarray(train, dtype=float) for train in values]
    every = np.concatenate([np.zeros(0), *trains])
    if clocks < every.size:
        raise Refusal(
            f"The times in {name} are clock times and numbers. Write all of them in seconds"
        )
    first, last = float(every.min()), float(every.max())
    if last - first > _LONGEST_BY_CLOCK_S:
        raise Refusal(
            f"The clock times in {name} lie {(last - first) / 3600:.3g} hours apart; midnight may "
            "lie between them. Write the times in seconds from the start of the recording"
        )
    if first < _HOUR_S:
        return trains, ["Clock times were counted in seconds from 00:00:00."]
    return [train - first for train in trains], [
        "Clock times were counted in seconds from the first discharge, for nothing says when the "
        "recording began."
    ]


def counted(values: Sequence[Any]) -> bool:
    """Whether times are whole numbers throughout, as samples and milliseconds are."""
    finite = [np.asarray(train, dtype=float) for train in values]
    every = np.concatenate([np.zeros(0), *(train[np.isfinite(train)] for train in finite)])
    return np.unique(every).size >= _FEWEST_WHOLE and bool((every == np.round(every)).all())


def rate_needed(options: ReadOptions, why: str) -> float:
    """Return the sampling rate that was given, or refuse a file that can't be read without it."""
    if options.fs_hz is None:
        raise Refusal(f"{why}, and nothing says at which rate. Give it: {spelled('fs_hz', '2048')}")
    return checked_rate(options.fs_hz)


class Axis:
    """A column of times, one a sample, regular or refused.

    Parameters
    ----------
    values : array
        As the file has them.
    measure : str
        What they are counted in, as the head says.
    options : ReadOptions
    name : str
    """

    def __init__(self, values: Any, measure: str, options: ReadOptions, name: str) -> None:
        finite = np.isfinite(values)
        end = int(np.flatnonzero(finite)[-1]) + 1 if finite.any() else 0
        self.samples = end
        times = np.asarray(values[:end], dtype=float)
        if end < 2 or not finite[:end].all():
            raise Refusal(f"The times in {name} have gaps, or there are fewer than two")
        if (np.diff(times) < 0).any():
            raise Refusal(f"The times in {name} go back; they are no time axis. Export it again")
        self.said: list[str]
        (times,), self.said = seconds([times], measure, options, name)
        span = float(times[-1] - times[0])
        if not span > 0:
            raise Refusal(f"The times in {name} stand still; they are no time axis")
        self.start_s: float = float(times[0])
        self.fs_hz: float = checked_rate(
            _round_rate((end - 1) / span, times), f"The rate of {name}"
        )
        # Times are rounded when they are written: a sample may be off by as much as that.
        off = np.abs(times - (self.start_s + np.arange(end) / self.fs_hz)).max()
        if off * self.fs_hz > 1.5:
            raise Refusal(
                f"The times in {name} are not evenly spaced (off by up to {off:.3g} s). Export "
                "the signals at one sampling rate"
            )
        if options.fs_hz is not None and abs(options.fs_hz - self.fs_hz) > 0.01 * self.fs_hz:
            raise Refusal(
                f"{spelled('fs_hz', f'{options.fs_hz:g}')} contradicts {name}, whose times run at "
                f"{self.fs_hz:g} Hz. Leave one of them out"
            )
        if options.fs_hz is not None:
            self.fs_hz = options.fs_hz


def _round_rate(rate: float, times: Any) -> float:
    """Return a whole rate where the times, as they are rounded, can't tell it from that."""
    steps = np.abs(times[: min(len(times), 1000)])
    digits = next(
        d for d in range(10) if d == 9 or np.abs(steps - np.round(steps, d)).max() < 1e-10
    )
    uncertain = rate * 10.0**-digits / max(float(times[-1] - times[0]), 1e-12)
    whole = float(round(rate))
    return whole if whole and abs(rate - whole) <= max(uncertain, 1e-9 * rate) else rate
