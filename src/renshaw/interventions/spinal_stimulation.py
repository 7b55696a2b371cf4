"""Transcutaneous spinal cord stimulation: half an hour that calms reflexes for hours."""

from __future__ import annotations

from dataclasses import dataclass
from math import exp
from typing import ClassVar

from renshaw.core.settings import setting
from renshaw.interventions.dose import share_of_studied
from renshaw.interventions.intervention import PEOPLE, Intervention
from renshaw.interventions.register import INTERVENTIONS
from renshaw.model.participant import Participant
from renshaw.protocols import Protocol

# After 30 minutes: gain of reciprocal inhibition, and share lost of excitation by afferents
# (post-activation depression). Assumed.
RECIPROCAL_GAINED, AFFERENTS_LOST = 0.5, 0.35
_STUDIED_min, _HALF_min = 30.0, 15.0
# Nearly all of it is there after two hours and nothing after a day.
_LASTS_h = 6.0


@INTERVENTIONS.add
@dataclass(frozen=True, kw_only=True)
class SpinalStimulation(Intervention):
    """Transcutaneous stimulation of the lumbar cord at 50 Hz; what remains afterwards."""

    name: ClassVar[str] = "spinal-stimulation"
    rank: ClassVar[float] = 100
    title: ClassVar[str] = "Spinal stimulation"
    mechanism: ClassVar[str] = (
        "Posterior roots are stimulated at 50 Hz; for hours afterwards reciprocal inhibition is "
        "stronger and afferents excite less (post-activation depression)."
    )
    certainty: ClassVar[str] = PEOPLE
    source: ClassVar[str] = "PMC8068213 (16 people with multiple sclerosis, 50 Hz, 30 min)"
    assumed: ClassVar[tuple[str, ...]] = (
        "That spasms, clonus and stretch reflexes are less for two hours after spinal stimulation "
        "was measured without a sham; through which inhibition, and by how much, is assumed.",
    )

    minutes: float = setting(
        30.0, "duration of stimulation", unit="min", ge=0, le=240, source="PMC8068213"
    )
    hours_after: float = setting(0.0, "time since stimulation ended", unit="h", ge=0, le=168)

    def edit(self, participant: Participant, protocol: Protocol) -> tuple[Participant, Protocol]:
        """Return the participant with more inhibition; the protocol is unchanged."""
        left = exp(-((self.hours_after / _LASTS_h) ** 2))
        share = left * share_of_studied(self.minutes, _HALF_min, _STUDIED_min)
        calmer = participant.treated(
            reciprocal=1.0 + RECIPROCAL_GAINED * share, afferents=1.0 - AFFERENTS_LOST * share
        )
        return calmer, protocol
