"""Whether ``12.308`` is twelve or twelve thousand: by what the other cells of the table show.

A cell with two signs (``1.234,5``), with groups of two or more (``1.234.567``) or with signs that
are no decimal one (``1'234.5``) says it by itself. Three digits behind one sign may be decimals as
well: then a table whose other cells have decimals behind the other sign shows that they are
thousands, and one with decimals behind the same sign that they are not. Where nothing but whole
numbers stand beside, those above and below do: 980 comes before 1.083 only if that is 1083. Times
in ms that all have three digits behind a sign are thousands: no recording lasts less than a second.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from itertools import pairwise

from renshaw.io.refusal import Refusal

# Whole numbers below need no separator, and say nothing of it.
_LEAST = 100
# Neighbors in a column of times or of a signal differ less than this factor.
_NEAR = 3.0


@dataclass(frozen=True)
class _Sign:
    """What cells with one of the two signs look like.

    Parameters
    ----------
    sign, other : str
        Point and comma, or comma and point.
    separator : str
        Between cells; a number that has it within stands between quotes.
    """

    sign: str
    other: str
    separator: str

    def _cell(self, pattern: str, signs: str) -> re.Pattern[str]:
        """Return what finds a cell that is of a pattern and nothing else."""
        if self.separator and self.separator in signs:
            return re.compile(f'(?<=")(?:{pattern})(?=")')
        ends = re.escape(self.separator or "\n")
        return re.compile(
            rf'(?:(?<=[{ends}"\r\n \t])|(?<![\s\S]))(?:{pattern})(?=[ \t]*(?:["{ends}\r\n]|$))'
        )

    @property
    def three(self) -> str:
        """Three digits behind the sign: decimals or thousands."""
        return rf"[+-]?[1-9]\d{{0,2}}{re.escape(self.sign)}\d{{3}}"

    @property
    def cells_of_three(self) -> re.Pattern[str]:
        """What finds cells of that kind."""
        return self._cell(self.three, self.sign)

    def is_decimal(self, text: str) -> bool:
        """Whether a cell shows that it is the decimal sign."""
        s = re.escape(self.sign)
        behind = rf"\d+{s}(?:\d{{1,2}}|\d{{4,}})|0\d*{s}\d+|\d{{4,}}{s}\d+"
        return self._shown(text, rf"[+-]?(?:{behind})(?:[eE][+-]?\d+)?", self.sign)

    def separates(self, text: str) -> bool:
        """Whether a cell shows that it separates thousands."""
        s, other = re.escape(self.sign), re.escape(self.other)
        return self._shown(
            text, rf"[+-]?\d{{1,3}}(?:{s}\d{{3}})+{other}\d+", self.sign + self.other
        ) or self._shown(text, rf"[+-]?\d{{1,3}}(?:{s}\d{{3}}){{2,}}", self.sign)

    def _shown(self, text: str, pattern: str, signs: str) -> bool:
        if self.separator and self.separator in signs and '"' not in text:
            return False
        return self._cell(pattern, signs).search(text) is not None


def without(
    text: str, separator: str, rows: Sequence[Sequence[str]], counting: Sequence[int] = ()
) -> str:
    """Return a text whose numbers have no thousands separators that could be decimal signs.

    Parameters
    ----------
    text : str
        The content of a table, without its head.
    separator : str
        Between cells.
    rows : sequence of rows
        Its first rows, as cells.
    counting : sequence of int
        Columns that count samples, ms or us.

    Raises
    ------
    Refusal
        Nothing in the table tells, or cells contradict each other.
    """
    for sign, other in (".,", ",."):
        if sign not in text or (sign == separator and '"' not in text):
            continue
        mine, others = _Sign(sign, other, separator), _Sign(other, sign, separator)
        found = mine.cells_of_three.search(text)
        if found is None:
            continue
        decimals = mine.is_decimal(text) or others.separates(text)
        thousands = others.is_decimal(text) or mine.separates(text)
        if not decimals and not thousands:
            decimals, thousands = _by_neighbors(rows, mine)
            thousands |= _all_of_three(rows, mine, counting)
        if decimals and thousands:
            raise Refusal(
                f"Its cell {found[0]!r} may have decimals or thousands: other cells show both. "
                "Save it with one decimal sign and without thousands separators"
            )
        if thousands:
            return mine.cells_of_three.sub(partial(_joined, sign), text)
    return text


def _joined(sign: str, cell: re.Match[str]) -> str:
    return cell[0].replace(sign, "")


def _all_of_three(rows: Sequence[Sequence[str]], sign: _Sign, columns: Sequence[int]) -> bool:
    cells = [row[at].strip() for at in columns for row in rows if at < len(row)]
    filled = [cell for cell in cells if cell]
    return bool(filled) and all(re.fullmatch(sign.three, cell) for cell in filled)


def _by_neighbors(rows: Sequence[Sequence[str]], sign: _Sign) -> tuple[bool, bool]:
    """Return whether whole numbers beside such cells tell that these are decimals, or thousands."""
    three = re.compile(sign.three)
    decimals = thousands = False
    for column in range(max(map(len, rows), default=0)):
        cells = [row[column].strip() for row in rows if column < len(row)]
        for pair in pairwise(cells):
            signed = [cell for cell in pair if three.fullmatch(cell)]
            whole = [cell for cell in pair if re.fullmatch(r"\d{3}", cell) and int(cell) >= _LEAST]
            if signed and whole:
                as_decimals = float(whole[0]) / float(signed[0].replace(sign.sign, "."))
                as_thousands = float(whole[0]) / float(signed[0].replace(sign.sign, ""))
                decimals |= 1 / _NEAR < abs(as_decimals) < _NEAR
                thousands |= 1 / _NEAR < abs(as_thousands) < _NEAR
    return decimals, thousands
