"""The modified Ashworth scale: a rater moves the foot and grades how it resists.

The ankle is moved from rest through its range within a second, as raters do; bell-shaped, the
velocity highest in the middle. What resists is tissue (stiffness, damping and the stop) and the
calf, whose motoneurons the movement excites. The largest resistance beyond a healthy person's
tissue is what a hand may notice.

Grades from resistance: an assumption, because no published rule gives a grade for a torque. Bounds
lie evenly on the logarithm of the resistance, each grade half as much again as the one before,
from 2 Nm. In people the resistance of tissue goes with the grade (r2 = .51) and the reflex torque
of such slow movements hardly does (de Vlugt et al. 2010, doi:10.1186/1743-0003-7-35).

A rater's error: noise on that logarithm, equal for all raters, whose size follows from how well
raters agree: two raters of persons who are spread evenly over the grades are to have kappa = .514
(30 people with hemiplegia; NeuroRehabilitation 2008;23:231).
"""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import scipy

from renshaw.core.seeds import stream
from renshaw.core.settings import setting
from renshaw.data.arrays import FloatArray
from renshaw.experiment.reflexes.bench import Bench, EMG_hz, Progress, Volleys
from renshaw.experiment.reflexes.limb import Limb
from renshaw.experiment.reflexes.register import Found, tests
from renshaw.experiment.reflexes.result import Outcome
from renshaw.experiment.reflexes.settings import ReflexSettings
from renshaw.muscle.ankle import Ankle, stops_Nm, stretch_mm, while_moving

GRADES = ("0", "1", "1+", "2", "3", "4")
_FIRST_Nm, _EACH = 2.0, 1.5
KAPPA: float = 0.514
_AFTER_s = 0.3
_ASSUMED = "the mapping from resistance to grade is an assumption, not a measurement"
_NONE = "no increase in tone, by definition of the scale"


@dataclass(frozen=True, kw_only=True)
class AshworthSettings(ReflexSettings):
    """A rater moves the foot through its range in a second: modified Ashworth grade."""

    name: ClassVar[str] = "ashworth"
    title: ClassVar[str] = "Modified Ashworth scale"

    range_deg: float = setting(
        27.7, "from the resting position up; to 20 deg beyond neutral", unit="deg", gt=0, le=40
    )
    lasts_s: float = setting(1.0, "duration of the movement", unit="s", ge=0.1, le=10)
    stiffer: float = setting(
        1.0,
        "passive stiffness and damping relative to a healthy adult's (in multiple sclerosis 2.5)",
        ge=0.2,
        le=10,
    )
    raters: int = setting(10, "raters, each of whom grades once", ge=1, le=1000)


@tests(AshworthSettings)
def ashworth(bench: Bench, settings: AshworthSettings, progress: Progress | None) -> Found:
    """Return the resistance by the angle, and the grades of the raters."""
    import pandas as pd

    limb, repeats = Limb(bench), settings.repeats
    # Raters feel with a foot that they hold in their hand: its inertia is theirs to move.
    angle = np.radians(settings.range_deg) * _moved(settings.lasts_s, limb.step_s)
    course = limb.stretched(stretch_mm(angle[np.newaxis]), 10.0, 0)[0]
    lasts_s = len(angle) * limb.step_s
    trials = [
        Volleys(np.empty(0), np.empty(0), repeat, excitation=each)
        for each in (None, course)
        for repeat in range(repeats)
    ]
    spikes = bench.record(trials, before_s=0.1, after_s=lasts_s, progress=progress)
    isometric = np.array([limb.torque_Nm(each, 0.1, lasts_s) for each in spikes])
    every_s = 0.002
    times_s = every_s * (1 + np.arange(isometric.shape[1]))
    at_rad = np.interp(times_s, limb.step_s * np.arange(len(angle)), angle)
    velocity = np.gradient(at_rad, every_s)
    calf = while_moving(isometric, at_rad, velocity)
    reflex = np.maximum(0.0, calf[repeats:] - calf[:repeats].mean(axis=0))
    tissue = passive_Nm(Ankle.loaded(0.0, settings.stiffer), at_rad, velocity)
    healthy = passive_Nm(Ankle(), at_rad, velocity)
    moving = times_s <= settings.lasts_s
    felt = (tissue - healthy + reflex)[:, moving].max(axis=1)
    resistance = float(felt.mean())
    grades = rated(np.full(settings.raters, resistance), bench.seed)
    bins = np.linspace(0.0, settings.range_deg, 29)
    shown_at = [int(np.searchsorted(np.degrees(at_rad[moving]), edge)) for edge in bins[1:]]
    shown_at = [min(i, int(moving.sum()) - 1) for i in shown_at]
    table = pd.DataFrame(
        {
            "angle_deg": bins[1:],
            "velocity_deg_per_s": np.degrees(velocity[shown_at]),
            "tissue_nm": tissue[shown_at],
            "reflex_nm": reflex.mean(axis=0)[shown_at],
            "reflex_sd": reflex.std(axis=0, ddof=1)[shown_at] if repeats > 1 else np.nan,
        }
    )
    largest = bench.m_max()
    wave = np.mean([bench.emg(each, lasts_s) for each in spikes[repeats:]], axis=0) / largest
    return Found(
        table,
        _outcomes(resistance, reflex[:, moving], grades),
        {"EMG": wave[: int(lasts_s * EMG_hz)]},
    )


def passive_Nm(ankle: Ankle, angle_rad: FloatArray, rad_per_s: FloatArray) -> FloatArray:
    """Return the torque of the tissue at an ankle that is moved."""
    tissue = ankle.stiffness_Nm_per_rad * angle_rad + ankle.damping_Nm_s_per_rad * rad_per_s
    return np.asarray(tissue + stops_Nm(angle_rad) - stops_Nm(np.zeros(())))


def grade_of(resistance_Nm: FloatArray) -> FloatArray:
    """Return the number (0 to 5) of the grade of a resistance, by a rater who does not err."""
    steps = np.log(np.maximum(1e-9, resistance_Nm) / _FIRST_Nm) / np.log(_EACH)
    return np.asarray(np.clip(np.floor(steps) + 1.0, 0.0, len(GRADES) - 1.0))


def rated(resistance_Nm: FloatArray, seed: int) -> FloatArray:
    """Return the number (0 to 5) of the grade that each of some raters gives, with her error."""
    chance = stream(seed, "rater").standard_normal(len(resistance_Nm))
    return grade_of(np.maximum(1e-9, resistance_Nm) * _EACH ** (rater_sd() * chance))


@functools.cache
def rater_sd() -> float:
    """Return the error of a rater, in grades, with which two raters agree as people do."""
    return float(scipy.optimize.brentq(lambda sd: agreement(sd) - KAPPA, 0.02, 3.0))


def agreement(sd: float) -> float:
    """Return Cohen's kappa of two raters who err by so many grades (SD).

    Persons are spread evenly over the grades.
    """
    grades = len(GRADES)
    true = (np.arange(grades * 200) + 0.5) / 200
    edges = np.concatenate([[-np.inf], np.arange(1, grades), [np.inf]])
    given = np.diff(scipy.stats.norm.cdf((edges - true[:, np.newaxis]) / sd), axis=1)
    agreed = float(np.mean(np.sum(given**2, axis=1)))
    by_chance = float(np.sum(given.mean(axis=0) ** 2))
    return (agreed - by_chance) / (1.0 - by_chance)


def _moved(lasts_s: float, step_s: float) -> FloatArray:
    """Return how much of a movement with the smallest jerk is done, and that it then stays."""
    share = np.minimum(1.0, step_s * np.arange(round((lasts_s + _AFTER_s) / step_s)) / lasts_s)
    return np.asarray(share**3 * (10.0 - 15.0 * share + 6.0 * share**2))


def _outcomes(resistance: float, reflex: FloatArray, grades: FloatArray) -> tuple[Outcome, ...]:
    middle = float(np.median(grades))
    shares = [
        Outcome(f"raters who say {name}", 100.0 * float(np.mean(grades == i)), "%")
        for i, name in enumerate(GRADES)
    ]
    return (
        Outcome("modified Ashworth grade", middle, "(1+ counts as 2, 2 as 3)", 0.0, 0.5, _NONE),
        Outcome("resistance beyond healthy tissue", resistance, "Nm", None, None, _ASSUMED),
        Outcome("of it by the reflex", float(reflex.max(axis=1).mean()), "Nm"),
        Outcome("error of a rater", rater_sd(), "grades", None, None, f"from kappa = {KAPPA}"),
        *shares,
    )
