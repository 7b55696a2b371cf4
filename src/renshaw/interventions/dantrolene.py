"""Dantrolene: acts in the muscle, on the release of calcium; motoneurons are as before.

100 mg by mouth take 49 % of the twitch of healthy people, at 1.24 mg/L of plasma (abstract of
"Relationship between plasma concentration and effect of dantrolene sodium in man", read); by vein
the loss ends at 75 %, at 4.2 mg/L of blood ("Dantrolene dose response in awake man", abstract
read). The curve through both has half of its largest effect at 1.2 mg/L. Held out: 64 % in people
who took it for long, at a dose that was not read (Miglietta 1977); the model has that at 250 mg
a day. The EMG of reflexes
stays, their twitches shrink, and voluntary power falls moderately (abstract of "Mode of action of
dantrolene sodium in spasticity", read): fused contractions keep their force
(`renshaw.muscle.uncoupling`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from renshaw.core.settings import setting
from renshaw.interventions.dose import dose_time, doses_a_day, saturating
from renshaw.interventions.drug import Drug
from renshaw.interventions.intervention import PEOPLE, Intervention
from renshaw.interventions.kinetics import kinetics
from renshaw.interventions.register import INTERVENTIONS
from renshaw.model.participant import Participant
from renshaw.protocols import Protocol

# Concentration (mg/L), and the share of a twitch that is lost.
_LARGEST, _HALF_mg_per_L = saturating((1.24, 0.491), (4.2, 0.75))


@INTERVENTIONS.add
@dataclass(frozen=True, kw_only=True)
class Dantrolene(Intervention):
    """Oral dantrolene."""

    name: ClassVar[str] = "dantrolene"
    rank: ClassVar[float] = 68
    title: ClassVar[str] = "Dantrolene"
    mechanism: ClassVar[str] = (
        "Muscle fibers release less calcium: twitches are weaker, fused contractions hardly so; "
        "motoneurons and action potentials of the muscle are as before."
    )
    certainty: ClassVar[str] = PEOPLE
    source: ClassVar[str] = (
        "Relationship between plasma concentration and effect of dantrolene sodium in man; "
        "Dantrolene dose response in awake man; Miglietta 1977 (Am J Phys Med 56:293)"
    )
    fitted: ClassVar[str] = "twitches of people: -49 % at 1.24 mg/L, -75 % at 4.2 mg/L"
    assumed: ClassVar[tuple[str, ...]] = (
        "That the calf loses as much of a twitch as the thumb, that plasma and blood have the same "
        "concentration, and at which rates of discharge force is kept, are assumptions.",
    )
    drug: ClassVar[Drug | None] = Drug(
        dose="dose_mg_per_day",
        usual=150.0,
        maximum=400.0,
        source="reference works read: 25 mg a day, raised to 50 mg three times and at most 100 mg "
        "four times a day",
        taken="mg a day",
        leaflet="Weakens muscles, spastic ones and others, and so eases spasms. It may make you "
        "weak and tired. Your liver is checked by blood tests.",
        tried=False,
    )

    dose_mg_per_day: float = setting(150.0, "daily dose", unit="mg/day", ge=0, le=400)
    times_a_day: int = doses_a_day(3)
    hours_after_dose: float | None = dose_time("the mean of the day, taken for long")

    def edit(self, participant: Participant, protocol: Protocol) -> tuple[Participant, Protocol]:
        """Return the participant with weaker twitches; the protocol is unchanged."""
        course, interval_h = kinetics(self.name), 24.0 / self.times_a_day
        dose_mg = self.dose_mg_per_day / self.times_a_day
        now = course.mean(dose_mg, interval_h)
        if self.hours_after_dose is not None:
            now = course.after_many(dose_mg, self.hours_after_dose, interval_h)
        lost = _LARGEST * now / (now + _HALF_mg_per_L)
        return participant.treated(twitch=1.0 - lost), protocol
