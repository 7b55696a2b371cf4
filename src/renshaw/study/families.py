"""How many questions a study asks at once: p-values corrected in two families.

The answer (the main quantity, in every condition and arm) is one family, everything else beside it
another, each by Holm's method: what is looked at beside the answer must not cost the answer its
power, and the best of fourteen p-values is no finding of its own.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from renshaw.estimation.quantity import shown_in
from renshaw.statistics.answers.multiplicity import adjusted

if TYPE_CHECKING:
    import pandas as pd


def answer_of(table: pd.DataFrame) -> str | None:
    """Return the quantity that answers the question, or None where nothing was compared.

    Parameters
    ----------
    table : DataFrame
        With a column quantity.
    """
    there = list(dict.fromkeys(table["quantity"]))
    return next((q for q in shown_in("answer") if q in there), there[0] if there else None)


def corrected(
    tables: Sequence[pd.DataFrame], repeats: Sequence[Collection[str]] = ()
) -> list[pd.DataFrame]:
    """Return tables of tests with ``p_adjusted``, corrected over all tables of one study.

    Parameters
    ----------
    tables : sequence of DataFrame
        With columns quantity and p_value.
    repeats : sequence of collection of str
        For each table, conditions in which nothing was done: they answer no question, and are not
        of the answer's family.
    """
    p = [table["p_value"].to_numpy(dtype=float) for table in tables]
    answers = [(table["quantity"] == answer_of(table)).to_numpy() for table in tables]
    if repeats:
        answers = [
            mine & ~table["condition"].isin([*none]).to_numpy()
            for mine, table, none in zip(answers, tables, repeats, strict=True)
        ]
    whole, first = np.concatenate([*p, []]), np.concatenate([*answers, []]).astype(bool)
    found = np.full(len(whole), np.nan)
    for family in (first, ~first):
        mine = np.flatnonzero(family & np.isfinite(whole))
        found[mine] = adjusted([float(value) for value in whole[mine]], "holm")
    ends = np.cumsum([len(values) for values in p])[:-1]
    return [
        table.assign(p_adjusted=mine)
        for table, mine in zip(tables, np.split(found, ends), strict=True)
    ]


def judged_p(row: Mapping[Any, Any]) -> float:
    """Return the p-value by which a comparison is judged: corrected, where somebody did so.

    Parameters
    ----------
    row : mapping
        With p_value, and p_adjusted where there are several.
    """
    adjusted_p = float(row.get("p_adjusted", np.nan))
    return adjusted_p if np.isfinite(adjusted_p) else float(row["p_value"])


def is_clear(row: Mapping[Any, Any]) -> bool:
    """Return whether a difference is told as one: by its interval and its corrected p-value.

    Parameters
    ----------
    row : mapping
        With ci_low, ci_high, p_value, and p_adjusted where there are several.
    """
    low, high, p = float(row["ci_low"]), float(row["ci_high"]), judged_p(row)
    if not np.isfinite(p):
        # Where values are only bounds, one end is known, and no p-value.
        return low > 0 or high < 0
    return not low <= 0 <= high and p <= 0.05


def family_sizes(tables: Sequence[pd.DataFrame]) -> tuple[int, int]:
    """Return how many tests are of the answer, and how many of everything else.

    Parameters
    ----------
    tables : sequence of DataFrame
        With columns quantity and p_value.
    """
    of_answer = others = 0
    for table in tables:
        tested = table[np.isfinite(table["p_value"].to_numpy(dtype=float))]
        mine = int((tested["quantity"] == answer_of(table)).sum())
        of_answer += mine
        others += len(tested) - mine
    return of_answer, others
