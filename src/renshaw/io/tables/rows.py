"""A row a unit: its discharge times one after the other, after its name or without one."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import numpy as np

from renshaw.data.recording import Recording
from renshaw.io.containers import table
from renshaw.io.containers.table import Table
from renshaw.io.limits import MOST_UNITS
from renshaw.io.options import ReadOptions
from renshaw.io.refusal import Refusal
from renshaw.io.tables.footers import is_total, without_filler
from renshaw.io.tables.names import columns_of
from renshaw.io.tables.times import seconds
from renshaw.io.trains import motor_units

# Discharges that a row needs before it looks like the times of a unit.
FEWEST = 3


def by_head(sheet: Table) -> bool:
    """Whether the head says so: a column of units, then ``t1, t2, ...``, numbers or nothing."""
    columns = columns_of(sheet.names)
    if not columns or columns[0].kind not in ("unit_id", "") or sheet.width < 1 + FEWEST:
        return False
    rest = columns[1:]
    numbered = [c for c in rest if c.label and (c.kind == "time" or c.name.strip().isdigit())]
    blank = [c for c in rest if not c.name]
    if columns[0].kind == "unit_id":
        return len(numbered) + len(blank) + sheet.width - len(columns) >= max(FEWEST, len(rest) - 1)
    return len(numbered) >= FEWEST and len(numbered) == len(rest) and numbered[0].kind == "time"


def labelled(rows: Sequence[Sequence[str]], comma: bool) -> bool:
    """Whether every row of a table without a head begins with a name, and numbers follow."""
    return bool(rows) and all(
        table.number(row[0], decimal_comma=comma) is None
        and len(row) > FEWEST
        and all(table.number(cell, decimal_comma=comma) is not None for cell in row[1:-1])
        for row in rows
    )


def read(sheet: Table, named: bool, options: ReadOptions, notes: Sequence[str] = ()) -> Recording:
    """Read the times of every unit.

    Parameters
    ----------
    sheet : Table
    named : bool
        Whether each row begins with the unit's name.
    options : ReadOptions
    notes : sequence of str
    """
    trains: list[Any] = []
    labels: list[str] = []
    odd = table.Oddities()
    held = [(line, _apart(cells) if named else cells) for line, cells in sheet.rows()]
    if named:
        held = _numbered(held)
    for line, cells in held:
        if named and is_total(table.label(cells[0])):
            odd.add(f"Line {line} holds totals, not a unit")
            continue
        times = []
        for cell in cells[int(named) :]:
            value = table.number(cell, decimal_comma=sheet.decimal_comma)
            if value is None:
                odd.add(f"Line {line}: {cell[:40]!r} is not a time")
            elif cell.strip():
                times.append(value)
        if len(trains) > MOST_UNITS:
            raise Refusal(f"It has more than {MOST_UNITS:,} rows, which is no row a unit")
        trains.append(np.array(times, dtype=float))
        labels.append(table.label(cells[0]) if named else str(len(trains)))
    trains, filled = without_filler(trains)
    times_s, said = seconds(trains, "", options, "its rows")
    units, remarks = motor_units(times_s, fs_hz=options.fs_hz, labels=labels)
    return Recording(units, notes=(*notes, *filled, *said, *odd.words(), *remarks))


# "Motor unit 3: 6.25" is a name and the first time.
_NAME_AND_TIME = re.compile(r"\A(?P<name>.*)[:=]\s*+(?P<time>[\d.,]++)\s*+")
_LETTER = re.compile(r"[^\W\d_]")


def _apart(cells: list[str]) -> list[str]:
    """Return the cells of a row with its name in a cell of its own."""
    found = _NAME_AND_TIME.fullmatch(cells[0])
    if found is None or _LETTER.search(found["name"]) is None:
        return cells
    return [found["name"].strip(), found["time"], *cells[1:]]


def _numbered(held: list[tuple[int, list[str]]]) -> list[tuple[int, list[str]]]:
    """Return rows whose names are told apart by the number behind one word: ``MU 1 6.25 6.39``."""
    words = {cells[0].strip() for _, cells in held}
    numbers = [cells[1].strip() for _, cells in held if len(cells) > 1]
    told_apart = len(held) > 1 and len(words) == 1 and len(set(numbers)) == len(held)
    if not (told_apart and all(number.isdigit() for number in numbers)):
        return held
    return [(line, [f"{cells[0].strip()} {cells[1].strip()}", *cells[2:]]) for line, cells in held]
