"""How the model does beside people over several seeds, in sentences."""

from __future__ import annotations

import math

from renshaw.core.finding import Finding, Number, finds
from renshaw.findings.model_validation import Line, brief, counted_lines, met, role_totals, spoken
from renshaw.validation.over_seeds import SeedsValidation
from renshaw.validation.target import COUNTED, PREDICTED

_ENOUGH = "at least nine of ten seeds"


@finds(SeedsValidation)
def findings(validation: SeedsValidation) -> tuple[Finding, ...]:
    """Return how many targets are met in nine of ten seeds, and each that is not."""
    lines = lines_of(validation)
    seeds = validation.of_seeds["seed"].nunique()
    main = Finding(
        sentence=f"Over {seeds} seeds, met meaning in {_ENOUGH}: {role_totals(lines)}",
        numbers=[
            Number(name=f"{role.capitalize()} targets met", value=met(some), unit=f"of {len(some)}")
            for role in COUNTED
            if (some := [x for x in lines if x["role"] == role])
        ],
        n=seeds,
        of="seeds",
    )
    missed = sorted((x for x in lines if not x["pass"]), key=_worst)
    return (main, _each_seed(validation), *(Finding(sentence=miss_words(x)) for x in missed))


def lines_of(validation: SeedsValidation) -> list[Line]:
    """Return one mapping a target."""
    rows = validation.table.to_dict("records")
    return [{str(key): value for key, value in row.items()} for row in rows]


def miss_words(line: Line) -> str:
    """Return in words in how many seeds a target is met, and what it is in them."""
    first = f"{spoken(str(line['target']))} ({line['role']}) is met in {line['met']} of "
    wanted = f"wanted {brief(line['low'])} to {brief(line['high'])}"
    if not math.isfinite(line["mean"]):
        return f"{first}{line['seeds']} seeds: it could not be measured; {wanted}."
    return (
        f"{first}{line['seeds']} seeds: {brief(line['lowest'])} to {brief(line['highest'])}, mean "
        f"{brief(line['mean'])}; {wanted}."
    )


def _worst(line: Line) -> tuple[bool, float, bool]:
    return line["role"] not in COUNTED, line["share"], line["role"] != PREDICTED


def _each_seed(validation: SeedsValidation) -> Finding:
    rows = validation.of_seeds
    counted = rows[rows["role"].isin(COUNTED)]
    each = counted.groupby("seed")["pass"].sum()
    n = len(counted_lines(lines_of(validation)))
    words = f"Between {each.min()} and {each.max()}" if each.min() < each.max() else f"{each.max()}"
    return Finding(sentence=f"{words} of {n} targets are met in a single seed.")
