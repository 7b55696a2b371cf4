"""Laplace's approximation to the likelihood of a generalized linear mixed model, with its slope.

The random effects ``b = Lambda(theta) u``, ``u ~ N(0, I)``, are integrated out about their mode: as
in lme4 (doi:10.18637/jss.v067.i01) Lambda repeats one small lower triangle a term, as in glmmTMB
(doi:10.32614/RJ-2017-066) the curvature is the observed one, and the slope by all parameters is
exact, through the mode's own movement.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from renshaw.core.errors import DataError
from renshaw.data.arrays import FloatArray
from renshaw.statistics.families.densities import Density, Derivatives
from renshaw.statistics.fitting.arrangement import (
    Arrangement,
    Grams,
    RandomBlock,
    Shape,
    arrange,
    templates_of,
)

_LARGEST = 2_000
_NEWTON_STEPS = 60
# By how much a dispersion parameter is moved to see what changes.
_NUDGE = 1e-4


class Factor(NamedTuple):
    """Lambda of one stack: the finest term's triangle, and the others' (pieces, r, r)."""

    finest: FloatArray
    rest: FloatArray

    def times(self, shape: Shape, whole: FloatArray, turned: bool) -> list[FloatArray]:
        """Return the stack's part of Lambda (or Lambda') times a vector over all effects."""
        rest, finest = shape.split(whole[:, None])
        square, triangle = self.rest, self.finest.T
        if turned:
            square, triangle = square.transpose(0, 2, 1), self.finest
        return [(square @ rest).ravel(), (finest[..., 0] @ triangle).ravel()]


@dataclass(frozen=True, eq=False)
class Eliminated:
    """A stack's ``A = Lambda'Z'WZ Lambda + I``, the finest term eliminated level by level.

    Parameters
    ----------
    grams : Grams
        Z'WZ.
    factor : Factor
    own : array (pieces, levels, k, k)
        The inverse of each level's part of A.
    link : array (pieces, levels k, r)
        That times A's part between the finest term and the others.
    core : array (pieces, r, r)
        The part of A's inverse that is not of the finest term.
    log_det : float
    """

    grams: Grams
    factor: Factor
    own: FloatArray
    link: FloatArray
    core: FloatArray
    log_det: float

    @classmethod
    def of(cls, grams: Grams, factor: Factor) -> Eliminated:
        """Eliminate; LinAlgError where A is not positive."""
        T, rest = factor
        c, f, k, r = grams.between.shape
        log_det, own = _inverted(T.T @ grams.finest @ T)
        between = (T.T @ grams.between).reshape(c, f * k, r) @ rest
        link = (own @ between.reshape(c, f, k, r)).reshape(c, f * k, r)
        left = rest.transpose(0, 2, 1) @ grams.rest @ rest - between.transpose(0, 2, 1) @ link
        more, core = _inverted(left)
        return cls(grams, factor, own, link, core, log_det + more)

    def solve(self, shape: Shape, whole: FloatArray) -> list[FloatArray]:
        """Return the stack's part of A^-1 times a vector over all effects."""
        rest, finest = shape.split(whole[:, None])
        c, f, k, _ = finest.shape
        solved = self.core @ (rest - self.link.transpose(0, 2, 1) @ finest.reshape(c, f * k, 1))
        below = (self.own @ finest).reshape(c, f * k, 1) - self.link @ solved
        return [solved.ravel(), below.ravel()]

    def covariance(self) -> FloatArray:
        """Return the numbers of Lambda A^-1 Lambda', as those of cross-products follow."""
        T, rest = self.factor
        turned = rest.transpose(0, 2, 1)
        parts = [
            rest @ self.core @ turned,
            T @ (self._shared @ turned[:, None]),
            T @ self._finest() @ T.T,
        ]
        return np.concatenate([part.ravel() for part in parts])

    @property
    def _shared(self) -> FloatArray:
        """A^-1 between the finest term and the others (pieces, levels, k, r)."""
        return np.asarray(-(self.link @ self.core).reshape(self.grams.between.shape))

    def _finest(self) -> FloatArray:
        """Return A^-1 of each level of the finest term."""
        link = self.link.reshape(self.grams.between.shape)
        return np.asarray(self.own - self._shared @ link.transpose(0, 1, 3, 2))

    def by_lambda(self) -> tuple[FloatArray, FloatArray]:
        """Return Z'WZ Lambda A^-1, half the derivative of log|A| by the elements of Lambda.

        It is (k, k) for the finest term, summed over its levels, and (pieces, r, r).
        """
        (T, rest), grams, shared = self.factor, self.grams, self._shared
        c, f, k, r = shared.shape
        pulled = (T.T @ grams.between).reshape(c, f * k, r).transpose(0, 2, 1)
        finest = grams.finest @ T @ self._finest()
        finest += (grams.between @ rest[:, None]) @ shared.transpose(0, 1, 3, 2)
        others = grams.rest @ rest @ self.core + pulled @ shared.reshape(c, f * k, r)
        return finest.sum(axis=(0, 1)), others


def _inverted(stack: FloatArray) -> tuple[float, FloatArray]:
    """Return the sum of log|X + I| and (X + I)^-1 of symmetric matrices (..., k, k)."""
    k = stack.shape[-1]
    whole = stack + np.eye(k)
    if k == 1:
        if not (whole > 0).all():
            raise np.linalg.LinAlgError("not positive")
        return float(np.log(whole).sum()), 1 / whole
    root = np.linalg.cholesky(whole)
    log_det = 2 * float(np.log(np.diagonal(root, axis1=-2, axis2=-1)).sum())
    return log_det, np.asarray(np.linalg.inv(whole), dtype=float)


class Mode(NamedTuple):
    """The random effects' mode at some parameters, and what was computed on the way to it."""

    u: FloatArray
    eta: FloatArray
    density: Derivatives
    Lambda: list[Factor]
    parts: list[Eliminated]
    log_det: float


class Laplace:
    """Minus the log likelihood as a function of (fixed effects, theta, dispersion).

    Parameters
    ----------
    X : array (n, p)
        Fixed effects, of full rank.
    blocks : sequence of RandomBlock
    density : Density
        The response with its family.
    offset : array (n,), optional
        Added to the linear predictor.
    """

    def __init__(
        self,
        X: FloatArray,
        blocks: Sequence[RandomBlock],
        density: Density,
        offset: FloatArray | None = None,
    ) -> None:
        self.X = X
        self.blocks: tuple[RandomBlock, ...] = tuple(blocks)
        self.density = density
        self.n: int = int(X.shape[0])
        self.p: int = int(X.shape[1])
        self.q: int = sum(block.levels * block.effects for block in self.blocks)
        self.offset: FloatArray = np.zeros(self.n) if offset is None else offset
        # Columns without correlation, of size 1: the search sees one scale only.
        Q, R = np.linalg.qr(X)
        self.Q: FloatArray = Q * math.sqrt(self.n)
        self.R: FloatArray = R / math.sqrt(self.n)
        self.templates: list[tuple[int, int, int]] = list(templates_of(self.blocks))
        self.n_theta: int = len(self.templates)
        self.diagonal: np.ndarray[Any, np.dtype[np.bool_]] = np.array(
            [row == column for _, row, column in self.templates], dtype=bool
        )
        self.n_free: int = len(density.family.dispersion)
        self.arrangement: Arrangement | None = None
        if self.blocks:
            self.arrangement = arrange(self.blocks, _LARGEST)
            if self.arrangement is None:
                raise DataError(
                    f"More random effects hang together than the {_LARGEST} that can be fitted "
                    "with a family other than normal. Leave out random terms that cross others."
                )
            self._z = self.arrangement.columns(self.blocks)
            self._products = self.arrangement.products(self._z)
        self._u = np.zeros(0 if self.arrangement is None else self.arrangement.padded)

    @property
    def _shapes(self) -> tuple[Shape, ...]:
        return () if self.arrangement is None else self.arrangement.shapes

    def _over_rows(self, effects: FloatArray) -> FloatArray:
        """Return Z times a vector over all effects."""
        if self.arrangement is None:
            return np.zeros(self.n)
        return np.asarray((self._z * effects[self.arrangement.rows]).sum(axis=1))

    def _over_effects(self, rows: FloatArray) -> FloatArray:
        """Return Z' times a vector over all rows."""
        if self.arrangement is None:
            return np.zeros(0)
        return self.arrangement.crosses(self._z, rows[:, None])[:, 0]

    def split(self, parameters: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
        """Return fixed effects (on the columns of Q), theta and the dispersion parameters."""
        ends = (self.p, self.p + self.n_theta)
        return parameters[: ends[0]], parameters[ends[0] : ends[1]], parameters[ends[1] :]

    def _lambdas(self, theta: FloatArray) -> list[Factor]:
        if self.arrangement is None:
            return []
        k = self.arrangement.shapes[0].effects
        columns, rows = np.triu_indices(k)
        triangle = np.zeros((k, k))
        triangle[rows, columns] = theta[self.arrangement.finest]
        others = theta[self.arrangement.rest]
        return [Factor(triangle, shape.triangles(others)) for shape in self._shapes]

    def _each(self, Lambda: Sequence[Factor], values: FloatArray, turned: bool) -> FloatArray:
        """Return Lambda, or Lambda', times a vector over all effects."""
        pairs = zip(self._shapes, Lambda, strict=True)
        found = [part for shape, each in pairs for part in each.times(shape, values, turned)]
        return np.concatenate([np.zeros(0), *found])

    def _solved(self, parts: Sequence[Eliminated], values: FloatArray) -> FloatArray:
        """Return A^-1 times a vector over all effects."""
        pairs = zip(self._shapes, parts, strict=True)
        found = [part for shape, each in pairs for part in each.solve(shape, values)]
        return np.concatenate([np.zeros(0), *found])

    def mode(self, parameters: FloatArray) -> Mode | None:
        """Return the mode of the random effects, None where the density has none there."""
        gamma, theta, free = self.split(parameters)
        fixed = self.Q @ gamma + self.offset
        Lambda = self._lambdas(theta)
        u = self._u
        found = self._look(u, fixed, Lambda, free)
        if found is None or not np.isfinite(found[2]):
            u = np.zeros_like(u)
            found = self._look(u, fixed, Lambda, free)
        for _ in range(_NEWTON_STEPS):
            if found is None or not np.isfinite(found[2]):
                return None
            _, density, at_u = found
            slope = self._each(Lambda, self._over_effects(density.first), True) - u
            parts, log_det = self._curvature(-density.second, Lambda)
            if not np.isfinite(log_det):
                # Not concave here: a curvature that is keeps the step uphill.
                weights = np.maximum(-density.second, 1e-8)
                parts, _ = self._curvature(weights, Lambda)
            step = self._solved(parts, slope)
            gain = float(step @ slope)
            if gain < 1e-12 * (1 + abs(at_u)):
                return self._settled(u + step, fixed, Lambda, free)
            size = 1.0
            while size > 1e-6:
                tried = self._look(u + size * step, fixed, Lambda, free)
                if tried is not None and tried[2] >= at_u - 1e-12 * abs(at_u):
                    break
                size /= 2
            u = u + size * step
            found = tried
        return None

    def _settled(
        self, u: FloatArray, fixed: FloatArray, Lambda: list[Factor], free: FloatArray
    ) -> Mode | None:
        # One step after the last: the value hardly moves, but its slope is of the first order.
        found = self._look(u, fixed, Lambda, free)
        if found is None:
            return None
        eta, density, _ = found
        parts, log_det = self._curvature(-density.second, Lambda)
        if not np.isfinite(log_det):
            return None
        self._u = u
        return Mode(u, eta, density, Lambda, parts, log_det)

    def _look(
        self, u: FloatArray, fixed: FloatArray, Lambda: list[Factor], free: FloatArray
    ) -> tuple[FloatArray, Derivatives, float] | None:
        eta = fixed + self._over_rows(self._each(Lambda, u, False))
        if not np.isfinite(eta).all():
            return None
        density = self.density.at(eta, free)
        return eta, density, float(density.log.sum()) - 0.5 * float(u @ u)

    def _curvature(
        self, weights: FloatArray, Lambda: list[Factor]
    ) -> tuple[list[Eliminated], float]:
        """Return Lambda'Z'WZ Lambda + I, eliminated, and the log of its determinant."""
        if self.arrangement is None:
            return [], 0.0
        grams = self.arrangement.grams(self._products * weights[:, None])
        try:
            parts = [Eliminated.of(*each) for each in zip(grams, Lambda, strict=True)]
        except np.linalg.LinAlgError:
            return [], math.nan
        return parts, sum(part.log_det for part in parts)

    def value(self, parameters: FloatArray) -> float:
        """Return minus the log likelihood, infinite where there is none."""
        mode = self.mode(parameters)
        return math.inf if mode is None else _value(mode)

    def value_and_slope(self, parameters: FloatArray) -> tuple[float, FloatArray]:
        """Return minus the log likelihood and its derivative by every parameter."""
        mode = self.mode(parameters)
        if mode is None:
            return math.inf, np.zeros(len(parameters))
        _, _, free = self.split(parameters)
        density, Lambda = mode.density, mode.Lambda
        weights = -density.second
        # What a change of the predictor does to half the log determinant, row by row.
        leverage = self._leverage(mode)
        s = -0.5 * leverage * density.third
        a = self._solved(mode.parts, self._each(Lambda, self._over_effects(s), True))
        moved = self._over_rows(self._each(Lambda, a, False))
        rest = s - weights * moved
        by_fixed = self.Q.T @ (rest - density.first)
        by_theta = self._by_theta(
            mode, self._over_effects(density.first), self._over_effects(rest), a
        )
        by_free = np.zeros(self.n_free)
        for n in range(self.n_free):
            nudge = np.zeros(self.n_free)
            nudge[n] = _NUDGE
            up = self.density.at(mode.eta, free + nudge)
            down = self.density.at(mode.eta, free - nudge)
            log, first, second = (
                (np.asarray(b) - np.asarray(a_)) / (2 * _NUDGE)
                for a_, b in zip(down[:3], up[:3], strict=True)
            )
            by_free[n] = -log.sum() - 0.5 * float(leverage @ second) + float(moved @ first)
        return _value(mode), np.concatenate([by_fixed, by_theta, by_free])

    def _by_theta(self, mode: Mode, r: FloatArray, c: FloatArray, a: FloatArray) -> FloatArray:
        """Return the derivative by theta: through log|A| and through the mode's movement."""
        found = np.zeros(self.n_theta)
        if self.arrangement is None:
            return found
        for shape, part in zip(self._shapes, mode.parts, strict=True):
            finest, others = part.by_lambda()
            R, C, U, A = (v[shape.first : shape.middle] for v in (r, c, mode.u, a))
            rows = shape.lower
            columns = rows // max(1, shape.size) * shape.size + shape.columns
            terms = others.reshape(-1)[shape.flat]
            terms = terms + (C[rows] - R[rows]) * U[columns] + R[rows] * A[columns]
            found[self.arrangement.rest] += np.bincount(
                shape.parameters, terms, minlength=shape.n_theta
            )
            R, C, U, A = (
                v[shape.middle : shape.end].reshape(-1, shape.effects) for v in (r, c, mode.u, a)
            )
            finest = finest + (C - R).T @ U + R.T @ A
            column, row = np.triu_indices(shape.effects)
            found[self.arrangement.finest] += finest[row, column]
        return found

    def _leverage(self, mode: Mode) -> FloatArray:
        """Return the variance of each row's predictor that the random effects still have."""
        if self.arrangement is None:
            return np.zeros(self.n)
        numbers = np.concatenate([part.covariance() for part in mode.parts])
        each = numbers[self.arrangement.entries] * self._products
        return np.asarray(each @ self.arrangement.twice)

    def effective(self, mode: Mode) -> float:
        """Return how many parameters the rows' means have in effect, random effects included."""
        return float(self.p - self._leverage(mode) @ mode.density.second)

    def effects(self, mode: Mode) -> FloatArray:
        """Return the random effects at a mode: per term, per level, per effect."""
        if self.arrangement is None:
            return np.zeros(0)
        return self._each(mode.Lambda, mode.u, False)[self.arrangement.place]


def _value(mode: Mode) -> float:
    log = float(mode.density.log.sum())
    return -log + 0.5 * float(mode.u @ mode.u) + 0.5 * mode.log_det
