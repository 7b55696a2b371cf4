"""How the model does beside people, in sentences: what it meets, and every miss."""

from __future__ import annotations

from typing import Any

import numpy as np

from renshaw.core.finding import Finding, Number, finds
from renshaw.validation.model_against_people import ModelValidation
from renshaw.validation.target import FITTED, PREDICTED

Line = dict[str, Any]

_OUTSIDE = (
    "Intervals are over virtual people of one cohort and one model. They don't hold what the model "
    "itself leaves out, nor how sure the numbers of people are."
)


@finds(ModelValidation)
def findings(acceptance: ModelValidation) -> tuple[Finding, ...]:
    """Return how many targets are met, and by how much each other one is missed."""
    lines = lines_of(acceptance)
    missed = misses(lines)
    main = Finding(
        sentence=_sentence(lines),
        numbers=[
            Number(name=f"{role.capitalize()} targets met", value=met(some), unit=f"of {len(some)}")
            for role in (FITTED, PREDICTED)
            if (some := [x for x in lines if x["role"] == role])
        ],
        n=len(lines),
        of="targets",
        would_change=[_OUTSIDE],
    )
    return (main, _doubt(lines, missed), *(_miss(line) for line in missed))


def lines_of(acceptance: ModelValidation) -> list[Line]:
    """Return one mapping a target."""
    rows = acceptance.table.to_dict("records")
    return [{str(key): value for key, value in row.items()} for row in rows]


def misses(lines: list[Line]) -> list[Line]:
    """Return the misses; predicted ones first, as they say more."""
    return sorted((x for x in lines if not x["pass"]), key=lambda x: x["role"] == FITTED)


def met(lines: list[Line]) -> int:
    """Return how many are met."""
    return sum(bool(x["pass"]) for x in lines)


def miss_words(line: Line) -> str:
    """Return in words by how much a target is missed."""
    first = f"{spoken(str(line['target']))} ({line['role']})"
    wanted = f"{brief(line['low'])} to {brief(line['high'])}"
    what = f"What it is: {spoken(str(line['description']))}."
    if not np.isfinite(line["value"]):
        return f"{first} could not be measured; wanted {wanted}. {what}"
    above = line["value"] > line["high"]
    by = line["value"] - line["high"] if above else line["low"] - line["value"]
    return (
        f"{first} is {brief(line['value'])}, wanted {wanted}: "
        f"{'above' if above else 'below'} by {by:.2g}. Its 95 % interval, "
        f"{brief(line['ci_low'])} to {brief(line['ci_high'])}, "
        f"{'reaches' if _reaches(line) else 'does not reach'} the band. {what}"
    )


def brief(value: float) -> str:
    """Return a number in three figures at most, and not beyond its second decimal."""
    if not np.isfinite(value):
        return "–"
    shown = f"{value:.2f}" if abs(value) < 10 else f"{value:.1f}"
    shown = shown.rstrip("0").removesuffix(".")
    return "0" if shown in ("-0", "") else shown.replace("-", "−")


def spoken(words: str) -> str:
    """Return words as they are read on a page rather than in a table of plain letters."""
    return words.replace("delta F", "ΔF")


def _sentence(lines: list[Line]) -> str:
    parts = [
        f"{met(some)} of {len(some)} {role}"
        for role in (FITTED, PREDICTED)
        if (some := [x for x in lines if x["role"] == role])
    ]
    if not parts:
        return "No target was tried."
    return f"{met(lines)} of {len(lines)} targets are met: {', '.join(parts)}."


def _doubt(lines: list[Line], missed: list[Line]) -> Finding:
    fine = [x for x in lines if x["pass"]]
    sure = sum(x["low"] <= x["ci_low"] and x["ci_high"] <= x["high"] for x in fine)
    words = f"Of the {len(fine)} met, {sure} have their whole 95 % interval inside the band"
    if not missed:
        return Finding(sentence=f"{words}; none is missed.")
    return Finding(
        sentence=f"{words}; of the {len(missed)} missed, {sum(map(_reaches, missed))} reach it "
        "with their interval."
    )


def _miss(line: Line) -> Finding:
    return Finding(sentence=f"Missed: {miss_words(line)}")


def _reaches(line: Line) -> bool:
    return bool(line["ci_low"] <= line["high"] and line["ci_high"] >= line["low"])
