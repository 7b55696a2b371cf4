"""What an answer to the competition is worth, in a sentence."""

from __future__ import annotations

import numpy as np

from renshaw.core.finding import Finding, Number, finds
from renshaw.core.numbers import counted, number
from renshaw.data.reasons import Reasons, tallied
from renshaw.decomposition.munitquest.score import MunitquestScore
from renshaw.findings.exclusions import reasons


@finds(MunitquestScore)
def findings(score: MunitquestScore) -> tuple[Finding, ...]:
    """Return the score, and how many units it is made of."""
    total = len(score.units)
    counting = [unit for unit in score.units if unit.points > 0]
    matched = [unit.f1 for unit in counting if unit.match]
    like = f", {len(matched)} by a true unit (mean F1 {number(float(np.mean(matched or [0])), 3)})"
    refused = tallied(r for unit in score.units if unit.reason for r in Reasons.made(unit.reason))
    return (
        Finding(
            sentence=f"The score is {number(score.score)}: {len(counting)} of "
            f"{counted(total, 'motor unit')} count{like if matched else ''}.",
            numbers=[
                Number(name="Score", value=score.score, digits=3),
                Number(name="Units that count", value=len(counting), unit=f"of {total}"),
            ],
            n=total,
            of="motor units",
            left_out=[f"{counted(total - len(counting), 'unit')}: {reasons(refused)}."]
            if refused
            else [],
        ),
    )
