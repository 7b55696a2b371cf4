"""Tables in text files, whatever their encoding, separator, decimal sign and remarks."""

from __future__ import annotations

import io
import itertools
import re
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from renshaw.io.containers import table_head, table_thousands
from renshaw.io.containers.table_cells import (
    MISSING,
    Oddities,
    clock,
    in_number_order,
    label,
    number,
)
from renshaw.io.limits import (
    LARGEST_MATRIX_BYTES,
    LARGEST_TABLE_BYTES,
    MOST_CELLS,
    in_words,
)
from renshaw.io.probe import HEAD_BYTES, Probe
from renshaw.io.refusal import Refusal

__all__ = [
    "MISSING",
    "Oddities",
    "Table",
    "clock",
    "head",
    "in_number_order",
    "label",
    "normal",
    "number",
    "whole",
]

# Cells that are read at once where some are no numbers, so that their texts never fill the memory.
_CELLS_AT_ONCE = 500_000


@dataclass(frozen=True)
class Table:
    """A table whose head was found and whose rows are read as they are asked for.

    Parameters
    ----------
    found : Found
        Where its parts are.
    content : bytes
        The whole text, or its beginning where only the head was asked for.
    encoding : str
    """

    found: table_head.Found
    content: bytes
    encoding: str

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the columns as they are written; none for a table without a head."""
        return self.found.names

    @cached_property
    def columns(self) -> tuple[str, ...]:
        """Names in lower case with ``_`` for spaces; none for a table without a head."""
        return tuple(normal(name) for name in self.names)

    @property
    def separator(self) -> str:
        """What stands between two cells; nothing for a table of one column."""
        return self.found.separator

    @property
    def decimal_comma(self) -> bool:
        """Whether a comma may stand for the decimal point."""
        return self.separator != "," or self.found.has_commas

    @property
    def width(self) -> int:
        """Number of columns, by the beginning of the table."""
        return self.found.width

    @property
    def has_numbers(self) -> bool:
        """Whether most of what stands in its first rows are numbers."""
        filled = [cell for row in self.found.rows for cell in row if cell.strip()]
        numbers = (number(cell, decimal_comma=self.decimal_comma) for cell in filled)
        return 2 * sum(value is not None for value in numbers) > len(filled)

    def rows(self) -> Iterator[tuple[int, list[str]]]:
        """Yield the number and the cells of each row after the head; empty rows are skipped."""
        text = io.TextIOWrapper(io.BytesIO(self.content), self.encoding, newline="")
        skipped = self.found.skip
        rest = itertools.islice(text, skipped, None)
        for line, cells in table_head.split(rest, self.separator):
            yield line + skipped, cells

    def column(self, *wanted: str) -> int | None:
        """Return the place of the first of these columns that is there."""
        return next((self.columns.index(name) for name in wanted if name in self.columns), None)

    def numbers(self) -> tuple[Any, list[str]]:
        """Return all cells as numbers, and what there is to say of those that are none.

        Returns
        -------
        values : array, shape (rows, width)
            NaN where a cell is empty, missing or no number.
        odd : list of str
            One sentence, or none.
        """
        lines = max(self.content.count(b"\n"), self.content.count(b"\r")) + 1
        if lines * self.width > MOST_CELLS:
            raise Refusal(
                f"It has {lines:,} lines of {self.width:,} columns; {MOST_CELLS:,} cells are read "
                "at most. Split it, or save it as .mat"
            )
        odd = Oddities()
        values = np.empty((lines, self.width))
        try:
            return self._fill(values, odd, dtype=np.float64), []
        except ValueError:
            # Some cells are no numbers: those are looked for, block by block.
            return self._fill(values, odd, low_memory=False), odd.words()

    def _fill(self, values: Any, odd: Oddities, **options: Any) -> Any:
        """Fill in the numbers and return the rows that there were."""
        from pandas.errors import ParserError, ParserWarning

        end = 0
        with warnings.catch_warnings():
            warnings.simplefilter("error", ParserWarning)
            try:
                with self._open(**options) as blocks:
                    for block in blocks:
                        begin, end = end, end + len(block)
                        values[begin:end] = _as_numbers(
                            block, self.decimal_comma, begin + self.found.skip, odd
                        )
            except (ParserError, ParserWarning) as error:
                raise Refusal(
                    f"Its rows are not as wide as its head, which has {self.width} columns "
                    f"({error}). Export it again"
                ) from None
        return values[:end]

    def _open(self, **options: Any) -> Any:
        import pandas as pd

        return pd.read_csv(
            io.BytesIO(self.content),
            sep=r"\s+" if self.separator == " " else self.separator or "\x1f",
            header=None,
            names=range(self.width),
            index_col=False,
            skiprows=self.found.skip,
            comment="#",
            decimal="," if self.found.has_commas else ".",
            na_values=sorted(MISSING),
            encoding=self.encoding,
            float_precision="round_trip",
            skipinitialspace=True,
            chunksize=max(1, _CELLS_AT_ONCE // max(1, self.width)),
            **options,
        )


def _as_numbers(block: Any, decimal_comma: bool, line: int, odd: Oddities) -> Any:
    """Return a block of cells as numbers; columns of numbers alone need no further look."""
    columns = [block[at].to_numpy() for at in block]
    for at, cells in enumerate(columns):
        if cells.dtype.kind in "biuf":
            continue
        columns[at] = values = np.full(len(cells), np.nan)
        for row, cell in enumerate(cells.tolist()):
            value = number(cell, decimal_comma=decimal_comma) if isinstance(cell, str) else cell
            if value is None:
                odd.add(f"Row {line + row + 1}: {cell[:40]!r} is not a number")
            else:
                values[row] = value
    return np.column_stack([column.astype(float, copy=False) for column in columns])


def head(probe: Probe) -> Table | None:
    """Return the head of a text file as a table of its first rows, or None if it is no text."""
    return probe.table


def whole(probe: Probe, largest: int = LARGEST_TABLE_BYTES) -> Table:
    """Return the table in a text file."""
    begun = probe.table
    if begun is None:
        raise Refusal("It holds no table")
    if len(probe.content) > largest:
        raise Refusal(
            f"It is a table of {in_words(len(probe.content))}; "
            f"{in_words(largest)} are read at most. Split it"
        )
    # It is heard where times are made of the numbers.
    stated = str(probe.watched.glance("time_unit") or "")
    return _settled(begun.found, probe.content, probe.encoding, stated)


def whole_matrix(probe: Probe) -> Table:
    """Return the table in a text file, which may be large, as raw EMG is."""
    return whole(probe, LARGEST_MATRIX_BYTES)


def of_text(text: str, cut: bool = False) -> Table | None:
    """Return the table that a text is, or None if it is none.

    Parameters
    ----------
    text : str
    cut : bool
        Whether it is only the beginning, whose last line may have been cut.
    """
    begin = text[:HEAD_BYTES]
    found = table_head.find(begin, cut or len(begin) < len(text))
    if found is None:
        return None
    content = text.encode("utf-8")
    return Table(found, content, "utf-8") if cut else _settled(found, content, "utf-8")


def _settled(found: table_head.Found, content: bytes, encoding: str, time_unit: str = "") -> Table:
    """Return a table in whose cells no sign may be taken for another."""
    from renshaw.io.tables.names import columns_of

    if found.separator == " " or not any(b in content for b in (b".", b",")):
        return Table(found, content, encoding)
    names = found.names or ("",) * found.width
    counting = [
        column.at
        for column in columns_of(names)
        if column.kind in ("time", "unit", "sample", "")
        and (time_unit or column.measure) in ("ms", "us", "samples")
    ]
    lines = content.decode(encoding).splitlines(keepends=True)
    head, text = "".join(lines[: found.skip]), "".join(lines[found.skip :])
    plain = table_thousands.without(text, found.separator, found.rows, counting)
    if plain != text:
        content = (head + plain).encode(encoding)
    return Table(found, content, encoding)


def normal(name: str) -> str:
    """Return a column's name in lower case: ``Time [s]`` and ``time (s)`` become ``time_s``."""
    return re.sub(r"[^0-9a-zµμ.+-]+", "_", name.strip().lower()).strip("_")
