"""What a reflex test found, in sentences."""

from __future__ import annotations

import math

from renshaw.core.finding import Finding, Number, finds
from renshaw.core.numbers import counted, number
from renshaw.experiment.reflexes.clonus import ClonusSettings
from renshaw.experiment.reflexes.recurrent import RecurrentSettings
from renshaw.experiment.reflexes.result import Outcome, Reflex

_NO_CELLS = (
    "This person has no Renshaw cells: she was fitted without recurrent inhibition. Give her some "
    "with --recurrent-inhibition 1."
)
_ALL_BEAT = (
    "Healthy persons of the model beat on as well, though under larger loads, which people do not: "
    "compare the loads at which beats are sustained."
)
_SURE = (
    "Sizes of reflexes differ much between people and studies, and one person may lie outside "
    "the range of groups; docs/circuits.md tells what is fitted, predicted or assumed."
)


@finds(Reflex)
def findings(reflex: Reflex) -> tuple[Finding, ...]:
    """Return the outcomes of the test; the first of them in a sentence."""
    return (
        Finding(
            sentence=_sentence(reflex),
            numbers=[
                Number(name=_capital(each.name), value=each.value, unit=each.unit)
                for each in reflex.outcomes
            ],
            n=reflex.settings.repeats,
            of="reflexes a point",
            warnings=_warnings(reflex),
            how_sure=[_SURE],
        ),
    )


def _sentence(reflex: Reflex) -> str:
    first = reflex.outcomes[0]
    under = f" under {', '.join(reflex.given)}" if reflex.given else ""
    who = f"{reflex.participant.muscle}, {reflex.participant.condition}{under}"
    each = f"mean of {counted(reflex.settings.repeats, 'reflex', 'reflexes')} a point"
    if not math.isfinite(first.value) or (first.name.startswith("H_max") and first.value == 0.0):
        return f"No reflex could be evoked ({who}; {each})."
    value = f"{number(first.value)} {first.unit}{_beside(first)}"
    return f"{_capital(first.name)}: {value} ({who}; {each})."


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]


def _beside(outcome: Outcome) -> str:
    if outcome.as_in_people is None:
        return ""
    return f"; in groups of healthy people from {outcome.low:g} to {outcome.high:g} {outcome.unit}"


def _warnings(reflex: Reflex) -> list[str]:
    said = []
    if (
        isinstance(reflex.settings, RecurrentSettings)
        and not reflex.participant.recurrent_inhibition
    ):
        said.append(_NO_CELLS)
    if isinstance(reflex.settings, ClonusSettings):
        said.append(_ALL_BEAT)
    if reflex.participant.n_units < 40:
        said.append(
            f"A pool of {reflex.participant.n_units} motoneurons makes a curve of steps; take 100."
        )
    return said
