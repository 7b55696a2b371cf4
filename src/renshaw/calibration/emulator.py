"""Emulators: what a simulation would say of a point, from those that were simulated.

One a target: a quadratic in all parameters, by ridge regression, in which candidates count the more
the better they are. Its error is that of predicting each candidate from the others.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from renshaw.calibration.candidates import Candidate, counted
from renshaw.calibration.targets import FitTarget

FloatArray = NDArray[np.float64]

_PENALTIES = 10.0 ** np.arange(-4.0, 5.0)
_FREE_AT_MOST = 0.5
# Candidates whose loss is above the best by this much count half.
_HALF_AT = 2.0


class Emulator:
    """Residuals of all targets at any point.

    Parameters
    ----------
    targets : sequence of FitTarget
    candidates : sequence of Candidate
    """

    def __init__(self, targets: Sequence[FitTarget], candidates: Sequence[Candidate]) -> None:
        self.targets = targets
        best = min(each.loss for each in candidates)
        x = np.array([each.x for each in candidates])
        weights = np.array(
            [each.batches / (1 + (each.loss - best) / _HALF_AT) for each in candidates]
        )
        means = np.array([each.means for each in candidates])
        features = _features(x)
        self._coefficients = np.zeros((features.shape[1], len(targets)))
        self._errors = np.zeros(len(targets))
        for k, target in enumerate(targets):
            known = np.isfinite(means[:, k])
            y = (means[known, k] - (target.value or 0.0)) / target.tolerance
            fitted = _ridge(features[known], y, weights[known])
            self._coefficients[:, k], self._errors[k] = fitted

    def predicted(self, x: FloatArray) -> FloatArray:
        """Return the residuals at points, shape (points, targets)."""
        raw = _features(np.atleast_2d(x)) @ self._coefficients
        return np.column_stack(
            [
                raw[:, k] if t.value is not None else t.off(raw[:, k] * t.tolerance) / t.tolerance
                for k, t in enumerate(self.targets)
            ]
        )

    def loss(self, x: FloatArray) -> FloatArray:
        """Return the loss to be expected at points, shape (points,)."""
        return np.asarray(np.mean(counted(self.predicted(x)) ** 2, axis=1))

    @property
    def errors(self) -> FloatArray:
        """Standard error of a predicted residual, by target."""
        return self._errors

    def implausibility(self, x: FloatArray) -> FloatArray:
        """Return the second largest residual over its error, by point.

        History matching (Craig et al. 1997): above three, a point can't be what is looked for.
        """
        size = np.abs(self.predicted(x)) / np.sqrt(1.0 + self._errors**2)
        return np.asarray(np.sort(size, axis=1)[:, -2] if size.shape[1] > 1 else size[:, -1])

    def slopes(self, x: FloatArray) -> FloatArray:
        """Return by how much residuals change over each parameter's whole range, at a point.

        Returns
        -------
        array, shape (parameters, targets)
        """
        step = 0.02
        steps = step * np.eye(len(x))
        raised, lowered = (_features(x + s * steps) @ self._coefficients for s in (1, -1))
        return np.asarray((raised - lowered) / (2 * step))


def _features(x: FloatArray) -> FloatArray:
    z = 2.0 * x - 1.0
    i, j = np.triu_indices(z.shape[1])
    return np.column_stack([np.ones(len(z)), z, z[:, i] * z[:, j]])


def _ridge(features: FloatArray, y: FloatArray, weights: FloatArray) -> tuple[FloatArray, float]:
    """Return coefficients, and the error of predicting each value from the others."""
    if len(y) < 3:
        return np.zeros(features.shape[1]), 8.0
    root = np.sqrt(weights / weights.mean())
    center = np.average(y, weights=weights)
    middle = np.average(features[:, 1:], axis=0, weights=weights)
    U, s, Vt = np.linalg.svd((features[:, 1:] - middle) * root[:, None], full_matrices=False)
    target = root * (y - center)
    rotated = U.T @ target
    best: tuple[float, FloatArray] | None = None
    for penalty in _PENALTIES:
        shrunk = s**2 / (s**2 + penalty)
        # With as many free coefficients as values, each value would predict itself.
        if shrunk.sum() > _FREE_AT_MOST * len(y):
            continue
        leverage = np.minimum((U**2) @ shrunk, 0.99)
        left_out = (target - U @ (shrunk * rotated)) / (1.0 - leverage)
        error = float(np.sqrt(np.mean(left_out**2)))
        if best is None or error < best[0]:
            best = error, Vt.T @ (s / (s**2 + penalty) * rotated)
    if best is None:
        return np.concatenate([[center], np.zeros(features.shape[1] - 1)]), float(np.std(y))
    error, slopes = best
    return np.concatenate([[center - middle @ slopes], slopes]), error
