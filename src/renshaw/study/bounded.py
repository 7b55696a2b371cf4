"""Means of a study of which parts are bounds: what is known of them and of their difference.

Leaving bounded values out would leave the most excitable units out, and taking them for values
would make these calm. They are kept, and what they hide is not told: of a difference that is at
least what was seen, the lower end of its interval still holds, since the mean of what was seen lies
below the mean of what was there. No p-value is given. Units of which nothing is known, only because
an onset or an end was not seen, are kept as well, as unknown: so is a mean over them.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from renshaw.data.bounds import MeanBound, bound_of_difference, bound_of_mean

if TYPE_CHECKING:
    import pandas as pd

# What a test can't tell where the difference is no more than this.
UNTOLD: dict[MeanBound, tuple[str, ...]] = {
    "exact": (),
    "at least": ("ci_high", "p_value", "percent"),
    "at most": ("ci_low", "p_value", "percent"),
    "unknown": ("difference", "ci_low", "ci_high", "p_value", "percent"),
}


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
