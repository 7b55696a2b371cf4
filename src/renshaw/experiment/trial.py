"""A trial: who does what, under which interventions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from renshaw.core.errors import SettingsError
from renshaw.interventions import Intervention, intervention
from renshaw.model.participant import Participant
from renshaw.model.pool import Pool
from renshaw.protocols import Protocol

FloatArray = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Trial:
    """One recording to be made: the arguments of `simulate` that tell trials apart."""

    participant: Participant | Pool
    protocol: Protocol
    given: tuple[Intervention, ...] = ()
    seed: int = 0
    name: str | None = None
    learned: FloatArray | None = None


def edited(
    participant: Participant, protocol: Protocol, given: Sequence[Intervention | str]
) -> tuple[Participant, Protocol]:
    """Return the person and the protocol as they are under the interventions."""
    for each in as_interventions(given):
        participant, protocol = each.edit(participant, protocol)
    return participant, protocol


def as_interventions(given: Sequence[Intervention | str]) -> tuple[Intervention, ...]:
    """Return interventions, for their names where names were given."""
    if isinstance(given, str | Intervention):
        given = (given,)
    return tuple(intervention(each) if isinstance(each, str) else each for each in given)


def edited_in(trial: Trial) -> tuple[Participant, Protocol]:
    """Return the person and the protocol of a trial as they are under its interventions."""
    who = trial.participant
    if not isinstance(who, Participant | Pool):
        raise SettingsError(f"simulate needs a Participant or a Pool, not a {type(who).__name__}.")
    untreated = who if isinstance(who, Participant) else Participant(muscle=who.muscle)
    return edited(untreated, trial.protocol, trial.given)
