"""Means of a study of which parts are bounds: what is known of them and of their difference.

Leaving bounded values out would leave the most excitable units out, and taking them for values
would make these calm. They are kept, and what they hide is not told: of a difference that is at
least what was seen, the lower end of its interval still holds, since the mean of what was seen lies
below the mean of what was there. No p-value is given. Units of which nothing is known, only because
an onset or an end was not seen, are kept as well, as unknown: so is a mean over them.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Literal, cast

from renshaw.core.numbers import signed
from renshaw.data.bounds import Bound, of_difference, of_sum, shown, sign_of

if TYPE_CHECKING:
    import pandas as pd

MeanBound = Literal["exact", "at least", "at most", "unknown"]

# What a test can't tell where the difference is no more than this.
UNTOLD: dict[MeanBound, tuple[str, ...]] = {
    "exact": (),
    "at least": ("ci_high", "p_value", "percent"),
    "at most": ("ci_low", "p_value", "percent"),
    "unknown": ("difference", "ci_low", "ci_high", "p_value", "percent"),
}


def bound_of_mean(bounds: Iterable[str]) -> MeanBound:
    """Return what the mean of such values is; unknown if some are at least, others at most.

    Examples
    --------
    >>> bound_of_mean(["exact", "at least"])
    'at least'
    >>> bound_of_mean(["at most", "at least"])
    'unknown'
    """
    known = _known(bounds)
    return "unknown" if known is None else of_sum(known) or "unknown"


def _known(bounds: Iterable[str]) -> list[Bound] | None:
    given = set(bounds)
    if "unknown" in given:
        return None
    return [bound for bound in ("exact", "at least", "at most") if bound in given]


def known_trials(table: pd.DataFrame, keys: Sequence[str]) -> pd.DataFrame:
    """Return values without those that are unknown in one trial and known in another.

    A unit that was seen in one trial is there; only one that never was is missing.

    Parameters
    ----------
    table : DataFrame
        With column bound, and those of keys.
    keys : sequence of str
    """
    unknown = table["bound"] == "unknown"
    if not unknown.any():
        return table
    known = (~unknown).groupby([table[key] for key in keys]).transform("any")
    return table[~(unknown & known)]


def mean_and_bound(table: pd.DataFrame, keys: Sequence[str]) -> pd.DataFrame:
    """Return the mean of the values of every group, and what it is.

    Parameters
    ----------
    table : DataFrame
        With columns value and bound, and those of keys.
    keys : sequence of str
    """
    groups = table.groupby([*keys], sort=False)
    means: pd.DataFrame = groups["value"].mean().reset_index()
    if (table["bound"] == "exact").all():
        return means.assign(bound="exact")
    return means.assign(bound=groups["bound"].agg(lambda found: bound_of_mean([*found])).to_numpy())


def bounds_of_pairs(paired: pd.DataFrame) -> dict[str, MeanBound | int]:
    """Return what means over people and their difference are, and of how many people bounds are.

    Parameters
    ----------
    paired : DataFrame
        With columns bound_reference and bound_condition.
    """
    reference, condition = (
        bound_of_mean([*paired[name]]) for name in ("bound_reference", "bound_condition")
    )
    bounded = (paired[["bound_reference", "bound_condition"]] != "exact").any(axis=1)
    unseen = (paired[["bound_reference", "bound_condition"]] == "unknown").any(axis=1)
    return {
        "bound": bound_of_difference(condition, reference),
        "bound_reference": reference,
        "bound_condition": condition,
        "n_bounds": int(bounded.sum()),
        "n_unseen": int(unseen.sum()),
    }


def bound_of_difference(one: MeanBound, other: MeanBound) -> MeanBound:
    """Return what one such mean minus another is."""
    if one == "unknown" or other == "unknown":
        return "unknown"
    return of_difference(one, other) or "unknown"


def mean_words(value: float, bound: str) -> str:
    """Return such a mean as people read it: ``"> 4.2"``, ``"unknown"``; – without any."""
    return "unknown" if bound == "unknown" else shown(value, cast(Bound, bound))


def difference_words(value: float, bound: str) -> str:
    """Return such a difference as people read it: ``"> +1.2"``."""
    if bound == "unknown":
        return "unknown"
    if not math.isfinite(value):
        return "–"
    return f"{sign_of(cast(Bound, bound))}{signed(value)}"
