"""Tables of results, read only as what they should be; else file, row and column are named.

A table that was cut, doubled, changed by hand or written by another program is refused where it is
read. Nothing behind the reader meets a missing column or a word where a number should be.
"""

from __future__ import annotations

import csv
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from renshaw.core.cells import longest_cell, plain_table
from renshaw.core.errors import DataError, Place, ReadError, did_you_mean
from renshaw.core.numbers import told_number
from renshaw.core.received import LARGEST_CSV_BYTES, parquet_of, refuse_no_file

if TYPE_CHECKING:
    import pandas as pd

Kind = Literal["text", "number", "count", "truth"]

_LONGEST_SHOWN = 40
_MOST_DIGITS, _LARGEST = 20, 2**63
_TRUTHS = {"true": True, "1": True, "1.0": True, "yes": True}
_TRUTHS |= {"false": False, "0": False, "0.0": False, "no": False}
# As long as what may stand in a cell of notes; the limit of the library itself is shorter.
_LONGEST_CELL = 10_000_000
# What a library throws at a file that is none of its kind; it knows nothing of ours.
_FAULTS = (OSError, ValueError, TypeError, LookupError, ArithmeticError, NotImplementedError)


@dataclass(frozen=True)
class Column:
    """What a column of a table holds.

    Parameters
    ----------
    name : str
    kind : {"text", "number", "count", "truth"}
        A count is a whole number from 0.
    needed : bool
        Whether a table without it is none of its kind; older versions wrote fewer columns.
    filled : bool
        Whether every row needs something in it.
    among : tuple of str
        The only words that it may hold, where there are such.
    finite : bool
        Whether a number may not be infinite.
    """

    name: str
    kind: Kind = "text"
    needed: bool = True
    filled: bool = False
    among: tuple[str, ...] = ()
    finite: bool = True


@dataclass(frozen=True)
class Shape:
    """What a table is: its columns, and which of them tell its rows apart.

    Parameters
    ----------
    columns : tuple of Column
        Others may stand beside them and are kept as they are.
    key : tuple of str
        No two rows are alike in all of these; nothing is asked where one of them is missing.
    unlike : bool
        No two rows are alike in all columns, as of numbers that were drawn.
    """

    columns: tuple[Column, ...] = ()
    key: tuple[str, ...] = ()
    unlike: bool = False

    @property
    def needed(self) -> tuple[str, ...]:
        """Names of the columns without which a table is none of its kind."""
        return tuple(column.name for column in self.columns if column.needed)


def shape(
    *,
    key: Sequence[str] = (),
    older: Sequence[str] = (),
    filled: Sequence[str] = (),
    **columns: Kind,
) -> Shape:
    """Return the shape of a table of named columns.

    Parameters
    ----------
    key : sequence of str
    older : sequence of str
        Columns that older versions did not write.
    filled : sequence of str
        Columns that need something in every row.
    **columns
        What each holds.
    """
    made = (Column(name, kind, name not in older, name in filled) for name, kind in columns.items())
    return Shape(tuple(made), tuple(key))


def read_checked(path: Path, shape: Shape, cure: str) -> pd.DataFrame:
    """Read a table from a CSV or Parquet file.

    Parameters
    ----------
    path : Path
    shape : Shape
        What it should be.
    cure : str
        What to do about a table that is something else, as a sentence.

    Returns
    -------
    table : DataFrame
        Texts are texts, also where they look like numbers; of a CSV file, columns that the shape
        does not name are numbers where all of their cells are.

    Raises
    ------
    ReadError
        It can't be read, or it is something else: the file, the row (from 1, below the header) and
        the column are named.
    """
    try:
        read = _from_parquet if path.suffix.lower() == ".parquet" else _from_csv
        return checked(read(path, shape), shape)
    except DataError as error:
        place = Place(file=str(path), row=error.place.row if error.place else None)
        said = f"{error.hint} {cure}".strip()
        raise ReadError(
            error.why, code=error.code, name=error.name, place=place, hint=said
        ) from None


def checked(table: pd.DataFrame, shape: Shape) -> pd.DataFrame:
    """Return a table whose columns are of their kinds, or refuse it.

    Parameters
    ----------
    table : DataFrame
        Texts may stand for numbers, as in a file.
    shape : Shape

    Raises
    ------
    DataError
        A column is missing or there twice, a cell holds something else, or two rows are the same.
    """
    _refuse_columns(table, shape)
    changed = {}
    for column in shape.columns:
        if column.name in table:
            cells = table[column.name]
            made = _CONVERT[column.kind](cells, column)
            if made is not cells:
                changed[column.name] = made
    made_table = table.assign(**changed) if changed else table
    _refuse_doubled(made_table, tuple(made_table.columns) if shape.unlike else shape.key)
    return made_table


def _refuse_columns(table: pd.DataFrame, shape: Shape) -> None:
    names = [str(name) for name in table.columns]
    for name in shape.needed:
        if name not in names:
            raise DataError(
                f"There is no column {name!r}.",
                code="data.column",
                name=name,
                hint=_alike(name, names),
            )
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise DataError(f"The column {twice!r} is there twice.", code="data.column", name=twice)


def _alike(name: str, names: Sequence[str]) -> str:
    close = did_you_mean(name, names)
    return "" if close is None else f"Is it {close!r}?"


def _refuse_doubled(table: pd.DataFrame, key: Sequence[str]) -> None:
    if not key or not {*key} <= {*table.columns}:
        return
    doubled = table.duplicated([*key]).to_numpy()
    if not doubled.any():
        return
    at = int(doubled.argmax())
    same = (table[[*key]].iloc[: at + 1].astype(str) == table[[*key]].iloc[at].astype(str)).all(
        axis=1
    )
    first = int(same.to_numpy().argmax()) + 1
    raise DataError(
        f"It is row {first} once more: the same {_listed(key)}. {int(doubled.sum())} of "
        f"{len(table)} rows are there twice.",
        code="data.doubled",
        place=Place(row=at + 1),
    )


def _listed(names: Sequence[str]) -> str:
    most = 8
    return ", ".join(names) if len(names) <= most else "cells in every column"


def _texts(cells: pd.Series[Any], column: Column) -> pd.Series[Any]:
    """Return texts; nothing is the empty one, and numbers are as they are written."""
    words = cells.cat.categories if cells.dtype == "category" else cells
    plain = not cells.isna().any() and all(isinstance(each, str) for each in words)
    if not plain:
        made = [_text(cell, column, at) for at, cell in enumerate(cells.astype(object), start=1)]
        cells = cells.astype(object).copy()
        cells[:] = made
    if column.filled:
        empty = (cells == "").to_numpy()
        if empty.any():
            raise _fault(column, int(empty.argmax()) + 1, "", "it is empty")
    if column.among:
        strange = ~cells.isin([*column.among, *([] if column.filled else [""])]).to_numpy()
        if strange.any():
            at = int(strange.argmax())
            wanted = f"is none of {', '.join(column.among)}"
            raise _fault(column, at + 1, cells.iloc[at], wanted)
    return cells


def _text(cell: Any, column: Column, row: int) -> str:
    if isinstance(cell, str):
        return cell
    if cell is None or cell != cell:
        return ""
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 1e15:
        # A column of whole numbers with empty cells is one of floats.
        return str(int(cell))
    if hasattr(cell, "__float__"):
        return str(cell)
    raise _fault(column, row, cell, "is no text")


def _numbers(cells: pd.Series[Any], column: Column) -> pd.Series[Any]:
    made = cells if cells.dtype.kind in "f" else _each(cells, column, float, math.nan)
    if column.finite:
        _refuse_where(made.abs() == math.inf, cells, column, "is no finite number")
    if column.filled:
        _refuse_where(made.isna(), cells, column, "is no number")
    return made


def _counts(cells: pd.Series[Any], column: Column) -> pd.Series[Any]:
    """Return whole numbers from 0; nothing stays nothing (NaN) where there is such a cell."""
    import pandas as pd

    made = cells
    if cells.dtype.kind not in "iu" or not cells.dtype.name.islower():
        exact = _digits(cells)
        if exact is None:
            made = _numbers(cells, column).astype(float)
            _refuse_where((made % 1 != 0) & made.notna(), cells, column, "is no whole number")
            _refuse_where(made.abs() >= 2.0**53, cells, column, "is too large")
            made = made if made.isna().any() else made.astype(int)
        else:
            made = pd.Series(exact, index=cells.index, dtype=int)
    _refuse_where(made < 0, cells, column, "is below 0")
    return made


def _digits(cells: pd.Series[Any]) -> list[int] | None:
    """Return whole numbers to the last digit, where all cells are written as such ones."""
    if all(isinstance(cell, str) and cell.isascii() and cell.isdecimal() for cell in cells):
        exact = [int(cell) if len(cell) < _MOST_DIGITS else _LARGEST for cell in cells]
        return exact if max(exact, default=0) < _LARGEST else None
    return None


def _truths(cells: pd.Series[Any], column: Column) -> pd.Series[Any]:
    if cells.dtype == bool:
        return cells
    words = [str(cell).strip().lower() for cell in cells]
    for row, word in enumerate(words, start=1):
        if word not in _TRUTHS:
            raise _fault(column, row, cells.iloc[row - 1], "is neither true nor false")
    return cells.astype(object).map(lambda cell: _TRUTHS[str(cell).strip().lower()]).astype(bool)


_CONVERT: dict[Kind, Callable[[Any, Column], Any]] = {
    "text": _texts,
    "number": _numbers,
    "count": _counts,
    "truth": _truths,
}


def _each(cells: pd.Series[Any], column: Column, kind: type[float], nothing: float) -> Any:
    import pandas as pd

    made = []
    for row, cell in enumerate(cells.astype(object), start=1):
        try:
            empty = cell is None or cell is pd.NA or (isinstance(cell, str) and not cell.strip())
            made.append(nothing if empty else kind(cell))
        except (TypeError, ValueError, OverflowError):
            raise _fault(column, row, cell, "is no number") from None
    return pd.Series(made, index=cells.index, dtype=float)


def _refuse_where(strange: Any, cells: pd.Series[Any], column: Column, why: str) -> None:
    found = strange.to_numpy(dtype=bool, na_value=False) if len(strange) else strange
    if len(strange) and found.any():
        at = int(found.argmax())
        raise _fault(column, at + 1, cells.iloc[at], why)


def _fault(column: Column, row: int, cell: Any, why: str) -> DataError:
    text = repr(cell) if isinstance(cell, str) else str(cell)
    shown = text if len(text) <= _LONGEST_SHOWN else f"{text[:_LONGEST_SHOWN]}..."
    empty = cell is None or cell == "" or shown in ("nan", "<NA>", "None")
    what = "an empty cell" if empty else shown
    words = why if why.startswith("it ") else f"{what} {why}"
    return DataError(
        f"Column {column.name!r}: {words}.",
        code="data.cell",
        name=column.name,
        value=None if empty else cell,
        place=Place(row=row),
    )


def _from_parquet(path: Path, _: Shape) -> pd.DataFrame:
    try:
        refuse_no_file(path)
        return parquet_of(path)
    except _FAULTS as error:
        raise _unreadable(error) from None


def _from_csv(path: Path, shape: Shape) -> pd.DataFrame:
    import pandas as pd

    header, rows = _rows(path)
    if not header:
        if shape.needed:
            raise DataError("The file is empty.", code="data.empty")
        return pd.DataFrame()
    found = plain_table(pd.DataFrame(rows, columns=pd.Index(header, dtype=object), dtype=object))
    named = {column.name for column in shape.columns}
    for at, name in enumerate(header):
        numbers = None if name in named else _as_numbers(found.iloc[:, at])
        if numbers is not None:
            found.isetitem(at, numbers.to_numpy())
    return found


def _rows(path: Path) -> tuple[list[str], list[list[str]]]:
    """Return the header and the rows of a CSV file, each with as many cells as the header."""
    rows: list[list[str]] = []
    try:
        refuse_no_file(path, LARGEST_CSV_BYTES)
        with path.open(encoding="utf-8", newline="") as lines, longest_cell(_LONGEST_CELL):
            reader = csv.reader(lines, strict=True)
            header = next((row for row in reader if row), [])
            for row in reader:
                if len(row) != len(header):
                    if not row:
                        continue
                    raise DataError(
                        f"The row has {len(row)} cells, and the header {len(header)}.",
                        code="data.cells",
                        place=Place(row=len(rows) + 1),
                    )
                rows.append(row)
    except csv.Error as error:
        at = Place(row=len(rows) + 1)
        raise DataError(f"It is no CSV: {error}.", code="data.damaged", place=at) from None
    except (OSError, ValueError) as error:
        raise _unreadable(error) from None
    return header, rows


def _as_numbers(cells: pd.Series[Any]) -> pd.Series[Any] | None:
    """Return a column as numbers where all of its cells are such, and not all are empty."""
    import pandas as pd

    try:
        made = [told_number(cell) if cell else math.nan for cell in cells]
    except ValueError:
        return None
    if all(math.isnan(each) for each in made):
        return None
    return pd.Series(made, index=cells.index)


def _unreadable(error: Exception) -> DataError:
    what = getattr(error, "strerror", None) or next(iter(str(error).splitlines()), "")
    why = f": {what.rstrip('.')}" if what else ""
    return DataError(f"It can't be read as a table{why}.", code="data.damaged")
