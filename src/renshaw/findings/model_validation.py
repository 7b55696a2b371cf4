"""How the model does beside people, in sentences: what it meets, and every miss."""

from __future__ import annotations

from typing import Any

import numpy as np

from renshaw.core.finding import Finding, Number, finds
from renshaw.core.numbers import counted
from renshaw.validation.model_against_people import ModelValidation
from renshaw.validation.target import COUNTED, FITTED, PREDICTED, ROLES

Line = dict[str, Any]

_UNCOUNTED = [role for role in ROLES if role not in COUNTED]

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
        sentence=role_totals(lines),
        numbers=[
            Number(name=f"{role.capitalize()} targets met", value=met(some), unit=f"of {len(some)}")
            for role in COUNTED
            if (some := _of(lines, role))
        ],
        n=len(counted_lines(lines)),
        of="targets",
        left_out=[_uncounted(role, some) for role in _UNCOUNTED if (some := _of(lines, role))],
        would_change=[_OUTSIDE],
    )
    return (main, _doubt(counted_lines(lines)), *(_miss(line) for line in missed))


def lines_of(acceptance: ModelValidation) -> list[Line]:
    """Return one mapping a target."""
    rows = acceptance.table.to_dict("records")
    return [{str(key): value for key, value in row.items()} for row in rows]


def misses(lines: list[Line]) -> list[Line]:
    """Return the misses; predicted ones first, as they say more."""
    order = {PREDICTED: 0, FITTED: 1}
    return sorted((x for x in lines if not x["pass"]), key=lambda x: order.get(x["role"], 2))


def counted_lines(lines: list[Line]) -> list[Line]:
    """Return the targets that are counted: those that could be missed."""
    return [x for x in lines if x["role"] in COUNTED]


def role_totals(lines: list[Line]) -> str:
    """Return how many targets of each role are met, in one line; what isn't counted comes last."""
    able = counted_lines(lines)
    parts = [f"{met(some)} of {len(some)} {x}" for x in COUNTED if (some := _of(lines, x))]
    others = [f"{met(some)} of {len(some)} {x}" for x in _UNCOUNTED if (some := _of(lines, x))]
    if not parts and not others:
        return "No target was tried."
    aside = f"Not counted: {', '.join(others)}." if others else ""
    if not parts:
        return f"No target that could be missed was tried. {aside}"
    return f"{met(able)} of {len(able)} targets are met: {', '.join(parts)}. {aside}".strip()


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


def _of(lines: list[Line], role: str) -> list[Line]:
    return [x for x in lines if x["role"] == role]


def _uncounted(role: str, some: list[Line]) -> str:
    return f"{counted(len(some), 'target')} ({role}): {ROLES[role]}."


def _doubt(lines: list[Line]) -> Finding:
    fine, missed = [x for x in lines if x["pass"]], [x for x in lines if not x["pass"]]
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
