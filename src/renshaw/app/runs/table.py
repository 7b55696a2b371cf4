"""A table of a run, to look at: some rows of it, sorted by a column."""

from __future__ import annotations

import math
import threading
from collections import OrderedDict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from renshaw.core.errors import RenshawError
from renshaw.core.numbers import p_value
from renshaw.study.dictionary import COLUMNS
from renshaw.study.tables import read_table

if TYPE_CHECKING:
    import pandas as pd

ROWS_AT_ONCE = 100
ENDINGS = ("csv", "parquet")
_LARGEST_BYTES = 64 * 1024**2
_MOST_ROWS = 3_000_000
_MOST_KEPT = 3
_MOST_LETTERS = 400

_kept: OrderedDict[tuple[str, int, int, int], pd.DataFrame] = OrderedDict()
_lock = threading.Lock()


def rows(
    folder: Path, name: str, sort: str = "", descending: bool = False, offset: int = 0
) -> dict[str, Any]:
    """Return some rows of a table as JSON.

    Parameters
    ----------
    folder : Path
        Of the run.
    name : str
        Of the table, without an ending.
    sort : str
        Column; as the table stands if empty.
    descending : bool
    offset : int
        Rows that are passed over.

    Raises
    ------
    RenshawError
        The table is too large to be looked at, or can't be read.
    """
    table = _table(folder, name)
    columns = [str(column) for column in table.columns]
    if sort in columns:
        order = _order(table.iloc[:, columns.index(sort)], descending)
        table = table.iloc[order]
    offset = min(max(0, offset), max(0, len(table) - 1))
    some = table.iloc[offset : offset + ROWS_AT_ONCE]
    cells = [
        [_cell(value, column) for value, column in zip(row, columns, strict=True)]
        for row in some.itertuples(index=False, name=None)
    ]
    numeric = [bool(kind.kind in "iuf") for kind in table.dtypes]
    meanings = {entry.name: entry.meaning for entry in COLUMNS if entry.table == name}
    return {
        "columns": [
            {"name": column, "numeric": is_number, "meaning": meanings.get(column, "")}
            for column, is_number in zip(columns, numeric, strict=True)
        ],
        "rows": cells,
        "files": [f"{name}.{e}" for e in ENDINGS if (folder / f"{name}.{e}").is_file()],
        "total": len(table),
        "offset": offset,
        "sort": sort if sort in columns else "",
        "descending": descending,
    }


def _table(folder: Path, name: str) -> pd.DataFrame:
    """Read a table, or take the one that was read last."""
    path = folder / f"{name}.parquet"
    if not path.is_file():
        path = folder / f"{name}.csv"
    if not path.is_file():
        raise RenshawError("That table is not there (yet).")
    known = path.stat()
    key = (str(path), known.st_mtime_ns, known.st_size, known.st_ino)
    with _lock:
        if key not in _kept:
            _refuse_large(path, known.st_size)
            _kept[key] = read_table(folder, name)
            while len(_kept) > _MOST_KEPT:
                _kept.popitem(last=False)
        _kept.move_to_end(key)
        return _kept[key]


def _refuse_large(path: Path, size: int) -> None:
    too_large = size > _LARGEST_BYTES
    if path.suffix == ".parquet" and not too_large:
        import pyarrow.parquet as pq

        try:
            too_large = pq.read_metadata(path).num_rows > _MOST_ROWS
        except (OSError, ValueError):
            raise RenshawError(f"{path.name} can't be read; it may be damaged.") from None
    if too_large:
        raise RenshawError("The table is too large to be looked at here; download it.")


def _order(column: pd.Series[Any], descending: bool) -> Any:
    import numpy as np

    if column.dtype.kind not in "iufb":
        column = column.astype(str).str.lower()
    # Stable both ways, and what is missing stays last.
    ranks = column.rank(method="dense", ascending=not descending, na_option="bottom")
    return np.argsort(ranks.to_numpy(), kind="stable")


def _cell(value: Any, column: str = "") -> Any:
    """Return a value as JSON shows it: short numbers, words, nothing; p-values as in a report."""
    if value is None or (isinstance(value, float) and not math.isfinite(value)):
        return None
    if isinstance(value, bool | int):
        return value
    if isinstance(value, float):
        if column in ("p", "p_value", "p_adjusted", "p_flip"):
            return p_value(value)
        return float(f"{value:.5g}")
    kind = type(value).__name__
    if kind.startswith(("int", "uint", "float", "bool")) and hasattr(value, "item"):
        return _cell(value.item(), column)
    return str(value)[:_MOST_LETTERS]
