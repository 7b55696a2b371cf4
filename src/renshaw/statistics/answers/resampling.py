"""Beside the model: resampling whole participants, and flipping the signs of their scores.

Both hold the variance ratios (theta) at the model's, and take participants - or whatever the
outermost group is - as what was drawn from the population.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from renshaw.core.seeds import stream
from renshaw.data.arrays import FloatArray
from renshaw.statistics.fitting.fit import Fit

if TYPE_CHECKING:
    import pandas as pd

_FEWEST = 5
_AT_ONCE = 2_000_000


class Clusters(NamedTuple):
    """Each cluster's share of the normal equations: X'V^-1X, X'V^-1y and y'V^-1y; its rows."""

    label: str
    gram: FloatArray
    right: FloatArray
    square: FloatArray
    rows: FloatArray


class Resampled(NamedTuple):
    """What resampling found, or why it could not be done."""

    table: pd.DataFrame
    clusters: int
    label: str
    reason: str = ""
    draws: FloatArray | None = None


COLUMNS = ("term", "estimate", "boot_se", "boot_low", "boot_high", "p_flip")


def clusters(fit: Fit) -> Clusters | str:
    """Return the independent clusters of the model, or why there are none."""
    if not fit.groups:
        return "the formula has no random term, so that nothing says who the rows come from"
    if not fit.names:
        return "the model has no fixed effects"
    labels, names = components(fit)
    outer = min(fit.groups, key=lambda group: group.block.levels)
    if labels.max() + 1 < outer.block.levels:
        return "the random terms are crossed, so that no group of rows is independent of the others"
    if labels.max() + 1 < _FEWEST:
        return f"there are fewer than {_FEWEST} of {outer.term.label}"
    weighted = _weighted(fit)
    both = np.column_stack([fit.working.X, fit.working.y])
    order = np.argsort(labels, kind="stable")
    ends = np.flatnonzero(np.diff(labels[order])) + 1
    p = fit.problem.p
    parts = [both[rows].T @ weighted[rows] for rows in np.split(order, ends)]
    stacked = np.array(parts)
    sizes = np.bincount(labels).astype(float)
    return Clusters(names, stacked[:, :p, :p], stacked[:, :p, p], stacked[:, p, p], sizes)


def components(fit: Fit) -> tuple[np.ndarray[Any, np.dtype[np.int64]], str]:
    """Return each row's connected part of the random effects."""
    from scipy import sparse
    from scipy.sparse.csgraph import connected_components

    n = fit.problem.n
    rows, offset, columns = [], n, []
    for group in fit.groups:
        rows.append(np.arange(n))
        columns.append(group.block.codes + offset)
        offset += group.block.levels
    ends = (np.concatenate(rows), np.concatenate(columns))
    graph = sparse.coo_matrix((np.ones(len(ends[0])), ends), shape=(offset, offset))
    parts = connected_components(graph, directed=False)[1][:n]
    labels = np.unique(parts, return_inverse=True)[1]
    outer = min(fit.groups, key=lambda group: group.block.levels)
    return np.asarray(labels, dtype=np.int64), outer.term.label


def _weighted(fit: Fit) -> FloatArray:
    """Return V^-1 [X y] (Woodbury), V the covariance of the rows over sigma squared."""
    working = fit.working
    both = np.column_stack([working.X, working.y])
    left = both - working.spread_by(fit.optimum.theta, both)
    return left if working.weights is None else left * working.weights[:, None]


def resampled(
    fit: Fit, *, bootstraps: int, sign_flips: int, confidence: float, seed: int
) -> Resampled:
    """Return the participant-level bootstrap and the sign-flip test of every coefficient."""
    import pandas as pd

    known = clusters(fit)
    if isinstance(known, str):
        return Resampled(pd.DataFrame(columns=list(COLUMNS)), 0, "", known)
    m = len(known.gram)
    draws = _bootstrap(known, bootstraps, seed)
    alpha = (1 - confidence) / 2
    rows = []
    tested = [j for j, name in enumerate(fit.names) if sign_flips and name != "(Intercept)"]
    flipped: dict[int, float] = {}
    if tested:
        each = np.column_stack([scores(known, j) for j in tested])
        flipped = dict(zip(tested, sign_flip_ps(each, sign_flips, seed).tolist(), strict=True))
    for j, name in enumerate(fit.names):
        row: dict[str, Any] = dict.fromkeys(COLUMNS, math.nan)
        row |= {"term": name, "estimate": float(fit.coefficients[j])}
        if len(draws) >= max(20, bootstraps // 2):
            low, high = np.quantile(draws[:, j], [alpha, 1 - alpha])
            row |= {"boot_se": float(draws[:, j].std(ddof=1))}
            row |= {"boot_low": float(low), "boot_high": float(high)}
        row["p_flip"] = flipped.get(j, math.nan)
        rows.append(row)
    reason = ""
    if bootstraps and len(draws) < bootstraps:
        lost = bootstraps - len(draws)
        reason = f"{lost} of {bootstraps} resamples lacked a level and were not counted"
    return Resampled(pd.DataFrame(rows, columns=list(COLUMNS)), m, known.label, reason, draws)


def _bootstrap(known: Clusters, bootstraps: int, seed: int) -> FloatArray:
    """Return the coefficients of resamples of whole clusters; impossible resamples are left out."""
    m, p = known.right.shape
    rng = stream(seed, "bootstrap")
    flat = known.gram.reshape(m, -1)
    found = []
    size = max(1, _AT_ONCE // max(m, p * p))
    for start in range(0, bootstraps, size):
        count = min(size, bootstraps - start)
        counts = rng.multinomial(m, np.full(m, 1 / m), size=count).astype(float)
        gram = (counts @ flat).reshape(count, p, p)
        right = counts @ known.right
        scale = np.sqrt(np.einsum("bii->bi", gram))
        scale[scale == 0] = 1.0
        alike = gram / scale[:, :, None] / scale[:, None, :]
        fine = np.linalg.eigvalsh(alike)[:, 0] > 1e-10
        solved = np.linalg.solve(alike[fine], (right / scale)[fine][:, :, None])[:, :, 0]
        found.append(solved / scale[fine])
    return np.concatenate(found) if found else np.zeros((0, p))


def scores(known: Clusters, j: int) -> FloatArray:
    """Return each cluster's effective score for coefficient j under the hypothesis that it is 0.

    Hemerik J, Goeman JJ, Finos L (2020), doi:10.1111/rssb.12369.
    """
    gram, right = known.gram.sum(axis=0), known.right.sum(axis=0)
    others = np.arange(len(right)) != j
    inside = gram[np.ix_(others, others)]
    null = np.linalg.lstsq(inside, right[others], rcond=None)[0]
    onto = np.linalg.lstsq(inside, gram[others, j], rcond=None)[0]
    each = known.right - known.gram[:, :, others] @ null
    found: FloatArray = each[:, j] - each[:, others] @ onto
    return found


def sign_flip_p(values: FloatArray, flips: int, seed: int) -> float:
    """Return the two-sided p-value of a sum against all, or many, of its sign flips.

    Parameters
    ----------
    values : array (m,)
        One a participant, symmetric about 0 under the hypothesis.
    flips : int
        All 2^m flips are taken where there are no more than this.
    seed : int
    """
    return float(sign_flip_ps(np.asarray(values, dtype=float)[:, None], flips, seed)[0])


def sign_flip_ps(values: FloatArray, flips: int, seed: int) -> FloatArray:
    """Return the p-value of every column (m, k): the same signs are drawn for all.

    Memory stays within some 50 MB, however many flips and columns there are.
    """
    m, k = values.shape
    seen = np.abs(values.sum(axis=0)) * (1 - 1e-9)
    if m <= 30 and 2**m <= flips + 1:
        return np.array([_of_all(values[:, n], float(seen[n])) for n in range(k)])
    rng = stream(seed, "sign flips")
    hits, size = np.ones(k), max(1, _AT_ONCE // max(m, k))
    for start in range(0, flips, size):
        count = min(size, flips - start)
        signs = rng.integers(0, 2, size=(count, m), dtype=np.int8) * 2.0 - 1.0
        hits += (np.abs(signs @ values) >= seen).sum(axis=0)
    return np.asarray(hits / (flips + 1), dtype=float)


def _of_all(values: FloatArray, seen: float) -> float:
    every = np.array([0.0])
    for value in values:
        every = np.concatenate([every + value, every - value])
    return float((np.abs(every) >= seen).mean())
