"""How people and sessions must differ in neuromodulation, so that delta F does as in people."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.interpolate import PchipInterpolator

from renshaw.calibration.arms import Arm, ArmJob
from renshaw.calibration.arms_kept import Laboratory, change, error_of, level, mean_of
from renshaw.calibration.effects_fit import Found
from renshaw.core.seeds import stream
from renshaw.model.second_edition.effects import Between

FloatArray = NDArray[np.float64]

# Peaks of triangles; trials of a session, whose mean is a person's delta F.
_PCT_MVC, _TRIALS = 20.0, 2
_LEVELS = (0.8, 0.94, 1.0, 1.06, 1.2)
_STEP = {"ahp": 0.12, "inhibition": 0.4}
# Sizes that are tried, and people of each.
_SIZES, _PEOPLE = np.linspace(0.0, 0.4, 161), 1000


@dataclass(frozen=True)
class Spread:
    """How people and sessions must differ, in neuromodulation.

    Parameters
    ----------
    people, session : Found
    simulated : mapping
        Standard deviation of delta F between people that comes of it, by muscle.
    """

    people: Found
    session: Found
    simulated: Mapping[str, float]


def spread_jobs(laboratory: Laboratory, wanted: Sequence[Between]) -> list[ArmJob]:
    """Return what has to be measured to know how people must differ."""
    arms = [
        arm
        for each in wanted
        for arm in (
            *(Arm(each.muscle, _PCT_MVC, neuromodulation=x) for x in _LEVELS),
            *(Arm(each.muscle, _PCT_MVC).under({axis: step}) for axis, step in _STEP.items()),
        )
    ]
    return [laboratory.job(arm) for arm in arms]


def find_spread(
    laboratory: Laboratory, wanted: Sequence[Between], others: Mapping[str, float], seed: int
) -> Spread:
    """Return how people and sessions must differ so that a quantity does as in people.

    Parameters
    ----------
    laboratory : Laboratory
    wanted : sequence of Between
    others : mapping
        Standard deviations of the other traits: ``ahp``, ``inhibition``.
    seed : int
    """
    chance = stream(seed, "effects", "population")
    deviates = chance.standard_normal(_PEOPLE)
    muscles = [_Muscle.measured(laboratory, each, others, deviates) for each in wanted]
    n = laboratory.settings.seeds
    everyone = np.arange(n)
    best = _least(muscles, everyone, np.zeros(len(muscles)))
    drawn = np.array(
        [
            _least(muscles, chance.integers(0, n, n), chance.standard_normal(len(muscles)))
            for _ in range(laboratory.settings.resamples)
        ]
    )
    low, high = np.quantile(drawn, [0.05, 0.95], axis=0)
    people, session = (
        Found(b, float(lo), float(hi), "fitted") for b, lo, hi in zip(best, low, high, strict=True)
    )
    at = int(np.argmin(np.abs(_SIZES - people.value)))
    return Spread(
        people,
        session,
        {m.wanted.muscle: float(np.sqrt(m.variance(everyone)[at])) for m in muscles},
    )


@dataclass(frozen=True, eq=False)
class _Muscle:
    """What differs between people of a muscle, and what would.

    Parameters
    ----------
    wanted : Between
    curve : array, shape (levels, seeds)
        Change of the quantity at levels of neuromodulation.
    noise : float
        Variance of a session's mean in the same person.
    rest : float
        Variance between people that comes of their other traits.
    deviates : array
        Standard normal, of many people.
    """

    wanted: Between
    curve: FloatArray
    noise: float
    rest: float
    deviates: FloatArray

    @classmethod
    def measured(
        cls,
        laboratory: Laboratory,
        wanted: Between,
        others: Mapping[str, float],
        deviates: FloatArray,
    ) -> _Muscle:
        control = Arm(wanted.muscle, _PCT_MVC)

        def changes(arm: Arm) -> FloatArray:
            return change(laboratory, control, arm, wanted.quantity)

        levels = [Arm(wanted.muscle, _PCT_MVC, neuromodulation=x) for x in _LEVELS]
        usual = level(laboratory, control, wanted.quantity)
        slopes = {
            axis: float(mean_of(changes(control.under({axis: step})))) / step
            for axis, step in _STEP.items()
        }
        return cls(
            wanted,
            np.array([changes(arm) for arm in levels]),
            float(error_of(usual)) ** 2 * len(usual) / _TRIALS,
            sum((others[axis] * slope) ** 2 for axis, slope in slopes.items()),
            deviates,
        )

    def variance(self, seeds: NDArray[np.int_], *, of_neuromodulation: bool = False) -> FloatArray:
        """Return the variance of the quantity at each size of the spread."""
        means = mean_of(self.curve[:, seeds])
        known = np.isfinite(means)
        levels = np.array(_LEVELS)[known]
        at = np.clip(1.0 + _SIZES[:, None] * self.deviates, levels[0], levels[-1])
        curve = PchipInterpolator(levels, means[known])
        found: FloatArray = curve(at).var(axis=1)
        return found if of_neuromodulation else found + self.rest


def _least(
    muscles: Sequence[_Muscle], seeds: NDArray[np.int_], errors: FloatArray
) -> tuple[float, float]:
    """Return the sizes, of people and of sessions, that are least off in all muscles together."""
    people, session = np.zeros(len(_SIZES)), np.zeros(len(_SIZES))
    for each, error in zip(muscles, errors, strict=True):
        of = each.wanted
        # In one session people differ by themselves, by their session and by its noise.
        whole = max(0.0, of.between + error * of.sd)
        lasting = np.sqrt(each.variance(seeds))
        people += ((lasting - whole * np.sqrt(of.reliability)) / of.sd) ** 2
        passing = np.sqrt(each.variance(seeds, of_neuromodulation=True) + each.noise)
        session += ((passing - whole * np.sqrt(1.0 - of.reliability)) / of.sd) ** 2
    return float(_SIZES[np.argmin(people)]), float(_SIZES[np.argmin(session)])
