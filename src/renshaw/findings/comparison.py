"""What a comparison of conditions found, in sentences, for real and for virtual participants."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from renshaw.core.finding import Bound, Finding, Number, finds
from renshaw.core.numbers import between_signed, counted, signed
from renshaw.findings.exclusions import named
from renshaw.findings.study_words import p_words
from renshaw.findings.words import title_of, uncapital
from renshaw.study.compare import Comparison
from renshaw.study.families import answer_of, family_sizes, is_clear

FAMILY = (
    "p-values are those of paired t-tests, corrected by Holm's method for the {n} comparisons of "
    "this quantity; intervals are not corrected."
)
_BOUNDS: dict[str, Bound] = {"at least": "at least", "at most": "at most"}
NOTHING = "There are not two conditions to compare."


@finds(Comparison)
def findings(comparison: Comparison) -> tuple[Finding, ...]:
    """Return the main quantity's difference from the reference, a sentence each condition."""
    quantity = answer_of(comparison.table)
    table = comparison.table
    rows = table[table["quantity"] == quantity].to_dict("records")
    family, _ = family_sizes([table])
    found = [difference(row, family=family) for row in rows]
    first, *others = found or [Finding(sentence=NOTHING)]
    warned = (*first.warnings, *unmatched(comparison, rows), *comparison.not_compared.values())
    matched = [MATCHED] if comparison.matched and rows else []
    return (
        replace(first, warnings=warned, would_change=(*first.would_change, *matched)),
        *others,
    )


MATCHED = (
    "Units of one label are taken to be the same in both conditions, as after tracking. If they "
    "were not tracked, compare the means of all units: matched_units = False."
)


def unmatched(comparison: Comparison, rows: Sequence[Mapping[Any, Any]]) -> list[str]:
    """Return who is left out because no unit has one label in both conditions, in warnings.

    Parameters
    ----------
    comparison : Comparison
    rows : sequence of mapping
        Of its table.
    """
    said = []
    for row in rows:
        quantity, condition, reference = (
            str(row[key]) for key in ("quantity", "condition", "reference")
        )
        if who := comparison.without_units(quantity, condition, reference):
            said.append(
                f"{named(who)} {'has' if len(who) == 1 else 'have'} no unit of one label with a "
                f"value in both {_plain(condition)} and {_plain(reference)}, and "
                f"{'is' if len(who) == 1 else 'are'} left out of the difference."
            )
    return said


def difference(
    row: Mapping[Any, Any], *, place: str = "", virtual: bool = False, family: int = 1
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
    family : int
        How many comparisons of the quantity there are, for which its p-value is corrected.
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
        difference=True,
    )
    if row.get("n_unseen", 0):
        return _unseen(row, what, place, replace(shown, value=np.nan), virtual)
    if row.get("bound", "exact") != "exact" or row.get("n_bounds", 0):
        return _bounded(
            row, what, place, replace(shown, bound=_BOUNDS.get(str(row["bound"]), "")), virtual
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
        + f", n = {n} participants, {p_words(row, family)}"
    )
    among = "with" if virtual else "in"
    unclear = not is_clear(row)
    if unclear:
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
        would_change=[FAMILY.format(n=family)] if family > 1 else [],
        next_steps=[
            "No clear change is not the same as no change: renshaw plan (rs.plan) says how many "
            "participants would show one."
        ]
        if unclear
        else [],
    )


def _bounded(
    row: Mapping[Any, Any], what: str, place: str, shown: Number, virtual: bool
) -> Finding:
    """Return what is known where values are but bounds: a direction only if they can't turn it."""
    condition, reference = (_plain(str(row[key])) for key in ("condition", "reference"))
    units, n, bound = str(row["units"]), int(row["n"]), str(row["bound"])
    low, high, change = (float(row[key]) for key in ("ci_low", "ci_high", "difference"))
    known = {"at least": low > 0, "at most": high < 0}.get(bound, False)
    of = f"{row['n_bounds']} of {counted(n, 'participant')}"
    among = "with" if virtual else "in"
    if known:
        end = low if bound == "at least" else high
        sentence = (
            f"{_capital(what)} was {'higher' if bound == 'at least' else 'lower'} {among} "
            f"{condition} than {among} {reference}{place}, by at least {abs(change):.2f} {units}"
            f" (95 % CI of the difference {'from' if bound == 'at least' else 'up to'} "
            f"{signed(end)} {units}, its other end is not known; n = {n} participants)."
        )
    else:
        seen = {"at least": "more", "at most": "less"}.get(bound)
        least = (
            f" It is {signed(change)} {units} or {seen}." if seen and np.isfinite(change) else ""
        )
        sentence = (
            f"Not known whether {what} differs between {condition} and {reference}{place}: values "
            f"that are only bounds decide it (n = {n} participants).{least}"
        )
    return Finding(
        sentence=sentence.replace(" ,", ","),
        numbers=[shown],
        n=n,
        of="participants",
        warnings=[
            f"The means of {of} in {condition} or {reference} are only bounds, as motor units "
            f"fired on when a recording ended, or before it began: {what} has no p-value and no "
            "mixed model."
        ],
        next_steps=[
            "Record until every motor unit is silent: some seconds of rest before and after the "
            "contraction."
        ],
    )


def _unseen(row: Mapping[Any, Any], what: str, place: str, shown: Number, virtual: bool) -> Finding:
    """Return that nothing is known of a mean which leaves out whom the recording did not see."""
    condition, reference = (_plain(str(row[key])) for key in ("condition", "reference"))
    n, among = int(row["n"]), "with" if virtual else "in"
    return Finding(
        sentence=(
            f"Not known whether {what} differs {among} {condition} from {reference}{place}: of "
            f"{row['n_unseen']} of {counted(n, 'participant')} motor units are left out, as an "
            "onset or an end of theirs was not seen, and these may be the most excitable ones."
        ),
        numbers=[shown],
        n=n,
        of="participants",
        warnings=[
            f"Means of {what} over the other motor units would be of the calmer ones: there is no "
            "difference, no p-value and no mixed model of them."
        ],
        next_steps=[
            "Record until every motor unit is silent: some seconds of rest before and after the "
            "contraction. Where the last discharges are known to be the ends of firing, "
            "ends.silence_s = 0 takes them for such."
        ],
    )


def _plain(name: str) -> str:
    return name.replace("-", " ").replace("_", " ")


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]
