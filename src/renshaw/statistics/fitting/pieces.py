"""The random effects' share of a linear mixed model, eliminated piece by piece.

The finest term first, level by level; what is left of a piece is a few effects.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache
from typing import NamedTuple

import numpy as np

from renshaw.data.arrays import FloatArray
from renshaw.statistics.fitting.arrangement import Grams, Ints, Shape


class Theta(NamedTuple):
    """Where theta is: the finest term's triangle (k, k), and the other terms' parameters."""

    finest: FloatArray
    rest: FloatArray


class Directions(NamedTuple):
    """Directions in which the random effects' covariance changes.

    Parameters
    ----------
    rest : array (a, pieces, r, r)
        Of all but the finest term.
    finest : array (b, k, k)
        Of a level of the finest term.
    """

    rest: FloatArray
    finest: FloatArray


class Swept(NamedTuple):
    """A stack at one theta, with V the rows' covariance over sigma squared.

    Parameters
    ----------
    log_det : float
        log|V|.
    taken : array (w, w)
        What V^-1 takes from the cross-products of the fixed effects and the response.
    inner, outer : arrays (pieces, r, r), (pieces, r, w)
        Z'V^-1Z and Z'V^-1[Q y] for all but the finest term.
    between, finest_outer : arrays (pieces, levels, k, r), (pieces, levels, k, w)
        The same for the finest term's effects and the others, and [Q y].
    alone : array (pieces, levels, k, k)
        The finest term's Z'V^-1Z where no other term is random.
    shared, kept : arrays (pieces, levels, k, r), (pieces, r, r)
        What the others take from it: ``shared kept shared'``, over all levels of a piece.
    """

    log_det: float
    taken: FloatArray
    inner: FloatArray
    outer: FloatArray
    between: FloatArray
    finest_outer: FloatArray
    alone: FloatArray
    shared: FloatArray
    kept: FloatArray

    def finest_inner(self) -> FloatArray:
        """Return the finest term's Z'V^-1Z within its levels (pieces, levels, k, k)."""
        return self.alone - _leveled(_kept(self.shared, self.kept), _turned(self.shared))


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

    def ordered(self, order: Ints) -> Moments:
        """Return the same with the directions in another order."""
        both = np.ix_(order, order)
        return Moments(self.trace[order], self.sides[order], self.traces[both], self.products[both])


@dataclass(frozen=True, eq=False)
class Pieces:
    """A stack of pieces of one shape with its data: Z'Z and Z'[Q y].

    ``cross`` is that of all but the finest term, ``finest_cross`` that of the finest.
    """

    shape: Shape
    grams: Grams
    cross: FloatArray
    finest_cross: FloatArray

    def reduced(self, theta: Theta) -> tuple[float, FloatArray]:
        """Return log|V| and what it takes from the cross-products of [Q y]."""
        found = self._without_finest(theta)
        log_det, half = found.without_rest(self.shape.triangles(theta.rest))[:2]
        flat = half[:, :, self.shape.size :].reshape(-1, found.taken.shape[1])
        return found.log_det + log_det, found.taken + flat.T @ flat

    def swept(self, theta: Theta) -> Swept:
        """Return the stack with the random effects taken out of it."""
        r = self.shape.size
        found = self._without_finest(theta)
        log_det, half, root = found.without_rest(self.shape.triangles(theta.rest))
        left = found.both - _turned(half[:, :, :r]) @ half
        shared = found.cross[..., :r]
        flat = half[:, :, r:].reshape(-1, found.taken.shape[1])
        finest = found.cross - _kept(shared, _turned(root) @ half)
        return Swept(
            log_det=found.log_det + log_det,
            taken=found.taken + flat.T @ flat,
            inner=left[:, :, :r],
            outer=left[:, :, r:],
            between=finest[..., :r],
            finest_outer=finest[..., r:],
            alone=found.alone,
            shared=shared,
            kept=_turned(root) @ root,
        )

    def _without_finest(self, theta: Theta) -> _Coarse:
        return _without_finest(self.grams, theta.finest, self.cross, self.finest_cross)

    def taken_up(
        self, theta: Theta, cross: FloatArray, finest: FloatArray
    ) -> tuple[FloatArray, FloatArray]:
        """Return Lambda A^-1 Lambda' times a cross-product: the effects that take up columns."""
        r = self.shape.size
        found = _without_finest(self.grams, theta.finest, cross, finest)
        _, half, root = found.without_rest(self.shape.triangles(theta.rest))
        rest = _turned(root) @ half[:, :, r:]
        return rest, _leveled(found.held, finest - _kept(self.grams.between, rest))

    def directions(self, theta: Theta) -> Directions:
        """Return how Lambda Lambda' changes with each parameter."""
        shape = self.shape
        places, pairs = shape.partners
        k = shape.n_theta
        entries = shape.count * shape.size**2
        where = pairs // max(1, k) * entries + places
        flat = np.bincount(where, theta.rest[pairs % max(1, k)], k * entries).astype(float)
        half = flat.reshape(k, shape.count, shape.size, shape.size)
        units = triangle_units(shape.effects) @ theta.finest.T
        return Directions(half + half.transpose(0, 1, 3, 2), units + units.transpose(0, 2, 1))


class _Coarse(NamedTuple):
    """A stack whose finest term is eliminated.

    ``held`` is T A^-1 T' of each level, ``alone`` Z'W Z with W the inverse of the covariance that
    the finest term makes, ``cross`` Z'W times the other effects and [Q y], ``both`` the same of the
    other effects themselves, ``taken`` what is taken from [Q y].
    """

    log_det: float
    held: FloatArray
    alone: FloatArray
    cross: FloatArray
    both: FloatArray
    taken: FloatArray

    def without_rest(self, Lambda: FloatArray) -> tuple[float, FloatArray, FloatArray]:
        """Return log|A|, and ``L^-1 Lambda'`` times the cross-products and alone, A = LL'."""
        r, turned = Lambda.shape[1], _turned(Lambda)
        A = turned @ self.both[:, :, :r] @ Lambda
        A[:, np.arange(r), np.arange(r)] += 1.0
        root = np.linalg.cholesky(A)
        log_det = 2 * float(np.log(np.einsum("cii->ci", root)).sum())
        turned = np.linalg.solve(root, turned)
        return log_det, turned @ self.both, turned


def _without_finest(
    grams: Grams, triangle: FloatArray, cross: FloatArray, finest_cross: FloatArray
) -> _Coarse:
    covariance = triangle @ triangle.T
    own = grams.finest
    r = grams.rest.shape[1]
    both = np.concatenate([grams.between, finest_cross], axis=3)
    # As (I + Z'Z T T')^-1 nothing cancels, and a variance of 0 is no exception.
    log_det, left = _inverted(own @ covariance)
    held = covariance @ left
    pulled = _flat(_leveled(held, both))
    flat = _flat(both)
    taken = _turned(flat) @ pulled
    rest = np.concatenate([grams.rest, cross], axis=2)
    return _Coarse(
        log_det=log_det,
        held=held,
        alone=_leveled(left, own),
        cross=_leveled(left, both),
        both=rest - taken[:, :r],
        taken=taken[:, r:, r:].sum(axis=0),
    )


def _inverted(product: FloatArray) -> tuple[float, FloatArray]:
    """Return the sum of log|I + X| and (I + X)^-1 of small matrices X."""
    k = product.shape[-1]
    if k == 1:
        return float(np.log1p(product).sum()), 1 / (1 + product)
    whole = product + np.eye(k)
    log_det = float(np.linalg.slogdet(whole)[1].sum())
    return log_det, np.asarray(np.linalg.inv(whole), dtype=float)


@cache
def triangle_units(k: int) -> FloatArray:
    """Return the derivative of a lower triangle by each of its elements, column by column."""
    columns, rows = np.triu_indices(k)
    found = np.zeros((len(rows), k, k))
    found[np.arange(len(rows)), rows, columns] = 1.0
    return found


def _turned(stack: FloatArray) -> FloatArray:
    return np.swapaxes(stack, -1, -2)


def _flat(levels: FloatArray) -> FloatArray:
    """Return (..., pieces, levels k, w) of (..., pieces, levels, k, w)."""
    *before, f, k, w = levels.shape
    return levels.reshape(*before, f * k, w)


def _leveled(left: FloatArray, right: FloatArray) -> FloatArray:
    """Return the product of small matrices, one a level; of single numbers it is a product."""
    alone = left.shape[-2:] == (1, 1)
    return np.asarray(left * right if alone else left @ right)


def _kept(levels: FloatArray, right: FloatArray) -> FloatArray:
    """Return levels (pieces, levels, k, r) times a matrix of each piece (pieces, r, w)."""
    c, f, k, _ = levels.shape
    return (_flat(levels) @ right).reshape(c, f, k, right.shape[2])


def moments(swept: Swept, columns: FloatArray, directions: Directions) -> Moments:
    """Return sums over a stack's pieces, for what turns [Q y] into the columns, and directions.

    All of a derivative of the likelihood, of the coefficients' covariance and of their degrees of
    freedom is made of these. Directions of the finest term are the last.
    """
    rest, own = _of_rest(swept, swept.outer @ columns, directions.rest)
    return _with_finest(swept, swept.finest_outer @ columns, directions, rest, own)


def _of_rest(
    swept: Swept, columns: FloatArray, directions: FloatArray
) -> tuple[Moments, FloatArray]:
    """Return the moments of all but the finest term, and D_i N."""
    turned = swept.inner @ directions
    moved = directions @ columns
    across = turned @ columns
    found = Moments(
        trace=np.einsum("kcii->k", turned),
        sides=_sides(columns, moved),
        traces=_summed(turned, _turned(turned)),
        products=_paired(moved, across),
    )
    return found, moved


def _with_finest(
    swept: Swept, columns: FloatArray, directions: Directions, rest: Moments, moved: FloatArray
) -> Moments:
    """Add the directions of the finest term, whose inverse is of each level alone but for r."""
    each = directions.finest[:, None, None]
    shared, between = _flat(swept.shared), _turned(_flat(swept.between))
    mine = _leveled(each, columns[None])
    flat = _flat(mine)
    # tr(H D_i H D_j) and N'D_i H D_j N of the levels by themselves, and of what they share.
    inner = swept.finest_inner()
    others = swept.alone - inner
    alone = _leveled(swept.alone[None], each)
    less = _leveled((swept.alone - 2 * others)[None], each)
    common = swept.kept @ (_turned(shared) @ _flat(_leveled(each, swept.shared[None])))
    onto = _turned(shared) @ flat
    crossed = between @ _flat(_leveled(each, swept.between[None]))
    traces = _summed(alone, _turned(less)) + _summed(common, _turned(common))
    products = _paired(mine, _leveled(swept.alone[None], mine))
    products -= _paired(onto, swept.kept @ onto)
    corner = _summed(directions.rest, crossed)
    a, b = len(rest.trace), len(each)
    side = _paired(moved, between @ flat)
    found = Moments(
        trace=np.concatenate([rest.trace, np.einsum("cfij,nij->n", inner, directions.finest)]),
        sides=np.concatenate([rest.sides, _sides(columns, mine)]),
        traces=np.empty((a + b, a + b)),
        products=np.empty((a + b, a + b, *rest.products.shape[2:])),
    )
    found.traces[:a, :a], found.traces[a:, a:] = rest.traces, traces
    found.traces[:a, a:], found.traces[a:, :a] = corner, corner.T
    found.products[:a, :a], found.products[a:, a:] = rest.products, products
    found.products[:a, a:], found.products[a:, :a] = side, side.transpose(1, 0, 3, 2)
    return found


def _summed(left: FloatArray, right: FloatArray) -> FloatArray:
    """Return the sum of all products of numbers in the same place, for every pair (i, j)."""
    width = math.prod(left.shape[1:])
    return np.asarray(left.reshape(len(left), width) @ right.reshape(len(right), width).T)


def _sides(columns: FloatArray, moved: FloatArray) -> FloatArray:
    """Return N' D_i N, summed over pieces and effects (i, w, w), from N and D_i N."""
    return np.asarray(_tall(columns[None]).transpose(0, 2, 1) @ _tall(moved))


def _paired(left: FloatArray, right: FloatArray) -> FloatArray:
    """Return left_i' right_j for every pair, summed over pieces and effects (i, j, w, w)."""
    return np.asarray(_tall(left).transpose(0, 2, 1)[:, None] @ _tall(right)[None])


def _tall(stack: FloatArray) -> FloatArray:
    """Return (i, everything else, w) of (i, ..., w)."""
    i, *between, w = stack.shape
    return stack.reshape(i, math.prod(between), w)


def pair_sums(pieces: Pieces, inner: FloatArray, finest: FloatArray) -> FloatArray:
    """Return tr(K E_i E_j') for every pair of parameters (k, k), the finest term's last.

    K is symmetric: ``inner`` (pieces, r, r) for all but the finest term, and ``finest`` (k, k) the
    sum over the levels of the finest.
    """
    places, pairs = pieces.shape.partners
    a, units = pieces.shape.n_theta, triangle_units(pieces.shape.effects)
    b = len(units)
    found = np.zeros((a + b, a + b))
    found[:a, :a] = np.bincount(pairs, inner.reshape(-1)[places], a * a).reshape(a, a)
    found[a:, a:] = np.einsum("st,itu,jsu->ij", finest, units, units)
    return found
