"""A virtual cohort: participants drawn from distributions, each from a stream of their own."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from renshaw.core.seeds import stream
from renshaw.core.settings import Settings, setting
from renshaw.model.participant import Participant


@dataclass(frozen=True, kw_only=True)
class CohortSettings(Settings):
    """How many virtual participants there are and how they differ."""

    participants: int = setting(15, "virtual participants", ge=2, le=1000)
    muscle: str = setting("TA", "muscle that contracts")
    n_units: int = setting(40, "motoneurons simulated in each participant", ge=2, le=1000)
    neuromodulation: float = setting(
        0.935, "mean neuromodulation; 1 is the published L-type conductance", ge=0, le=3
    )
    neuromodulation_sd: float = setting(
        0.01, "standard deviation of neuromodulation between participants", ge=0, le=1
    )
    inhibition: float = setting(1.5, "mean tonic inhibition, M_i in 1e-5 S/cm2", ge=0, le=100)
    inhibition_sd: float = setting(
        0.05, "standard deviation of tonic inhibition between participants", ge=0, le=100
    )
    ahp_sd: float = setting(
        0.04, "standard deviation of the afterhyperpolarization's duration, relative", ge=0, le=0.5
    )


def draw_cohort(settings: CohortSettings, seed: int) -> tuple[Participant, ...]:
    """Return the participants; person k is the same however many others there are."""
    return tuple(_draw(settings, seed, k) for k in range(settings.participants))


def _draw(settings: CohortSettings, seed: int, k: int) -> Participant:
    z = stream(seed, "participant", k).standard_normal(3)
    return Participant(
        name=f"P{k + 1:02d}",
        muscle=settings.muscle,
        n_units=settings.n_units,
        neuromodulation=_rounded(settings.neuromodulation + settings.neuromodulation_sd * z[0]),
        inhibition=_rounded(settings.inhibition + settings.inhibition_sd * z[1]),
        ahp_scale=_rounded(np.exp(settings.ahp_sd * z[2])),
    )


def _rounded(value: float) -> float:
    # Short numbers, so that the history prints as a program that a person can read.
    return max(0.0, round(float(value), 4))
