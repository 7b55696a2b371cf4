"""Tables in text files, whatever their separator, capitals and byte-order mark."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass

from renshaw.io.limits import LARGEST_TABLE_BYTES, in_words
from renshaw.io.probe import HEAD_BYTES, Probe
from renshaw.io.refusal import Refusal

_SEPARATORS = "\t,;|"
# Words that stand for "no value" in tables; BIDS writes n/a.
MISSING = frozenset({"", "n/a", "na", "nan", "none", "null"})
_DECIMAL_COMMA = re.compile(r"^\s*[+-]?\d+,\d+([eE][+-]?\d+)?\s*$")


@dataclass(frozen=True)
class Table:
    """The head of a table and its rows, read as they are asked for.

    Parameters
    ----------
    columns : tuple of str
        Names in lower case with ``_`` for spaces; for a table without a head, its first row.
    separator : str
    text : str
        The whole table, head included.
    """

    columns: tuple[str, ...]
    separator: str
    text: str

    def rows(self) -> Iterator[tuple[int, list[str]]]:
        """Yield the number and the cells of each row after the head; empty rows are skipped."""
        rows = _rows(self.text, self.separator)
        next(rows, None)
        yield from rows

    def column(self, *wanted: str) -> int | None:
        """Return the place of the first of these columns that is there."""
        return next((self.columns.index(name) for name in wanted if name in self.columns), None)


def head(probe: Probe) -> Table | None:
    """Return the head of a text file as a table without its rows, or None if it is no text."""
    return _table(probe.text_head) if probe.text_head.strip() else None


def whole(probe: Probe) -> Table:
    """Return the table in a text file."""
    if len(probe.content) > LARGEST_TABLE_BYTES:
        raise Refusal(
            f"It is a table of {in_words(len(probe.content))}; "
            f"{in_words(LARGEST_TABLE_BYTES)} are read at most. Split it"
        )
    table = _table(probe.text)
    if table is None:
        raise Refusal("It holds no table")
    return table


def _table(text: str) -> Table | None:
    line = next((line for line in text[:HEAD_BYTES].splitlines() if _content(line)), "")
    if not line:
        return None
    separator = max(_SEPARATORS, key=line.count)
    if not line.count(separator):
        separator = " "
    (_, cells), *_ = list(_rows(line, separator)) or [(1, [])]
    return Table(tuple(_normal(cell) for cell in cells), separator, text)


def _rows(text: str, separator: str) -> Iterator[tuple[int, list[str]]]:
    lines = io.StringIO(text, newline="")
    spaced = separator == " "
    reader = csv.reader(lines, delimiter=separator, skipinitialspace=True)
    try:
        for cells in reader:
            if spaced:
                cells = [cell for cell in cells if cell]
            first = cells[0].strip() if cells else ""
            if (first or any(map(str.strip, cells))) and first[:1] != "#":
                yield reader.line_num, cells
    except csv.Error as error:
        raise Refusal(f"Line {reader.line_num} of the table can't be read: {error}") from None


def _content(line: str) -> bool:
    return bool(line.strip(" \t,;|\r\n")) and not line.lstrip().startswith("#")


def _normal(name: str) -> str:
    """Return a column's name in lower case: ``Time [s]`` and ``time (s)`` become ``time_s``."""
    return re.sub(r"[^0-9a-zµμ.+-]+", "_", name.strip().lower()).strip("_")


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

    def __str__(self) -> str:
        others = self._count - 1
        more = f", and {others:,} line{'s' * (others > 1)} more" if others else ""
        return f"{self._first}{more}; left out."


def number(cell: str, *, decimal_comma: bool = False) -> float | None:
    """Return the number in a cell, NaN for a missing one, None for anything else."""
    try:
        return float(cell)
    except ValueError:
        cell = cell.strip()
    if cell.lower() in MISSING:
        return float("nan")
    if decimal_comma and _DECIMAL_COMMA.match(cell):
        return float(cell.replace(",", "."))
    return None


def label(cell: str) -> str:
    """Return the label of a unit; ``3.0``, as some programs write it, becomes ``3``."""
    cell = cell.strip()
    return cell[:-2] if re.fullmatch(r"\d+\.0", cell) else cell


def in_number_order(labels: list[str]) -> list[str]:
    """Return labels by number where all are numbers, else as they came."""
    if all(re.fullmatch(r"-?\d{1,15}", name) for name in labels):
        return sorted(labels, key=int)
    return labels
