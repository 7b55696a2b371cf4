"""Columns as partitions of the rows: which of them part alike, and which lie in one another."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import reduce
from typing import TYPE_CHECKING, Any

import numpy as np

from renshaw.statistics.formulas.design import group_codes

if TYPE_CHECKING:
    import pandas as pd

Codes = np.ndarray[Any, np.dtype[np.int64]]


def codes_of(table: pd.DataFrame, columns: Sequence[str]) -> Codes:
    """Return each row's group."""
    return np.asarray(group_codes(table, columns)[0], dtype=np.int64)


def joint(parts: Iterable[Codes]) -> Codes:
    """Return the groups of rows that are together in every partition."""

    def both(a: Codes, b: Codes) -> Codes:
        _, found = np.unique(a * (int(b.max()) + 1) + b, return_inverse=True)
        return np.asarray(found, dtype=np.int64)

    return reduce(both, parts)


def count(codes: Codes) -> int:
    """Return how many groups there are."""
    return int(codes.max()) + 1


def nested(inner: Codes, outer: Codes) -> bool:
    """Return whether each inner group lies in one outer group."""
    return count(joint([inner, outer])) == count(inner)


def same(a: Codes, b: Codes) -> bool:
    """Return whether two columns part the rows alike."""
    return count(a) == count(b) == count(joint([a, b]))


def replicated(codes: Codes) -> bool:
    """Return whether a fair part of the groups has several rows."""
    sizes = np.bincount(codes)
    several = int((sizes > 1).sum())
    return several >= max(3, 0.2 * len(sizes))
