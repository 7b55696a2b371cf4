"""Random effects that hang together, piece by piece: a participant and its units are one.

Pieces of like size are stacked, so that one call factors them all. Which effect stands where
depends on the groups only, and is found once for all responses and weights.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np

from renshaw.data.arrays import FloatArray

# Below this many operations, padding all to one size costs less than another call.
_CHEAP = 1_000_000

Ints = np.ndarray[Any, np.dtype[np.int64]]
Template = tuple[int, int, int]
"""A parameter of Lambda: the number of its term, its row and its column in the term's triangle."""


@dataclass(frozen=True, eq=False)
class RandomBlock:
    """One random term's share of the data: the effects' columns and each row's group.

    Parameters
    ----------
    columns : array (n, k)
        The effects' columns, as they are searched on: without correlation, of one size.
    codes : array (n,)
        Each row's level, numbered from 0.
    levels : int
    turn : array (k, k)
        Upper triangle that made these columns of the effects' own: ``columns = own @ turn``.
    """

    columns: FloatArray
    codes: Ints
    levels: int
    turn: FloatArray

    @classmethod
    def of(cls, own: FloatArray, codes: Ints, levels: int) -> RandomBlock:
        """Return the block of some columns: a slope on years since 1900 is no harder than others.

        The covariance of a term's effects is free, so that the model is the same in any basis.
        """
        size = np.sqrt((own**2).mean(axis=0))
        size = np.where(size > 0, size, 1.0)
        turn = np.diag(1 / size)
        upper = np.linalg.qr(own / size, mode="r") / np.sqrt(len(own))
        if np.abs(np.diag(upper)).min() > 1e-9:
            upper *= np.sign(np.diag(upper))[:, None]
            turn = turn @ np.linalg.inv(upper)
        return cls(own @ turn, np.asarray(codes, dtype=np.int64), levels, turn)

    @property
    def effects(self) -> int:
        """How many effects a group has."""
        return int(self.columns.shape[1])

    def own(self, triangle: FloatArray) -> FloatArray:
        """Return the factor of the own effects' covariance (over sigma squared), lower triangular.

        ``triangle`` is that of the effects on ``columns``.
        """
        upper = np.asarray(np.linalg.qr((self.turn @ triangle).T, mode="r"))
        return np.asarray(upper.T * np.where(np.diag(upper) < 0, -1.0, 1.0))


def templates_of(blocks: Sequence[RandomBlock]) -> tuple[Template, ...]:
    """Return the parameters of Lambda, column by column, as lme4 orders theta."""
    return tuple(
        (n, row, column)
        for n, block in enumerate(blocks)
        for column in range(block.effects)
        for row in range(column, block.effects)
    )


@dataclass(frozen=True, eq=False)
class Shape:
    """Where pieces of the same (padded) size stand.

    Parameters
    ----------
    count, size : int
        Pieces, and effects of each.
    first : int
        Number of the first padded effect among those of all shapes.
    lower, columns, parameters : arrays (entries of Lambda,)
        Padded row (over all pieces of the shape), column (within the piece) and parameter of theta
        of every entry of Lambda.
    n_theta : int
    """

    count: int
    size: int
    first: int
    lower: Ints
    columns: Ints
    parameters: Ints
    n_theta: int

    @property
    def flat(self) -> Ints:
        """Where each entry of Lambda stands in the stack, taken flat."""
        return self.lower * self.size + self.columns

    def empty(self, *before: int) -> FloatArray:
        """Return zeros (..., pieces, size, size)."""
        return np.zeros((*before, self.count, self.size, self.size))

    def triangles(self, theta: FloatArray) -> FloatArray:
        """Return the stack of Lambdas."""
        found = self.empty()
        found.reshape(-1)[self.flat] = theta[self.parameters]
        return found

    @cached_property
    def units(self) -> FloatArray:
        """The derivative of Lambda by each parameter (k, pieces, size, size)."""
        found = self.empty(self.n_theta)
        found.reshape(self.n_theta, -1)[self.parameters, self.flat] = 1.0
        return found

    @cached_property
    def partners(self) -> tuple[Ints, Ints]:
        """Pairs of Lambda's entries in one column.

        Where ``E_i E_j'`` has its ones in the stack, taken flat; and which pair i, j it is.
        """
        column = (self.lower // self.size) * self.size + self.columns
        order = np.argsort(column, kind="stable")
        starts = np.flatnonzero(np.r_[True, np.diff(column[order]) != 0])
        lengths = np.diff(np.r_[starts, len(order)])
        places, pairs = [np.zeros(0, dtype=np.int64)], [np.zeros(0, dtype=np.int64)]
        for length in np.unique(lengths):
            mine = order[starts[lengths == length][:, None] + np.arange(length)]
            rows = self.lower[mine]
            places.append((rows[:, :, None] * self.size + rows[:, None, :] % self.size).ravel())
            which = self.parameters[mine]
            pairs.append((which[:, :, None] * self.n_theta + which[:, None, :]).ravel())
        return np.concatenate(places), np.concatenate(pairs)


@dataclass(frozen=True, eq=False)
class Arrangement:
    """Where every random effect and every row's share of it stands in the stacks.

    Parameters
    ----------
    shapes : tuple of Shape
    place : array (q,)
        The padded number of every random effect.
    rows : array (n, effects of a row)
        The padded numbers of every row's effects.
    entries : array (n, effects of a row, effects of a row)
        Where each product of a row's effects belongs in all stacks, taken flat and end to end.
    """

    shapes: tuple[Shape, ...]
    place: Ints
    rows: Ints
    entries: Ints

    @property
    def padded(self) -> int:
        """How many effects there are, padding counted."""
        return sum(shape.count * shape.size for shape in self.shapes)

    def grams(self, z: FloatArray) -> list[FloatArray]:
        """Return Z'Z of every shape (pieces, size, size), from each row's effects."""
        total = sum(shape.count * shape.size**2 for shape in self.shapes)
        products = (z[:, :, None] * z[:, None, :]).ravel()
        flat = np.bincount(self.entries.ravel(), products, total).astype(float, copy=False)
        found, start = [], 0
        for shape in self.shapes:
            end = start + shape.count * shape.size**2
            found.append(flat[start:end].reshape(shape.count, shape.size, shape.size))
            start = end
        return found

    def crosses(self, z: FloatArray, columns: FloatArray) -> list[FloatArray]:
        """Return Z' times some columns (n, w) for every shape (pieces, size, w)."""
        places, width = self.rows.ravel(), columns.shape[1]
        whole = np.empty((self.padded, width))
        for n in range(width):
            whole[:, n] = np.bincount(places, (z * columns[:, n, None]).ravel(), self.padded)
        return [
            whole[shape.first : shape.first + shape.count * shape.size].reshape(
                shape.count, shape.size, width
            )
            for shape in self.shapes
        ]


def arrange(blocks: Sequence[RandomBlock], largest: int) -> Arrangement | None:
    """Split the random effects into those that share no row; None where a piece is too large."""
    labels = _labels(blocks)
    of_effect = np.concatenate([np.repeat(each, b.effects) for each, b in _zip(labels, blocks)])
    sizes = np.bincount(of_effect)
    if sizes.max() > largest:
        return None
    order = np.argsort(of_effect, kind="stable")
    within = np.empty(len(of_effect), dtype=np.int64)
    within[order] = np.arange(len(of_effect)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    bucket = np.ceil(np.log2(sizes) * 2).astype(np.int64)
    if len(sizes) * int(sizes.max()) ** 3 < _CHEAP:
        bucket[:] = 0
    entry = _pattern(blocks)
    n_theta = len(templates_of(blocks))
    padded = np.zeros(len(sizes), dtype=np.int64)
    offset, width = np.zeros(len(sizes), dtype=np.int64), np.zeros(len(sizes), dtype=np.int64)
    shapes, first, before = [], 0, 0
    for kind in np.unique(bucket):
        mine = np.flatnonzero(bucket == kind)
        m, c = int(sizes[mine].max()), len(mine)
        padded[mine], width[mine] = first + np.arange(c) * m, m
        offset[mine] = before + np.arange(c) * m * m
        used = bucket[of_effect[entry[0]]] == kind
        rows, columns, parameters = (each[used] for each in entry)
        lower = padded[of_effect[rows]] - first + within[rows]
        shapes.append(Shape(c, m, first, lower, within[columns], parameters, n_theta))
        first, before = first + c * m, before + c * m * m
    place = padded[of_effect] + within
    rows, mine = _rows(blocks), labels[0][blocks[0].codes]
    inside = within[rows]
    entries = inside[:, :, None] * width[mine][:, None, None] + inside[:, None, :]
    return Arrangement(tuple(shapes), place, place[rows], entries + offset[mine][:, None, None])


def _zip(labels: Sequence[Ints], blocks: Sequence[RandomBlock]) -> Any:
    return zip(labels, blocks, strict=True)


def _labels(blocks: Sequence[RandomBlock]) -> list[Ints]:
    """Return for each term the number of the piece that each of its levels belongs to."""
    outer = min(blocks, key=lambda block: block.levels)
    found = []
    for block in blocks:
        label = np.zeros(block.levels, dtype=np.int64)
        label[block.codes] = outer.codes
        if not np.array_equal(label[block.codes], outer.codes):
            return _connected(blocks)
        found.append(label)
    return found


def _connected(blocks: Sequence[RandomBlock]) -> list[Ints]:
    from scipy import sparse
    from scipy.sparse.csgraph import connected_components

    starts = np.cumsum([0, *(block.levels for block in blocks)])
    first = blocks[0].codes
    ends = [block.codes + start for block, start in zip(blocks[1:], starts[1:], strict=False)]
    edges = (np.tile(first, len(ends)), np.concatenate(ends))
    graph = sparse.coo_matrix((np.ones(len(edges[0])), edges), shape=(starts[-1], starts[-1]))
    labels = connected_components(graph, directed=False)[1].astype(np.int64)
    return np.split(labels, starts[1:-1])


def _rows(blocks: Sequence[RandomBlock]) -> Ints:
    """Return the numbers of every row's random effects (n, effects of a row)."""
    parts, start = [], 0
    for block in blocks:
        parts.append(start + block.codes[:, None] * block.effects + np.arange(block.effects))
        start += block.levels * block.effects
    return np.hstack(parts)


def _pattern(blocks: Sequence[RandomBlock]) -> tuple[Ints, Ints, Ints]:
    """Return the row, column and parameter of every entry of Lambda."""
    starts = np.cumsum([0, *(block.levels * block.effects for block in blocks)])
    rows, columns, parameters = [], [], []
    for number, (n, row, column) in enumerate(templates_of(blocks)):
        first = starts[n] + np.arange(blocks[n].levels) * blocks[n].effects
        rows.append(first + row)
        columns.append(first + column)
        parameters.append(np.full(blocks[n].levels, number))
    return np.concatenate(rows), np.concatenate(columns), np.concatenate(parameters)


class Swept(NamedTuple):
    """A stack at one theta, with V the rows' covariance over sigma squared.

    ``log_det`` is log|V|; ``taken`` what V^-1 takes from the cross-products of the fixed effects
    and the response; ``inner`` is Z'V^-1Z, ``outer`` Z'V^-1[Q y].
    """

    log_det: float
    taken: FloatArray
    inner: FloatArray
    outer: FloatArray


class Moments(NamedTuple):
    """Sums over pieces for directions D_i in which the covariance of the random effects changes.

    H is Z'V^-1Z, N the columns given, ``E_i`` the derivative of Lambda.

    Parameters
    ----------
    trace : array (k,)
        tr(H D_i).
    sides : array (k, w, w)
        N' D_i N.
    traces : array (k, k)
        tr(H D_i H D_j).
    products : array (k, k, w, w)
        N' D_i H D_j N.
    """

    trace: FloatArray
    sides: FloatArray
    traces: FloatArray
    products: FloatArray

    def plus(self, other: Moments) -> Moments:
        """Return the sums of both."""
        return Moments(*(a + b for a, b in zip(self, other, strict=True)))


@dataclass(frozen=True, eq=False)
class Pieces:
    """A stack of pieces of one shape with its data: Z'Z and Z'[Q y]."""

    shape: Shape
    gram: FloatArray
    cross: FloatArray

    def reduced(self, theta: FloatArray) -> tuple[float, FloatArray]:
        """Return log|A| and B'A^-1B, summed over the pieces."""
        Lambda = self.shape.triangles(theta)
        turned = Lambda.transpose(0, 2, 1)
        log_det, root = _factored(turned @ (self.gram @ Lambda))
        half = np.linalg.solve(root, turned @ self.cross)
        flat = half.reshape(-1, half.shape[2])
        return log_det, flat.T @ flat

    def swept(self, theta: FloatArray) -> Swept:
        """Return the stack with the random effects taken out of it."""
        Lambda = self.shape.triangles(theta)
        turned = Lambda.transpose(0, 2, 1)
        both = np.concatenate([self.gram, self.cross], axis=2)
        pulled = turned @ both
        m = self.shape.size
        log_det, root = _factored(pulled[:, :, :m] @ Lambda)
        half = np.linalg.solve(root, pulled)
        left = both - half[:, :, :m].transpose(0, 2, 1) @ half
        flat = half[:, :, m:].reshape(-1, half.shape[2] - m)
        return Swept(log_det, flat.T @ flat, left[:, :, :m], left[:, :, m:])

    def taken_up(self, theta: FloatArray, cross: FloatArray) -> FloatArray:
        """Return Lambda A^-1 Lambda' times a cross-product: the effects that take up columns."""
        Lambda = self.shape.triangles(theta)
        turned = Lambda.transpose(0, 2, 1)
        _, root = _factored(turned @ (self.gram @ Lambda))
        half = np.linalg.solve(root, turned @ cross)
        return np.asarray(Lambda @ np.linalg.solve(root.transpose(0, 2, 1), half))

    def directions(self, theta: FloatArray) -> FloatArray:
        """Return how Lambda Lambda' changes with each parameter (k, pieces, size, size)."""
        places, pairs = self.shape.partners
        k = self.shape.n_theta
        entries = self.shape.count * self.shape.size**2
        where = pairs // k * entries + places
        half = np.bincount(where, theta[pairs % k], k * entries)
        half = half.reshape(k, self.shape.count, self.shape.size, self.shape.size)
        return np.asarray(half + half.transpose(0, 1, 3, 2))


def moments(swept: Swept, columns: FloatArray, directions: FloatArray) -> Moments:
    """Return sums over a stack's pieces, for columns (pieces, size, w) and directions (k, ...).

    All of a derivative of the likelihood, of the coefficients' covariance and of their degrees of
    freedom is made of these.
    """
    k, w = len(directions), columns.shape[2]
    turned = swept.inner @ directions
    moved = directions @ columns
    across = turned @ columns
    return Moments(
        trace=np.einsum("kcii->k", turned),
        sides=_stacked(columns[None], moved),
        traces=turned.reshape(k, -1) @ turned.transpose(0, 1, 3, 2).reshape(k, -1).T,
        products=(
            moved.reshape(k, -1, w).transpose(0, 2, 1)[:, None] @ across.reshape(k, -1, w)[None]
        ),
    )


def _stacked(left: FloatArray, right: FloatArray) -> FloatArray:
    """Return left' right, summed over pieces and effects."""
    flat = left.reshape(left.shape[0], -1, left.shape[-1]).transpose(0, 2, 1)
    return np.asarray(flat @ right.reshape(right.shape[0], -1, right.shape[-1]))


def pair_sums(shape: Shape, stack: FloatArray) -> FloatArray:
    """Return tr(K E_i E_j') for every pair of parameters (k, k), K a stack of symmetric ones."""
    places, pairs = shape.partners
    k = shape.n_theta
    found = np.bincount(pairs, stack.reshape(-1)[places], k * k).reshape(k, k)
    return np.asarray(found, dtype=float)


def _factored(A: FloatArray) -> tuple[float, FloatArray]:
    """Return log|A + I| and the Cholesky factor of each piece's A + I."""
    m = A.shape[1]
    A[:, np.arange(m), np.arange(m)] += 1.0
    root = np.asarray(np.linalg.cholesky(A), dtype=float)
    return 2 * float(np.log(np.einsum("cii->ci", root)).sum()), root
