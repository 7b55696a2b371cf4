"""Drugs that block the receptors of serotonin and noradrenaline on motoneurons.

An inverse agonist silences receptors that are active by themselves; a neutral antagonist only keeps
serotonin and noradrenaline off. After a complete injury, when nothing but receptors active by
themselves sustains inward currents, only the first calms (D'Amico et al. 2013, PMC3602940).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from renshaw.core.settings import setting
from renshaw.interventions.dose import share_of_studied
from renshaw.interventions.intervention import PEOPLE, Intervention
from renshaw.model.participant import Participant
from renshaw.protocols import Protocol

# Cyproheptadine, at 8 mg: share of what serotonin and noradrenaline do that is gone (fitted), and
# share of the receptors active by themselves that are silenced (assumed).
CYPROHEPTADINE_DRIVEN = 0.001
CYPROHEPTADINE_CONSTITUTIVE = 0.10
# By how much it prolongs the afterhyperpolarization, which serotonin shortens; fitted to peak rate.
CYPROHEPTADINE_AHP = 0.045
_CYPROHEPTADINE_STUDIED_mg, _CYPROHEPTADINE_HALF_mg = 8.0, 8.0

# Chlorpromazine, at 50 mg: share of what serotonin and noradrenaline do that is gone (assumed).
CHLORPROMAZINE_DRIVEN = 0.005
_CHLORPROMAZINE_STUDIED_mg, _CHLORPROMAZINE_HALF_mg = 50.0, 50.0


@dataclass(frozen=True, kw_only=True)
class Cyproheptadine(Intervention):
    """Cyproheptadine, an inverse agonist."""

    key: ClassVar[str] = "cyproheptadine"
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
        "Cyproheptadine is taken to silence a larger share of receptors active by themselves than "
        "of what monoamines drive in health, because part of the latter is noradrenaline's; the "
        "share was chosen, only the direction was measured (PMC3602940).",
        "The numbers for cyproheptadine in health were read in a re-posted abstract.",
    )

    dose_mg: float = setting(8.0, "single dose", unit="mg", ge=0, le=32, source="PMC3602940")

    def edit(self, participant: Participant, protocol: Protocol) -> tuple[Participant, Protocol]:
        """Return the participant with fewer active receptors; the protocol is unchanged."""
        share = share_of_studied(self.dose_mg, _CYPROHEPTADINE_HALF_mg, _CYPROHEPTADINE_STUDIED_mg)
        calmer = participant.treated(
            receptors_driven=1.0 - CYPROHEPTADINE_DRIVEN * share,
            receptors_constitutive=1.0 - CYPROHEPTADINE_CONSTITUTIVE * share,
            ahp=1.0 + CYPROHEPTADINE_AHP * share,
        )
        return calmer, protocol


@dataclass(frozen=True, kw_only=True)
class Chlorpromazine(Intervention):
    """Chlorpromazine, a neutral antagonist."""

    key: ClassVar[str] = "chlorpromazine"
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
    )

    dose_mg: float = setting(50.0, "single dose", unit="mg", ge=0, le=200)

    def edit(self, participant: Participant, protocol: Protocol) -> tuple[Participant, Protocol]:
        """Return the participant with less effect of monoamines; the protocol is unchanged."""
        share = share_of_studied(self.dose_mg, _CHLORPROMAZINE_HALF_mg, _CHLORPROMAZINE_STUDIED_mg)
        calmer = participant.treated(receptors_driven=1.0 - CHLORPROMAZINE_DRIVEN * share)
        return calmer, protocol
