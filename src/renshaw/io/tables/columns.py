"""A column a unit, which holds its discharge times, beside signals or alone."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from renshaw.data.recording import Recording
from renshaw.data.signal import Signal
from renshaw.io.limits import checked_rate
from renshaw.io.options import ReadOptions, spelled
from renshaw.io.tables.footers import without_filler, without_footer
from renshaw.io.tables.names import Column
from renshaw.io.tables.times import Axis, seconds
from renshaw.io.trains import motor_units


def read(
    values: Any,
    units: Sequence[Column],
    others: Sequence[Column],
    options: ReadOptions,
    notes: Sequence[str] = (),
) -> Recording:
    """Read the times of every unit, and the torque if there is one.

    Parameters
    ----------
    values : array, shape (rows, width)
    units, others : sequence of Column
        Those that hold a unit each, and the others.
    options : ReadOptions
    notes : sequence of str
    """
    held, left_out = without_footer(values[:, [column.at for column in units]])
    # Cells between two discharges may be empty, as where each row holds one discharge.
    trains, filled = without_filler([column[np.isfinite(column)] for column in held.T])
    said = [*notes, *left_out, *filled]
    times_s: list[Any] = []
    measures = {column.measure for column in units}
    if len(measures) == 1:
        name = named(units)
        times_s, words = seconds(trains, measures.pop(), options, name)
        said += words
    else:
        for column, train in zip(units, trains, strict=True):
            (time_s,), words = seconds([train], column.measure, options, repr(column.name))
            times_s.append(time_s)
            said += [word for word in words if word not in said]
    signals = torque_of(values, others, options, said)
    length_s = max((signal.end_s for signal in signals.values()), default=None)
    found, remarks = motor_units(
        times_s, length_s=length_s, fs_hz=options.fs_hz, labels=labels_of(units)
    )
    return Recording(found, signals, notes=(*said, *remarks))


def torque_of(
    values: Any, columns: Sequence[Column], options: ReadOptions, said: list[str]
) -> dict[str, Signal]:
    """Return torque and target, on the time axis beside them or at the rate given.

    Parameters
    ----------
    values : array, shape (rows, width)
    columns : sequence of Column
    options : ReadOptions
    said : list of str
        What there is to say is added.
    """
    times = next((c for c in columns if c.kind in ("time", "sample")), None)
    signals: dict[str, Signal] = {}
    axis: Axis | None = None
    for column in columns:
        name = {"force": "torque", "target": "target"}.get(column.kind)
        level = until_empty(values[:, column.at])
        if name is None or name in signals or not len(level):
            continue
        if axis is None and times is not None:
            axis = Axis(values[:, times.at], times.measure, options, repr(times.name))
        if axis is not None:
            signals[name] = Signal(level, axis.fs_hz, column.measure, axis.start_s)
        elif options.fs_hz is not None:
            signals[name] = Signal(level, checked_rate(options.fs_hz), column.measure)
        else:
            said.append(
                f"The torque in {column.name!r} was left out, for nothing says at which rate it "
                f"was sampled: give {spelled('fs_hz', '2048')}."
            )
    return signals


def until_empty(column: Any) -> Any:
    """Return a column without the empty cells at its end."""
    finite = np.flatnonzero(np.isfinite(column))
    return column[: finite[-1] + 1] if len(finite) else column[:0]


def labels_of(units: Sequence[Column]) -> list[str]:
    """Return the labels of units: their numbers, or names where those are not enough."""
    labels = [column.label for column in units]
    if len(set(labels)) == len(labels) and all(labels):
        return labels
    return [column.name or str(number) for number, column in enumerate(units, 1)]


def named(columns: Sequence[Column]) -> str:
    """Return the names of columns, for a refusal."""
    names = [repr(column.name) for column in columns if column.name]
    if not names:
        return "its columns"
    return names[0] if len(names) == 1 else f"{names[0]} to {names[-1]}"
