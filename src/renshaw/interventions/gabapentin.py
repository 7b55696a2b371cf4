"""Gabapentin: binds calcium channels of excitatory endings, so that they release less.

1200 mg a day lowered the Ashworth score after spinal cord injury by 11 % and what patients said of
their spasticity by 20 % (Gruenthal et al. 1997, doi:10.1038/sj.sc.3100481, abstract read). Up to
3600 mg left H_max/M_max as it was (doi:10.1157/13070862, abstract read): so it acts on
interneurons here, not on the endings of Ia afferents. Of large doses a smaller share is absorbed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from renshaw.core.settings import setting
from renshaw.interventions.dose import FOLLOWS, dose_time, doses_a_day, share_of_studied
from renshaw.interventions.drug import Drug
from renshaw.interventions.intervention import PEOPLE, Intervention
from renshaw.interventions.kinetics import absorbed_mg, daily_dose_now
from renshaw.interventions.register import INTERVENTIONS
from renshaw.model.participant import Participant
from renshaw.protocols import Protocol

_STUDIED_mg = 1200.0
# Assumed, at that dose: as much as patients said.
_INTERNEURONS_LOST = 0.2


@INTERVENTIONS.add
@dataclass(frozen=True, kw_only=True)
class Gabapentin(Intervention):
    """Oral gabapentin."""

    name: ClassVar[str] = "gabapentin"
    rank: ClassVar[float] = 66
    title: ClassVar[str] = "Gabapentin"
    mechanism: ClassVar[str] = (
        "Excitatory endings release less: afferents excite less through interneurons; the "
        "monosynaptic reflex is as before."
    )
    certainty: ClassVar[str] = PEOPLE
    source: ClassVar[str] = "doi:10.1038/sj.sc.3100481; doi:10.1157/13070862"
    assumed: ClassVar[tuple[str, ...]] = (
        "That gabapentin lowers spasticity a little and leaves H_max/M_max was measured; that "
        "excitation through interneurons falls by a fifth at 1200 mg a day is an assumption.",
        "That half of the largest effect comes with what is absorbed of 1200 mg is an assumption.",
        FOLLOWS,
    )
    drug: ClassVar[Drug | None] = Drug(
        dose="dose_mg_per_day",
        usual=1200.0,
        maximum=3600.0,
        source="usual: the dose that was studied; at most: PMC7265598 (900 to 3600 mg a day)",
        taken="mg a day",
        leaflet="A medicine against seizures and nerve pain that eases spasms a little. It may "
        "make you sleepy or dizzy, and swell your legs.",
        tried=False,
    )

    dose_mg_per_day: float = setting(1200.0, "daily dose", unit="mg/day", ge=0, le=4800)
    times_a_day: int = doses_a_day(3)
    hours_after_dose: float | None = dose_time("the mean of the day, taken for long")

    def edit(self, participant: Participant, protocol: Protocol) -> tuple[Participant, Protocol]:
        """Return the participant with less excitation through interneurons."""
        absorbed = absorbed_mg(self.name, self.dose_mg_per_day)
        studied = absorbed_mg(self.name, _STUDIED_mg)
        now = daily_dose_now(self.name, absorbed, self.hours_after_dose, self.times_a_day)
        share = share_of_studied(now, studied, studied)
        return participant.treated(interneurons=1.0 - _INTERNEURONS_LOST * share), protocol
