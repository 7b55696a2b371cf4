"""Which layout a table has: by what its head says, and where that leaves it open by its numbers.

What the numbers leave open too is refused, with what to write above the columns.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from renshaw.data.recording import Recording
from renshaw.io.containers import table
from renshaw.io.containers.table import Table
from renshaw.io.limits import MOST_UNITS
from renshaw.io.options import ReadOptions, spelled
from renshaw.io.refusal import Refusal
from renshaw.io.tables import columns as by_columns
from renshaw.io.tables import long, matrix, rows
from renshaw.io.tables.names import Column, columns_of, with_emg_by_unit

NEEDED = (
    "expected unit and time_s (a row a discharge), or a column of times or of zeros and ones a "
    "unit (MU1, MU2, ...), or raw signals (EMG 1, EMG 2, ...)"
)
# Times of one unit rise; a faulty one may be out of order.
_RISING = 0.95
# Rates and signals rise half of the time; some times of a unit may be out of order.
_MOSTLY_RISING = 0.8
_FEWEST_ROWS = 20
# Columns whose heads tell nothing are units only if their intervals look like a unit's (s).
_INTERVALS_S = (0.01, 1.0)
_FEWEST = 5
_MOST_SHOWN = 12
# Slower than any amplifier of EMG samples.
_SLOWEST_EMG_HZ = 100.0
_EVEN = "It has no head; its first column is like a time axis"


def recognized(sheet: Table, options: ReadOptions) -> bool:
    """Whether a table looks like a recording, by its head and its first rows."""
    if sheet.names:
        kinds = {column.kind for column in _said(sheet)}
        # A wrong name of a column is told where the table is read.
        return (
            any(long.found(sheet, each) is not None for each in (options, ReadOptions()))
            or rows.by_head(sheet)
            or bool(kinds & {"unit", "binary", "emg"})
            or _are_units(_beginning(sheet), sheet.names)
        )
    some = sheet.found.rows
    if not some:
        return False
    filled = [cell for row in some for cell in row if cell.strip()]
    comma = sheet.decimal_comma
    numbers = sum(table.number(cell, decimal_comma=comma) is not None for cell in filled)
    if rows.labelled(some, comma):
        return True
    enough = sheet.width > 1 or len(some) >= _FEWEST
    # Labels of units are no numbers, and a line may be damaged.
    return enough and numbers >= 0.9 * len(filled)


def read(sheet: Table, options: ReadOptions) -> Recording:
    """Read the recording that a table holds."""
    if sheet.names and rows.by_head(sheet):
        return rows.read(sheet, True, options)
    if (found := long.found(sheet, options)) is not None:
        return long.read(sheet, found, options)
    if options.variable is not None:
        raise Refusal(
            f"{spelled('variable')} names a column of times, beside one of units. {refusal(sheet)}"
        )
    if not sheet.names and rows.labelled(sheet.found.rows, sheet.decimal_comma):
        return rows.read(sheet, True, options)
    return _named(sheet, options) if sheet.names else _bare(sheet, options)


def refusal(sheet: Table) -> str:
    """Return what a table lacks to be a recording."""
    seen = [name or "(no name)" for name in sheet.names]
    more = f", ... ({len(seen)} in all)" if len(seen) > _MOST_SHOWN else ""
    shown = ", ".join(repr(name[:40]) for name in seen[:_MOST_SHOWN])
    what = (
        f"Its columns are {shown}{more}" if seen else f"It has {sheet.width} columns without a head"
    )
    cure = "Rename the columns" if seen else "Write a first line with the names of the columns"
    return f"{what}; {NEEDED}. {cure}"


def _said(sheet: Table) -> tuple[Column, ...]:
    """Return what the heads say, and where they leave it open their units of measurement."""
    return with_emg_by_unit(columns_of(sheet.names))


def _named(sheet: Table, options: ReadOptions) -> Recording:
    said = _said(sheet)
    kinds = {column.kind for column in said}
    unknown = not kinds & {"unit", "binary", "emg"}
    if unknown and not _are_units(_beginning(sheet), sheet.names):
        raise Refusal(refusal(sheet))
    values, odd = sheet.numbers()
    said = _without_index(said, values)
    if unknown:
        units = tuple(c for c in said if len(by_columns.until_empty(values[:, c.at])))
        if odd and len(units) < len(said):
            # A column of words may name the unit of each row: the times of all are no one's.
            raise Refusal(f"{refusal(sheet)}. {odd[0]}")
        notes = ["Every column was taken for the times of a unit, for they rise like those."]
        return by_columns.read(values, units, (), options, (*odd, *notes))
    return of_matrix(values, said, options, odd, _sensors(sheet, said))


def of_matrix(
    values: Any,
    said: Sequence[Column],
    options: ReadOptions,
    odd: Sequence[str] = (),
    sensors: Sequence[str] = (),
) -> Recording:
    """Read columns of which at least one is a unit or EMG by its name.

    Parameters
    ----------
    values : array, shape (rows, width)
    said : sequence of Column
    options : ReadOptions
    odd : sequence of str
        What was said of the numbers.
    sensors : sequence of str
        Of each column the sensor that it belongs to, or nothing.
    """
    fires = tuple(c for c in said if c.kind == "binary")
    units = tuple(c for c in said if c.kind == "unit")
    if units and all(c.name.isdigit() for c in units) and not _hold_units(values, units):
        # Numbers alone may count channels as well as units.
        taken = {c.at for c in units}
        units, said = (), tuple(replace(c, kind="emg") if c.at in taken else c for c in said)
    if units or fires:
        return _of_units(values, said, units, fires, options, odd)
    return matrix.read_raw(values, said, options, odd, sensors)


def _hold_units(values: Any, units: Sequence[Column]) -> bool:
    held = [by_columns.until_empty(values[:, column.at]) for column in units]
    return all(not len(each) or _may_be_times(each) or matrix.is_binary(each) for each in held)


def _of_units(
    values: Any,
    said: Sequence[Column],
    units: Sequence[Column],
    fires: Sequence[Column],
    options: ReadOptions,
    odd: Sequence[str],
) -> Recording:
    """Read units that have a column each, whatever these hold."""
    # By their places: a damaged table may have thousands of columns.
    taken = {c.at for c in (*units, *fires)}
    others = tuple(c for c in said if c.at not in taken)
    held = [by_columns.until_empty(values[:, c.at]) for c in units]
    filled = [(c, each) for c, each in zip(units, held, strict=True) if len(each)]
    firing = [matrix.is_binary(each) for _, each in filled]
    if units and not filled and odd:
        raise Refusal(f"Its columns of units hold no numbers. {odd[0]}")
    if units and not any(firing):
        for column, each in filled:
            if not _may_be_times(each):
                raise Refusal(
                    f"Its column {column.name!r} should hold the times of a unit, but its numbers "
                    "rise and fall, as rates or signals do. Save the discharge times of each unit, "
                    "or zeros and ones"
                )
        return by_columns.read(values, units, others, options, odd)
    if units and not all(firing):
        at = firing.index(False)
        raise Refusal(
            f"Its column {filled[at][0].name!r} holds other numbers than zeros and ones, and "
            f"{filled[firing.index(True)][0].name!r} does not. Save all units alike"
        )
    return matrix.read_binary(values, units or fires, others, options, odd)


def _bare(sheet: Table, options: ReadOptions) -> Recording:
    """Read a table without a head."""
    some = _beginning(sheet)
    if len(some) < sheet.width > 2 and _rises_along(some) and not _rises_along(some.T):
        return _a_row_a_unit(sheet, some, options)
    values, odd = sheet.numbers()
    full = [at for at in range(sheet.width) if np.isfinite(values[:, at]).any()]
    if not full:
        raise Refusal("It holds no numbers")
    values = values[:, full]
    if len(full) == 2:
        return _two(sheet, values, full, options, odd)
    every = tuple(Column(at, "", "unit") for at in range(len(full)))
    if matrix.is_binary(values):
        if values.shape[0] < values.shape[1]:
            values = values.T
            every = tuple(Column(at, "", "unit") for at in range(values.shape[1]))
        _refuse_many(every)
        return matrix.read_binary(values, every, (), options, (*odd, _taken("zeros and ones")))
    axis = Column(0, "", "time")
    if len(full) > 1 and _is_axis(values[:, 0]):
        if matrix.is_binary(values[:, 1:]):
            taken = _taken("a time (s), then zeros and ones")
            return matrix.read_binary(values, every[1:], (axis,), options, (*odd, taken))
        if not _rises_along(values[:, 1:].T):
            return _raw(values, 1, (axis,), options, odd)
        if _is_even(values[:, 0]) and values.shape[0] > values.shape[1]:
            raise Refusal(
                f"{_EVEN}, and the others rise: they may be the times of units or signals. Write a "
                "first line that says which: time_s,MU1,MU2 or time_s,force"
            )
    if _rises_along(values.T):
        if _rises_along(values) and not 1.5 * values.shape[1] < values.shape[0]:
            if values.shape[1] > 1.5 * values.shape[0]:
                return _a_row_a_unit(sheet, values, options)
            raise Refusal(
                "Its numbers rise along rows and columns: either may be a unit. Write the names of "
                "the units in a first line (MU1,MU2,...) or at the beginning of each row"
            )
        _refuse_many(every)
        return by_columns.read(values, every, (), options, (*odd, _taken("the times of a unit")))
    # A few columns that rise from left to right may be anything: unit, time, sample.
    if _rises_along(values) and values.shape[1] >= _FEWEST:
        return _a_row_a_unit(sheet, values, options)
    if any(_counts_units(column) for column in values.T):
        raise Refusal(
            f"It has {sheet.width} columns without a head, of which one may count the units. Write "
            "a first line that says what they are, such as unit,time_s,sample"
        )
    return _raw(values, 0, (), options, odd)


def _a_row_a_unit(sheet: Table, values: Any, options: ReadOptions) -> Recording:
    counted = values[:, 0]
    named = len(counted) > 1 and any(
        np.array_equal(counted, np.arange(len(counted)) + begin) for begin in (0, 1)
    )
    note = "The table has no head; each row was taken for the times of a unit."
    return rows.read(sheet, named, options, [note])


def _two(
    sheet: Table, values: Any, places: Sequence[int], options: ReadOptions, odd: Sequence[str]
) -> Recording:
    """Read two columns without a head: unit and time, time and unit, or two units."""
    first, second = values.T
    labels = [_counts_units(column) for column in (first, second)]
    if matrix.is_binary(values):
        every = tuple(Column(at, "", "unit") for at in range(2))
        return matrix.read_binary(values, every, (), options, (*odd, _taken("zeros and ones")))
    if labels[0] != labels[1]:
        at = labels.index(True)
        return long.read_bare(sheet, places[at], places[1 - at], options)
    rising = [_rises(by_columns.until_empty(column)) for column in (first, second)]
    if not any(labels) and all(rising) and not _is_even(first):
        units = tuple(Column(at, "", "unit") for at in range(2))
        return by_columns.read(values, units, (), options, (*odd, _taken("the times of a unit")))
    if _is_axis(first) and not rising[1]:
        if matrix.is_binary(second):
            unit = (Column(1, "", "unit"),)
            taken = _taken("a time (s), then zeros and ones")
            return matrix.read_binary(values, unit, (Column(0, "", "time"),), options, (taken,))
        return _raw(values, 1, (Column(0, "", "time"),), options, odd)
    raise Refusal(
        "It has two columns without a head, which may be unit and time or the times of two units. "
        "Write a first line that says which: unit,time_s or MU1,MU2"
    )


def _raw(
    values: Any, begin: int, axis: Sequence[Column], options: ReadOptions, odd: Sequence[str]
) -> Recording:
    if axis and _rate_of(values[:, 0]) < _SLOWEST_EMG_HZ:
        raise Refusal(
            f"{_EVEN} of {_rate_of(values[:, 0]):.3g} Hz, too slow for EMG. Write a first line "
            "that says what the columns are: unit,time_s or time_s,MU1,MU2 or time_s,force"
        )
    channels = tuple(Column(at, "", "emg") for at in range(begin, values.shape[1]))
    taken = _taken("raw EMG, in a unit that nothing tells")
    return matrix.read_raw(values, (*axis, *channels), options, (*odd, taken))


def _rate_of(axis: Any) -> float:
    times = by_columns.until_empty(axis)
    span = float(times[-1] - times[0])
    return (len(times) - 1) / span if span > 0 else 0.0


def _taken(what: str) -> str:
    return f"The table has no head; each column was taken for {what}."


def _refuse_many(units: Sequence[Column]) -> None:
    if len(units) > MOST_UNITS:
        raise Refusal(f"It has {len(units):,} columns; no recording has so many units")


def _counts_units(column: Any) -> bool:
    """Whether numbers name units: whole ones, of which each comes again and again."""
    finite = column[np.isfinite(column)]
    if not finite.size or (finite != np.round(finite)).any() or (finite < 0).any():
        return False
    names = np.unique(finite).size
    return names < finite.size or (finite.size == 1 and bool(finite[0] < 1000))


def _rises(train: Any) -> bool:
    """Whether numbers rise as the times of a unit do."""
    finite = train[np.isfinite(train)]
    steps = np.diff(finite)
    return bool(finite.size) and (not steps.size or bool((steps > 0).mean() >= _RISING))


def _may_be_times(train: Any) -> bool:
    """Whether the numbers of a column that is a unit's by its name may be times, if faulty ones."""
    finite = train[np.isfinite(train)]
    return len(finite) < _FEWEST_ROWS or bool((np.diff(finite) >= 0).mean() >= _MOSTLY_RISING)


def _rises_along(lines: Any) -> bool:
    """Whether every line that holds several numbers rises, and one at least does."""
    held = [line[np.isfinite(line)] for line in lines]
    several = [line for line in held if len(line) > 1]
    return bool(several) and all(_rises(line) for line in several)


def _is_axis(column: Any) -> bool:
    """Whether numbers rise in even steps, as rounded as they may be written."""
    finite = by_columns.until_empty(column)
    if len(finite) < _FEWEST or not np.isfinite(finite).all():
        return False
    even = np.linspace(finite[0], finite[-1], len(finite))
    step = (finite[-1] - finite[0]) / (len(finite) - 1)
    return bool(step > 0) and bool(np.abs(finite - even).max() <= 1.5 * step)


def _is_even(column: Any) -> bool:
    """Whether numbers rise in steps that are the same, as no unit fires."""
    steps = np.diff(by_columns.until_empty(column))
    return _is_axis(column) and bool(np.ptp(steps) <= 0.05 * float(np.mean(steps)))


def _are_units(beginning: Any, names: Sequence[str]) -> bool:
    """Whether columns whose heads tell nothing all hold what looks like a unit's times."""
    kinds = {column.kind for column in columns_of(tuple(names))}
    if kinds - {""} or len(beginning) < _FEWEST:
        return False
    held = [by_columns.until_empty(column) for column in beginning.T]
    held = [each for each in held if len(each)]
    low, high = _INTERVALS_S
    return bool(held) and all(
        len(each) >= _FEWEST and _rises(each) and low < np.nanmedian(np.diff(each)) < high
        for each in held
    )


def _without_index(said: Sequence[Column], values: Any) -> tuple[Column, ...]:
    """Return columns without one that only counts the rows, as pandas and R write it."""
    first, *rest = said
    column = values[:, first.at]
    counts = any(np.array_equal(column, np.arange(len(column)) + b) for b in (0, 1))
    if (
        counts
        and len(column) > 1
        and first.name.casefold() in ("", "index", "row", "x", "unnamed: 0")
    ):
        return tuple(rest)
    return tuple(said)


def _beginning(sheet: Table) -> Any:
    """Return the numbers of the first rows."""
    comma = sheet.decimal_comma
    values = np.full((len(sheet.found.rows), sheet.width), np.nan)
    for row, cells in enumerate(sheet.found.rows):
        for at, cell in enumerate(cells[: sheet.width]):
            value = table.number(cell, decimal_comma=comma)
            values[row, at] = np.nan if value is None else value
    return values


def _sensors(sheet: Table, said: Sequence[Column]) -> list[str]:
    """Return the sensor that each column belongs to, where names alone don't tell them apart."""
    names = [c.name for c in said if c.kind not in ("time", "sample")]
    if len(set(names)) == len(names):
        return []
    for cells in sheet.found.above:
        if sum(bool(cell.strip()) for cell in cells) > 1 and not re.match(r"(?i).*:$", cells[0]):
            sensors, now = [], ""
            for at in range(sheet.width):
                now = (cells[at].strip() if at < len(cells) else "") or now
                sensors.append(now)
            return sensors
    return []
