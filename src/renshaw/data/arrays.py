"""Arrays that can't be changed once they are part of a noun."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

FloatArray = NDArray[np.float64]


def read_only(values: ArrayLike, dtype: Any = np.float64) -> NDArray[Any]:
    """Return the values as an array that refuses to be written to; a copy where it must be."""
    array = np.array(values, dtype=dtype, copy=True, order="C")
    array.flags.writeable = False
    return array


def ranks_of(values: FloatArray) -> FloatArray:
    """Return the rank of each value, from 1; equal values share the mean of theirs.

    As ``scipy.stats.rankdata``, which takes longer to load than a recording to be looked at.
    """
    _, which, counts = np.unique(values, return_inverse=True, return_counts=True)
    return np.asarray((np.cumsum(counts) - (counts - 1) / 2)[which])
