"""Remote handgrip: an effort elsewhere that raises neuromodulation of the whole cord."""

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

# The effort whose effect is known, and the effort with half of the largest effect (% MVC).
_STUDIED_PCT, _HALF_PCT = 40.0, 40.0


@INTERVENTIONS.add
@dataclass(frozen=True, kw_only=True)
class RemoteHandgrip(Intervention):
    """A strong handgrip before the contraction: the opposite of relaxation."""

    name: ClassVar[str] = "remote-handgrip"
    rank: ClassVar[float] = 40
    title: ClassVar[str] = "Remote handgrip"
    mechanism: ClassVar[str] = (
        "More serotonin and noradrenaline reach the cord: neuromodulation is higher."
    )
    certainty: ClassVar[str] = PEOPLE
    source: ClassVar[str] = "doi:10.1113/JP283708"
    fitted: ClassVar[str] = "delta F +0.35 to +0.41 pps in soleus and TA, young and older"
    assumed: ClassVar[tuple[str, ...]] = (
        "One handgrip effort was studied; it is taken to be 40 % MVC, and other efforts act in "
        "between by a saturating curve.",
    )

    effort_pct_mvc: float = setting(
        40.0, "effort of the hand", unit="% MVC of the hand", ge=0, le=100
    )

    def edit(self, participant: Participant, protocol: Protocol) -> tuple[Participant, Protocol]:
        """Return the participant with more neuromodulation; the protocol is unchanged."""
        share = share_of_studied(self.effort_pct_mvc, _HALF_PCT, _STUDIED_PCT)
        return participant.treated(
            monoamines=1.0
            + effect(participant.edition, "remote_handgrip.monoamines_gained") * share
        ), protocol
