"""The restricted likelihood of a linear mixed model, profiled as in lme4.

Bates D, Maechler M, Bolker B, Walker S (2015), doi:10.18637/jss.v067.i01. The random effects are
``b = Lambda(theta) u``, ``u ~ N(0, sigma^2 I)``, where Lambda repeats one small lower triangle a
term. The data enter by cross-products only, so that the cost of a step does not grow with the rows.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np

from renshaw.core.errors import DataError
from renshaw.data.arrays import FloatArray
from renshaw.statistics.pieces import pieces

# Random effects that hang together in larger numbers than this are factored as a sparse matrix.
_DENSE = 1200
_MOST_EFFECTS = 400_000


@dataclass(frozen=True, eq=False)
class RandomBlock:
    """One random term's share of the data: the effects' columns and each row's group."""

    columns: FloatArray
    codes: np.ndarray[Any, np.dtype[np.int64]]
    levels: int

    @property
    def effects(self) -> int:
        """How many effects a group has."""
        return int(self.columns.shape[1])


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
    """

    def __init__(
        self, X: FloatArray, y: FloatArray, blocks: Sequence[RandomBlock], *, reml: bool = True
    ) -> None:
        self.X = X
        self.y = y
        self.blocks: tuple[RandomBlock, ...] = tuple(blocks)
        self.reml = reml
        self.n: int = int(X.shape[0])
        self.p: int = int(X.shape[1])
        self.q: int = sum(block.levels * block.effects for block in blocks)
        if self.q > _MOST_EFFECTS:
            raise DataError(f"The model has {self.q} random effects; that is too many.")
        self._prepare()

    def _prepare(self) -> None:
        # Orthonormal columns and a response without its mean: no cancellation, no scale.
        self._Q, self._R = np.linalg.qr(self.X)
        self._start = self._Q.T @ self.y
        rest = self.y - self._Q @ self._start
        both = np.column_stack([self._Q, rest])
        self._fixed = both.T @ both
        Z = self.Z
        self._cross = np.asarray(Z.T @ both)
        self._gram = (Z.T @ Z).tocsc()
        self.log_det_R: float = 2 * float(np.log(np.abs(np.diag(self._R))).sum())
        self.spread: float = float(rest @ rest)
        self._templates = _templates(self.blocks)
        self._pieces = pieces(self._gram, self._cross, self.blocks, self._templates, _DENSE)

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

    @property
    def n_theta(self) -> int:
        """How many parameters Lambda has."""
        return len(self._templates)

    @property
    def freedom(self) -> int:
        """Rows less fixed effects (REML), or rows (ML)."""
        return self.n - self.p if self.reml else self.n

    def start(self) -> FloatArray:
        """Return identity triangles."""
        return np.array([1.0 if row == column else 0.0 for _, row, column in self._templates])

    @property
    def diagonal(self) -> np.ndarray[Any, np.dtype[np.bool_]]:
        """Which parameters stand on the diagonal of their triangle."""
        return np.array([row == column for _, row, column in self._templates], dtype=bool)

    def triangles(self, theta: FloatArray) -> list[FloatArray]:
        """Return each term's lower triangle."""
        found = [np.zeros((block.effects, block.effects)) for block in self.blocks]
        for value, (block, row, column) in zip(theta, self._templates, strict=True):
            found[block][row, column] = value
        return found

    def canonical(self, theta: FloatArray) -> FloatArray:
        """Return the same model with no negative number on a diagonal."""
        flipped = [each * np.where(np.diag(each) < 0, -1.0, 1.0) for each in self.triangles(theta)]
        return np.array([flipped[b][row, column] for b, row, column in self._templates])

    def _lambda(self, theta: FloatArray) -> Any:
        from scipy import sparse

        parts = [
            sparse.kron(sparse.identity(block.levels), triangle)
            for block, triangle in zip(self.blocks, self.triangles(theta), strict=True)
        ]
        return sparse.block_diag(parts, format="csc")

    def solve(self, theta: FloatArray) -> Solved:
        """Return the penalized least squares at theta."""
        log_det, taken = self._reduced(np.asarray(theta, dtype=float))
        gram = self._fixed - taken
        gram = (gram + gram.T) / 2
        p = self.p
        # These are a few numbers each, for which LAPACK's triangular solver wakes every core: it
        # takes some forty times as long as the general one.
        root = np.linalg.cholesky(gram[:p, :p])
        half = np.linalg.solve(root, gram[:p, p])
        residual = float(gram[p, p] - half @ half)
        into = np.linalg.solve(self._R, np.linalg.inv(root).T)
        beta = into @ half + np.linalg.solve(self._R, self._start)
        fixed = 2 * float(np.log(np.diag(root)).sum()) + self.log_det_R
        floor = 1e-14 * self.spread
        return Solved(log_det, fixed, max(residual, floor), beta, into @ into.T)

    def _reduced(self, theta: FloatArray) -> tuple[float, FloatArray]:
        """Return log|A| and B'A^-1B; A = Lambda'Z'Z Lambda + I, B = Lambda'Z'[Q y]."""
        if self._pieces is None:
            log_det, inverse = self._factored(theta)
            B = self._lambda(theta).T @ self._cross
            return log_det, B.T @ inverse(B)
        log_det, taken = 0.0, np.zeros_like(self._fixed)
        for piece in self._pieces:
            more, part = piece.reduced(theta)
            log_det += more
            taken += part
        return log_det, taken

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
        log_det, taken = self._reduced(np.asarray(theta, dtype=float))
        # The last pivot of the cross-products' factor is the residual's root: no system is solved.
        gram = self._fixed - taken
        floor = 1e-14 * self.spread
        gram[-1, -1] += floor
        pivots = np.diag(np.linalg.cholesky((gram + gram.T) / 2))
        m = self.freedom
        found = log_det + m * (1 + math.log(2 * math.pi * max(pivots[-1] ** 2, floor) / m))
        if self.reml:
            found += 2 * float(np.log(pivots[:-1]).sum()) + self.log_det_R
        return float(found)

    def sigma2(self, solved: Solved) -> float:
        """Return the residual variance."""
        return solved.residual / self.freedom

    def modes(self, theta: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Return the conditional modes of all random effects and the fitted values."""
        fixed = self.X @ self.solve(theta).coefficients
        b = self._taken_up(theta, self.y - fixed)
        return b, fixed + self.Z @ b

    def spread_by(self, theta: FloatArray, columns: FloatArray) -> FloatArray:
        """Return the part of some columns (n, k) that the random effects take up.

        ``columns`` less this is the inverse of the rows' covariance (over sigma squared) times
        ``columns``.
        """
        return np.asarray(self.Z @ self._taken_up(theta, columns))

    def _taken_up(self, theta: FloatArray, columns: FloatArray) -> FloatArray:
        if not self.q:
            return np.zeros((0, *columns.shape[1:]))
        _, inverse = self._factored(theta)
        L = self._lambda(theta)
        return np.asarray(L @ inverse(np.asarray(L.T @ (self.Z.T @ columns))))


def _templates(blocks: Sequence[RandomBlock]) -> list[tuple[int, int, int]]:
    # Column by column, as lme4 orders theta.
    return [
        (n, row, column)
        for n, block in enumerate(blocks)
        for column in range(block.effects)
        for row in range(column, block.effects)
    ]
