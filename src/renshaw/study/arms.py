"""Do arms differ in what a condition changes? Asked directly, never read from two verdicts.

That a change is clear in one arm and not in another doesn't show that the arms differ (Gelman &
Stern 2006, doi:10.1198/000313006X152649); the difference of their changes does, with its interval.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    import pandas as pd

COLUMNS = (
    "quantity",
    "units",
    "condition",
    "reference",
    "arm",
    "other_arm",
    "n",
    "n_other",
    "change",
    "change_other",
    "difference",
    "ci_low",
    "ci_high",
    "df",
    "p_value",
    "same_people",
)


class Changes(NamedTuple):
    """The paired differences of one arm.

    Parameters
    ----------
    arm : str
        What it is called.
    table, pairs : DataFrame
        As of a `Comparison`.
    """

    arm: str
    table: pd.DataFrame
    pairs: pd.DataFrame


def between_arms(arms: Sequence[Changes], confidence: float = 0.95) -> pd.DataFrame:
    """Return the difference of two arms' mean changes, a row a quantity, condition and other arm.

    Every arm is compared with the first that has the same condition and reference, by Welch's
    t-test of the participants' changes, as their spreads may differ; where the arms are the same
    people, by a paired t-test. Where values are bounds, or some people are in both arms and others
    are not, nothing is tested.

    Parameters
    ----------
    arms : sequence of Changes
    confidence : float
        Coverage of the interval.

    Returns
    -------
    DataFrame
        quantity, units, condition, reference, arm, other_arm, n, n_other (participants), change,
        change_other, difference (of ``other_arm`` minus ``arm``), ci_low, ci_high, df, p_value,
        same_people.
    """
    import pandas as pd

    first: dict[tuple[str, ...], tuple[Changes, pd.DataFrame]] = {}
    rows = []
    for arm in arms:
        for row in arm.table.to_dict("records"):
            key = tuple(str(row[name]) for name in ("quantity", "units", "condition", "reference"))
            mine = _pairs(arm.pairs, key[0], key[2])
            if mine.empty:
                continue
            if key not in first:
                first[key] = arm, mine
                continue
            other, theirs = first[key]
            tested = _difference(theirs, mine, confidence)
            rows.append(dict(zip(COLUMNS, (*key, other.arm, arm.arm), strict=False)) | tested)
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _pairs(pairs: pd.DataFrame, quantity: str, condition: str) -> pd.DataFrame:
    if pairs.empty:
        return pairs
    return pairs[(pairs["quantity"] == quantity) & (pairs["condition"] == condition)]


def _change(pairs: pd.DataFrame) -> pd.Series[float]:
    changes = pairs["mean_condition"] - pairs["mean_reference"]
    return changes.set_axis(pairs["participant"].astype(str)).astype(float)


def _difference(first: pd.DataFrame, second: pd.DataFrame, confidence: float) -> dict[str, Any]:
    from scipy import stats

    a, b = _change(first), _change(second)
    shared = set(a.index) & set(b.index)
    row: dict[str, Any] = dict.fromkeys(COLUMNS[COLUMNS.index("change") :], math.nan)
    row |= {"n": len(a), "n_other": len(b), "same_people": bool(shared)}
    bounded = any(
        (pairs[name] != "exact").any()
        for pairs in (first, second)
        for name in ("bound_reference", "bound_condition")
    )
    if bounded or (shared and not len(shared) == len(a) == len(b)):
        return row
    change = float(b.mean() - a.mean())
    row |= {"change": float(a.mean()), "change_other": float(b.mean()), "difference": change}
    error, df = _paired_error(b - a) if shared else _welch_error(a, b)
    if not error > 0:
        return row
    reach = float(stats.t.ppf(0.5 + confidence / 2, df)) * error
    return row | {
        "ci_low": change - reach,
        "ci_high": change + reach,
        "df": df,
        "p_value": 2 * float(stats.t.sf(abs(change) / error, df)),
    }


def _paired_error(differences: pd.Series[float]) -> tuple[float, float]:
    n = len(differences)
    return (float(differences.std(ddof=1)) / math.sqrt(n), n - 1) if n > 1 else (math.nan, 0)


def _welch_error(a: pd.Series[float], b: pd.Series[float]) -> tuple[float, float]:
    if min(len(a), len(b)) < 2:
        return math.nan, 0
    one, two = (float(each.var(ddof=1)) / len(each) for each in (a, b))
    if one + two == 0:
        return 0.0, 0
    return math.sqrt(one + two), (one + two) ** 2 / (one**2 / (len(a) - 1) + two**2 / (len(b) - 1))
