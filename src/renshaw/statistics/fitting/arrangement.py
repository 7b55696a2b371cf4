"""Where random effects stand that hang together, piece by piece: a participant and its units.

In every piece the levels of one term, the finest, share no row with each other. Given the other
effects they are independent, so that they are eliminated level by level, and only the few others
(a participant, its conditions) are left to be factored. Pieces of like size are stacked, so that
one call does the same for all. Which effect stands where depends on the groups only, and is found
once for all responses and weights.
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
_MOST_NUMBERS = 40_000_000

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
        turn, codes = np.diag(1 / size), np.asarray(codes, dtype=np.int64)
        if len(size) == 1:
            return cls(own @ turn, codes, levels, turn)
        upper = np.linalg.qr(own / size, mode="r") / np.sqrt(len(own))
        if np.abs(np.diag(upper)).min() > 1e-9:
            upper *= np.sign(np.diag(upper))[:, None]
            turn = turn @ np.linalg.inv(upper)
        return cls(own @ turn, codes, levels, turn)

    @property
    def effects(self) -> int:
        """How many effects a group has."""
        return int(self.columns.shape[1])

    def own(self, triangle: FloatArray) -> FloatArray:
        """Return the factor of the own effects' covariance (over sigma squared), lower triangular.

        ``triangle`` is that of the effects on ``columns``.
        """
        if self.effects == 1:
            return np.abs(self.turn @ triangle)
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


class Grams(NamedTuple):
    """A stack's cross-products of random effects, weighted.

    Parameters
    ----------
    rest : array (pieces, r, r)
        Of the effects that are not of the finest term.
    between : array (pieces, levels, k, r)
        Of the k effects of each level of the finest term with these.
    finest : array (pieces, levels, k, k)
        Of each level's effects.
    """

    rest: FloatArray
    between: FloatArray
    finest: FloatArray


@dataclass(frozen=True, eq=False)
class Shape:
    """Where pieces of the same (padded) size stand.

    Of all effects, those of one stack follow each other: first those that are not of the finest
    term, then the finest term's, each piece by piece.

    Parameters
    ----------
    count, size, levels, effects : int
        Pieces; of each, effects that are not of the finest term, levels of the finest, and effects
        of such a level.
    first : int
        Number of the first padded effect among those of all shapes.
    lower, columns, parameters : arrays (entries of Lambda,)
        Of all but the finest term: padded row (over all pieces of the shape), column (within the
        piece) and parameter of every entry of Lambda; parameters are numbered without the finest.
    n_theta : int
        How many such parameters there are.
    """

    count: int
    size: int
    levels: int
    effects: int
    first: int
    lower: Ints
    columns: Ints
    parameters: Ints
    n_theta: int

    @property
    def middle(self) -> int:
        """Number of the first padded effect of the finest term."""
        return self.first + self.count * self.size

    @property
    def end(self) -> int:
        """Number after the last padded effect."""
        return self.middle + self.count * self.levels * self.effects

    @property
    def flat(self) -> Ints:
        """Where each entry of Lambda stands in the stack, taken flat."""
        return self.lower * self.size + self.columns

    @property
    def numbers(self) -> tuple[int, int, int]:
        """How many numbers the three parts of the cross-products have."""
        finest = self.count * self.levels * self.effects
        return self.count * self.size**2, finest * self.size, finest * self.effects

    def grams(self, flat: FloatArray) -> Grams:
        """Return the cross-products from all their numbers."""
        ends = np.cumsum(self.numbers)
        level = (self.count, self.levels, self.effects)
        return Grams(
            flat[: ends[0]].reshape(self.count, self.size, self.size),
            flat[ends[0] : ends[1]].reshape(*level, self.size),
            flat[ends[1] :].reshape(*level, self.effects),
        )

    def split(self, whole: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Return the stack's part of columns over all effects (padded, w).

        They are (pieces, r, w), and (pieces, levels, k, w) for the finest term.
        """
        width = whole.shape[1]
        rest, finest = whole[self.first : self.middle], whole[self.middle : self.end]
        return (
            rest.reshape(self.count, self.size, width),
            finest.reshape(self.count, self.levels, self.effects, width),
        )

    def triangles(self, theta: FloatArray) -> FloatArray:
        """Return the stack of Lambdas of all but the finest term."""
        found = np.zeros(self.count * self.size**2)
        found[self.flat] = theta[self.parameters]
        return found.reshape(self.count, self.size, self.size)

    @cached_property
    def units(self) -> FloatArray:
        """The derivative of Lambda by each parameter (k, pieces, size, size)."""
        found = np.zeros((self.n_theta, self.count * self.size**2))
        found[self.parameters, self.flat] = 1.0
        return found.reshape(self.n_theta, self.count, self.size, self.size)

    @cached_property
    def partners(self) -> tuple[Ints, Ints]:
        """Pairs of Lambda's entries in one column.

        Where ``E_i E_j'`` has its ones in the stack, taken flat; and which pair i, j it is.
        """
        column = (self.lower // max(1, self.size)) * self.size + self.columns
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
    rest, finest : arrays
        Which parameters of theta are of the finest term, and which are not.
    order : tuple of int
        The terms, the finest last.
    place : array (q,)
        The padded number of every random effect.
    rows : array (n, effects of a row)
        The padded numbers of every row's effects, terms in that order.
    entries : array (n, products)
        Where each product of a row's effects belongs among all numbers of all stacks.
    left, right : arrays (products,)
        Which two of a row's effects a product is of.
    twice : array (products,)
        2 for products of the finest term with another, which stand once for two; else 1.
    """

    shapes: tuple[Shape, ...]
    rest: Ints
    finest: Ints
    order: tuple[int, ...]
    place: Ints
    rows: Ints
    entries: Ints
    left: Ints
    right: Ints
    twice: FloatArray

    @property
    def padded(self) -> int:
        """How many effects there are, padding counted."""
        return self.shapes[-1].end

    @cached_property
    def by_theta(self) -> Ints:
        """Where each parameter of theta stands among those of the rest and the finest term."""
        return np.argsort(np.concatenate([self.rest, self.finest]))

    def columns(self, blocks: Sequence[RandomBlock]) -> FloatArray:
        """Return the columns of a row's effects (n, effects of a row), the finest term last."""
        return np.hstack([blocks[n].columns for n in self.order])

    def products(self, z: FloatArray) -> FloatArray:
        """Return all products of a row's effects that are summed (n, products)."""
        return np.asarray(z[:, self.left] * z[:, self.right])

    def grams(self, products: FloatArray) -> list[Grams]:
        """Return the cross-products of every shape from each row's products."""
        ends = np.cumsum([0, *(sum(shape.numbers) for shape in self.shapes)])
        counted = np.bincount(self.entries.ravel(), products.ravel(), int(ends[-1]))
        flat: FloatArray = counted.astype(float, copy=False)
        return [
            shape.grams(flat[a:b])
            for shape, a, b in zip(self.shapes, ends[:-1], ends[1:], strict=True)
        ]

    def crosses(self, z: FloatArray, columns: FloatArray) -> FloatArray:
        """Return Z' times some columns (n, w), for all effects (padded, w)."""
        places, width = self.rows.ravel(), columns.shape[1]
        whole = np.empty((self.padded, width))
        for n in range(width):
            whole[:, n] = np.bincount(places, (z * columns[:, n, None]).ravel(), self.padded)
        return whole


def arrange(blocks: Sequence[RandomBlock], largest: int) -> Arrangement | None:
    """Split the random effects into those that share no row; None where a piece is too large.

    Parameters
    ----------
    blocks : sequence of RandomBlock
        At least one.
    largest : int
        So many effects of a piece at the most that are not of the finest term, one level's added.
    """
    finest = max(range(len(blocks)), key=lambda n: blocks[n].levels * blocks[n].effects)
    order = (*(n for n in range(len(blocks)) if n != finest), finest)
    last, rest = blocks[finest], [blocks[n] for n in order[:-1]]
    k, labels = last.effects, _labels([blocks[n] for n in order])
    of_rest = _joined([np.repeat(each, b.effects) for each, b in zip(labels, rest, strict=False)])
    count = 1 + int(labels[-1].max())
    sizes, levels = (np.bincount(each, minlength=count) for each in (of_rest, labels[-1]))
    if sizes.max() + k > largest:
        return None
    within, inside = _within(of_rest, sizes), _within(labels[-1], levels)
    places = _places(sizes, levels, k, _pattern(rest), of_rest, within)
    if places.numbers > _MOST_NUMBERS:
        return None
    of_level = places.finest[labels[-1]] + inside * k
    where = _joined([places.rest[of_rest] + within, (of_level[:, None] + np.arange(k)).ravel()])
    ends = np.cumsum([blocks[n].levels * blocks[n].effects for n in order])
    by_term = dict(zip(order, np.split(where, ends[:-1]), strict=True))
    mine = labels[-1][last.codes]
    slots = within[_rows(rest, len(mine))]
    entries, pairs, twice = _products(places, mine, slots, inside[last.codes], k)
    term = np.array([n for n, _, _ in templates_of(blocks)])
    levels_of_rows = of_level[last.codes][:, None] + np.arange(k)
    return Arrangement(
        shapes=places.shapes,
        rest=np.flatnonzero(term != finest),
        finest=np.flatnonzero(term == finest),
        order=order,
        place=np.concatenate([by_term[n] for n in range(len(blocks))]),
        rows=np.hstack([places.rest[mine][:, None] + slots, levels_of_rows]),
        entries=entries,
        left=pairs[0],
        right=pairs[1],
        twice=twice,
    )


class _Places(NamedTuple):
    """The stacks, and where every piece has its effects and its numbers in them.

    Parameters
    ----------
    shapes : tuple of Shape
    rest, finest : arrays (pieces,)
        Number of the piece's first padded effect: of the finest term, and of the others.
    grams : array (3, pieces)
        Where the piece's part of each of the three cross-products begins.
    width : array (pieces,)
        Padded size of the piece, the finest term left out.
    numbers : int
        Of all cross-products.
    """

    shapes: tuple[Shape, ...]
    rest: Ints
    finest: Ints
    grams: Ints
    width: Ints
    numbers: int


def _places(
    sizes: Ints, levels: Ints, k: int, entry: tuple[Ints, Ints, Ints], of_rest: Ints, within: Ints
) -> _Places:
    """Stack pieces of like size; ``entry`` are Lambda's entries without the finest term's."""
    pieces = len(sizes)
    bucket = np.ceil(np.log2(sizes + levels * k) * 2).astype(np.int64)
    most, deepest = int(sizes.max()), int(levels.max())
    if pieces * (most + deepest * k) * (most + k) ** 2 < _CHEAP:
        bucket[:] = 0
    n_theta = 1 + int(entry[2].max()) if len(entry[2]) else 0
    rest, finest, width = (np.zeros(pieces, dtype=np.int64) for _ in range(3))
    grams = np.zeros((3, pieces), dtype=np.int64)
    shapes: list[Shape] = []
    first = before = 0
    for kind in np.unique(bucket):
        mine = np.flatnonzero(bucket == kind)
        m, f, each = int(sizes[mine].max()), int(levels[mine].max()), np.arange(len(mine))
        rest[mine], width[mine] = first + each * m, m
        used = bucket[of_rest[entry[0]]] == kind
        rows, columns, parameters = (part[used] for part in entry)
        lower = rest[of_rest[rows]] - first + within[rows]
        shape = Shape(len(mine), m, f, k, first, lower, within[columns], parameters, n_theta)
        finest[mine] = shape.middle + each * f * k
        starts = before + np.cumsum([0, *shape.numbers])
        a_piece = np.array([m * m, f * k * m, f * k * k])
        grams[:, mine] = starts[:3, None] + a_piece[:, None] * each
        shapes.append(shape)
        first, before = shape.end, int(starts[3])
    return _Places(tuple(shapes), rest, finest, grams, width, before)


def _products(
    places: _Places, mine: Ints, slots: Ints, level: Ints, k: int
) -> tuple[Ints, tuple[Ints, Ints], FloatArray]:
    """Return where products of a row's effects belong, of which two they are, and how they count.

    ``mine`` is each row's piece, ``slots`` its effects' numbers therein (n, w), ``level`` the
    number of its level of the finest term.
    """
    w = slots.shape[1]
    (a, b), (s, t), (u, v) = (
        np.indices(shape).reshape(2, -1) for shape in ((w, w), (k, w), (k, k))
    )
    width, own = places.width[mine][:, None], level[:, None] * k
    starts = places.grams[:, mine][:, :, None]
    entries = [
        starts[0] + slots[:, a] * width + slots[:, b],
        starts[1] + (own + s) * width + slots[:, t],
        starts[2] + (own + u) * k + v,
    ]
    pairs = np.concatenate([a, w + s, w + u]), np.concatenate([b, t, w + v])
    return np.hstack(entries), pairs, np.repeat([1.0, 2.0, 1.0], [w * w, k * w, k * k])


def _joined(parts: Sequence[Ints]) -> Ints:
    return np.concatenate([np.zeros(0, dtype=np.int64), *parts])


def _within(labels: Ints, sizes: Ints) -> Ints:
    """Return each element's number among those of its label."""
    order = np.argsort(labels, kind="stable")
    found = np.empty(len(labels), dtype=np.int64)
    found[order] = np.arange(len(labels)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    return found


def _labels(blocks: Sequence[RandomBlock]) -> list[Ints]:
    """Return for each term the number of the piece that each of its levels belongs to."""
    if len(blocks) == 1:
        return [np.zeros(blocks[0].levels, dtype=np.int64)]
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


def _rows(blocks: Sequence[RandomBlock], n: int) -> Ints:
    """Return the numbers of every row's random effects (n, effects of a row)."""
    parts, start = [np.zeros((n, 0), dtype=np.int64)], 0
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
    return _joined(rows), _joined(columns), _joined(parameters)
