"""The population of virtual people: how they differ, said once for whoever draws some of them.

Validation, studies, plans and designs draw from it, so that what holds in one holds in all.
"""

from __future__ import annotations

import functools
from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np

from renshaw.model.effects import effect
from renshaw.model.participant import Participant


@dataclass(frozen=True)
class Population:
    """How people differ, and how a person differs from one session to the next.

    Standard deviations. Those of an edition, by `population_of`, were chosen (1) or fitted (2) so
    that spread and reliability of delta F are as in people (T7 and T10 of `renshaw validate`).

    Parameters
    ----------
    neuromodulation : float
        On the scale of the edition (health is 0.935 in the first, 1 in the second).
    inhibition : float
        Of tonic inhibition, M_i in 1e-5 S/cm2.
    ahp : float
        Of the logarithm of the duration of the afterhyperpolarization.
    afferents : float
        Of the logarithm of excitation by afferents.
    session : float
        Of a person's neuromodulation between sessions.
    """

    neuromodulation: float
    inhibition: float
    ahp: float
    afferents: float
    session: float

    def person(
        self, typical: Participant, deviates: Sequence[float], session: float = 0.0
    ) -> Participant:
        """Return somebody who differs from the typical person.

        Parameters
        ----------
        typical : Participant
        deviates : sequence of four floats
            Standard normal: neuromodulation, inhibition, afterhyperpolarization, afferents.
        session : float
            Standard normal: how the person is in this session.
        """
        neuromodulation, inhibition, ahp, afferents = deviates
        shift = self.neuromodulation * neuromodulation + self.session * session
        return typical.replace(
            neuromodulation=max(0.0, typical.neuromodulation + shift),
            inhibition=max(0.0, typical.inhibition + self.inhibition * inhibition),
            ahp_scale=float(typical.ahp_scale * np.exp(self.ahp * ahp)),
            afferents=float(typical.afferents * np.exp(self.afferents * afferents)),
        )

    def in_session(self, who: Participant, deviate: float) -> Participant:
        """Return the person as she is in another session.

        Parameters
        ----------
        who : Participant
        deviate : float
            Standard normal.
        """
        return self.person(who, (0.0, 0.0, 0.0, 0.0), deviate)


@functools.cache
def population_of(edition: int) -> Population:
    """Return how the people of an edition differ."""
    names = (field.name for field in fields(Population))
    return Population(**{name: effect(edition, f"population.{name}") for name in names})
