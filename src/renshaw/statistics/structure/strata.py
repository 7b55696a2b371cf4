"""Strata of a design: what of the fixed effects is told within groups, and what is left of each.

An analysis of variance has an error for every level of the design (a stratum): whole plots and
subplots, people and their sessions. Its degrees of freedom are ranks, whatever the balance: those
that a finer grouping adds to the coarser one and to the fixed effects. Nelder JA (1965),
doi:10.1098/rspa.1965.0012.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from renshaw.data.arrays import FloatArray
from renshaw.statistics.structure.partition import Codes, count

Marks = np.ndarray[Any, np.dtype[np.bool_]]

_NOTHING = 1e-8


def inside(columns: FloatArray, codes: Codes) -> FloatArray:
    """Return columns (n, p) less their means in every group."""
    sizes = np.bincount(codes)
    means = np.stack([np.bincount(codes, each) / sizes for each in columns.T], axis=1)
    return np.asarray(columns - means[codes], dtype=float)


def rank(columns: FloatArray) -> int:
    """Return how many columns (n, p) are independent, seen beside lengths of about 1."""
    if not columns.size:
        return 0
    return int((np.linalg.svd(columns, compute_uv=False) > _NOTHING).sum())


def scaled(columns: FloatArray) -> FloatArray:
    """Return columns (n, p) of length 1, so that their units say nothing of their rank."""
    lengths = np.sqrt((columns**2).sum(axis=0))
    return np.asarray(columns / np.where(lengths > 0, lengths, 1.0), dtype=float)


def df_inside(columns: FloatArray, mine: Marks, codes: Codes) -> int:
    """Return how many of a term's columns are told by differences within groups.

    Parameters
    ----------
    columns : array (n, p)
        The fixed effects, coded so that a term's columns are its own effect: sum contrasts.
    mine : array (p,) of bool
        The term's columns.
    codes : array (n,)
        Each row's group.
    """
    within = inside(columns, codes)
    return rank(within) - rank(within[:, ~mine])


def between_df(columns: FloatArray, codes: Codes) -> int:
    """Return the degrees of freedom that groups have beside the fixed effects (n, p)."""
    return count(codes) + rank(inside(columns, codes)) - rank(columns)


def stratum_df(columns: FloatArray, outer: Codes, inner: Codes) -> int:
    """Return the degrees of freedom that inner groups add to outer ones, which hold them."""
    added = count(inner) + rank(inside(columns, inner))
    return added - count(outer) - rank(inside(columns, outer))


def is_saturated(columns: FloatArray, groupings: Sequence[Codes]) -> bool:
    """Return whether fixed effects (n, p) and groupings leave nothing for the residual.

    Then the groupings' variances can't be told from the residual's, nor from each other.
    """
    from scipy.sparse import csr_array, hstack
    from scipy.sparse.linalg import lsqr

    n = len(columns)
    if sum(map(count, groupings)) + columns.shape[1] < n:
        return False
    marks = [csr_array((np.ones(n), (np.arange(n), codes))) for codes in groupings]
    whole = hstack([csr_array(columns), *marks], format="csr")
    # Whatever can be explained of noise is explained of everything.
    noise = np.random.default_rng(0).normal(size=n)
    left = lsqr(whole, noise, atol=1e-10, btol=1e-10, iter_lim=4 * n)[3]
    return bool(left < 1e-5 * np.linalg.norm(noise))
