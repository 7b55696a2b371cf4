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

# A dense factorization of this many random effects takes less time than a sparse one's overhead.
_DENSE = 160
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
        self.X, self.y, self.blocks, self.reml = X, y, tuple(blocks), reml
        self.n, self.p = X.shape
        self.q = sum(block.levels * block.effects for block in blocks)
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
        self._gram_dense = self._gram.toarray() if self.q <= _DENSE else None
        self.log_det_R = 2 * float(np.log(np.abs(np.diag(self._R))).sum())
        self.spread = float(rest @ rest)
        self._templates = _templates(self.blocks)

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
        B, log_det, inverse = self._factored(theta)
        gram = self._fixed - (B.T @ inverse(B) if self.q else 0.0)
        gram = (gram + gram.T) / 2
        p = self.p
        root = np.linalg.cholesky(gram[:p, :p]) if p else np.zeros((0, 0))
        from scipy.linalg import solve_triangular

        half = solve_triangular(root, gram[:p, p], lower=True) if p else np.zeros(0)
        residual = float(gram[p, p] - half @ half)
        back = solve_triangular(root, np.eye(p), lower=True) if p else np.zeros((0, 0))
        into = solve_triangular(self._R, back.T) if p else np.zeros((0, 0))
        beta = into @ half
        if p:
            beta = beta + solve_triangular(self._R, self._start)
        fixed = 2 * float(np.log(np.diag(root)).sum()) + self.log_det_R
        floor = 1e-14 * self.spread
        return Solved(log_det, fixed, max(residual, floor), beta, into @ into.T)

    def _factored(self, theta: FloatArray) -> tuple[FloatArray, float, Any]:
        if not self.q:
            return self._cross, 0.0, lambda right: right
        if self._gram_dense is not None:
            from scipy.linalg import cho_factor, cho_solve

            L = self._lambda(theta).toarray()
            A = L.T @ self._gram_dense @ L
            A[np.diag_indices_from(A)] += 1.0
            root = cho_factor(A, lower=True, check_finite=False)
            log_det = 2 * float(np.log(np.diag(root[0])).sum())
            return L.T @ self._cross, log_det, lambda right: cho_solve(root, right)
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
        log_det = float(np.log(np.abs(factor.U.diagonal())).sum())
        return L.T @ self._cross, log_det, factor.solve

    def deviance(self, theta: FloatArray) -> float:
        """Return the profiled (restricted) deviance: -2 log likelihood."""
        return self.deviance_of(self.solve(theta))

    def deviance_of(self, solved: Solved) -> float:
        """Return the profiled deviance of a solution."""
        m = self.freedom
        dev = solved.log_det + m * (1 + math.log(2 * math.pi * solved.residual / m))
        return dev + solved.log_det_fixed if self.reml else dev

    def sigma2(self, solved: Solved) -> float:
        """Return the residual variance."""
        return solved.residual / self.freedom

    def modes(self, theta: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Return the conditional modes of all random effects and the fitted values."""
        solved = self.solve(theta)
        fixed = self.X @ solved.coefficients
        if not self.q:
            return np.zeros(0), fixed
        _, _, inverse = self._factored(theta)
        L = self._lambda(theta)
        rest = self.y - fixed
        b = L @ inverse(np.asarray(L.T @ (self.Z.T @ rest)))
        return b, fixed + self.Z @ b

    def spread_by(self, theta: FloatArray, columns: FloatArray) -> FloatArray:
        """Return the part of some columns (n, k) that the random effects take up.

        ``columns`` less this is the inverse of the rows' covariance (over sigma squared) times
        ``columns``.
        """
        if not self.q:
            return np.zeros_like(columns)
        _, _, inverse = self._factored(theta)
        L = self._lambda(theta)
        return np.asarray(self.Z @ (L @ inverse(np.asarray(L.T @ (self.Z.T @ columns)))))


def _templates(blocks: Sequence[RandomBlock]) -> list[tuple[int, int, int]]:
    # Column by column, as lme4 orders theta.
    return [
        (n, row, column)
        for n, block in enumerate(blocks)
        for column in range(block.effects)
        for row in range(column, block.effects)
    ]
