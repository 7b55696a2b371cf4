"""Cyproheptadine: an inverse agonist at receptors of serotonin and noradrenaline.

An inverse agonist silences receptors that are active by themselves; a neutral antagonist only keeps
serotonin and noradrenaline off. After a complete injury, when nothing but receptors active by
themselves sustains inward currents, only the first calms (D'Amico et al. 2013, PMC3602940).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from renshaw.core.settings import setting
from renshaw.interventions.dose import FOLLOWS, dose_time, share_of_studied
from renshaw.interventions.drug import Drug
from renshaw.interventions.intervention import PEOPLE, Intervention
from renshaw.interventions.kinetics import single_dose_now
from renshaw.interventions.register import INTERVENTIONS
from renshaw.model.effects import effect
from renshaw.model.participant import Participant
from renshaw.protocols import Protocol

_STUDIED_mg, _HALF_mg = 8.0, 8.0
# After the dose: an assumption, near the highest concentrations.
_STUDIED_h = 3.0


@INTERVENTIONS.add
@dataclass(frozen=True, kw_only=True)
class Cyproheptadine(Intervention):
    """Cyproheptadine, an inverse agonist."""

    name: ClassVar[str] = "cyproheptadine"
    rank: ClassVar[float] = 70
    title: ClassVar[str] = "Cyproheptadine"
    mechanism: ClassVar[str] = (
        "Blocks 5-HT2 and alpha1 receptors, driven by monoamines or active by themselves (inverse "
        "agonist): neuromodulation is lower, in health and after injury."
    )
    certainty: ClassVar[str] = PEOPLE
    source: ClassVar[str] = (
        "Goodlich et al. 2023 (TA, 8 mg: delta F -0.99 at 10 % and -0.75 pps at 30 % MVC); "
        "PMC3602940 (injury)"
    )
    fitted: ClassVar[str] = "delta F of the TA, -0.75 to -0.99 pps at 8 mg"
    assumed: ClassVar[tuple[str, ...]] = (
        "Which share of the receptors active by themselves cyproheptadine silences was chosen; "
        "only the direction was measured (PMC3602940).",
        "The numbers for cyproheptadine in health were read in a re-posted abstract.",
        "That it was measured three hours after the dose is from memory, not read.",
        FOLLOWS,
    )
    drug: ClassVar[Drug | None] = Drug(
        dose="dose_mg",
        usual=8.0,
        maximum=32.0,
        source="usual: the dose that was studied; at most: label of cyproheptadine tablets, 4 to "
        "20 mg a day and rarely 32, all of it taken for a single dose here",
        taken="mg, single dose",
        leaflet="An allergy medicine that also eases spasms. It may make you sleepy and hungry, "
        "and dry your mouth.",
    )

    dose_mg: float = setting(8.0, "single dose", unit="mg", ge=0, le=32, source="PMC3602940")
    hours_after_dose: float | None = dose_time("when its effect was measured")

    def edit(self, participant: Participant, protocol: Protocol) -> tuple[Participant, Protocol]:
        """Return the participant with fewer active receptors; the protocol is unchanged."""
        now_mg = single_dose_now(self.name, self.dose_mg, self.hours_after_dose, _STUDIED_h)
        share = share_of_studied(now_mg, _HALF_mg, _STUDIED_mg)
        calmer = participant.treated(
            receptors_driven=1.0
            - effect(participant.edition, "cyproheptadine.driven_lost") * share,
            receptors_constitutive=1.0
            - effect(participant.edition, "cyproheptadine.constitutive_lost") * share,
            ahp=1.0 + effect(participant.edition, "cyproheptadine.ahp_gained") * share,
        )
        return calmer, protocol
