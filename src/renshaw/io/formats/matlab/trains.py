"""What in a MATLAB file can be motor units, by its shape and content, whatever it is called."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from renshaw.data.arrays import FloatArray
from renshaw.io.containers import matlab
from renshaw.io.limits import MOST_UNITS
from renshaw.io.options import spelled
from renshaw.io.refusal import Refusal

_DIGITS = re.compile(r"\d+(?=\D*$)")
# What a column is called that says whose each discharge is.
_WHOSE = re.compile(r"unit|neuron|cluster|label|source|^mus?(_|$)|^ids?$|_ids?$", re.I)
# A unit that an estimate could use has more; a shorter list of numbers may be anything.
_FEWEST = 3
# Discharges are less than a fifth of the samples: 400 pps at 2 kHz.
_MOST_FIRED = 0.2
_FEWEST_SAMPLES = 50
# Numbers that rise by the same step, and faster than any unit fires, are an axis of time.
_CLOCKWORK = 1e-6
_AXIS_STEP = 1.0
_AXIS_STEP_S = 5e-3


@dataclass(frozen=True, eq=False)
class Trains:
    """Discharges as a file holds them.

    Parameters
    ----------
    path : str
        Of the variable; ``MU*`` for a variable a unit.
    trains : sequence of array
        One a unit: indices or times, whatever the file counts in.
    labels : tuple of str
        Of the units, where the file groups or numbers them.
    samples : int
        Length of the matrix, where the discharges are ones among zeros; indices are from 0 then.
    first : int, optional
        The first index, where it is known; else 1, as MATLAB counts, unless a 0 is there.
    """

    path: str
    trains: Sequence[FloatArray]
    labels: tuple[str, ...] = ()
    samples: int = 0
    first: int | None = None

    @property
    def flat(self) -> FloatArray:
        """Every number of every unit."""
        return np.concatenate([np.zeros(0), *self.trains])

    @property
    def typical(self) -> float:
        """The median interval; NaN where no unit has any."""
        steps = np.concatenate([np.zeros(0), *(np.diff(train) for train in self.trains)])
        steps = steps[np.isfinite(steps) & (steps > 0)]
        return float(np.median(steps)) if steps.size else float("nan")

    def __str__(self) -> str:
        count = len(self.trains)
        return f"{self.path} ({count} unit{'s' * (count != 1)}, {self.flat.size:,} discharges)"


def named(path: str, value: Any) -> Trains | None:
    """Return the discharges in a variable that a person says holds them; None where it can't be."""
    one = _in_value(path, value)
    if one is not None or not isinstance(value, np.ndarray) or value.ndim != 2:
        return one
    if value.dtype.kind in "biuf" and value.size and (one := _binary(path, value)) is not None:
        return one
    # A matrix that is none of units may be EMG; cells and vectors may hold faults, to be flagged.
    whole = value.dtype == object or min(value.shape) == 1
    trains = [_unpadded(train) for train in matlab.trains(value)] if whole else []
    return Trains(path, trains) if any(train.size for train in trains) else None


def pulses(path: str, value: Any) -> Trains:
    """Return the discharges in a variable whose name says that it holds them, few as they may be.

    Parameters
    ----------
    path : str
    value : object
    """
    fallback = [_unpadded(train) for train in matlab.trains(value)]
    return named(path, value) or Trains(path, fallback)


def found(workspace: Mapping[str, Any]) -> list[Trains]:
    """Return whatever in a workspace can be motor units; of the same discharges, the first."""
    candidates: list[Trains] = []
    vectors: dict[str, list[tuple[str, Trains]]] = {}
    for path, value in workspace.items():
        one = _in_value(path, value)
        if one is not None:
            candidates.append(one)
        elif (single := _lone(path, value)) is not None:
            vectors.setdefault(_DIGITS.sub("*", path), []).append((path, single))
    for stem, members in vectors.items():
        samples = {trains.samples for _, trains in members}
        if len(samples) > 1:
            continue
        numbers = tuple(match[0] for name, _ in members if (match := _DIGITS.search(name)))
        path = stem if len(members) > 1 else members[0][0]
        labels = numbers if len(members) > 1 else ()
        vector = [each.trains[0] for _, each in members]
        candidates.append(Trains(path, vector, labels, samples.pop()))
    # A lone list of numbers that rise may be cues or triggers: it counts where nothing else does.
    whole = [each for each in candidates if len(each.trains) > 1]
    return _distinct(whole or _in_pairs(workspace) or candidates)


def _distinct(candidates: list[Trains]) -> list[Trains]:
    kept: list[Trains] = []
    for each in candidates:
        if not any(_same(each, other) for other in kept):
            kept.append(each)
    return kept


def _same(one: Trains, other: Trains) -> bool:
    """Whether two variables hold the same discharges: as indices, as times, or as ones."""
    if [t.size for t in one.trains] != [t.size for t in other.trains] or one.flat.size < _FEWEST:
        return False
    fine, rough = sorted((one.flat, other.flat), key=np.ptp, reverse=True)
    if not np.ptp(rough):
        return False
    scale, shift = np.polyfit(rough, fine, 1)
    # Indices from 0 or 1 differ by one; the same train at another time is another recording.
    rounding = max(1.0, 1e-6 * float(np.ptp(fine)))
    alike = np.abs(fine - scale * rough - shift) <= rounding
    return bool(alike.all()) and abs(shift) <= 1.0 + rounding


def _in_value(path: str, value: Any) -> Trains | None:
    if not isinstance(value, np.ndarray) or value.ndim != 2 or not value.size:
        return None
    if value.dtype == object:
        return _in_cells(path, value)
    if value.dtype.kind not in "biuf" or min(value.shape) < 2:
        return None
    return _binary(path, value) or _padded(path, value) or _in_rows(path, value)


def _in_cells(path: str, value: Any) -> Trains | None:
    """Return the units in a cell array, or in a cell array of one a grid."""
    cells = list(_leaves(value, ()))
    trains = [each for _, cell in cells if (each := _vector(cell)) is not None]
    if not cells or len(trains) < len(cells) or len(cells) > MOST_UNITS:
        return None
    filled = [train for train in trains if train.size]
    lengths = {train.size for train in filled}
    if len(lengths) == 1 and filled[0].size >= _FEWEST_SAMPLES and all(map(_is_binary, filled)):
        samples = lengths.pop()
        trains = [np.flatnonzero(train).astype(float) for train in trains]
        return Trains(path, trains, _grid_labels([at for at, _ in cells]), samples)
    if not filled or not all(map(_rises, filled)) or not any(map(_is_train, filled)):
        return None
    return Trains(path, trains, _grid_labels([at for at, _ in cells]))


def _leaves(value: Any, at: tuple[int, ...]) -> Iterator[tuple[tuple[int, ...], Any]]:
    if isinstance(value, np.ndarray) and value.dtype == object:
        for i, cell in enumerate(value.ravel(order="F"), start=1):
            yield from _leaves(cell, (*at, i))
    else:
        yield at, value


def _grid_labels(places: Sequence[tuple[int, ...]]) -> tuple[str, ...]:
    """Return ``grid.unit`` where units lie in the cells of several grids."""
    if len({place[:-1] for place in places}) < 2:
        return ()
    return tuple(".".join(map(str, place)) for place in places)


def _binary(path: str, matrix: Any) -> Trains | None:
    """Return the units in a matrix of zeros and ones, whichever way it lies."""
    if max(matrix.shape) < _FEWEST_SAMPLES or not _is_binary(matrix):
        return None
    rows = matrix if matrix.shape[0] <= matrix.shape[1] else matrix.T
    trains = [np.flatnonzero(row).astype(float) for row in rows]
    return Trains(path, trains, samples=rows.shape[1])


def _is_binary(values: Any) -> bool:
    fired = np.count_nonzero(values)
    if not 0 < fired <= _MOST_FIRED * values.size:
        return False
    return bool(np.isin(values, (0, 1)).all())


def _padded(path: str, matrix: Any) -> Trains | None:
    """Return the units in a matrix with one a row or column, the short ones padded."""
    ways = [way for rows in (matrix, matrix.T) if (way := _rows(rows)) is not None]
    if not ways or len(ways[0]) > MOST_UNITS:
        return None
    # Units in order of recruitment may rise both ways; a unit has more discharges than there are
    # units in the matrix, so that its way is the longer one.
    return Trains(path, max(ways, key=lambda way: np.median([train.size for train in way])))


def _rows(matrix: Any) -> list[FloatArray] | None:
    if len(matrix) > MOST_UNITS:
        return None
    trains = []
    for row in matrix.astype(float):
        row = row[np.isfinite(row)]
        filled = np.flatnonzero(row)
        train = row[: filled[-1] + 1] if filled.size else row[:0]
        if train.size and not _rises(train):
            return None
        trains.append(train)
    return trains if any(map(_is_train, trains)) else None


def _in_rows(path: str, matrix: Any) -> Trains | None:
    """Return the units in a matrix of two columns, unit and time, whichever comes first."""
    rows = matrix if matrix.shape[1] == 2 else matrix.T
    if rows.shape[1] != 2:
        return None
    one, other = rows.astype(float).T
    return _pair(path, one, other) or _pair(path, other, one)


def _pair(path: str, units: FloatArray, times: FloatArray) -> Trains | None:
    """Return the units in two columns of the same length: whose each discharge is, and when."""
    if len(units) < 2 * _FEWEST or not np.isfinite([units, times]).all():
        return None
    numbers = np.unique(units)
    if np.any(units != np.rint(units)) or len(numbers) * _FEWEST > len(units):
        return None
    trains = [times[units == number] for number in numbers]
    if len(numbers) > MOST_UNITS or not all(map(_rises, trains)) or not any(map(_is_train, trains)):
        return None
    return Trains(path, trains, tuple(f"{number:g}" for number in numbers))


def _in_pairs(workspace: Mapping[str, Any]) -> list[Trains]:
    """Return the units of two variables of the same length, the first called unit or the like."""
    columns = {path: c for path, v in workspace.items() if (c := _vector(v)) is not None and c.size}
    whose = {path: c for path, c in columns.items() if _WHOSE.search(path.rpartition(".")[2])}
    pairs = [
        _pair(f"{when} by {who}", units, times)
        for who, units in whose.items()
        for when, times in columns.items()
        if when != who and times.size == units.size
    ]
    return [pair for pair in pairs if pair is not None]


def _lone(path: str, value: Any) -> Trains | None:
    """Return the one unit in a row or column, of indices, times, or zeros and ones."""
    train = _vector(value)
    if train is None or not train.size:
        return None
    if train.size >= _FEWEST_SAMPLES and _is_binary(train):
        return Trains(path, [np.flatnonzero(train).astype(float)], samples=train.size)
    return Trains(path, [train]) if _is_train(train) else None


def _vector(value: Any) -> FloatArray | None:
    """Return the numbers of a row or column without what pads it; None for anything else."""
    if value is None:
        return np.zeros(0)
    if not isinstance(value, np.ndarray) or value.dtype.kind not in "biuf":
        return None
    if value.size and (value.ndim > 2 or (value.ndim == 2 and min(value.shape) > 1)):
        return None
    return _unpadded(value.astype(float).ravel())


def _unpadded(train: FloatArray) -> FloatArray:
    """Return a train without the NaN at its end, which make a matrix of trains of any length."""
    finite = np.flatnonzero(np.isfinite(train))
    return train[: finite[-1] + 1] if finite.size else train[:0]


def _rises(train: FloatArray) -> bool:
    return bool(train[0] >= 0 and np.all(np.diff(train) > 0))


def _is_train(train: FloatArray) -> bool:
    """Whether numbers rise, and not as an axis of time does."""
    if train.size < _FEWEST or not _rises(train):
        return False
    steps = np.diff(train)
    regular = np.ptp(steps) <= _CLOCKWORK * np.mean(steps)
    return not (regular and (np.mean(steps) <= _AXIS_STEP_S or np.mean(steps) == _AXIS_STEP))


def ambiguous(candidates: Sequence[Trains]) -> Refusal:
    """Return the refusal that asks which variable holds the motor units."""
    named = ", ".join(map(str, candidates[:8]))
    more = f" and {len(candidates) - 8} more" if len(candidates) > 8 else ""
    return Refusal(
        f"Several variables could hold the motor units: {named}{more}. Say which: "
        f"{spelled('variable', candidates[0].path)}"
    )
