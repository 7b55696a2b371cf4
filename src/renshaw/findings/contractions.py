"""What contractions a recording holds, in a sentence."""

from __future__ import annotations

from renshaw.core.finding import Finding, Number, finds
from renshaw.core.numbers import counted
from renshaw.estimation.contractions.contractions import Contractions

_WHY_ONE = {
    "sinusoid": "Effort goes like a sinusoid",
    "no rest": "Effort goes up and down without rest between",
    "none": "Nothing rises and falls",
    "involuntary": "Nobody contracts by will",
    "not asked": "Contractions were not told apart",
}
_BY = {"torque": "the torque", "discharges": "when the motor units fire"}


@finds(Contractions)
def findings(found: Contractions) -> tuple[Finding, ...]:
    """Return how many contractions there are, and what is no contraction."""
    name = found.recording.name
    if found.kind in _WHY_ONE:
        sentence = f"{_WHY_ONE[found.kind]} in {name}: it is estimated as one contraction."
    else:
        by = f", found by {_BY[found.by]}" if found.by else ""
        each = "; each is estimated by itself" if len(found) > 1 else ""
        sentence = f"{counted(len(found), 'contraction')} in {name}{by}{each}."
    left_out = [said for said in found.remarks if found.several]
    return (
        Finding(
            sentence=sentence,
            numbers=[Number(name="Contractions", value=max(len(found), 1))],
            warnings=[] if found.several else found.remarks,
            left_out=left_out,
            next_steps=_next(found),
        ),
    )


def _next(found: Contractions) -> list[str]:
    if not found.several:
        return []
    return [
        "One contraction alone: renshaw estimate --contraction 1, or "
        "rs.contractions(recording).part(1). Each as a file: renshaw cut."
    ]
