"""Chlorpromazine: a neutral antagonist at receptors of serotonin and noradrenaline.

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

_STUDIED_mg, _HALF_mg = 50.0, 50.0
# After the dose: an assumption, near the highest concentrations.
_STUDIED_h = 3.0


@INTERVENTIONS.add
@dataclass(frozen=True, kw_only=True)
class Chlorpromazine(Intervention):
    """Chlorpromazine, a neutral antagonist."""

    name: ClassVar[str] = "chlorpromazine"
    rank: ClassVar[float] = 80
    title: ClassVar[str] = "Chlorpromazine"
    mechanism: ClassVar[str] = (
        "Keeps serotonin and noradrenaline off their receptors but leaves those active by "
        "themselves (neutral antagonist): calms in health, not after complete injury."
    )
    certainty: ClassVar[str] = PEOPLE
    source: ClassVar[str] = "PMC3602940"
    assumed: ClassVar[tuple[str, ...]] = (
        "That chlorpromazine lowers inward currents in health and does nothing after complete "
        "injury was measured (PMC3602940); by how much it lowers delta F was not, and the dose to "
        "which the effect is tied, 50 mg, is an assumption.",
        "That it was measured three hours after the dose is from memory, not read.",
        FOLLOWS,
    )
    drug: ClassVar[Drug | None] = Drug(
        dose="dose_mg",
        usual=50.0,
        maximum=None,
        source="usual: assumed, within the 10 to 50 mg of a single dose on labels; these state no "
        "maximum of a single dose",
        taken="mg, single dose",
        leaflet="A medicine for the mind, given here to study the cord. It may make you sleepy, "
        "dizzy when you stand up, and stiff.",
        against_spasms=False,
    )

    dose_mg: float = setting(50.0, "single dose", unit="mg", ge=0, le=200)
    hours_after_dose: float | None = dose_time("when its effect was measured")

    def edit(self, participant: Participant, protocol: Protocol) -> tuple[Participant, Protocol]:
        """Return the participant with less effect of monoamines; the protocol is unchanged."""
        now_mg = single_dose_now(self.name, self.dose_mg, self.hours_after_dose, _STUDIED_h)
        share = share_of_studied(now_mg, _HALF_mg, _STUDIED_mg)
        calmer = participant.treated(
            receptors_driven=1.0 - effect(participant.edition, "chlorpromazine.driven_lost") * share
        )
        return calmer, protocol
