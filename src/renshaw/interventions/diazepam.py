"""Diazepam: makes GABA-A receptors answer more, on the endings of Ia afferents among others.

After an intravenous dose the ankle reflex of people with spasticity becomes normal, at
concentrations that make drowsy (read in an abstract: nine patients); a sister, tetrazepam,
strengthened presynaptic inhibition and left strength as it was (Milanov 1992, Acta Neurol Belg
92:5, abstract read). By how much was not found.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from renshaw.core.settings import setting
from renshaw.interventions.dose import FOLLOWS, dose_time, doses_a_day, share_of_studied
from renshaw.interventions.drug import Drug
from renshaw.interventions.intervention import PEOPLE, Intervention
from renshaw.interventions.kinetics import daily_dose_now
from renshaw.interventions.register import INTERVENTIONS
from renshaw.model.participant import Participant
from renshaw.protocols import Protocol

_STUDIED_mg, _HALF_mg = 20.0, 20.0
# Both assumed, at 20 mg a day: what the antagonist's volleys take more, and what endings that are
# inhibited all the time release less.
_PRESYNAPTIC_GAINED, _AFFERENTS_LOST = 0.3, 0.15


@INTERVENTIONS.add
@dataclass(frozen=True, kw_only=True)
class Diazepam(Intervention):
    """Oral diazepam, which strengthens GABA-A receptors."""

    name: ClassVar[str] = "diazepam"
    rank: ClassVar[float] = 64
    title: ClassVar[str] = "Diazepam"
    mechanism: ClassVar[str] = (
        "GABA-A receptors on afferent endings answer more: presynaptic inhibition is stronger, and "
        "afferents excite less."
    )
    certainty: ClassVar[str] = PEOPLE
    source: ClassVar[str] = (
        "Milanov 1992 (Acta Neurol Belg 92:5); Effect of diazepam and desmethyldiazepam in "
        "spasticity and rigidity (abstracts read)"
    )
    assumed: ClassVar[tuple[str, ...]] = (
        "The direction was measured in people; both sizes of diazepam are assumptions.",
        "What it does to motoneurons, to muscle and to wakefulness is left out.",
        FOLLOWS,
    )
    drug: ClassVar[Drug | None] = Drug(
        dose="dose_mg_per_day",
        usual=20.0,
        maximum=40.0,
        source="label of diazepam tablets, from memory: 2 to 10 mg three or four times a day",
        taken="mg a day",
        leaflet="Eases stiff muscles and spasms. It makes you sleepy and can be habit-forming. Do "
        "not stop taking it from one day to the next.",
        tried=False,
    )

    dose_mg_per_day: float = setting(20.0, "daily dose", unit="mg/day", ge=0, le=60)
    times_a_day: int = doses_a_day(3)
    hours_after_dose: float | None = dose_time("the mean of the day, taken for long")

    def edit(self, participant: Participant, protocol: Protocol) -> tuple[Participant, Protocol]:
        """Return the participant with more presynaptic inhibition."""
        now_mg = daily_dose_now(
            self.name, self.dose_mg_per_day, self.hours_after_dose, self.times_a_day
        )
        share = share_of_studied(now_mg, _HALF_mg, _STUDIED_mg)
        calmer = participant.treated(
            presynaptic=1.0 + _PRESYNAPTIC_GAINED * share,
            afferents=1.0 - _AFFERENTS_LOST * share,
        )
        return calmer, protocol
