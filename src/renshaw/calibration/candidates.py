"""What is known of every candidate so far: means over its seeds, residuals, loss."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from renshaw.calibration.evaluation import Evaluation, Values
from renshaw.calibration.targets import FitTarget
from renshaw.model.second_edition.table import Parameter

FloatArray = NDArray[np.float64]

# A residual counts as much as this at most, so that one hopeless target doesn't hide the others; a
# quantity that there is none of counts as this much.
_WORST = 4.0


@dataclass(frozen=True)
class Space:
    """The parameters that are free, on a scale from 0 (lowest) to 1 (highest).

    Parameters
    ----------
    free : tuple of Parameter
    fixed : tuple of (str, float)
    """

    free: tuple[Parameter, ...]
    fixed: Values

    @classmethod
    def of(cls, parameters: Sequence[Parameter], muscle: str) -> Space:
        """Return the space of a muscle's parameters."""
        fixed = tuple((p.name, p.values[muscle]) for p in parameters if muscle in p.fixed)
        return cls(tuple(p for p in parameters if muscle not in p.fixed), fixed)

    def values(self, x: FloatArray) -> Values:
        """Return the values of a point, in digits that can be written down."""
        free = (
            (p.name, float(f"{p.low + share * (p.high - p.low):.5g}"))
            for p, share in zip(self.free, x, strict=True)
        )
        return (*free, *self.fixed)

    def point(self, values: Values) -> FloatArray:
        """Return the point of values."""
        of = dict(values)
        return np.array([(of[p.name] - p.low) / (p.high - p.low) for p in self.free])


@dataclass(frozen=True, eq=False)
class Candidate:
    """A person that was tried.

    Parameters
    ----------
    values : tuple of (str, float)
    x : array, shape (free parameters,)
        The same, as a point of the space.
    batches : int
        How often she was evaluated, each time with seeds of their own.
    means, errors : array, shape (targets,)
        Of each target's quantity over all seeds, and the standard error of the mean.
    residuals : array, shape (targets,)
        NaN where there is no number.
    """

    values: Values
    x: FloatArray
    batches: int
    means: FloatArray
    errors: FloatArray
    residuals: FloatArray

    @property
    def loss(self) -> float:
        """Mean squared residual, none of them above a limit."""
        return float(np.mean(counted(self.residuals) ** 2))


def counted(residuals: FloatArray) -> FloatArray:
    """Return residuals as the loss counts them."""
    known = np.where(np.isfinite(residuals), residuals, _WORST)
    return np.asarray(np.clip(known, -_WORST, _WORST))


def candidate(
    space: Space, targets: Sequence[FitTarget], evaluations: Sequence[Evaluation]
) -> Candidate:
    """Return what is known of the person of whom these are the evaluations."""
    told = [told_of(target, evaluations) for target in targets]
    means, errors = (np.array(column) for column in zip(*told, strict=True))
    values = evaluations[0].job.values
    residuals = [float(t.residual(mean)) for t, mean in zip(targets, means, strict=True)]
    batches = len(evaluations)
    return Candidate(values, space.point(values), batches, means, errors, np.array(residuals))


def told_of(target: FitTarget, evaluations: Sequence[Evaluation]) -> tuple[float, float]:
    """Return the mean of a target's quantity over all seeds, and its standard error.

    A number that half of the seeds lack is none.
    """
    seen = np.array([x for each in evaluations for x in each.quantities.get(target.quantity, ())])
    known = seen[np.isfinite(seen)]
    if len(known) == 0 or 2 * len(known) < len(seen):
        return np.nan, np.nan
    error = float(known.std(ddof=1) / np.sqrt(len(known))) if len(known) > 1 else 0.0
    return float(known.mean()), error
