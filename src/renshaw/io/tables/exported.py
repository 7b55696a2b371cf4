"""What programs export as a head of lines and a table of samples at one rate."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from renshaw.data.recording import Event, Recording
from renshaw.io.containers import table, table_head
from renshaw.io.containers.table import Table
from renshaw.io.options import ReadOptions, spelled
from renshaw.io.probe import Probe
from renshaw.io.raw import to_microvolts
from renshaw.io.refusal import Refusal
from renshaw.io.tables import layouts
from renshaw.io.tables.names import Column, column_of

_SAME_RATE = 1e-6
_MOST_SHOWN = 12
_VOLT_UV = 1e6


def sheet(probe: Probe, skip: int) -> Table:
    """Return the table of numbers that begins after so many lines."""
    begun = table.whole_matrix(probe)
    lines = probe.text_head.splitlines()[skip:]
    found = table_head.find("\n".join(lines), cut=len(lines) > 2)
    if found is None or not found.rows:
        raise Refusal("It holds no samples; it is truncated. Export it again")
    # A comment at the end of a row may have a column of its own.
    numbers = replace(found, names=(), skip=skip, width=found.width + 1)
    return Table(numbers, begun.content, begun.encoding)


def recording(
    values: Any,
    names: Sequence[str],
    units: Sequence[str],
    fs_hz: float,
    options: ReadOptions,
    notes: Sequence[str] = (),
) -> Recording:
    """Return the recording in samples of channels.

    Parameters
    ----------
    values : array, shape (samples, channels)
    names, units : sequence of str
        Of the channels; one in mV or uV that has no telling name is EMG.
    fs_hz : float
    options : ReadOptions
        A rate in them must be this one.
    notes : sequence of str
    """
    given = options.fs_hz
    if given is not None and abs(given - fs_hz) > _SAME_RATE * fs_hz:
        raise Refusal(
            f"{spelled('fs_hz', f'{given:g}')} contradicts the file, which says {fs_hz:g} Hz. "
            "Leave it out"
        )
    columns = [
        _column(at, name, unit)
        for at, (name, unit) in enumerate(zip(names, units, strict=True))
        if at < values.shape[1]
    ]
    if not {column.kind for column in columns} & {"emg", "unit", "binary"}:
        shown = ", ".join(repr(name) for name in names[:_MOST_SHOWN])
        raise Refusal(
            f"Its channels are {shown}; none is EMG or a motor unit by its name or unit. Call one "
            "EMG, or MU1 where it holds zeros and ones, and export again"
        )
    return layouts.of_matrix(values, columns, ReadOptions(fs_hz=fs_hz), notes)


def _column(at: int, name: str, unit: str) -> Column:
    column = column_of(at, name)
    if column.kind in ("unit", "binary"):
        return column
    # The file gives its rate, so that a channel called after times is no time axis.
    if column.kind in ("time", "sample", "unit_id"):
        column = replace(column, kind="other")
    column = replace(column, measure=unit)
    # What is in volts may be anything: a force, a trigger.
    if column.kind in ("", "other") and 0 < (to_microvolts(unit) or 0) < _VOLT_UV:
        return replace(column, kind="emg")
    return column


def with_events(recording: Recording, events: Sequence[Event]) -> Recording:
    """Return a recording with what was noted while it was made."""
    return replace(recording, events=(*recording.events, *events))
