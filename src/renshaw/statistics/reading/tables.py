"""Tidy tables as laboratories keep them: semicolons, decimal commas, byte order marks, gaps."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from renshaw.core.cells import longest_cell, plain_cell
from renshaw.core.errors import DataError, Place, ReadError, did_you_mean, suggestion
from renshaw.core.files import given_path, is_there, not_there
from renshaw.core.memory import bounded
from renshaw.statistics.formulas.design import level_words
from renshaw.statistics.reading.stored import stored

if TYPE_CHECKING:
    import pandas as pd

MISSING = frozenset({"", "NA", "N/A", "NaN", "nan", "NAN", "#N/A", "NULL", "null", "<NA>"})
# Only in a column of numbers: elsewhere they may be a name.
_NO_NUMBER = frozenset({".", "-", "–", "?", "na", "n/a", "none", "None", "missing"})
_NUMBER = re.compile(r"[-+−]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?")
_COMMA = re.compile(r"[-+−]?\d*,\d+([eE][-+]?\d+)?|[-+−]?\d+([eE][-+]?\d+)?")
_LARGEST = 2_000_000_000
# What is taken for any table before the limit of reading processes is told.
_MOST_BYTES = 2**30
_SEPARATORS = "\t;,|"
# Titles and remarks above a header are few.
_MOST_TITLES = 30


class Dropped(NamedTuple):
    """Rows that were left out, and why."""

    reason: str
    rows: int
    first_rows: str


def program_of(table: pd.DataFrame | str | Path, found: str, verb: str) -> str:
    """Return the beginning of a call as a program writes it: ``model = rs.compare('table.csv'``.

    A table of somebody's own session can't be read again; the program says where to put it.
    """
    if isinstance(table, str | Path):
        return f"{found} = rs.{verb}({str(table)!r}"
    put = "table = rs.stats.read_table('table.csv')  # the table that was given, as a file"
    return f"{put}\n{found} = rs.{verb}(table"


def read_table(
    path: str | Path,
    *,
    sheet: str = "",
    columns: Collection[str] = (),
    labels: Collection[str] = (),
) -> pd.DataFrame:
    """Read a tidy table from a file; the index is the row as a spreadsheet numbers it.

    Text (CSV) is read with its separator (comma, semicolon, tab), decimal sign and encoding
    recognized, packed or not (``.gz``, ``.bz2``, ``.xz``, ``.zip``). So are workbooks (Excel,
    OpenDocument), data frames of R (``.rds``, ``.RData``), Stata, SPSS, Parquet and Feather.
    A column is numbers if all that is there are numbers; empty cells and NA are missing.

    Parameters
    ----------
    path : str or Path
        The file.
    sheet : str
        Which sheet of a workbook, or which data frame of several; the one with the columns by
        default.
    columns : collection of str
        What the table is needed for. Titles and remarks above the row that names them all are
        passed over.
    labels : collection of str
        Columns of names, which may be numbers and words: ``7``, ``7a``.

    Raises
    ------
    ReadError
        The file can't be read as a table; the message names the file, column and row.
    """
    path = given_path("read_table", path)
    _there(path)
    try:
        with bounded(_MOST_BYTES + path.stat().st_size):
            return _read(path, sheet, columns, labels)
    except MemoryError:
        raise ReadError(
            f"{path} needs more memory than there is, or than a table for a mixed model may take."
        ) from None


def _read(
    path: Path, sheet: str, columns: Collection[str], labels: Collection[str]
) -> pd.DataFrame:
    import pandas as pd

    found = stored(path, sheet, columns)
    if found is not None and found.frame is not None:
        return _plain_frame(found.frame, path)
    if sheet and found is None:
        raise ReadError(f"{path} is a text, and has no sheets; leave the sheet {sheet!r} out.")
    raw = path.read_bytes() if found is None or found.raw is None else found.raw
    first, rows = _rows(_text(raw, path), path, columns)
    if found is not None and found.ragged:
        rows = [row + [""] * (len(rows[0]) - len(row)) for row in rows]
    rows = _without_empty_columns(rows)
    header = _header(rows[0], path)
    body, index = [], []
    for number, row in enumerate(rows[1:], start=first + 1):
        if not any(cell.strip() for cell in row):
            continue
        if len(row) != len(header):
            if len(row) > len(header) and not any(cell.strip() for cell in row[len(header) :]):
                row = row[: len(header)]
            else:
                raise ReadError(
                    f"{path}, row {number}: {len(row)} cells where the header has {len(header)}."
                )
        body.append(row)
        index.append(number)
    if not body:
        raise ReadError(f"{path} has a header and no rows.")
    plain = {
        name: _column(
            [row[n].strip() for row in body],
            name,
            index,
            path,
            mixed=name in labels or (bool(columns) and name not in columns),
        )
        for n, name in enumerate(header)
    }
    return pd.DataFrame(plain, index=pd.Index(index, name="row"))


def _there(path: Path) -> None:
    if not is_there(path):
        raise ReadError(not_there(path, "the path of a table (CSV)"))
    if path.is_dir():
        raise ReadError(f"{path} is a folder; compare needs a table (CSV, Excel, ...).")
    if not path.is_file():
        raise ReadError(f"{path} is a pipe or a device; save its content to a file first.")
    if path.stat().st_size > _LARGEST:
        raise ReadError(f"{path} is larger than 2 GB; that is no table for a mixed model.")


def _plain_frame(frame: pd.DataFrame, path: Path) -> pd.DataFrame:
    """Return columns of a file as those of a text would be: numbers, or words and gaps."""
    import pandas as pd

    if frame.empty:
        raise ReadError(f"{path} holds a table without rows.")
    names = _header([str(name) for name in frame.columns], path)
    plain = {
        name: _plain_column(column) for name, (_, column) in zip(names, frame.items(), strict=True)
    }
    # Row 1 of a spreadsheet would be the header.
    index = pd.RangeIndex(2, len(frame) + 2, name="row")
    return pd.DataFrame(plain).set_axis(index)


def _plain_column(column: pd.Series[Any]) -> Any:
    import pandas as pd

    if isinstance(column.dtype, pd.CategoricalDtype):
        return column.cat.rename_categories(level_words).array
    if pd.api.types.is_numeric_dtype(column) and not pd.api.types.is_bool_dtype(column):
        return column.to_numpy(dtype=float, na_value=np.nan)
    return [None if pd.isna(v) or v in MISSING else _words(v) for v in column]


def _words(value: object) -> str:
    text = value.decode("utf-8", "replace") if isinstance(value, bytes) else level_words(value)
    return text.strip()


def _text(raw: bytes, path: Path) -> str:
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings = ["utf-16"]
    else:
        encodings = ["utf-8-sig", "cp1252", "latin-1"]
    for encoding in encodings:
        try:
            text = raw.decode(encoding)
            break
        except UnicodeDecodeError:
            continue
    else:
        raise ReadError(f"{path} is not a text file; save the table as CSV (UTF-8).")
    if "\0" in text:
        raise ReadError(f"{path} is not a text file; save the table as CSV (UTF-8).")
    return text


def _rows(text: str, path: Path, columns: Collection[str]) -> tuple[int, list[list[str]]]:
    """Return the rows from the header on, and the row of the file in which that stands."""
    first = next((line for line in text.splitlines() if line.strip()), "")
    if not first:
        raise ReadError(f"{path} is empty.")
    kind = {"[": "JSON", "{": "JSON", "<": "HTML or XML"}.get(first.lstrip()[0])
    if kind:
        raise ReadError(f"{path} is {kind}, not a table of text; save it as CSV.")
    lines = text.lstrip("\r\n")
    if first.lower().startswith("sep=") and len(first) == 5:  # Excel's own remark
        found = _cut(lines.split("\n", 1)[-1], first[4], path)
        return 1, [row for n, row in enumerate(found) if n or row]
    separator = max(_SEPARATORS[:3], key=lambda sign: first.count(sign))
    rows = _cut(lines, separator, path)
    if columns and not set(columns) <= _names(rows[0]):
        for sign in _SEPARATORS:
            other = rows if sign == separator else _cut(lines, sign, path)
            for n, row in enumerate(other[:_MOST_TITLES]):
                if set(columns) <= _names(row):
                    return n + 1, other[n:]
    return 1, [row for n, row in enumerate(rows) if n or row]


def _cut(lines: str, separator: str, path: Path) -> list[list[str]]:
    try:
        with longest_cell(10_000_000):
            rows = csv.reader(io.StringIO(lines, newline=""), delimiter=separator)
            return [[plain_cell(cell) for cell in row] for row in rows]
    except csv.Error as error:
        raise ReadError(f"{path} can't be read as a table: {error}.") from None


def _names(cells: Sequence[str]) -> set[str]:
    return {cell.strip() for cell in cells}


def _without_empty_columns(rows: list[list[str]]) -> list[list[str]]:
    """Leave out columns that have neither a name nor a value."""
    empty = {n for n, name in enumerate(rows[0]) if not name.strip()}
    for row in rows[1:]:
        empty = {n for n in empty if n >= len(row) or not row[n].strip()} if empty else empty
    if not empty:
        return rows
    return [[cell for n, cell in enumerate(row) if n not in empty] for row in rows]


def _header(cells: Sequence[str], path: Path) -> list[str]:
    names = [cell.strip() for cell in cells]
    while names and not names[-1]:
        names.pop()
    # R writes row names under an empty head.
    names = ["X" if n == 0 and not name else name for n, name in enumerate(names)]
    for n, name in enumerate(names):
        if not name:
            raise ReadError(
                f"{path}: column {n + 1} has no name in the header. Name it there; of two header "
                "rows make one, and of conditions side by side one column with a row a measurement."
            )
        if "`" in name:
            raise ReadError(f"{path}: the column name {name!r} has a backtick; rename it.")
        if name in names[:n]:
            raise ReadError(
                f"{path}: two columns are called {name!r}, {names.index(name) + 1} and {n + 1}. "
                "Rename or delete one of them."
            )
    if not names:
        raise ReadError(f"{path} has no header.")
    return names


def _column(
    cells: list[str], name: str, index: Sequence[int], path: Path, *, mixed: bool
) -> np.ndarray | list[str | None]:
    there = [cell for cell in cells if cell not in MISSING]
    numbers = [cell for cell in there if cell not in _NO_NUMBER]
    if not numbers:
        return (
            [None if c in MISSING else c for c in cells] if there else np.full(len(cells), np.nan)
        )
    comma = False
    fits = sum(_NUMBER.fullmatch(cell) is not None for cell in numbers)
    if fits < len(numbers):
        with_comma = sum(_COMMA.fullmatch(cell) is not None for cell in numbers)
        comma = with_comma > fits
        fits = max(fits, with_comma)
    if fits == len(numbers):
        gap = MISSING | _NO_NUMBER
        return np.array([np.nan if cell in gap else _value(cell, comma) for cell in cells])
    if fits >= max(3, 0.8 * len(numbers)) and not mixed:
        pattern = _COMMA if comma else _NUMBER
        bad, row = next(
            (cell, row)
            for cell, row in zip(cells, index, strict=True)
            if cell not in MISSING | _NO_NUMBER and not pattern.fullmatch(cell)
        )
        raise ReadError(
            f"{path}, column {name!r}, row {row}: {bad!r} is not a number, as the other cells of "
            "the column are. Correct it, or leave the cell empty (missing)."
        )
    return [None if cell in MISSING else cell for cell in cells]


def _value(cell: str, comma: bool) -> float:
    cell = cell.replace("−", "-")
    return float(cell.replace(",", ".") if comma else cell)


def refuse_bounds(table: pd.DataFrame, response: str, source: str) -> None:
    """Refuse a table whose column bound says that values are at least, or at most, what they say.

    Raises
    ------
    DataError
        A model would take them for values, and where units never stop say the opposite of what was.
    """
    if "bound" not in table.columns or response == "bound":
        return
    words = table["bound"].astype(str)
    bounded = words.isin(["at least", "at most", "unknown"])
    if bounded.any():
        raise DataError(
            f"{int(bounded.sum())} of {len(table)} values of {response} are only bounds of what "
            "was not seen, or unknown (column bound), and what is computed of a table takes values "
            "for what they are. rs.compare(estimates, design) says what is known of them; without "
            "the column they are taken for values.",
            name="bound",
            place=Place(file=source),
        )


def _hint(name: str, columns: Sequence[str], known: Sequence[str]) -> str:
    """Return what was meant; where several columns are missing, each condition may have its own."""
    lost = sum(each not in known for each in columns)
    if did_you_mean(name, known) is not None or lost < 2 or len(known) < 3:
        return suggestion(name, known)
    return (
        f"There are {', '.join(known[:8])}. Has each condition a column of its own? Write one row "
        "a measurement: a column that names the condition, and one with the value."
    )


def complete_rows(
    table: pd.DataFrame, columns: Sequence[str], source: str
) -> tuple[pd.DataFrame, tuple[Dropped, ...]]:
    """Return the rows that have every column, and what was dropped by reason.

    Raises
    ------
    DataError
        A column is not there, or no row is complete.
    """
    import pandas as pd

    for name in columns:
        if name not in table.columns:
            known = [str(column) for column in table.columns]
            raise DataError(
                f"{source} has no column {name!r}.",
                code="data.unknown",
                owner=source,
                name=name,
                hint=_hint(name, columns, known),
            )
    if table.columns.duplicated().any():
        twice = table.columns[table.columns.duplicated()][0]
        raise DataError(f"two columns are called {twice!r}.", place=Place(file=source))
    left = table
    dropped = []
    for name in columns:
        column = left[name]
        gone = column.isna().to_numpy()
        if pd.api.types.is_float_dtype(column):
            endless = np.isinf(column.to_numpy(dtype=float, na_value=np.nan))
            if endless.any():
                row = left.index[int(np.argmax(endless))]
                raise DataError(
                    f"column {name!r}, row {row}: infinity is not a value; leave the cell empty "
                    "(missing).",
                    name=name,
                    place=Place(file=source),
                )
        if gone.any():
            rows = left.index[gone]
            shown = ", ".join(map(str, rows[:8])) + (", …" if len(rows) > 8 else "")
            dropped.append(Dropped(f"{name} is missing", int(gone.sum()), shown))
            left = left[~gone]
    if left.empty:
        why = "; ".join(f"{each.reason} in {each.rows} rows" for each in dropped) or "it is empty"
        raise DataError(f"no row has all that the formula needs ({why}).", place=Place(file=source))
    return left, tuple(dropped)
