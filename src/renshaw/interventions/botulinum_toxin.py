"""Botulinum toxin A: silences endplates of the injected muscle for weeks.

In the extensor digitorum brevis of healthy people 2.5 units take 55 % of the M-wave (eleven people,
J Korean Acad Rehabil Med 25:273, abstract read: .49 and .40 are left), and 15 to 20 units as much
as any dose does, 85 to 90 %, on the sixth day (Sloop et al. 1996, Neurology 46:1382, abstract
read). The curve through both, at 17.5 units, tells the share of fibers that a dose silences there;
other muscles need more by their volume. The M-wave falls within a day (Boulias et al. 2022,
abstract read); force and EMG come back within twelve weeks (doi:10.1186/s12984-020-00716-z,
abstract read). Reflex and M-wave lose the same fibers.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import exp
from typing import ClassVar

from renshaw.core.settings import setting
from renshaw.interventions.dose import saturating
from renshaw.interventions.drug import Drug
from renshaw.interventions.intervention import PEOPLE, Intervention
from renshaw.interventions.register import INTERVENTIONS
from renshaw.model.participant import Participant
from renshaw.protocols import Protocol

# Units, and the share of fibers that they silence in the muscle that was studied.
_LARGEST, _HALF_U = saturating((2.5, 0.555), (17.5, 0.875))
# Volumes (cm3) of that muscle and of those of the model: round values from memory, not read.
_STUDIED_cm3 = 5.0
_VOLUME_cm3 = {"SOL": 450.0, "GM": 250.0, "TA": 130.0}
_USUAL_cm3 = 250.0
# It comes on with this time constant, so that it is all there on the sixth day, and passes along
# a bell: half is left after six weeks, a twentieth after twelve.
_COMES_weeks, _PASSES_weeks = 2.0 / 7.0, 7.0


@INTERVENTIONS.add
@dataclass(frozen=True, kw_only=True)
class BotulinumToxin(Intervention):
    """Botulinum toxin A, injected into the muscle that is studied."""

    name: ClassVar[str] = "botulinum-toxin"
    rank: ClassVar[float] = 69
    title: ClassVar[str] = "Botulinum toxin"
    mechanism: ClassVar[str] = (
        "Endplates fall silent: a share of the fibers of each motor unit answers no more, so that "
        "force, M-wave and reflexes at the electrode fall alike; motoneurons are as before."
    )
    certainty: ClassVar[str] = PEOPLE
    source: ClassVar[str] = (
        "Sloop et al. 1996 (Neurology 46:1382); J Korean Acad Rehabil Med 25:273; "
        "doi:10.1186/s12984-020-00716-z"
    )
    fitted: ClassVar[str] = "M-wave of a foot muscle: -55 % with 2.5 units, -87.5 % with 17.5"
    assumed: ClassVar[tuple[str, ...]] = (
        "That a muscle needs more by its volume is an assumption, and the volumes are from memory.",
        "How the effect passes between the second and the twelfth week is an assumption.",
        "Silenced endplates of muscle spindles, and what reaches the cord, are left out.",
    )
    drug: ClassVar[Drug | None] = Drug(
        dose="dose_U",
        usual=75.0,
        maximum=400.0,
        source="usual: a quarter of 300 units for one of the muscles; at most: approved 300 to 400 "
        "units of onabotulinumtoxinA for all muscles of ankle and toes together",
        taken="units into the muscle",
        leaflet="An injection that weakens a stiff muscle for about three months. The muscle may "
        "get weaker than you like. See a doctor at once if you find it hard to swallow or breathe.",
        tried=False,
    )

    dose_U: float = setting(75.0, "dose of onabotulinumtoxinA", unit="U", ge=0, le=400)
    weeks_after: float = setting(2.0, "time since the injection", unit="weeks", ge=0, le=52)

    def edit(self, participant: Participant, protocol: Protocol) -> tuple[Participant, Protocol]:
        """Return the participant with silenced muscle fibers; the protocol is unchanged."""
        larger = _VOLUME_cm3.get(participant.muscle, _USUAL_cm3) / _STUDIED_cm3
        share = _LARGEST * self.dose_U / (self.dose_U + _HALF_U * larger)
        come = 1.0 - exp(-self.weeks_after / _COMES_weeks)
        left = exp(-((self.weeks_after / _PASSES_weeks) ** 2))
        return participant.treated(fibers=1.0 - share * come * left), protocol
