"""Training, stretching and fatigue: what muscles do to the cord that drives them."""

from __future__ import annotations

from dataclasses import dataclass
from math import exp
from typing import ClassVar

from renshaw.core.settings import setting
from renshaw.interventions.dose import share_of_studied
from renshaw.interventions.intervention import PEOPLE, Intervention
from renshaw.model.participant import Participant
from renshaw.protocols import Protocol

_MOST_WEEKS = 52.0
# Weeks are kept to this grain, so that sums of them don't tell the order of their terms.
_GRAIN_weeks = 2.0**-20

# Inhibition after five minutes of stretch, M_i in 1e-5 S/cm2, in the muscle where delta F fell.
STRETCH_INHIBITION = {"SOL": 0.3}
_STUDIED_min, _HALF_min = 5.0, 5.0

# After a loss of 30 % of MVC: share of monoamines and of the largest drive that is gone.
FATIGUE_MONOAMINES, FATIGUE_DRIVE = 0.01, 0.2
_STUDIED_PCT, _HALF_PCT = 30.0, 30.0
_RECOVERY_min = 1.7


@dataclass(frozen=True, kw_only=True)
class ResistanceTraining(Intervention):
    """Weeks of resistance training: stronger muscles and stronger inward currents.

    Torque is relative to the MVC after training, as in the laboratory.
    """

    key: ClassVar[str] = "resistance-training"
    mechanism: ClassVar[str] = (
        "Muscle units grow stronger, neuromodulation rises and the afterhyperpolarization gets "
        "shorter."
    )
    certainty: ClassVar[str] = PEOPLE
    source: ClassVar[str] = "doi:10.1152/jn.00462.2022"
    fitted: ClassVar[str] = (
        "soleus of older adults after 6 weeks: delta F +0.58 to +0.87 pps, peak rate +0.78 to "
        "+0.99 pps"
    )
    assumed: ClassVar[tuple[str, ...]] = (
        "The effect of training is taken to be the same in every muscle and at every age, two "
        "thirds of it within four weeks.",
    )

    weeks: float = setting(6.0, "weeks of training", unit="weeks", ge=0, le=52)

    def edit(self, participant: Participant, protocol: Protocol) -> tuple[Participant, Protocol]:
        """Return the participant after so many more weeks; the protocol is unchanged."""
        if self.weeks == 0.0:
            return participant, protocol
        weeks = sum(round(w / _GRAIN_weeks) for w in (participant.trained_weeks, self.weeks))
        trained = min(_MOST_WEEKS, weeks * _GRAIN_weeks)
        return participant.replace(trained_weeks=trained), protocol


@dataclass(frozen=True, kw_only=True)
class Stretch(Intervention):
    """Static stretches of the calf, just before."""

    key: ClassVar[str] = "stretch"
    mechanism: ClassVar[str] = "Motoneurons of the stretched soleus receive more inhibition."
    certainty: ClassVar[str] = PEOPLE
    source: ClassVar[str] = "Trajano et al. 2020, doi:10.1242/jeb.229922"
    fitted: ClassVar[str] = "delta F of the soleus, -25.6 % [-45.1, -9.1]; the GM did not change"
    assumed: ClassVar[tuple[str, ...]] = (
        "Stretch is modeled as inhibition of the soleus alone, where delta F fell; lower "
        "neuromodulation would explain it as well, and how long it lasts is not modeled.",
    )

    minutes: float = setting(5.0, "time in stretch", unit="min", ge=0, le=60)

    def edit(self, participant: Participant, protocol: Protocol) -> tuple[Participant, Protocol]:
        """Return the participant with a calmer soleus; the protocol is unchanged."""
        share = share_of_studied(self.minutes, _HALF_min, _STUDIED_min)
        added = STRETCH_INHIBITION.get(participant.muscle, 0.0) * share
        return participant.treated(inhibition_added=added), protocol


@dataclass(frozen=True, kw_only=True)
class Fatigue(Intervention):
    """A fatiguing contraction before: less neuromodulation and less drive, for minutes."""

    key: ClassVar[str] = "fatigue"
    mechanism: ClassVar[str] = (
        "Neuromodulation and the largest drive are lower for a few minutes (central fatigue)."
    )
    certainty: ClassVar[str] = PEOPLE
    source: ClassVar[str] = "Blazevich et al. 2024 (plantar flexors, MVC down to 70 %)"
    assumed: ClassVar[tuple[str, ...]] = (
        "That self-sustained torque falls by 59 % after fatigue and recovers within five minutes "
        "was measured; that this is less neuromodulation, and the size, is assumed. Fatigue of the "
        "muscle itself is not modeled.",
    )

    lost_pct_mvc: float = setting(30.0, "strength that was lost", unit="% MVC", ge=0, le=80)
    minutes_after: float = setting(0.0, "time since then", unit="min", ge=0, le=600)

    def edit(self, participant: Participant, protocol: Protocol) -> tuple[Participant, Protocol]:
        """Return the tired participant; the protocol is unchanged."""
        left = exp(-self.minutes_after / _RECOVERY_min)
        share = left * share_of_studied(self.lost_pct_mvc, _HALF_PCT, _STUDIED_PCT)
        tired = participant.treated(
            monoamines=1.0 - FATIGUE_MONOAMINES * share, largest_drive=1.0 - FATIGUE_DRIVE * share
        )
        return tired, protocol
