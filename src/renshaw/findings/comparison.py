"""What a comparison of conditions found, in sentences, for real and for virtual participants."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from renshaw.core.finding import Finding, Number, finds
from renshaw.core.numbers import between_signed, p_equals, signed
from renshaw.estimation.quantity import shown_in
from renshaw.findings.words import title_of, uncapital
from renshaw.study.compare import Comparison

UNCORRECTED = (
    "Intervals and p-values are those of paired t-tests, one a condition; they are not corrected "
    "for the number of conditions."
)
NOTHING = "There are not two conditions to compare."


@finds(Comparison)
def findings(comparison: Comparison) -> tuple[Finding, ...]:
    """Return the main quantity's difference from the reference, a sentence each condition."""
    quantity = main_quantity(comparison)
    table = comparison.table
    rows = table[table["quantity"] == quantity].to_dict("records")
    found = [difference(row, several=len(rows) > 1) for row in rows]
    first, *others = found or [Finding(sentence=NOTHING)]
    warned = (*first.warnings, *comparison.not_compared.values())
    return (replace(first, warnings=warned), *others)


def main_quantity(comparison: Comparison) -> str | None:
    """Return the quantity that answers the question, or None where nothing was compared."""
    there = list(dict.fromkeys(comparison.table["quantity"]))
    return next((q for q in shown_in("answer") if q in there), there[0] if there else None)


def difference(
    row: Mapping[Any, Any], *, place: str = "", virtual: bool = False, several: bool = False
) -> Finding:
    """Return what one row of a comparison says.

    Parameters
    ----------
    row : mapping
        Of `Comparison.table`.
    place : str
        Which of several groups it is of, in brackets.
    virtual : bool
        Whether the participants are virtual: then it is the condition that made the difference.
    several : bool
        Whether other conditions are compared beside it.
    """
    condition, reference = (_plain(str(row[key])) for key in ("condition", "reference"))
    change, low, high = (float(row[key]) for key in ("difference", "ci_low", "ci_high"))
    quantity, units, n = str(row["quantity"]), str(row["units"]), int(row["n"])
    what = "ΔF" if quantity.startswith("delta_f") else uncapital(title_of(quantity))
    shown = Number(
        name=f"{_capital(what)}, {condition} minus {reference}{place}",
        value=change,
        unit=units,
        low=low,
        high=high,
    )
    if n > 1 and np.isfinite(change) and not np.isfinite([low, high]).any():
        return Finding(
            sentence=f"No answer for {condition}{place}: the change of {what} from {reference} is "
            f"the same in all n = {n} participants ({signed(change)} {units}".rstrip()
            + "), so that chance can't be judged.",
            numbers=[shown],
            n=n,
            of="participants",
        )
    if not np.isfinite([change, low, high]).all():
        return Finding(
            sentence=f"No answer for {condition}{place}: only n = {n} participants have {what} in "
            f"both {condition} and {reference}.",
            numbers=[shown],
            n=n,
            of="participants",
            next_steps=["An answer takes at least two participants who have both."],
        )
    size = f"{abs(change):.2f} {units}".rstrip()
    percent = float(row.get("percent", np.nan))
    if np.isfinite(percent):
        size += f" ({abs(percent):.0f} %)"
    sure = (
        f"95 % CI of the difference {between_signed(low, high)} {units}".rstrip()
        + f", n = {n} participants, {p_equals(float(row['p_value']))}"
    )
    among = "with" if virtual else "in"
    if low <= 0 <= high:
        sentence = (
            f"No clear change of {what} {among} {condition}{place}: it was {size} "
            f"{'lower' if change < 0 else 'higher'} than {among} {reference} ({sure})."
        )
    elif virtual:
        sentence = (
            f"In the model, {condition} {'lowered' if high < 0 else 'raised'} {what} by "
            f"{size}{place} ({sure})."
        )
    else:
        sentence = (
            f"{_capital(what)} was {'lower' if high < 0 else 'higher'} in {condition} than "
            f"in {reference}{place}, by {size} ({sure})."
        )
    return Finding(
        sentence=sentence,
        numbers=[shown],
        n=n,
        of="participants",
        would_change=[UNCORRECTED] if several else [],
        next_steps=[
            "No clear change is not the same as no change: renshaw plan (rs.plan) says how many "
            "participants would show one."
        ]
        if low <= 0 <= high
        else [],
    )


def _plain(name: str) -> str:
    return name.replace("-", " ").replace("_", " ")


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]
