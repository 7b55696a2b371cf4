"""What differs between two recordings of one person, in sentences."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from renshaw.core.finding import Bound, Finding, Number, finds
from renshaw.core.numbers import between_signed, counted, number, signed
from renshaw.data.bounds import mean_words
from renshaw.estimation.detectable import PERSON, detectable_words
from renshaw.findings.words import title_of, uncapital
from renshaw.study.before_after import BeforeAfter

ONE_PERSON = (
    "The interval is over motor units of one person: it says how surely the mean of these units "
    "moved, not what would be seen in other people, nor that a treatment did it. Units share "
    "control units and drive: it is probably too narrow."
)
MORE = (
    "A conclusion about a treatment takes several people: renshaw run (rs.run_study) compares "
    "conditions across them, renshaw plan (rs.plan) says how many are needed."
)


@finds(BeforeAfter)
def findings(change: BeforeAfter) -> tuple[Finding, ...]:
    """Return the difference of the main quantity, and what it rests on."""
    before, after = change.names
    quantity = change.main
    if quantity is None:
        return (
            Finding(
                sentence=f"No answer: {before} and {after} have no estimate in common.",
                warnings=[_taken(change)],
                next_steps=["The pages of both recordings say why estimates were excluded."],
            ),
        )
    row = change.table[change.table["quantity"] == quantity].to_dict("records")[0]
    what = "ΔF" if quantity == "delta_f" else uncapital(title_of(quantity))
    units = str(row["units"])
    difference, low, high = (float(row[key]) for key in ("difference", "ci_low", "ci_high"))
    shown = Number(
        name=f"Difference of {what}",
        value=difference,
        unit=units,
        low=low,
        high=high,
        interval=f"{100 * change.settings.confidence:g} % CI over units",
        bound=_SIGNS.get(str(row["bound"]), ""),
        difference=True,
    )
    return (
        Finding(
            sentence=_sentence(change, row, what),
            numbers=[
                shown,
                _number(row, "before", f"Mean {what} in {before}"),
                _number(row, "after", f"Mean {what} in {after}"),
            ],
            n=int(row["n_paired"]) if row["paired"] else None,
            of="units found in both" if row["paired"] else "",
            warnings=[*change.warnings, *_bounds(row, what), *_small(quantity, row)],
            how_sure=[*_interval(row), *_errors(quantity)],
            would_change=[_taken(change), _how(change, row)],
            next_steps=[MORE],
        ),
    )


_SIGNS: dict[str, Bound] = {"at least": ">", "at most": "<"}


def _number(row: Mapping[Any, Any], when: str, name: str) -> Number:
    bound = str(row[f"bound_{when}"])
    value = float("nan") if bound == "unknown" else float(row[when])
    return Number(name=name, value=value, unit=str(row["units"]), bound=_SIGNS.get(bound, ""))


def _sentence(change: BeforeAfter, row: Mapping[Any, Any], what: str) -> str:
    before, after = change.names
    units = str(row["units"])
    difference, low, high = (float(row[key]) for key in ("difference", "ci_low", "ci_high"))
    values = (
        f"{_words(row, 'before')} {units} in {before}, {_words(row, 'after')} {units} in {after}"
    )
    values = " ".join(values.split())
    whose = _whose(row)
    if row["unseen"]:
        return (
            f"Mean {what} was {values}{whose}, but {row['unseen']} more "
            f"{'is' if row['unseen'] == 1 else 'are'} left out, as an onset or an end was not "
            "seen: which way it went is not known."
        )
    if row["bounds"]:
        return (
            f"Mean {what} was {values}{whose}, but values that are only bounds decide the "
            "difference: which way it went is not known."
        )
    if not np.isfinite([low, high]).all():
        return f"Mean {what} was {values}{whose}; how sure the difference is can't be said."
    sure = (
        f"{100 * change.settings.confidence:g} % CI of the difference over units "
        f"{between_signed(low, high)} {units}"
    ).rstrip()
    size = f"{abs(difference):.2f} {units}".rstrip()
    if low <= 0 <= high:
        return (
            f"No clear difference of {what}: {values}, a difference of {signed(difference)} "
            f"{units}".rstrip()
            + f"{whose} ({sure})."
        )
    way = "lower" if difference < 0 else "higher"
    return f"Mean {what} was {size} {way} in {after} than in {before}: {values}{whose} ({sure})."


def _words(row: Mapping[Any, Any], when: str) -> str:
    return mean_words(float(row[when]), str(row[f"bound_{when}"]))


def _whose(row: Mapping[Any, Any]) -> str:
    if row["paired"]:
        return f", of {counted(int(row['n_paired']), 'unit')} found in both"
    if row["n_before"] == row["n_after"] == 1 and not np.isfinite(float(row["ci_low"])):
        return ""
    return f", of {counted(int(row['n_before']), 'unit')} before and {row['n_after']} after"


def _taken(change: BeforeAfter) -> str:
    before, after = change.names
    return (
        f"The recording {before!r} is taken as the before, {after!r} as the after, because "
        f"{change.why} "
        "(--no-before-after takes them as two recordings)."
    )


def _how(change: BeforeAfter, row: Mapping[Any, Any]) -> str:
    words = f"{change.match_words[:1].upper()}{change.match_words[1:]}"
    if row["paired"] or not change.matched:
        return f"{words}."
    return (
        f"{words}, but only {row['n_paired']} with a value in both: all units of each recording "
        "are compared instead."
    )


def _interval(row: Mapping[Any, Any]) -> list[str]:
    return [ONE_PERSON] if np.isfinite(float(row["ci_low"])) else []


def _bounds(row: Mapping[Any, Any], what: str) -> list[str]:
    total = int(row["n_before"]) + int(row["n_after"])
    said = []
    if row["bounds"]:
        said.append(
            f"{row['bounds']} of {total} values of {what} are only bounds: a beginning or an end "
            "was not observed."
        )
    if row["unseen"]:
        said.append(
            f"{row['unseen']} more values of {what} are left out, only because a beginning or an "
            "end was not observed: means over all units are not known."
        )
    return said


def _errors(quantity: str) -> list[str]:
    return [detectable_words()] if quantity == "delta_f" else []


def _small(quantity: str, row: Mapping[Any, Any]) -> list[str]:
    """Say where a difference is no larger than those that come without any treatment."""
    change, clear = abs(float(row["difference"])), float(row["ci_low"]) * float(row["ci_high"]) > 0
    if (
        quantity != "delta_f"
        or not clear
        or row["bounds"]
        or row["unseen"]
        or change > PERSON.change_pps
    ):
        return []
    return [
        f"A person's mean ΔF differs by up to {number(PERSON.change_pps)} pps between two visits "
        f"without any treatment ({PERSON.source}): a difference of {number(change)} pps is within "
        "that."
    ]
