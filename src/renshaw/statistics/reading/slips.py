"""Slips of the pen in a table: merged cells, codes for missing values, a decimal sign lost."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from renshaw.core.errors import DataError, Place
from renshaw.data.arrays import FloatArray
from renshaw.statistics.reading.labels import KEEP

if TYPE_CHECKING:
    import pandas as pd

_FEWEST = 8
# Merged cells leave a value in their first row only.
_EMPTY, _FOLLOWED = 0.5, 0.9
# What is so many times the others' middle half away is a code if it is all nines, else a slip.
_FAR, _FAR_FOR_A_CODE = 1_000.0, 10.0
_RARE = 0.2
_LARGEST = 1e100


def refuse_merged(table: pd.DataFrame, columns: Sequence[str], source: str) -> None:
    """Refuse columns whose cells were merged: all rows but the first of each block are empty.

    Parameters
    ----------
    table : DataFrame
        Before rows with missing values are left out.
    columns : sequence of str
        That are needed, beside the response.
    source : str
        What the table is called.

    Raises
    ------
    DataError
        Most rows would be left out, since a column is filled in the first row of each block only.
    """
    for name in columns:
        if name not in table.columns or len(table) < _FEWEST:
            continue
        gone = table[name].isna().to_numpy()
        if gone[0] or gone.mean() < _EMPTY or gone.all():
            continue
        filled = np.flatnonzero(~gone[:-1])
        if len(filled) >= 2 and gone[filled + 1].mean() >= _FOLLOWED:
            raise DataError(
                f"column {name!r} is empty in {int(gone.sum())} of {len(table)} rows, always below "
                "a cell that is filled. Were cells merged? Write the value into every row.",
                name=name,
                place=Place(file=source),
            )


def refuse_slips(
    table: pd.DataFrame, columns: Sequence[str], source: str, labels: str = ""
) -> None:
    """Refuse numbers that can hardly be values: 999 for missing, a decimal sign lost.

    Parameters
    ----------
    table : DataFrame
        Complete rows.
    columns : sequence of str
        Of numbers, those of words are passed over.
    source : str
        What the table is called.
    labels : str
        The setting, where there is one: "keep" takes numbers as they are.

    Raises
    ------
    DataError
        A number is far away from all others, or too large to be calculated with.
    """
    import pandas as pd

    for name in columns:
        if not pd.api.types.is_numeric_dtype(table[name]):
            continue
        values = table[name].to_numpy(dtype=float)
        huge = np.flatnonzero(np.abs(values) > _LARGEST)
        if len(huge):
            raise DataError(
                f"column {name!r}, row {table.index[huge[0]]}: {values[huge[0]]:g} is too large to "
                "calculate with. Correct it, or write the column in a larger unit.",
                name=name,
                place=Place(file=source),
            )
        if labels != KEEP and len(values) >= _FEWEST:
            keep = "; or say --labels keep (labels='keep') if it is a value" if labels else ""
            _refuse_far(table.index, values, name, source, keep)


def _refuse_far(
    index: pd.Index[Any], values: FloatArray, name: str, source: str, keep: str
) -> None:
    for code in sorted(set(values.tolist()), key=abs, reverse=True)[:3]:
        mine = values == code
        rest = values[~mine]
        if mine.mean() > _RARE or len(rest) < _FEWEST:
            continue
        quarter, middle, three = (float(v) for v in np.quantile(rest, [0.25, 0.5, 0.75]))
        spread = max(three - quarter, 1e-3 * abs(middle))
        away = min(abs(code - rest.min()), abs(code - rest.max()))
        outside = code < rest.min() or code > rest.max()
        is_code = _all_nines(code)
        if not spread > 0 or not outside or away < spread * (_FAR_FOR_A_CODE if is_code else _FAR):
            continue
        rows = index[mine]
        where = f"row{'s' if len(rows) > 1 else ''} {', '.join(map(str, rows[:6]))}"
        where += ", …" if len(rows) > 6 else ""
        what = "Does it stand for missing? Leave the cells empty" if is_code else "Correct it"
        raise DataError(
            f"column {name!r}, {where}: {code:.15g} is far away from all other values "
            f"({rest.min():.6g} to {rest.max():.6g}). {what}{keep}.",
            name=name,
            place=Place(file=source),
        )


def _all_nines(value: float) -> bool:
    """Return whether a number is 99, -9, 999, 9999.0: what programs write for missing."""
    if not math.isfinite(value) or value != round(value):
        return False
    return set(str(int(abs(value)))) == {"9"}
