"""Whether a recording looks like those that were simulated, and if not, what about it does not.

The squared Mahalanobis distance of what could be measured, a summary; its distribution is that of
simulated recordings that were kept out of training. What is unusual is each summary's deviation
from what the others let expect.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Matrix = NDArray[np.float64]

_FARTHEST = 12.0
_RIDGE = 0.05
_KEPT_QUANTILES = np.linspace(0.0, 1.0, 201)


@dataclass(frozen=True)
class Unusual:
    """A summary that is not as the others let expect; in standard deviations."""

    name: str
    value: float
    expected: float
    deviation: float


@dataclass(frozen=True, eq=False)
class Familiar:
    """What simulated recordings look like.

    Parameters
    ----------
    center : array, shape (muscles, summaries)
        Of standardized summaries.
    covariance : array, shape (summaries, summaries)
    distances : array, shape (muscles, 201)
        Quantiles of the distance of recordings that were kept out.
    """

    center: Matrix
    covariance: Matrix
    distances: Matrix

    @classmethod
    def of(
        cls,
        train: tuple[Matrix, NDArray[np.int64]],
        kept_out: tuple[Matrix, NDArray[np.int64]],
        muscles: int,
    ) -> Familiar:
        """Learn from standardized summaries and the numbers of their muscles."""
        values, which = train
        values = np.clip(values, -_FARTHEST, _FARTHEST)
        center = np.stack([_mean(values[which == k]) for k in range(muscles)])
        residuals = values - center[which]
        there = np.isfinite(residuals)
        filled = np.where(there, residuals, 0.0)
        seen = there.astype(float)
        both = seen.T @ seen
        covariance = (filled.T @ filled) / np.maximum(both, 1.0)
        made = cls(center, _definite(covariance), np.zeros((muscles, len(_KEPT_QUANTILES))))
        others, of_which = kept_out
        found = np.array([made.distance(v, k) for v, k in zip(others, of_which, strict=True)])
        quantiles = [np.quantile(found[of_which == k], _KEPT_QUANTILES) for k in range(muscles)]
        return cls(made.center, made.covariance, np.stack(quantiles))

    def distance(self, values: Matrix, muscle: int) -> float:
        """Return how far standardized summaries of one recording are from the middle."""
        residual, precision, _ = self._residual(values, muscle)
        return float(residual @ precision @ residual / max(1, len(residual)))

    def percentile(self, values: Matrix, muscle: int) -> float:
        """Return the share of kept-out simulations that are nearer, in %."""
        distance = self.distance(values, muscle)
        return float(100 * np.interp(distance, self.distances[muscle], _KEPT_QUANTILES))

    def unusual(self, values: Matrix, muscle: int, names: tuple[str, ...]) -> list[Unusual]:
        """Return every summary with its deviation from what the others let expect, worst first."""
        residual, precision, there = self._residual(values, muscle)
        spread = 1.0 / np.sqrt(np.diag(precision))
        deviation = (precision @ residual) * spread
        found = [
            Unusual(names[i], float(values[i]), float(values[i] - d * s), float(d))
            for i, d, s in zip(there, deviation, spread, strict=True)
        ]
        return sorted(found, key=lambda each: -abs(each.deviation))

    def _residual(self, values: Matrix, muscle: int) -> tuple[Matrix, Matrix, NDArray[np.int64]]:
        residual = np.clip(values, -_FARTHEST, _FARTHEST) - self.center[muscle]
        there = np.flatnonzero(np.isfinite(residual))
        precision = np.asarray(np.linalg.inv(self.covariance[np.ix_(there, there)]), dtype=float)
        return residual[there], precision, there.astype(np.int64)


def _mean(values: Matrix) -> Matrix:
    there = np.isfinite(values)
    return np.asarray(np.where(there, values, 0.0).sum(axis=0) / np.maximum(there.sum(axis=0), 1))


def _definite(covariance: Matrix) -> Matrix:
    """Return the nearest covariance that can be inverted whichever summaries are missing."""
    size, axes = np.linalg.eigh((covariance + covariance.T) / 2)
    fixed = (axes * np.maximum(size, 0.0)) @ axes.T
    return np.asarray(fixed + _RIDGE * np.eye(len(fixed)))
