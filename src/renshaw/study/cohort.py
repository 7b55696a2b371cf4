"""A virtual cohort: participants drawn from distributions, each from a stream of their own."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from renshaw.core.errors import suggestion
from renshaw.core.seeds import stream
from renshaw.core.settings import Settings, setting
from renshaw.model.conditions import CONDITIONS
from renshaw.model.editions import DEFAULT_EDITION, EDITIONS
from renshaw.model.muscles import MUSCLES
from renshaw.model.participant import Participant
from renshaw.study.population import Population, population_of


def _healthy(settings: CohortSettings) -> float:
    # A muscle that there is not is refused once all settings are known.
    muscle = settings.muscle if settings.muscle in MUSCLES else next(iter(MUSCLES))
    return EDITIONS[settings.edition].health(muscle).neuromodulation


def _spread(name: str) -> Callable[[CohortSettings], float]:
    """Return what says how much the people of a cohort's edition differ in something."""
    return lambda settings: float(getattr(population_of(settings.edition), name))


_OPEN_DATA = "github.com/orssatto/PICs-ageing"


@dataclass(frozen=True, kw_only=True)
class CohortSettings(Settings):
    """How many virtual participants there are and how they differ."""

    participants: int = setting(15, "number of virtual participants", ge=2, le=1_000_000)
    prefix: str = setting(
        "",
        "first letters of the participants' names; arms with the same prefix and cohort have "
        "the same people (empty: P, or A, B, ... if there are several arms)",
    )
    muscle: str = setting("TA", "muscle that contracts")
    edition: int = setting(DEFAULT_EDITION, "edition of the virtual person", ge=1, le=2, named=True)
    n_units: int = setting(40, "motoneurons simulated in each participant", ge=2, le=1000)
    age_years: float = setting(27.0, "mean age", unit="years", ge=18, le=100)
    age_sd: float = setting(0.0, "standard deviation of age", unit="years", ge=0, le=50)
    age_min: float = setting(18.0, "lowest age", unit="years", ge=18, le=100)
    age_max: float = setting(100.0, "highest age", unit="years", ge=18, le=100)
    women: float | None = setting(None, "share of women (empty: not specified)", ge=0, le=1)
    condition: str = setting("healthy", "condition of the cord", choices=CONDITIONS)
    severity: float = setting(0.5, "mean severity of the condition, from 0 to 1", ge=0, le=1)
    severity_sd: float = setting(0.0, "standard deviation of severity", ge=0, le=1)
    neuromodulation: float = setting(
        None,
        "mean neuromodulation (first edition: 1 is the published model, 0.935 healthy; second "
        "edition: 1 is healthy)",
        ge=0,
        le=3,
        usual=_healthy,
    )
    neuromodulation_sd: float = setting(
        None,
        "standard deviation of neuromodulation between participants",
        ge=0,
        le=1,
        source=_OPEN_DATA,
        usual=_spread("neuromodulation"),
    )
    session_sd: float = setting(
        None,
        "standard deviation of a participant's neuromodulation between sessions",
        ge=0,
        le=1,
        usual=_spread("session"),
    )
    inhibition: float = setting(1.5, "mean tonic inhibition, M_i in 1e-5 S/cm2", ge=0, le=100)
    inhibition_sd: float = setting(
        None,
        "standard deviation of tonic inhibition between participants",
        ge=0,
        le=100,
        usual=_spread("inhibition"),
    )
    ahp_sd: float = setting(
        None,
        "standard deviation of the duration of the afterhyperpolarization, relative to its mean",
        ge=0,
        le=0.5,
        usual=_spread("ahp"),
    )
    afferents: float = setting(
        1.0, "median excitation by muscle and skin afferents, relative to usual", ge=0, le=10
    )
    afferents_sd: float = setting(
        None,
        "spread of that excitation (standard deviation of its logarithm)",
        ge=0,
        le=2,
        usual=_spread("afferents"),
    )

    @property
    def population(self) -> Population:
        """How the participants differ."""
        return Population(
            neuromodulation=self.neuromodulation_sd,
            inhibition=self.inhibition_sd,
            ahp=self.ahp_sd,
            afferents=self.afferents_sd,
            session=self.session_sd,
        )

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.muscle not in MUSCLES:
            hint = suggestion(self.muscle, MUSCLES)
            why = "there is no such muscle."
            raise self.refusal("muscle", why, code="settings.unknown", hint=hint)
        if self.age_min > self.age_max:
            raise self.refusal("age_min", f"must not be above age_max, {self.age_max:g}.")


def draw_cohort(settings: CohortSettings, seed: int) -> tuple[Participant, ...]:
    """Return the participants; person k is the same however many others there are."""
    return tuple(person(settings, seed, k) for k in range(settings.participants))


def person(settings: CohortSettings, seed: int, k: int) -> Participant:
    """Return participant k of the cohort, counted from 0."""
    prefix = settings.prefix or "P"
    names: tuple[str | int, ...] = ("participant", k)
    if prefix != "P":
        names = ("participant", prefix, k)
    z = stream(seed, *names).standard_normal(6)
    age = settings.age_years + settings.age_sd * z[3]
    severity = settings.severity + settings.severity_sd * z[4]
    typical = Participant(
        name=f"{prefix}{k + 1:02d}",
        muscle=settings.muscle,
        edition=settings.edition,
        n_units=settings.n_units,
        age_years=round(float(np.clip(age, settings.age_min, settings.age_max)), 1),
        sex=_sex(settings.women, k),
        condition=settings.condition,
        severity=round(float(np.clip(severity, 0.0, 1.0)), 4),
        neuromodulation=settings.neuromodulation,
        inhibition=settings.inhibition,
        afferents=settings.afferents,
    )
    drawn = settings.population.person(typical, (z[0], z[1], z[2], z[5]))
    return _rounded(drawn, "neuromodulation", "inhibition", "ahp_scale", "afferents")


def in_session(who: Participant, settings: CohortSettings, seed: int, session: int) -> Participant:
    """Return the person as she is in a session."""
    z = stream(seed, "session", who.name, session).standard_normal()
    return _rounded(settings.population.in_session(who, float(z)), "neuromodulation")


def _sex(women: float | None, k: int) -> str:
    if women is None:
        return "unspecified"
    # Evenly spread and not by chance: of 15 people, a third are exactly 5.
    return "female" if int((k + 1) * women + 0.5) > int(k * women + 0.5) else "male"


def _rounded(who: Participant, *names: str) -> Participant:
    # Short numbers, so that the history prints as a program that a person can read.
    return who.replace(**{name: round(float(getattr(who, name)), 4) for name in names})
