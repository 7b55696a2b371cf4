"""Rows that stand in a table twice."""

from __future__ import annotations

from typing import TYPE_CHECKING

from renshaw.core.numbers import counted

if TYPE_CHECKING:
    import pandas as pd

# Of more copies than this share of the rows hardly anything else can be the reason.
_MANY = 0.1


def copied_rows(table: pd.DataFrame, response: str) -> tuple[str, bool]:
    """Return what to say of rows that are like another in every column, and whether to warn.

    Whole numbers are alike by chance too often to say so.

    Parameters
    ----------
    table : DataFrame
        With all its columns.
    response : str
        What was measured; nothing is said where that is no column of numbers with decimals.
    """
    import pandas as pd

    if response not in table or not pd.api.types.is_float_dtype(table[response]):
        return "", False
    values = table[response]
    copies = table.duplicated() & (values != values.round())
    n = int(copies.sum())
    if not n:
        return "", False
    rows = f"{counted(n, 'row')} {'is' if n == 1 else 'are'}"
    words = (
        f"{rows} like another row in every column. If values were entered twice, they count twice: "
        "take the copies out. If they are measurements of their own, a column should tell them "
        "apart."
    )
    return words, n > _MANY * len(table)
