"""Which motor units were found again, in a sentence."""

from __future__ import annotations

import numpy as np

from renshaw.core.finding import Finding, Number, finds
from renshaw.core.numbers import counted, number
from renshaw.data.reasons import Reasons, tallied
from renshaw.decomposition.tracking import Tracked
from renshaw.findings.exclusions import reasons


@finds(Tracked)
def findings(tracked: Tracked) -> tuple[Finding, ...]:
    """Return how many units were found again."""
    total, again = len(tracked.similarity), [match for match in tracked.matches if match.ok]
    like = float(np.median([match.similarity for match in again])) if again else float("nan")
    sure = f" (median similarity {number(like, 2)})" if again else ""
    without = [match.reason for match in tracked.matches if not match.ok]
    refused = tallied(reason for words in without for reason in Reasons.made(words))
    return (
        Finding(
            sentence=f"{len(again)} of {counted(total, 'motor unit')} of {tracked.names[0]} were "
            f"found again in {tracked.names[1]}{sure}.",
            numbers=[
                Number(name="Units found again", value=len(again), unit=f"of {total}"),
                Number(name="Median similarity", value=like, digits=2),
            ],
            n=total,
            of="motor units",
            left_out=[f"{counted(len(without), 'match', 'matches')}: {reasons(refused)}."]
            if refused
            else [],
        ),
    )
