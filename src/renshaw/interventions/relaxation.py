"""Whole-body relaxation: less serotonin and noradrenaline reach the cord."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from renshaw.core.settings import Knob, setting
from renshaw.interventions.intervention import PEOPLE, Intervention
from renshaw.interventions.register import INTERVENTIONS
from renshaw.model.effects import effect
from renshaw.model.participant import Participant
from renshaw.protocols import Protocol


@INTERVENTIONS.add
@dataclass(frozen=True, kw_only=True)
class Relaxation(Intervention):
    """Whole-body relaxation: the brain stem sends less serotonin and noradrenaline."""

    name: ClassVar[str] = "relaxation"
    rank: ClassVar[float] = 30
    title: ClassVar[str] = "Relaxation"
    mechanism: ClassVar[str] = (
        "Less serotonin and noradrenaline reach the cord: neuromodulation is lower; nothing where "
        "supply is lost."
    )
    certainty: ClassVar[str] = PEOPLE
    source: ClassVar[str] = "doi:10.1113/JP282765; size: doi:10.1113/JP283708"
    fitted: ClassVar[str] = (
        "the mirror image of a remote handgrip: delta F -0.35 to -0.41 pps at half the depth"
    )
    assumed: ClassVar[tuple[str, ...]] = (
        "Whole-body relaxation lowered delta F in the seed study, by how much is not known here; "
        "its size is the mirror image of a remote handgrip (Orssatto et al. 2022).",
        "That it acts through monoamines was not measured directly, and a depth from 0 to 1 is a "
        "scale of the model, not of a person.",
    )

    depth: float = setting(
        0.5,
        "depth of relaxation, from 0 (none) to 1 (deepest)",
        ge=0,
        le=1,
        knob=Knob(0, 1, 0.05, start=0, label="Relaxation"),
    )

    def edit(self, participant: Participant, protocol: Protocol) -> tuple[Participant, Protocol]:
        """Return the participant with less neuromodulation; the protocol is unchanged."""
        calmer = participant.treated(
            monoamines=1.0 - effect(participant.edition, "relaxation.monoamines_lost") * self.depth,
            pic_shift_mV=effect(participant.edition, "relaxation.pic_shift_mV")
            * self.depth
            * _supplied(participant),
        )
        return calmer, protocol


def _supplied(participant: Participant) -> float:
    """Return which share of neuromodulation the brain stem supplies, 1 in health."""
    # Of the person as she came: what else is done to her must not change what relaxation does.
    cord = participant.untreated.replace(trained_weeks=0.0).cord
    whole = cord.monoaminergic + cord.constitutive
    return cord.monoaminergic / whole if whole > 0 else 0.0
