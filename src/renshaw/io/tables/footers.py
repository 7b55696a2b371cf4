"""What stands in a table beside discharges: totals below them, and fillers of empty cells.

A total that is taken for a discharge adds one, and may stretch the recording by minutes.
"""

from __future__ import annotations

import re
from typing import Any

import numpy as np

from renshaw.io.tables.names import words

_TOTALS = words(
    """total totals sum mean average median sd std count min max minimum maximum summe gesamt
    mittelwert mittel anzahl somme moyenne nombre suma media promedio somma totale conteggio soma
    contagem"""
)
# Columns that were empty for so many rows do not go on with discharges in the last few rows.
_FEWEST_EMPTY, _MOST_ROWS = 3, 5


def is_total(name: str) -> bool:
    """Whether a cell where a unit should be names a total."""
    # "Total:", "Mean rate"; a name with a number may be one of several units.
    spoken = re.findall(r"[^\W_]+", name.casefold())
    numbered = any(word.isdigit() for word in spoken[1:])
    return bool(spoken) and spoken[0] in _TOTALS and not numbered


def without_footer(values: Any) -> tuple[Any, list[str]]:
    """Return columns of times without rows of totals below them, and what was left out.

    Parameters
    ----------
    values : array, shape (rows, units)
        NaN where a cell is empty.
    """
    rows = len(values)
    first = rows
    for column in np.asarray(values, dtype=float).T:
        filled = np.flatnonzero(np.isfinite(column))
        for at in np.flatnonzero(np.diff(filled) > _FEWEST_EMPTY):
            # Columns with gaps everywhere have a row a discharge: nothing tells an end.
            if rows - filled[at + 1] > _MOST_ROWS:
                return values, []
            first = min(first, int(filled[at + 1]))
    if first == rows:
        return values, []
    kept = np.array(values, dtype=float)
    kept[first:] = np.nan
    many = rows - first
    return kept, [
        f"The last {'row was' if many == 1 else f'{many} rows were'} left out: columns that had "
        "ended go on there, as totals and means below a table do."
    ]


def without_filler(trains: list[Any]) -> tuple[list[Any], list[str]]:
    """Return times without the zeros or negative numbers that fill their columns up.

    Parameters
    ----------
    trains : list of array
        One a unit, as the file has them.
    """
    fillers = {float(t[-1]) for t in trains if len(t) > 1 and t[-1] <= 0 and t[-1] < np.nanmax(t)}
    if len(fillers) != 1:
        return trains, []
    (filler,) = fillers
    kept = []
    for train in trains:
        other = np.flatnonzero(train != filler)
        kept.append(train[: other[-1] + 1] if len(other) else train[:0])
    return kept, [f"Cells of {filler:g} below the last discharge were taken for empty."]
