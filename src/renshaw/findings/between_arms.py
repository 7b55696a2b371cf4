"""Whether two arms of a study differ in what a condition changes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from renshaw.core.finding import Finding, Number
from renshaw.core.numbers import between_signed, signed
from renshaw.findings.study_words import p_words
from renshaw.findings.words import title_of, uncapital
from renshaw.study.families import is_clear


def arms_finding(row: Mapping[Any, Any], *, family: int = 1) -> Finding:
    """Return what one row of `renshaw.study.arms.between_arms` says.

    Parameters
    ----------
    row : mapping
        With p_adjusted where there are several.
    family : int
        How many such comparisons there are.
    """
    arm, other, condition = (str(row[key]) for key in ("arm", "other_arm", "condition"))
    quantity, units = str(row["quantity"]), str(row["units"])
    what = "ΔF" if quantity.startswith("delta_f") else uncapital(title_of(quantity))
    change, low, high = (float(row[key]) for key in ("difference", "ci_low", "ci_high"))
    n = int(row["n"]) + (0 if row["same_people"] else int(row["n_other"]))
    if not np.isfinite([change, low, high]).all():
        return Finding(
            sentence=f"Not known whether {condition} changes {what} differently in {other} than in "
            f"{arm}: too few people, values that are only bounds, or people who are in both.",
            n=n,
            of="participants",
        )
    people = f"n = {row['n']}" if row["same_people"] else f"n = {row['n']} and {row['n_other']}"
    sure = (
        f"difference of the changes {signed(change)} {units}".rstrip()
        + f", 95 % CI {between_signed(low, high)}, {people}, {p_words(row, family)}"
    )
    differs = is_clear(row)
    changes = f"{signed(float(row['change_other']))} against {signed(float(row['change']))} {units}"
    sentence = (
        f"{condition} changed {what} differently in {other} than in {arm}"
        if differs
        else f"it is not shown that {condition} changes {what} differently in {other} than in {arm}"
    )
    sentence = f"{sentence}: {changes.rstrip()} ({sure})."
    return Finding(
        sentence=sentence[:1].upper() + sentence[1:],
        numbers=[
            Number(
                name=f"{what}, change in {other} minus change in {arm}, {condition}",
                value=change,
                unit=units,
                low=low,
                high=high,
                difference=True,
            )
        ],
        n=n,
        of="participants",
        would_change=[]
        if differs
        else [
            "A change that is clear in one arm and not in the other doesn't show that the arms "
            "differ; only this difference would."
        ],
    )
