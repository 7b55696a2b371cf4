"""What a fit has beside its coefficients where the family is not normal."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from renshaw.data.arrays import FloatArray
from renshaw.statistics.families.densities import Density, density
from renshaw.statistics.families.families import Family
from renshaw.statistics.families.response import Response
from renshaw.statistics.fitting.glmm import Solution, solve
from renshaw.statistics.fitting.optimum import Optimum
from renshaw.statistics.fitting.reml import Problem, RandomBlock
from renshaw.statistics.fitting.satterthwaite import Precision

_SIMULATIONS = 250


@dataclass(frozen=True, eq=False)
class Generalized:
    """A response with its distribution, and what the data say of it.

    Parameters
    ----------
    density : Density
    solution : Solution
    offset : array (n,)
        Added to the linear predictor.
    X : array (n, p)
        The estimated columns of the fixed effects.
    blocks : tuple of RandomBlock
    """

    density: Density
    solution: Solution
    offset: FloatArray
    X: FloatArray
    blocks: tuple[RandomBlock, ...]

    @property
    def dispersion(self) -> dict[str, float]:
        """Parameters beside the mean, by name."""
        return self.density.natural(self.solution.free)

    @property
    def optimum(self) -> Optimum:
        """The search's end, as that of a linear mixed model."""
        found = self.solution
        return Optimum(
            theta=found.theta,
            deviance=found.deviance,
            converged=not found.words,
            singular=found.singular,
            evaluations=found.evaluations,
            words=found.words,
        )

    @property
    def precision(self) -> Precision:
        """The covariance of the coefficients; tests are those of a normal estimate."""
        p = self.X.shape[1]
        return Precision(self.solution.covariance, np.zeros((p, p, 0)), np.zeros((0, 0)), math.inf)

    @property
    def means(self) -> FloatArray:
        """Each row's expected value at the random effects' modes."""
        return self.density.mean(self.solution.eta, self.solution.free)

    def observation_variance(self) -> float:
        """Return the variance of a single value about its mean, on the scale of the link.

        Nakagawa S, Johnson PCD, Schielzeth H (2017), doi:10.1098/rsif.2017.0213: exact for the
        gamma (log link) and the binomial family (the latent variable's), else by the delta method.
        """
        from scipy.special import polygamma

        family, given = self.density.family, self.dispersion
        if family.name == "binomial":
            return {"logit": math.pi**2 / 3, "probit": 1.0, "cloglog": math.pi**2 / 6}[family.link]
        if family.name == "gamma":
            return float(polygamma(1, given["sigma"] ** -2))
        # The mean of all, random effects included.
        spread = sum(
            float(((block.columns @ triangle) ** 2).sum(axis=1).mean())
            for block, triangle in zip(self.blocks, self._triangles(), strict=True)
        )
        eta = self.X @ self.solution.beta + self.offset
        if family.link == "log":
            mean = float(np.exp(eta + spread / 2).mean())
            slope = mean
        else:
            mean = float(family.inverse(float(eta.mean())))
            slope = float(family.slope(float(eta.mean())))
        variance = float(family.variance(mean, given))
        relative = variance / slope**2
        return math.log1p(relative) if family.link == "log" else relative

    def _triangles(self) -> list[FloatArray]:
        return self.working.triangles(self.solution.theta)

    @cached_property
    def working(self) -> Problem:
        """The linear mixed model that the fit is at its end: working responses and weights.

        Its residual variance is 1; what resamples people works on it.
        """
        now = self.density.at(self.solution.eta, self.solution.free)
        weights = np.maximum(-now.second, 1e-10 * float(np.abs(now.second).max()))
        z = self.solution.eta - self.offset + now.first / weights
        return Problem(self.X, z, self.blocks, reml=False, weights=weights)

    @cached_property
    def simulated(self) -> FloatArray:
        """Responses (simulations, n) drawn from the fit with new random effects, always alike."""
        random = np.random.default_rng(0)
        fixed = self.offset + self.X @ self.solution.beta
        found = []
        for _ in range(_SIMULATIONS):
            eta = fixed.copy()
            for block, triangle in zip(self.blocks, self._triangles(), strict=True):
                u = random.normal(size=(block.levels, block.effects)) @ triangle.T
                eta += (block.columns * u[block.codes]).sum(axis=1)
            found.append(self.density.draw(eta, self.solution.free, random))
        return np.array(found)

    @cached_property
    def drawn(self) -> FloatArray:
        """Responses (simulations, n) drawn at the modes of the random effects, always alike."""
        random = np.random.default_rng(2)
        eta, free = self.solution.eta, self.solution.free
        return np.array([self.density.draw(eta, free, random) for _ in range(_SIMULATIONS)])

    def quantile_residuals(self) -> FloatArray:
        """Return where each value lies among those drawn, as a standard normal value.

        Dunn PK, Smyth GK (1996), doi:10.1080/10618600.1996.10474708; ties are broken at random, so
        that counts have smooth residuals.
        """
        from scipy.special import ndtri

        y = self.density.y
        below = (self.drawn < y).sum(axis=0)
        same = (self.drawn == y).sum(axis=0)
        chance = np.random.default_rng(1).uniform(size=len(y))
        share = (below + chance * (same + 1)) / (len(self.drawn) + 1)
        return np.asarray(ndtri(np.clip(share, 1e-9, 1 - 1e-9)), dtype=float)


def generalized(
    X: FloatArray,
    response: Response,
    blocks: Sequence[RandomBlock],
    family: Family,
    offset: FloatArray,
) -> Generalized:
    """Fit a response of a family other than normal."""
    found = density(family, response.y, response.trials)
    solution = solve(X, blocks, found, offset)
    return Generalized(found, solution, offset, X, tuple(blocks))
