"""Baclofen and tizanidine: what is prescribed against spasticity, with weakness as the price.

Trials show less than prescriptions suggest: of eight placebo-controlled trials in multiple
sclerosis that used the Ashworth scale, three were significant (Cochrane CD001332). Equally
effective daily doses were on average 59 mg of baclofen and 23 mg of tizanidine, with weakness as a
side effect of both (Stien et al. 1987), more of baclofen (Bass et al. 1988).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from renshaw.core.settings import setting
from renshaw.interventions.dose import share_of_studied
from renshaw.interventions.intervention import ANIMALS, Intervention
from renshaw.model.participant import Participant
from renshaw.protocols import Protocol

# At the dose that was studied: share lost of excitation by afferents, of the L-type current and of
# the largest drive (which costs some 7 % of MVC, as rates saturate near the maximum). All assumed.
BACLOFEN_AFFERENTS, BACLOFEN_L_TYPE, BACLOFEN_DRIVE = 0.40, 0.004, 0.35
_BACLOFEN_STUDIED_mg, _BACLOFEN_HALF_mg = 60.0, 30.0

# Share lost of excitation by afferents, of monoamines and of the largest drive. All assumed.
TIZANIDINE_AFFERENTS, TIZANIDINE_MONOAMINES, TIZANIDINE_DRIVE = 0.30, 0.005, 0.15
_TIZANIDINE_STUDIED_mg, _TIZANIDINE_HALF_mg = 24.0, 12.0

_TRIALS = "doi:10.1111/j.1600-0404.1987.tb07916.x; doi:10.1017/s0317167100027104; CD001332"


@dataclass(frozen=True, kw_only=True)
class Baclofen(Intervention):
    """Oral baclofen, an agonist of GABA-B receptors."""

    key: ClassVar[str] = "baclofen"
    mechanism: ClassVar[str] = (
        "GABA-B receptors on afferent endings lower what they release, those on motoneurons lower "
        "the L-type current a little; the largest drive falls (weakness)."
    )
    certainty: ClassVar[str] = ANIMALS
    source: ClassVar[str] = _TRIALS
    assumed: ClassVar[tuple[str, ...]] = (
        "Sizes of baclofen's effects on afferents, inward current and strength are assumptions; "
        "trials of oral baclofen are few and their measures weak (Cochrane CD001332).",
    )

    dose_mg_per_day: float = setting(
        60.0, "daily dose", unit="mg/day", ge=0, le=120, source="20 mg four times a day at most"
    )

    def edit(self, participant: Participant, protocol: Protocol) -> tuple[Participant, Protocol]:
        """Return the participant with weaker reflexes and less strength."""
        share = share_of_studied(self.dose_mg_per_day, _BACLOFEN_HALF_mg, _BACLOFEN_STUDIED_mg)
        calmer = participant.treated(
            afferents=1.0 - BACLOFEN_AFFERENTS * share,
            receptors_driven=1.0 - BACLOFEN_L_TYPE * share,
            receptors_constitutive=1.0 - BACLOFEN_L_TYPE * share,
            largest_drive=1.0 - BACLOFEN_DRIVE * share,
        )
        return calmer, protocol


@dataclass(frozen=True, kw_only=True)
class Tizanidine(Intervention):
    """Oral tizanidine, an agonist of alpha2 receptors."""

    key: ClassVar[str] = "tizanidine"
    mechanism: ClassVar[str] = (
        "Alpha2 receptors keep noradrenaline from being released and weaken excitation by "
        "afferents: neuromodulation and reflexes are lower; a little weakness."
    )
    certainty: ClassVar[str] = ANIMALS
    source: ClassVar[str] = _TRIALS
    assumed: ClassVar[tuple[str, ...]] = (
        "Sizes of tizanidine's effects on noradrenaline, afferents and strength are assumptions; "
        "that it weakens less than baclofen was measured (doi:10.1017/s0317167100027104).",
    )

    dose_mg_per_day: float = setting(
        24.0,
        "daily dose",
        unit="mg/day",
        ge=0,
        le=36,
        source="doi:10.1111/j.1600-0404.1987.tb07916.x",
    )

    def edit(self, participant: Participant, protocol: Protocol) -> tuple[Participant, Protocol]:
        """Return the participant with less noradrenaline, weaker reflexes and less strength."""
        share = share_of_studied(self.dose_mg_per_day, _TIZANIDINE_HALF_mg, _TIZANIDINE_STUDIED_mg)
        calmer = participant.treated(
            afferents=1.0 - TIZANIDINE_AFFERENTS * share,
            monoamines=1.0 - TIZANIDINE_MONOAMINES * share,
            largest_drive=1.0 - TIZANIDINE_DRIVE * share,
        )
        return calmer, protocol
