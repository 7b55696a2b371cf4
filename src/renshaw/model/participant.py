"""`Participant`: who - a motoneuron pool, personal traits and the state of the cord."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from renshaw.core.settings import Knob, Settings, setting
from renshaw.model.ageing import aged_cord, aged_pool
from renshaw.model.conditions import CONDITIONS, condition_cord
from renshaw.model.cord import Cord
from renshaw.model.editions import DEFAULT_EDITION, EDITIONS
from renshaw.model.muscles import MUSCLES, muscle_pool
from renshaw.model.pool import Pool
from renshaw.model.sex import SEXES, sexed_cord
from renshaw.model.training import trained_cord, trained_pool
from renshaw.model.treatment import Treatment

_POWERS = "doi:10.1152/jn.00850.2016"


def _in_health(name: str) -> Callable[[Any], float]:
    """Return what says how much of something a cord of that edition and muscle has in health."""
    return lambda who: float(getattr(EDITIONS[who.edition].health(who.muscle), name))


@dataclass(frozen=True, kw_only=True)
class Participant(Settings):
    """A person: the muscle that contracts and the state of the spinal cord that drives it.

    The state of the cord is stated for a healthy young adult; age, sex, condition, training and
    treatment change it (`cord`).

    Examples
    --------
    >>> import renshaw as rs
    >>> rs.Participant(muscle="SOL", age_years=70).muscle
    'SOL'
    >>> rs.Participant(muscle="biceps")
    Traceback (most recent call last):
        ...
    renshaw.core.errors.SettingsError: Participant.muscle = ...
    """

    name: str = setting("participant", "name of this person in tables and reports")
    muscle: str = setting(
        "TA", "muscle that contracts: TA (tibialis anterior), SOL or GM", choices=tuple(MUSCLES)
    )
    edition: int = setting(
        DEFAULT_EDITION,
        "edition of the virtual person: 2 (fitted to people) or 1 (makes earlier numbers again)",
        ge=1,
        le=2,
        named=True,
    )
    n_units: int = setting(
        40,
        "number of simulated motoneurons, which represent the whole pool of a young adult",
        ge=2,
        le=1000,
        knob=Knob(8, 40, 4, start=20, label="Motoneurons"),
    )
    age_years: float = setting(27.0, "age", unit="years", ge=18, le=100, knob=Knob(18, 90, 1))
    sex: str = setting("unspecified", "sex (unspecified: average of both)", choices=SEXES)
    condition: str = setting("healthy", "condition of the cord", choices=CONDITIONS)
    severity: float = setting(
        0.5,
        "severity of the condition, from 0 (as healthy) to 1",
        ge=0,
        le=1,
        knob=Knob(0, 1, 0.05),
    )
    trained_weeks: float = setting(
        0.0, "weeks of resistance training so far", unit="weeks", ge=0, le=52
    )
    neuromodulation: float = setting(
        None,
        "how strongly serotonin and noradrenaline amplify the inputs of the motoneurons, at 20 % "
        "MVC: scale of the L-type calcium conductance (first edition: 1 is the published model, "
        "0.935 healthy; second edition: 1 is healthy)",
        ge=0,
        le=3,
        source=_POWERS,
        # From where amplification is nearly gone to where units no longer stop, in every edition.
        knob=Knob(0.6, 1.5, 0.005, label="Neuromodulation (serotonin)"),
        usual=_in_health("neuromodulation"),
    )
    neuromodulation_per_pct_mvc: float = setting(
        None,
        "increase of neuromodulation for each % MVC above 20 % MVC",
        ge=0,
        le=0.1,
        usual=_in_health("neuromodulation_per_pct_mvc"),
    )
    inhibition: float = setting(
        1.5,
        "the brake: steady inhibition of the motoneurons, in 1e-5 S/cm2 (healthy 1.5, less "
        "after injury)",
        ge=0,
        le=100,
        source=_POWERS,
        knob=Knob(0, 4, 0.1),
    )
    inhibition_per_drive: float = setting(
        0.0,
        "inhibition that changes with descending drive (positive: proportional, negative: "
        "push-pull)",
        ge=-2,
        le=2,
        source=_POWERS,
    )
    largest_drive: float = setting(
        None,
        "excitation in a maximal effort, in 1e-5 S/cm2",
        gt=0,
        le=100,
        usual=_in_health("largest_drive"),
    )
    recurrent_inhibition: float = setting(
        0.0,
        "recurrent inhibition of motoneurons by Renshaw cells, relative to usual (0: none; the "
        "person was fitted without)",
        ge=0,
        le=10,
        source="doi:10.1152/jn.1991.65.2.168",
    )
    pic_shift_mV: float = setting(
        0.0,
        "shift of the L-type activation; positive makes the persistent inward current harder "
        "to start",
        unit="mV",
        ge=-20,
        le=20,
    )
    ahp_scale: float = setting(
        1.0,
        "duration of the afterhyperpolarization, relative to what is usual for the muscle",
        gt=0.2,
        le=5,
    )
    afferents: float = setting(
        1.0,
        "lasting excitation by muscle and skin afferents (vibration, touch), relative to usual",
        ge=0,
        le=100,
    )
    ia_synapses: float = setting(
        1.0,
        "excitation of motoneurons by their own Ia afferents in reflexes, relative to usual",
        ge=0,
        le=100,
    )
    treatment: Treatment = setting(Treatment, "effects of the interventions")

    def treated(self, **changes: float) -> Participant:
        """Return the person after one more treatment; see `Treatment.with_`.

        Parameters
        ----------
        **changes : float
            Fields of `Treatment`: factors and shifts.
        """
        return self.replace(treatment=self.treatment.with_(**changes))

    @property
    def untreated(self) -> Participant:
        """The same person without any treatment."""
        return self.replace(treatment=Treatment())

    @property
    def cord(self) -> Cord:
        """The state of the cord that age, sex, condition, training and treatment have left."""
        cord = Cord(
            monoaminergic=self.neuromodulation,
            monoaminergic_per_pct_mvc=self.neuromodulation_per_pct_mvc,
            inhibition=self.inhibition,
            inhibition_per_drive=self.inhibition_per_drive,
            largest_drive=self.largest_drive,
            ia_gain=self.ia_synapses,
            recurrent_gain=self.recurrent_inhibition,
            afferent_gain=self.afferents,
            pic_shift_mV=self.pic_shift_mV,
            ahp_scale=self.ahp_scale,
            edition=self.edition,
        )
        cord = aged_cord(cord, self.muscle, self.age_years, self.edition)
        cord = sexed_cord(cord, self.sex, self.edition)
        cord = trained_cord(cord, self.trained_weeks, self.edition)
        cord = condition_cord(cord, self.condition, self.severity)
        return self.treatment.of(cord)

    @property
    def units(self) -> Pool:
        """The motor units of this person, whatever cord they live in."""
        pool = aged_pool(muscle_pool(self.muscle, self.n_units, self.edition), self.age_years)
        return self.treatment.of_muscle(trained_pool(pool, self.trained_weeks))

    @property
    def pool(self) -> Pool:
        """The motoneurons of this person in the state that the cord gives them."""
        return self.cord.around(self.units)
