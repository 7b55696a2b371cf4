"""A row a discharge: a column of units beside one of times or samples.

A row with a unit but no time stands for a unit that did not discharge. A column of muscles is kept;
one of people, sessions or trials is refused where it holds several: their units have the same
names, and would be taken for one another.
"""

from __future__ import annotations

import itertools
from array import array
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from renshaw.data.recording import Recording
from renshaw.io.containers import table
from renshaw.io.containers.table import Table
from renshaw.io.limits import MOST_UNITS
from renshaw.io.options import ReadOptions
from renshaw.io.refusal import Refusal
from renshaw.io.tables.footers import is_total
from renshaw.io.tables.names import Column, columns_of, folded_name, words
from renshaw.io.tables.times import of_clock, seconds
from renshaw.io.trains import motor_units

_MUSCLES = frozenset({"muscle", "muscles", "muskel", "musculo", "muscolo", "grid_muscle"})
_APART = words(
    """subject subject_id participant participant_id sub id_subject patient person proband probandin
    sujet sujeto soggetto sujeito session ses visit condition file filename recording day arm
    time_point timepoint pre_post"""
)
# Parts of one recording, or recordings of their own: the times tell.
_PARTS = words("trial contraction ramp repetition rep kontraktion essai")
_MOST_SHOWN = 5
# Remarks at the end of some rows are no harm.
_FEW_WIDER = 0.5


@dataclass(frozen=True)
class Long:
    """Which columns hold what.

    Parameters
    ----------
    unit, time : Column
    muscle : int or None
    apart : tuple of int
        Columns of people, sessions, files: more than one of them is refused.
    parts : tuple of int
        Columns of contractions or trials, which are refused where they overlap in time.
    """

    unit: Column
    time: Column
    muscle: int | None = None
    apart: tuple[int, ...] = ()
    parts: tuple[int, ...] = ()


def found(sheet: Table, options: ReadOptions) -> Long | None:
    """Return the columns of a table that has units and times, or None."""
    columns = columns_of(sheet.names)
    units = [c for c in columns if c.kind == "unit_id"]
    # "label" may stand beside "unit", and says less.
    units.sort(key=lambda c: c.name.casefold() in ("label", "labels", "cluster"))
    time = _time(columns, options)
    if not units or time is None or time == units[0]:
        return None
    folded = ["_".join(folded_name(name).split()) for name in sheet.names]
    muscles = [at for at, name in enumerate(folded) if name in _MUSCLES]
    for wanted in (units[0].name, time.name, *(sheet.names[at] for at in muscles)):
        if sum(c.name.casefold() == wanted.casefold() for c in columns) > 1:
            raise Refusal(
                f"Two of its columns are called {wanted!r}. Give one of them another name"
            )
    muscle = next(iter(muscles), None)
    apart = tuple(at for at, name in enumerate(folded) if name in _APART)
    parts = tuple(at for at, name in enumerate(folded) if name in _PARTS)
    return Long(units[0], time, muscle, apart, parts)


def _time(columns: tuple[Column, ...], options: ReadOptions) -> Column | None:
    if options.variable is not None:
        wanted = options.variable.strip().casefold()
        return next((c for c in columns if c.name.casefold() == wanted), None)
    times = [c for c in columns if c.kind == "time"]
    # Of several, the one that says its unit, seconds before all.
    times.sort(key=lambda c: ("s", "ms", "us", "min", "").index(c.measure))
    samples = [c for c in columns if c.kind == "sample"]
    return next(iter((*times, *samples)), None)


def read(sheet: Table, layout: Long, options: ReadOptions) -> Recording:
    """Read the discharge times of every unit."""
    gathered = _Gathered(sheet, layout)
    wider = several = 0
    for line, cells in sheet.rows():
        gathered.add(line, cells)
        several += 1
        wider += any(cell.strip() for cell in cells[len(sheet.names) :])
    if wider > _FEW_WIDER * several:
        raise Refusal(
            f"Most of its rows have more cells than its head, which has {len(sheet.names)}: are "
            "there decimal commas between commas? Save it with semicolons between the columns, or "
            "with decimal points"
        )
    return gathered.recording(options)


def read_bare(sheet: Table, unit_at: int, time_at: int, options: ReadOptions) -> Recording:
    """Read two columns without a head, one of which counts units."""
    layout = Long(Column(unit_at, "", "unit_id"), Column(time_at, "", "time"))
    gathered = _Gathered(sheet, layout)
    for line, cells in sheet.rows():
        gathered.add(line, cells)
    order = "unit and time" if unit_at < time_at else "time and unit"
    return gathered.recording(
        options, [f"The table has no head; its columns were taken for {order} in s."]
    )


class _Gathered:
    """The trains, gathered row by row."""

    def __init__(self, sheet: Table, layout: Long) -> None:
        self._layout = layout
        self._comma = sheet.decimal_comma
        self._names = sheet.names
        self._trains: dict[tuple[str, str], array[float]] = {}
        self._by_cells: dict[tuple[str, str], array[float]] = {}
        # The first and the last time of each person, session, trial, ...
        self._spans: dict[int, dict[str, list[float]]] = {
            at: {} for at in (*layout.apart, *layout.parts)
        }
        self._odd = table.Oddities()
        self._good = 0
        self._clocks = 0

    def add(self, line: int, cells: list[str]) -> None:
        """Take in one row."""
        layout = self._layout
        unit = _cell(cells, layout.unit.at)
        muscle = _cell(cells, layout.muscle)
        train = self._by_cells.get((unit, muscle))
        if train is None and (train := self._train(line, unit, muscle)) is None:
            return
        cell = _cell(cells, layout.time.at)
        value = table.number(cell, decimal_comma=self._comma)
        if value is None and (value := table.clock(cell)) is not None:
            self._clocks += 1
        if value is None:
            self._odd.add(f"Line {line}: {cell[:40]!r} is not a time")
        elif cell:
            train.append(value)
        self._good += value is not None
        if self._spans and value is not None and value == value:
            self._place(cells, value)

    def _place(self, cells: list[str], time: float) -> None:
        for at, spans in self._spans.items():
            if (part := _cell(cells, at)).lower() not in table.MISSING:
                span = spans.setdefault(part, [time, time])
                span[:] = min(span[0], time), max(span[1], time)
                if len(spans) > MOST_UNITS:
                    self._refuse_apart()

    def _train(self, line: int, unit: str, muscle: str) -> array[float] | None:
        name = table.label(unit)
        if is_total(name):
            self._odd.add(f"Line {line} is a total ({name!r}), not a unit")
            return None
        if name.casefold() == self._layout.unit.name.strip().casefold() != "":
            self._odd.add(f"Line {line} repeats the head")
            return None
        if name.lower() in table.MISSING:
            self._odd.add(f"Line {line} names no unit")
            return None
        if len(self._trains) > MOST_UNITS or len(self._by_cells) > 2 * MOST_UNITS:
            raise Refusal(
                f"Its column of units, {self._layout.unit.name or 'the first'!r}, names more than "
                f"{MOST_UNITS:,} motor units: it is another column, or not a table of discharges"
            )
        over = "" if muscle.lower() in table.MISSING else muscle
        train = self._trains.setdefault((over, name), array("d"))
        self._by_cells[unit, muscle] = train
        return train

    def _refuse_apart(self) -> None:
        for at, spans in self._spans.items():
            ordered = sorted(spans.values())
            overlap = any(a[1] >= b[0] for a, b in itertools.pairwise(ordered))
            if len(spans) > 1 and (at in self._layout.apart or overlap):
                some = ", ".join(list(spans)[:_MOST_SHOWN])
                more = ", ..." if len(spans) > _MOST_SHOWN else ""
                raise Refusal(
                    f"Its column {self._names[at]!r} holds several ({some}{more}), whose units "
                    "have the same names. Save a file of each"
                )

    def recording(self, options: ReadOptions, notes: Iterable[str] = ()) -> Recording:
        """Return what was gathered."""
        if self._odd and not self._good:
            raise Refusal(
                f"It holds no discharge times. {self._odd} Expected rows like 1,0.532; clock times "
                "need their seconds (00:00:06.1)"
            )
        self._refuse_apart()
        layout = self._layout
        over: dict[str, list[str]] = {}
        for muscle, label in self._trains:
            over.setdefault(muscle, []).append(label)
        keys = [(m, label) for m, labels in over.items() for label in table.in_number_order(labels)]
        trains: list[Any] = [np.array(self._trains[key], dtype=float) for key in keys]
        name = repr(layout.time.name) if layout.time.name else "its columns"
        if self._clocks:
            times_s, said = of_clock(trains, self._clocks, name)
        else:
            times_s, said = seconds(trains, layout.time.measure, options, name)
        several = len(over) > 1
        units, remarks = motor_units(
            times_s,
            fs_hz=options.fs_hz,
            labels=[f"{muscle} {label}" if several else label for muscle, label in keys],
        )
        units = replace(units, muscles=tuple(muscle for muscle, _ in keys))
        return Recording(units, notes=(*notes, *said, *self._odd.words(), *remarks))


def _cell(cells: list[str], at: int | None) -> str:
    return cells[at].strip() if at is not None and at < len(cells) else ""
