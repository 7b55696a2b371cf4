"""The sizes of effects that meet all their data.

A family of effects (what does it: a drug, age) has one or two constants. What its data would be at
any size is interpolated between the sizes simulated; the sizes with the least sum of squared
residuals are the values.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.interpolate import PchipInterpolator

from renshaw.calibration.arms import SIZES, STIMULI, Arm, ArmJob
from renshaw.calibration.arms_kept import Laboratory, change, error_of, level, mean_of
from renshaw.calibration.targets import FITTED
from renshaw.core.seeds import stream
from renshaw.model.second_edition.effects import Datum, Effect, SpasmRange, VibStimRange

FloatArray = NDArray[np.float64]

AGEING = "ageing"
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
    """A datum beside what was simulated, with fresh seeds.

    Parameters
    ----------
    datum : Datum
    simulated, error : float
        Its change, and the standard error of that.
    imposed : str
        What was done to the person, in words; the rest of her answer emerges.
    """

    datum: Datum
    simulated: float
    error: float
    imposed: str

    @property
    def met(self) -> bool:
        """Whether they are within two standard deviations of both together."""
        away = abs(self.simulated - self.datum.change)
        return away <= 2.0 * float(np.hypot(self.datum.sd, self.error))


@dataclass(frozen=True)
class HeldRange:
    """People's range beside what was simulated, with fresh seeds.

    Parameters
    ----------
    wanted : SpasmRange or VibStimRange
    simulated : float
    """

    wanted: SpasmRange | VibStimRange
    simulated: float

    @property
    def met(self) -> bool:
        """Whether it lies in people's range."""
        return self.wanted.low <= self.simulated <= self.wanted.high


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
        self.effects: tuple[Effect, ...] = rows[0][1]
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
            both = [
                side
                * change(
                    self._laboratory,
                    control,
                    _arm(datum, effects, control, values, side),
                    datum.quantity,
                    fresh=True,
                )
                for side in _sides(datum)
            ]
            seeds = np.sum(both, axis=0)
            scale = 1.0
            if datum.relative:
                usual = level(self._laboratory, control, datum.quantity, fresh=True)
                scale = float(mean_of(usual))
            mean, error = float(mean_of(seeds)), float(error_of(seeds))
            found.append(Held(datum, mean / scale, error / scale, _imposed(datum, effects, values)))
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
            answers = answers / mean_of(level(self._laboratory, control, datum.quantity))
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
            means, errors_of_means = mean_of(changes[:, seeds]), error_of(changes[:, seeds])
            known = errors_of_means[np.isfinite(errors_of_means)]
            sd = float(np.hypot(datum.sd, np.median(known) if known.size else 0.0))
            off = _between(grid, means, mesh) - (datum.change + error * datum.sd)
            # Where nobody could do the task the datum tells nothing; it is missed in the table.
            square += np.nan_to_num(off / sd) ** 2
        at = np.unravel_index(int(np.argmin(square)), square.shape)
        return np.array([axis[i] for axis, i in zip(axes, at, strict=True)])


def _between(
    grid: Sequence[tuple[float, ...]], means: FloatArray, mesh: Sequence[FloatArray]
) -> FloatArray:
    """Return the change at any sizes: a curve for each constant, and their product."""
    table = {sizes: float(mean) for sizes, mean in zip(grid, means, strict=True)}
    n = len(mesh)
    # Older people differ from young ones before any constant does; everybody else is the control.
    nothing = float(np.nan_to_num(table.get((0.0,) * n, 0.0)))
    total = np.full(mesh[0].shape, nothing)
    for k in range(n):
        alone = sorted(
            (sizes[k], mean)
            for sizes, mean in table.items()
            if all(size == 0 for j, size in enumerate(sizes) if j != k) and np.isfinite(mean)
        )
        known = {0.0: 0.0} | {size: mean - nothing for size, mean in alone}
        if len(known) > 1:
            x = np.array(sorted(known))
            y = np.array([known[each] for each in x])
            total += PchipInterpolator(x, y)(mesh[k])
    if n == 2:
        corner = next(sizes for sizes in grid if all(sizes))
        sides = sum(
            table[tuple(s if j == k else 0.0 for j, s in enumerate(corner))] for k in (0, 1)
        )
        product = (table[corner] - sides + nothing) / np.prod(corner)
        if np.isfinite(product):
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


# What is done to a person, by axis, and the factor to its unit.
_IMPOSED = {
    "neuromodulation": ("PIC {:+.1f} %", 100.0),
    "ahp": ("AHP {:+.1f} %", 100.0),
    "inhibition": ("inhibition {:+.2f}e-5 S/cm2", 1.0),
    "vibration": ("inhibition {:+.2f}e-5 S/cm2 while the tendon vibrates", STIMULI["vibration"]),
    "nerve": ("inhibition {:+.2f}e-5 S/cm2 at each volley", STIMULI["nerve"]),
}


def _imposed(datum: Datum, effects: Sequence[Effect], values: Sequence[float]) -> str:
    both = float(np.ptp(_sides(datum))) or 1.0
    return ", ".join(
        words.format(factor * each.sign * value * datum.share * both)
        for each, value in zip(effects, values, strict=True)
        for words, factor in [_IMPOSED[each.axis]]
    )


def _top(each: Effect) -> float:
    """Return up to where a constant is sought: its bound, or the largest size simulated."""
    return min(each.high, SIZES[each.axis][-1])


def _told(each: Effect, value: float) -> str:
    top = _top(each)
    edge = 0.01 * (top - each.low)
    at = value <= each.low + edge or value >= top - edge
    return "fitted, at a bound" if at else "fitted"
