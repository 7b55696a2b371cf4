"""Which motor units were found again, in a sentence."""

from __future__ import annotations

from collections import Counter

import numpy as np

from renshaw.core.finding import Finding, Number, finds
from renshaw.core.numbers import counted, number
from renshaw.data.reasons import without_numbers
from renshaw.decomposition.tracking import Tracked
from renshaw.findings.exclusions import reasons


@finds(Tracked)
def findings(tracked: Tracked) -> tuple[Finding, ...]:
    """Return how many units were found again."""
    total, again = len(tracked.similarity), [match for match in tracked.matches if match.ok]
    like = float(np.median([match.similarity for match in again])) if again else float("nan")
    sure = f" (median similarity {number(like, 2)})" if again else ""
    refused = Counter(without_numbers(match.reason) for match in tracked.matches if not match.ok)
    return (
        Finding(
            sentence=f"{len(again)} of {counted(total, 'motor unit')} of the first recording were "
            f"found again in the second{sure}.",
            numbers=[
                Number(name="Units found again", value=len(again), unit=f"of {total}"),
                Number(name="Median similarity", value=like, digits=2),
            ],
            n=total,
            of="motor units",
            left_out=[f"{counted(refused.total(), 'match', 'matches')}: {reasons(refused)}."]
            if refused
            else [],
        ),
    )
