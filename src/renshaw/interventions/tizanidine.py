"""Tizanidine: prescribed against spasticity, with less weakness than baclofen.

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

_STUDIED_mg, _HALF_mg = 24.0, 12.0


@INTERVENTIONS.add
@dataclass(frozen=True, kw_only=True)
class Tizanidine(Intervention):
    """Oral tizanidine, an agonist of alpha2 receptors."""

    name: ClassVar[str] = "tizanidine"
    rank: ClassVar[float] = 60
    title: ClassVar[str] = "Tizanidine"
    mechanism: ClassVar[str] = (
        "Alpha2 receptors keep noradrenaline from being released and weaken excitation by "
        "afferents: neuromodulation and reflexes are lower; strength hardly changes."
    )
    certainty: ClassVar[str] = ANIMALS
    source: ClassVar[str] = (
        "doi:10.1111/j.1600-0404.1987.tb07916.x; doi:10.1017/s0317167100027104; CD001332"
    )
    assumed: ClassVar[tuple[str, ...]] = (
        "Sizes of tizanidine's effects on noradrenaline, afferents and strength are assumptions; "
        "that it weakens less than baclofen was measured (doi:10.1017/s0317167100027104).",
        FOLLOWS,
    )
    drug: ClassVar[Drug | None] = Drug(
        dose="dose_mg_per_day",
        usual=24.0,
        maximum=36.0,
        source="label of tizanidine tablets: at most 36 mg a day, little experience beyond 24; "
        "doi:10.1111/j.1600-0404.1987.tb07916.x",
        taken="mg a day",
        leaflet="Eases stiff muscles and spasms. It may make you sleepy, weak or dizzy when you "
        "stand up, and dry your mouth. Your liver is checked by blood tests.",
    )

    dose_mg_per_day: float = setting(
        24.0,
        "daily dose",
        unit="mg/day",
        ge=0,
        le=36,
        source="doi:10.1111/j.1600-0404.1987.tb07916.x",
    )
    times_a_day: int = doses_a_day(3)
    hours_after_dose: float | None = dose_time("the mean of the day, taken for long")

    def edit(self, participant: Participant, protocol: Protocol) -> tuple[Participant, Protocol]:
        """Return the participant with less noradrenaline, weaker reflexes and less strength."""
        now_mg = daily_dose_now(
            self.name, self.dose_mg_per_day, self.hours_after_dose, self.times_a_day
        )
        share = share_of_studied(now_mg, _HALF_mg, _STUDIED_mg)
        calmer = participant.treated(
            afferents=1.0 - effect(participant.edition, "tizanidine.afferents_lost") * share,
            monoamines=1.0 - effect(participant.edition, "tizanidine.monoamines_lost") * share,
            largest_drive=1.0 - effect(participant.edition, "tizanidine.drive_lost") * share,
        )
        return calmer, protocol
