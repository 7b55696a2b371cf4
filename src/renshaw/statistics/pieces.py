"""Random effects that hang together, piece by piece: a participant and its units are one.

Pieces of like size are stacked, so that one call factors them all.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from renshaw.data.arrays import FloatArray

if TYPE_CHECKING:
    from renshaw.statistics.reml import RandomBlock

# Below this many operations, padding all to one size costs less than another call.
_CHEAP = 1_000_000

Ints = np.ndarray[Any, np.dtype[np.int64]]


@dataclass(frozen=True, eq=False)
class Pieces:
    """A stack of pieces of the same (padded) size.

    Parameters
    ----------
    gram : array (pieces, m, m)
        Z'Z of each.
    cross : array (pieces, m, p + 1)
        Z'[Q y] of each.
    places, parameters : arrays
        Where in the stack of Lambdas, taken flat, which parameter of theta stands.
    """

    gram: FloatArray
    cross: FloatArray
    places: Ints
    parameters: Ints

    def reduced(self, theta: FloatArray) -> tuple[float, FloatArray]:
        """Return log|A| and B'A^-1B, summed over the pieces."""
        Lambda = np.zeros_like(self.gram)
        Lambda.reshape(-1)[self.places] = theta[self.parameters]
        turned = Lambda.transpose(0, 2, 1)
        A = turned @ (self.gram @ Lambda)
        m = A.shape[1]
        A[:, np.arange(m), np.arange(m)] += 1.0
        root = np.linalg.cholesky(A)
        log_det = 2 * float(np.log(np.einsum("cii->ci", root)).sum())
        half = np.linalg.solve(root, turned @ self.cross)
        flat = half.reshape(-1, half.shape[2])
        return log_det, flat.T @ flat


def pieces(
    gram: Any,
    cross: FloatArray,
    blocks: Sequence[RandomBlock],
    templates: Sequence[tuple[int, int, int]],
    largest: int,
) -> list[Pieces] | None:
    """Split the random effects into those that share no row; None where a piece is too large."""
    from scipy.sparse.csgraph import connected_components

    q = gram.shape[0]
    if not q:
        return []
    # Effects of one level belong together even where a level's rows have only some of them.
    _, labels = connected_components(gram + _levels(blocks), directed=False)
    order = np.argsort(labels, kind="stable")
    sizes = np.bincount(labels)
    if sizes.max() > largest:
        return None
    starts = np.concatenate([[0], np.cumsum(sizes)[:-1]])
    within = np.empty(q, dtype=np.int64)
    within[order] = np.arange(q) - np.repeat(starts, sizes)
    bucket = np.ceil(np.log2(np.maximum(sizes, 1)) * 2).astype(int)
    if len(sizes) * sizes.max() ** 3 < _CHEAP:
        bucket[:] = 0
    triples = gram.tocoo()
    rows, columns, parameters = _pattern(blocks, templates)
    found = []
    for kind in np.unique(bucket):
        mine = np.flatnonzero(bucket == kind)
        m = int(sizes[mine].max())
        number = np.full(len(sizes), -1)
        number[mine] = np.arange(len(mine))
        stack = np.zeros((len(mine), m, m))
        there = number[labels[triples.row]] >= 0
        a, b, value = triples.row[there], triples.col[there], triples.data[there]
        stack[number[labels[a]], within[a], within[b]] = value
        right = np.zeros((len(mine), m, cross.shape[1]))
        here = np.flatnonzero(number[labels] >= 0)
        right[number[labels[here]], within[here]] = cross[here]
        used = number[labels[rows]] >= 0
        flat = (number[labels[rows]] * m + within[rows]) * m + within[columns]
        found.append(Pieces(stack, right, flat[used], parameters[used]))
    return found


def _levels(blocks: Sequence[RandomBlock]) -> Any:
    from scipy import sparse

    parts = [
        sparse.kron(sparse.identity(block.levels), np.ones((block.effects, block.effects)))
        for block in blocks
    ]
    return sparse.block_diag(parts, format="csc")


def _pattern(
    blocks: Sequence[RandomBlock], templates: Sequence[tuple[int, int, int]]
) -> tuple[Ints, Ints, Ints]:
    """Return the row, column and parameter of every entry of Lambda."""
    starts = np.concatenate([[0], np.cumsum([b.levels * b.effects for b in blocks])])
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
