"""The restricted likelihood of a linear mixed model, profiled as in lme4.

Bates D, Maechler M, Bolker B, Walker S (2015), doi:10.18637/jss.v067.i01. The random effects are
``b = Lambda(theta) u``, ``u ~ N(0, sigma^2 I)``, where Lambda repeats one small lower triangle a
term. The data enter by cross-products only, so that the cost of a step does not grow with the rows.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from functools import cached_property, reduce
from typing import Any, NamedTuple

import numpy as np

from renshaw.core.errors import DataError
from renshaw.data.arrays import FloatArray
from renshaw.statistics.fitting.arrangement import (
    Arrangement,
    RandomBlock,
    arrange,
    templates_of,
)
from renshaw.statistics.fitting.differences import gradient, hessian
from renshaw.statistics.fitting.pieces import (
    Directions,
    Moments,
    Pieces,
    Swept,
    Theta,
    moments,
    pair_sums,
    triangle_units,
)

__all__ = ["Curve", "Linear", "Problem", "RandomBlock", "Solved"]

_DENSE = 1200
_MOST_EFFECTS = 400_000


class Solved(NamedTuple):
    """The penalized least squares at one theta."""

    log_det: float
    """Log determinant of the random effects' Cholesky factor, squared."""
    log_det_fixed: float
    residual: float
    """Penalized residual sum of squares."""
    coefficients: FloatArray
    unscaled: FloatArray
    """Covariance of the coefficients over sigma squared."""


class Curve(NamedTuple):
    """The deviance at one theta, and how it changes there."""

    deviance: float
    gradient: FloatArray
    """Of the profiled deviance (k,)."""
    hessian: FloatArray
    """Of the profiled deviance (k, k)."""
    at_sigma: FloatArray
    """Second derivatives of the deviance with sigma held (k, k)."""
    residual: FloatArray
    """Derivative of the penalized residual sum of squares (k,)."""
    unscaled: FloatArray
    """Derivative of the coefficients' covariance over sigma squared (p, p, k)."""


class Linear(NamedTuple):
    """What the variance components do to the coefficients, in units of sigma squared."""

    components: FloatArray
    """Elements of each term's covariance matrix, in the order of theta (k,)."""
    basis: FloatArray
    """Turns coefficients whose covariance is the identity into the model's (p, p)."""
    sums: Moments
    """For the patterns of the components, and columns that are orthonormal under V^-1."""


class _Reduced(NamedTuple):
    """The fixed effects' cross-products after the random effects: their factor and solution."""

    root: FloatArray
    half: FloatArray
    residual: float


class Problem:
    """A mixed model ready to be solved at any theta.

    Parameters
    ----------
    X : array (n, p)
        Fixed effects, of full rank.
    y : array (n,)
    blocks : sequence of RandomBlock
    reml : bool
        Restricted likelihood, as `lmer` by default; else the full one.
    weights : array (n,), optional
        Prior weights: a row's residual variance is ``sigma^2 / weight``.
    largest : int
        Random effects that hang together in larger numbers are factored as a sparse matrix, and
        derivatives taken by differences.
    arrangement : Arrangement, optional
        Of the same blocks, from another problem.
    """

    def __init__(
        self,
        X: FloatArray,
        y: FloatArray,
        blocks: Sequence[RandomBlock],
        *,
        reml: bool = True,
        weights: FloatArray | None = None,
        largest: int = _DENSE,
        arrangement: Arrangement | None = None,
    ) -> None:
        self.X = X
        self.y = y
        self.blocks: tuple[RandomBlock, ...] = tuple(blocks)
        self.reml = reml
        self.weights = weights
        self.n: int = int(X.shape[0])
        self.p: int = int(X.shape[1])
        self.q: int = sum(block.levels * block.effects for block in blocks)
        if self.q > _MOST_EFFECTS:
            raise DataError(f"The model has {self.q} random effects; that is too many.")
        self._largest = largest
        self.arrangement = arrangement
        if arrangement is None and self.q:
            self.arrangement = arrange(self.blocks, largest)
        self._templates = templates_of(self.blocks)
        self._prepare()

    def _prepare(self) -> None:
        root = np.ones(self.n) if self.weights is None else np.sqrt(self.weights)
        self._root = root
        # Orthonormal columns and a response without its mean: no cancellation, no scale.
        self._Q, self._R = np.linalg.qr(self.X * root[:, None])
        y = self.y * root
        self._start = self._Q.T @ y
        rest = y - self._Q @ self._start
        both = np.column_stack([self._Q, rest])
        self._fixed = both.T @ both
        self.log_det_R: float = 2 * float(np.log(np.abs(np.diag(self._R))).sum())
        self.log_weights: float = 2 * float(np.log(root).sum())
        self.spread: float = float(rest @ rest)
        self._pieces: list[Pieces] = []
        if self.arrangement is not None:
            grams = self.arrangement.grams(self.arrangement.products(self._z))
            crosses = self.arrangement.crosses(self._z, both)
            for shape, gram in zip(self.arrangement.shapes, grams, strict=True):
                self._pieces.append(Pieces(shape, gram, *shape.split(crosses)))
        elif self.q:
            Z = self._weighted_Z
            self._cross = np.asarray(Z.T @ both)
            self._gram = (Z.T @ Z).tocsc()

    def changed(self, *, y: FloatArray | None = None, weights: FloatArray | None = None) -> Problem:
        """Return the problem with another response or other weights; the groups stay arranged."""
        return Problem(
            self.X,
            self.y if y is None else y,
            self.blocks,
            reml=self.reml,
            weights=self.weights if weights is None else weights,
            largest=self._largest,
            arrangement=self.arrangement,
        )

    def of_rows(self, rows: np.ndarray[Any, np.dtype[np.bool_]]) -> Problem:
        """Return the problem of some rows; levels that have none of them are gone."""
        blocks = []
        for block in self.blocks:
            levels, codes = np.unique(block.codes[rows], return_inverse=True)
            blocks.append(RandomBlock(block.columns[rows], codes, len(levels), block.turn))
        weights = None if self.weights is None else self.weights[rows]
        return Problem(
            self.X[rows],
            self.y[rows],
            blocks,
            reml=self.reml,
            weights=weights,
            largest=self._largest,
        )

    @cached_property
    def _z(self) -> FloatArray:
        """Each row's random effects' columns as they are arranged, times the root of its weight."""
        assert self.arrangement is not None
        return self.arrangement.columns(self.blocks) * self._root[:, None]

    @cached_property
    def Z(self) -> Any:
        """The random effects' design (n x q), sparse: per term, per level, per effect."""
        from scipy import sparse

        parts, rows = [], np.arange(self.n)
        for block in self.blocks:
            k = block.effects
            places = block.codes[:, None] * k + np.arange(k)
            parts.append(
                sparse.csr_matrix(
                    (block.columns.ravel(), (np.repeat(rows, k), places.ravel())),
                    shape=(self.n, block.levels * k),
                )
            )
        return sparse.hstack(parts).tocsr() if parts else sparse.csr_matrix((self.n, 0))

    @cached_property
    def _weighted_Z(self) -> Any:
        from scipy import sparse

        return sparse.diags(self._root) @ self.Z

    @property
    def n_theta(self) -> int:
        """How many parameters Lambda has."""
        return len(self._templates)

    @property
    def freedom(self) -> int:
        """Rows less fixed effects (REML), or rows (ML)."""
        return self.n - self.p if self.reml else self.n

    @property
    def is_dense(self) -> bool:
        """Whether derivatives have a formula; else they are taken by differences."""
        return self.arrangement is not None

    def start(self) -> FloatArray:
        """Return identity triangles."""
        return np.array([1.0 if row == column else 0.0 for _, row, column in self._templates])

    @property
    def diagonal(self) -> np.ndarray[Any, np.dtype[np.bool_]]:
        """Which parameters stand on the diagonal of their triangle."""
        return np.array([row == column for _, row, column in self._templates], dtype=bool)

    @property
    def term_of(self) -> np.ndarray[Any, np.dtype[np.intp]]:
        """To which of the blocks each parameter belongs."""
        return np.array([term for term, _, _ in self._templates], dtype=np.intp)

    def triangles(self, theta: FloatArray) -> list[FloatArray]:
        """Return each term's lower triangle."""
        found = [np.zeros((block.effects, block.effects)) for block in self.blocks]
        for value, (block, row, column) in zip(theta, self._templates, strict=True):
            found[block][row, column] = value
        return found

    def canonical(self, theta: FloatArray) -> FloatArray:
        """Return the same model with no negative number on a diagonal."""
        flipped = [each * np.where(np.diag(each) < 0, -1.0, 1.0) for each in self.triangles(theta)]
        return self.theta_of(flipped)

    def theta_of(self, triangles: Sequence[FloatArray]) -> FloatArray:
        """Return theta from each term's lower triangle."""
        return np.array([triangles[b][row, column] for b, row, column in self._templates])

    def _lambda(self, theta: FloatArray) -> Any:
        from scipy import sparse

        parts = [
            sparse.kron(sparse.identity(block.levels), triangle)
            for block, triangle in zip(self.blocks, self.triangles(theta), strict=True)
        ]
        return sparse.block_diag(parts, format="csc")

    def solve(self, theta: FloatArray) -> Solved:
        """Return the penalized least squares at theta."""
        log_det, taken = self._taken(np.asarray(theta, dtype=float))
        return self._solved(log_det, self._fixed_after(taken))

    def _fixed_after(self, taken: FloatArray) -> _Reduced:
        gram = self._fixed - taken
        gram = (gram + gram.T) / 2
        p = self.p
        # These are a few numbers each, for which LAPACK's triangular solver wakes every core: it
        # takes some forty times as long as the general one.
        root = np.linalg.cholesky(gram[:p, :p])
        half = np.linalg.solve(root, gram[:p, p])
        residual = float(gram[p, p] - half @ half)
        return _Reduced(root, half, max(residual, 1e-14 * self.spread))

    def _solved(self, log_det: float, after: _Reduced) -> Solved:
        into = self._into(after)
        beta = into @ after.half + np.linalg.solve(self._R, self._start)
        fixed = 2 * float(np.log(np.diag(after.root)).sum()) + self.log_det_R
        return Solved(log_det, fixed, after.residual, beta, into @ into.T)

    def _into(self, after: _Reduced) -> FloatArray:
        return np.linalg.solve(self._R, np.linalg.inv(after.root).T)

    def _taken(self, theta: FloatArray) -> tuple[float, FloatArray]:
        """Return log|A| and B'A^-1B; A = Lambda'Z'Z Lambda + I, B = Lambda'Z'[Q y]."""
        if self.q and not self.is_dense:
            log_det, inverse = self._factored(theta)
            B = self._lambda(theta).T @ self._cross
            return log_det, B.T @ inverse(B)
        log_det, taken = 0.0, np.zeros_like(self._fixed)
        if self.arrangement is not None:
            where = self._where(theta)
            for piece in self._pieces:
                more, part = piece.reduced(where)
                log_det += more
                taken += part
        return log_det, taken

    def _where(self, theta: FloatArray) -> Theta:
        """Return theta parted into the finest term's triangle and the rest."""
        assert self.arrangement is not None
        finest = self.triangles(theta)[self.arrangement.order[-1]]
        return Theta(finest, theta[self.arrangement.rest])

    def _factored(self, theta: FloatArray) -> tuple[float, Any]:
        from scipy.sparse import identity
        from scipy.sparse.linalg import splu

        L = self._lambda(theta)
        A = (L.T @ self._gram @ L + identity(self.q, format="csc")).tocsc()
        factor = splu(
            A,
            permc_spec="MMD_AT_PLUS_A",
            diag_pivot_thresh=0.0,
            options={"SymmetricMode": True},
        )
        return float(np.log(np.abs(factor.U.diagonal())).sum()), factor.solve

    def deviance(self, theta: FloatArray) -> float:
        """Return the profiled (restricted) deviance: -2 log likelihood."""
        log_det, taken = self._taken(np.asarray(theta, dtype=float))
        return self._deviance(log_det, self._fixed_after(taken))

    def _deviance(self, log_det: float, after: _Reduced) -> float:
        m = self.freedom
        found = log_det - self.log_weights
        found += m * (1 + math.log(2 * math.pi * after.residual / m))
        if self.reml:
            found += 2 * float(np.log(np.diag(after.root)).sum()) + self.log_det_R
        return float(found)

    def curve(self, theta: FloatArray) -> Curve:
        """Return the deviance with its first and second derivatives."""
        theta = np.asarray(theta, dtype=float)
        return self._curve(theta) if self.is_dense else self._differenced(theta)

    def _curve(self, theta: FloatArray) -> Curve:
        assert self.arrangement is not None
        swept, after = self._swept(theta)
        p, k, order = self.p, self.n_theta, self.arrangement.by_theta
        columns = self._columns(after)
        where = self._where(theta)
        total = _total(
            moments(each, columns, piece.directions(where))
            for piece, each in zip(self._pieces, swept, strict=True)
        ).ordered(order)
        pairs, pairs_y = np.zeros((2, k, k))
        for piece, each in zip(self._pieces, swept, strict=True):
            rest, finest = each.outer @ columns, each.finest_outer @ columns
            inner, own = each.inner, each.finest_inner().sum(axis=(0, 1))
            if self.reml:
                inner = inner - rest[:, :, :p] @ rest[:, :, :p].transpose(0, 2, 1)
                own = own - _squares(finest[..., :p])
            score = rest[:, :, p:] @ rest[:, :, p:].transpose(0, 2, 1)
            pairs += pair_sums(piece, inner, own)
            pairs_y += pair_sums(piece, score, _squares(finest[..., p:]))
        both = np.ix_(order, order)
        pairs, pairs_y = pairs[both], pairs_y[both]
        slope = -total.sides[:, p, p]
        bend = _bend(total, p) - 2 * pairs_y
        trace = total.trace
        curve = 2 * pairs - total.traces
        if self.reml:
            trace = trace - np.einsum("kii->k", total.sides[:, :p, :p])
            flat = total.sides[:, :p, :p].reshape(k, -1)
            curve += 2 * np.einsum("ijaa->ij", total.products[:, :, :p, :p]) - flat @ flat.T
        weight = self.freedom / after.residual
        at_sigma = curve + weight * bend
        into = self._into(after)
        return Curve(
            deviance=self._deviance(sum(each.log_det for each in swept), after),
            gradient=trace + weight * slope,
            hessian=at_sigma - weight / after.residual * np.outer(slope, slope),
            at_sigma=at_sigma,
            residual=slope,
            unscaled=np.moveaxis(into @ total.sides[:, :p, :p] @ into.T, 0, 2),
        )

    def _swept(self, theta: FloatArray) -> tuple[list[Swept], _Reduced]:
        where = self._where(theta)
        swept = [piece.swept(where) for piece in self._pieces]
        taken = sum((each.taken for each in swept), np.zeros_like(self._fixed))
        return swept, self._fixed_after(taken)

    def _columns(self, after: _Reduced) -> FloatArray:
        """Return what turns [Q y] into columns orthonormal under V^-1, and y's residual."""
        p = self.p
        columns = np.zeros((p + 1, p + 1))
        columns[:p, :p] = np.linalg.inv(after.root).T
        columns[:p, p] = -columns[:p, :p] @ after.half
        columns[p, p] = 1.0
        return columns

    def linear(self, theta: FloatArray) -> Linear:
        """Return the moments by the elements of the random effects' covariance matrices."""
        assert self.arrangement is not None
        swept, after = self._swept(np.asarray(theta, dtype=float))
        columns = self._columns(after)
        found = []
        for piece, each in zip(self._pieces, swept, strict=True):
            shape = piece.shape
            patterns = Directions(_patterns(shape.units), _patterns(triangle_units(shape.effects)))
            found.append(moments(each, columns, patterns))
        total = _total(found).ordered(self.arrangement.by_theta)
        squares = [each @ each.T for each in self.triangles(theta)]
        components = np.array([squares[b][row, column] for b, row, column in self._templates])
        return Linear(components, self._into(after), total)

    def _differenced(self, theta: FloatArray) -> Curve:
        known: dict[bytes, Solved] = {}

        def solved(where: FloatArray) -> Solved:
            # The differences of all derivatives share most of their points.
            key = np.round(where, 14).tobytes()
            if key not in known:
                known[key] = self.solve(where)
            return known[key]

        def fixed(found: Solved) -> float:
            return found.log_det + (found.log_det_fixed if self.reml else 0.0)

        def deviance(where: FloatArray) -> float:
            found = solved(where)
            scale = 1 + math.log(2 * math.pi * found.residual / m)
            return fixed(found) - self.log_weights + m * scale

        m, residual = self.freedom, solved(theta).residual
        slope = gradient(lambda t: solved(t).residual, theta)
        held = hessian(lambda t: fixed(solved(t)) + solved(t).residual * m / residual, theta)
        return Curve(
            deviance=deviance(theta),
            gradient=gradient(deviance, theta),
            hessian=held - m / residual**2 * np.outer(slope, slope),
            at_sigma=held,
            residual=slope,
            unscaled=gradient(lambda t: solved(t).unscaled, theta),
        )

    def sigma2(self, solved: Solved) -> float:
        """Return the residual variance."""
        return solved.residual / self.freedom

    def modes(self, theta: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Return the conditional modes of all random effects and the fitted values."""
        fixed = self.X @ self.solve(theta).coefficients
        b = self._taken_up(theta, ((self.y - fixed) * self._root)[:, None])[:, 0]
        return b, fixed + self.Z @ b

    def spread_by(self, theta: FloatArray, columns: FloatArray) -> FloatArray:
        """Return the part of some columns (n, k) that the random effects take up.

        ``columns`` less this, times the weights, is the inverse of the rows' covariance (over sigma
        squared) times ``columns``.
        """
        return np.asarray(self.Z @ self._taken_up(theta, columns * self._root[:, None]))

    def _taken_up(self, theta: FloatArray, columns: FloatArray) -> FloatArray:
        """Return the random effects (q, k) for columns (n, k) that are weighted already."""
        if not self.q:
            return np.zeros((0, columns.shape[1]))
        if self.arrangement is None:
            _, inverse = self._factored(theta)
            L = self._lambda(theta)
            return np.asarray(L @ inverse(np.asarray(L.T @ (self._weighted_Z.T @ columns))))
        crosses, where = self.arrangement.crosses(self._z, columns), self._where(theta)
        found = [
            part.reshape(-1, columns.shape[1])
            for piece in self._pieces
            for part in piece.taken_up(where, *piece.shape.split(crosses))
        ]
        return np.concatenate(found)[self.arrangement.place]


def _total(found: Iterable[Moments]) -> Moments:
    return reduce(Moments.plus, found)


def _patterns(units: FloatArray) -> FloatArray:
    """Return the symmetric matrices that have an element of a triangle, and its mirror image."""
    return np.asarray(np.maximum(units, np.swapaxes(units, -1, -2)))


def _squares(levels: FloatArray) -> FloatArray:
    """Return N N' summed over the levels (pieces, levels, k, w) of N."""
    flat = np.moveaxis(levels, 2, 0).reshape(levels.shape[2], -1)
    return np.asarray(flat @ flat.T)


def _bend(total: Moments, p: int) -> FloatArray:
    """Return twice y'P D_i P D_j P y, D_i the directions of the rows' covariance."""
    mixed = total.sides[:, :p, p]
    return 2 * (total.products[:, :, p, p] - mixed @ mixed.T)
