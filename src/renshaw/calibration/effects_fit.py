"""The sizes of effects that meet all their data, and how people must differ.

A family of effects (what does it: a drug, age) has one or two constants. What its data would be at
any size is interpolated between the sizes simulated; the sizes with the least sum of squared
residuals are the values.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.interpolate import PchipInterpolator

from renshaw.calibration.arms import SIZES, Arm, ArmJob, Laboratory, change, level
from renshaw.calibration.targets import FITTED
from renshaw.core.seeds import stream
from renshaw.model.second_edition.effects import Datum, Effect

FloatArray = NDArray[np.float64]

# Delta F of people: standard deviation between them, and its error (open data of Orssatto et al.
# 2021; 18 people). A session and its noise leave an intraclass correlation of .75 to .78.
BETWEEN_PEOPLE = {"TA": (0.89, 0.15), "SOL": (0.67, 0.15)}
RELIABILITY = 0.76
AGEING = "ageing"
# Peaks of triangles, trials of a session whose mean is a person's delta F.
_PCT_MVC, _TRIALS = 20.0, 2
_FINE = 161


@dataclass(frozen=True)
class Found:
    """The value of a constant.

    Parameters
    ----------
    value, low, high : float
        The value, and nine of ten between.
    told : str
        How.
    """

    value: float
    low: float
    high: float
    told: str

    def times(self, factor: float, most: float) -> Found:
        """Return what is assumed to be as large, times the factor, within its bound."""
        value, low, high = (min(most, factor * x) for x in (self.value, self.low, self.high))
        return Found(value, low, high, "assumed")


@dataclass(frozen=True)
class Held:
    """A datum beside what was simulated, with fresh seeds."""

    datum: Datum
    wanted: float
    sd: float
    simulated: float
    error: float

    @property
    def met(self) -> bool:
        """Whether they are within two standard deviations of both together."""
        return abs(self.simulated - self.wanted) <= 2.0 * float(np.hypot(self.sd, self.error))


Row = tuple[Datum, tuple[Effect, ...], Arm]


class Family:
    """The constants of one effect, and the data that tell them.

    Parameters
    ----------
    rows : sequence of (Datum, effects, control)
        Of each datum who is measured without the effect.
    laboratory : Laboratory
    """

    def __init__(self, rows: Sequence[Row], laboratory: Laboratory) -> None:
        self.rows = rows
        self.effects = rows[0][1]
        self._laboratory = laboratory

    def jobs(self) -> list[ArmJob]:
        """Return all that has to be measured."""
        arms: dict[Arm, None] = {}
        for datum, effects, control in self.rows:
            arms[control] = None
            for sizes in _grid(effects, datum):
                for side in _sides(datum):
                    arms[_arm(datum, effects, control, sizes, side)] = None
        return [self._laboratory.job(arm) for arm in arms]

    def find(self, seed: int) -> list[Found]:
        """Return the value of each constant, with its range."""
        fitted = [row for row in self.rows if row[0].role == FITTED]
        answers = [self._answers(row) for row in fitted]
        chance = stream(seed, "effects", self.effects[0].family)
        n = self._laboratory.settings.seeds
        best = self._least(fitted, answers, np.arange(n), np.zeros(len(fitted)))
        drawn = np.array(
            [
                self._least(
                    fitted, answers, chance.integers(0, n, n), chance.standard_normal(len(fitted))
                )
                for _ in range(self._laboratory.settings.resamples)
            ]
        )
        low, high = np.quantile(drawn, [0.05, 0.95], axis=0)
        return [
            Found(float(b), float(lo), float(hi), _told(each, float(b)))
            for each, b, lo, hi in zip(self.effects, best, low, high, strict=True)
        ]

    def hold(self, values: Sequence[float]) -> list[Held]:
        """Return all data beside what is simulated at these values, with fresh seeds."""
        found = []
        jobs = []
        for datum, effects, control in self.rows:
            arms = [control]
            arms += [_arm(datum, effects, control, values, side) for side in _sides(datum)]
            jobs += [self._laboratory.job(arm, fresh=True) for arm in arms]
        self._laboratory.measure(jobs)
        for datum, effects, control in self.rows:
            seeds = sum(
                side
                * change(
                    self._laboratory,
                    control,
                    _arm(datum, effects, control, values, side),
                    datum.quantity,
                    fresh=True,
                )
                for side in _sides(datum)
            )
            scale = 1.0
            if datum.relative:
                usual = level(self._laboratory, control, datum.quantity, fresh=True)
                scale = float(np.nanmean(usual))
            n = max(1, int(np.isfinite(seeds).sum()))
            error = float(np.nanstd(seeds, ddof=1) / np.sqrt(n))
            found.append(
                Held(datum, datum.change, datum.sd, float(np.nanmean(seeds)) / scale, error / scale)
            )
        return found

    def _answers(self, row: Row) -> tuple[list[tuple[float, ...]], FloatArray]:
        """Return the sizes simulated and the changes, shape (sizes, seeds)."""
        datum, effects, control = row
        grid = _grid(effects, datum)
        rows = []
        for sizes in grid:
            both = [
                side
                * change(
                    self._laboratory,
                    control,
                    _arm(datum, effects, control, sizes, side),
                    datum.quantity,
                )
                for side in _sides(datum)
            ]
            rows.append(np.sum(both, axis=0))
        answers = np.array(rows)
        if datum.relative:
            answers = answers / np.nanmean(level(self._laboratory, control, datum.quantity))
        return grid, answers

    def _least(
        self,
        fitted: Sequence[Row],
        answers: Sequence[tuple[list[tuple[float, ...]], FloatArray]],
        seeds: NDArray[np.int_],
        errors: FloatArray,
    ) -> FloatArray:
        axes = [np.linspace(each.low, _top(each), _FINE) for each in self.effects]
        mesh = np.meshgrid(*axes, indexing="ij")
        square = np.zeros(mesh[0].shape)
        for (datum, _, _), (grid, changes), error in zip(fitted, answers, errors, strict=True):
            means = np.nanmean(changes[:, seeds], axis=1)
            spread = np.nanstd(changes[:, seeds], axis=1, ddof=1) / np.sqrt(len(seeds))
            sd = float(np.hypot(datum.sd, np.nanmedian(spread)))
            square += (_between(grid, means, mesh) - (datum.change + error * datum.sd)) ** 2 / sd**2
        at = np.unravel_index(int(np.argmin(square)), square.shape)
        return np.array([axis[i] for axis, i in zip(axes, at, strict=True)])


def _between(
    grid: Sequence[tuple[float, ...]], means: FloatArray, mesh: Sequence[FloatArray]
) -> FloatArray:
    """Return the change at any sizes: a curve for each constant, and their product."""
    table = {sizes: float(mean) for sizes, mean in zip(grid, means, strict=True)}
    n = len(mesh)
    # Older people differ from young ones before any constant does; everybody else is the control.
    nothing = table.get((0.0,) * n, 0.0)
    total = np.full(mesh[0].shape, nothing)
    for k in range(n):
        alone = sorted(
            (sizes[k], mean)
            for sizes, mean in table.items()
            if all(size == 0 for j, size in enumerate(sizes) if j != k) and np.isfinite(mean)
        )
        known = {0.0: 0.0} | {size: mean - nothing for size, mean in alone}
        x = np.array(sorted(known))
        y = np.array([known[each] for each in x])
        total += PchipInterpolator(x, y)(mesh[k])
    if n == 2:
        corner = next(sizes for sizes in grid if all(sizes))
        sides = sum(
            table[tuple(s if j == k else 0.0 for j, s in enumerate(corner))] for k in (0, 1)
        )
        product = (table[corner] - sides + nothing) / np.prod(corner)
        total += product * mesh[0] * mesh[1]
    return total


def _grid(effects: Sequence[Effect], datum: Datum) -> list[tuple[float, ...]]:
    """Return the sizes to simulate: of each constant alone, and one of both."""
    n = len(effects)
    sizes = [[s for s in SIZES[each.axis] if s <= each.high] for each in effects]
    grid = [tuple(size if j == k else 0.0 for j in range(n)) for k in range(n) for size in sizes[k]]
    if n == 2:
        grid.append((sizes[0][1], sizes[1][0]))
    if datum.effect == AGEING:
        grid.append((0.0,) * n)
    return grid


def _sides(datum: Datum) -> tuple[float, ...]:
    """Return 1 for one group; women minus men lie on both sides of the mean."""
    return (1.0, -1.0) if datum.effect == "sex" else (1.0,)


def _arm(
    datum: Datum, effects: Sequence[Effect], control: Arm, sizes: Sequence[float], side: float
) -> Arm:
    changes = {
        each.axis: side * each.sign * size * datum.share
        for each, size in zip(effects, sizes, strict=True)
    }
    arm = control.under(changes)
    return replace(arm, older=True) if datum.effect == AGEING else arm


def _top(each: Effect) -> float:
    """Return up to where a constant is sought: its bound, or the largest size simulated."""
    return min(each.high, SIZES[each.axis][-1])


def _told(each: Effect, value: float) -> str:
    top = _top(each)
    edge = 0.01 * (top - each.low)
    at = value <= each.low + edge or value >= top - edge
    return "fitted, at a bound" if at else "fitted"


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


_LEVELS = (0.8, 0.94, 1.0, 1.06, 1.2)
_STEP = {"ahp": 0.12, "inhibition": 0.4}


def spread_jobs(laboratory: Laboratory) -> list[ArmJob]:
    """Return what has to be measured to know how people must differ."""
    arms = [
        arm
        for muscle in BETWEEN_PEOPLE
        for arm in (
            *(Arm(muscle, _PCT_MVC, neuromodulation=x) for x in _LEVELS),
            *(Arm(muscle, _PCT_MVC).under({axis: step}) for axis, step in _STEP.items()),
        )
    ]
    return [laboratory.job(arm) for arm in arms]


def find_spread(laboratory: Laboratory, others: Mapping[str, float], seed: int) -> Spread:
    """Return how people and sessions must differ so that delta F does as in people.

    Parameters
    ----------
    laboratory : Laboratory
    others : mapping
        Standard deviations of the other traits: ``ahp``, ``inhibition``.
    seed : int
    """
    chance = stream(seed, "effects", "population")
    z = chance.standard_normal(1000)
    sizes = np.linspace(0.0, 0.4, _FINE)
    curves, noise, rest = {}, {}, {}
    for muscle in BETWEEN_PEOPLE:
        control = Arm(muscle, _PCT_MVC)
        curves[muscle] = np.array(
            [
                change(laboratory, control, Arm(muscle, _PCT_MVC, neuromodulation=x), "delta_f")
                for x in _LEVELS
            ]
        )
        usual = level(laboratory, control, "delta_f")
        noise[muscle] = float(np.nanvar(usual, ddof=1)) / _TRIALS
        rest[muscle] = sum(
            (
                others[axis]
                * float(
                    np.nanmean(change(laboratory, control, control.under({axis: s}), "delta_f"))
                )
                / s
            )
            ** 2
            for axis, s in _STEP.items()
        )

    def sd_of(muscle: str, seeds: NDArray[np.int_]) -> FloatArray:
        curve = PchipInterpolator(_LEVELS, np.nanmean(curves[muscle][:, seeds], axis=1))
        at = np.clip(1.0 + sizes[:, None] * z, _LEVELS[0], _LEVELS[-1])
        return np.asarray(np.sqrt(curve(at).var(axis=1) + rest[muscle]))

    def least(seeds: NDArray[np.int_], errors: Sequence[float]) -> tuple[float, float]:
        square = np.zeros(_FINE)
        for (muscle, (sd, error)), e in zip(BETWEEN_PEOPLE.items(), errors, strict=True):
            square += ((sd_of(muscle, seeds) - (sd + e * error)) / error) ** 2
        people = float(sizes[int(np.argmin(square))])
        wanted = np.zeros(_FINE)
        for muscle, (sd, error) in BETWEEN_PEOPLE.items():
            unexplained = sd**2 * (1.0 - RELIABILITY) / RELIABILITY
            session = sd_of(muscle, seeds) ** 2 - rest[muscle]
            wanted += ((session + noise[muscle] - unexplained) / error) ** 2
        return people, float(sizes[int(np.argmin(wanted))])

    n = laboratory.settings.seeds
    everyone = np.arange(n)
    best = least(everyone, (0.0,) * len(BETWEEN_PEOPLE))
    drawn = np.array(
        [
            least(chance.integers(0, n, n), tuple(chance.standard_normal(len(BETWEEN_PEOPLE))))
            for _ in range(laboratory.settings.resamples)
        ]
    )
    low, high = np.quantile(drawn, [0.05, 0.95], axis=0)
    people, session = (
        Found(b, float(lo), float(hi), "fitted") for b, lo, hi in zip(best, low, high, strict=True)
    )
    at = int(np.argmin(np.abs(sizes - people.value)))
    return Spread(people, session, {m: float(sd_of(m, everyone)[at]) for m in BETWEEN_PEOPLE})
