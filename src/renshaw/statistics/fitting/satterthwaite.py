"""Degrees of freedom by Satterthwaite's method, as lmerTest computes them.

Kuznetsova A, Brockhoff PB, Christensen RHB (2017), doi:10.18637/jss.v082.i13. The variance of a
contrast ``l' C l`` is a function of (theta, log sigma); its own variance follows from its gradient
and from the inverse Hessian of the deviance: ``df = 2 (l' C l)^2 / (g' A g)``.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from renshaw.data.arrays import FloatArray
from renshaw.statistics.fitting.reml import Curve, Problem, Solved

# Eigenvalues of the Hessian below this carry no information (lmerTest).
_FLAT = 1e-8


@dataclass(frozen=True, eq=False)
class Precision:
    """The covariance of the fixed effects and how it depends on the variance parameters.

    Parameters
    ----------
    covariance : array (p, p)
    slopes : array (p, p, k)
        Its derivatives by the k variance parameters (theta, log sigma).
    parameters : array (k, k)
        Covariance of the variance parameters.
    residual_df : float
        Used in a model without random effects, where it is exact.
    negative : int
        Directions in which the deviance falls: the fit is no minimum there.
    flat : int
        Directions in which it does not change.
    """

    covariance: FloatArray
    slopes: FloatArray
    parameters: FloatArray
    residual_df: float
    negative: int = 0
    flat: int = 0

    def df(self, contrast: FloatArray) -> float:
        """Return the degrees of freedom of a contrast (p,) of the fixed effects."""
        if not len(self.parameters):
            return self.residual_df
        variance = float(contrast @ self.covariance @ contrast)
        slope = np.einsum("i,ijk,j->k", contrast, self.slopes, contrast)
        spread = float(slope @ self.parameters @ slope)
        if variance <= 0 or spread <= 0:
            return math.inf if variance > 0 else math.nan
        return 2 * variance**2 / spread

    def standard_error(self, contrast: FloatArray) -> float:
        """Return the standard error of a contrast."""
        return math.sqrt(max(0.0, float(contrast @ self.covariance @ contrast)))

    def f_test(self, contrasts: FloatArray, beta: FloatArray) -> tuple[float, int, float]:
        """Return F, its numerator and its denominator degrees of freedom (Fai & Cornelius)."""
        values, vectors = np.linalg.eigh(contrasts @ self.covariance @ contrasts.T)
        real = values > 1e-8 * max(float(values.max()), 0.0)
        q = int(real.sum())
        if not q or not np.isfinite(values).all() or values.max() <= 0:
            return math.nan, q, math.nan
        directions = vectors[:, real].T @ contrasts
        t2 = (directions @ beta) ** 2 / values[real]
        return float(t2.mean()), q, _pooled([self.df(each) for each in directions])


def _pooled(dfs: list[float]) -> float:
    if len(dfs) == 1:
        return dfs[0]
    each = np.array(dfs)
    if not np.isfinite(each).all():
        return math.inf if np.isinf(each).all() else float(np.nanmin(each))
    if np.ptp(each) < 1e-8:
        return float(each.mean())
    if (each <= 2).any():
        return 2.0
    expected = float((each / (each - 2)).sum())
    return 2 * expected / (expected - len(each))


def precision(problem: Problem, theta: FloatArray, curve: Curve | None) -> Precision:
    """Return the covariance of the fixed effects with all that degrees of freedom need.

    Parameters
    ----------
    problem : Problem
    theta : array (k,)
    curve : Curve or None
        At theta; None where there is no theta.
    """
    solved = problem.solve(theta)
    if curve is None:
        p = problem.p
        covariance = problem.sigma2(solved) * solved.unscaled
        df = float(problem.n - p)
        return Precision(covariance, np.zeros((p, p, 0)), np.zeros((0, 0)), df)
    curvature = _curvature(problem, curve, problem.sigma2(solved))
    return precision_of(problem, solved, curvature, curve.unscaled)


def precision_of(
    problem: Problem, solved: Solved, curvature: FloatArray, slopes: FloatArray
) -> Precision:
    """Return the precision from how the deviance and the covariance change.

    Parameters
    ----------
    problem : Problem
    solved : Solved
    curvature : array (k + 1, k + 1)
        Hessian of the deviance by k parameters and log sigma.
    slopes : array (p, p, k)
        Derivatives of the coefficients' covariance over sigma squared by the k parameters.
    """
    sigma2 = problem.sigma2(solved)
    covariance = sigma2 * solved.unscaled
    values, vectors = np.linalg.eigh(curvature)
    kept = values > _FLAT
    return Precision(
        covariance=covariance,
        slopes=np.concatenate([sigma2 * slopes, 2 * covariance[:, :, None]], axis=2),
        parameters=2 * (vectors[:, kept] / values[kept]) @ vectors[:, kept].T,
        residual_df=float(problem.n - problem.p),
        negative=int((values < -_FLAT).sum()),
        flat=int((np.abs(values) <= _FLAT).sum()),
    )


def _curvature(problem: Problem, curve: Curve, sigma2: float) -> FloatArray:
    """Return the Hessian of the deviance by (theta, log sigma), sigma not profiled out."""
    # By log sigma rather than sigma: the same degrees of freedom, whatever the response's unit.
    k = len(curve.residual)
    found = np.zeros((k + 1, k + 1))
    found[:k, :k] = curve.at_sigma
    found[:k, k] = found[k, :k] = -2 * curve.residual / sigma2
    found[k, k] = 4 * problem.freedom
    return found
