"""Whether a recording looks like those that were simulated, and if not, what about it does not.

Summaries as normal scores among simulations; the distance to the fifth nearest of some hundred
simulated recordings of the muscle. Its distribution is that of other simulated people. What is
unusual is each summary's deviation from what the others let expect, by their covariance.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Matrix = NDArray[np.float64]

_NEIGHBOR = 5
_REFERENCES, _CALIBRATING = 600, 2000
_SHARES = np.linspace(0.005, 0.995, 41)
_KEPT_QUANTILES = np.linspace(0.0, 1.0, 401)
# Beyond what was ever simulated, scores go on, but not forever.
_FARTHEST = 8.0
_RIDGE = 0.05


@dataclass(frozen=True)
class Unusual:
    """A summary that is not as the others let expect; all in normal scores."""

    name: str
    value: float
    expected: float
    deviation: float


@dataclass(frozen=True, eq=False)
class Familiar:
    """What simulated recordings look like.

    Parameters
    ----------
    knots : array, shape (summaries, 41)
        Quantiles of each summary, by which it becomes a normal score; NaN if hardly ever measured.
    references : array, shape (muscles, references, summaries)
        Normal scores of simulated recordings, 0 where missing.
    covariance : array, shape (summaries, summaries)
        Of scores, within muscles.
    distances : array, shape (muscles, 401)
        Quantiles of the distance of other simulated people.
    """

    knots: Matrix
    references: Matrix
    covariance: Matrix
    distances: Matrix

    @classmethod
    def of(
        cls, summaries: Matrix, muscle: NDArray[np.int64], case: NDArray[np.int64], muscles: int
    ) -> Familiar:
        """Learn from summaries, shape (recordings, summaries), and muscle and person of each."""
        made = cls(_knots(summaries), np.zeros((muscles, 0, 0)), np.eye(1), np.zeros((muscles, 1)))
        scores = made.scores(summaries)
        of_muscle = [scores[muscle == k] for k in range(muscles)]
        people = [case[muscle == k] for k in range(muscles)]
        references, others = [], []
        for values, who in zip(of_muscle, people, strict=True):
            # A person's other recording would be too near a neighbor.
            first = who <= np.quantile(who, 0.5)
            references.append(_evenly(_filled(values[first]), _REFERENCES))
            others.append(_evenly(values[~first], _CALIBRATING))
        fewest = min(len(each) for each in references)
        covariance = _definite(_covariance(of_muscle))
        kept = np.stack([each[:fewest] for each in references])
        made = cls(made.knots, kept, covariance, made.distances)
        distances = [
            np.quantile([made._nearness(v, k) for v in values], _KEPT_QUANTILES)
            for k, values in enumerate(others)
        ]
        return cls(made.knots, kept, covariance, np.stack(distances))

    def scores(self, summaries: Matrix) -> Matrix:
        """Return summaries as normal scores, shape (n, summaries); NaN where missing."""
        from scipy.special import ndtri

        normal, scores = ndtri(_SHARES), np.full(summaries.shape, np.nan)
        for k, knots in enumerate(self.knots):
            if np.isfinite(knots).all():
                values = summaries[:, k]
                spread = max(float(knots[-4] - knots[3]) / float(normal[-4] - normal[3]), 1e-9)
                beyond = np.maximum(values - knots[-1], 0) - np.maximum(knots[0] - values, 0)
                inside = np.interp(values, knots, normal)
                scores[:, k] = np.where(np.isfinite(values), inside + beyond / spread, np.nan)
        return np.asarray(np.clip(scores, -_FARTHEST, _FARTHEST))

    def percentile(self, summaries: Matrix, muscle: int) -> float:
        """Return the share of other simulated people who are nearer to those kept, in %."""
        distance = self._nearness(self.scores(summaries[None])[0], muscle)
        return float(100 * np.interp(distance, self.distances[muscle], _KEPT_QUANTILES))

    def unusual(self, summaries: Matrix, muscle: int, names: tuple[str, ...]) -> list[Unusual]:
        """Return every summary with its deviation from what the others let expect, worst first."""
        scores = self.scores(summaries[None])[0]
        middle = np.median(self.references[muscle], axis=0)
        there = np.flatnonzero(np.isfinite(scores))
        residual = (scores - middle)[there]
        precision = np.linalg.inv(self.covariance[np.ix_(there, there)])
        spread = 1.0 / np.sqrt(np.diag(precision))
        deviation = (precision @ residual) * spread
        found = [
            Unusual(names[i], float(scores[i]), float(scores[i] - d * s), float(d))
            for i, d, s in zip(there, deviation, spread, strict=True)
        ]
        return sorted(found, key=lambda each: -abs(each.deviation))

    def _nearness(self, scores: Matrix, muscle: int) -> float:
        away = self.references[muscle] - _filled(scores)
        return float(np.sqrt(np.partition((away**2).sum(axis=1), _NEIGHBOR - 1)[_NEIGHBOR - 1]))


def _knots(summaries: Matrix) -> Matrix:
    there = np.isfinite(summaries).sum(axis=0) > len(_SHARES)
    knots = np.full((summaries.shape[1], len(_SHARES)), np.nan)
    knots[there] = np.nanquantile(summaries[:, there], _SHARES, axis=0).T
    # Equal quantiles would leave the score of a value open.
    return np.asarray(knots + 1e-9 * np.arange(len(_SHARES)) * np.maximum(1.0, np.abs(knots)))


def _evenly(rows: Matrix, most: int) -> Matrix:
    if len(rows) <= most:
        return rows
    return np.asarray(rows[np.linspace(0, len(rows) - 1, most).round().astype(int)])


def _filled(scores: Matrix) -> Matrix:
    return np.asarray(np.where(np.isfinite(scores), scores, 0.0))


def _covariance(groups: list[Matrix]) -> Matrix:
    residuals = np.concatenate([each - np.median(_filled(each), axis=0) for each in groups])
    there = np.isfinite(residuals).astype(float)
    filled = _filled(residuals)
    return np.asarray((filled.T @ filled) / np.maximum(there.T @ there, 1.0))


def _definite(covariance: Matrix) -> Matrix:
    """Return the nearest covariance that can be inverted whichever summaries are missing."""
    size, axes = np.linalg.eigh((covariance + covariance.T) / 2)
    fixed = (axes * np.maximum(size, 0.0)) @ axes.T
    return np.asarray(fixed + _RIDGE * np.eye(len(fixed)))
