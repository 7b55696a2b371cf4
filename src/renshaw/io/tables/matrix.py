"""A row a sample: zeros and ones that tell when each unit fired, or raw signals."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from renshaw.data.recording import Recording
from renshaw.io.options import ReadOptions
from renshaw.io.raw import Channel, raw_recording
from renshaw.io.refusal import Refusal
from renshaw.io.tables.columns import labels_of, torque_of, until_empty
from renshaw.io.tables.names import Column
from renshaw.io.tables.times import Axis, rate_needed
from renshaw.io.trains import motor_units


def is_binary(values: Any) -> bool:
    """Whether there is nothing but zeros and ones, and mostly zeros."""
    finite = values[np.isfinite(values)]
    return finite.size > 0 and bool(((finite == 0) | (finite == 1)).all()) and finite.mean() < 0.5


def read_binary(
    values: Any,
    units: Sequence[Column],
    others: Sequence[Column],
    options: ReadOptions,
    notes: Sequence[str] = (),
) -> Recording:
    """Read when each unit fired; parameters are those of `renshaw.io.tables.columns.read`."""
    said = list(notes)
    times = next((c for c in others if c.kind in ("time", "sample")), None)
    if times is not None:
        axis = Axis(values[:, times.at], times.measure, options, repr(times.name or "column 1"))
        said += axis.said
        fs_hz, start_s, samples = axis.fs_hz, axis.start_s, axis.samples
    else:
        fs_hz = rate_needed(options, "It holds a row of zeros and ones for every sample")
        start_s, samples = 0.0, len(values)
    trains, longer = [], 0
    for column in units:
        fires = np.nan_to_num(values[:samples, column.at]) > 0
        begins = np.flatnonzero(fires & ~np.concatenate([[False], fires[:-1]]))
        longer += int(fires.sum()) > len(begins)
        trains.append(start_s + begins / fs_hz)
    if longer:
        said.append(
            f"Ones that follow each other count as one discharge ({longer} "
            f"unit{'s' if longer > 1 else ''})."
        )
    signals = torque_of(values, others, options, said)
    found, remarks = motor_units(
        trains,
        length_s=start_s + samples / fs_hz if start_s >= 0 else None,
        window_s=(start_s, start_s + samples / fs_hz) if start_s < 0 else None,
        fs_hz=fs_hz,
        labels=labels_of(units),
    )
    return Recording(found, signals, notes=(*said, *remarks))


def read_raw(
    values: Any,
    columns: Sequence[Column],
    options: ReadOptions,
    notes: Sequence[str] = (),
    sensors: Sequence[str] = (),
) -> Recording:
    """Read raw EMG and what was recorded beside it.

    A time axis is that of the columns after it, up to the next one, as Delsys writes them.

    Parameters
    ----------
    values : array, shape (samples, width)
    columns : sequence of Column
    options : ReadOptions
    notes : sequence of str
    sensors : sequence of str
        Of each column the sensor that it belongs to, or nothing.
    """
    said = list(notes)
    axes: dict[int, Axis] = {}
    first = next((c for c in columns if c.kind in ("time", "sample")), None)
    now = first
    emg: list[Channel] = []
    others: list[Channel] = []
    for column in columns:
        if column.kind in ("time", "sample"):
            now = column
            continue
        level = until_empty(values[:, column.at])
        if not len(level):
            continue
        if now is None:
            fs_hz = rate_needed(options, "It holds raw signals without a time column")
        else:
            if now.at not in axes:
                name = repr(now.name or "column 1")
                axes[now.at] = Axis(values[:, now.at], now.measure, options, name)
            fs_hz, level = axes[now.at].fs_hz, level[: axes[now.at].samples]
        sensor = sensors[column.at] if column.at < len(sensors) else ""
        name = f"{sensor} {column.name}".strip() or f"channel {column.at + 1}"
        # The group tells that it is a force where its name does so in another language.
        group = "force" if column.kind == "force" else ""
        channel = Channel(name, column.measure, level, fs_hz, group)
        (emg if column.kind == "emg" else others).append(channel)
    if not emg:
        raise Refusal("It holds no EMG channels")
    starts = {axis.start_s for axis in axes.values()}
    if any(abs(start_s) > 1.0 / emg[0].fs_hz for start_s in starts):
        said.append(f"Its time axis begins at {min(starts):g} s; times here count from there.")
    return raw_recording(emg, others, notes=said)
