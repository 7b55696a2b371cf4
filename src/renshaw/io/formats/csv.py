"""CSV of discharge times: ``unit,time_s``, one row a discharge.

Extra columns, other separators (``;`` with decimal commas, tab), capitals and a byte-order mark are
taken as they come. A row with a unit but no time stands for a unit that did not discharge.
"""

from __future__ import annotations

import csv
from array import array
from collections.abc import Iterable
from itertools import chain
from pathlib import Path

import numpy as np

from renshaw.data.recording import Recording
from renshaw.io.containers import table
from renshaw.io.containers.table import Table
from renshaw.io.format import FORMATS, Format
from renshaw.io.probe import Probe
from renshaw.io.refusal import Refusal
from renshaw.io.trains import motor_units
from renshaw.io.writing import common_losses

UNITS = ("unit", "unit_id", "mu", "motor_unit", "motorunit", "mu_id", "unitid", "neuron", "label")
# What a name of the time column says of its unit.
TIMES = {
    **dict.fromkeys(("time_s", "times_s", "time_sec", "time_seconds", "discharge_time_s"), 1.0),
    **dict.fromkeys(("time", "times", "discharge_time", "discharge_times", "spike_time"), 1.0),
    **dict.fromkeys(
        ("spike_times", "spike_time_s", "firing_time", "firing_time_s", "t", "t_s"), 1.0
    ),
    **dict.fromkeys(("time_ms", "times_ms", "discharge_time_ms", "spike_time_ms", "t_ms"), 1e-3),
}


def recognizes(probe: Probe) -> bool:
    """Whether it is a table with a column of units and one of times, or two columns of numbers."""
    head = table.head(probe)
    if head is None or probe.text_head.lstrip().startswith(("{", "[")):
        return False
    return _named(head) or _bare(head)


def read(probe: Probe) -> Recording:
    """Read the discharge times."""
    sheet = table.whole(probe)
    notes: list[str] = []
    unit_at, time_at = 0, 1
    scale = 1.0
    rows: Iterable[tuple[int, list[str]]] = sheet.rows()
    if _named(sheet):
        unit_at, time_at = sheet.column(*UNITS) or 0, sheet.column(*TIMES) or 0
        scale = TIMES[sheet.columns[time_at]]
        notes += ["Times were in ms and were converted."] * (scale != 1)
    elif _bare(sheet):
        rows = chain([(1, list(sheet.columns))], rows)
        notes.append("The table has no head; its columns were taken for unit and time in s.")
    else:
        raise Refusal(
            f"Its columns are {', '.join(sheet.columns)[:200]}; expected unit and time_s. "
            "Rename the columns"
        )
    trains, odd = _trains(rows, unit_at, time_at, sheet.separator)
    notes += odd
    labels = table.in_number_order(list(trains))
    units, remarks = motor_units(
        [np.array(trains[name], dtype=float) * scale for name in labels], labels=labels
    )
    return Recording(units, notes=(*notes, *remarks))


def _named(head: Table) -> bool:
    return head.column(*UNITS) is not None and head.column(*TIMES) is not None


def _bare(head: Table) -> bool:
    return len(head.columns) == 2 and all(
        (value := table.number(cell)) is not None and np.isfinite(value) for cell in head.columns
    )


def _trains(
    rows: Iterable[tuple[int, list[str]]], unit_at: int, time_at: int, separator: str
) -> tuple[dict[str, array[float]], list[str]]:
    trains: dict[str, array[float]] = {}
    by_cell: dict[str, array[float]] = {}
    odd = table.Oddities()
    read_rows = 0
    for line, cells in rows:
        unit = cells[unit_at] if unit_at < len(cells) else ""
        cell = cells[time_at].strip() if time_at < len(cells) else ""
        value = table.number(cell, decimal_comma=separator != ",")
        train = by_cell.get(unit)
        if train is None:
            name = table.label(unit)
            if name.lower() in table.MISSING:
                odd.add(f"Line {line} names no unit")
                continue
            train = by_cell[unit] = trains.setdefault(name, array("d"))
        if value is None:
            odd.add(f"Line {line}: {cell[:40]!r} is not a time")
        elif cell:
            train.append(value)
        read_rows += value is not None
    if odd and not read_rows:
        raise Refusal(f"It holds no discharge times. {odd} Expected rows like 1,0.532")
    return trains, [str(odd)] * bool(odd)


def write(recording: Recording, path: Path) -> None:
    """Write a row a discharge; a silent unit has one without a time."""
    units = recording.units
    with path.open("w", encoding="utf-8", newline="") as stream:
        rows = csv.writer(stream, lineterminator="\n")
        rows.writerow(["unit", "time_s"])
        for label, train in zip(units.labels, units.times_s, strict=True):
            for time in train.tolist() or [""]:
                rows.writerow([label, repr(time) if time != "" else ""])


def losses(recording: Recording) -> tuple[str, ...]:
    """Return what the table can't hold of a recording."""
    lost = common_losses(recording)
    units = recording.units
    last_s = max((train[-1] for train in units.times_s if len(train)), default=0.0)
    if units.window_s != (0.0, last_s):
        lost.append("The window of observation is left out; it will end at the last discharge.")
    if units.fs_hz is not None:
        lost.append("The sampling rate is left out.")
    if units.quality:
        lost.append(f"Quality figures are left out: {', '.join(units.quality)}.")
    return tuple(lost)


FORMATS.add(
    Format(
        name="csv",
        title="CSV of discharge times",
        description="CSV of discharge times with columns unit and time_s",
        rank=40,
        endings=(".csv", ".txt", ".tsv", ".gz"),
        holds="units",
        recognizes=recognizes,
        read=read,
        write=write,
        losses=losses,
    )
)
