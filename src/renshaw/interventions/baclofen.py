"""Baclofen: prescribed against spasticity, with weakness as the price.

Trials show less than prescriptions suggest: of eight placebo-controlled trials in multiple
sclerosis that used the Ashworth scale, three were significant (Cochrane CD001332). Equally
effective daily doses were on average 59 mg of baclofen and 23 mg of tizanidine, with weakness as a
side effect of both (Stien et al. 1987), more of baclofen (Bass et al. 1988).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from renshaw.core.settings import setting
from renshaw.interventions.dose import FOLLOWS, dose_time, doses_a_day, share_of_studied
from renshaw.interventions.drug import Drug
from renshaw.interventions.intervention import ANIMALS, Intervention
from renshaw.interventions.kinetics import daily_dose_now
from renshaw.interventions.register import INTERVENTIONS
from renshaw.model.effects import effect
from renshaw.model.participant import Participant
from renshaw.protocols import Protocol

_STUDIED_mg, _HALF_mg = 60.0, 30.0


@INTERVENTIONS.add
@dataclass(frozen=True, kw_only=True)
class Baclofen(Intervention):
    """Oral baclofen, an agonist of GABA-B receptors."""

    name: ClassVar[str] = "baclofen"
    rank: ClassVar[float] = 50
    title: ClassVar[str] = "Baclofen"
    mechanism: ClassVar[str] = (
        "GABA-B receptors on afferent endings lower what they release, those on motoneurons lower "
        "the L-type current a little; the largest drive falls (weakness)."
    )
    certainty: ClassVar[str] = ANIMALS
    source: ClassVar[str] = (
        "doi:10.1111/j.1600-0404.1987.tb07916.x; doi:10.1017/s0317167100027104; CD001332"
    )
    assumed: ClassVar[tuple[str, ...]] = (
        "Sizes of baclofen's effects on afferents, inward current and strength are assumptions; "
        "trials of oral baclofen are few and their measures weak (Cochrane CD001332).",
        FOLLOWS,
    )
    drug: ClassVar[Drug | None] = Drug(
        dose="dose_mg_per_day",
        usual=60.0,
        maximum=80.0,
        source="label of baclofen tablets, DailyMed: usually 40 to 80 mg a day, at most 80 (20 mg "
        "four times a day)",
        taken="mg a day",
        leaflet="Eases stiff muscles and spasms. It may make you weak, sleepy or dizzy. Never stop "
        "taking it from one day to the next.",
    )

    # More than the usual maximum of 80 mg is given under supervision: the curve goes on to 120 mg.
    dose_mg_per_day: float = setting(
        60.0,
        "daily dose",
        unit="mg/day",
        ge=0,
        le=120,
        source="doi:10.1111/j.1600-0404.1987.tb07916.x",
    )
    times_a_day: int = doses_a_day(3)
    hours_after_dose: float | None = dose_time("the mean of the day, taken for long")

    def edit(self, participant: Participant, protocol: Protocol) -> tuple[Participant, Protocol]:
        """Return the participant with weaker reflexes and less strength."""
        now_mg = daily_dose_now(
            self.name, self.dose_mg_per_day, self.hours_after_dose, self.times_a_day
        )
        share = share_of_studied(now_mg, _HALF_mg, _STUDIED_mg)
        calmer = participant.treated(
            afferents=1.0 - effect(participant.edition, "baclofen.afferents_lost") * share,
            receptors_driven=1.0 - effect(participant.edition, "baclofen.l_type_lost") * share,
            receptors_constitutive=1.0
            - effect(participant.edition, "baclofen.l_type_lost") * share,
            largest_drive=1.0 - effect(participant.edition, "baclofen.drive_lost") * share,
        )
        return calmer, protocol
