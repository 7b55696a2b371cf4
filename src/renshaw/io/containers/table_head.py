"""Where a table begins in a text, what its columns are called and what separates them.

Programs write remarks, names of sensors and units of measurement above the numbers, Excel a line
``sep=;``, and half of Europe decimal commas. The numbers tell the separator: of all that could be,
that one is right by which most cells are numbers.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from renshaw.io.containers.table_cells import number
from renshaw.io.refusal import Refusal

# In the order in which they are believed where the numbers leave it open.
_SEPARATORS = "\t;,| "
_DECLARED = re.compile(r'^\ufeff?"?sep=(.)"?\s*$', re.I)
_ENDS = re.compile(r"\r\n|\r|\n")
_COMMA_NUMBER = re.compile(r"^\s*[+-]?\d+,\d+([eE][+-]?\d+)?\s*$")
# What a row below the names may hold: units of measurement or rates, "[mV]", "2000 Hz", "*", "[]".
_MEASURE = re.compile(
    r"^[\[(]?\s*+(?:s|sec|ms|msec|us|[uµμmk]?v|volts?|n|nm|n\.m|kg|g|%|% ?mvc|deg|hz|pps|a\.?u\.?"
    r"|\*|-||[\d.,]+ ?hz)\s*+[\])]?$",
    re.I,
)
# Lines that are looked at, and rows of numbers that make a table.
_LINES = 400
_ENOUGH = 3


@dataclass(frozen=True)
class Found:
    """Where the parts of a table are.

    Parameters
    ----------
    names : tuple of str
        Of the columns, with their unit of measurement where that stands in a row of its own; none
        where there is no head.
    separator : str
        Empty for a table of one column.
    skip : int
        Lines before the first row of content.
    width : int
    above : tuple of rows
        What stands above the head, as cells.
    rows : list of rows
        The first rows of content.
    has_commas : bool
        Whether its numbers are written with decimal commas.
    """

    names: tuple[str, ...]
    separator: str
    skip: int
    width: int
    above: tuple[tuple[str, ...], ...]
    rows: tuple[tuple[str, ...], ...]
    has_commas: bool


def split(lines: Iterable[str], separator: str) -> Iterator[tuple[int, list[str]]]:
    """Yield number and cells of every line that is neither empty nor a comment."""
    spaced = separator == " "
    # A letter that is in no text stands for "no separator".
    reader = csv.reader(lines, delimiter=separator or "\x1f", skipinitialspace=True)
    try:
        for cells in reader:
            if spaced:
                cells = [cell for cell in cells if cell]
            first = cells[0].strip() if cells else ""
            if (first or any(map(str.strip, cells))) and first[:1] != "#":
                yield reader.line_num, cells
    except csv.Error as error:
        raise Refusal(f"Line {reader.line_num} of the table can't be read: {error}") from None


def find(text: str, cut: bool = False) -> Found | None:
    """Return where the table in a text is, or None if it holds nothing.

    Parameters
    ----------
    text : str
        Its beginning.
    cut : bool
        Whether the text goes on, so that the last line may not be whole.
    """
    lines = _ENDS.split(text)
    if cut and len(lines) > 1:
        lines.pop()
    lines = lines[:_LINES]
    declared = _DECLARED.match(lines[0]) if lines else None
    first = 1 if declared else 0
    if not any(_content(line) for line in lines[first:]):
        return None
    possible = [s for s in _SEPARATORS if any(s in line.strip() for line in lines[first:])]
    if declared and declared[1] in "\t;,| ":
        possible = [declared[1]]
    tried = [_tried(lines, first, separator) for separator in (*possible, "")]
    best = max(tried, key=lambda each: each.worth)
    return best.found()


def _content(line: str) -> bool:
    return bool(line.strip(" \t,;|\r\n")) and not line.lstrip().startswith("#")


@dataclass(frozen=True)
class _Tried:
    """The first lines of a text, split by one separator."""

    separator: str
    numbered: list[tuple[int, list[str]]]
    comment: str
    worth: tuple[float, ...]

    def found(self) -> Found:
        rows = [cells for _, cells in self.numbered]
        comma = _may_be_decimal(rows, self.separator)
        at = _first_of_content(rows, comma)
        if at is None:
            # Names without a single row, or no numbers at all.
            names, at = rows[0], 1
            above: list[list[str]] = []
        else:
            names, above = _names(rows[:at], rows[at:], comma)
        if not names and self.comment:
            said = self.comment.lstrip("# ")
            cells = next((c for _, c in split([said], self.separator)), [])
            if len(cells) == len(rows[at]):
                names = cells
        if not names and at < len(rows) and _is_head(rows[at], rows[at + 1 :], comma):
            names, at = rows[at], at + 1
        content = rows[at:]
        widths = [len(row) for row in content] or [0]
        firsts = [row[0] for row in content]
        if len(names) == max(widths) - 1 and names and len(set(firsts)) == len(firsts):
            names = ["", *names]  # R names its rows, but not the column of their names
        skip = self.numbered[at - 1][0] if at else self._before(content)
        return Found(
            names=tuple(name.strip() for name in names),
            separator=self.separator,
            skip=skip,
            width=max(len(names), *widths),
            above=tuple(map(tuple, above)),
            rows=tuple(map(tuple, content)),
            has_commas=comma and any(_COMMA_NUMBER.match(c) for row in content for c in row),
        )

    def _before(self, content: list[list[str]]) -> int:
        return max(0, self.numbered[0][0] - 1) if content else 0


def _tried(lines: Sequence[str], first: int, separator: str) -> _Tried:
    try:
        rows = [(n + first, c) for n, c in split((f"{x}\n" for x in lines[first:]), separator)]
    except Refusal:
        rows = []
    rows = rows or [(first + 1, [""])]
    comma = _may_be_decimal([cells for _, cells in rows], separator)
    numeric = [(n, cells) for n, cells in rows if _numeric(cells, comma)]
    # Remarks and heads may hold any sign; what is right splits the rows of numbers.
    judged = [cells for _, cells in numeric or rows]
    filled = [cell for cells in judged for cell in cells if cell.strip()]
    numbers = sum(number(cell, decimal_comma=comma) is not None for cell in filled)
    wide = sum(len(cells) > 1 for cells in judged)
    splits = wide >= 2 or wide == len(judged)
    begin = numeric[0][0] if numeric else rows[0][0]
    comment = next(
        (x for x in reversed(lines[first : begin - 1]) if x.lstrip().startswith("#")), ""
    )
    worth = (
        round(len(numeric) / len(rows), 1),
        round(numbers / max(1, len(filled)), 1),
        splits,
        numbers * splits,
        -_SEPARATORS.find(separator) if separator else 0,
    )
    return _Tried(separator, rows, comment, worth)


def _may_be_decimal(rows: Sequence[Sequence[str]], separator: str) -> bool:
    """Whether a comma in a cell may be a decimal one; where commas separate, only quotes tell."""
    if separator != ",":
        return True
    quoted = [cell for row in rows for cell in row if _COMMA_NUMBER.match(cell)]
    # "12,308" may be thousands.
    return any(not re.fullmatch(r"\s*[+-]?\d{1,3},\d{3}\s*", cell) for cell in quoted)


def _numeric(cells: Sequence[str], comma: bool) -> bool:
    """Whether at least half of what stands in a row, and something of it, is a number."""
    filled = [cell for cell in cells if cell.strip()]
    numbers = sum(number(cell, decimal_comma=comma) is not None for cell in filled)
    return numbers > 0 and 2 * numbers >= len(filled)


def _first_of_content(rows: list[list[str]], comma: bool) -> int | None:
    """Return the first row from which on rows hold numbers."""
    numeric = [_numeric(cells, comma) for cells in rows]
    widest = max(
        (len(cells) for cells, is_one in zip(rows, numeric, strict=True) if is_one), default=0
    )
    for at in range(len(rows)):
        following = numeric[at : at + _ENOUGH]
        # A remark such as "Force, 100" is as wide as nothing else.
        if all(following) and (len(rows[at]) * 2 >= widest or at + _ENOUGH >= len(rows)):
            return at
    return next((at for at, is_one in enumerate(numeric) if is_one), None)


def _names(
    before: list[list[str]], content: list[list[str]], comma: bool
) -> tuple[list[str], list[list[str]]]:
    """Return the names of the columns, and the rows above them."""
    width = max(len(row) for row in content)
    if not before:
        return [], []
    at = len(before) - 1
    measures: list[str] = []
    filled = [cell.strip() for cell in before[at] if cell.strip()]
    if at and filled and all(_MEASURE.match(cell) for cell in filled) and len(before[at - 1]) > 1:
        measures, at = before[at], at - 1
    names = before[at]
    # Ragged columns end early, so a head may be wider than the rows that were seen.
    if len(names) < max(1, min(width - 1, width // 2 + 1)) and width > 1:
        return [], before
    joined = [
        f"{name.strip()} [{_bare(measures[i])}]"
        if i < len(measures) and _said(measures[i])
        else name
        for i, name in enumerate(names)
    ]
    return joined, before[:at]


def _is_head(first: list[str], rest: list[list[str]], comma: bool) -> bool:
    """Whether a row of which most are numbers is the head: ``time,1,2,3``, or ``1,2,3``."""
    texts = [
        at
        for at, cell in enumerate(first)
        if cell.strip() and number(cell, decimal_comma=comma) is None
    ]
    below = [row[at] for row in rest for at in texts if at < len(row) and row[at].strip()]
    if texts:
        return bool(below) and all(number(c, decimal_comma=comma) is not None for c in below)
    counted = [cell.strip() for cell in first]
    numbers = [[str(at + begin) for at in range(len(first))] for begin in (0, 1)]
    fractions = any("." in cell or (comma and "," in cell) for row in rest for cell in row)
    return len(first) > 1 and counted in numbers and (fractions or len(first) > 2 < len(rest))


def _bare(measure: str) -> str:
    return measure.strip().strip("[]()").strip()


def _said(measure: str) -> bool:
    """Whether it is a unit of measurement, and no rate."""
    return _bare(measure) not in ("", "*", "-") and not _bare(measure).lower().endswith("hz")
