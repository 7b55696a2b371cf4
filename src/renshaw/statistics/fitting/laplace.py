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
from renshaw.statistics.fitting.reml import RandomBlock

Ints = np.ndarray[Any, np.dtype[np.int64]]
_LARGEST = 2_000
_MOST_NUMBERS = 40_000_000
_NEWTON_STEPS = 60
# By how much a dispersion parameter is moved to see what changes.
_NUDGE = 1e-4


class Mode(NamedTuple):
    """The random effects' mode at some parameters, and what was computed on the way to it."""

    u: FloatArray
    eta: FloatArray
    density: Derivatives
    Lambda: list[FloatArray]
    gram: list[FloatArray]
    inverse: list[FloatArray]
    log_det: float


@dataclass(frozen=True, eq=False)
class Stack:
    """Random effects that hang together, padded to one size and stacked.

    Parameters
    ----------
    first, count, size : int
        Where the stack starts among all effects, how many pieces, effects a piece.
    outer : sparse array (count size^2, n)
        Each row's products of two effects' columns, summed with weights into Z'WZ.
    rows, columns, parameters : arrays
        Entries of Lambda: place (flat in the stack) of row and column, and which theta is there.
    """

    first: int
    count: int
    size: int
    outer: Any
    outer_turned: Any
    rows: Ints
    columns: Ints
    parameters: Ints

    def take(self, values: FloatArray) -> FloatArray:
        """Return the stack's part of a vector over all effects, piece by piece."""
        return values[self.first : self.first + self.count * self.size].reshape(
            self.count, self.size
        )

    def places(self) -> Ints:
        """Return where the entries of Lambda stand in the stack of squares, taken flat."""
        return (self.rows // self.size * self.size + self.rows % self.size) * self.size + (
            self.columns % self.size
        )


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
        self.offset: FloatArray = np.zeros(self.n) if offset is None else offset
        # Columns without correlation, of size 1: the search sees one scale only.
        Q, R = np.linalg.qr(X)
        self.Q: FloatArray = Q * math.sqrt(self.n)
        self.R: FloatArray = R / math.sqrt(self.n)
        self.templates: list[tuple[int, int, int]] = [
            (n, row, column)
            for n, block in enumerate(self.blocks)
            for column in range(block.effects)
            for row in range(column, block.effects)
        ]
        self.n_theta: int = len(self.templates)
        self.diagonal: np.ndarray[Any, np.dtype[np.bool_]] = np.array(
            [row == column for _, row, column in self.templates], dtype=bool
        )
        self.n_free: int = len(density.family.dispersion)
        self.stacks: list[Stack]
        self.Z: Any
        self.places: Ints
        self.stacks, self.Z, self.places = _stacked(self.n, self.blocks, self.templates)
        self.Z_turned: Any = self.Z.T.tocsr()
        self._u = np.zeros(self.Z.shape[1])

    def split(self, parameters: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
        """Return fixed effects (on the columns of Q), theta and the dispersion parameters."""
        ends = (self.p, self.p + self.n_theta)
        return parameters[: ends[0]], parameters[ends[0] : ends[1]], parameters[ends[1] :]

    def _lambdas(self, theta: FloatArray) -> list[FloatArray]:
        found = []
        for stack in self.stacks:
            Lambda = np.zeros(stack.count * stack.size**2)
            Lambda[stack.places()] = theta[stack.parameters]
            found.append(Lambda.reshape(stack.count, stack.size, stack.size))
        return found

    def _each(self, parts: Sequence[FloatArray], values: FloatArray, turned: bool) -> FloatArray:
        """Return each stack's squares times a vector over all effects."""
        found = np.zeros_like(values)
        for stack, square in zip(self.stacks, parts, strict=True):
            each = stack.take(values)[:, :, None]
            square = square.transpose(0, 2, 1) if turned else square
            end = stack.first + stack.count * stack.size
            found[stack.first : end] = (square @ each).reshape(-1)
        return found

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
            slope = self._each(Lambda, self.Z_turned @ density.first, True) - u
            _, inverse, log_det = self._curvature(-density.second, Lambda)
            if not np.isfinite(log_det):
                # Not concave here: a curvature that is keeps the step uphill.
                weights = np.maximum(-density.second, 1e-8)
                _, inverse, _ = self._curvature(weights, Lambda)
            step = self._each(inverse, slope, False)
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
        self, u: FloatArray, fixed: FloatArray, Lambda: list[FloatArray], free: FloatArray
    ) -> Mode | None:
        # One step after the last: the value hardly moves, but its slope is of the first order.
        found = self._look(u, fixed, Lambda, free)
        if found is None:
            return None
        eta, density, _ = found
        gram, inverse, log_det = self._curvature(-density.second, Lambda)
        if not np.isfinite(log_det):
            return None
        self._u = u
        return Mode(u, eta, density, Lambda, gram, inverse, log_det)

    def _look(
        self, u: FloatArray, fixed: FloatArray, Lambda: list[FloatArray], free: FloatArray
    ) -> tuple[FloatArray, Derivatives, float] | None:
        eta = fixed + self.Z @ self._each(Lambda, u, False)
        if not np.isfinite(eta).all():
            return None
        density = self.density.at(eta, free)
        return eta, density, float(density.log.sum()) - 0.5 * float(u @ u)

    def _curvature(
        self, weights: FloatArray, Lambda: list[FloatArray]
    ) -> tuple[list[FloatArray], list[FloatArray], float]:
        """Return Z'WZ, the inverses of Lambda'Z'WZ Lambda + I, and the log of their determinant."""
        grams, inverses, total = [], [], 0.0
        for stack, each in zip(self.stacks, Lambda, strict=True):
            shape = (stack.count, stack.size, stack.size)
            gram = np.asarray(stack.outer @ weights).reshape(shape)
            A = each.transpose(0, 2, 1) @ gram @ each
            A[:, np.arange(stack.size), np.arange(stack.size)] += 1.0
            try:
                root = np.linalg.cholesky(A)
            except np.linalg.LinAlgError:
                return [], [], math.nan
            total += 2 * float(np.log(np.einsum("cii->ci", root)).sum())
            grams.append(gram)
            inverses.append(np.linalg.inv(A))
        return grams, inverses, total

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
        a = self._each(mode.inverse, self._each(Lambda, self.Z_turned @ s, True), False)
        moved = np.asarray(self.Z @ self._each(Lambda, a, False))
        rest = s - weights * moved
        by_fixed = self.Q.T @ (rest - density.first)
        r, c = self.Z_turned @ density.first, self.Z_turned @ rest
        by_theta = np.zeros(self.n_theta)
        for stack, each, gram, inverse in zip(
            self.stacks, Lambda, mode.gram, mode.inverse, strict=True
        ):
            R, C, U, A = (stack.take(v).ravel() for v in (r, c, mode.u, a))
            rows, columns = stack.rows, stack.columns
            terms = (gram @ each @ inverse).reshape(-1)[stack.places()]
            terms += (C[rows] - R[rows]) * U[columns] + R[rows] * A[columns]
            by_theta += np.bincount(stack.parameters, terms, minlength=self.n_theta)
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

    def _leverage(self, mode: Mode) -> FloatArray:
        """Return the variance of each row's predictor that the random effects still have."""
        found = np.zeros(self.n)
        for stack, each, inverse in zip(self.stacks, mode.Lambda, mode.inverse, strict=True):
            found += stack.outer_turned @ (each @ inverse @ each.transpose(0, 2, 1)).reshape(-1)
        return found

    def effective(self, mode: Mode) -> float:
        """Return how many parameters the rows' means have in effect, random effects included."""
        return float(self.p - self._leverage(mode) @ mode.density.second)

    def effects(self, mode: Mode) -> FloatArray:
        """Return the random effects at a mode: per term, per level, per effect."""
        return self._each(mode.Lambda, mode.u, False)[self.places]


def _value(mode: Mode) -> float:
    log = float(mode.density.log.sum())
    return -log + 0.5 * float(mode.u @ mode.u) + 0.5 * mode.log_det


def _stacked(
    n: int, blocks: Sequence[RandomBlock], templates: Sequence[tuple[int, int, int]]
) -> tuple[list[Stack], Any, Ints]:
    """Split the random effects into pieces that share no row, and stack pieces of like size.

    Returns the stacks, the random effects' design in their order, and where there each effect is.
    """
    from scipy import sparse
    from scipy.sparse.csgraph import connected_components

    q = sum(block.levels * block.effects for block in blocks)
    if not q:
        return [], sparse.csr_matrix((n, 0)), np.zeros(0, dtype=np.int64)
    starts = np.concatenate([[0], np.cumsum([b.levels * b.effects for b in blocks])])
    columns = np.hstack(
        [
            start + block.codes[:, None] * block.effects + np.arange(block.effects)
            for start, block in zip(starts, blocks, strict=False)
        ]
    )
    values = np.hstack([block.columns for block in blocks])
    width = columns.shape[1]
    links = sparse.coo_matrix(
        (np.ones(n * width), (np.repeat(columns[:, 0], width), columns.ravel())), shape=(q, q)
    )
    _, labels = connected_components(links, directed=False)
    sizes = np.bincount(labels)
    if sizes.max() > _LARGEST:
        raise DataError(
            f"{sizes.max()} random effects hang together, more than the {_LARGEST} that can be "
            "fitted with a family other than normal. Leave out random terms that cross others."
        )
    kinds = np.ceil(np.log2(sizes)).astype(int)
    if len(sizes) * float(sizes.max()) ** 2 < 200_000:
        kinds[:] = 0
    # Every effect's piece, slot within it, stack and place in the new order.
    order = np.argsort(labels, kind="stable")
    within = np.empty(q, dtype=np.int64)
    within[order] = np.arange(q) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    places = np.empty(q, dtype=np.int64)
    stacks, first = [], 0
    triples = _pattern(blocks, templates, starts)
    for kind in np.unique(kinds):
        mine = np.flatnonzero(kinds == kind)
        size = int(sizes[mine].max())
        if len(mine) * size**2 > _MOST_NUMBERS:
            raise DataError("There are too many random effects for a family other than normal.")
        number = np.full(len(sizes), -1)
        number[mine] = np.arange(len(mine))
        here = number[labels] >= 0
        local = number[labels] * size + within
        places[here] = first + local[here]
        inside = np.flatnonzero(here[columns[:, 0]])
        slots = local[columns[inside]]
        a, b = np.repeat(slots, width, axis=1), np.tile(slots, (1, width))
        v = values[inside]
        products = np.repeat(v, width, axis=1) * np.tile(v, (1, width))
        outer = sparse.csr_matrix(
            (
                products.ravel(),
                ((a * size + b % size).ravel(), np.repeat(inside, width * width)),
            ),
            shape=(len(mine) * size**2, n),
        )
        row, column, parameter = (each[here[triples[0]]] for each in triples)
        stacks.append(
            Stack(
                first,
                len(mine),
                size,
                outer,
                outer.T.tocsr(),
                local[row],
                local[column],
                parameter,
            )
        )
        first += len(mine) * size
    Z = sparse.csr_matrix(
        (values.ravel(), (np.repeat(np.arange(n), width), places[columns].ravel())),
        shape=(n, first),
    )
    return stacks, Z, places


def _pattern(
    blocks: Sequence[RandomBlock], templates: Sequence[tuple[int, int, int]], starts: Ints
) -> tuple[Ints, Ints, Ints]:
    """Return the row, column and parameter of every entry of Lambda."""
    rows, columns, parameters = [], [], []
    for number, (n, row, column) in enumerate(templates):
        first = starts[n] + np.arange(blocks[n].levels) * blocks[n].effects
        rows.append(first + row)
        columns.append(first + column)
        parameters.append(np.full(blocks[n].levels, number))
    return (
        np.concatenate(rows).astype(np.int64),
        np.concatenate(columns).astype(np.int64),
        np.concatenate(parameters).astype(np.int64),
    )
