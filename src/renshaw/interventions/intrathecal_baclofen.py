"""Baclofen injected beside the cord: the test dose before a pump is implanted.

In people with an injured cord it takes most of the H-reflex, and the facilitation of that reflex by
another muscle's Ia afferents stays: so most of its action is on motoneurons, not on the endings of
afferents (Azouvi et al. 1993). It opens a potassium conductance of motoneurons
(`renshaw.model.mechanisms.potassium_leak`) and lowers their L-type current a little (Li et al.
2004, doi:10.1152/jn.00164.2004). Inhibition by chloride could not be told to do it: thirty times
as much as is usual leaves more of the reflex of the model's injured cord than people have left.

`benchmarks/circuits.py` finds both sizes. Not fitted: what it does to spasms (Penn et al. 1989:
score 3.3 to .4), which the model has, and to strength, which it misses: too much is lost.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from renshaw.core.settings import setting
from renshaw.interventions.dose import dose_time, share_of_studied
from renshaw.interventions.drug import Drug
from renshaw.interventions.intervention import PEOPLE, Intervention
from renshaw.interventions.kinetics import intrathecal
from renshaw.interventions.register import INTERVENTIONS
from renshaw.model.circuits.strengths import strength
from renshaw.model.effects import effect
from renshaw.model.participant import Participant
from renshaw.protocols import Protocol

_STUDIED_ug, _HALF_ug = 50.0, 50.0


@INTERVENTIONS.add
@dataclass(frozen=True, kw_only=True)
class IntrathecalBaclofen(Intervention):
    """A bolus of baclofen into the cerebrospinal fluid."""

    name: ClassVar[str] = "intrathecal-baclofen"
    rank: ClassVar[float] = 55
    title: ClassVar[str] = "Intrathecal baclofen"
    mechanism: ClassVar[str] = (
        "GABA-B receptors on motoneurons open potassium channels and lower the L-type current a "
        "little; those on afferent endings, a smaller part, lower what they release."
    )
    certainty: ClassVar[str] = PEOPLE
    source: ClassVar[str] = (
        "doi:10.1136/jnnp.56.5.515; doi:10.1056/NEJM198906083202303; labels of intrathecal baclofen"
    )
    fitted: ClassVar[str] = (
        "H_max/M_max of the soleus after severe injury, -77 % with 50 ug, a third of it by "
        "afferent endings alone"
    )
    assumed: ClassVar[tuple[str, ...]] = (
        "That the main part of its action is on motoneurons was measured "
        "(doi:10.1136/jnnp.56.5.515, abstract read); that afferent endings alone would bring a "
        "third of it is a reading.",
        "That half of the largest effect comes with 50 ug is an assumption, and so is that the "
        "H-reflex was measured at the peak.",
        "It takes more of the model's strength (34 % is left after an incomplete injury) than of "
        "people's, who kept theirs or lost a little (Latash et al. 1990).",
        "How long it acts follows two stages of the half-life in the cerebrospinal fluid, with "
        "which the peak is where labels have it.",
    )
    drug: ClassVar[Drug | None] = Drug(
        dose="dose_ug",
        usual=50.0,
        maximum=100.0,
        source="labels: a test dose of 50 ug, then 75 and at most 100",
        taken="ug, one injection",
        leaflet="An injection into the back that calms stiff legs and spasms for hours, to try out "
        "a pump. It may make you weak or sleepy, and needs to be watched in a hospital.",
        tried=False,
    )

    dose_ug: float = setting(50.0, "injected dose", unit="ug", ge=0, le=200)
    hours_after_dose: float | None = dose_time("when it acts most, after four hours")

    def edit(self, participant: Participant, protocol: Protocol) -> tuple[Participant, Protocol]:
        """Return the participant with motoneurons that are held down, and weaker reflexes."""
        hours = self.hours_after_dose
        now_ug = self.dose_ug * (1.0 if hours is None else intrathecal(hours))
        share = share_of_studied(now_ug, _HALF_ug, _STUDIED_ug)
        l_type = 1.0 - effect(participant.edition, "intrathecal_baclofen.l_type_lost") * share
        calmer = participant.treated(
            afferents=1.0 - strength("intrathecal_presynaptic") * share,
            potassium_leak=strength("intrathecal_postsynaptic") * share,
            receptors_driven=l_type,
            receptors_constitutive=l_type,
        )
        return calmer, protocol
