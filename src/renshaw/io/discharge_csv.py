"""CSV of discharge times: ``unit,time_s``, one row a discharge.

Extra columns, other separators (``;`` with decimal commas, tab), capitals and a byte-order mark are
taken as they come. A row with a unit but no time stands for a unit that did not discharge.
"""

from __future__ import annotations

import numpy as np

from renshaw.data.recording import Recording
from renshaw.io import table
from renshaw.io.probe import Probe
from renshaw.io.refusal import Refusal
from renshaw.io.registry import Reader, register
from renshaw.io.table import Table
from renshaw.io.trains import motor_units

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
    rows = list(sheet.rows())
    if _named(sheet):
        unit_at, time_at = sheet.column(*UNITS) or 0, sheet.column(*TIMES) or 0
        scale = TIMES[sheet.columns[time_at]]
        notes += ["Times were in ms and were converted."] * (scale != 1)
    elif _bare(sheet):
        rows.insert(0, (1, list(sheet.columns)))
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
    rows: list[tuple[int, list[str]]], unit_at: int, time_at: int, separator: str
) -> tuple[dict[str, list[float]], list[str]]:
    trains: dict[str, list[float]] = {}
    unread: list[str] = []
    read_rows = 0
    for line, cells in rows:
        name = table.label(cells[unit_at]) if unit_at < len(cells) else ""
        cell = cells[time_at] if time_at < len(cells) else ""
        value = table.number(cell, decimal_comma=separator != ",")
        if name.lower() in table.MISSING:
            unread.append(f"Line {line} names no unit")
            continue
        train = trains.setdefault(name, [])
        if value is None:
            unread.append(f"Line {line}: {cell.strip()[:40]!r} is not a time")
        elif cell.strip():
            train.append(value)
        read_rows += value is not None
    if unread and not read_rows:
        raise Refusal(f"It holds no discharge times. {unread[0]}. Expected rows like 1,0.532")
    if unread:
        more = f", and {len(unread) - 1} lines more" if len(unread) > 1 else ""
        return trains, [f"{unread[0]}{more}; left out."]
    return trains, []


register(Reader("csv", "CSV of discharge times with columns unit and time_s", recognizes, read))
