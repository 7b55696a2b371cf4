"""Static stretches of the calf, which calm the soleus that was stretched."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from renshaw.core.settings import setting
from renshaw.interventions.dose import share_of_studied
from renshaw.interventions.intervention import PEOPLE, Intervention
from renshaw.interventions.register import INTERVENTIONS
from renshaw.model.effects import effect
from renshaw.model.participant import Participant
from renshaw.protocols import Protocol

_STUDIED_min, _HALF_min = 5.0, 5.0


@INTERVENTIONS.add
@dataclass(frozen=True, kw_only=True)
class Stretch(Intervention):
    """Static stretches of the calf, just before."""

    name: ClassVar[str] = "stretch"
    rank: ClassVar[float] = 110
    title: ClassVar[str] = "Stretch"
    mechanism: ClassVar[str] = "Motoneurons of the stretched soleus receive more inhibition."
    certainty: ClassVar[str] = PEOPLE
    source: ClassVar[str] = "Trajano et al. 2020, doi:10.1242/jeb.229922"
    fitted: ClassVar[str] = "delta F of the soleus, -25.6 % [-45.1, -9.1]; the GM did not change"
    assumed: ClassVar[tuple[str, ...]] = (
        "Stretch is modeled as inhibition of the soleus alone, where delta F fell; lower "
        "neuromodulation would explain it as well, and how long it lasts is not modeled.",
    )

    minutes: float = setting(5.0, "time in stretch", unit="min", ge=0, le=60)

    def edit(self, participant: Participant, protocol: Protocol) -> tuple[Participant, Protocol]:
        """Return the participant with a calmer soleus; the protocol is unchanged."""
        share = share_of_studied(self.minutes, _HALF_min, _STUDIED_min)
        added = effect(participant.edition, "stretch.inhibition", participant.muscle) * share
        return participant.treated(inhibition_added=added), protocol
