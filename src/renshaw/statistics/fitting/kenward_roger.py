"""Kenward and Roger's covariance of the coefficients and degrees of freedom, for small samples.

Kenward MG, Roger JH (1997), doi:10.2307/2533558. The covariance allows for the variance components'
being estimated; F is scaled so that its first two moments are those of an F distribution. Variance
components are the elements of each term's covariance matrix and the residual variance, as in R's
pbkrtest.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace

import numpy as np

from renshaw.core.errors import DataError, SettingsError
from renshaw.data.arrays import FloatArray
from renshaw.statistics.fitting.reml import Problem
from renshaw.statistics.fitting.satterthwaite import Precision


@dataclass(frozen=True, eq=False, kw_only=True)
class KenwardRoger(Precision):
    """The adjusted covariance, and what degrees of freedom are made of.

    Parameters
    ----------
    basis : array (p, p)
        Turns coefficients whose covariance is the identity (times sigma squared) into the model's.
    projections : array (m, p, p)
        ``X' dV^-1 X`` for the m variance components, in that basis.
    uncertainty : array (m, m)
        Covariance of the variance components, from their expected information.
    """

    basis: FloatArray = field(repr=False)
    projections: FloatArray = field(repr=False)
    uncertainty: FloatArray = field(repr=False)

    def df(self, contrast: FloatArray) -> float:
        """Return the degrees of freedom of a contrast (p,) of the fixed effects."""
        return self._moments(contrast[None, :])[1]

    def f_test(self, contrasts: FloatArray, beta: FloatArray) -> tuple[float, int, float]:
        """Return the scaled F, its numerator and its denominator degrees of freedom."""
        rows = _independent(contrasts)
        q = len(rows)
        if not q:
            return math.nan, 0, math.nan
        found = rows @ beta
        wald = float(found @ np.linalg.solve(rows @ self.covariance @ rows.T, found)) / q
        scale, df = self._moments(rows)
        return scale * wald, q, df

    def _moments(self, rows: FloatArray) -> tuple[float, float]:
        """Return what F is multiplied by, and its degrees of freedom."""
        turned = rows @ self.basis
        q = len(turned)
        onto = turned.T @ np.linalg.solve(turned @ turned.T, turned)
        each = onto @ self.projections
        traces = np.einsum("mii->m", each)
        first = float(traces @ self.uncertainty @ traces)
        second = float((self.uncertainty * np.einsum("mij,nji->mn", each, each)).sum())
        if second <= 0:
            return 1.0, math.inf
        b = (first + 6 * second) / (2 * q)
        g = ((q + 1) * first - (q + 4) * second) / ((q + 2) * second)
        below = 3 * q + 2 * (1 - g)
        c1, c2, c3 = g / below, (q - g) / below, (q + 2 - g) / below
        # One over the mean and the variance that F is to have.
        shrunk = 1 - second / q
        top = 0.0 if abs(1 + c1 * b) < 1e-10 else 1 + c1 * b
        variance = 2 / q * top / ((1 - c2 * b) ** 2 * (1 - c3 * b))
        df = 4 + (q + 2) / (q * variance * shrunk**2 / 2 - 1)
        if not df > 0:
            return math.nan, math.nan
        # Of one contrast F is t squared, whatever its degrees of freedom.
        return (1.0 if q == 1 else df * shrunk / (df - 2)), df


def kenward_roger(problem: Problem, theta: FloatArray, plain: Precision) -> Precision:
    """Return the adjusted precision of a fit; ``plain`` is Satterthwaite's.

    Raises
    ------
    SettingsError
        The fit is one of full maximum likelihood.
    DataError
        The random effects are too many.
    """
    if not len(theta):
        return plain
    if not problem.reml:
        raise SettingsError(
            "Kenward-Roger needs restricted maximum likelihood; set reml, or df to satterthwaite."
        )
    if not problem.is_dense:
        raise DataError(
            "Kenward-Roger is not made for so many random effects that hang together; set df to "
            "satterthwaite, which is as good there."
        )
    linear = problem.linear(theta)
    p = problem.p
    components = linear.components
    # With y in units of sigma: V = I + sum of components times their patterns.
    single = -linear.sums.sides[:, :p, :p]
    pairs = linear.sums.products[:, :, :p, :p]
    P, Q = _with_residual(single, pairs, components)
    trace = _traces(linear.sums.trace, linear.sums.traces, components, problem.n)
    information = trace - 2 * np.einsum("mnii->mn", Q) + np.einsum("mij,nji->mn", P, P)
    uncertainty = 2 * np.linalg.pinv(information, hermitian=True)
    bias = np.einsum("mn,mnij->ij", uncertainty, Q - P[:, None] @ P[None])
    sigma2 = problem.sigma2(problem.solve(theta))
    adjusted = np.eye(p) + bias + bias.T
    covariance = sigma2 * linear.basis @ adjusted @ linear.basis.T
    given = {name: getattr(plain, name) for name in ("slopes", "parameters", "residual_df")}
    found = KenwardRoger(
        covariance=(covariance + covariance.T) / 2,
        **given,
        basis=linear.basis,
        projections=P,
        uncertainty=uncertainty,
    )
    return replace(found, negative=plain.negative, flat=plain.flat)


def _with_residual(
    single: FloatArray, pairs: FloatArray, components: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Add the residual variance: its pattern is what V is less the others' shares."""
    k, p = single.shape[:2]
    P, Q = np.empty((k + 1, p, p)), np.empty((k + 1, k + 1, p, p))
    P[:k], Q[:k, :k] = single, pairs
    P[k] = -(np.eye(p) + np.einsum("k,kij->ij", components, single))
    Q[:k, k] = -single - np.einsum("k,mkij->mij", components, pairs)
    Q[k, :k] = Q[:k, k].transpose(0, 2, 1)
    Q[k, k] = -P[k] - np.einsum("k,kij->ij", components, Q[:k, k])
    return P, Q


def _traces(single: FloatArray, pairs: FloatArray, components: FloatArray, n: int) -> FloatArray:
    """Return tr(V^-1 G V^-1 G) of all pairs of patterns, the residual's last."""
    k = len(single)
    found = np.empty((k + 1, k + 1))
    found[:k, :k] = pairs
    found[:k, k] = found[k, :k] = single - pairs @ components
    found[k, k] = n - single @ components - components @ found[:k, k]
    return found


def _independent(rows: FloatArray) -> FloatArray:
    """Return as many rows as there are independent ones, spanning the same."""
    _, size, turned = np.linalg.svd(rows, full_matrices=False)
    return np.asarray(turned[size > 1e-8 * max(float(size.max()), 0.0)])
