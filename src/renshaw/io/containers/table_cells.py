"""What stands in the cells of a table: numbers, missing values, labels of units."""

from __future__ import annotations

import re

# Words that stand for "no value" in tables; BIDS writes n/a.
MISSING = frozenset({"", "n/a", "na", "nan", "none", "null"})
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

    def __str__(self) -> str:
        others = self._count - 1
        more = f", and {others:,} line{'s' * (others > 1)} more" if others else ""
        return f"{self._first}{more}; left out."

    def words(self) -> list[str]:
        """Return what there is to say: one sentence, or none."""
        return [str(self)] * bool(self)


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
