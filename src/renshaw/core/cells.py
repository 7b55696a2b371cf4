"""Texts in cells of tables that people open in a spreadsheet, where they must never be a formula.

A label such as ``=HYPERLINK(...)`` of a file from elsewhere would be carried out by Excel or
LibreOffice. As those do, a text that would begin a formula gets an apostrophe before it; whoever
reads such a table here takes it away again. Numbers stay numbers.

A spreadsheet may take other signs to part cells than the table does: where lists have semicolons,
``ramp;=cmd`` of a CSV becomes two cells. So what stands behind any such sign begins no formula
either.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd

_BEGINNINGS = ("=", "+", "-", "@", "＝", "＋", "－", "＠")
# What stands behind these may be taken for the beginning.
_BLANKS = ("\t", "\r", "\n")
_MARK = "'"
# What nobody sees, and some programs take away: controls, odd spaces, marks of order and direction.
_UNSEEN = (
    r"\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\xa0\xad\u1680\u180e\u2000-\u200f\u2028-\u202f\u205f-\u206f\u3000"
    r"\ufeff"
)
# A sign that may part cells, and a formula behind it, in quotes or not.
_INNER = re.compile(rf"([;,|\t\n])([ \"'{_UNSEEN}]*+)([=+\-@＝＋－＠])")
_ALWAYS = "=@＝＠"
# Without one of these, what begins with a plus or a minus calls and reaches nothing.
_REACHING = re.compile(r"[(!|]")
# In a table without quotes of its own, a spreadsheet takes those of a text for them.
_PASSED_OVER = re.compile(rf"[ \"'{_UNSEEN}]*+")
# A return in a text would begin a row of its own, in which anything may stand first, and what other
# controls are in makes a table binary data: each is shown by the sign that there is for it.
_SHOWN = {code: 0x2400 + code for code in range(32) if chr(code) not in "\t\n"} | {0x7F: 0x2421}
_CONTROLS = {sign: code for code, sign in _SHOWN.items()}
_CONTROL = re.compile(f"[{''.join(map(re.escape, map(chr, [*_SHOWN, *_CONTROLS])))}]")


def safe_cell(value: Any) -> Any:
    """Return a value as a cell may hold it; only texts that would begin a formula change.

    Parameters
    ----------
    value : object

    Examples
    --------
    >>> safe_cell("=SUM(A1)"), safe_cell("-1.5"), safe_cell("ramp"), safe_cell(-1.5)
    ("'=SUM(A1)", '-1.5', 'ramp', -1.5)
    """
    if not isinstance(value, str):
        return value
    marked = _inner(value, _with_mark) if _INNER.search(value) else value
    return f"{_MARK}{marked.translate(_SHOWN)}" if _is_risky(value) else marked


def plain_cell(text: str) -> str:
    """Return what `safe_cell` was given.

    Parameters
    ----------
    text : str

    Examples
    --------
    >>> plain_cell("'=SUM(A1)"), plain_cell("'s-Hertogenbosch")
    ('=SUM(A1)', "'s-Hertogenbosch")
    """
    if text.startswith(_MARK) and _is_risky(text[1:]):
        text = text[1:].translate(_CONTROLS)
    return _inner(text, _without_mark) if _MARK in text else text


def _inner(text: str, change: Callable[[str], str]) -> str:
    """Return a text whose inner beginnings of formulas are changed."""
    reaching = [found.start() for found in _REACHING.finditer(text)]
    last = reaching[-1] if reaching else -1

    def each(found: re.Match[str]) -> str:
        sign, quotes, begins = found.groups()
        formula = begins in _ALWAYS or last > found.end()
        return f"{sign}{change(quotes)}{begins}" if formula else found[0]

    return _INNER.sub(each, text)


def _with_mark(quotes: str) -> str:
    return f"{_MARK}{quotes}"


def _without_mark(quotes: str) -> str:
    return quotes.removeprefix(_MARK)


def _is_risky(text: str) -> bool:
    if _CONTROL.search(text):
        return True
    # What has marks already gets another one, so that each is taken away but once.
    found = _PASSED_OVER.match(text)
    begins = text[found.end() :] if found else text
    if begins.startswith(_BLANKS):
        return bool(begins.strip())
    if not begins.startswith(_BEGINNINGS) or len(begins.strip()) < 2:
        return False
    return not _is_number(begins)


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def safe_table(table: pd.DataFrame) -> pd.DataFrame:
    """Return a table whose texts, names of columns included, begin no formula.

    Parameters
    ----------
    table : DataFrame
    """
    safe = table.rename(columns=safe_cell)
    for at, (_, column) in enumerate(table.items()):
        if column.dtype.kind not in "biufcmM":
            cells = [safe_cell(value) for value in column]
            if any(new is not old for new, old in zip(cells, column, strict=True)):
                safe.isetitem(at, cells)
    if table.index.dtype == object:
        safe = safe.rename(index=safe_cell)
    return safe


def plain_table(table: pd.DataFrame) -> pd.DataFrame:
    """Return the table that `safe_table` was given.

    Parameters
    ----------
    table : DataFrame
        As it was read.
    """
    plain = table.rename(columns=lambda name: plain_cell(name) if isinstance(name, str) else name)
    for at, (_, column) in enumerate(table.items()):
        if column.dtype.kind not in "biufcmM":
            cells = [plain_cell(value) if isinstance(value, str) else value for value in column]
            if any(new is not old for new, old in zip(cells, column, strict=True)):
                plain.isetitem(at, cells)
    return plain


@contextmanager
def longest_cell(characters: int) -> Iterator[None]:
    """Let cells of CSV be so long; the limit is the whole process's, and is put back.

    Parameters
    ----------
    characters : int
    """
    before = csv.field_size_limit(characters)
    try:
        yield
    finally:
        csv.field_size_limit(before)
