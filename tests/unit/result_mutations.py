"""What may have become of a table of results: cut, doubled, changed by hand, of other programs."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pandas as pd

Mutation = tuple[str, Callable[[Path], object]]


def mutations(path: Path) -> Iterator[Mutation]:
    """Yield what can be done to a table in a file, each with its name.

    Parameters
    ----------
    path : Path
        CSV or Parquet.
    """
    table = _read(path)
    for name in table.columns:
        yield f"without {name}", _rewritten(path, table.drop(columns=name))
        renamed = table.rename(columns={name: f"{name} "})
        yield f"{name} with a blank", _rewritten(path, renamed)
        if len(table):
            for word in _CELLS if _is_numeric(table[name]) else _CELLS[:2]:
                yield f"{name} = {word!r}", _rewritten(path, _with_cell(table, str(name), word))
    if len(table):
        yield "doubled", _rewritten(path, pd.concat([table, table]))
        yield "a row doubled", _rewritten(path, pd.concat([table, table.iloc[-1:]]))
        yield "no rows", _rewritten(path, table.iloc[:0])
    yield "no columns", _rewritten(path, pd.DataFrame(index=table.index))
    yield "another table", _rewritten(path, pd.DataFrame({"x": [1.5], "y": ["z"]}))
    whole = path.read_bytes()
    yield "empty", lambda at: at.write_bytes(b"")
    yield "cut in the middle", lambda at: at.write_bytes(whole[: len(whole) // 2])
    yield "cut at its end", lambda at: at.write_bytes(whole[:-9])
    yield "not text", lambda at: at.write_bytes(b"\xff\xfe\x00\x01" * 20)
    yield "a page of a site", lambda at: at.write_text("<html><body>404</body></html>")


_CELLS: tuple[Any, ...] = ("word", "", "1e999", "-3", "1,5", None)


def _is_numeric(column: pd.Series[Any]) -> bool:
    return bool(pd.to_numeric(column, errors="coerce").notna().any()) or column.dtype == bool


def _with_cell(table: pd.DataFrame, name: str, cell: Any) -> pd.DataFrame:
    changed = table.copy()
    column = changed[name].astype(object)
    column.iloc[len(column) // 2] = cell
    changed[name] = column.map(lambda each: "" if each is None else str(each))
    return changed


def _read(path: Path) -> pd.DataFrame:
    if path.suffix == ".parquet":
        return pd.read_parquet(path)
    try:
        return pd.read_csv(path, dtype=str, keep_default_na=False)
    except pd.errors.EmptyDataError:
        return pd.DataFrame()


def _rewritten(path: Path, table: pd.DataFrame) -> Callable[[Path], object]:
    if path.suffix == ".parquet":
        return lambda at: table.to_parquet(at, index=False)
    return lambda at: table.to_csv(at, index=False)
