"""What stands in the cells of a table: numbers, missing values, labels of units."""

from __future__ import annotations

import datetime
import re

from renshaw.core.cells import plain_cell
from renshaw.core.numbers import told_number

# Words that stand for "no value" in tables; BIDS writes n/a.
MISSING = frozenset({"", "n/a", "na", "nan", "none", "null"})
# Thousands that can be nothing else: two signs, several groups, or signs that are no decimal one.
_GROUPED = re.compile(
    r"[+-]?(?:\d{1,3}(?:\.\d{3})+,\d+|\d{1,3}(?:,\d{3})+\.\d+|\d{1,3}(?:\.\d{3}){2,}"
    r"|\d{1,3}(?:,\d{3}){2,}|\d{1,3}(?:['’ \u00a0\u2009\u202f]\d{3})+(?:[.,]\d+)?)"
)
_DECIMAL_COMMA = re.compile(r"^\s*[+-]?\d+,\d+([eE][+-]?\d+)?\s*$")


class Oddities:
    """What could not be read: the first in words, the others counted."""

    def __init__(self) -> None:
        self._first, self._count = "", 0

    def add(self, what: str) -> None:
        """Note one more."""
        self._first = self._first or what
        self._count += 1

    def __bool__(self) -> bool:
        return self._count > 0

    @property
    def first(self) -> str:
        """The first in words, and how many more there are."""
        others = self._count - 1
        more = f", and {others:,} line{'s' * (others > 1)} more" if others else ""
        return f"{self._first}{more}"

    def __str__(self) -> str:
        return f"{self.first}; left out."

    def words(self) -> list[str]:
        """Return what there is to say: one sentence, or none."""
        return [str(self)] * bool(self)


def number(cell: str, *, decimal_comma: bool = False) -> float | None:
    """Return the number in a cell, NaN for a missing one, None for anything else."""
    try:
        return told_number(cell)
    except ValueError:
        cell = cell.strip()
    if cell.lower() in MISSING:
        return float("nan")
    if decimal_comma and _DECIMAL_COMMA.match(cell):
        return float(cell.replace(",", "."))
    return _grouped(cell) if _GROUPED.fullmatch(cell) else None


def _grouped(cell: str) -> float:
    """Return a number with thousands separators."""
    signs = [sign for sign in cell if sign in ".,"]
    # The last of two different signs is the decimal one; one that comes again is none.
    decimal = signs[-1] if signs and signs.count(signs[-1]) == 1 else ""
    digits = re.sub(rf"[^\d+\-{decimal}]", "", cell)
    return float(digits.replace(decimal, ".") if decimal else digits)


_CLOCK = re.compile(
    r"(?:(\d{4})-(\d\d)-(\d\d)[T ])?(\d{1,2}):(\d\d)(?::(\d\d(?:[.,]\d+)?))?Z?"
    r"|(\d{1,3}):(\d\d[.,]\d+)"
)
_DAY_S = 86_400.0
# Near enough that a number of seconds since then keeps its microseconds.
_FIRST_DAY = datetime.date(2000, 1, 1)


def clock(cell: str) -> float | None:
    """Return the seconds of a clock time (``00:00:12.345``, an ISO time stamp); None if it is none.

    Of a date only the day counts: the seconds are those since some midnight.
    """
    found = _CLOCK.fullmatch(cell.strip())
    if found is None:
        return None
    year, month, day, hours, minutes, seconds, alone, behind = found.groups()
    if alone is not None:
        return 60.0 * int(alone) + float(behind.replace(",", "."))
    if seconds is None:
        return None  # Hours and minutes, or minutes and seconds: nobody can tell.
    days = 0
    if year is not None:
        try:
            days = (datetime.date(int(year), int(month), int(day)) - _FIRST_DAY).days
        except ValueError:
            return None
    within = 3600.0 * int(hours) + 60.0 * int(minutes) + float(seconds.replace(",", "."))
    return days * _DAY_S + within


def label(cell: str) -> str:
    """Return the label of a unit; ``3.0``, as some programs write it, becomes ``3``."""
    cell = plain_cell(cell.strip())
    return cell[:-2] if re.fullmatch(r"\d+\.0", cell) else cell


def in_number_order(labels: list[str]) -> list[str]:
    """Return labels by number where all are numbers, else as they came."""
    if all(re.fullmatch(r"-?\d{1,15}", name) for name in labels):
        return sorted(labels, key=int)
    return labels
