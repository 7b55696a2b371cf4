"""Resistance training: weeks of it make muscles stronger, and inward currents as well."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from renshaw.core.settings import setting
from renshaw.interventions.intervention import PEOPLE, Intervention
from renshaw.interventions.register import INTERVENTIONS
from renshaw.model.participant import Participant
from renshaw.protocols import Protocol

_MOST_WEEKS = 52.0
# Weeks are kept to this grain, so that sums of them don't tell the order of their terms.
_GRAIN_weeks = 2.0**-20


@INTERVENTIONS.add
@dataclass(frozen=True, kw_only=True)
class ResistanceTraining(Intervention):
    """Weeks of resistance training: stronger muscles and stronger inward currents.

    Torque is relative to the MVC after training, as in the laboratory.
    """

    name: ClassVar[str] = "resistance-training"
    rank: ClassVar[float] = 130
    title: ClassVar[str] = "Resistance training"
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
