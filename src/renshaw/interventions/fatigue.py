"""Fatigue: what a tired muscle leaves in the cord that drives it, for minutes."""

from __future__ import annotations

from dataclasses import dataclass
from math import exp
from typing import ClassVar

from renshaw.core.settings import setting
from renshaw.interventions.dose import share_of_studied
from renshaw.interventions.intervention import PEOPLE, Intervention
from renshaw.interventions.register import INTERVENTIONS
from renshaw.model.effects import effect
from renshaw.model.participant import Participant
from renshaw.protocols import Protocol

_STUDIED_PCT, _HALF_PCT = 30.0, 30.0
_RECOVERY_min = 1.7


@INTERVENTIONS.add
@dataclass(frozen=True, kw_only=True)
class Fatigue(Intervention):
    """A fatiguing contraction before: less neuromodulation and less drive, for minutes."""

    name: ClassVar[str] = "fatigue"
    rank: ClassVar[float] = 120
    title: ClassVar[str] = "Fatigue"
    mechanism: ClassVar[str] = (
        "Neuromodulation and the largest drive are lower for a few minutes (central fatigue)."
    )
    certainty: ClassVar[str] = PEOPLE
    source: ClassVar[str] = "Blazevich et al. 2024 (plantar flexors, MVC down to 70 %)"
    assumed: ClassVar[tuple[str, ...]] = (
        "That self-sustained torque falls by 59 % after fatigue and recovers within five minutes "
        "was measured; that this is less neuromodulation, and the size, is assumed. The muscle "
        "itself is taken to be as before.",
    )

    lost_pct_mvc: float = setting(30.0, "strength lost to fatigue", unit="% MVC", ge=0, le=80)
    minutes_after: float = setting(
        0.0, "time since the fatiguing exercise", unit="min", ge=0, le=600
    )

    def edit(self, participant: Participant, protocol: Protocol) -> tuple[Participant, Protocol]:
        """Return the tired participant; the protocol is unchanged."""
        left = exp(-self.minutes_after / _RECOVERY_min)
        share = left * share_of_studied(self.lost_pct_mvc, _HALF_PCT, _STUDIED_PCT)
        tired = participant.treated(
            monoamines=1.0 - effect(participant.edition, "fatigue.monoamines_lost") * share,
            largest_drive=1.0 - effect(participant.edition, "fatigue.drive_lost") * share,
        )
        return tired, protocol
