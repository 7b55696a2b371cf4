"""Six motor units on a triangular ramp, every discharge on a sample of 2 kHz (0.5 ms).

So each layout holds the same numbers exactly: samples, seconds with four digits, milliseconds with
one, or zeros and ones.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

FS_HZ = 2000.0
LENGTH = 60_000
START_S, PEAK_S, END_S = 5.0, 15.0, 25.0


def _torque() -> Any:
    times_s = np.arange(LENGTH) / FS_HZ
    return np.interp(times_s, [START_S, PEAK_S, END_S], [0.0, 30.0, 0.0])


def _train(recruited_s: float) -> Any:
    """Return the samples of a unit that rises from 7 pps and stops later than it began."""
    stops_s = END_S - 0.75 * (recruited_s - START_S)
    times_s = np.linspace(recruited_s, stops_s, 40_001)
    rise = np.interp(times_s, [recruited_s, PEAK_S, stops_s], [7.0, 20.0 - recruited_s / 2, 5.0])
    phase = np.concatenate([[0.0], np.cumsum(rise[1:] * np.diff(times_s))])
    whole = np.arange(int(phase[-1]) + 1)
    return np.rint(np.interp(whole, phase, times_s) * FS_HZ).astype(int)


TORQUE = _torque()
# Sample indices from 0, one array a unit.
TRAINS = tuple(_train(START_S + 1.25 * number) for number in range(1, 7))
TIMES_S = tuple(train / FS_HZ for train in TRAINS)


def fired() -> Any:
    """Return zeros and ones, samples x units."""
    matrix = np.zeros((LENGTH, len(TRAINS)), dtype=np.uint8)
    for unit, train in enumerate(TRAINS):
        matrix[train, unit] = 1
    return matrix


def rows() -> list[tuple[int, int]]:
    """Return unit (from 1) and sample of every discharge, in order of time."""
    pairs = [(unit, int(at)) for unit, train in enumerate(TRAINS, 1) for at in train]
    return sorted(pairs, key=lambda pair: pair[1])


@dataclass(frozen=True)
class Layout:
    """One way in which a laboratory keeps the units.

    Parameters
    ----------
    name : str
    write : callable
        ``write(folder) -> path`` of what is read.
    torque : bool
        Whether it holds the torque.
    options : mapping
        What a person has to say (`ReadOptions`), where the files don't.
    needs : str
        A package that reading it needs; the test is skipped where it is absent.
    """

    name: str
    write: Callable[[Path], Path]
    torque: bool = False
    options: Mapping[str, Any] = field(default_factory=dict)
    needs: str = ""
