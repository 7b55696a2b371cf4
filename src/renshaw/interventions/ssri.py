"""SSRI: a serotonin reuptake inhibitor, which excites where descending supply is spared."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from renshaw.core.settings import setting
from renshaw.interventions.dose import share_of_studied
from renshaw.interventions.drug import Drug
from renshaw.interventions.intervention import PEOPLE, Intervention
from renshaw.interventions.register import INTERVENTIONS
from renshaw.model.effects import effect
from renshaw.model.participant import Participant
from renshaw.protocols import Protocol

_STUDIED_mg, _HALF_mg = 10.0, 5.0


@INTERVENTIONS.add
@dataclass(frozen=True, kw_only=True)
class SSRI(Intervention):
    """A selective serotonin reuptake inhibitor such as escitalopram."""

    name: ClassVar[str] = "ssri"
    rank: ClassVar[float] = 90
    title: ClassVar[str] = "SSRI"
    mechanism: ClassVar[str] = (
        "Serotonin that the brain stem releases acts longer: neuromodulation is higher where "
        "supply is spared, unchanged after complete injury."
    )
    certainty: ClassVar[str] = PEOPLE
    source: ClassVar[str] = "doi:10.1089/neu.2012.2515 (escitalopram 10 mg); PMC3602940"
    assumed: ClassVar[tuple[str, ...]] = (
        "That an SSRI raises strength and spasms after incomplete injury was measured; the size of "
        "its effect on neuromodulation is an assumption.",
    )
    drug: ClassVar[Drug | None] = Drug(
        dose="dose_mg",
        usual=10.0,
        maximum=20.0,
        source="label of escitalopram tablets: 10 mg once a day, at most 20",
        taken="mg, single dose",
        leaflet="Lifts the mood by prolonging what serotonin does. After an injury of the spinal "
        "cord it may bring strength and also more spasms.",
        # It excites where supply is spared.
        against_spasms=False,
    )

    # The curve goes on beyond the usual maximum, to ask what more would do.
    dose_mg: float = setting(
        10.0,
        "single dose of escitalopram",
        unit="mg",
        ge=0,
        le=60,
        source="doi:10.1089/neu.2012.2515",
    )

    def edit(self, participant: Participant, protocol: Protocol) -> tuple[Participant, Protocol]:
        """Return the participant with more neuromodulation; the protocol is unchanged."""
        share = share_of_studied(self.dose_mg, _HALF_mg, _STUDIED_mg)
        return participant.treated(
            monoamines=1.0 + effect(participant.edition, "ssri.monoamines_gained") * share
        ), protocol
