"""Estimates from a file that `Estimates.save` wrote, or that others wrote with the same columns."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

from renshaw.core.cells import safe_cell
from renshaw.core.checked_table import read_checked
from renshaw.core.errors import Place, ReadError
from renshaw.core.files import given_path, is_there, not_there, replacing
from renshaw.core.results import TABLE_ENDINGS
from renshaw.data.estimates import COLUMNS, COUNTED, SHAPE, Estimates, cells_of


def read_estimates(path: str | Path) -> Estimates:
    """Read estimates from a CSV or Parquet file; its history and settings are not in it.

    Parameters
    ----------
    path : path
        Ends in ``.csv`` or ``.parquet``.

    Returns
    -------
    estimates : Estimates
        Columns that this version of renshaw does not know are kept, and a note says so.

    Raises
    ------
    ReadError
        There is no such file, or it is no table of estimates; file, row and column are named.
    """
    path = given_path("read_estimates", path)
    if path.suffix.lower() not in TABLE_ENDINGS:
        raise ReadError(
            "This is no file of estimates.",
            place=Place(file=str(path)),
            hint=f"Give one that ends in {' or '.join(TABLE_ENDINGS)}.",
        )
    if not is_there(path):
        raise ReadError(not_there(path, "a table of estimates"))
    table = read_checked(path, SHAPE, "Mend it there, or write it again with renshaw estimate.")
    return Estimates.from_table(table)


def write_estimates(estimates: Estimates, path: str | Path) -> Path:
    """Write the table of estimates as CSV, whole or not at all.

    The file is that of ``estimates.save(path)``, written without pandas, which takes longer to
    load than everything is estimated.

    Parameters
    ----------
    estimates : Estimates
    path : path

    Returns
    -------
    path : Path
    """
    path = Path(path)
    others = list(dict.fromkeys(name for row in estimates.rows for name, _ in row.others))
    with (
        replacing(path) as temporary,
        temporary.open("w", encoding="utf-8", errors="replace", newline="") as stream,
    ):
        lines = csv.writer(stream, lineterminator="\n")
        lines.writerow(map(safe_cell, (*COLUMNS, *others)))
        for row in estimates.rows:
            cells = dict(zip(COLUMNS, cells_of(row), strict=True)) | dict(row.others)
            lines.writerow([_cell(name, cells.get(name)) for name in (*COLUMNS, *others)])
    return path


def _cell(name: str, value: Any) -> Any:
    """Return what stands in a cell, which is empty where there is nothing."""
    nothing = value is None or value != value or (name in COUNTED and value == 0)
    return "" if nothing else safe_cell(value)
